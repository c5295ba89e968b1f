"""The time that a sheet may take, and a line on the terminal for whoever waits longer than half a second."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from leaflets.cli.report import cleaned
from leaflets.errors import RenderError

_SECONDS = 0.5
_AGAIN_S = 1.0
"""Seconds after which an error is raised once more, where a library swallowed it."""
_HINT = "A table, list or word in it is far too long: split it. --max-seconds and --max-memory allow more."


@contextmanager
def waiting(what: str, *, seconds: float = 0.0, quiet: bool = False) -> Iterator[None]:
    """Says on a terminal, after half a second, that something is being made, and takes that away at the end.

    A timer of the process and no thread: with a second thread no child could be forked to save time.

    Raises RenderError after so many seconds; 0 waits for ever.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    shown = 0
    visible = not quiet and sys.stderr.isatty()
    deadline = time.monotonic() + seconds

    def alarm(signum: int, frame: FrameType | None) -> None:
        nonlocal shown
        if seconds and time.monotonic() >= deadline:
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
            raise RenderError(f"{what} took longer than {seconds:g} seconds and was given up.", _HINT)
        if visible and not shown:
            shown = sys.stderr.write(f"\r{cleaned(f'making {what} …')} ")
            sys.stderr.flush()
        if seconds:
            signal.setitimer(signal.ITIMER_REAL, max(deadline - time.monotonic(), 0.001))

    before = signal.signal(signal.SIGALRM, alarm)
    first = [_SECONDS] * visible + [seconds] * bool(seconds)
    signal.setitimer(signal.ITIMER_REAL, min(first, default=0.0))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if shown:
            sys.stderr.write("\r" + " " * shown + "\r")
            sys.stderr.flush()
