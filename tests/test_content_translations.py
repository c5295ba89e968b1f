"""The packaged translations: the doses and instructions that must stand on each, one list a language.

The lists are `cases/translations/*.csv`. Without a section the whole sheet is meant; words that begin with `!` must not
stand there.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from leaflets.model.monograph import Monograph, plain
from leaflets.parse import parse
from tests.test_content_words import CONTENT, stretches

CASES = Path(__file__).parent / "cases" / "translations"


def read(name: str, lang: str) -> Monograph:
    path = CONTENT / f"{name}.{lang}.md"
    pictures = {picture.name for picture in (CONTENT / "pictures").iterdir()}
    return parse(path.read_text(encoding="utf-8"), name=name, file=f"content/{path.name}", lang=lang, pictures=pictures)


def cases() -> Iterator[object]:
    for path in sorted(CASES.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                yield pytest.param(
                    path.stem, row["monograph"], row["section"], row["words"], id=f"{path.name}:{number}"
                )


@pytest.mark.parametrize(("lang", "name", "section", "words"), list(cases()))
def test_words_stand_where_they_must(lang: str, name: str, section: str, words: str) -> None:
    sections = [part for part in read(name, lang).sections if section in ("", part.id)]
    lines = [line for part in sections for line in stretches(part.blocks)]
    text = "\n".join(" | ".join(plain(cell) for cell in line) for line in lines)
    assert text
    if words.startswith("!"):
        assert words[1:] not in text
    else:
        assert words in text


@pytest.mark.parametrize("path", sorted(CONTENT.glob("*.*.md")), ids=lambda path: path.stem)
def test_nobody_has_reviewed_it_and_it_does_not_claim_so(path: Path) -> None:
    name, lang, _ = path.name.split(".")
    front = read(name, lang).front
    assert (front.reviewed, front.reviewers, front.translation is not None) == (None, (), True)
