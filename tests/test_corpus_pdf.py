"""Nothing is lost: every word of a source stands in the text of both sheets, in order, or is listed as withheld."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from leaflets.errors import ContentError, LeafletError
from leaflets.model.edition import Audience
from tests.lost_words import is_withheld, lost, source_of
from tests.sheets import CORPUS, REFUSED, ProjectMonographs, corpus_files, own_files, printable_files, voices
from tests.source_words import Printed, blocks, words_of

EVERY_TENTH = printable_files()[::10]


def _named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem[:40]}"


def _sheets() -> Iterator[ParameterSet]:
    """Own texts and every other found one for both readers; the rest for one by turns, for the other if `thorough`."""
    for number, path in enumerate(printable_files()):
        readers = voices(path) if number % 4 == 1 else voices(path)[::-1]
        whole = path in own_files() or number % 2 == 0
        yield pytest.param(path, readers if whole else readers[:1], id=_named(path))
        if not whole:
            yield pytest.param(path, readers[1:], id=f"{_named(path)}-other", marks=pytest.mark.thorough)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "readers"), [*_sheets()])
def test_every_word_of_the_source_is_printed_or_listed_as_withheld(
    path: Path, readers: tuple[Audience, ...], monographs: ProjectMonographs
) -> None:
    for audience in readers:
        built = monographs.sheet(path, audience)
        assert lost(path, built) == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext of poppler-utils is not installed")
@pytest.mark.parametrize("path", EVERY_TENTH, ids=_named)
def test_another_reader_finds_the_same_words(path: Path, monographs: ProjectMonographs) -> None:
    for audience in voices(path):
        built = monographs.sheet(path, audience)
        read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=built.pdf.data, capture_output=True, check=True)
        text = read.stdout.decode()
        shown = set(words_of(re.sub(r"[-‐]\n", "", text))) | set(words_of(text))
        due = (block for block in blocks(source_of(path)) if not is_withheld(block, built))
        missing = {word for block in due for word in block.words} - shown
        assert {word for word in missing if not _carries_mark(word, shown)} == set()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_text_without_a_monograph_is_refused_with_what_is_missing(name: str, monographs: ProjectMonographs) -> None:
    files = [path for path in corpus_files() if path.name == name]
    if not files:
        pytest.skip("no corpus beside this checkout")
    for audience in Audience:
        with pytest.raises(ContentError, match="there is no monograph in it: no section such as Usage") as refused:
            monographs.sheet(files[0], audience)
        assert name in refused.value.message
        assert refused.value.exit_code == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted(CORPUS.glob("nasty/*.md")) or [None], ids=lambda path: path.stem if path else ""
)
def test_a_text_made_to_break_parsers_is_printed_whole_or_refused_by_name_alone_and_as_a_section(
    path: Path | None, monographs: ProjectMonographs, tmp_path: Path
) -> None:
    if path is None:
        pytest.skip("no corpus beside this checkout")
    whole = _printed_or_refused(path, Audience.PATIENT, monographs)
    assert all(re.search(rf"{re.escape(path.name)}: ", fault) for fault in whole)
    dressed = tmp_path / path.name
    beginning = path.read_bytes()[:30_000].decode("utf-8-sig", "ignore")
    text = f"---\ntitle: Nasty\n---\n\n### Usage\n\nIts words.\n\n{beginning}"
    dressed.write_bytes(text.encode())
    for audience in Audience:
        assert _printed_or_refused(dressed, audience, monographs) == []


def _printed_or_refused(path: Path, audience: Audience, monographs: ProjectMonographs) -> list[str]:
    try:
        built = monographs.sheet(path, audience)
    except LeafletError as refusal:
        return [] if re.search(rf"{re.escape(path.name)}(:\d+|, line \d+)", refusal.message) else [refusal.message]
    return lost(path, built)


def test_what_is_withheld_names_line_words_and_reason(monographs: ProjectMonographs) -> None:
    path = next(path for path in own_files() if path.stem == "two-voices")
    lines = source_of(path).split("\n")
    for audience, other in ((Audience.PATIENT, "clinician"), (Audience.CLINICIAN, "patient")):
        withheld = monographs.sheet(path, audience).withheld
        assert any(w.reason == f"marked for the {other}" for w in withheld)
        assert any(w.reason == "a comment of its author" and w.excerpt.startswith("Ask the choir") for w in withheld)
        for one in withheld:
            here = " ".join(words_of(" ".join(lines[one.line - 1 : one.line + 8])))
            assert " ".join(words_of(one.excerpt)[:2]) in here


_WORDS = st.lists(st.sampled_from("take one two tablets daily with water never more than eight".split()), min_size=3)


@given(_WORDS, st.data())
def test_the_search_itself_sees_a_word_that_is_missing(words: list[str], data: st.DataObject) -> None:
    omitted = data.draw(st.integers(0, len(words) - 1))
    remaining = [word for place, word in enumerate(words) if place != omitted]
    assert not Printed(" ".join(words)).lost(tuple(words))
    assert Printed(" ".join(remaining)).lost(tuple(words)) or _holds(remaining, words)


def test_the_search_itself_sees_two_words_that_changed_places() -> None:
    assert Printed("two a one tablets day").lost(("one", "two"))
    assert not Printed("one Page 1 of 2 two").lost(("one", "two"))


def _holds(words: list[str], part: list[str]) -> bool:
    return any(words[place : place + len(part)] == part for place in range(len(words)))


def _carries_mark(word: str, shown: set[str]) -> bool:
    """Whether a word is there with the small number of a reference set right after it."""
    return any(re.fullmatch(re.escape(word) + r"\d+", other) for other in shown)
