"""The process of a sheet worker, and the pipes to it: forked by a command, started anew by a library."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leaflets.errors import OutOfMemory, RenderError
from leaflets.workers.process_limits import is_out_of_memory
from leaflets.workers.protocol import Limits

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_PROGRAM = (
    "import sys; limits, sys.path[:] = sys.argv[1], sys.argv[2:]; "
    "from leaflets.workers.sheet_process import main; main(limits)"
)


@dataclass(frozen=True, slots=True)
class SheetProcess:
    """A process that makes sheets: its id, the pipes to and from it, and what waits for its end."""

    id: int
    requests: Connection
    answers: Connection
    wait: Callable[[], int]

    def end(self) -> None:
        """Ends it and its children, whatever they are doing."""
        with contextlib.suppress(OSError):
            os.killpg(self.id, signal.SIGKILL)
        self.exit_code()

    def exit_code(self) -> int:
        """What it ended with, once it has: its exit code, or minus the number of the signal that ended it."""
        code = self.wait()
        self.forget()
        return code

    def forget(self) -> None:
        """Closes the pipes to it; it ends once nobody else has them open."""
        for pipe in (self.requests, self.answers):
            with contextlib.suppress(OSError):
                pipe.close()


def can_fork() -> bool:
    """Whether this process can be forked: the system can, and it has one thread."""
    return hasattr(os, "fork") and threading.active_count() == 1


StartProcess = Callable[[Limits], SheetProcess]


def forked(limits: Limits) -> SheetProcess:
    """A child of this process that has its modules; for a command, which has one thread.

    Raises OutOfMemory where no process can be made.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reading, sending = os.pipe()
    receiving, writing = os.pipe()
    try:
        child = os.fork()
    except OSError as error:
        raise OutOfMemory("there is not enough memory for the process that makes the sheet") from error
    if child == 0:
        try:
            os.setpgid(0, 0)
            os.close(sending)
            os.close(receiving)
            _serve(reading, writing, limits)
        finally:
            os._exit(1)
    with contextlib.suppress(OSError):  # the child has done it, or has ended
        os.setpgid(child, child)
    os.close(reading)
    os.close(writing)
    return _with_pipes(child, sending, receiving, lambda: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def started(limits: Limits) -> SheetProcess:
    """A new process of Python, which has nothing of this one's but its environment and where it looks for modules.

    Raises RenderError where it cannot be started.
    """
    limits_text = f"{limits.seconds:g} {limits.mib}"
    reading, sending = os.pipe()
    receiving, writing = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, f"{limits_text} {reading} {writing}", *sys.path],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(reading, writing), process_group=0,
        )  # fmt: skip
    except (OSError, TypeError) as error:  # TypeError: where Python is part of another program it has no executable
        os.close(sending)
        os.close(receiving)
        raise RenderError(f"the process that makes sheets cannot be started: {error}", _HERE) from error
    finally:
        os.close(reading)
        os.close(writing)
    return _with_pipes(process.pid, sending, receiving, process.wait)


_HERE = "With limits=None sheets are made in this process."


def main(words: str) -> None:
    """Runs in a process that `started` has started; `words` are its limits and the numbers of its pipes."""
    seconds, mib, reading, writing = words.split()
    _serve(int(reading), int(writing), Limits(float(seconds), int(mib)))


def _serve(reading: int, writing: int, limits: Limits) -> None:
    from multiprocessing.connection import Connection

    from leaflets.workers.sheet_server import serve

    code = 1
    try:
        serve(Connection(reading, writable=False), Connection(writing, readable=False), limits)
    except Exception as error:
        code = OutOfMemory.exit_code if is_out_of_memory(error) else 1
    finally:
        os._exit(code)  # at once: nothing that the program behind it would do at its end is done here


def _with_pipes(child: int, sending: int, receiving: int, wait: Callable[[], int]) -> SheetProcess:
    from multiprocessing.connection import Connection  # here, where the process is running already

    requests, answers = Connection(sending, readable=False), Connection(receiving, writable=False)
    return SheetProcess(child, requests, answers, wait)
