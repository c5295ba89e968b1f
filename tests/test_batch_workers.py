"""A leaflet that dies, hangs or eats memory is one failed outcome; the run and its other leaflets go on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest

from leaflets.workers.local import ProcessWorkers, SerialWorkers
from leaflets.workers.protocol import Job, Limits, Result
from tests.sheets import ROOT


def make(job: Job) -> Result:
    """A press whose drugs are named after what they do to their worker."""
    kind, _, word = job.drug.partition(":")
    return DEEDS[kind](job, word)


def good(job: Job, _word: str) -> Result:
    return Result(job.number, sheet=f"made by {os.getpid()}")


def dies(_job: Job, _word: str) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("survived SIGKILL")


def leaves(_job: Job, _word: str) -> NoReturn:
    os._exit(3)


def hangs(_job: Job, _word: str) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)


def eats(job: Job, _word: str) -> Result:
    try:
        return Result(job.number, sheet=str(len(bytearray(1 << 40))))
    except MemoryError:
        return Result(job.number, fault="RenderError", message="no memory")


def dies_once(job: Job, word: str) -> Result:
    if not Path(word).exists():
        Path(word).touch()
        os._exit(1)
    return good(job, word)


DEEDS = {"good": good, "dies": dies, "leaves": leaves, "hangs": hangs, "eats": eats, "once": dies_once}


def jobs(*drugs: str) -> list[Job]:
    return [Job(number, drug, "patient", "en", "a4") for number, drug in enumerate(drugs, 1)]


def never() -> bool:
    return False


def outcomes(workers: int, *drugs: str, limits: Limits) -> dict[int, Result]:
    found = {one.number: one for one in ProcessWorkers(workers, limits).run(make, jobs(*drugs), never)}
    assert sorted(found) == list(range(1, len(drugs) + 1))
    return found


def test_every_job_has_one_outcome_whatever_happens_to_its_worker() -> None:
    drugs = ("good", "dies", "hangs", "good", "leaves", "eats", "good")
    found = outcomes(2, *drugs, limits=Limits(seconds=1))
    faults = {number: outcome.message for number, outcome in found.items() if outcome.fault}
    assert set(faults) == {2, 3, 5, 6}
    assert "ended by signal 9, 2 times" in faults[2]
    assert "longer than 1 seconds" in faults[3]
    assert "ended with code 3, 2 times" in faults[5]
    assert faults[6] == "no memory"
    assert all("made by" in found[number].sheet for number in (1, 4, 7))


def test_a_worker_that_died_by_chance_is_replaced_and_its_job_done(tmp_path: Path) -> None:
    found = outcomes(1, f"once:{tmp_path / 'seen'}", "good", limits=Limits())
    assert not found[1].fault
    assert not found[2].fault


def test_workers_are_renewed() -> None:
    found = outcomes(1, *["good"] * 5, limits=Limits(leaflets=2))
    assert len({outcome.sheet for outcome in found.values()}) == 3


def test_no_worker_is_left_when_the_run_is_left() -> None:
    going = ProcessWorkers(2).run(make, jobs("good", "hangs", "hangs"), never)
    first = next(going)
    worker = int(first.sheet.split()[-1])
    going.close()  # type: ignore[attr-defined]  # the iterator is a generator, and is left half way here
    deadline = time.monotonic() + 10
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _runs(worker)


def test_a_stop_lets_the_job_in_hand_end() -> None:
    asked: list[bool] = []
    found = []
    for outcome in ProcessWorkers(1).run(make, jobs("good", "good", "good"), lambda: bool(asked)):
        found.append(outcome.number)
        asked.append(True)
    assert found == [1]
    assert [one.number for one in SerialWorkers().run(make, jobs("good", "good"), lambda: bool(asked))] == []


def test_serial_keeps_the_order() -> None:
    assert [one.number for one in SerialWorkers().run(make, jobs("good", "good", "good"), never)] == [1, 2, 3]


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_is_the_parents_to_answer(workers: int) -> None:
    found = []
    for outcome in ProcessWorkers(workers).run(make, jobs("good", "good", "good", "good"), never):
        found.append(outcome)
        os.kill(int(outcome.sheet.split()[-1]), signal.SIGINT)
    assert len(found) == 4
    assert not any(one.fault for one in found)


def test_ctrl_c_does_not_reach_a_server_that_is_still_loading() -> None:
    code = """\
import os, signal
from multiprocessing import forkserver
from leaflets.workers.local import executor
from tests.test_batch_workers import jobs, make, never
workers = executor(1)
workers.warm()
os.kill(forkserver._forkserver._forkserver_pid, signal.SIGINT)
print(*(bool(one.fault) for one in workers.run(make, jobs("good"), never)))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ran.stdout, ran.stderr) == ("False\n", "")


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_server_loads_the_whole_renderer_before_it_forks() -> None:
    code = "import sys, leaflets.batch.preload; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"weasyprint", "jinja2", "markdown", "pikepdf", "pypdfium2", "leaflets.checks"} <= set(loaded)
    assert "sqlite3" not in loaded


def test_a_run_of_known_leaflets_loads_no_renderer() -> None:
    code = "import sys, leaflets.cli.batch, leaflets.cli.night; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"weasyprint", "jinja2", "markdown", "pikepdf", "yaml", "multiprocessing"}.isdisjoint(loaded)
