"""The ledger only moves forward, keeps its history, and shows when it was tampered with."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaflets.errors import LedgerError, OutputError, UsageError
from leaflets.ledger import history, schema, serials
from leaflets.ledger.audit import verify
from leaflets.ledger.database import Database
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
from leaflets.ledger.keys import PseudonymKey, make_key
from leaflets.ledger.ledger import Ledger, open_ledger
from leaflets.ledger.states import TRANSITIONS, CopyState
from leaflets.ledger.store import LedgerStore, Recorder, open_store
from leaflets.model.copy import Leaflet, TextOrigin
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.recall.issued import recall
from tests.batch_doubles import TEXTS, BatchEnvironment, clock, patients

COPIES = 12


def leaflet(number: int) -> Leaflet:
    return Leaflet(f"drug{number}", Edition(Audience.PATIENT))


def new_run(name: str = "261122-aaaa", origins: tuple[TextOrigin, ...] = ()) -> NewRun:
    copies = tuple(CopyEntry(n, n + 1, 1 + n % 2, 1, b"0123456789abcdef") for n in range(1, COPIES + 1))
    leaflets = tuple(LeafletEntry(n, leaflet(n), "v1", "s", origins=origins) for n in (1, 2))
    part = PartEntry(1, "Ward 3", f"{name}-ward-3.pdf", 1, COPIES)
    return NewRun(name, name, "hash", "place", "{}", "/x", "v", leaflets, (part,), copies)


def written(store: LedgerStore) -> RunEntry:
    """A run of which every copy is written."""
    run = store.add_run(new_run())
    made = [LeafletEntry(n, leaflet(n), "v1", "s", (), "c0ffee", "key", 2) for n in (1, 2)]
    store.record_rendered(run, made)
    store.record_written(run, PartEntry(1, "Ward 3", "f", 1, COPIES, "sha", 10, 24, 12))
    return run


def one_reprint(store: LedgerStore, run: RunEntry) -> NewReprint:
    """A copy of leaflet 2 in place of serial 1, with its sheet as it was made for the run."""
    leaflets = tuple(entry for entry in store.leaflets(run) if entry.number == 2)
    copy = CopyEntry(13, 2, 2, 2, b"p", replaces=1)
    return NewReprint(leaflets, (PartEntry(2, "Ward 3", "reprint", 13, 13),), (copy,))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LedgerStore]:
    opened = open_store(tmp_path / "ledger.db", clock)
    yield opened
    opened.close()


def test_many_leaflets_are_recorded_without_a_look_at_all_copies_for_each(
    store: LedgerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 1_200
    copies = tuple(CopyEntry(n, n + 1, n, 1, None) for n in range(1, count + 1))
    leaflets = tuple(LeafletEntry(n, leaflet(n), "v1", "s") for n in range(1, count + 1))
    run = store.add_run(replace(new_run(), leaflets=leaflets, copies=copies))
    asked: list[str] = []
    each = Database.each

    def counted(database: Database, sql: str, *values: object) -> Iterator[object]:
        asked.append(sql)
        return each(database, sql, *values)

    monkeypatch.setattr(Database, "each", counted)
    store.record_rendered(run, [replace(one, content_id="c0ffee", sheet="key", pages=2) for one in leaflets])
    assert len(asked) < 10
    assert store.state_counts(run)[CopyState.RENDERED] == count


@pytest.mark.parametrize("old", list(CopyState))
@pytest.mark.parametrize("new", list(CopyState))
def test_the_tables_themselves_refuse_a_step_back(
    tmp_path: Path, store: LedgerStore, old: CopyState, new: CopyState
) -> None:
    store.add_run(new_run())
    path = {
        CopyState.PLANNED: [],
        CopyState.RENDERED: [CopyState.RENDERED],
        CopyState.WRITTEN: [CopyState.RENDERED, CopyState.WRITTEN],
        CopyState.SENT: [CopyState.RENDERED, CopyState.WRITTEN, CopyState.SENT],
        CopyState.UNPRINTED: [CopyState.RENDERED, CopyState.WRITTEN, CopyState.UNPRINTED],
        CopyState.PRINTED: [CopyState.RENDERED, CopyState.WRITTEN, CopyState.PRINTED],
        CopyState.SPOILED: [CopyState.RENDERED, CopyState.WRITTEN, CopyState.SPOILED],
        CopyState.CANCELLED: [CopyState.CANCELLED],
    }[old]
    sql = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    try:
        for state in path:
            sql.execute("UPDATE copy SET state = ? WHERE serial = 1", (state.value,))
        if new in TRANSITIONS[old]:
            sql.execute("UPDATE copy SET state = ? WHERE serial = 1", (new.value,))
        else:
            with pytest.raises(sqlite3.IntegrityError, match="forward"):
                sql.execute("UPDATE copy SET state = ? WHERE serial = 1", (new.value,))
    finally:
        sql.close()


@given(
    st.lists(
        st.tuples(st.sets(st.integers(1, COPIES + 1), max_size=COPIES), st.sampled_from(list(CopyState)[2:])),
        max_size=8,
    )
)
@settings(max_examples=60)
def test_whatever_is_said_history_and_states_agree(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[set[int], CopyState]]
) -> None:
    store = open_store(tmp_path_factory.mktemp("ledger") / "ledger.db", clock)
    run = written(store)
    expected = dict.fromkeys(range(1, COPIES + 1), CopyState.WRITTEN)
    for chosen, state in moves:
        possible = all(n in expected and (expected[n] is state or state in TRANSITIONS[expected[n]]) for n in chosen)
        if possible:
            store.move(run, sorted(chosen), state)
            expected.update(dict.fromkeys(chosen, state))
        else:
            with pytest.raises(UsageError):
                store.move(run, sorted(chosen), state)
        assert {copy.serial: copy.state for copy in store.copies(run)} == expected
    assert verify(store) == ()
    store.close()


TAMPERINGS = {
    "a state set back": "UPDATE copy SET state = 'printed' WHERE serial = 2",
    "a patient exchanged": "UPDATE copy SET patient = x'00' WHERE serial = 2",
    "a line exchanged": "UPDATE copy SET line = 99 WHERE serial = 2",
    "a copy taken out": "DELETE FROM copy WHERE serial = 12",
    "an edition changed": "UPDATE leaflet SET form = 'large-print' WHERE number = 1",
    "a text called the project's own": "UPDATE leaflet SET origins = 'en own' WHERE number = 1",
    "a version changed": "UPDATE leaflet SET version = 'v2' WHERE number = 1",
    "a content id changed": "UPDATE leaflet SET content_id = 'other' WHERE number = 1",
    "a file exchanged": "UPDATE part SET sha256 = 'other'",
    "a destination changed": "UPDATE part SET destination = 'Ward 4'",
    "an event changed": "UPDATE event SET serials = '1-11' WHERE number = 4",
    "an event dated back": "UPDATE event SET at = '2020-01-01T00:00:00.000Z' WHERE number = 4",
    "the last event dated back": "UPDATE event SET at = '2020-01-01T00:00:00.000Z' WHERE number = 5",
    "an event taken out": "DELETE FROM event WHERE number = 3",
    "the last event taken out": "DELETE FROM event WHERE number = 5",
    "a run taken out": "DELETE FROM run",
    "a compiled leaflet exchanged": "UPDATE leaflet SET sheet = 'other' WHERE number = 1",
    **{f"a file's {count} changed": f"UPDATE part SET {count} = 999" for count in ("size", "pages", "sheets")},
    **{f"a run's {fact} changed": f"UPDATE run SET {fact} = '2020'" for fact in ("at", "list_sha256", "list_place")},
    **{
        f"a run's {fact} changed": f"UPDATE run SET {fact} = '2020'"
        for fact in ("key", "options", "folder", "versions")
    },
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_what_was_tampered_with_shows(tmp_path: Path, store: LedgerStore, tampering: str) -> None:
    store.move(written(store), (1,), CopyState.PRINTED)
    assert verify(store) == ()
    sql = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    for (trigger,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        sql.execute(f"DROP TRIGGER {trigger}")
    assert sql.execute(TAMPERINGS[tampering]).rowcount == 1
    sql.close()
    assert verify(store)


@pytest.mark.parametrize("statement", ["UPDATE event SET detail = ''", "DELETE FROM event", "DELETE FROM copy"])
def test_history_is_only_added_to(tmp_path: Path, store: LedgerStore, statement: str) -> None:
    written(store)
    sql = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError):
        sql.execute(statement)
    sql.close()


def test_an_event_cannot_be_slipped_in() -> None:
    first = history.Event(1, "t", "r", "planned", "1-3", "", history.INITIAL_HASH, "")
    sound = replace(first, hash=history.event_hash(first))
    forged = history.Event(2, "t", "r", "rendered", "1-3", "", "0" * 64, "")
    assert history.first_broken_event([sound]) == 0
    assert history.first_broken_event([sound, replace(forged, hash=history.event_hash(forged))]) == 2


def test_a_ledger_from_before_there_were_editions_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    store = open_store(path, clock)
    run = written(store)
    store.close()
    set_back(path, 1)
    store = open_store(path, clock)
    assert verify(store) == ()
    assert {entry.leaflet.edition.type_size for entry in store.leaflets(run)} == {TypeSize.STANDARD}
    store.add_run(new_run("261123-bbbb"))
    store.close()


def test_a_ledger_from_before_reviews_goes_on_and_names_who_vouches_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    store = open_store(path, clock)
    written(store)
    store.close()
    set_back(path, 4)
    store = open_store(path, clock)
    new = new_run("261123-bbbb")
    who = "Ann Lee, PharmD (first reviewer)"
    store.add_run(replace(new, leaflets=tuple(replace(one, vouched=who) for one in new.leaflets)))
    assert [{one.vouched for one in store.leaflets(run)} for run in store.runs()] == [{""}, {who}]
    assert verify(store) == ()
    store.close()


def set_back(path: Path, version: int) -> None:
    """Writes a ledger anew as that of an earlier version, whose statements make its tables."""
    later = path.rename(path.with_name("later.db"))
    sql = sqlite3.connect(path)
    for step in schema._STEPS[:version]:
        sql.executescript(step)
    sql.execute(f"PRAGMA user_version = {version}")
    sql.execute("ATTACH ? AS later", (str(later),))
    for (table,) in sql.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
        columns = ", ".join(row[1] for row in sql.execute(f"PRAGMA main.table_info({table})"))
        sql.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM later.{table}")
    sql.execute("DELETE FROM fact WHERE name = 'begun'")
    sql.commit()
    sql.close()
    later.unlink()


def test_a_ledger_from_before_rows_were_recognised_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    store = open_store(path, clock)
    run = written(store)
    store.move(run, (1, 2), CopyState.SPOILED)
    store.add_reprint(run, one_reprint(store, run))
    before = store.events(), store.copies(run), store.runs()
    store.close()
    set_back(path, 2)
    store = open_store(path, clock)
    assert (store.events(), store.copies(run), store.runs()) == before
    assert verify(store) == ()
    store.move(run, (3,), CopyState.UNPRINTED)
    store.move(run, (2,), CopyState.CANCELLED, "went home")
    store.add_run(replace(new_run("261123-bbbb"), copies=(CopyEntry(1, 2, 1, 1, b"p", row=b"r"),)))
    assert verify(store) == ()
    store.close()
    sql = sqlite3.connect(path, isolation_level=None)
    for statement in ("DELETE FROM copy", "UPDATE copy SET line = 9", "UPDATE copy SET state = 'planned'"):
        with pytest.raises(sqlite3.IntegrityError):
            sql.execute(statement)
    assert sql.execute("SELECT value FROM fact WHERE name = 'begun'").fetchall() == [("1",)]
    sql.close()


@pytest.mark.parametrize("state", [CopyState.SPOILED, CopyState.UNPRINTED])
def test_a_copy_that_a_reprint_replaced_is_not_cancelled(tmp_path: Path, store: LedgerStore, state: CopyState) -> None:
    run = written(store)
    store.move(run, (1, 2), state)
    store.add_reprint(run, one_reprint(store, run))
    assert store.copies(run)[0].state is state
    with pytest.raises(UsageError, match="serials 1 were reprinted as 13"):
        store.move(run, (1, 2), CopyState.CANCELLED, "went home")
    sql = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="replaced"):
        sql.execute("UPDATE copy SET state = 'cancelled' WHERE serial = 1")
    sql.close()
    store.move(run, (2, 13), CopyState.CANCELLED, "went home")
    assert verify(store) == ()


def test_a_row_that_was_left_out_is_waived_once_and_never_forgotten(tmp_path: Path, store: LedgerStore) -> None:
    left_out = (
        LeftOutRow(20, 2, WhyLeftOut.REFUSED, row=b"r"),
        LeftOutRow(21, 1, WhyLeftOut.MADE, 7, b"s", ("261121-cccc",)),
    )
    run = store.add_run(replace(new_run(), left_out=left_out, rejects_of="261121-cccc"))
    assert store.left_out(run) == left_out
    assert store.rejects_of() == {run.number: "261121-cccc"}
    store.leave_out_failed(run, (2,))
    failed = [one for one in store.left_out(run) if one.why is WhyLeftOut.FAILED]
    assert [(one.line, one.copies) for one in failed] == [(line, 1) for line in range(2, 14, 2)]
    assert store.waive(run, (4, 20), "went home") == (4, 20)
    assert store.waive(run, (4, 6), "went home") == (6,)
    for line in (3, 21):
        with pytest.raises(UsageError, match=f"no row out on line {line}"):
            store.waive(run, (line,), "went home")
    assert [one.line for one in store.left_out(run) if one.waived] == [4, 6, 20]
    assert verify(store) == ()
    sql = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    for statement in ("DELETE FROM left_out", "UPDATE left_out SET waived = 0", "UPDATE left_out SET copies = 0"):
        with pytest.raises(sqlite3.IntegrityError):
            sql.execute(statement)
    for (trigger,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        sql.execute(f"DROP TRIGGER {trigger}")
    for statement in (
        "UPDATE left_out SET waived = 1 - waived WHERE line = 20",
        "UPDATE left_out SET row = x'00' WHERE line = 20",
        "UPDATE left_out SET why = 'made' WHERE line = 20",
        "UPDATE run SET rejects_of = 'other'",
        "DELETE FROM left_out WHERE line = 20",
    ):
        sql.execute("BEGIN")
        assert sql.execute(statement).rowcount == 1
        assert verify_within(sql), statement
        sql.execute("ROLLBACK")
    sql.close()


def verify_within(sql: sqlite3.Connection) -> tuple[str, ...]:
    """What is wrong in the tables as this connection has changed them."""
    path = Path(sql.execute("PRAGMA database_list").fetchone()[2])
    return verify(LedgerStore(Database(sql, path), Recorder(clock, path.with_name("history.key"))))


def test_a_ledger_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    open_store(path, clock).close()
    sql = sqlite3.connect(path)
    sql.execute("PRAGMA user_version = 99")
    sql.close()
    with pytest.raises(LedgerError, match="version 99"):
        open_store(path, clock)


def test_a_locked_ledger_says_so(store: LedgerStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leaflets.ledger.database.BUSY_S", 0.05)
    other = open_store(tmp_path / "ledger.db", clock)
    sql = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    sql.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="locked"):
        other.add_run(new_run())
    sql.execute("ROLLBACK")
    sql.close()
    other.add_run(new_run())
    other.close()


def test_what_is_no_ledger_is_an_error_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(LedgerError, match="no ledger"):
        open_store(path, clock)
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        open_store(tmp_path / "file" / "ledger.db", clock)


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path, store: LedgerStore) -> None:
    run = written(store)
    store._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(OutputError, match="full"):
        _add_runs(store, 200)
    assert store.state_counts(run)[CopyState.WRITTEN] == COPIES
    assert verify(store) == ()


def _add_runs(store: LedgerStore, count: int) -> None:
    for number in range(count):
        store.add_run(new_run(f"261122-{number}"))


def test_a_ledger_without_its_key_is_not_written_on(tmp_path: Path) -> None:
    open_ledger(tmp_path, clock).store.close()
    (tmp_path / "ledger.key").unlink()
    with open_ledger(tmp_path, clock) as ledger, pytest.raises(LedgerError, match="key"):
        assert ledger.key


def test_no_ledger_is_made_through_a_link_to_nothing(tmp_path: Path) -> None:
    """Whoever may write into the folder would choose where the patients' accounts go, readable to all."""
    elsewhere = tmp_path / "elsewhere.db"
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "ledger.db").symlink_to(elsewhere)
    with pytest.raises(LedgerError, match="a link to a file that is not there"):
        open_ledger(tmp_path / "output", clock)
    assert not elsewhere.exists()


def test_a_ledger_may_be_a_link_to_one(tmp_path: Path) -> None:
    open_ledger(tmp_path / "elsewhere", clock).store.close()
    (tmp_path / "output").mkdir()
    for path in (tmp_path / "elsewhere").iterdir():
        (tmp_path / "output" / path.name).symlink_to(path)
    open_ledger(tmp_path / "output", clock).store.close()


def test_the_key_is_private_and_lasting(tmp_path: Path) -> None:
    path = tmp_path / "ledger.key"
    key = PseudonymKey(make_key(path, tmp_path / "lock"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert make_key(path, tmp_path / "lock") == key.secret
    assert key.pseudonym("MRN-1") == key.pseudonym("MRN-1") != key.pseudonym("MRN-2")
    assert key.pseudonym("") is None
    assert key.secret.hex() not in repr(key)
    path.write_text("too short")
    with pytest.raises(LedgerError):
        make_key(path, tmp_path / "lock")


def test_a_patient_is_stored_under_a_hash_that_says_nothing_without_the_key(tmp_path: Path) -> None:
    stored = []
    for pharmacy in ("one", "two"):
        environment = BatchEnvironment(tmp_path / pharmacy, patients(3))
        open_ledger(environment.output, clock).store.close()  # with a key of its own
        run = environment.run().run
        with environment.open_ledger() as ledger:
            stored += [copy.patient for copy in ledger.store.copies(run)]
            assert {ledger.key.pseudonym(f"MRN-{number}") for number in range(3)} <= set(stored)
    assert None not in stored
    assert len(set(stored)) == 6  # the same three patients at two pharmacies, each with its own key
    for pharmacy in ("one", "two"):
        assert b"MRN-" not in (tmp_path / pharmacy / "output" / "ledger.db").read_bytes()


def test_runs_are_found_by_a_beginning_of_their_name(tmp_path: Path) -> None:
    with open_ledger(tmp_path, clock) as ledger:
        for name in ("261122-aaaa", "261122-abbb"):
            ledger.store.add_run(new_run(name))
        assert ledger.find_run("261122-ab").name == ledger.find_run("last").name == "261122-abbb"
        for unclear in ("261122", "2611229", ""):
            with pytest.raises(UsageError):
                ledger.find_run(unclear)


@given(st.sets(st.integers(1, 500)))
def test_serials_come_back_as_they_were_spelled(numbers: set[int]) -> None:
    assert serials.parse_serials([serials.format_serials(numbers)]) == tuple(sorted(numbers))


def test_serials_are_written_as_people_write_them() -> None:
    assert serials.parse_serials(["1-4,7", "9-10", "8"]) == (1, 2, 3, 4, 7, 8, 9, 10)
    assert serials.format_serials([1, 2, 3, 4, 7, 9, 10]) == "1-4,7,9-10"


@pytest.mark.parametrize("words", ["0", "5-3", "a", "1-", "-1", "1.5", "999999999"])
def test_what_is_no_serial(words: str) -> None:
    with pytest.raises(UsageError):
        serials.parse_serials([words])


@pytest.mark.parametrize("words", [[""], [" "], [","], ["1-3", ""], ["all", ""], ["", "all"], []])
def test_an_empty_word_is_no_serial_and_does_not_stand_for_all(words: list[str]) -> None:
    assert serials.parse_chosen(["all"]) is None
    assert serials.parse_chosen(["1-3", "5"]) == (1, 2, 3, 5)
    if words:
        with pytest.raises(UsageError):
            serials.parse_chosen(words)
    else:
        assert serials.parse_chosen(words) == ()


def test_a_recall_names_runs_destinations_and_serials(tmp_path: Path) -> None:
    environment = BatchEnvironment(tmp_path, patients(40))
    first = environment.run().run
    environment.texts = {**TEXTS, "apixaban": "v2"}
    environment.data = patients(8)
    second = environment.run().run
    with environment.open_ledger() as ledger:
        recalled = _recalled(environment, ledger)
        assert recalled("apixaban") == {(first.name, "v1"), (second.name, "v2")}
        assert recalled("Apixaban@v1") == {(first.name, "v1")}
        assert recalled("apixaban", "2026-11-22T20:00:00Z") == set()
        assert recalled("apixaban", "2026-11-23") == {(first.name, "v1"), (second.name, "v2")}
        issued = recall(ledger.store, environment.monographs.drug_names(), "apixaban@v1").issued
        assert sum(len(one.serials) for one in issued) == 12
        assert {one.destination for one in issued} == {"Ward 3", "Counter", "Ward 7 / night"}
        assert all(b"apixaban" in patients(40).splitlines()[line - 1] for one in issued for line in one.lines)
        with pytest.raises(UsageError, match="knows"):
            recall(ledger.store, environment.monographs.drug_names(), "nonesuch")


def _recalled(environment: BatchEnvironment, ledger: Ledger) -> Callable[..., set[tuple[str, str]]]:
    def recalled(wanted: str, before: str = "") -> set[tuple[str, str]]:
        issued = recall(ledger.store, environment.monographs.drug_names(), wanted, before).issued
        return {(one.run, one.version) for one in issued}

    return recalled
