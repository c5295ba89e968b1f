"""A crew of processes that can die or hang without harm to the run: jobs go out, outcomes come in."""

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
from leaflets.workers.protocol import Job, Limits, Make, Result

MIB = 1024 * 1024
READY = "ready"
START_S = 60.0
"""How long a worker may take to come to life on a machine that is busy."""

LOOK_S = 0.25
"""How often to look whether a stop was asked or a worker is overdue."""


class _Worker:
    """One process, the pipe to it, and the job in its hands."""

    def __init__(self, make: Make, limits: Limits, context: ForkServerContext | SpawnContext) -> None:
        self.pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, make, limits), daemon=True)
        process.start()
        theirs.close()
        self.process: BaseProcess = process
        self.limits = limits
        self.job: Job | None = None
        self.since = 0.0
        self.ready = False
        self.done = 0

    def take(self, job: Job) -> None:
        self.job, self.since = job, time.monotonic()
        self.pipe.send(job)

    @property
    def overdue(self) -> bool:
        allowed_s = self.limits.seconds + (0 if self.ready else START_S)
        return self.job is not None and time.monotonic() - self.since > allowed_s

    def greet(self) -> None:
        """The worker stands ready; only from here on its first job is timed."""
        self.ready, self.since = True, time.monotonic()

    def end(self) -> None:
        """Ends it, without a wait until the system has taken back its memory; no process outlives the command."""
        self.process.kill()
        self.pipe.close()


class Pool:
    """Hands out jobs, takes outcomes in, and replaces workers that are lost or worn."""

    def __init__(self, make: Make, limits: Limits, context: ForkServerContext | SpawnContext) -> None:
        self._make = make
        self._context = context
        self._limits = limits
        self._workers: list[_Worker] = []
        self._attempts: dict[int, int] = {}

    def work(self, jobs: Sequence[Job], size: int, stopped: Callable[[], bool]) -> Iterator[Result]:
        """The outcomes as they come, with `size` workers; none is handed out any more once `stopped`."""
        waiting = deque(jobs)
        while True:
            if not stopped():
                self._hand_out(waiting, size)
            busy = [worker for worker in self._workers if worker.job]
            if not busy:
                return
            ready = wait([worker.pipe for worker in busy], timeout=LOOK_S)
            for worker in busy:
                outcome = self._look_at(worker, worker.pipe in ready, waiting)
                if outcome:
                    yield outcome

    def dismiss(self) -> None:
        """Ends all workers, whatever is in their hands."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def _hand_out(self, waiting: deque[Job], size: int) -> None:
        while waiting and (worker := self._idle(size)):
            try:
                worker.take(waiting[0])
            except OSError:
                self._lose(worker)
                continue
            waiting.popleft()

    def _idle(self, size: int) -> _Worker | None:
        idle = next((worker for worker in self._workers if not worker.job), None)
        if idle or len(self._workers) >= size:
            return idle
        self._workers.append(_Worker(self._make, self._limits, self._context))
        return self._workers[-1]

    def _look_at(self, worker: _Worker, ready: bool, waiting: deque[Job]) -> Result | None:
        if ready:
            return self._take_in(worker, waiting)
        if worker.overdue:
            return self._give_up(worker, f"it took longer than {self._limits.seconds:g} seconds")
        return None

    def _take_in(self, worker: _Worker, waiting: deque[Job]) -> Result | None:
        try:
            outcome = worker.pipe.recv()
        except (EOFError, OSError):
            return self._died(worker, waiting)
        if outcome == READY:
            worker.greet()
            return None
        worker.job, worker.done = None, worker.done + 1
        if worker.done >= self._limits.leaflets:
            self._lose(worker)
        return outcome if isinstance(outcome, Result) else None

    def _died(self, worker: _Worker, waiting: deque[Job]) -> Result | None:
        job = worker.job
        if job is None:
            return self._give_up(worker, "")
        tried = self._attempts[job.number] = self._attempts.get(job.number, 0) + 1
        if tried < self._limits.attempts:
            self._lose(worker)
            waiting.appendleft(job)
            return None
        worker.process.join(1)
        code = worker.process.exitcode
        how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
        return self._give_up(worker, f"the worker ended {how}, {tried} times")

    def _give_up(self, worker: _Worker, why: str) -> Result | None:
        job = worker.job
        self._lose(worker)
        if job is None:
            return None
        message = f"{job} could not be made: {why}"
        return Result(job.number, fault="RenderError", message=message, exit_code=RenderError.exit_code)

    def _lose(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.end()


def context() -> ForkServerContext | SpawnContext:
    """How workers come to life: forked from the server, where the system can fork."""
    return get_context("spawn") if sys.platform == "win32" else get_context("forkserver")


def _serve(pipe: Connection, make: Make, limits: Limits) -> None:
    """The life of a worker: a job in, an outcome out, until the pipe closes. Ctrl-C is the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _limit_memory(limits.mib)
    with contextlib.suppress(EOFError, OSError):
        pipe.send(READY)
        while True:
            job = pipe.recv()
            _set_alarm(limits.seconds * 2)
            outcome = make(job)
            _set_alarm(0)
            pipe.send(outcome)


def _limit_memory(mib: int) -> None:
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (mib * MIB, hard))


def _set_alarm(seconds: float) -> None:
    """Ends a worker that hangs after its parent was killed; the signal's own action ends it even inside C code."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)
