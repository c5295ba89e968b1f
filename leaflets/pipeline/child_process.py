"""Work done in a child process, while this one loads the renderer."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from leaflets.errors import Interrupted, LeafletError, RenderError

_Value = TypeVar("_Value")


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
    answer: _Value = _answer_in(data)
    return answer


def _send_answer(work: Callable[[], Any], writing: int) -> None:
    """Never returns: the child writes its result and ends, running nothing of its parent's."""
    code = 1
    try:
        try:
            answer: tuple[str, Any] = ("result", work())
        except LeafletError as fault:
            answer = ("fault", (type(fault), fault.message, fault.hint))
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(answer, pipe, pickle.HIGHEST_PROTOCOL)
        code = 0
    except KeyboardInterrupt:
        code = Interrupted.exit_code
    finally:
        os._exit(code)


def _answer_in(data: bytes) -> Any:
    if not data:
        raise RenderError("the page could not be composed: its process was ended", "Run the command again.")
    kind, answer = pickle.loads(data)
    if kind == "fault":
        fault, message, hint = answer
        raise fault(message, hint)
    return answer
