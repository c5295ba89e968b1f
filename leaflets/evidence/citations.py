"""Which passages of the evidence a statement rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from leaflets.model.evidence import Evidence, EvidencePassage, Statement


@dataclass(frozen=True, slots=True)
class CitedStatement:
    """A statement and the passages that its marks name; `unknown` are the marks that name none."""

    statement: Statement
    passages: tuple[EvidencePassage, ...]
    unknown: tuple[str, ...] = ()


def cited_statements(statements: Iterable[Statement], evidence: Evidence) -> Iterator[CitedStatement]:
    """Each statement with the passages it rests on, in the order of its marks; none twice."""
    by_mark: dict[str, tuple[EvidencePassage, ...]] = {}
    for statement in statements:
        for mark in statement.marks:
            if mark not in by_mark:
                by_mark[mark] = tuple(evidence.under(mark))
        passages = dict.fromkeys(passage for mark in statement.marks for passage in by_mark[mark])
        yield CitedStatement(statement, tuple(passages), tuple(mark for mark in statement.marks if not by_mark[mark]))
