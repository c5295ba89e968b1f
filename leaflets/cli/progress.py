"""The progress of a run: a bar on a terminal, plain lines in a log, JSON events for programs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from leaflets.batch.execute import FileWritten, LeafletFailed, Progress, ProgressListener
from leaflets.cli import report

_STEP_NAMES = {"leaflets": "making leaflets", "copies": "writing copies"}


class Bar(Protocol):
    """The part of a `tqdm` bar that is used here."""

    n: float

    def update(self, n: float) -> object:
        """Moves the bar on."""

    def clear(self) -> None:
        """Takes it off the screen for a moment."""

    def refresh(self) -> object:
        """Puts it back."""

    def close(self) -> None:
        """Ends it."""


@contextmanager
def progress_listener(*, as_json: bool, quiet: bool = False) -> Iterator[ProgressListener]:
    """A listener that prints the progress of a run: JSON events, or on standard error a bar or plain lines."""
    if as_json:
        yield _print_event
        return
    if quiet or not sys.stderr.isatty():
        yield _print_failure if quiet else _print_line
        return
    bars = _Bars()
    try:
        yield bars.show
    finally:
        bars.close()


def emit(event: str, **facts: object) -> None:
    """Prints one JSON event on standard output."""
    report.event({"event": event, **facts})


@dataclass(slots=True)
class _Bars:
    """One bar for each step, with count, rate and time left."""

    step: str = ""
    bar: Bar | None = field(default=None)

    def show(self, event: Progress | FileWritten | LeafletFailed) -> None:
        if isinstance(event, Progress):
            self._move(event)
            return
        if self.bar:
            self.bar.clear()
        _print_line(event)
        if self.bar:
            self.bar.refresh()

    def close(self) -> None:
        if self.bar:
            self.bar.close()
        self.bar, self.step = None, ""

    def _move(self, now: Progress) -> None:
        if now.step != self.step or self.bar is None:
            self.close()
            self.step, self.bar = now.step, _bar(now)
        self.bar.update(now.done - self.bar.n)


def _bar(now: Progress) -> Bar:
    from tqdm import tqdm  # here, as only a terminal shows a bar

    return tqdm(total=now.total, desc=_STEP_NAMES[now.step], unit=f" {now.step}", leave=False, dynamic_ncols=True)


def _print_line(event: Progress | FileWritten | LeafletFailed) -> None:
    if isinstance(event, FileWritten):
        part = event.part
        sheets = f"{report.counted(part.sheets, 'sheet')} of paper"
        serials = f"serial {part.first}" if part.first == part.last else f"serials {part.first} to {part.last}"
        counts = f"{report.counted(event.copies, 'copy')}, {sheets}, {serials}"
        report.line(f"{part.name}: {counts}")
    elif isinstance(event, LeafletFailed):
        report.line(event.result.message)
    elif event.step == "leaflets" and event.done == event.total:
        report.line(f"{report.counted(event.total, 'distinct leaflet')} ready")


def _print_failure(event: Progress | FileWritten | LeafletFailed) -> None:
    if isinstance(event, LeafletFailed):
        _print_line(event)


def _print_event(event: Progress | FileWritten | LeafletFailed) -> None:
    if isinstance(event, FileWritten):
        part = event.part
        facts = {"file": part.name, "destination": part.destination, "sha256": part.sha256, "bytes": part.size}
        counts = {"copies": event.copies, "pages": part.pages, "sheets": part.sheets}
        emit("written", run=event.run, **facts, **counts, first=part.first, last=part.last)
    elif isinstance(event, LeafletFailed):
        emit("failed", run=event.run, error=event.result.fault, message=event.result.message)
    else:
        emit("progress", step=event.step, done=event.done, total=event.total)
