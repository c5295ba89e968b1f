"""What may not part at a line end, whatever the width of the column, through the renderer onto paper; long words."""

import random
import re
from itertools import pairwise
from pathlib import Path

import pytest

from leaflets.compose.words import set_plain, set_text
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.monograph import TextRun
from leaflets.model.paper import Paper
from leaflets.proof.page import read_document
from leaflets.typeset import typeset
from tests.pages import assets, page
from tests.sheets import ProjectMonographs, page_texts

_WORDS = "take it with food and a glass of water if your doctor says so then rest for as long as you need".split()
_EXPRESSIONS = {
    "en": (
        "{} mg", "{} mg/5 mL", "37.5 mg/{} mg", "{} cm²", "2 to {} mg", "5–{} mg", "{} mL/min/1.73 m²",
        "every {} hours", "{} times a day", "1 in {}", "≥ {} years", "{} × 10⁹ cells/L", "type {}", "{} mg/kg/day",
    ),
    "es": ("{} mg", "{} mg/5 mL", "cada {} horas", "10 a {} mg", "{},5 mg/kg", "1 de cada {}"),
    "vi": ("{} mg", "mỗi {} giờ", "10 đến {} mg", "{} mg/5 mL", "{} viên"),
}  # fmt: skip


@pytest.mark.parametrize("lang", list(_EXPRESSIONS))
def test_no_expression_parts_at_the_end_of_a_line_column_or_page(lang: str) -> None:
    chance = random.Random(lang)
    due: list[str] = []
    paragraphs = []
    for number in range(70):
        texts = []
        for _ in range(chance.randint(4, 20)):
            if chance.random() < 0.35:
                due.append(chance.choice(_EXPRESSIONS[lang]).format(len(due) + 100))
                texts.append(due[-1])
            texts.append(chance.choice(_WORDS))
        words = _in_two_faces(" ".join(texts), lang, chance) if number % 3 else set_plain(" ".join(texts), lang)
        columns = chance.randint(1, 3)
        width = chance.uniform(38, 60) * columns + 6 * (columns - 1)
        paragraphs.append(
            f"<div lang={lang} style='columns: {columns}; column-gap: 6mm; width: {width}mm'><p>{words}</p></div>"
        )
    styles = assets(
        "@page { size: 220mm 60mm; margin: 4mm } p { margin: 0 0 1mm; orphans: 1; widows: 1 } body { font-size: 10pt }"
        ".whole { white-space: nowrap } html { overflow-wrap: break-word }"
    )
    lines = [
        line.text.replace("\u00a0", " ")
        for page in read_document(typeset(page("".join(paragraphs)), styles).data).pages
        for line in page.lines
    ]
    printed = "\n".join(" ".join(line.split()) for line in lines)
    assert [expression for expression in due if expression not in printed] == []


def _in_two_faces(text: str, lang: str, chance: random.Random) -> str:
    """A text of which some part is bold; it may begin and end within an expression."""
    first, last = sorted(chance.sample(range(len(text)), 2))
    runs = (TextRun(text[:first]), TextRun(text[first:last], bold=True), TextRun(text[last:]))
    return set_text(runs, numbers={}, marks=False, lang=lang)


# ------------------------------------------------------------------ long words

_COMPOUND = "dichlorodiphenyltrichloroethane"
_LONGER = "polyvinylpyrrolidonehydroxyethylcellulosecarboxymethylated"
_ADDRESS = "https://www.example.org/information/averylongaddressofinformationthatcontinuesforever/medication"
_LONG = f"""---
title: Testol
---

### Usage

Take it with {_COMPOUND} twice. Take it with {_LONGER} twice. See {_ADDRESS} now.

| Substance | What it is and does, at some length | More words on the same |
|---|---|---|
| {_COMPOUND} | It is a {_LONGER}, no more | It has words enough to need its breadth |
"""


@pytest.mark.parametrize("type_size", list(TypeSize))
@pytest.mark.parametrize("audience", list(Audience))
def test_a_long_word_is_cut_with_a_hyphen_and_an_address_without(
    monographs: ProjectMonographs, tmp_path: Path, audience: Audience, type_size: TypeSize
) -> None:
    file = tmp_path / "long.md"
    file.write_text(_LONG, "utf-8")
    edition = Edition(audience, paper=Paper.A5, type_size=type_size)
    text = "\n".join(page_texts(monographs.made(file, edition).pdf.data)).replace("\u2010", "-")
    lines = [line.strip() for line in text.splitlines()]
    for word in (_COMPOUND, _LONGER):
        cut = [before for before, after in pairwise(lines) if _parts_of(word, before, after)]
        assert all(before.endswith("-") for before in cut), cut
    assert type_size is TypeSize.STANDARD or _LONGER not in text
    flat = re.sub(r"\s", "", text)
    assert flat.count(_COMPOUND) + re.sub("-", "", flat).count(_COMPOUND) >= 2
    assert _ADDRESS in flat


def _parts_of(word: str, before: str, after: str) -> bool:
    """Whether a word goes over from the end of a line to the next."""
    end = before.rstrip("-").rpartition(" ")[2]
    return 2 < len(end) < len(word) and word.startswith(end) and after.startswith(word[len(end) : len(end) + 2])
