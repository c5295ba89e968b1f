"""Hits of rules become findings with a line and a column."""

from collections.abc import Iterable, Iterator

from leaflets.checks.places import SourcePositions
from leaflets.checks.rule import Hit, Rule
from leaflets.model.finding import Finding, Severity


class Placer:
    """Makes findings of hits; remembers where the tokens of a stretch stand, as several hits share one."""

    def __init__(self, file: str, source: str) -> None:
        self._file = file
        self._source = SourcePositions(source) if source else None
        self._offsets: dict[int, tuple[int, ...]] = {}

    def all(self, hits: Iterable[tuple[Rule, Hit, Severity]]) -> Iterator[Finding]:
        """A finding for each hit."""
        for known, hit, severity in hits:
            line, column = self._place(hit)
            hint = hit.write or f"Write: {known.write}."
            yield Finding(severity, known.code, hit.message, hint, self._file, line, column, excerpt=hit.quoted)

    def _place(self, hit: Hit) -> tuple[int, int]:
        if hit.stretch is None:
            return hit.line, 0
        if self._source is None or not hit.stretch.line or not hit.stretch.tokens:
            return hit.stretch.line, 0
        offsets = self._offsets.get(hit.stretch.number)
        if offsets is None:
            offsets = self._offsets[hit.stretch.number] = self._source.offsets(hit.stretch)
        return self._source.place(offsets[hit.first])
