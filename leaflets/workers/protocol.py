"""What a worker is asked and what it answers: a task goes out, a result comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from leaflets.model.copy import Leaflet
from leaflets.model.objection import Objection

if TYPE_CHECKING:
    from leaflets.model.edition import Edition
    from leaflets.pipeline.inputs import Inputs
    from leaflets.pipeline.texts import CheckedText, Texts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a leaflet was assessed by: the bytes of its texts, and the key of everything else that shapes its sheet.

    `checked` is the text as it was parsed and checked then, if it was.
    """

    texts: Texts
    shared_key: str
    checked: CheckedText | None = None


@dataclass(frozen=True, slots=True)
class RenderTask:
    """One distinct leaflet to render; picklable, so that it can go to another process or machine.

    `allowed` are the objections that do not stop it. `snapshot` is what the plan assessed it by: a worker renders that
    and nothing else.
    """

    number: int
    leaflet: Leaflet
    allowed: tuple[Objection, ...] = ()
    snapshot: Snapshot | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a task: the sheet's key in the cache, or the fault (an error's class name) and its message."""

    number: int
    content_id: str = ""
    sheet: str = ""
    pages: int = 0
    fault: str = ""
    message: str = ""
    hint: str = ""
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one leaflet may take, and after how many a worker is replaced (renderers keep fonts they have seen)."""

    seconds: float = 60.0
    mib: int = 2048
    leaflets: int = 500
    attempts: int = 2


READY = "ready"
"""What a worker says when it has started."""

LOG = "log"
"""The first word of what a sheet worker sends of our logs."""

STARTUP_S = 60.0
"""Seconds a worker may take to start on a busy machine."""

RenderFunction = Callable[[RenderTask], Result]
"""Renders one leaflet; picklable, and never raises."""


def describe(inputs: Inputs, edition: Edition) -> str:
    """The words for a sheet in an error."""
    return f"{inputs.texts.source.file} ({edition.audience})"


class Workers(Protocol):
    """Carries out tasks, on any processes or machines."""

    def warm_up(self) -> None:
        """Starts what takes time to start, once it is certain that there will be tasks; returns at once."""

    def run(
        self, render: RenderFunction, tasks: Sequence[RenderTask], stop_requested: Callable[[], bool]
    ) -> Iterator[Result]:
        """Results in the order in which they come; a task that fails, kills its worker or hangs has one too.

        Fewer than there are tasks where a stop was requested.
        """
