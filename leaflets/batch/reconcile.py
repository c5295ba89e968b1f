"""The account of a run: what became of its copies and print files, and whether everybody has a sheet.

A wanted copy is an original copy and the chain of reprints in its place; what became of the last of them counts. It is
settled when that one is printed, or cancelled by somebody with a reason. A row that was left out is settled when it is
waived, or when a later run took its copies on, whose account they are in from then on.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from leaflets.batch.print_files import delete_patient_files, patient_files, remove_unrecorded
from leaflets.ledger.entries import CopyEntry, LeftOutRow, PartEntry, RunEntry, StateCounts, WhyLeftOut
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.queries import LedgerQueries
from leaflets.ledger.states import OPEN, TRANSITIONS, CopyState
from leaflets.ledger.store import LedgerStore


class FileState(StrEnum):
    """What has become of a print file since it was written."""

    UNCHANGED = "unchanged"
    GONE = "gone"
    PURGED = "purged"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A print file of a run, and what has become of it."""

    run: str
    part: PartEntry
    state: FileState


def record_state(
    ledger: Ledger, run: RunEntry, serials: Sequence[int] | None, state: CopyState, reason: str = ""
) -> tuple[int, ...]:
    """Records what became of copies; returns those that were not in that state already.

    None for the serials means every open copy that can move there. Raises UsageError where one cannot.
    """
    open_states = {old for old in OPEN if state in TRANSITIONS[old]}
    with ledger.lock_run(run):
        if serials is None:
            serials = [copy.serial for copy in ledger.store.copies(run) if copy.state in open_states]
        chosen = serials
        moved = ledger.store.move(run, chosen, state, reason)
        if state is CopyState.CANCELLED and ledger.is_cancelled(run):
            delete_patient_files(ledger, run, "cancelled", rejects=not open_rows(ledger.store, run))
        elif state is CopyState.CANCELLED:
            remove_unrecorded(ledger, run)
    return moved


def check_files(store: LedgerStore, run: RunEntry) -> tuple[CheckedFile, ...]:
    """The print files of a run that were written, and whether each is still there, as it was."""
    folder = store.folder(run)
    purged = store.purged_parts(run)
    written = [part for part in store.parts(run) if part.written]
    return tuple(
        CheckedFile(run.name, part, _file_state(folder / part.name, part, part.number in purged)) for part in written
    )


def _file_state(path: Path, part: PartEntry, purged: bool) -> FileState:
    if not path.exists():
        return FileState.PURGED if purged else FileState.GONE
    return FileState.UNCHANGED if _sha256(path) == part.sha256 else FileState.CHANGED


def _sha256(path: Path) -> str:
    """The hash of a print file; of a folder of files, that of the SHA256SUMS which the files in it would have now."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    sums = path / "SHA256SUMS"
    lines = sums.read_text("ascii").splitlines() if sums.is_file() else []
    names = [Path(line[66:]).name for line in lines]
    now = "".join(f"{_sha256(path / name)}  {name}\n" for name in names if (path / name).is_file())
    return hashlib.sha256(now.encode("ascii")).hexdigest()


# -------------------------------------------------------------------- who has no sheet


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
    """The rows that a run left out as they were refused or failed, and that are not settled."""
    rows = [one for one in store.left_out(run) if one.why is not WhyLeftOut.MADE and not one.waived]
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


# -------------------------------------------------------------------- files with patient data


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of a run with patient data that are still there; `open` is whether its account is not closed."""

    run: RunEntry
    paths: tuple[Path, ...]
    open: bool


def files_before(store: LedgerStore, before: str) -> tuple[RunFiles, ...]:
    """The files that are left of runs begun before an ISO time."""
    old = (run for run in store.runs() if run.at < before)
    left = (RunFiles(run, patient_files(store, run), not reconcile(store, run).closed) for run in old)
    return tuple(one for one in left if one.paths)


def purge(ledger: Ledger, run: RunEntry, reason: str) -> tuple[Path, ...]:
    """Deletes the files of a run with patient data and returns them. Raises LedgerError or OutputError.

    It is recorded first, so that no file ever disappears without a record; what a killed process leaves is deleted by
    the next purge.
    """
    with ledger.lock_run(run):
        return delete_patient_files(ledger, run, reason)
