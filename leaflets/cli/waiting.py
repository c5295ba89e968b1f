"""A line on the terminal while a sheet is made, for whoever waits longer than half a second."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from leaflets.cli.report import cleaned

_SECONDS = 0.5


@contextmanager
def waiting(text: str, *, quiet: bool = False) -> Iterator[None]:
    """Shows the text on standard error after half a second, and takes it away at the end; on a terminal alone.

    A timer of the process and no thread: with a second thread no child could be forked to save time.
    """
    if quiet or not sys.stderr.isatty() or threading.current_thread() is not threading.main_thread():
        yield
        return
    shown: list[int] = []

    def show(signum: int, frame: FrameType | None) -> None:
        shown.append(sys.stderr.write(f"\r{cleaned(text)} "))
        sys.stderr.flush()

    before = signal.signal(signal.SIGALRM, show)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if shown:
            sys.stderr.write("\r" + " " * shown[0] + "\r")
            sys.stderr.flush()
