"""Ctrl-C and SIGTERM as a question asked at safe points, not as a blow."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from leaflets.errors import Interrupted


class Terminated(Interrupted):
    """The system asked to stop."""

    exit_code = 143


@dataclass(slots=True)
class StopRequest:
    """Whether somebody asked to stop. The first signal is kept until a safe point; a second one ends at once."""

    signals: list[int] = field(default_factory=list)

    @property
    def asked(self) -> bool:
        """True from the first signal on."""
        return bool(self.signals)

    def here(self, hint: str) -> None:
        """A safe point: raises Interrupted (or Terminated) where a stop was asked. `hint` says how to go on."""
        if not self.signals:
            return
        kind = Terminated if self.signals[0] == signal.SIGTERM else Interrupted
        raise kind("stopped as asked; what is written is in the ledger", hint)

    def take(self, number: int, _frame: FrameType | None) -> None:
        """The signal handler."""
        self.signals.append(number)
        if len(self.signals) > 1:
            raise KeyboardInterrupt


@contextmanager
def watched() -> Iterator[StopRequest]:
    """Takes over SIGINT and SIGTERM for the block, in the main thread."""
    stop = StopRequest()
    before = {number: signal.signal(number, stop.take) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
