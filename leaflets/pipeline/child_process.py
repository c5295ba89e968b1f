"""Work done in a child process, while this one loads the renderer."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from leaflets.errors import Interrupted, LeafletError, OutOfMemory, RenderError

_Value = TypeVar("_Value")
STAGE_LOG = "leaflets.stage"
"""The name of the log that has, at the level DEBUG, what is being done to a sheet: “composing its page”."""

Answer = tuple[str, Any]
"""What a process answers: "result" and a value, or "fault" and the class, message and hint of an error."""


class _Permission:
    """Whether this process may fork: a command owns its process, a library does not."""

    given = False


def allow_child() -> None:
    """From here on a page may be composed in a forked child. For a command; a library leaves its process alone."""
    _Permission.given = True


def child_saves_time() -> bool:
    """Whether a child may be made and saves time: no renderer is loaded, there is a second core, forking is safe."""
    loaded = "weasyprint" in sys.modules or not _Permission.given
    return not loaded and hasattr(os, "fork") and len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


def run_in_child(work: Callable[[], _Value], meanwhile: Callable[[], None]) -> _Value:
    """What `work` returns, done in a forked child while this process does `meanwhile`.

    Raises what `work` raises of our own errors; RenderError where the child ends without a word.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _send_answer(work, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        try:
            meanwhile()
            data = pipe.read()
        except BaseException:  # nobody waits for its answer any longer: the time is over, or Ctrl-C
            os.kill(child, signal.SIGKILL)
            raise
        finally:
            pipe.close()
            os.waitpid(child, 0)
    if not data:
        raise RenderError("the page could not be composed: its process was ended", "Run the command again.")
    value: _Value = value_of(pickle.loads(data))
    return value


def _send_answer(work: Callable[[], Any], writing: int) -> None:
    """Never returns: the child writes its result and ends, running nothing of its parent's."""
    code = 1
    try:
        answer = answer_of(work)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(answer, pipe, pickle.HIGHEST_PROTOCOL)
        code = 0
    except KeyboardInterrupt:
        code = Interrupted.exit_code
    finally:
        os._exit(code)


def answer_of(work: Callable[[], Any]) -> Answer:
    """What `work` returns or raises of our own errors, as it can be sent to another process."""
    try:
        return "result", work()
    except LeafletError as fault:
        return "fault", (type(fault), fault.message, fault.hint)
    except MemoryError:
        return "fault", (OutOfMemory, "there is not enough memory for it", "")


def value_of(answer: Answer) -> Any:
    """What an answer brought. Raises the error that it brought instead."""
    kind, value = answer
    if kind == "fault":
        fault, message, hint = value
        raise fault(message, hint)
    return value
