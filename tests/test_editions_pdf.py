"""Large print, A5 and booklets are as safe as the first edition: archival, accessible, whole, the same each time."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.finding import Severity
from leaflets.model.paper import Paper
from leaflets.pipeline import build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder
from leaflets.project.content import source_at
from leaflets.proof import proof
from tests import verapdf
from tests.lost_words import lost
from tests.sheets import ROOT, ProjectMonographs, corpus_files, letters, own_files, printable_files, voices

FORMS = [(TypeSize.LARGE_PRINT, Paper.A4), (TypeSize.LARGE_PRINT, Paper.LETTER), (TypeSize.STANDARD, Paper.A5)]
FORMS += [(TypeSize.LARGE_PRINT, Paper.A5)]
EVERY = [Edition(audience, paper=paper, type_size=form) for form, paper in FORMS for audience in Audience]
BARICITINIB = ROOT / "content" / "baricitinib.md"


def _printed() -> list[tuple[Path, Edition]]:
    """Baricitinib, the longest and the shortest found text in every edition; of the others each in one, by turns."""
    files = sorted((path for path in corpus_files() if path in printable_files()), key=lambda path: path.stat().st_size)
    whole = [BARICITINIB, *files[:1], *files[-1:]]
    others = [path for path in (*own_files(), *files[1:-1:400]) if path not in whole]
    turns = zip(others, itertools.cycle(EVERY), strict=False)
    return [*itertools.product(whole, EVERY), *((path, _spoken(path, edition)) for path, edition in turns)]


def _spoken(path: Path, edition: Edition) -> Edition:
    """An edition in the language of a text, for a reader it has a voice for."""
    audience = edition.audience if edition.audience in voices(path) else Audience.PATIENT
    return replace(edition, lang=source_at(path).lang, audience=audience)


def _named(value: object) -> str:
    return value.stem[:30] if isinstance(value, Path) else ""


def _told(edition: Edition) -> str:
    return f"{edition.audience}-{edition.type_size}-{edition.paper}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "edition"), [pytest.param(*each, id=f"{each[0].stem[:30]}-{_told(each[1])}") for each in _printed()]
)
def test_every_edition_is_archival_accessible_and_whole(
    monographs: ProjectMonographs, path: Path, edition: Edition
) -> None:
    built = monographs.made(path, edition)
    assert lost(path, built) == []
    assert [finding for finding in proof(built.pdf, edition) if finding.severity is Severity.ERROR] == []
    for profile in ("3a", "ua1"):
        assert verapdf.failures(built.pdf.data, profile) == []


def _own() -> Iterator[ParameterSet]:
    """Our own texts, each in two forms by turns; in the two others if `thorough`."""
    for number, path in enumerate(path for path in own_files() if path.parent == BARICITINIB.parent):
        for part, marks in ((number, ()), (number + 1, pytest.mark.thorough)):
            forms = FORMS[part % 2 :: 2]
            editions = [edition for edition in EVERY if (edition.type_size, edition.paper) in forms]
            yield pytest.param(path, editions, id=f"{path.stem[:30]}-{part % 2}", marks=marks)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "editions"), [*_own()])
def test_our_own_sheets_have_nothing_to_mend_on_their_pages_in_any_edition(
    monographs: ProjectMonographs, path: Path, editions: list[Edition]
) -> None:
    missing = {
        (finding.code, finding.message)
        for edition in {_spoken(path, edition): None for edition in editions}
        for finding in proof(monographs.made(path, edition).pdf, edition)
        if finding.code != "PG-08"  # a table of doses takes the pages it takes
    }
    assert missing == set()


@pytest.mark.slow
@pytest.mark.parametrize("edition", [*EVERY, replace(EVERY[4], booklet=True)], ids=_told)
def test_every_edition_is_the_same_bytes_each_time(
    monographs: ProjectMonographs, tmp_path: Path, edition: Edition
) -> None:
    again = build(ProjectFolder(tmp_path), source_at(BARICITINIB), edition, cache=Cache(tmp_path / "cache"))
    assert again.fresh
    assert again.pdf.data == monographs.made(BARICITINIB, edition).pdf.data


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("paper", list(Paper))
def test_in_large_print_nothing_is_smaller_than_18_points(
    monographs: ProjectMonographs, audience: Audience, paper: Paper
) -> None:
    built = monographs.made(BARICITINIB, Edition(audience, paper=paper, type_size=TypeSize.LARGE_PRINT))
    assert min(letter.size for letter in letters(built.pdf.data)) >= 17.99
