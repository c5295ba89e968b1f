"""A line on the terminal for whoever waits longer than half a second."""

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
def waiting(what: str, *, quiet: bool = False) -> Iterator[None]:
    """Says on a terminal, after half a second, that something is being made, and takes that away at the end.

    A timer of the process and no thread: with a second thread no child could be forked.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if quiet or not in_main_thread or not hasattr(signal, "setitimer") or not sys.stderr.isatty():
        yield
        return
    shown = 0

    def alarm(signum: int, frame: FrameType | None) -> None:
        nonlocal shown
        shown = sys.stderr.write(f"\r{cleaned(f'making {what} …')} ")
        sys.stderr.flush()

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if shown:
            sys.stderr.write("\r" + " " * shown + "\r")
            sys.stderr.flush()
