"""Two languages side by side: every block beside its other, each tagged with its own language."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.compose import compose
from leaflets.compose.bilingual import rows
from leaflets.model.edition import Audience, Edition, Notice
from leaflets.model.finding import Severity
from leaflets.model.monograph import Block, Item, Items, Paragraph, TextRun
from leaflets.model.page import Html, Imprint
from leaflets.model.paper import Paper
from leaflets.model.pharmacy import Pharmacy
from leaflets.parse import parse
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder, packaged_folder
from leaflets.view import view
from tests.running import Leaflet
from tests.sheets import ROOT, ProjectMonographs, page_texts
from tests.test_translation import SOURCE
from tests.test_translation import SPANISH as TRANSLATED
from tests.verapdf import PROFILES, failures
from tests.view_words import view_words

ENGLISH = """\
---
title: Examplol
---
### Urgent

/// urgent
**Call 911 if you have:**

- chest pain
- a rash
///

### Usage

/// patient
It helps with pain.
///

### Dosage

/// patient
1. Take 2 mg.
2. Drink water.
///
"""
SPANISH = (
    ENGLISH.replace("Call 911 if you have:", "Llame al 911 si tiene:")
    .replace("chest pain", "dolor de pecho")
    .replace("a rash", "sarpullido")
    .replace("It helps with pain.", "Alivia el dolor.")
    .replace("Take 2 mg.", "Tome 2 mg.")
    .replace("Drink water.", "Beba agua.")
)
ARABIC = SPANISH.replace("Alivia el dolor.", "يخفف الألم.")


def _page(*texts: tuple[str, str], notices: tuple[Notice, ...] = ()) -> Html:
    templates = {path.name: path.read_text("utf-8") for path in packaged_folder("templates").glob("*.html")}
    edition = Edition(Audience.PATIENT, "+".join(lang for lang, _ in texts))
    views = [
        view(parse(text, name="examplol", file="examplol.md", lang=lang), Audience.PATIENT) for lang, text in texts
    ]
    pharmacy = Pharmacy(name="House", phone="1-800-222-1222")
    return compose(Imprint(edition, pharmacy, "0123456789", notices, dt.date(2021, 1, 31)), templates, *views)


class _Cells(HTMLParser):
    """The words of each cell, row by row, with the cell's language and direction."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, str, str]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append((attributes.get("lang") or "", attributes.get("dir") or "", ""))

    def handle_data(self, data: str) -> None:
        if data.strip() and self.rows and self.rows[-1]:
            lang, direction, words = self.rows[-1][-1]
            self.rows[-1][-1] = (lang, direction, f"{words} {data.strip()}".strip())


def _rows(markup: str) -> list[tuple[str, ...]]:
    return [tuple(words.replace("\u00a0", " ") for _, _, words in row) for row in _Cells(markup).rows]


def test_every_block_stands_beside_its_other() -> None:
    table_rows = _rows(_page(("en", ENGLISH), ("es", SPANISH)).markup)
    for pair in (
        ("Get help now", "Pida ayuda de inmediato"),
        ("Call 911 if you have:", "Llame al 911 si tiene:"),
        ("chest pain", "dolor de pecho"),
        ("a rash", "sarpullido"),
        ("It helps with pain.", "Alivia el dolor."),
        ("Take 2 mg.", "Tome 2 mg."),
    ):
        assert pair in table_rows


def test_the_first_language_is_that_named_first() -> None:
    page = _page(("es", SPANISH), ("en", ENGLISH))
    assert page.lang == "es"
    assert ("Alivia el dolor.", "It helps with pain.") in _rows(page.markup)


def test_each_cell_says_its_language_and_direction() -> None:
    markup = _page(("en", ENGLISH), ("ar", ARABIC)).markup
    languages = [[(lang, direction) for lang, direction, _ in row] for row in _Cells(markup).rows if len(row) > 1]
    assert languages
    assert all(row == [("en", "ltr"), ("ar", "rtl")] for row in languages)


def test_steps_keep_their_numbers() -> None:
    markup = _page(("en", ENGLISH), ("es", SPANISH)).markup
    assert markup.count('<ol class="few" start="2">') == 2


def test_both_footers_stand_on_every_page() -> None:
    markup = _page(("en", ENGLISH), ("es", SPANISH)).markup.replace("\u00a0", " ")
    assert "Patient leaflet" in markup
    assert "Folleto para el paciente" in markup


def test_each_language_is_set_by_its_own_rules_outside_its_text_too() -> None:
    titled = ARABIC.replace("title: Examplol", 'title: "دواء 2 mg"')
    markup = _page(("en", ENGLISH), ("ar", titled), notices=(Notice.EXPIRED,)).markup.replace("\u00a0", " ")
    assert '<h1 class="normal">دواء <bdi dir="ltr">2 mg</bdi></h1>' in markup
    assert markup.count('<bdi dir="ltr"><span class="whole">1-800-222-1222</span></bdi>') == 1
    english, arabic = (row[0] for row in _Cells(markup).rows if row and "2021" in row[0][2])
    assert english == ("en", "ltr", "EXPIRED: this text was due for review by 31 January 2021.")
    assert arabic[:2] == ("ar", "rtl")


def test_what_is_not_built_alike_stands_whole_beside_the_other() -> None:
    longer = SPANISH.replace("Alivia el dolor.", "Alivia el dolor.\n\nY la fiebre.")
    assert ("It helps with pain.", "Alivia el dolor. Y la fiebre.") in _rows(
        _page(("en", ENGLISH), ("es", longer)).markup
    )


def test_a_section_of_one_language_alone_is_kept() -> None:
    more = ENGLISH + "\n### Storage\n\n/// patient\nKeep it dry.\n///\n"
    assert ("Keep it dry.", "") in _rows(_page(("en", more), ("es", SPANISH)).markup)


# ---------------------------------------------------------------- on paper

BARICITINIB = ("en+es", "es+en")


def _counted(texts: Iterable[str]) -> Counter[str]:
    return Counter(re.findall(r"\w+", " ".join(texts).casefold()))


def _built(lang: str, paper: Paper, cache: Path) -> BuiltSheet:
    project = ProjectFolder(ROOT)
    return build(
        project, project.source("baricitinib", lang), Edition(Audience.PATIENT, lang, paper), cache=Cache(cache)
    )


@pytest.mark.parametrize("paper", [Paper.A4, Paper.LETTER])
@pytest.mark.parametrize("lang", BARICITINIB)
def test_no_word_of_either_text_is_lost_and_verapdf_is_content(
    lang: str, paper: Paper, tmp_path: Path, monographs: ProjectMonographs
) -> None:
    built = _built(lang, paper, monographs.folder / "cache")
    printed, source_words = _counted(page_texts(built.pdf.data)), Counter[str]()
    for code in ("en", "es"):
        source = ProjectFolder(ROOT).source("baricitinib", code)
        text = parse(source.path.read_text("utf-8"), name=source.name, file="", lang=code)
        source_words += _counted(view_words(view(text, Audience.PATIENT)))
    assert source_words - printed == Counter()
    assert built.pdf.pages <= 4
    assert [finding for finding in built.findings if finding.severity is Severity.ERROR] == []
    assert paper is Paper.A4 or _built(lang, paper, tmp_path).pdf.data == built.pdf.data
    assert [failures(built.pdf.data, profile) for profile in PROFILES] == [[], []]


def test_the_tags_name_each_cells_language(monographs: ProjectMonographs) -> None:
    with pikepdf.open(io.BytesIO(_built("en+es", Paper.A4, monographs.folder / "cache").pdf.data)) as pdf:
        cells_by_language = Counter(
            str(entry["/Lang"])
            for entry in pdf.objects
            if isinstance(entry, pikepdf.Dictionary) and entry.get("/S") == "/TD" and "/Lang" in entry
        )
    assert cells_by_language["en"] == cells_by_language["es"] > 20


def test_drawings_of_either_text_are_there(leaflet: Leaflet) -> None:
    """A translation that lacks a pictogram or a picture of its source is printed beside it, and may have others."""
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7"/></svg>'
    source = f"{SOURCE}\n### Usage\n\n/// patient\n\n:with-food: Eat.\n\n![A cup](cup.svg)\n\n///\n"
    leaflet.write("content/pictures/cup.svg", drawing)
    leaflet.write("content/examplol.md", source)
    leaflet.write(
        "content/examplol.es.md",
        f"{TRANSLATED}\n### Usage\n\n/// patient\n\n:with-food: Coma.\n\n![Taza](cup.svg)\n\n///\n",
    )
    assert leaflet("translation", "seal", "examplol", "es").code == 0
    path = leaflet.folder / "content" / "examplol.es.md"
    path.write_text(path.read_text("utf-8").replace(":with-food: ", "").replace("![Taza](cup.svg)", "Taza."), "utf-8")
    made = leaflet("build", "examplol", "--lang", "en+es")
    assert made.code == 0, made.err
    with pikepdf.open(leaflet.folder / "output" / "examplol-patient-en+es.pdf") as pdf:
        described = [
            str(entry["/Alt"]) for entry in pdf.objects if isinstance(entry, pikepdf.Dictionary) and "/Alt" in entry
        ]
    assert {"With food", "A cup"} <= set(described)


def test_two_languages_need_a_page_of_full_breadth(leaflet: Leaflet) -> None:
    for flags in (["--paper", "a5"], ["--edition", "large-print"]):
        refused = leaflet("build", "baricitinib", "--lang", "en+es", *flags)
        assert (refused.code, "have no room on A5 or in large print" in refused.err) == (2, True)


@pytest.mark.parametrize("lang", ["es+ar", "en+en", "en+es+ar", "+", "en+"])
def test_what_names_no_text_and_its_source_is_refused(leaflet: Leaflet, lang: str) -> None:
    refused = leaflet("build", "baricitinib", "--lang", lang)
    assert refused.code in (2, 3)
    assert not (leaflet.folder / "output").exists()


def test_of_a_translation_the_patient_leaflet_alone_is_made(leaflet: Leaflet) -> None:
    assert leaflet("build", "baricitinib", "--lang", "en+es").code == 0
    assert [path.name for path in (leaflet.folder / "output").glob("*.pdf")] == ["baricitinib-patient-en+es.pdf"]


# ---------------------------------------------------------------- rows

_WORDS = st.text("abc", min_size=1, max_size=3)


def _paragraph(words: str) -> Paragraph:
    return Paragraph(1, (TextRun(words),))


_BLOCKS = st.lists(
    st.one_of(
        _WORDS.map(_paragraph),
        st.lists(_WORDS, min_size=1, max_size=3).map(
            lambda items: Items(1, tuple(Item(1, (_paragraph(words),)) for words in items), start=1)
        ),
    ),
    max_size=5,
)


def _said(blocks: list[Block] | tuple[Block, ...]) -> list[str]:
    words: list[str] = []
    for block in blocks:
        if isinstance(block, Items):
            words += [word for item in block.items for word in _said(item.blocks)]
        elif isinstance(block, Paragraph):
            words.append("".join(run.text for run in block.text))
    return words


@given(_BLOCKS, _BLOCKS)
def test_no_block_is_lost_or_moved_however_two_texts_are_built(left: list[Block], right: list[Block]) -> None:
    pairs = rows((left, right))
    for side, blocks in enumerate((left, right)):
        assert [word for row in pairs for word in _said(row[side])] == _said(blocks)
