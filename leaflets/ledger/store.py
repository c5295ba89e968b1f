"""The tables of the ledger, in SQLite: the only module that runs SQL.

Every change is one transaction that also adds one event to the hash-chained history, so that neither is ever without
the other. Each commit is synced (WAL, synchronous=FULL): what was recorded survives a power cut.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

from leaflets.errors import LedgerError, OutputError, UsageError
from leaflets.ledger import history, schema, serials
from leaflets.ledger.entries import CopyEntry, IssuedCopies, LeafletEntry, NewRun, PartEntry, RunEntry, StateCounts
from leaflets.ledger.history import Event
from leaflets.ledger.states import TRANSITIONS, CopyState
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.objection import Objection
from leaflets.model.paper import Paper

BUSY_S = 10
"""Seconds to wait for another process to end its transaction; ours take milliseconds."""

DISK_ERRORS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}

Clock = Callable[[], str]


class LedgerStore:
    """An open ledger. All methods raise LedgerError (locked, damaged, other version) or OutputError (disk full)."""

    def __init__(self, connection: sqlite3.Connection, path: Path, clock: Clock) -> None:
        self._sql = connection
        self._path = path
        self._clock = clock

    def close(self) -> None:
        """Closes the file; SQLite then merges its journal into it."""
        with _our_errors(self._path):
            self._sql.close()

    # ------------------------------------------------------------ writing

    def bind_key(self, key_id: str) -> None:
        """Binds the ledger to one key for pseudonyms. Raises LedgerError where it was written under another."""
        sql = "SELECT value FROM fact WHERE name = 'key'"
        if not self._query(sql):
            with self._transaction():
                self._sql.execute("INSERT OR IGNORE INTO fact VALUES ('key', ?)", (key_id,))
        if self._query(sql) != [(key_id,)]:
            raise LedgerError(
                f"{self._path}: the key beside it is not the one it was written under", "Put the old key file back."
            )

    def add_run(self, run: NewRun) -> RunEntry:
        """Records a run and all its copies as planned; returns the run of this key where there is one already."""
        with self._transaction():
            row = self._sql.execute(f"SELECT {_RUN} FROM run WHERE key = ?", (run.key,)).fetchone()
            return RunEntry(*row) if row else self._insert(run)

    def _insert(self, run: NewRun) -> RunEntry:
        digest = plan_digest(run.leaflets, run.parts, run.copies)
        at = self._clock()
        entry = RunEntry(
            0, run.name, run.key, at, run.list_sha256, run.list_path_hash, run.options, run.folder, run.versions, digest
        )
        sql = f"INSERT INTO run ({_RUN}) VALUES (NULL,?,?,?,?,?,?,?,?,?)"
        number = self._sql.execute(sql, astuple(entry)[1:]).lastrowid
        entry = replace(entry, number=number or 0)
        self._insert_leaflets(entry, run.leaflets)
        self._insert_copies(entry, run.parts, run.copies)
        facts = {"list": run.list_sha256, "options": run.options, "versions": run.versions}
        facts |= {"plan": digest, "record": run_digest(entry)}
        self._add_event(entry.name, CopyState.PLANNED, [copy.serial for copy in run.copies], facts)
        return entry

    def add_reprint(self, run: RunEntry, parts: Sequence[PartEntry], copies: Sequence[CopyEntry]) -> None:
        """Adds copies that replace others, and records those as spoiled if they are not yet, in one transaction."""
        old = [copy.replaces for copy in copies if copy.replaces is not None]
        with self._transaction():
            states = {copy.serial: copy.state for copy in self._copies(run)}
            newly_spoiled = [serial for serial in old if states[serial] is not CopyState.SPOILED]
            if newly_spoiled:
                self._set_state(run, newly_spoiled, CopyState.SPOILED, {"reason": "reprinted"})
            self._insert_copies(run, parts, copies)
            facts = {"plan": plan_digest((), parts, copies), "replaces": serials.format_serials(old)}
            self._add_event(run.name, CopyState.PLANNED, [copy.serial for copy in copies], facts)

    def record_rendered(self, run: RunEntry, leaflets: Sequence[LeafletEntry]) -> None:
        """Records leaflets as rendered, and their planned copies too."""
        with self._transaction():
            self._sql.executemany(
                "UPDATE leaflet SET content_id = ?, sheet = ?, pages = ? WHERE run = ? AND number = ?",
                [(one.content_id, one.sheet, one.pages, run.number, one.number) for one in leaflets],
            )
            ready = self._serials(run, "leaflet", [one.number for one in leaflets], CopyState.PLANNED)
            self._set_state(run, ready, CopyState.RENDERED, {"leaflets": [leaflet_facts(one) for one in leaflets]})

    def record_written(self, run: RunEntry, part: PartEntry) -> None:
        """Records a print file as complete under its final name, and its rendered copies as written."""
        with self._transaction():
            self._sql.execute(
                "UPDATE part SET sha256 = ?, size = ?, pages = ?, sheets = ? WHERE run = ? AND number = ?",
                (part.sha256, part.size, part.pages, part.sheets, run.number, part.number),
            )
            rendered = self._serials(run, "part", [part.number], CopyState.RENDERED)
            self._set_state(run, rendered, CopyState.WRITTEN, file_facts(part))

    def move(self, run: RunEntry, chosen: Sequence[int], state: CopyState, reason: str = "") -> tuple[int, ...]:
        """Moves copies to a state; returns those that were not in it yet. Raises UsageError where one cannot move."""
        with self._transaction():
            states = {copy.serial: copy.state for copy in self._copies(run)}
            moving = [serial for serial in chosen if states.get(serial) is not state]
            _refuse_unknown(run, [serial for serial in moving if serial not in states])
            _refuse_moves(run, state, [(serial, states[serial]) for serial in moving])
            if moving:
                self._set_state(run, moving, state, {"reason": reason} if reason else {})
        return tuple(moving)

    def _set_state(self, run: RunEntry, chosen: Sequence[int], state: CopyState, facts: Mapping[str, object]) -> None:
        """Moves copies that may move so, which the triggers of the tables check again."""
        self._sql.executemany(
            "UPDATE copy SET state = ? WHERE run = ? AND serial BETWEEN ? AND ?",
            [(state.value, run.number, first, last) for first, last in serials.ranges(chosen)],
        )
        self._add_event(run.name, state, chosen, facts)

    def _add_event(self, run: str, kind: CopyState, chosen: Iterable[int], facts: Mapping[str, object]) -> None:
        last = self._sql.execute("SELECT number, hash FROM event ORDER BY number DESC LIMIT 1").fetchone()
        number, previous = last or (0, history.INITIAL_HASH)
        numbers, detail = serials.format_serials(chosen), history.detail_json(**facts)
        event = Event(number + 1, self._clock(), run, kind.value, numbers, detail, previous, "")
        event = replace(event, hash=history.event_hash(event))
        self._sql.execute("INSERT INTO event VALUES (?,?,?,?,?,?,?,?)", astuple(event))

    def _insert_leaflets(self, run: RunEntry, leaflets: Sequence[LeafletEntry]) -> None:
        marks = ",".join("?" * (1 + len(_LEAFLET.split(","))))
        rows = [(run.number, *_leaflet_row(one)) for one in leaflets]
        self._sql.executemany(f"INSERT INTO leaflet (run, {_LEAFLET}) VALUES ({marks})", rows)

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
        """Runs with a print file that is not recorded as written."""
        sql = f"SELECT {_RUN} FROM run WHERE number IN (SELECT run FROM part WHERE sha256 = '') ORDER BY number"
        return tuple(RunEntry(*row) for row in self._query(sql))

    def leaflets(self, run: RunEntry) -> tuple[LeafletEntry, ...]:
        """The distinct leaflets of a run."""
        rows = self._query(f"SELECT {_LEAFLET} FROM leaflet WHERE run = ? ORDER BY number", run.number)
        try:
            return tuple(_leaflet_entry(*row) for row in rows)
        except ValueError as error:
            raise _damaged(self._path, f"a leaflet of run {run.name}: {error}") from error

    def parts(self, run: RunEntry) -> tuple[PartEntry, ...]:
        """The print files of a run, those of reprints last."""
        rows = self._query(f"SELECT {_PART} FROM part WHERE run = ? ORDER BY number", run.number)
        return tuple(PartEntry(*row) for row in rows)

    def copies(self, run: RunEntry) -> tuple[CopyEntry, ...]:
        """Every copy of a run by serial."""
        with _our_errors(self._path):
            return self._copies(run)

    def state_counts(self, run: RunEntry) -> StateCounts:
        """How many copies of a run are in each state."""
        rows = self._query("SELECT state, count(*) FROM copy WHERE run = ? GROUP BY state", run.number)
        return StateCounts({CopyState(state): count for state, count in rows})

    def events(self) -> tuple[Event, ...]:
        """The whole history, oldest first."""
        return tuple(Event(*row) for row in self._query("SELECT * FROM event ORDER BY number"))

    def last_hash(self) -> str:
        """The hash of the last event; noted elsewhere, it shows later whether events were cut off the end."""
        rows = self._query("SELECT hash FROM event ORDER BY number DESC LIMIT 1")
        return str(rows[0][0]) if rows else history.INITIAL_HASH

    def issued(self, drug: str, version: str = "", before: str = "") -> tuple[IssuedCopies, ...]:
        """The runs, destinations and serials of a drug's leaflets; `before` is an ISO time, exclusive."""
        rows = self._query(_ISSUED, drug, version, version, before, before)
        groups: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for *group, serial, line in rows:
            groups.setdefault(tuple(group), []).append((serial, line))
        return tuple(_issued(group, copies) for group, copies in groups.items())

    def _copies(self, run: RunEntry) -> tuple[CopyEntry, ...]:
        rows = self._sql.execute(f"SELECT {_COPY} FROM copy WHERE run = ? ORDER BY serial", (run.number,))
        states = {state.value: state for state in CopyState}  # a call of CopyState for each of 100,000 copies is slow
        return tuple(
            CopyEntry(serial, line, leaflet, part, patient, states[state], replaces)
            for serial, line, leaflet, part, patient, state, replaces in rows
        )

    def _query(self, sql: str, *values: object) -> list[Any]:
        with _our_errors(self._path):
            return self._sql.execute(sql, values).fetchall()

    def _serials(self, run: RunEntry, column: str, numbers: Iterable[int], state: CopyState) -> list[int]:
        """The copies of some leaflets or parts that are in one state."""
        sql = f"SELECT serial FROM copy WHERE run = ? AND {column} = ? AND state = ?"
        return [row[0] for n in numbers for row in self._sql.execute(sql, (run.number, n, state.value))]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One transaction: all of the block or nothing of it."""
        with _our_errors(self._path):
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._sql.execute("COMMIT")
            except BaseException:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
                raise


def open_store(path: Path, clock: Clock) -> LedgerStore:
    """The ledger in a file, made (mode 0600) where there is none. `clock` gives the time as ISO 8601 in UTC.

    Raises LedgerError or OutputError.
    """
    with _our_errors(path):
        _make_private(path)
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return LedgerStore(connection, path, clock)


def plan_digest(leaflets: Iterable[LeafletEntry], parts: Iterable[PartEntry], copies: Iterable[CopyEntry]) -> str:
    """A digest of all that is fixed when copies are planned; the event that plans them records it."""
    distinct = [_planned_facts(leaflet) for leaflet in leaflets]
    files = [(p.number, p.destination, p.name, p.first, p.last) for p in parts]
    return history.digest(
        [*distinct, *files, *((c.serial, c.line, c.leaflet, c.part, c.patient, c.replaces) for c in copies)]
    )


def _planned_facts(entry: LeafletEntry) -> tuple[object, ...]:
    """What is fixed of a leaflet; standard type size is left out, as in the digests of ledgers that knew no other."""
    *fixed, _content_id, _sheet, _pages, type_size = _leaflet_row(entry)
    return (*fixed,) if type_size == TypeSize.STANDARD else (*fixed, type_size)


def _leaflet_row(entry: LeafletEntry) -> tuple[object, ...]:
    """The columns of a leaflet, in the order of `_LEAFLET`; an edition of a run has no more to it than these four."""
    edition = entry.leaflet.edition
    columns = (entry.leaflet.drug, edition.audience.value, edition.lang, edition.paper.value)
    allowed = " ".join(objection.value for objection in entry.allowed)
    rendered = (entry.content_id, entry.sheet, entry.pages)
    return (entry.number, *columns, entry.version, entry.source, allowed, *rendered, edition.type_size.value)


def _leaflet_entry(number: int, drug: str, audience: str, lang: str, paper: str, *others: Any) -> LeafletEntry:
    """The inverse of `_leaflet_row`."""
    version, source, allowed, *rendered, type_size = others
    leaflet = Leaflet(drug, Edition(Audience(audience), lang, Paper(paper), TypeSize(type_size)))
    return LeafletEntry(number, leaflet, version, source, tuple(map(Objection, allowed.split())), *rendered)


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
    """Sets the connection up, and makes or updates the tables. The journal takes the mode of the file itself."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if _version(connection) < schema.VERSION:
        connection.execute("BEGIN IMMEDIATE")
        with connection:  # the version is read again, as another process may have updated it meanwhile
            for statement in schema.statements(_version(connection)):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {max(_version(connection), schema.VERSION)}")
    if _version(connection) != schema.VERSION:
        hint = "Use the leaflet it was written with, or a later one."
        raise LedgerError(f"{path}: the ledger is of version {_version(connection)}, not {schema.VERSION}", hint)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _issued(group: Sequence[str], copies: Sequence[tuple[int, int]]) -> IssuedCopies:
    numbers, lines = zip(*copies, strict=True)
    run, at, drug, audience, lang, version, content_id, destination, state = group
    facts = (run, at, drug, audience, lang, version, content_id, destination)
    return IssuedCopies(*facts, CopyState(state), tuple(numbers), tuple(sorted(set(lines))))


def _refuse_unknown(run: RunEntry, unknown: Sequence[int]) -> None:
    if unknown:
        raise UsageError(
            f"run {run.name} has no serial {serials.format_serials(unknown)}",
            f"`leaflet runs show {run.name}` lists them.",
        )


def _refuse_moves(run: RunEntry, wanted: CopyState, moving: Sequence[tuple[int, CopyState]]) -> None:
    refused = [(serial, state) for serial, state in moving if wanted not in TRANSITIONS[state]]
    if refused:
        by_state = "; ".join(
            f"{serials.format_serials(serial for serial, at in refused if at is state)} {state}"
            for state in dict.fromkeys(state for _, state in refused)
        )
        hint = "Nothing was changed. Leave these out; states only move forward."
        raise UsageError(f"run {run.name}: these copies cannot become {wanted}: {by_state}", hint)


@contextmanager
def _our_errors(path: Path) -> Iterator[None]:
    """Raises SQLite's errors and those of the file system as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _our_error(path, error) from error
    except OSError as error:
        raise OutputError(f"{path}: the ledger cannot be written: {error.strerror}") from error


def _our_error(path: Path, error: sqlite3.Error) -> LedgerError | OutputError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in DISK_ERRORS:
        hint = "Make room, or look at the rights of the folder, and run the same command again."
        return OutputError(f"{path}: the ledger cannot be written: {error}", hint)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LedgerError(
            f"{path}: the ledger is locked by another process", "Wait until it has ended, then run again."
        )
    return _damaged(path, str(error))


def _damaged(path: Path, what: str) -> LedgerError:
    hint = "Put a sound copy back; print files already written are not touched."
    return LedgerError(f"{path}: the ledger is damaged or no ledger: {what}", hint)
