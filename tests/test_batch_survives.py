"""Killed anywhere, a run is resumed by the same command and ends with the bytes of one that was not interrupted."""

import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from leaflets.accounts.record import record_state
from leaflets.batch.options import RunOptions
from leaflets.ledger.audit import verify
from leaflets.ledger.states import CopyState
from leaflets.workers.local import ProcessWorkers
from tests.batch_doubles import BatchEnvironment, patients

POINTS = 50
DURABLE = {"execute", "executemany", "write", "fsync", "rename", "replace", "link", "unlink", "open", "mkdir", "close"}
"""Calls after which something on the disk may be other than before; half of all kills are put next to one."""


class Watch:
    """Counts what a process does, and kills it when it has done enough."""

    def __init__(self, at: int = 0, durable_only: bool = False) -> None:
        self.at = at
        self.durable_only = durable_only
        self.count = 0

    def __call__(self, _frame: object, event: str, argument: object) -> None:
        if self.durable_only and not (event.startswith("c_") and getattr(argument, "__name__", "") in DURABLE):
            return
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def apart(work: Callable[[], object], watch: Watch) -> tuple[int, int]:
    """Does some work in a process of its own, watched; returns how that ended and how much it counted."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        sys.setprofile(watch)
        try:
            work()
        finally:
            sys.setprofile(None)
            os.write(writing, str(watch.count).encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        counted = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), int(counted or 0)


def run_of(folder: Path) -> BatchEnvironment:
    """A run of 72 good copies and one bad row."""
    return BatchEnvironment(folder, patients(60) + b"nonesuch,Zebedee,1,1,W,1\n", RunOptions(keep_going=True))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    environment = run_of(tmp_path_factory.mktemp("undisturbed"))
    environment.run()
    return environment.files()


@pytest.fixture(scope="module")
def lengths(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, int]:
    """How much a whole run does: all calls, and those that touch the disk."""
    lengths = {}
    for durable_only in (False, True):
        environment = run_of(tmp_path_factory.mktemp("length"))
        code, lengths[durable_only] = apart(environment.run, Watch(durable_only=durable_only))
        assert code == 0
    return lengths


@pytest.mark.parametrize("point", range(POINTS))
def test_killed_anywhere(tmp_path: Path, undisturbed: dict[str, bytes], lengths: dict[bool, int], point: int) -> None:
    durable_only = point % 2 == 0
    at = random.Random(point).randint(1, lengths[durable_only])
    environment = run_of(tmp_path)
    code, _ = apart(environment.run, Watch(at, durable_only))
    assert code == -signal.SIGKILL
    identity = {name: data for name, data in environment.files().items() if not name.startswith(".")}
    assert identity.items() <= undisturbed.items()
    made = environment.run()
    assert environment.files() == undisturbed
    assert made.state_counts.total == made.state_counts[CopyState.WRITTEN] == 72
    with environment.open_ledger() as ledger:
        assert verify(ledger.store) == ()
        assert len(ledger.store.runs()) == 1


@pytest.mark.parametrize("seed", range(6))
def test_killed_again_and_again(
    tmp_path: Path, undisturbed: dict[str, bytes], lengths: dict[bool, int], seed: int
) -> None:
    chance = random.Random(1000 + seed)
    environment = run_of(tmp_path)
    for _ in range(4):
        apart(environment.run, Watch(chance.randint(1, lengths[True]), durable_only=True))
    environment.run()
    assert environment.files() == undisturbed


@pytest.mark.parametrize("point", range(12))
def test_a_reprint_killed_anywhere_replaces_each_sheet_once(tmp_path: Path, point: int) -> None:
    environment = run_of(tmp_path)
    name = environment.run().run.name
    at = 10 * point + random.Random(point).randint(1, 10)
    apart(lambda: environment.reprint(name, (3, 50, 71)), Watch(at, durable_only=True))
    done = environment.reprint(name, (3, 50, 71))
    assert done.replaced == {3: 73, 50: 74, 71: 75}
    assert done.made.state_counts.total == 75
    assert done.made.state_counts[CopyState.SPOILED] == 3
    assert done.made.state_counts[CopyState.WRITTEN] == 72
    with environment.open_ledger() as ledger:
        assert verify(ledger.store) == ()


def test_killed_at_random_times(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    """Inside a system call or SQLite itself, where no Python code can be watched."""
    chance = random.Random(7)
    environment = run_of(tmp_path)
    for _ in range(10):
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                environment.run()
            os._exit(0)
        time.sleep(chance.uniform(0.001, 0.06))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    environment.run()
    assert environment.files() == undisturbed
    with environment.open_ledger() as ledger:
        assert verify(ledger.store) == ()


def test_power_cut_between_file_and_row(
    tmp_path: Path, undisturbed: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = run_of(tmp_path)

    class Cut(Exception):
        pass

    def cut(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patched:
        patched.setattr("leaflets.ledger.store.LedgerStore.record_written", cut)
        with pytest.raises(Cut):
            environment.run()
    assert len(environment.files()) == 2
    environment.run()
    assert environment.files() == undisturbed


def test_a_run_with_workers_ends_with_the_same_bytes(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    environment = run_of(tmp_path)
    environment.workers = ProcessWorkers(2)
    environment.run()
    assert environment.files() == undisturbed


def test_cancelling_a_killed_run_takes_its_leavings_away(tmp_path: Path, lengths: dict[bool, int]) -> None:
    environment = run_of(tmp_path)
    apart(environment.run, Watch(lengths[True] * 2 // 3, durable_only=True))
    with environment.open_ledger() as ledger:
        run = ledger.find_run("last")
        record_state(ledger, run, None, CopyState.CANCELLED)
