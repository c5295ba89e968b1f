"""Every change of the ledger's tables.

Each is one transaction that also adds one event to the hash-chained history, so that neither is ever without the other.
Each commit is synced (WAL, synchronous=FULL): what was recorded survives a power cut.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path

from leaflets.errors import LedgerError, UsageError
from leaflets.ledger import history, serials
from leaflets.ledger.database import Database, UnusableLedger, open_database, open_database_to_read
from leaflets.ledger.entries import (
    CopyEntry,
    LeafletEntry,
    LeftOutRow,
    NewReprint,
    NewRun,
    PartEntry,
    RunEntry,
    WhyLeftOut,
)
from leaflets.ledger.history import KEYED, LEFT_OUT, PURGED, RESTORED, WAIVED, Actor, Event
from leaflets.ledger.keys import find_history_key, new_history_key, put_in_place
from leaflets.ledger.queries import LedgerQueries
from leaflets.ledger.rows import (
    LEAFLET_COLUMNS,
    LEFT_OUT_COLUMNS,
    RUN_COLUMNS,
    file_facts,
    leaflet_facts,
    leaflet_row,
    left_out_digest,
    left_out_row,
    plan_digest,
    run_digest,
)
from leaflets.ledger.states import TRANSITIONS, CopyState
from leaflets.project.clock import now_utc

Clock = Callable[[], str]
"""Gives the time as ISO 8601 in UTC."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """What each event of the history takes from outside: the time, who it is, and the file of the history's key."""

    clock: Clock
    key_file: Path
    actor: Actor = field(default_factory=Actor)


class LedgerStore(LedgerQueries):
    """Reads and changes an open ledger. Its methods raise LedgerError (locked, damaged) or OutputError (disk full)."""

    def __init__(self, database: Database, recorder: Recorder) -> None:
        super().__init__(database)
        self._recorder = recorder
        self.history_key = find_history_key(recorder.key_file, self.keyed_event())

    def begin_keyed_history(self) -> None:
        """Adds the event from which on hashes are keyed, under a new key, unless there is one or a key is there."""
        if self.history_key.secret or self.history_key.fault:
            return
        with self._db.transaction():
            keyed = self.keyed_event()
            if not keyed:
                self.history_key = new_history_key(self._recorder.key_file)
                self._add_event("", KEYED, (), {"key": self.history_key.key_id})
        if keyed:  # another process was quicker
            self.history_key = find_history_key(self._recorder.key_file, keyed)
        else:
            put_in_place(self._recorder.key_file)

    def now(self) -> str:
        """The time, as events record it."""
        return self._recorder.clock()

    def bind_key(self, key_id: str) -> None:
        """Binds the ledger to one key for pseudonyms. Raises LedgerError where it was written under another."""
        if not self.key_id():
            with self._db.transaction():
                self._db.execute("INSERT OR IGNORE INTO fact VALUES ('key', ?)", (key_id,))
        if self.key_id() != key_id:
            raise LedgerError(
                f"{self._db.path}: the key beside it is not the one it was written under", "Put the old key file back."
            )

    def add_run(self, run: NewRun) -> RunEntry:
        """Records a run and all its copies as planned; returns the run of this key where there is one already.

        Raises LedgerError where a run that the plan did not know has rows of it.
        """
        with self._db.transaction():
            row = self._db.execute(f"SELECT {RUN_COLUMNS} FROM run WHERE key = ?", (run.key,)).fetchone()
            if row:
                return RunEntry(*row)
            self._refuse_rows_begun_since(run)
            return self._insert(run)

    def _refuse_rows_begun_since(self, run: NewRun) -> None:
        since = [other for other in self.runs() if run.seen is not None and other.number > run.seen]
        rows = {copy.row for copy in run.copies if copy.row is not None} if since else set()
        for other in since:
            if rows & {row for row, _, _ in self.live_rows(other)}:
                raise LedgerError(
                    f"run {other.name} was begun meanwhile with rows of this list; nothing was made",
                    "Give the same command again: it leaves out what that run makes.",
                )

    def _insert(self, run: NewRun) -> RunEntry:
        digest = plan_digest(run.leaflets, run.parts, run.copies)
        at = self._recorder.clock()
        entry = RunEntry(
            0, run.name, run.key, at, run.list_sha256, run.list_path_hash, run.options, run.folder, run.versions, digest
        )
        sql = f"INSERT INTO run ({RUN_COLUMNS}) VALUES (NULL,?,?,?,?,?,?,?,?,?)"
        number = self._db.execute(sql, astuple(entry)[1:]).lastrowid
        entry = replace(entry, number=number or 0)
        self._insert_leaflets(entry, run.leaflets)
        self._insert_copies(entry, run.parts, run.copies)
        facts = {"list": run.list_sha256, "options": run.options, "versions": run.versions}
        facts |= {"plan": digest, "record": run_digest(entry)}
        if run.rejects_of:
            self._db.execute("UPDATE run SET rejects_of = ? WHERE number = ?", (run.rejects_of, entry.number))
            facts["rejects_of"] = run.rejects_of
        self._db.execute("INSERT OR IGNORE INTO fact VALUES ('begun', '1')")
        self._add_event(entry.name, CopyState.PLANNED, [copy.serial for copy in run.copies], facts)
        self._insert_left_out(entry, run.left_out)
        return entry

    def add_reprint(self, run: RunEntry, reprint: NewReprint) -> None:
        """Adds copies that replace others, rendered; those are spoiled then, unless they never reached paper.

        All in one transaction: a reprint is begun with its sheets at hand, or not at all.
        """
        old = [copy.replaces for copy in reprint.copies if copy.replaces is not None]
        with self._db.transaction():
            states = {copy.serial: copy.state for copy in self.copies(run)}
            newly_spoiled = [serial for serial in old if states[serial] not in {CopyState.SPOILED, CopyState.UNPRINTED}]
            if newly_spoiled:
                self._set_state(run, newly_spoiled, CopyState.SPOILED, {"reason": "reprinted"})
            numbers = {entry.number for entry in self.leaflets(run)}
            added = [entry for entry in reprint.leaflets if entry.number not in numbers]
            self._insert_leaflets(run, added)
            self._insert_copies(run, reprint.parts, reprint.copies)
            facts = {"plan": plan_digest(added, reprint.parts, reprint.copies), "replaces": serials.format_serials(old)}
            facts |= {"added_leaflets": serials.format_serials(entry.number for entry in added)} if added else {}
            self._add_event(run.name, CopyState.PLANNED, [copy.serial for copy in reprint.copies], facts)
            self._set_rendered(run, reprint.leaflets)

    def record_rendered(self, run: RunEntry, leaflets: Sequence[LeafletEntry]) -> None:
        """Records leaflets as rendered, and their planned copies too."""
        with self._db.transaction():
            self._set_rendered(run, leaflets)

    def _set_rendered(self, run: RunEntry, leaflets: Sequence[LeafletEntry]) -> None:
        self._db.execute_many(
            "UPDATE leaflet SET content_id = ?, sheet = ?, pages = ? WHERE run = ? AND number = ?",
            [(one.content_id, one.sheet, one.pages, run.number, one.number) for one in leaflets],
        )
        ready = self.serials_in(run, "leaflet", [one.number for one in leaflets], CopyState.PLANNED)
        self._set_state(run, ready, CopyState.RENDERED, {"leaflets": [leaflet_facts(one) for one in leaflets]})

    def record_written(self, run: RunEntry, part: PartEntry) -> None:
        """Records a print file as complete under its final name, and its rendered copies as written."""
        with self._db.transaction():
            self._db.execute(
                "UPDATE part SET sha256 = ?, size = ?, pages = ?, sheets = ? WHERE run = ? AND number = ?",
                (part.sha256, part.size, part.pages, part.sheets, run.number, part.number),
            )
            rendered = self.serials_in(run, "part", [part.number], CopyState.RENDERED)
            self._set_state(run, rendered, CopyState.WRITTEN, file_facts(part))

    def leave_out_failed(self, run: RunEntry, leaflets: Sequence[int]) -> None:
        """Cancels the planned copies of leaflets that could not be made, and records their rows as left out."""
        with self._db.transaction():
            copies = [
                one for one in self.copies(run) if one.leaflet in set(leaflets) and one.state is CopyState.PLANNED
            ]
            if copies:
                self._set_state(run, [one.serial for one in copies], CopyState.CANCELLED, {"reason": "leaflet-failed"})
            already = {one.line for one in self.left_out(run) if one.why is not WhyLeftOut.MADE}
            rows = {one.line: one.row for one in copies if one.line not in already}
            counts = Counter(one.line for one in copies)
            failed = [LeftOutRow(line, counts[line], WhyLeftOut.FAILED, row=row) for line, row in sorted(rows.items())]
            self._insert_left_out(run, failed)

    def waive(self, run: RunEntry, lines: Sequence[int], reason: str) -> tuple[int, ...]:
        """Records that nobody needs the rows on these lines; returns those not waived before. Raises UsageError."""
        with self._db.transaction():
            left_out = self.left_out(run)
            cancelled = self.cancelled_runs({name for one in left_out for name in one.runs})
            open_to_it = (one for one in left_out if one.why is not WhyLeftOut.MADE or set(one.runs) <= cancelled)
            rows = {one.line: one for one in open_to_it}
            unknown = [line for line in lines if line not in rows]
            if unknown:
                raise UsageError(
                    f"run {run.name} left no row out on line {serials.format_serials(unknown)}",
                    f"`leaflet runs reconcile {run.name}` names the lines.",
                )
            waived = tuple(line for line in lines if not rows[line].waived)
            self._db.execute_many(
                "UPDATE left_out SET waived = 1 WHERE run = ? AND line = ?",
                [(run.number, line) for line in waived],
            )
            if waived:
                self._add_event(run.name, WAIVED, waived, {"reason": reason})
        return waived

    def move(self, run: RunEntry, chosen: Sequence[int], state: CopyState, reason: str = "") -> tuple[int, ...]:
        """Moves copies to a state; returns those that were not in it yet. Raises UsageError where one cannot move."""
        with self._db.transaction():
            copies = self.copies(run)
            states = {copy.serial: copy.state for copy in copies}
            moving = [serial for serial in chosen if states.get(serial) is not state]
            _refuse_unknown(run, [serial for serial in moving if serial not in states])
            _refuse_moves(run, state, [(serial, states[serial]) for serial in moving])
            if state is CopyState.CANCELLED:
                _refuse_replaced(run, moving, copies)
            if moving:
                self._set_state(run, moving, state, {"reason": reason} if reason else {})
        return tuple(moving)

    def record_purged(self, run: RunEntry, files: Sequence[int], count: int, reason: str) -> None:
        """Records that files of a run with patient data are deleted: print files by number, and how many in all."""
        with self._db.transaction():
            self._add_event(run.name, PURGED, (), {"files": list(files), "count": count, "reason": reason})

    def record_restored(self, head: str) -> None:
        """Records that the ledger is that of a backup whose history ended in this hash."""
        with self._db.transaction():
            self._add_event("", RESTORED, (), {"head": head})

    def _set_state(self, run: RunEntry, chosen: Sequence[int], state: CopyState, facts: Mapping[str, object]) -> None:
        """Moves copies that may move so, which the triggers of the tables check again."""
        self._db.execute_many(
            "UPDATE copy SET state = ? WHERE run = ? AND serial BETWEEN ? AND ?",
            [(state.value, run.number, first, last) for first, last in serials.ranges(chosen)],
        )
        self._add_event(run.name, state, chosen, facts)

    def _add_event(self, run: str, kind: str, chosen: Iterable[int], facts: Mapping[str, object]) -> None:
        """Adds an event to the history. Raises LedgerError, which undoes the change, where its key is not there."""
        key, actor = self.history_key, self._recorder.actor
        if key.fault:
            hint = "Put ledger and keys back from the backup (`leaflet runs restore`); reading goes on without it."
            raise LedgerError(f"{key.fault}; nothing was changed", hint)
        last = self._db.execute("SELECT number, hash FROM event ORDER BY number DESC LIMIT 1").fetchone()
        number, previous = last or (0, history.INITIAL_HASH)
        numbers, detail = serials.format_serials(chosen), history.detail_json(**facts, by=astuple(actor))
        event = Event(number + 1, self._recorder.clock(), run, str(kind), numbers, detail, previous, "")
        event = replace(event, hash=history.event_hash(event, key.secret))
        self._db.execute("INSERT INTO event VALUES (?,?,?,?,?,?,?,?)", astuple(event))

    def _insert_leaflets(self, run: RunEntry, leaflets: Sequence[LeafletEntry]) -> None:
        marks = ",".join("?" * (1 + len(LEAFLET_COLUMNS.split(","))))
        rows = [(run.number, *leaflet_row(one)) for one in leaflets]
        self._db.execute_many(f"INSERT INTO leaflet (run, {LEAFLET_COLUMNS}) VALUES ({marks})", rows)

    def _insert_copies(self, run: RunEntry, parts: Sequence[PartEntry], copies: Sequence[CopyEntry]) -> None:
        self._db.execute_many(
            "INSERT INTO part VALUES (?,?,?,?,?,?,?,?,?,?)",
            [(run.number, *astuple(part)) for part in parts],
        )
        self._db.execute_many(
            "INSERT INTO copy VALUES (?,?,?,?,?,?,'planned',?,?)",
            [(run.number, c.serial, c.line, c.leaflet, c.part, c.patient, c.replaces, c.row) for c in copies],
        )

    def _insert_left_out(self, run: RunEntry, rows: Sequence[LeftOutRow]) -> None:
        marks = ",".join("?" * (1 + len(LEFT_OUT_COLUMNS.split(","))))
        self._db.execute_many(
            f"INSERT INTO left_out (run, {LEFT_OUT_COLUMNS}) VALUES ({marks})",
            [(run.number, *left_out_row(one)) for one in rows],
        )
        for why in WhyLeftOut:
            some = [one for one in rows if one.why is why]
            if some:
                facts = {"why": why.value, "rows": left_out_digest(some)}
                self._add_event(run.name, LEFT_OUT, [one.line for one in some], facts)


def open_store(path: Path, clock: Clock, actor: Actor | None = None, history_key: Path | None = None) -> LedgerStore:
    """The ledger in a file, made (mode 0600) where there is none; the key of its history lies beside it unless told.

    Raises LedgerError or OutputError.
    """
    database = open_database(path)
    try:
        store = LedgerStore(database, Recorder(clock, history_key or path.with_name("history.key"), actor or Actor()))
        _refuse_emptied(store, path, history_key or path.with_name("history.key"))
        store.begin_keyed_history()
    except BaseException:
        database.close()
        raise
    return store


def open_store_to_read(path: Path, history_key: Path | None = None) -> LedgerStore:
    """The ledger in a file, to be read: nothing is made or changed, and read-only media do. Raises LedgerError."""
    database = open_database_to_read(path)
    key_file = history_key or path.with_name("history.key")
    try:
        store = LedgerStore(database, Recorder(now_utc, key_file))
        _refuse_emptied(store, path, key_file, to_read=True)
        return store
    except BaseException:
        database.close()
        raise


def lost(path: Path) -> LedgerError:
    """The error for a ledger of which something is left, but no run."""
    return UnusableLedger(
        f"{path}: the ledger is gone or was emptied, and what is left beside it says that there was one",
        "Put it back from the backup, or begin a new one with `leaflet runs init --new-ledger`.",
    )


def _refuse_emptied(store: LedgerStore, path: Path, history_key: Path, *, to_read: bool = False) -> None:
    """Raises LedgerError where a ledger has no run, but had one, as a fact says, or a key that follows an event.

    What is left of its history may be read.
    """
    empty = store.last_hash() == history.INITIAL_HASH
    if store.runs() or (to_read and not empty):
        return
    if store.has_begun() or (empty and history_key.exists()):
        raise lost(path)


def _refuse_unknown(run: RunEntry, unknown: Sequence[int]) -> None:
    if unknown:
        raise UsageError(
            f"run {run.name} has no serial {serials.format_serials(unknown)}",
            f"`leaflet runs show {run.name}` lists them.",
        )


def _refuse_replaced(run: RunEntry, moving: Sequence[int], copies: Iterable[CopyEntry]) -> None:
    by_old = {copy.replaces: copy.serial for copy in copies if copy.replaces is not None}
    replaced = [serial for serial in moving if serial in by_old]
    if replaced:
        newer = serials.format_serials(by_old[serial] for serial in replaced)
        raise UsageError(
            f"run {run.name}: serials {serials.format_serials(replaced)} were reprinted as {newer}",
            f"Cancel those instead: `leaflet runs cancel {run.name} {newer} --reason …`.",
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
