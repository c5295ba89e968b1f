"""A kept process that makes sheets one after the other, within limits of time and memory; replaced when it ends."""

from __future__ import annotations

import logging
import pickle
import threading
import time
from itertools import groupby
from typing import TYPE_CHECKING

from leaflets.errors import LeafletError, OutOfMemory, RenderError, UsageError
from leaflets.pipeline.child_process import STAGE_LOG, Answer, value_of
from leaflets.workers.protocol import LOG, STARTUP_S, Limits, describe
from leaflets.workers.sheet_process import SheetProcess, StartProcess

if TYPE_CHECKING:
    from leaflets.model.edition import Edition
    from leaflets.pipeline.built_sheet import BuiltSheet
    from leaflets.pipeline.inputs import Inputs
    from leaflets.pipeline.texts import Texts

_HERE = "With limits=None it is made in this process."


class SheetWorker:
    """Makes sheets in a process of its own, which the first of them starts; one at a time, for any thread.

    `more` says how the limits are raised: the end of a hint.
    """

    def __init__(self, limits: Limits, start: StartProcess, more: str) -> None:
        self.limits = limits
        self._start = start
        self._more = more
        self._process: SheetProcess | None = None
        self._made = 0
        self._lock = threading.Lock()

    def render(self, inputs: Inputs, edition: Edition) -> BuiltSheet:
        """The sheet, as `pipeline.render_here` makes it.

        Raises besides RenderError where it takes too long or its process ends, OutOfMemory where it needs too much.
        """
        with self._lock:
            try:
                answer = self._answer(inputs, edition)
            except BaseException:  # the time is over, it has ended, or Ctrl-C
                self._end()
                raise
            self._made += 1
            fault = answer[1][0] if answer[0] == "fault" else None
            if self._made >= self.limits.leaflets or fault is OutOfMemory:
                self._end()
        sheet: BuiltSheet = value_of(answer)
        return sheet

    def close(self) -> None:
        """Ends the process, if there is one."""
        with self._lock:
            self._end()

    def forget(self) -> None:
        """For a copy of this process, which must not speak with a worker that is not its own."""
        if self._process:
            self._process.forget()
        self._process, self._lock = None, threading.Lock()

    def _answer(self, inputs: Inputs, edition: Edition) -> Answer:
        stage, what = " at its start", describe(inputs, edition)
        try:
            if self._process and self._process.answers.poll(0):
                self._end()  # it ended while it had nothing to do
            process = self._process or self._started()
            process.requests.send((inputs, edition))
            deadline = time.monotonic() + self.limits.seconds
            while process.answers.poll(max(deadline - time.monotonic(), 0)):
                kind, value = process.answers.recv()
                if kind != LOG:
                    return kind, value
                stage = _logged(*value) or stage
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise UsageError(f"{what} cannot be sent to the process that makes sheets: {error}", _HERE) from error
        except (EOFError, OSError) as error:
            raise self._ended(what, stage) from error
        unit = "second" if self.limits.seconds == 1 else "seconds"
        raise RenderError(
            f"{what} took longer than {self.limits.seconds:g} {unit} and was given up{stage}",
            f"Its longest block begins at {_longest_block(inputs.texts)}: split it if it is far too long. {self._more}",
        )

    def _started(self) -> SheetProcess:
        """A new process that is ready. Raises EOFError where it ended at once."""
        self._process, self._made = self._start(self.limits), 0
        if not self._process.answers.poll(STARTUP_S):
            raise RenderError(f"the process that makes sheets has not started within {STARTUP_S:g} seconds")
        self._process.answers.recv()
        return self._process

    def _ended(self, what: str, stage: str) -> LeafletError:
        process, self._process = self._process, None
        code = process.exit_code() if process else 0
        if code == OutOfMemory.exit_code:
            return OutOfMemory(f"{what} needs more memory than {self.limits.mib:,} MiB", self._more)
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        return RenderError(
            f"{what} could not be made: the process that makes sheets ended {how}{stage}",
            f"Was it for want of memory (the limit is {self.limits.mib:,} MiB)? {self._more}",
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.end()


def _logged(name: str, level: int, message: str) -> str:
    """Logs here what was logged there; returns the words for the stage that a sheet is at, if it was that."""
    logging.getLogger(name).log(level, "%s", message)
    return f" while {message}" if name == STAGE_LOG else ""


def _longest_block(texts: Texts) -> str:
    """File and line of the longest of the blocks that blank lines divide a text into, found without parsing it."""
    longest, place = 0, ""
    for file, text in texts.files:
        for blank, lines in groupby(enumerate(text.split(b"\n"), 1), lambda line: not line[1].strip()):
            block = [*lines]
            size = sum(len(line) for _, line in block)
            if not blank and size > longest:
                longest, place = size, f"{file}:{block[0][0]}"
    return place
