"""Who does the jobs: this process, or a crew of others that can die or hang without harm to the run."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from leaflets.workers.protocol import Job, Limits, Make, Result, Workers

RENDERER = ("leaflets.batch.preload",)
"""What the fork server imports once, so that no worker has to."""


def workers_for(count: int) -> Workers:
    """Workers for a run; none means this process."""
    return ProcessWorkers(count, Limits(), RENDERER) if count else SerialWorkers()


def usual_workers() -> int:
    """As many as this process may use cores."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class SerialWorkers:
    """Does the jobs here, one after the other."""

    def warm(self) -> None:
        """Nothing to do beforehand."""

    def run(self, make: Make, jobs: Sequence[Job], stopped: Callable[[], bool]) -> Iterator[Result]:
        """The outcomes in the order of the jobs."""
        for job in jobs:
            if stopped():
                return
            yield make(job)


@dataclass(frozen=True, slots=True)
class ProcessWorkers:
    """Does the jobs in processes forked from a server that imported the renderer once and never saw the list."""

    workers: int
    limits: Limits = field(default_factory=Limits)
    preload: tuple[str, ...] = ()

    def warm(self) -> None:
        """Starts the server, which imports the renderer while this process goes on planning."""
        if sys.platform != "win32":
            from multiprocessing import forkserver, resource_tracker

            forkserver.set_forkserver_preload([*self.preload])
            resource_tracker.ensure_running()  # first, since it lets Ctrl-C through when it has started
            # A Ctrl-C is the parent's to answer, also while the server is still loading.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                forkserver.ensure_running()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def run(self, make: Make, jobs: Sequence[Job], stopped: Callable[[], bool]) -> Iterator[Result]:
        """The outcomes as they come. A worker that dies is replaced and its job tried again; one that hangs, ended."""
        from leaflets.workers.pool import Pool, context  # here, as a run with nothing to make needs no processes

        self.warm()
        crew = Pool(make, self.limits, context())
        try:
            yield from crew.work(jobs, min(self.workers, len(jobs)), stopped)
        finally:
            crew.dismiss()
