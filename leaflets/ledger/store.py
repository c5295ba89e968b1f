"""The truth of every run, in SQLite: the only module that speaks SQL, and the only writer of the ledger.

Every change is one transaction that also adds one event to the hash-chained history, so that neither is ever without
the other. A connection syncs each commit (WAL, synchronous=FULL): what was answered survives a power cut.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

from leaflets.errors import LedgerError, OutputError, UsageError
from leaflets.ledger import history as chain
from leaflets.ledger import schema, serials
from leaflets.ledger.entries import CopyEntry, IssuedCopies, LeafletEntry, NewRun, PartEntry, RunEntry, Tally
from leaflets.ledger.history import Event
from leaflets.ledger.states import MOVES, CopyState
from leaflets.model.edition import TypeSize

BUSY_S = 10
"""How long to wait for another process to end its transaction; ours take milliseconds."""

FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}

Clock = Callable[[], str]


class LedgerStore:
    """An open ledger. All methods raise LedgerError (locked, damaged, other version) or OutputError (disk full)."""

    def __init__(self, connection: sqlite3.Connection, path: Path, clock: Clock) -> None:
        self._sql = connection
        self._path = path
        self._clock = clock

    def close(self) -> None:
        """Closes the file; SQLite then folds its journal into it."""
        with _mapped(self._path):
            self._sql.close()

    # ------------------------------------------------------------ writing

    def guard_key(self, mark: str) -> None:
        """Ties the ledger to one patient key. Raises LedgerError where it was written under another."""
        sql = "SELECT value FROM fact WHERE name = 'key'"
        if not self._query(sql):
            with self._change():
                self._sql.execute("INSERT OR IGNORE INTO fact VALUES ('key', ?)", (mark,))
        if self._query(sql) != [(mark,)]:
            raise LedgerError(
                f"{self._path}: the key beside it is not the one it was written under", "Put the old key file back."
            )

    def add_run(self, run: NewRun) -> RunEntry:
        """Records a run and all its copies as planned; where a run of this key stands already, that one is returned."""
        with self._change():
            found = self._sql.execute(f"SELECT {_RUN} FROM run WHERE key = ?", (run.key,)).fetchone()
            return RunEntry(*found) if found else self._insert(run)

    def _insert(self, run: NewRun) -> RunEntry:
        digest = plan_digest(run.leaflets, run.parts, run.copies)
        at = self._clock()
        entry = RunEntry(
            0, run.name, run.key, at, run.list_sha256, run.list_place, run.options, run.folder, run.versions, digest
        )
        sql = f"INSERT INTO run ({_RUN}) VALUES (NULL,?,?,?,?,?,?,?,?,?)"
        number = self._sql.execute(sql, astuple(entry)[1:]).lastrowid
        entry = replace(entry, number=number or 0)
        self._insert_leaflets(entry, run.leaflets)
        self._insert_copies(entry, run.parts, run.copies)
        said = {"list": run.list_sha256, "options": run.options, "versions": run.versions}
        said |= {"plan": digest, "record": run_digest(entry)}
        self._event(entry.name, CopyState.PLANNED, [copy.serial for copy in run.copies], chain.detail(**said))
        return entry

    def add_reprint(self, run: RunEntry, parts: Sequence[PartEntry], copies: Sequence[CopyEntry]) -> None:
        """Adds copies that take the place of others, and marks those spoiled if nobody has yet, in one transaction."""
        old = [copy.replaces for copy in copies if copy.replaces is not None]
        with self._change():
            states = {copy.serial: copy.state for copy in self._copies(run)}
            lost = [serial for serial in old if states[serial] is not CopyState.SPOILED]
            if lost:
                self._set_state(run, lost, CopyState.SPOILED, "reprinted")
            self._insert_copies(run, parts, copies)
            said = chain.detail(plan=plan_digest((), parts, copies), replaces=serials.spell(old))
            self._event(run.name, CopyState.PLANNED, [copy.serial for copy in copies], said)

    def rendered(self, run: RunEntry, leaflets: Sequence[LeafletEntry]) -> None:
        """Records leaflets as made and their planned copies as rendered."""
        with self._change():
            self._sql.executemany(
                "UPDATE leaflet SET content_id = ?, sheet = ?, pages = ? WHERE run = ? AND number = ?",
                [(one.content_id, one.sheet, one.pages, run.number, one.number) for one in leaflets],
            )
            ready = self._serials(run, "leaflet", [one.number for one in leaflets], CopyState.PLANNED)
            made = [leaflet_facts(one) for one in leaflets]
            self._set_state(run, ready, CopyState.RENDERED, "", leaflets=made)

    def written(self, run: RunEntry, part: PartEntry) -> None:
        """Records a print file that stands complete under its name, and its rendered copies as written."""
        with self._change():
            self._sql.execute(
                "UPDATE part SET sha256 = ?, size = ?, pages = ?, sheets = ? WHERE run = ? AND number = ?",
                (part.sha256, part.size, part.pages, part.sheets, run.number, part.number),
            )
            rendered = self._serials(run, "part", [part.number], CopyState.RENDERED)
            self._set_state(run, rendered, CopyState.WRITTEN, "", **file_facts(part))

    def move(self, run: RunEntry, chosen: Sequence[int], state: CopyState, reason: str = "") -> tuple[int, ...]:
        """Moves copies forward; returns those that were not there yet. Raises UsageError where one cannot move."""
        with self._change():
            states = {copy.serial: copy.state for copy in self._copies(run)}
            moving = [serial for serial in chosen if states.get(serial) is not state]
            _refuse_unknown(run, [serial for serial in moving if serial not in states])
            _refuse_stuck(run, state, [(serial, states[serial]) for serial in moving])
            if moving:
                self._set_state(run, moving, state, reason)
        return tuple(moving)

    def _set_state(self, run: RunEntry, chosen: Sequence[int], state: CopyState, reason: str, **said: object) -> None:
        """Moves copies that are known to be able to; the tables' own triggers check it again."""
        self._sql.executemany(
            "UPDATE copy SET state = ? WHERE run = ? AND serial BETWEEN ? AND ?",
            [(state.value, run.number, first, last) for first, last in serials.ranges(chosen)],
        )
        if reason:
            said["reason"] = reason
        self._event(run.name, state, chosen, chain.detail(**said))

    def _event(self, run: str, kind: CopyState, chosen: Iterable[int], detail: str) -> None:
        last = self._sql.execute("SELECT number, hash FROM event ORDER BY number DESC LIMIT 1").fetchone()
        number, previous = last or (0, chain.BEGINNING)
        event = Event(number + 1, self._clock(), run, kind.value, serials.spell(chosen), detail, previous, "")
        row = (event.number, event.at, event.run, event.kind, event.serials, event.detail, previous, chain.link(event))
        self._sql.execute("INSERT INTO event VALUES (?,?,?,?,?,?,?,?)", row)

    def _insert_leaflets(self, run: RunEntry, leaflets: Sequence[LeafletEntry]) -> None:
        rows = [(run.number, *astuple(one)) for one in leaflets]
        self._sql.executemany("INSERT INTO leaflet VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)

    def _insert_copies(self, run: RunEntry, parts: Sequence[PartEntry], copies: Sequence[CopyEntry]) -> None:
        self._sql.executemany(
            "INSERT INTO part VALUES (?,?,?,?,?,?,?,?,?,?)",
            [(run.number, *astuple(part)) for part in parts],
        )
        self._sql.executemany(
            "INSERT INTO copy VALUES (?,?,?,?,?,?,'planned',?)",
            [(run.number, c.serial, c.line, c.leaflet, c.part, c.patient, c.replaces) for c in copies],
        )

    # ------------------------------------------------------------ reading

    def runs(self) -> tuple[RunEntry, ...]:
        """All runs, oldest first."""
        return tuple(RunEntry(*row) for row in self._query(f"SELECT {_RUN} FROM run ORDER BY number"))

    def unfinished_runs(self) -> tuple[RunEntry, ...]:
        """Runs with a print file that was begun, or not even that, and never finished."""
        sql = f"SELECT {_RUN} FROM run WHERE number IN (SELECT run FROM part WHERE sha256 = '') ORDER BY number"
        return tuple(RunEntry(*row) for row in self._query(sql))

    def leaflets(self, run: RunEntry) -> tuple[LeafletEntry, ...]:
        """The distinct leaflets of a run."""
        rows = self._query(f"SELECT {_LEAFLET} FROM leaflet WHERE run = ? ORDER BY number", run.number)
        return tuple(LeafletEntry(*row) for row in rows)

    def parts(self, run: RunEntry) -> tuple[PartEntry, ...]:
        """The print files of a run, those of reprints last."""
        rows = self._query(f"SELECT {_PART} FROM part WHERE run = ? ORDER BY number", run.number)
        return tuple(PartEntry(*row) for row in rows)

    def copies(self, run: RunEntry) -> tuple[CopyEntry, ...]:
        """Every copy of a run by serial."""
        with _mapped(self._path):
            return self._copies(run)

    def tally(self, run: RunEntry) -> Tally:
        """How many copies stand in each state."""
        rows = self._query("SELECT state, count(*) FROM copy WHERE run = ? GROUP BY state", run.number)
        return Tally({CopyState(state): count for state, count in rows})

    def events(self) -> tuple[Event, ...]:
        """The whole history, oldest first."""
        return tuple(Event(*row) for row in self._query("SELECT * FROM event ORDER BY number"))

    def head(self) -> str:
        """The hash the history ends in; whoever notes it elsewhere can tell later that nothing was cut off."""
        rows = self._query("SELECT hash FROM event ORDER BY number DESC LIMIT 1")
        return str(rows[0][0]) if rows else chain.BEGINNING

    def issued(self, drug: str, version: str = "", before: str = "") -> tuple[IssuedCopies, ...]:
        """Which runs, destinations and serials got a drug's leaflets; `before` is an ISO time, exclusive."""
        rows = self._query(_ISSUED, drug, version, version, before, before)
        groups: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for *group, serial, line in rows:
            groups.setdefault(tuple(group), []).append((serial, line))
        return tuple(_issued(group, found) for group, found in groups.items())

    def _copies(self, run: RunEntry) -> tuple[CopyEntry, ...]:
        rows = self._sql.execute(f"SELECT {_COPY} FROM copy WHERE run = ? ORDER BY serial", (run.number,))
        states = {state.value: state for state in CopyState}
        return tuple(CopyEntry(s, line, o, p, who, states[at], old) for s, line, o, p, who, at, old in rows)

    def _query(self, sql: str, *values: object) -> list[Any]:
        with _mapped(self._path):
            return self._sql.execute(sql, values).fetchall()

    def _serials(self, run: RunEntry, column: str, numbers: Iterable[int], state: CopyState) -> list[int]:
        """The copies of some leaflets or parts that stand in one state."""
        sql = f"SELECT serial FROM copy WHERE run = ? AND {column} = ? AND state = ?"
        return [row[0] for n in numbers for row in self._sql.execute(sql, (run.number, n, state.value))]

    @contextmanager
    def _change(self) -> Iterator[None]:
        """One transaction: all of it or nothing."""
        with _mapped(self._path):
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._sql.execute("COMMIT")
            except BaseException:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
                raise


def open_store(path: Path, clock: Clock) -> LedgerStore:
    """The ledger in a file, made (mode 0600) where there is none. `clock` gives the time as ISO 8601 in UTC."""
    with _mapped(path):
        _make_private(path)
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return LedgerStore(connection, path, clock)


def plan_digest(leaflets: Iterable[LeafletEntry], parts: Iterable[PartEntry], copies: Iterable[CopyEntry]) -> str:
    """A digest of all that is fixed when copies are planned; the event that plans them vouches for it."""
    named = [_planned(leaflet) for leaflet in leaflets]
    files = [(p.number, p.destination, p.name, p.first, p.last) for p in parts]
    return chain.digest(
        [*named, *files, *((c.serial, c.line, c.leaflet, c.part, c.patient, c.replaces) for c in copies)]
    )


def _planned(one: LeafletEntry) -> tuple[object, ...]:
    """What is fixed of a leaflet; the usual form is left out, as in the digests of ledgers that knew no other."""
    type_size = () if one.type_size == TypeSize.STANDARD else (one.type_size,)
    return (one.number, one.drug, one.audience, one.lang, one.paper, one.version, one.source, one.allowed, *type_size)


def run_digest(run: RunEntry) -> str:
    """A digest of all that is known of a run when it is planned, its plan included."""
    return chain.digest([astuple(run)[1:]])


def leaflet_facts(leaflet: LeafletEntry) -> list[object]:
    """What the history tells of a leaflet when it is made."""
    return [leaflet.number, leaflet.content_id, leaflet.sheet, leaflet.pages]


def file_facts(part: PartEntry) -> dict[str, object]:
    """What the history tells of a print file when it is written."""
    counts = {"bytes": part.size, "pages": part.pages, "sheets": part.sheets}
    return {"file": part.number, "sha256": part.sha256, **counts}


_RUN = "number, name, key, at, list_sha256, list_place, options, folder, versions, plan_digest"
_LEAFLET = "number, drug, audience, lang, paper, version, source, allowed, content_id, sheet, pages, form"
_PART = "number, destination, name, first, last, sha256, size, pages, sheets"
_COPY = "serial, line, leaflet, part, patient, state, replaces"
_ISSUED = """
SELECT run.name, run.at, drug, audience, lang, version, content_id, destination, state, serial, line
FROM copy JOIN run ON run.number = copy.run
JOIN leaflet ON leaflet.run = copy.run AND leaflet.number = copy.leaflet
JOIN part ON part.run = copy.run AND part.number = copy.part
WHERE drug = ? AND (? = '' OR version = ?) AND (? = '' OR run.at < ?) AND state NOT IN ('planned', 'rendered')
ORDER BY run.number, leaflet.number, part.number, state, serial
"""


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Sets the connection up, and the tables where the file is new. The journal keeps the mode of the file itself."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if _version(connection) < schema.VERSION:
        connection.execute("BEGIN IMMEDIATE")
        with connection:  # another process may have done it meanwhile
            for statement in schema.statements(_version(connection)):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {max(_version(connection), schema.VERSION)}")
    if _version(connection) != schema.VERSION:
        hint = "Use the leaflet it was written with, or a later one."
        raise LedgerError(f"{path}: the ledger is of version {_version(connection)}, not {schema.VERSION}", hint)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _issued(group: Sequence[str], found: Sequence[tuple[int, int]]) -> IssuedCopies:
    numbers, lines = zip(*found, strict=True)
    run, at, drug, audience, lang, version, content_id, destination, state = group
    who = (run, at, drug, audience, lang, version, content_id, destination)
    return IssuedCopies(*who, CopyState(state), tuple(numbers), tuple(sorted(set(lines))))


def _refuse_unknown(run: RunEntry, unknown: Sequence[int]) -> None:
    if unknown:
        raise UsageError(
            f"run {run.name} has no serial {serials.spell(unknown)}", f"`leaflet runs show {run.name}` lists them."
        )


def _refuse_stuck(run: RunEntry, wanted: CopyState, moving: Sequence[tuple[int, CopyState]]) -> None:
    stuck = [(serial, state) for serial, state in moving if wanted not in MOVES[state]]
    if stuck:
        named = "; ".join(
            f"{serials.spell(serial for serial, at in stuck if at is state)} {state}"
            for state in dict.fromkeys(state for _, state in stuck)
        )
        hint = "Nothing was changed. Leave these out; states only move forward."
        raise UsageError(f"run {run.name}: these copies cannot become {wanted}: {named}", hint)


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    """SQLite's exceptions and the file system's → ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _ours(path, error) from error
    except OSError as error:
        raise OutputError(f"{path}: the ledger cannot be written: {error.strerror}") from error


def _ours(path: Path, error: sqlite3.Error) -> LedgerError | OutputError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in FULL:
        hint = "Make room, or look at the rights of the folder, and run the same command again."
        return OutputError(f"{path}: the ledger cannot be written: {error}", hint)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LedgerError(
            f"{path}: the ledger is locked by another process", "Wait until it has ended, then run again."
        )
    hint = "Put a sound copy back; print files already written are not touched."
    return LedgerError(f"{path}: the ledger is damaged or no ledger: {error}", hint)
