"""The account of a run: whether everybody has a sheet, or a reason to have none.

A wanted copy is an original copy and the chain of reprints in its place; what became of the last of them counts. It is
settled when that one is printed, or cancelled by somebody with a reason. A row that was left out is settled when it is
waived, or when a later run took its copies on, whose account they are in from then on.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from leaflets.ledger.entries import CopyEntry, LeftOutRow, RunEntry, StateCounts, WhyLeftOut
from leaflets.ledger.queries import LedgerQueries
from leaflets.ledger.states import CopyState


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a run: serials of copies that nobody has settled, by the state they are in, and rows left out."""

    state_counts: StateCounts
    unwritten: tuple[int, ...] = ()
    unreported: tuple[int, ...] = ()
    spoiled: tuple[int, ...] = ()
    unprinted: tuple[int, ...] = ()
    left_out: tuple[LeftOutRow, ...] = ()

    @property
    def open_serials(self) -> tuple[int, ...]:
        """The serials of all copies that are not settled."""
        return tuple(sorted((*self.unwritten, *self.unreported, *self.spoiled, *self.unprinted)))

    @property
    def closed(self) -> bool:
        """Whether everybody has a sheet, or it was recorded with a reason that nobody needs it."""
        return not self.open_serials and not self.left_out


def reconcile(store: LedgerQueries, run: RunEntry) -> Account:
    """The account of a run."""
    copies = store.copies(run)
    replaced = {copy.replaces for copy in copies}
    last = [copy for copy in copies if copy.serial not in replaced]
    return Account(
        state_counts=store.state_counts(run),
        unwritten=_serials(last, {CopyState.PLANNED, CopyState.RENDERED}),
        unreported=_serials(last, {CopyState.WRITTEN, CopyState.SENT}),
        spoiled=_serials(last, {CopyState.SPOILED}),
        unprinted=_serials(last, {CopyState.UNPRINTED}),
        left_out=open_rows(store, run),
    )


def open_rows(store: LedgerQueries, run: RunEntry) -> tuple[LeftOutRow, ...]:
    """The rows that a run left out, and that are not settled.

    A row that was left out as earlier runs had made it is open where those were cancelled as a whole since.
    """
    waiting = [one for one in store.left_out(run) if not one.waived]
    cancelled = store.cancelled_runs({name for one in waiting for name in one.runs})
    rows = [one for one in waiting if one.why is not WhyLeftOut.MADE or set(one.runs) <= cancelled]
    if not rows:
        return ()
    later = [other for other in store.runs() if other.number > run.number]
    same_list = [other for other in later if other.list_sha256 == run.list_sha256]
    made_lines = {one.line for one in store.row_copies(same_list)}
    remaining = [one for one in rows if one.line not in made_lines]
    unsettled = _without_copies(store, run, rows)
    nameless = [one for one in remaining if one.row is None]
    if nameless and len(nameless) > _rows_of_rejects(store, run, later, rows):
        unsettled |= {one.line for one in nameless}
    return tuple(one for one in remaining if one.line in unsettled)


def _without_copies(store: LedgerQueries, run: RunEntry, rows: Sequence[LeftOutRow]) -> set[int]:
    """The lines of rows that can be recognised and of which later runs made fewer copies than were left out.

    One prescription may be for several drugs, so the leaflets that this run made for it are not counted.
    """
    wanted: Counter[bytes] = Counter()
    for one in rows:
        if one.row is not None:
            wanted[one.row] += max(one.copies, 1)
    copies = store.copies_of_rows(run, tuple(wanted))
    own = {(some.row, some.leaflet) for some in copies if some.run == run.number}
    made: Counter[bytes | None] = Counter()
    for some in copies:
        if (some.row, some.leaflet) not in own:
            made[some.row] += some.copies
    return {one.line for one in rows if one.row is not None and made[one.row] < wanted[one.row]}


def _rows_of_rejects(store: LedgerQueries, run: RunEntry, later: Iterable[RunEntry], rows: Iterable[LeftOutRow]) -> int:
    """How many rows that are none of these were made from the rejects file of a run, or from that of such a run."""
    rejects_of = store.rejects_of()
    names, family = {run.name}, []
    for other in later:
        if rejects_of.get(other.number) in names:
            names.add(other.name)
            family.append(other)
    lists = {other.number: other.list_sha256 for other in family}
    recognised = {one.row for one in rows} - {None}
    return len({(lists[one.run], one.line) for one in store.row_copies(family) if one.row not in recognised})


def _serials(copies: Iterable[CopyEntry], states: Collection[CopyState]) -> tuple[int, ...]:
    return tuple(copy.serial for copy in copies if copy.state in states)
