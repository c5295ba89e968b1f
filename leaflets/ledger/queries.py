"""What the ledger's tables say, as its entries."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from leaflets.ledger import history
from leaflets.ledger.database import Database, damaged
from leaflets.ledger.entries import (
    CopyEntry,
    IssuedCopies,
    LeafletEntry,
    LeftOutRow,
    PartEntry,
    RowCopies,
    RunEntry,
    StateCounts,
)
from leaflets.ledger.history import Event
from leaflets.ledger.rows import (
    COPY_COLUMNS,
    LEAFLET_COLUMNS,
    LEFT_OUT_COLUMNS,
    PART_COLUMNS,
    RUN_COLUMNS,
    issued_copies,
    leaflet_entry,
    left_out_entry,
    row_copies,
)
from leaflets.ledger.states import MADE, CopyState

Value = TypeVar("Value")


class LedgerQueries:
    """Reads an open ledger. Its methods raise LedgerError (locked, damaged) or OutputError (disk full)."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def runs(self) -> tuple[RunEntry, ...]:
        """All runs, oldest first."""
        return tuple(RunEntry(*row) for row in self._db.query(f"SELECT {RUN_COLUMNS} FROM run ORDER BY number"))

    def unfinished_runs(self) -> tuple[RunEntry, ...]:
        """Runs with a print file that is not recorded as written."""
        sql = f"SELECT {RUN_COLUMNS} FROM run WHERE number IN (SELECT run FROM part WHERE sha256 = '') ORDER BY number"
        return tuple(RunEntry(*row) for row in self._db.query(sql))

    def leaflets(self, run: RunEntry) -> tuple[LeafletEntry, ...]:
        """The distinct leaflets of a run."""
        rows = self._db.query(f"SELECT {LEAFLET_COLUMNS} FROM leaflet WHERE run = ? ORDER BY number", run.number)
        try:
            return tuple(leaflet_entry(*row) for row in rows)
        except ValueError as error:
            raise damaged(self._db.path, f"a leaflet of run {run.name}: {error}") from error

    def parts(self, run: RunEntry) -> tuple[PartEntry, ...]:
        """The print files of a run, those of reprints last."""
        rows = self._db.query(f"SELECT {PART_COLUMNS} FROM part WHERE run = ? ORDER BY number", run.number)
        return tuple(PartEntry(*row) for row in rows)

    def copies(self, run: RunEntry) -> tuple[CopyEntry, ...]:
        """Every copy of a run by serial."""
        rows = self._db.each(f"SELECT {COPY_COLUMNS} FROM copy WHERE run = ? ORDER BY serial", run.number)
        states = {state.value: state for state in CopyState}  # a call of CopyState for each of 100,000 copies is slow
        return tuple(
            CopyEntry(serial, line, leaflet, part, patient, states[state], replaces, row)
            for serial, line, leaflet, part, patient, state, replaces, row in rows
        )

    def folder(self, run: RunEntry) -> Path:
        """The folder of a run's print files, wherever the project is now.

        An absolute folder that is gone was recorded before folders were kept relative: where print files of the run,
        which no other run has, lie beside the ledger, they moved there with their project.
        """
        beside = self._db.path.parent.resolve()
        recorded = beside.parent / run.folder
        if Path(run.folder).is_absolute() and not recorded.exists():
            moved = any((beside / part.name).exists() for part in self.parts(run))
            return beside if moved else recorded
        return recorded

    def recorded_folder(self, folder: Path) -> str:
        """A folder as a run records it: relative to the project, which the ledger's folder lies in, or absolute."""
        project, folder = self._db.path.parent.resolve().parent, folder.resolve()
        return folder.relative_to(project).as_posix() if folder.is_relative_to(project) else str(folder)

    def left_out(self, run: RunEntry) -> tuple[LeftOutRow, ...]:
        """The rows of its list of which a run makes no copies, or fewer, by line."""
        rows = self._db.query(
            f"SELECT {LEFT_OUT_COLUMNS} FROM left_out WHERE run = ? ORDER BY line, number", run.number
        )
        return tuple(left_out_entry(*row) for row in rows)

    def live_rows(self, run: RunEntry) -> Iterator[tuple[bytes, int, int]]:
        """The keyed hash of each row that has one, a leaflet's number, and how many copies are made or will be."""
        states = ",".join(f"'{state.value}'" for state in sorted(MADE))
        sql = f"SELECT row, leaflet, count(*) FROM copy WHERE run = ? AND row IS NOT NULL AND state IN ({states})"
        return self._db.each(f"{sql} GROUP BY row, leaflet", run.number)

    def unwritten_rows(self, run: RunEntry) -> frozenset[bytes]:
        """The keyed hashes of the rows of which a run has copies in no print file yet."""
        sql = "SELECT DISTINCT row FROM copy WHERE run = ? AND row IS NOT NULL AND state IN ('planned', 'rendered')"
        return frozenset(row for (row,) in self._db.each(sql, run.number))

    def row_copies(self, runs: Iterable[RunEntry]) -> tuple[RowCopies, ...]:
        """The rows of which some runs made copies, or will make them."""
        sql = _ROW_COPIES.format("copy.run = ?")
        return tuple(row_copies(*row) for run in runs for row in self._db.each(sql, run.number))

    def copies_of_rows(self, first: RunEntry, rows: Sequence[bytes]) -> tuple[RowCopies, ...]:
        """The copies that a run and later ones made, or will make, of rows given by their keyed hashes."""
        return tuple(
            row_copies(*row)
            for some in _in_groups(rows)
            for row in self._db.each(
                _ROW_COPIES.format(f"copy.run >= ? AND copy.row IN ({','.join('?' * len(some))})"), first.number, *some
            )
        )

    def has_begun(self) -> bool:
        """Whether a run was ever begun, as a fact of its own says."""
        return bool(self._db.query("SELECT 1 FROM fact WHERE name = 'begun'"))

    def rejects_of(self) -> dict[int, str]:
        """The name of the run whose rejects file was the list, by the number of the run made from it."""
        return dict(self._db.query("SELECT number, rejects_of FROM run WHERE rejects_of <> ''"))

    def state(self, run: RunEntry, serial: int) -> CopyState | None:
        """The state of one copy; None where the run has no such serial."""
        rows = self._db.query("SELECT state FROM copy WHERE run = ? AND serial = ?", run.number, serial)
        return CopyState(rows[0][0]) if rows else None

    def state_counts(self, run: RunEntry) -> StateCounts:
        """How many copies of a run are in each state."""
        rows = self._db.query("SELECT state, count(*) FROM copy WHERE run = ? GROUP BY state", run.number)
        return StateCounts({CopyState(state): count for state, count in rows})

    def unreported(self, run: RunEntry) -> tuple[int, ...]:
        """The serials of copies that were written, and of which nobody has recorded yet what became of them."""
        sql = "SELECT serial FROM copy WHERE run = ? AND state IN ('written', 'sent') ORDER BY serial"
        return tuple(row[0] for row in self._db.each(sql, run.number))

    def cancelled_runs(self, names: Collection[str]) -> set[str]:
        """Those of some runs, by name, of which every copy was cancelled."""
        runs = [run for run in self.runs() if run.name in names] if names else []
        counts = {run.name: self.state_counts(run) for run in runs}
        return {name for name, count in counts.items() if count[CopyState.CANCELLED] == count.total}

    def events(self) -> tuple[Event, ...]:
        """The whole history, oldest first."""
        return tuple(Event(*row) for row in self._db.query("SELECT * FROM event ORDER BY number"))

    def keyed_event(self) -> Event | None:
        """The event from which on hashes are keyed; None where all are plain."""
        rows = self._db.query("SELECT * FROM event WHERE kind = ? LIMIT 1", history.KEYED)
        return Event(*rows[0]) if rows else None

    def purged_parts(self, run: RunEntry) -> frozenset[int]:
        """The numbers of the print files of a run that were deleted by a purge."""
        rows = self._db.query("SELECT * FROM event WHERE run = ? AND kind = ?", run.name, history.PURGED)
        lists = (history.event_facts(Event(*row)).get("files") for row in rows)
        return frozenset(number for numbers in lists if isinstance(numbers, list) for number in numbers)

    def copy_to(self, path: Path) -> None:
        """Copies the whole ledger as it is at this moment into a new file, mode 0600."""
        self._db.copy_to(path)

    def unaccounted_rows(self) -> tuple[str, ...]:
        """The tables with rows of a run that is not in the ledger."""
        wrong = "SELECT count(*) FROM {} WHERE run NOT IN (SELECT number FROM run)"
        return tuple(table for table in _TABLES_OF_RUNS if self._db.query(wrong.format(table)) != [(0,)])

    def key_id(self) -> str:
        """The id of the key for pseudonyms that the ledger is bound to; empty where there is none yet."""
        rows = self._db.query("SELECT value FROM fact WHERE name = 'key'")
        return str(rows[0][0]) if rows else ""

    def last_hash(self) -> str:
        """The hash of the last event; noted elsewhere, it shows later whether events were cut off the end."""
        rows = self._db.query("SELECT hash FROM event ORDER BY number DESC LIMIT 1")
        return str(rows[0][0]) if rows else history.INITIAL_HASH

    def issued(self, drug: str, version: str = "", before: str = "") -> tuple[IssuedCopies, ...]:
        """The runs, destinations and serials of a drug's leaflets; `before` is an ISO time, exclusive."""
        rows = self._db.query(_ISSUED, drug, version, version, before, before)
        groups: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for *group, serial, line in rows:
            groups.setdefault(tuple(group), []).append((serial, line))
        return tuple(issued_copies(group, copies) for group, copies in groups.items())

    def serials_in(self, run: RunEntry, column: str, numbers: Iterable[int], state: CopyState) -> list[int]:
        """The copies of some leaflets or parts that are in one state."""
        return [
            row[0]
            for some in _in_groups(tuple(numbers))
            for row in self._db.each(
                f"SELECT serial FROM copy WHERE run = ? AND state = ? AND {column} IN ({','.join('?' * len(some))})",
                run.number, state.value, *some,
            )
        ]  # fmt: skip


_TABLES_OF_RUNS = ("leaflet", "part", "copy", "left_out")
_MOST_VALUES = 500
"""Values in one statement; SQLite takes 999 or more."""


def _in_groups(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in groups that one statement takes."""
    return (values[start : start + _MOST_VALUES] for start in range(0, len(values), _MOST_VALUES))


_ROW_COPIES = """
SELECT copy.run, copy.line, copy.row, drug, audience, lang, paper, form, version, count(*)
FROM copy JOIN leaflet ON leaflet.run = copy.run AND leaflet.number = copy.leaflet
WHERE {} AND replaces IS NULL
AND copy.run NOT IN (SELECT run FROM copy GROUP BY run HAVING sum(state <> 'cancelled') = 0)
AND NOT EXISTS (
  SELECT 1 FROM left_out WHERE left_out.run = copy.run AND left_out.line = copy.line AND why = 'failed'
)
GROUP BY copy.run, copy.line
"""
"""Original copies by row, but those of a run that was cancelled as a whole, and those whose leaflet failed."""

_ISSUED = """
SELECT run.name, run.at, drug, audience, lang, version, content_id, destination, state, serial, line
FROM copy JOIN run ON run.number = copy.run
JOIN leaflet ON leaflet.run = copy.run AND leaflet.number = copy.leaflet
JOIN part ON part.run = copy.run AND part.number = copy.part
WHERE drug = ? AND (? = '' OR version = ?) AND (? = '' OR run.at < ?) AND state NOT IN ('planned', 'rendered')
ORDER BY run.number, leaflet.number, part.number, state, serial
"""
