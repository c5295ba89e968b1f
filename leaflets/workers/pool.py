"""A pool of processes that can die or hang without harm to the run: tasks go out, results come in."""

import contextlib
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess, parent_process
from pathlib import Path
from threading import Thread

from leaflets.errors import OutOfMemory, RenderError
from leaflets.pipeline.cache import CACHE_LOG
from leaflets.workers.process_limits import limit_memory, set_alarm
from leaflets.workers.protocol import READY, STARTUP_S, Limits, RenderFunction, RenderTask, Result

POLL_S = 0.25
"""Seconds between two looks at whether a stop was requested or a worker is overdue."""

LONGEST_TICK_S = 1.0
"""Seconds that count between two looks: where more have passed, this process or the whole machine was paused."""

_FEWER = "Is there memory for it (ulimit -v)? --workers 0 makes the leaflets in this process, one after the other."


class _Worker:
    """One process, the pipe to it, and the task it is working on."""

    def __init__(self, render: RenderFunction, limits: Limits, context: ForkServerContext | SpawnContext) -> None:
        self.pipe, worker_end = context.Pipe()
        process = context.Process(target=_serve, args=(worker_end, render, limits), daemon=True)
        try:
            process.start()
        except (EOFError, OSError) as error:  # the server they are forked from has ended, or cannot fork
            raise OutOfMemory("no worker can be started", _FEWER) from error
        worker_end.close()
        self.process: BaseProcess = process
        self.limits = limits
        self.task: RenderTask | None = None
        self.sending: Thread | None = None
        self.worked_s = 0.0
        self.ready = False
        self.completed = 0

    def send(self, task: RenderTask) -> None:
        """Sends a task in a thread: one that is longer than the pipe holds waits there until the worker reads it."""
        self.task, self.worked_s = task, 0.0
        self.sending = Thread(target=self._send, args=(task,), daemon=True)
        try:
            self.sending.start()
        except RuntimeError:  # no memory for a thread
            self.sending = None
            self._send(task)

    def _send(self, task: RenderTask) -> None:
        with contextlib.suppress(OSError):  # the worker has died, as its end of the pipe says too
            self.pipe.send(task)

    @property
    def overdue(self) -> bool:
        return self.task is not None and self.worked_s > self.limits.seconds + (0 if self.ready else STARTUP_S)

    def count(self, tick_s: float) -> None:
        """Counts time that has passed against the task, unless the worker was stopped meanwhile."""
        if not is_stopped(self.process.pid):
            self.worked_s += tick_s

    def mark_ready(self) -> None:
        """Notes that the worker has started; its first task is timed from here on."""
        self.ready, self.worked_s = True, 0.0

    def kill(self) -> None:
        """Ends it without waiting until the system has taken back its memory; no process outlives the command."""
        self.process.kill()
        if self.sending:
            self.sending.join(1)  # ends as the worker does: nobody else has the other end of the pipe
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
        waiting, looked_at = deque(tasks), time.monotonic()
        while True:
            if not stop_requested():
                self._assign(waiting, size)
            busy = [worker for worker in self._workers if worker.task]
            if not busy:
                return
            ready = wait([worker.pipe for worker in busy], timeout=POLL_S)
            before, looked_at = looked_at, time.monotonic()
            for worker in busy:
                worker.count(min(looked_at - before, LONGEST_TICK_S))
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
            worker.send(waiting.popleft())

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
        if isinstance(result, str):
            logging.getLogger(CACHE_LOG).info("%s", result)
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
        if code == OutOfMemory.exit_code:
            return self._fail(worker, "a worker needs more memory than there is")
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
    try:
        limit_memory(limits.mib)
    except (ImportError, MemoryError):  # a module that cannot be loaded for want of memory is an ImportError
        os._exit(OutOfMemory.exit_code)
    log = logging.getLogger(CACHE_LOG)
    log.addHandler(_Forward(pipe))
    log.setLevel(logging.INFO)
    with contextlib.suppress(RuntimeError):  # no memory for a thread; the pool ends its workers in any usual case
        Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        pipe.send(READY)
        while True:
            task = pipe.recv()
            set_alarm(limits.seconds * 2)
            result = render(task)
            set_alarm(0)
            pipe.send(result)


class _Forward(logging.Handler):
    """Sends each message of the log to the parent, which logs it there."""

    def __init__(self, pipe: Connection) -> None:
        super().__init__()
        self._pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        """Sends a message."""
        self._pipe.send(record.getMessage())


def _end_with_parent() -> None:
    """Ends this worker when the command that started it has ended, whatever it is doing."""
    parent = parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


def is_stopped(process: int | None) -> bool:
    """Whether a process is stopped by a signal or a debugger; False where the system does not say (no /proc)."""
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state in ("T", "t")
