"""Violations of rules → findings with a line and a column."""

from collections.abc import Iterable, Iterator

from leaflets.checks.reading.positions import SourcePositions
from leaflets.checks.rule import Rule, Violation
from leaflets.model.finding import Finding, Severity


class FindingBuilder:
    """Makes findings of violations; caches the offsets of a passage's tokens, as several violations share a passage."""

    def __init__(self, file: str, source: str) -> None:
        self._file = file
        self._source = SourcePositions(source) if source else None
        self._offsets: dict[int, tuple[int, ...]] = {}

    def build(self, violations: Iterable[tuple[Rule, Violation, Severity]]) -> Iterator[Finding]:
        """A finding for each violation."""
        for rule, violation, severity in violations:
            line, column = self._line_and_column(violation)
            hint = violation.hint or f"Write: {rule.remedy}."
            excerpt = violation.quoted
            file = violation.file or self._file
            yield Finding(severity, rule.code, violation.message, hint, file, line, column, excerpt=excerpt)

    def _line_and_column(self, violation: Violation) -> tuple[int, int]:
        passage = violation.passage
        if passage is None:
            return violation.line, 0
        if self._source is None or not passage.line or not passage.tokens:
            return passage.line, 0
        offsets = self._offsets.get(passage.number)
        if offsets is None:
            offsets = self._offsets[passage.number] = self._source.offsets(passage)
        return self._source.line_and_column(offsets[violation.first])
