"""Workers on this machine: this process itself, or a pool of others that can die or hang without harm to the run."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from leaflets.project import Settings
from leaflets.workers.protocol import Limits, RenderFunction, RenderTask, Result, Workers


def workers_for(count: int, preload: tuple[str, ...], limits: Limits | None = None) -> Workers:
    """So many worker processes within limits, whose fork server imports the modules `preload`; 0 means this process."""
    return ProcessWorkers(count, limits or Limits(), preload) if count else SerialWorkers()


_A_DAY_S, _A_PEBIBYTE = 86_400, 2**30


def limits_of(settings: Settings) -> Limits:
    """What a leaflet may take by the settings, where 0 stands for no limit."""
    return Limits(seconds=settings.max_seconds or _A_DAY_S, mib=settings.max_memory or _A_PEBIBYTE)


def default_worker_count() -> int:
    """The number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class SerialWorkers:
    """Renders in this process, one leaflet after the other."""

    def warm_up(self) -> None:
        """Does nothing: there is no process to start."""

    def run(
        self, render: RenderFunction, tasks: Sequence[RenderTask], stop_requested: Callable[[], bool]
    ) -> Iterator[Result]:
        """The results in the order of the tasks."""
        for task in tasks:
            if stop_requested():
                return
            yield render(task)


@dataclass(frozen=True, slots=True)
class ProcessWorkers:
    """Renders in processes forked from a server that imported the renderer once and never saw the list."""

    workers: int
    limits: Limits = field(default_factory=Limits)
    preload: tuple[str, ...] = ()

    def warm_up(self) -> None:
        """Starts the server, which imports the renderer while this process goes on planning."""
        if sys.platform != "win32":
            from multiprocessing import forkserver, resource_tracker

            forkserver.set_forkserver_preload([*self.preload])
            resource_tracker.ensure_running()  # first, since it lets Ctrl-C through when it has started
            # Ctrl-C is handled by the parent, also while the server is still loading.
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                forkserver.ensure_running()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def run(
        self, render: RenderFunction, tasks: Sequence[RenderTask], stop_requested: Callable[[], bool]
    ) -> Iterator[Result]:
        """The results as they come. A worker that dies is replaced and its task tried again; one that hangs, killed."""
        # Imported here, as a run with nothing to render needs no processes.
        from leaflets.workers.pool import Pool, process_context

        self.warm_up()
        pool = Pool(render, self.limits, process_context())
        try:
            yield from pool.run(tasks, min(self.workers, len(tasks)), stop_requested)
        finally:
            pool.close()
