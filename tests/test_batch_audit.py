"""The history of a ledger cannot be computed anew, says who changed what, and is read where nothing can be written."""

import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, replace
from pathlib import Path

import pytest

from leaflets.accounts.record import record_state
from leaflets.errors import LedgerError, OutputError
from leaflets.ledger import history, keys
from leaflets.ledger.audit import verify
from leaflets.ledger.history import Actor, Event
from leaflets.ledger.ledger import open_ledger, open_ledger_to_read
from leaflets.ledger.states import CopyState
from leaflets.ledger.store import open_store, open_store_to_read
from leaflets.recall.issued import recall
from tests.batch_doubles import BatchEnvironment, clock, patients
from tests.test_batch_ledger import set_back

ONE = Actor("ann", "pharmacy-1", "runs confirm")


@pytest.fixture
def environment(tmp_path: Path) -> BatchEnvironment:
    environment = BatchEnvironment(tmp_path / "project", patients(6))
    environment.run()
    return environment


@contextmanager
def tampering(folder: Path) -> Iterator[sqlite3.Connection]:
    """The tables of a ledger without what protects them."""
    sql = sqlite3.connect(folder / "ledger.db", isolation_level=None)
    for (trigger,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        sql.execute(f"DROP TRIGGER {trigger}")
    with closing(sql):
        yield sql


def write_events(folder: Path, events: list[Event], secret: bytes = b"") -> None:
    """Puts these events, with hashes computed anew, in the place of all."""
    previous = history.INITIAL_HASH
    with tampering(folder) as sql:
        sql.execute("DELETE FROM event")
        for number, event in enumerate(events, 1):
            own = replace(event, number=number, previous=previous)
            previous = history.event_hash(own, secret)
            sql.execute("INSERT INTO event VALUES (?,?,?,?,?,?,?,?)", astuple(replace(own, hash=previous)))


def events_of(folder: Path) -> list[Event]:
    with open_ledger_to_read(folder) as ledger:
        return list(ledger.store.events())


def faults(folder: Path, head: str = "") -> tuple[str, ...]:
    with open_ledger_to_read(folder) as ledger:
        return verify(ledger.store, head)


# ---------------------------------------------------------------- the key of the history


@pytest.mark.parametrize("kept", ["the event of keying", "no event of keying", "nothing"])
@pytest.mark.parametrize("secret", [b"", b"x" * 32])
def test_a_chain_computed_anew_shows(environment: BatchEnvironment, kept: str, secret: bytes) -> None:
    """Somebody who may write the ledger but has no key dates all events back."""
    folder = environment.output
    assert faults(folder) == ()
    events = [replace(event, at="2020-01-01T00:00:00.000Z") for event in events_of(folder)]
    chosen = {"the event of keying": events, "no event of keying": events[1:], "nothing": []}[kept]
    write_events(folder, chosen, secret)
    assert faults(folder)
    if kept != "the event of keying":
        with open_ledger(folder, clock) as ledger, pytest.raises(LedgerError, match="nothing was changed"):
            record_state(ledger, ledger.find_run("last"), (1,), CopyState.PRINTED)


def test_hashes_are_those_of_the_key(environment: BatchEnvironment) -> None:
    """A key of the same ledger in another place is another one; nothing of the key is in the ledger."""
    secret = keys.read_key(environment.output / "history.key")
    events = events_of(environment.output)
    assert events[0].kind == history.KEYED
    assert [history.event_hash(event, secret) for event in events] == [event.hash for event in events]
    assert secret != keys.read_key(environment.output / "ledger.key") or secret == b"k" * 32  # as the double has it
    assert (environment.output / "history.key").stat().st_mode & 0o777 == 0o600
    assert secret.hex().encode() not in (environment.output / "ledger.db").read_bytes()


def older_ledger(environment: BatchEnvironment) -> Path:
    """The ledger as an earlier release left it: a plain chain, and one key only."""
    folder = environment.output
    events = [replace(event, detail=_without_actor(event)) for event in events_of(folder)[1:]]
    write_events(folder, events)
    (folder / "history.key").unlink()
    return folder


def _without_actor(event: Event) -> str:
    return history.detail_json(**history.event_facts(event))


def test_a_ledger_with_a_plain_chain_is_keyed_when_it_is_changed(environment: BatchEnvironment) -> None:
    folder = older_ledger(environment)
    before = events_of(folder)
    assert faults(folder, before[-1].hash[:12]) == ()
    assert not (folder / "history.key").exists()
    with open_ledger(folder, clock, ONE) as ledger:
        record_state(ledger, ledger.find_run("last"), (1,), CopyState.PRINTED)
    assert faults(folder, before[-1].hash[:16]) == ()
    events = events_of(folder)
    assert events[: len(before)] == before
    assert [event.kind for event in events[len(before) :]] == [history.KEYED, "printed"]
    write_events(folder, [replace(event, at="2020") for event in before])  # the plain part alone, dated back
    assert faults(folder)


def test_a_key_that_a_killed_process_left_half_placed_is_found(environment: BatchEnvironment) -> None:
    key = environment.output / "history.key"
    key.rename(keys.unfinished(key))
    assert faults(environment.output) == ()
    assert key.exists()


# ---------------------------------------------------------------- heads


def test_a_head_that_was_noted_shows_what_was_cut_off(environment: BatchEnvironment) -> None:
    folder = environment.output
    noted = events_of(folder)[-1].hash[:16]
    with open_ledger(folder, clock) as ledger:
        record_state(ledger, ledger.find_run("last"), (1, 2), CopyState.SPOILED)
        later = ledger.store.last_hash()[:16]
    assert faults(folder, noted) == faults(folder, later) == ()
    with tampering(folder) as sql:  # by somebody who sets the copies back too, so that all agrees
        sql.execute("DELETE FROM event WHERE number = (SELECT max(number) FROM event)")
        sql.execute("UPDATE copy SET state = 'written' WHERE serial IN (1, 2)")
    assert faults(folder) == faults(folder, noted) == ()
    assert "cut off" in " ".join(faults(folder, later))


EMPTIED = {
    "all tables": (
        "DELETE FROM event",
        "DELETE FROM copy",
        "DELETE FROM part",
        "DELETE FROM leaflet",
        "DELETE FROM run",
    ),
    "the history": ("DELETE FROM event",),
    "a run's copies": ("DELETE FROM copy",),
    "a run": ("DELETE FROM run",),
    "the events of a run": ("DELETE FROM event WHERE number > 1",),
    "a run that was slipped in": (
        "INSERT INTO run (number, name, key, at, list_sha256, list_place, options, folder, versions, plan_digest)"
        " SELECT 99, 'x', 'x', at, list_sha256, list_place, options, folder, versions, plan_digest FROM run",
    ),
    "copies that were slipped in": (
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO copy (run, serial, line, leaflet, part, state) VALUES (99, 1, 1, 1, 1, 'printed')",
    ),
}


@pytest.mark.parametrize("what", EMPTIED)
def test_emptied_tables_show(environment: BatchEnvironment, what: str) -> None:
    head = events_of(environment.output)[-1].hash[:12]
    with tampering(environment.output) as sql:
        for statement in EMPTIED[what]:
            sql.execute(statement)
    if what == "all tables":
        with pytest.raises(LedgerError, match="emptied"):
            faults(environment.output, head)
    else:
        assert faults(environment.output, head)


# ---------------------------------------------------------------- who


def test_an_event_says_who_and_why(environment: BatchEnvironment) -> None:
    with open_ledger(environment.output, clock, ONE) as ledger:
        record_state(ledger, ledger.find_run("last"), (1,), CopyState.SPOILED, "torn")
    last = events_of(environment.output)[-1]
    assert history.event_actor(last) == ONE
    assert history.event_facts(last) == {"reason": "torn"}
    assert faults(environment.output) == ()


# ---------------------------------------------------------------- lost keys


def test_a_lost_key_of_patients_locks_nothing_else(environment: BatchEnvironment) -> None:
    (environment.output / "ledger.key").unlink()
    for _ in range(2):
        with environment.open_ledger() as ledger:
            run = ledger.find_run("last")
            assert record_state(ledger, run, (1, 2), CopyState.PRINTED) in {(1, 2), ()}
            assert recall(ledger.store, environment.monographs.drug_names(), "apixaban").issued
            assert verify(ledger.store) == ()
            with pytest.raises(LedgerError, match=r"ledger\.key: .* gone: nobody can tell which patient"):
                environment.plan(ledger)
    assert not (environment.output / "ledger.key").exists()
    environment.reprint("last", (3,))


def test_another_key_of_patients_is_refused_where_it_is_needed(environment: BatchEnvironment) -> None:
    (environment.output / "ledger.key").write_text("00" * 32)
    with environment.open_ledger() as ledger:
        assert verify(ledger.store) == ()
        with pytest.raises(LedgerError, match="not the key"):
            environment.plan(ledger)


@pytest.mark.parametrize("key", ["lost", "another"])
def test_without_the_key_of_the_history_it_is_read_and_nothing_is_added(
    environment: BatchEnvironment, key: str
) -> None:
    file = environment.output / "history.key"
    kept = file.read_text()
    file.unlink() if key == "lost" else file.write_text("00" * 32)
    with environment.open_ledger() as ledger:
        run = ledger.find_run("last")
        assert recall(ledger.store, environment.monographs.drug_names(), "apixaban").issued
        assert "nobody can vouch for it" in " ".join(verify(ledger.store))
        with pytest.raises(LedgerError, match="nothing was changed"):
            record_state(ledger, run, (1,), CopyState.PRINTED)
        assert {copy.state for copy in ledger.store.copies(run)} == {CopyState.WRITTEN}
    file.write_text(kept)
    assert faults(environment.output) == ()


def test_the_key_of_the_history_may_lie_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "safe" / "history.key"
    open_store(tmp_path / "ledger.db", clock, ONE, elsewhere).close()
    assert elsewhere.exists()
    assert not (tmp_path / "history.key").exists()
    store = open_store_to_read(tmp_path / "ledger.db", elsewhere)
    assert verify(store) == ()
    store.close()


# ---------------------------------------------------------------- read-only media


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder in which this process can change nothing."""
    user = os.geteuid()
    modes = {path: path.stat().st_mode for path in (folder, *folder.iterdir())}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    if user == 0:  # whom no mode keeps out
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.fixture
def readable_folder() -> Iterator[Path]:
    """A folder that any user reaches."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("journal", ["merged", "not merged"])
def test_a_ledger_on_read_only_media_is_read_whole(readable_folder: Path, journal: str) -> None:
    environment = BatchEnvironment(readable_folder / "project", patients(6))
    name = environment.run().run.name
    output = environment.output
    with environment.open_ledger() as writing:
        record_state(writing, writing.find_run(name), (1,), CopyState.PRINTED)
        if journal == "not merged":  # as a process that was killed leaves it
            kept = [(file, file.read_bytes()) for file in (output / "ledger.db", output / "ledger.db-wal")]
    if journal == "not merged":
        for file, data in kept:
            file.write_bytes(data)
    files = sorted(path.name for path in output.iterdir())
    with read_only(output):
        with open_ledger_to_read(output) as ledger:
            assert ledger.store.state_counts(ledger.find_run(name))[CopyState.PRINTED] == 1
            assert verify(ledger.store) == ()
        with pytest.raises(OutputError, match="read-only"), open_ledger(output, clock) as ledger:
            record_state(ledger, ledger.find_run(name), (2,), CopyState.PRINTED)
    assert sorted(path.name for path in output.iterdir()) == files


def test_reading_changes_nothing_of_an_older_ledger(tmp_path: Path) -> None:
    nobody = re.sub(rb"MRN-\d+", b"", patients(6))
    environment = BatchEnvironment(tmp_path, nobody)  # no row is recognised, as in older ledgers
    environment.run()
    path = environment.output / "ledger.db"
    set_back(path, 1)
    before = path.read_bytes()
    with open_ledger_to_read(environment.output) as ledger:
        assert verify(ledger.store) == ()
    assert path.read_bytes() == before


def test_a_ledger_open_to_be_read_refuses_changes(environment: BatchEnvironment) -> None:
    with open_ledger_to_read(environment.output) as ledger, pytest.raises(OutputError, match="read-only"):
        ledger.store.move(ledger.find_run("last"), (1,), CopyState.PRINTED)
    assert json.loads(events_of(environment.output)[-1].detail)["by"] == ["", "", ""]
