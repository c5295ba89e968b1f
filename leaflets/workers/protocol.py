"""What a worker is asked and what it answers: a task goes out, a result comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from leaflets.model.copy import called
from leaflets.model.edition import TypeSize
from leaflets.pipeline.checked_text import CheckedText


@dataclass(frozen=True, slots=True)
class Job:
    """One distinct leaflet to make; only texts and numbers, so that it can go to another process or machine.

    `perused` is its text as the plan has parsed and checked it, if it has.
    """

    number: int
    drug: str
    audience: str
    lang: str
    paper: str
    allowed: tuple[str, ...] = ()
    type_size: str = TypeSize.STANDARD.value
    checked: CheckedText | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return called(self.drug, self.audience, self.lang, self.paper, self.type_size)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a job: the sheet's key in the cache, or the fault (an error's class name) and its message."""

    number: int
    content_id: str = ""
    sheet: str = ""
    pages: int = 0
    fault: str = ""
    message: str = ""
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one leaflet may take, and after how many a worker is renewed (renderers keep fonts they have seen)."""

    seconds: float = 60.0
    mib: int = 2048
    leaflets: int = 500
    attempts: int = 2


Make = Callable[[Job], Result]
"""Makes one leaflet; never raises, picklable."""


class Workers(Protocol):
    """Does jobs, anywhere: yields one outcome for each as it comes, fewer where a stop was asked."""

    def warm(self) -> None:
        """Called once it is known that there will be work; must return at once."""

    def run(self, make: Make, jobs: Sequence[Job], stopped: Callable[[], bool]) -> Iterator[Result]:
        """Outcomes in the order in which they come; a job that fails, dies or hangs has one too."""
