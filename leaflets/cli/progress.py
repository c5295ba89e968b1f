"""Shows how far a run is: a bar on a terminal, plain lines in a log, JSON events for programs."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from leaflets.batch.execute import FileWritten, LeafletFailed, Progress, ProgressListener

WORDS = {"leaflets": "making leaflets", "copies": "writing copies"}


class Bar(Protocol):
    """What is used of a progress bar."""

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
    """A report for a run: events on standard output with `as_json`, else a bar or plain lines on standard error."""
    if as_json:
        yield _event
        return
    if quiet or not sys.stderr.isatty():
        yield _failure if quiet else _line
        return
    bars = _Bars()
    try:
        yield bars.show
    finally:
        bars.close()


def emit(event: str, **facts: object) -> None:
    """One JSON event on standard output."""
    print(json.dumps({"event": event, **facts}, ensure_ascii=False), flush=True)


@dataclass(slots=True)
class _Bars:
    """One bar for each step, with count, rate and time left."""

    step: str = ""
    bar: Bar | None = field(default=None)

    def show(self, happening: Progress | FileWritten | LeafletFailed) -> None:
        if isinstance(happening, Progress):
            self._move(happening)
            return
        if self.bar:
            self.bar.clear()
        _line(happening)
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
    from tqdm import tqdm  # only where there is somebody to look at it

    return tqdm(total=now.total, desc=WORDS[now.step], unit=f" {now.step}", leave=False, dynamic_ncols=True)


def _line(happening: Progress | FileWritten | LeafletFailed) -> None:
    if isinstance(happening, FileWritten):
        part = happening.part
        counts = f"{happening.copies} copies, {part.sheets} sheets of paper, serials {part.first} to {part.last}"
        print(f"{part.name}: {counts}", file=sys.stderr)
    elif isinstance(happening, LeafletFailed):
        print(f"{happening.result.message}", file=sys.stderr)
    elif happening.step == "leaflets" and happening.done == happening.total:
        print(f"{happening.total} distinct leaflets ready", file=sys.stderr)


def _failure(happening: Progress | FileWritten | LeafletFailed) -> None:
    if isinstance(happening, LeafletFailed):
        _line(happening)


def _event(happening: Progress | FileWritten | LeafletFailed) -> None:
    if isinstance(happening, FileWritten):
        part = happening.part
        facts = {"file": part.name, "destination": part.destination, "sha256": part.sha256, "bytes": part.size}
        counts = {"copies": happening.copies, "pages": part.pages, "sheets": part.sheets}
        emit("written", run=happening.run, **facts, **counts, first=part.first, last=part.last)
    elif isinstance(happening, LeafletFailed):
        emit("failed", run=happening.run, error=happening.result.fault, message=happening.result.message)
    else:
        emit("progress", step=happening.step, done=happening.done, total=happening.total)
