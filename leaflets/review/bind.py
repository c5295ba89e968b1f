"""The statements of a monograph, each with the hash of what it rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from leaflets.evidence import CitedStatement, cited_statements, statements
from leaflets.evidence.statements import FRONT, passage_statements
from leaflets.model.evidence import Evidence, EvidencePassage, StatementKind
from leaflets.model.monograph import Monograph
from leaflets.model.review import BoundStatement

_NO_EVIDENCE = Evidence("", "", (), ())


def bound_statements(
    monograph: Monograph, evidence: Evidence | None, pictures: Mapping[str, str]
) -> tuple[BoundStatement, ...]:
    """The statements of a monograph, in its order, each once; `pictures` are the SHA-256 of its pictures, by name.

    A statement rests on the words of the passages that it cites, and on which source they are of: the version and the
    date of a source may change as long as its words do not. Where a source is in no register of evidence, it is the
    entry in the list of references that counts. The same words in two places rest on what both places cite. The title
    rests on the sources that are printed and cited nowhere.
    """
    evidence = evidence or _NO_EVIDENCE
    passages = {passage.mark: _passage_hash(passage, evidence) for passage in evidence.passages}
    references = {source.id: repr(source) for source in monograph.front.sources}
    by_hash: dict[str, tuple[CitedStatement, set[str]]] = {}
    all_cited = tuple(cited_statements(statements(monograph), evidence))
    cited_ids = {mark.partition(":")[0] for cited in all_cited for mark in cited.statement.marks}
    uncited = [
        _hash(["reference", repr(source)])
        for source in monograph.front.sources
        if source.id not in cited_ids and evidence.source(source.id) is None
    ]
    for cited in all_cited:
        of_sources = (
            _hash(["reference", mark, references.get(mark.partition(":")[0], "")])
            for mark in cited.unknown
            if evidence.source(mark.partition(":")[0]) is None
        )
        parts = {*(passages[passage.mark] for passage in cited.passages), *of_sources, *_picture(cited, pictures)}
        if cited.statement.section == FRONT and cited.statement.heading == "title":
            parts.update(uncited)
        by_hash.setdefault(cited.statement.hash, (cited, set()))[1].update(parts)
    return tuple(BoundStatement(cited.statement, _hash(sorted(parts))) for cited, parts in by_hash.values())


def _passage_hash(passage: EvidencePassage, evidence: Evidence) -> str:
    source = evidence.source(passage.source)
    of = (source.id, source.kind, source.title, source.jurisdiction, source.set_id) if source else (passage.source,)
    words = [statement.hash for statement in passage_statements(passage.blocks)]
    return _hash([*of, passage.section, passage.title, *words])


def _picture(cited: CitedStatement, pictures: Mapping[str, str]) -> Iterator[str]:
    if cited.statement.kind is StatementKind.PICTURE:
        name = cited.statement.text.partition(":")[0]
        yield _hash(["picture", pictures.get(name, "")])


def _hash(parts: list[str]) -> str:
    """The SHA-256 of some texts; empty where there is none."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest() if parts else ""
