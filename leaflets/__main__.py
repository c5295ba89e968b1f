"""The entry of the command, `leaflet` and `python -m leaflets`: Ctrl-C ends it with its code from the first line on."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from leaflets.errors import InterruptSignal

_INTERRUPTED = 130


def run() -> int:
    """Run the command and return its exit code; modules are loaded where Ctrl-C is understood already."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        from leaflets.cli import main

        return main()
    except KeyboardInterrupt:
        os.write(2, b"interrupted: nothing half-done was left behind; run the same command again\n")
        return _INTERRUPTED


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise InterruptSignal


if __name__ == "__main__":
    sys.exit(run())
