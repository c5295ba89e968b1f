"""The packaged monographs: the doses, limits and instructions that must stand on each sheet, one list a monograph.

The lists are `cases/content/*.csv`. The cells of a row of a table are joined with ` | `; words that begin with `!` must
not stand there.
"""

import csv
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import pytest

from leaflets.evidence import cited_statements, statements, with_register
from leaflets.model.edition import Audience
from leaflets.model.evidence import Evidence
from leaflets.model.finding import Severity
from leaflets.model.monograph import Monograph, Paragraph, Table, TableRow, Text, TextRun, plain
from leaflets.parse import parse
from leaflets.parse.evidence_file import parse_evidence

CASES = Path(__file__).parent / "cases" / "content"
CONTENT = Path(__file__).parent.parent / "content"
NAMES = sorted(path.stem for path in CASES.glob("*.csv"))


@cache
def evidence(name: str) -> Evidence | None:
    path = CONTENT / "evidence" / f"{name}.md"
    if not path.exists():
        return None
    return parse_evidence(path.read_text(encoding="utf-8"), name=name, file=f"content/evidence/{path.name}")


@cache
def read(name: str) -> Monograph:
    """The monograph with its references: those of its front matter and those of its evidence that it cites."""
    path = CONTENT / f"{name}.md"
    pictures = {picture.name for picture in (CONTENT / "pictures").iterdir()}
    register = evidence(name)
    ids = tuple(source.id for source in register.sources) if register else ()
    text, file = path.read_text(encoding="utf-8"), f"content/{path.name}"
    return with_register(parse(text, name=name, file=file, pictures=pictures, sources=ids), register)


def stretches(part: object) -> Iterator[tuple[Text, ...]]:
    """Every paragraph, item and question by itself, and every row of a table with its cells."""
    if isinstance(part, Paragraph):
        yield (part.lead + (TextRun(" "),) * bool(part.lead) + part.text,)
    elif isinstance(part, TableRow):
        yield part.cells
    elif isinstance(part, Table):
        yield part.header
        yield from stretches(part.rows)
    elif isinstance(part, tuple) and part and all(isinstance(run, TextRun) for run in part):
        yield (part,)
    elif isinstance(part, tuple):
        yield from (stretch for inner in part for stretch in stretches(inner))
    elif is_dataclass(part) and not isinstance(part, TextRun):
        yield from (stretch for field in fields(part) for stretch in stretches(getattr(part, field.name)))


def blocks(name: str, audience: Audience, section: str = "") -> Iterator[object]:
    for part in read(name).sections:
        if section in ("", part.id):
            yield from (block for block in part.blocks if block.audience in (None, audience))


def text_of(name: str, audience: Audience, section: str) -> str:
    lines = (stretch for block in blocks(name, audience, section) for stretch in stretches(block))
    return "\n".join(" | ".join(plain(cell) for cell in line) for line in lines)


def marks(name: str, audience: Audience) -> set[str]:
    texts = (text for block in blocks(name, audience) for line in stretches(block) for text in line)
    return {run.mark for text in texts for run in text if run.mark}


def cases() -> Iterator[object]:
    for name in NAMES:
        with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                yield pytest.param(
                    row["monograph"], row["voice"], row["section"], row["words"], id=f"{name}.csv:{number}"
                )


@pytest.mark.parametrize(("name", "voice", "section", "words"), list(cases()))
def test_words_stand_where_they_must(name: str, voice: str, section: str, words: str) -> None:
    text = text_of(name, Audience(voice), section)
    assert text, f"the {voice} sheet has no section {section}"
    if words.startswith("!"):
        assert words[1:] not in text
    else:
        assert words in text


@pytest.mark.parametrize("name", NAMES)
def test_every_mark_has_a_source_and_every_source_a_mark(name: str) -> None:
    assert [finding for finding in read(name).findings if finding.severity is not Severity.INFO] == []
    cited = {mark.partition(":")[0] for mark in marks(name, Audience.CLINICIAN)}
    assert cited == {source.id for source in read(name).front.sources}


@pytest.mark.parametrize("name", [name for name in NAMES if evidence(name)])
def test_every_mark_names_a_passage_and_every_source_is_cited(name: str) -> None:
    register = evidence(name)
    assert register
    assert [cited.unknown for cited in cited_statements(statements(read(name)), register) if cited.unknown] == []
    assert {source.id for source in register.sources} == {source.id for source in read(name).front.sources}


@pytest.mark.parametrize("name", NAMES)
def test_every_clinical_statement_has_a_source(name: str) -> None:
    about_sources = set(blocks(name, Audience.CLINICIAN, "sources"))
    sheet = [block for block in blocks(name, Audience.CLINICIAN) if block not in about_sources]
    headers = [block.header for block in sheet if isinstance(block, Table)]
    lines = [line for block in sheet for line in stretches(block) if line not in headers]
    bare = [line for line in lines if not any(run.mark for cell in line for run in cell)]
    assert [" | ".join(plain(cell) for cell in line) for line in bare] == []


@pytest.mark.parametrize("name", [*NAMES, "baricitinib"])
def test_a_source_without_a_date_is_not_passed_over(name: str) -> None:
    dated = all(source.date for source in read(name).front.sources)
    is_stated = "Where a source has no date, none was seen." in text_of(name, Audience.CLINICIAN, "sources")
    assert is_stated != dated


@pytest.mark.parametrize("name", NAMES)
def test_nobody_has_reviewed_it_and_it_does_not_claim_so(name: str) -> None:
    front = read(name).front
    assert (front.reviewed, front.reviewers, front.jurisdiction) == (None, (), "US")
    assert int(front.version) >= 1
