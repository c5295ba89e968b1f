"""A leaflet that dies, hangs or eats memory is one failed result; the run and its other leaflets go on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest

from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience, Edition
from leaflets.workers.local import ProcessWorkers, SerialWorkers
from leaflets.workers.protocol import Limits, RenderTask, Result
from tests.sheets import ROOT


def render(task: RenderTask) -> Result:
    """Renders drugs that are named after what they do to their worker."""
    kind, _, word = task.leaflet.drug.partition(":")
    return BEHAVIOURS[kind](task, word)


def good(task: RenderTask, _word: str) -> Result:
    return Result(task.number, sheet=f"made by {os.getpid()}")


def dies(_task: RenderTask, _word: str) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("survived SIGKILL")


def leaves(_task: RenderTask, _word: str) -> NoReturn:
    os._exit(3)


def hangs(_task: RenderTask, _word: str) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)


def eats(task: RenderTask, _word: str) -> Result:
    try:
        return Result(task.number, sheet=str(len(bytearray(1 << 40))))
    except MemoryError:
        return Result(task.number, fault="RenderError", message="no memory")


def dies_once(task: RenderTask, word: str) -> Result:
    if not Path(word).exists():
        Path(word).touch()
        os._exit(1)
    return good(task, word)


BEHAVIOURS = {"good": good, "dies": dies, "leaves": leaves, "hangs": hangs, "eats": eats, "once": dies_once}


def tasks(*drugs: str) -> list[RenderTask]:
    return [RenderTask(number, Leaflet(drug, Edition(Audience.PATIENT))) for number, drug in enumerate(drugs, 1)]


def never() -> bool:
    return False


def run_tasks(workers: int, *drugs: str, limits: Limits) -> dict[int, Result]:
    results = {one.number: one for one in ProcessWorkers(workers, limits).run(render, tasks(*drugs), never)}
    assert sorted(results) == list(range(1, len(drugs) + 1))
    return results


def test_every_task_has_one_result_whatever_happens_to_its_worker() -> None:
    drugs = ("good", "dies", "hangs", "good", "leaves", "eats", "good")
    results = run_tasks(2, *drugs, limits=Limits(seconds=1))
    faults = {number: result.message for number, result in results.items() if result.fault}
    assert set(faults) == {2, 3, 5, 6}
    assert "ended by signal 9, 2 times" in faults[2]
    assert "longer than 1 seconds" in faults[3]
    assert "ended with code 3, 2 times" in faults[5]
    assert faults[6] == "no memory"
    assert all("made by" in results[number].sheet for number in (1, 4, 7))


def test_a_worker_that_died_by_chance_is_replaced_and_its_task_done(tmp_path: Path) -> None:
    results = run_tasks(1, f"once:{tmp_path / 'seen'}", "good", limits=Limits())
    assert not results[1].fault
    assert not results[2].fault


def test_workers_are_renewed() -> None:
    results = run_tasks(1, *["good"] * 5, limits=Limits(leaflets=2))
    assert len({result.sheet for result in results.values()}) == 3


def test_no_worker_is_left_when_the_run_is_left() -> None:
    going = ProcessWorkers(2).run(render, tasks("good", "hangs", "hangs"), never)
    first = next(going)
    worker = int(first.sheet.split()[-1])
    going.close()  # type: ignore[attr-defined]  # the iterator is a generator, and is left half way here
    deadline = time.monotonic() + 10
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _runs(worker)


def test_a_stop_lets_the_task_in_hand_end() -> None:
    asked: list[bool] = []
    results = []
    for result in ProcessWorkers(1).run(render, tasks("good", "good", "good"), lambda: bool(asked)):
        results.append(result.number)
        asked.append(True)
    assert results == [1]
    assert [one.number for one in SerialWorkers().run(render, tasks("good", "good"), lambda: bool(asked))] == []


def test_serial_keeps_the_order() -> None:
    assert [one.number for one in SerialWorkers().run(render, tasks("good", "good", "good"), never)] == [1, 2, 3]


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_is_the_parents_to_answer(workers: int) -> None:
    results = []
    for result in ProcessWorkers(workers).run(render, tasks("good", "good", "good", "good"), never):
        results.append(result)
        os.kill(int(result.sheet.split()[-1]), signal.SIGINT)
    assert len(results) == 4
    assert not any(one.fault for one in results)


def test_ctrl_c_does_not_reach_a_server_that_is_still_loading() -> None:
    code = """\
import os, signal
from multiprocessing import forkserver
from leaflets.workers.local import workers_for
from tests.test_batch_workers import tasks, render, never
workers = workers_for(1, ())
workers.warm_up()
os.kill(forkserver._forkserver._forkserver_pid, signal.SIGINT)
print(*(bool(one.fault) for one in workers.run(render, tasks("good"), never)))
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
    code = "import sys, leaflets.cli.batch, leaflets.cli.batch_run; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"weasyprint", "jinja2", "markdown", "pikepdf", "yaml", "multiprocessing"}.isdisjoint(loaded)
