"""Reference marks against the evidence: marks that name nothing, numbers without a mark, no evidence at all."""

import difflib
from collections.abc import Iterator

from leaflets.checks.evidence.matching import claims
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import Violation
from leaflets.model.edition import Audience
from leaflets.model.evidence import Evidence, StatementKind

_WITHOUT_MARKS = frozenset({"front", "sources"})
"""Sections whose statements take no reference mark."""


def no_evidence(reading: Reading) -> Iterator[Violation]:
    """A monograph that cites sources and has no evidence file."""
    evidenced = reading.evidenced
    if evidenced and evidenced.evidence is None and reading.front.sources and reading.original is None:
        hint = f"Write content/evidence/{reading.monograph.name}.md: “leaflet help evidence”."
        yield Violation("no evidence file says what its sources say", hint=hint)


def unknown_mark(reading: Reading) -> Iterator[Violation]:
    """A reference mark that names a source or a section that the evidence does not have."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None:
        return
    for cited in evidenced.cited_for(reading.audience):
        for mark in cited.unknown:
            message = f"the mark “{mark}” names nothing in {evidenced.evidence.file}"
            hint = _near(mark, evidenced.evidence)
            yield Violation(message, line=cited.statement.line, hint=hint, excerpt=mark)


def _near(mark: str, evidence: Evidence) -> str:
    source = evidence.source(mark.partition(":")[0])
    if source is None:
        return f"Its sources are {', '.join(source.id for source in evidence.sources)}."
    marks = [passage.mark for passage in evidence.passages if passage.source == source.id]
    near = difflib.get_close_matches(mark, marks, n=3, cutoff=0.5) or marks[:6]
    return f"{source.id} has {', '.join(near)}." if near else f"Write what {source.id} says, or cite another source."


def number_without_mark(reading: Reading) -> Iterator[Violation]:
    """A statement for clinicians with a number and no reference mark."""
    evidenced = reading.evidenced
    if evidenced is None or reading.audience is not Audience.CLINICIAN:
        return
    for cited in evidenced.cited_for(Audience.CLINICIAN):
        statement = cited.statement
        if statement.marks or statement.section in _WITHOUT_MARKS or statement.kind is StatementKind.PICTURE:
            continue
        numbers = claims(statement)
        if numbers:
            words = numbers[0].words
            yield Violation(f"“{words}” has no reference mark", line=statement.line, excerpt=words)
