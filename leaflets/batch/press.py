"""What a run asks of whoever makes the leaflets, and what it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from leaflets.build.perused import Perused
from leaflets.languages import msg, spoken
from leaflets.paper import Edition, Form

if TYPE_CHECKING:
    from leaflets.batch.aliases import Aliases


class Objection(StrEnum):
    """Why a leaflet should not be handed out; the value is the end of the flag that allows it, if any."""

    DRAFT = "draft"
    EXPIRED = "expired"
    STALE = "stale"
    WITHDRAWN = "withdrawn"
    UNSAFE = "unsafe"

    @property
    def flag(self) -> str:
        """The flag that allows it all the same; none allows what was withdrawn."""
        return "" if self is Objection.WITHDRAWN else f"--allow-{self.value}"

    def note(self, lang: str) -> str:
        """What is printed at the foot of the label where it was allowed, in the language of its page."""
        return spoken(lang).say(_NOTES[self])


_NOTES = {
    Objection.DRAFT: msg("DRAFT: not clinically reviewed"),
    Objection.EXPIRED: msg("EXPIRED: review date has passed"),
    Objection.STALE: msg("OLDER THAN ITS SOURCE"),
    Objection.WITHDRAWN: msg("WITHDRAWN"),
    Objection.UNSAFE: msg("CHECKS FAILED"),
}


def called(drug: str, audience: str, lang: str, paper: str, form: str) -> str:
    """A leaflet as people are told of it: "apixaban (patient, en, a4)"; its form only where it is not the usual one."""
    special = "" if form == Form.STANDARD else f", {form}"
    return f"{drug} ({audience}, {lang}, {paper}{special})"


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A distinct leaflet: one monograph in one form."""

    drug: str
    edition: Edition

    def __str__(self) -> str:
        edition = self.edition
        return called(self.drug, edition.audience, edition.lang, edition.paper, edition.form)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a leaflet before it is made: `missing` says why it cannot be, `pages` is 0 if it never was."""

    leaflet: Leaflet
    version: str = ""
    source: str = ""
    objections: tuple[tuple[Objection, str], ...] = ()
    missing: str = ""
    pages: int = 0


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
    form: str = Form.STANDARD.value
    perused: Perused | None = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return called(self.drug, self.audience, self.lang, self.paper, self.form)


@dataclass(frozen=True, slots=True)
class Outcome:
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


Make = Callable[[Job], Outcome]
"""Makes one leaflet; never raises, picklable."""


class Press(Protocol):
    """Knows the monographs and makes leaflets of them."""

    def aliases(self) -> Aliases:
        """All the ways a list may call the monographs."""

    def judge(self, leaflets: Sequence[Leaflet]) -> Mapping[Leaflet, Verdict]:
        """What is known of each leaflet, nothing made yet."""

    def known(self, job: Job) -> Outcome | None:
        """The outcome of a job whose sheet lies in the cache already."""

    def learn(self, made: Sequence[tuple[Job, Outcome]]) -> None:
        """Takes note of jobs that were made, so that they are known the next time."""

    def furnished(self, job: Job) -> Job:
        """The job with what was found out already when its leaflet was judged."""

    def maker(self) -> Make:
        """The function that makes a leaflet, for an executor."""


class Executor(Protocol):
    """Does jobs, anywhere: yields one outcome for each as it comes, fewer where a stop was asked."""

    def warm(self) -> None:
        """Called once it is known that there will be work; must return at once."""

    def run(self, make: Make, jobs: Sequence[Job], stopped: Callable[[], bool]) -> Iterator[Outcome]:
        """Outcomes in the order in which they come; a job that fails, dies or hangs has one too."""
