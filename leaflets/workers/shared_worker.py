"""The one sheet worker of a program that uses this library: started by its first sheet, ended with the program."""

from __future__ import annotations

import atexit
import os
import threading

from leaflets.workers.protocol import Limits
from leaflets.workers.sheet_process import started
from leaflets.workers.sheet_worker import SheetWorker

_MORE = "limits=leaflets.Limits(…) allows more."


class _Shared:
    worker: SheetWorker | None = None
    lock = threading.Lock()


def shared_worker(limits: Limits) -> SheetWorker:
    """The worker of this program; a new one in its place where the limits have changed."""
    with _Shared.lock:
        worker = _Shared.worker
        if worker is None or worker.limits != limits:
            end_shared_worker()
            worker = _Shared.worker = SheetWorker(limits, started, _MORE)
        return worker


def end_shared_worker() -> None:
    """Ends the worker of this program once it has made its sheet; the next sheet has a new one."""
    if _Shared.worker:
        _Shared.worker.close()


def _forget() -> None:
    if _Shared.worker:
        _Shared.worker.forget()
    _Shared.worker, _Shared.lock = None, threading.Lock()


atexit.register(end_shared_worker)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
