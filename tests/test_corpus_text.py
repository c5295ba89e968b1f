"""Found monographs, all of them: no word is lost between the source and either view, and none changes its block."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from leaflets.errors import ContentError
from leaflets.model.edition import Audience
from leaflets.model.monograph import Block, Items, Table
from leaflets.model.view import View
from leaflets.parse import parse
from leaflets.view import view
from tests.sheets import CORPUS, MADE_UP, REFUSED
from tests.view_words import block_words, view_words, words

_MARKER = re.compile(r"^\s*(?:(?:[*+•-]|\d{1,3}[.)])\s+)+")
_NOTHING = re.compile(r"[\s|:=*_-]*|\s*#+\s*")
# What the clinician's dose table adds above its rows.
_DOSE_HEAD = ("for", "dose")
# A quarter of the files each, so that the tests can share the work.
_PARTS = 4


def source_blocks(source: str) -> Iterator[list[str]]:
    """The words of each heading, list item and paragraph of the body: read apart from the parser."""
    body = re.sub(r"\A\s*---\n.*?\n---\s*\n", "", source.removeprefix("\ufeff").replace("\r\n", "\n"), flags=re.DOTALL)
    gathered: list[str] = []
    for line in (*body.split("\n"), ""):
        starts = _MARKER.match(line) or line.lstrip().startswith("#")
        if gathered and (starts or _NOTHING.fullmatch(line)):
            yield gathered
            gathered = []
        if not _NOTHING.fullmatch(line):
            gathered += words(html.unescape(_MARKER.sub("", line.lstrip("# "))))
        if line.lstrip().startswith("#") and gathered:
            yield gathered
            gathered = []


def pieces(seen: View) -> Iterator[list[str]]:
    """The words that stand together on a sheet: its name, each title with its note, each block, each item, each row."""
    yield words(seen.front.title)
    for section in seen.sections:
        yield words(section.title)
        yield words(section.note)
        head = words(section.title if seen.audience is Audience.CLINICIAN else section.note or section.title)
        for number, block in enumerate(section.blocks):
            own = block_words(block)
            yield own
            yield from ([*head, *part] for part in (own, *_parts(block)) if number == 0)
            yield from _parts(block)


def _parts(block: Block) -> Iterator[list[str]]:
    if isinstance(block, Table):
        yield from (
            [word for cell in row.cells for word in words("".join(run.text for run in cell))] for row in block.rows
        )
    elif isinstance(block, Items):
        for item in block.items:
            yield [word for inner in item.blocks for word in block_words(inner)]


def stands_in(part: list[str], whole: list[str]) -> bool:
    """Whether the words of `part` follow one another in `whole` without any other between them."""
    return f"\0{chr(0).join(part)}\0" in f"\0{chr(0).join(whole)}\0"


def _files(part: int) -> list[Path]:
    """A part of the made-up monographs of this repository, and of the found ones where they are there."""
    found = [*CORPUS.glob("*.md"), *(CORPUS / "monographs").glob("*.md"), *(CORPUS / "odd").glob("*.md")]
    paths = [*MADE_UP.glob("*.md"), *found]
    return sorted(path for path in paths if path.name != "README.md")[part::_PARTS]


@pytest.mark.parametrize("part", range(_PARTS))
@pytest.mark.parametrize("audience", list(Audience))
def test_no_word_is_lost_and_none_leaves_its_block(audience: Audience, part: int) -> None:
    faults = []
    for path in _files(part):
        source = path.read_text("utf-8-sig")
        if path.name in REFUSED:
            with pytest.raises(ContentError, match="no monograph in it"):
                parse(source, name=path.stem, file=path.name)
        else:
            seen = view(parse(source, name=path.stem, file=path.name), audience)
            faults += [f"{path.name}: {fault}" for fault in _faults(source, seen)]
    assert faults == []


def _faults(source: str, seen: View) -> Iterator[str]:
    withheld_words = [
        words(withheld.excerpt) for withheld in seen.withheld if "nothing under this heading" in withheld.reason
    ]
    identity = [*pieces(seen), *withheld_words]
    lost = Counter(word for block in source_blocks(source) for word in block)
    lost -= Counter(
        [*words(seen.front.title), *view_words(seen), *(word for words_told in withheld_words for word in words_told)]
    )
    lost -= Counter(word for section in seen.sections for word in words(section.subject))
    if lost:
        yield f"lost {dict(lost)}"
    for block in source_blocks(source):
        if not any(stands_in(block, piece) for piece in identity):
            yield f"torn apart: {' '.join(block[:14])}"


def test_a_lost_word_and_a_torn_block_would_be_seen() -> None:
    source = "---\ntitle: Testol\n---\n# Testol\n### Usage\nEases a sore elbow.\n\n* one\n* two\n"
    seen = view(parse(source, name="case", file="case.md"), Audience.CLINICIAN)
    assert list(_faults(source, seen)) == []
    assert list(_faults(source.replace("sore", "very sore"), seen)) == [
        "lost {'very': 1}", "torn apart: eases a very sore elbow",
    ]  # fmt: skip
    assert list(_faults(source.replace("sore elbow", "elbow sore"), seen)) == ["torn apart: eases a elbow sore"]
