"""The statements of a monograph beside its evidence, read once for all the rules that compare them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from leaflets.evidence import CitedStatement, cited_statements, passage_statements, statements
from leaflets.model.edition import Audience
from leaflets.model.evidence import Evidence, EvidencePassage, EvidencePolicy, Statement
from leaflets.model.monograph import Monograph


@dataclass(frozen=True, eq=False)
class EvidencedMonograph:
    """A monograph, its evidence (None where it has no evidence file), and what the project asks of sources. Compared by
    identity, so that it can be the key of a cache."""

    monograph: Monograph
    evidence: Evidence | None
    policy: EvidencePolicy

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """All statements, in the order of the source."""
        return statements(self.monograph)

    @cached_property
    def cited(self) -> tuple[CitedStatement, ...]:
        """Each statement with its passages; nothing where there is no evidence."""
        return tuple(cited_statements(self.statements, self.evidence)) if self.evidence else ()

    @cached_property
    def passages(self) -> tuple[tuple[EvidencePassage, tuple[Statement, ...]], ...]:
        """Each passage of the evidence with its statements; nothing where there is no evidence."""
        every = self.evidence.passages if self.evidence else ()
        return tuple((passage, passage_statements(passage.blocks)) for passage in every)

    def cited_for(self, audience: Audience) -> Iterator[CitedStatement]:
        """Each statement that an audience reads, with its passages."""
        return (cited for cited in self.cited if cited.statement.audience in (None, audience))

    def place(self, passage: EvidencePassage) -> str:
        """A passage as messages name it: W1:2.3, content/evidence/warfarin.md:41."""
        file = self.evidence.file if self.evidence else ""
        return f"{passage.mark}, {file}:{passage.line}"
