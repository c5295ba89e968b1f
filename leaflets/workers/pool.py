"""A pool of processes that can die or hang without harm to the run: tasks go out, results come in."""

import contextlib
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess

from leaflets.errors import RenderError
from leaflets.workers.protocol import Limits, RenderFunction, RenderTask, Result

MIB = 1024 * 1024
READY = "ready"
STARTUP_S = 60.0
"""Seconds a worker may take to start on a busy machine."""

POLL_S = 0.25
"""Seconds between two looks at whether a stop was requested or a worker is overdue."""


class _Worker:
    """One process, the pipe to it, and the task it is working on."""

    def __init__(self, render: RenderFunction, limits: Limits, context: ForkServerContext | SpawnContext) -> None:
        self.pipe, worker_end = context.Pipe()
        process = context.Process(target=_serve, args=(worker_end, render, limits), daemon=True)
        process.start()
        worker_end.close()
        self.process: BaseProcess = process
        self.limits = limits
        self.task: RenderTask | None = None
        self.sent_at = 0.0
        self.ready = False
        self.completed = 0

    def send(self, task: RenderTask) -> None:
        self.task, self.sent_at = task, time.monotonic()
        self.pipe.send(task)

    @property
    def overdue(self) -> bool:
        allowed_s = self.limits.seconds + (0 if self.ready else STARTUP_S)
        return self.task is not None and time.monotonic() - self.sent_at > allowed_s

    def mark_ready(self) -> None:
        """Notes that the worker has started; its first task is timed from here on."""
        self.ready, self.sent_at = True, time.monotonic()

    def kill(self) -> None:
        """Ends it without waiting until the system has taken back its memory; no process outlives the command."""
        self.process.kill()
        self.pipe.close()


class Pool:
    """Sends tasks, receives results, and replaces workers that died or have reached their limit."""

    def __init__(self, render: RenderFunction, limits: Limits, context: ForkServerContext | SpawnContext) -> None:
        self._render = render
        self._context = context
        self._limits = limits
        self._workers: list[_Worker] = []
        self._attempts: dict[int, int] = {}

    def run(self, tasks: Sequence[RenderTask], size: int, stop_requested: Callable[[], bool]) -> Iterator[Result]:
        """The results as they come, from `size` workers; no task is sent once `stop_requested`."""
        waiting = deque(tasks)
        while True:
            if not stop_requested():
                self._assign(waiting, size)
            busy = [worker for worker in self._workers if worker.task]
            if not busy:
                return
            ready = wait([worker.pipe for worker in busy], timeout=POLL_S)
            for worker in busy:
                result = self._poll(worker, worker.pipe in ready, waiting)
                if result:
                    yield result

    def close(self) -> None:
        """Kills all workers, whatever they are doing."""
        for worker in self._workers:
            worker.kill()
        self._workers.clear()

    def _assign(self, waiting: deque[RenderTask], size: int) -> None:
        while waiting and (worker := self._idle_worker(size)):
            try:
                worker.send(waiting[0])
            except OSError:
                self._remove(worker)
                continue
            waiting.popleft()

    def _idle_worker(self, size: int) -> _Worker | None:
        idle = next((worker for worker in self._workers if not worker.task), None)
        if idle or len(self._workers) >= size:
            return idle
        self._workers.append(_Worker(self._render, self._limits, self._context))
        return self._workers[-1]

    def _poll(self, worker: _Worker, ready: bool, waiting: deque[RenderTask]) -> Result | None:
        if ready:
            return self._receive(worker, waiting)
        if worker.overdue:
            return self._fail(worker, f"it took longer than {self._limits.seconds:g} seconds")
        return None

    def _receive(self, worker: _Worker, waiting: deque[RenderTask]) -> Result | None:
        try:
            result = worker.pipe.recv()
        except (EOFError, OSError):
            return self._retry_or_fail(worker, waiting)
        if result == READY:
            worker.mark_ready()
            return None
        worker.task, worker.completed = None, worker.completed + 1
        if worker.completed >= self._limits.leaflets:
            self._remove(worker)
        return result if isinstance(result, Result) else None

    def _retry_or_fail(self, worker: _Worker, waiting: deque[RenderTask]) -> Result | None:
        task = worker.task
        if task is None:
            return self._fail(worker, "")
        attempts = self._attempts[task.number] = self._attempts.get(task.number, 0) + 1
        if attempts < self._limits.attempts:
            self._remove(worker)
            waiting.appendleft(task)
            return None
        worker.process.join(1)
        code = worker.process.exitcode
        how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
        return self._fail(worker, f"the worker ended {how}, {attempts} times")

    def _fail(self, worker: _Worker, why: str) -> Result | None:
        task = worker.task
        self._remove(worker)
        if task is None:
            return None
        message = f"{task.leaflet} could not be made: {why}"
        return Result(task.number, fault="RenderError", message=message, exit_code=RenderError.exit_code)

    def _remove(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.kill()


def process_context() -> ForkServerContext | SpawnContext:
    """How workers are started: forked from the server, where the system can fork."""
    return get_context("spawn") if sys.platform == "win32" else get_context("forkserver")


def _serve(pipe: Connection, render: RenderFunction, limits: Limits) -> None:
    """Runs in a worker: receives a task, sends its result, until the pipe closes. The parent handles Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _limit_memory(limits.mib)
    with contextlib.suppress(EOFError, OSError):
        pipe.send(READY)
        while True:
            task = pipe.recv()
            _set_alarm(limits.seconds * 2)
            result = render(task)
            _set_alarm(0)
            pipe.send(result)


def _limit_memory(mib: int) -> None:
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (mib * MIB, hard))


def _set_alarm(seconds: float) -> None:
    """Ends a worker that hangs after its parent was killed; the signal's own action ends it even inside C code."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)
