"""What runs in the process of a sheet worker: receives the inputs of a sheet, makes it, and answers, until its end.

It begins with READY. Then, of each sheet, come the records of our logs as they are written and one answer.
"""

from __future__ import annotations

import logging
import os
import signal
from functools import partial
from typing import TYPE_CHECKING

from leaflets.errors import LeafletError, OutOfMemory, RenderError, UsageError
from leaflets.pipeline import BuiltSheet, render_here
from leaflets.pipeline.child_process import allow_child, answer_of
from leaflets.workers.process_limits import is_out_of_memory, limit_memory, set_alarm
from leaflets.workers.protocol import LOG, READY, Limits, describe

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from leaflets.model.edition import Edition
    from leaflets.pipeline.inputs import Inputs


def serve(requests: Connection, answers: Connection, limits: Limits) -> None:
    """Makes sheets until nobody is left to ask for one. Ctrl-C is handled by whoever does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _silence()
    allow_child()
    _forward_logs(answers)
    try:
        limit_memory(limits.mib)
    except (ImportError, MemoryError):  # a module that cannot be loaded for want of memory is an ImportError
        os._exit(OutOfMemory.exit_code)
    answers.send((READY, None))
    while True:
        answer = answer_of(partial(_received_and_made, requests, limits))
        set_alarm(0)
        answers.send(answer)


def _received_and_made(requests: Connection, limits: Limits) -> BuiltSheet:
    """The next sheet that is asked for. Raises LeafletError, whatever went wrong, and EOFError at the end."""
    try:
        inputs, edition = requests.recv()
    except (EOFError, OSError):
        os._exit(0)
    except Exception as error:  # a class that is defined in the program that asks, and nowhere else
        raise UsageError(f"what the sheet is made of cannot be read in another process: {error}") from error
    set_alarm(limits.seconds * 2)  # whoever waits for it has ended, or would have ended this process before
    return _made(inputs, edition, limits)


def _made(inputs: Inputs, edition: Edition, limits: Limits) -> BuiltSheet:
    what = describe(inputs, edition)
    try:
        return render_here(inputs, edition)
    except RecursionError as error:
        raise RenderError(f"{what} could not be made: it nests too deep") from error
    except Exception as error:  # a monograph that breaks the renderer must cost its own sheet and no other
        if isinstance(error, OutOfMemory) or is_out_of_memory(error):
            raise OutOfMemory(f"{what} needs more memory than {limits.mib:,} MiB") from None
        if isinstance(error, LeafletError):
            raise
        raise RenderError(f"{what} could not be made: the renderer failed with {type(error).__name__}") from error


def _silence() -> None:
    """Takes the terminal away: what libraries print of an error as they end the process is not for its reader."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.close(nothing)


class _Forward(logging.Handler):
    """Sends each record of our logs to the process that asked, which logs it there."""

    def __init__(self, answers: Connection) -> None:
        super().__init__()
        self._answers = answers

    def emit(self, record: logging.LogRecord) -> None:
        """Sends the name of the log, the level and the message."""
        self._answers.send((LOG, (record.name, record.levelno, record.getMessage())))


def _forward_logs(answers: Connection) -> None:
    logging.disable(logging.NOTSET)
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("leaflets.")]:
        logging.getLogger(name).handlers.clear()
    ours = logging.getLogger("leaflets")
    ours.handlers[:] = [_Forward(answers)]
    ours.propagate = False
    ours.setLevel(logging.DEBUG)
