"""Ctrl-C and SIGTERM, noted when they arrive and acted on at points where stopping is safe."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from leaflets.errors import Interrupted, InterruptSignal


class Terminated(Interrupted):
    """The system asked to stop."""

    exit_code = 143


@dataclass(slots=True)
class StopRequest:
    """Whether somebody asked to stop. The first signal waits for a safe point; a second one stops at once."""

    signals: list[int] = field(default_factory=list)

    @property
    def requested(self) -> bool:
        """True from the first signal on."""
        return bool(self.signals)

    def raise_if_requested(self, hint: str) -> None:
        """Raises Interrupted, or Terminated after SIGTERM, where a stop was requested. `hint` says how to resume."""
        if not self.signals:
            return
        kind = Terminated if self.signals[0] == signal.SIGTERM else Interrupted
        raise kind("stopped as asked; what is written is in the ledger", hint)

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """The signal handler. Raises KeyboardInterrupt at the second signal."""
        self.signals.append(number)
        if len(self.signals) > 1:
            raise InterruptSignal


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Handles SIGINT and SIGTERM for the block, which must run in the main thread.

    SIGINT is left alone where it is ignored, as it is for a command that a script starts in the background.
    """
    stop = StopRequest()
    handled = (number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) != signal.SIG_IGN)
    previous = {number: signal.signal(number, stop.handle) for number in handled}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
