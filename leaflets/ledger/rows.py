"""The rows of the ledger's tables ⇄ its entries, and the digests by which the history vouches for them."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any

from leaflets.ledger import history
from leaflets.ledger.entries import (
    CopyEntry,
    IssuedCopies,
    LeafletEntry,
    LeftOutRow,
    PartEntry,
    RowCopies,
    RunEntry,
    WhyLeftOut,
)
from leaflets.ledger.states import CopyState
from leaflets.model.copy import Leaflet, origins_in, origins_text
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.objection import Objection
from leaflets.model.paper import Paper

RUN_COLUMNS = "number, name, key, at, list_sha256, list_place, options, folder, versions, plan_digest"
LEAFLET_COLUMNS = (
    "number, drug, audience, lang, paper, version, source, allowed, content_id, sheet, pages, form, origins, vouched"
)
PART_COLUMNS = "number, destination, name, first, last, sha256, size, pages, sheets"
COPY_COLUMNS = "serial, line, leaflet, part, patient, state, replaces, row"
LEFT_OUT_COLUMNS = "line, copies, why, number, row, runs, waived"


def plan_digest(leaflets: Iterable[LeafletEntry], parts: Iterable[PartEntry], copies: Iterable[CopyEntry]) -> str:
    """A digest of all that is fixed when copies are planned; the event that plans them records it."""
    distinct = [_planned_facts(leaflet) for leaflet in leaflets]
    files = [(p.number, p.destination, p.name, p.first, p.last) for p in parts]
    return history.digest([*distinct, *files, *map(_copy_facts, copies)])


def _copy_facts(copy: CopyEntry) -> tuple[object, ...]:
    """What is fixed of a copy; no row is left out, as in the digests of ledgers that recorded none."""
    fixed = (copy.serial, copy.line, copy.leaflet, copy.part, copy.patient, copy.replaces)
    return fixed if copy.row is None else (*fixed, copy.row)


def left_out_digest(rows: Iterable[LeftOutRow]) -> str:
    """A digest of all that is fixed of rows that were left out; the event that leaves them out records it."""
    return history.digest(left_out_row(one)[:-1] for one in rows)


def left_out_row(one: LeftOutRow) -> tuple[object, ...]:
    """The columns of a row that was left out in the order of `LEFT_OUT_COLUMNS`."""
    return (one.line, one.copies, one.why.value, one.number, one.row, " ".join(one.runs), int(one.waived))


def left_out_entry(line: int, copies: int, why: str, number: int, *others: Any) -> LeftOutRow:
    """The inverse of `left_out_row`."""
    row, runs, waived = others
    return LeftOutRow(line, copies, WhyLeftOut(why), number, row, tuple(runs.split()), bool(waived))


def _planned_facts(entry: LeafletEntry) -> tuple[object, ...]:
    """What is fixed of a leaflet; standard type size, no origins and nobody who vouches are left out, as in the digests
    of earlier ledgers.
    """
    *fixed, _content_id, _sheet, _pages, type_size, origins, vouched = leaflet_row(entry)
    later = ([type_size] if type_size != TypeSize.STANDARD else [], [origins] if origins else [])
    return (*fixed, *later[0], *later[1], *([f"vouched {vouched}"] if vouched else []))


def leaflet_row(entry: LeafletEntry) -> tuple[object, ...]:
    """The columns of a leaflet in the order of `LEAFLET_COLUMNS`; an edition of a run has no more than these four."""
    edition = entry.leaflet.edition
    columns = (entry.leaflet.drug, edition.audience.value, edition.lang, edition.paper.value)
    allowed = " ".join(objection.value for objection in entry.allowed)
    rendered = (entry.content_id, entry.sheet, entry.pages)
    of_edition = (edition.type_size.value, origins_text(entry.origins), entry.vouched)
    return (entry.number, *columns, entry.version, entry.source, allowed, *rendered, *of_edition)


def leaflet_entry(number: int, drug: str, audience: str, lang: str, paper: str, *others: Any) -> LeafletEntry:
    """The inverse of `leaflet_row`."""
    version, source, allowed, content_id, sheet, pages, type_size, origins, vouched = others
    leaflet = Leaflet(drug, Edition(Audience(audience), lang, Paper(paper), TypeSize(type_size)))
    overruled = tuple(map(Objection, allowed.split()))
    rendered = (content_id, sheet, pages)
    return LeafletEntry(number, leaflet, version, source, overruled, *rendered, origins_in(origins), vouched)


def row_copies(run: int, line: int, row: bytes | None, *others: Any) -> RowCopies:
    """The entry for the copies of a row, from the columns of its leaflet, the version and the count."""
    drug, audience, lang, paper, type_size, version, copies = others
    leaflet = Leaflet(drug, Edition(Audience(audience), lang, Paper(paper), TypeSize(type_size)))
    return RowCopies(run, line, row, leaflet, version, copies)


def run_digest(run: RunEntry) -> str:
    """A digest of all that is recorded of a run when it is planned, its plan included."""
    return history.digest([astuple(run)[1:]])


def leaflet_facts(leaflet: LeafletEntry) -> list[object]:
    """What the history records of a leaflet when it is rendered."""
    return [leaflet.number, leaflet.content_id, leaflet.sheet, leaflet.pages]


def file_facts(part: PartEntry) -> dict[str, object]:
    """What the history records of a print file when it is written."""
    counts = {"bytes": part.size, "pages": part.pages, "sheets": part.sheets}
    return {"file": part.number, "sha256": part.sha256, **counts}


def issued_copies(group: Sequence[str], copies: Sequence[tuple[int, int]]) -> IssuedCopies:
    """The entry for copies (serial, line) that share the other columns of the query."""
    numbers, lines = zip(*copies, strict=True)
    run, at, drug, audience, lang, version, content_id, destination, state = group
    facts = (run, at, drug, audience, lang, version, content_id, destination)
    return IssuedCopies(*facts, CopyState(state), tuple(numbers), tuple(sorted(set(lines))))
