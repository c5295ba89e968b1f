"""A leaflet that dies, hangs or eats memory is one failed result; the run and its other leaflets go on."""

import logging
import os
import resource
import signal
import subprocess
import sys
import time
from multiprocessing import Pipe
from pathlib import Path
from threading import Thread
from typing import NoReturn

import pytest

from leaflets.errors import OutOfMemory
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience, Edition
from leaflets.pipeline.cache import CACHE_LOG
from leaflets.workers import pool
from leaflets.workers.local import ProcessWorkers, SerialWorkers
from leaflets.workers.process_limits import MIB
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


def leaves(_task: RenderTask, word: str) -> NoReturn:
    os._exit(int(word))


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


def sleeps(task: RenderTask, word: str) -> Result:
    time.sleep(float(word))
    return good(task, word)


def stops(task: RenderTask, word: str) -> Result:
    Path(word).write_text(str(os.getpid()))
    os.kill(os.getpid(), signal.SIGSTOP)
    return good(task, word)


def logs(task: RenderTask, word: str) -> Result:
    logging.getLogger(CACHE_LOG).info("%s was damaged", word)
    return good(task, word)


BEHAVIOURS = {"good": good, "dies": dies, "leaves": leaves, "hangs": hangs, "eats": eats, "once": dies_once}
BEHAVIOURS |= {"sleeps": sleeps, "stops": stops, "logs": logs}


def tasks(*drugs: str) -> list[RenderTask]:
    return [RenderTask(number, Leaflet(drug, Edition(Audience.PATIENT))) for number, drug in enumerate(drugs, 1)]


def never() -> bool:
    return False


def run_tasks(workers: int, *drugs: str, limits: Limits) -> dict[int, Result]:
    results = {one.number: one for one in ProcessWorkers(workers, limits).run(render, tasks(*drugs), never)}
    assert sorted(results) == list(range(1, len(drugs) + 1))
    return results


def test_every_task_has_one_result_whatever_happens_to_its_worker() -> None:
    drugs = ("good", "dies", "hangs", "good", "leaves:3", "eats", "good")
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


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not say that a process is stopped")
def test_time_in_which_a_worker_is_stopped_does_not_count(tmp_path: Path) -> None:
    def let_it_go_on() -> None:
        while not (seen.exists() and pool.is_stopped(int(seen.read_text() or 0))):
            time.sleep(0.01)
        time.sleep(1.2)
        os.kill(int(seen.read_text()), signal.SIGCONT)

    seen = tmp_path / "worker"
    other = Thread(target=let_it_go_on)
    other.start()
    results = run_tasks(1, f"stops:{seen}", "hangs", limits=Limits(seconds=0.5))
    other.join()
    assert not results[1].fault
    assert "longer than 0.5 seconds" in results[2].message


def test_time_in_which_this_process_is_paused_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "LONGEST_TICK_S", 0.05)
    results = ProcessWorkers(2, Limits(seconds=0.5)).run(render, tasks("sleeps:0.2", "sleeps:1.3"), never)
    assert not next(results).fault
    time.sleep(0.8)
    assert [result.fault for result in results] == [""]


def test_a_process_that_runs_or_is_gone_is_not_stopped() -> None:
    assert not pool.is_stopped(os.getpid())
    assert not pool.is_stopped(2**30)
    assert not pool.is_stopped(None)


def test_workers_take_the_lower_of_their_limit_of_memory_and_that_of_the_system() -> None:
    code = """\
import resource
from leaflets.workers.process_limits import MIB, limit_memory
for mib in (4096, 2048):
    limit_memory(mib)
    print(*(limit // MIB for limit in resource.getrlimit(resource.RLIMIT_AS)))
"""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (3000 * MIB, 3000 * MIB))

    ran = subprocess.run([sys.executable, "-c", code], preexec_fn=limited, capture_output=True, text=True, cwd=ROOT)
    assert (ran.stdout, ran.stderr) == ("3000 3000\n2048 3000\n", "")


@pytest.mark.parametrize("lacking", [ImportError("failed to map segment"), MemoryError()])
def test_a_worker_that_starts_without_memory_ends_in_a_sentence(
    lacking: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def limit(_mib: int) -> NoReturn:
        raise lacking

    def end(code: int) -> NoReturn:
        raise SystemExit(code)

    for name in ("signal.signal", "os._exit"):
        monkeypatch.setattr(name, end if name == "os._exit" else lambda *_: None)
    monkeypatch.setattr(pool, "limit_memory", limit)
    here, there = Pipe()
    with here, there, pytest.raises(SystemExit) as ended:
        pool._serve(there, render, Limits())
    assert ended.value.code == OutOfMemory.exit_code


def test_a_worker_without_memory_is_called_so() -> None:
    results = run_tasks(1, f"leaves:{OutOfMemory.exit_code}", limits=Limits())
    assert "a worker needs more memory than there is" in results[1].message


def test_a_worker_that_cannot_be_started_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_process: object) -> NoReturn:
        raise EOFError("unexpected EOF")

    monkeypatch.setattr("multiprocessing.context.ForkServerProcess.start", fails)
    with pytest.raises(OutOfMemory, match="no worker can be started") as fault:
        run_tasks(1, "good", limits=Limits())
    assert "--workers 0" in fault.value.hint


def test_a_worker_ends_with_the_command_that_started_it() -> None:
    code = """\
import os, signal
from leaflets.workers.local import workers_for
from tests.test_batch_workers import tasks, render, never
for result in workers_for(1, ()).run(render, tasks("good", "hangs"), never):
    print(result.sheet.split()[-1], flush=True)
    os.fork() or os.execvp("sleep", ["sleep", "0.3"])
    os.wait()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    ran = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False, cwd=ROOT)
    assert ran.returncode == -signal.SIGKILL
    assert _is_gone(int(ran.stdout))


def test_a_task_that_a_worker_does_not_read_holds_up_nobody() -> None:
    long = f"good:{'x' * 4_000_000}"  # longer than any pipe
    stopped: list[int] = []
    looks: list[int] = []

    def let_it_go_on() -> bool:
        looks.extend(stopped)
        if len(looks) == 3:
            os.kill(stopped[0], signal.SIGCONT)
        return False

    results = []
    for result in ProcessWorkers(1).run(render, tasks("good", long), let_it_go_on):
        results.append(result)
        if len(results) == 1:
            stopped.append(int(result.sheet.split()[-1]))
            os.kill(stopped[0], signal.SIGSTOP)
    assert [result.fault for result in results] == ["", ""]


def test_what_a_worker_found_damaged_is_logged_here(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, CACHE_LOG):
        run_tasks(1, "logs:x.compiled", "good", limits=Limits())
    assert caplog.messages == ["x.compiled was damaged"]


def test_workers_are_renewed() -> None:
    results = run_tasks(1, *["good"] * 5, limits=Limits(leaflets=2))
    assert len({result.sheet for result in results.values()}) == 3


def test_no_worker_is_left_when_the_run_is_left() -> None:
    going = ProcessWorkers(2).run(render, tasks("good", "hangs", "hangs"), never)
    first = next(going)
    worker = int(first.sheet.split()[-1])
    going.close()  # type: ignore[attr-defined]  # the iterator is a generator, and is left half way here
    assert _is_gone(worker)


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


def _is_gone(process: int) -> bool:
    """Whether a process ends within a minute."""
    deadline = time.monotonic() + 60
    while _runs(process) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not _runs(process)


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
