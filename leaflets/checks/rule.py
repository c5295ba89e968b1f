"""What a rule is, and what it hands back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from leaflets.checks.reading import Passage, Position, Reading
from leaflets.model.edition import Audience
from leaflets.model.finding import Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


class Family(StrEnum):
    """A group of rules; the text before the dash of a code."""

    SAFETY = "safety"
    NUMBERS = "numbers"
    COMPLETENESS = "completeness"
    PLAIN_LANGUAGE = "plain language"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a rule is broken: tokens `first` up to `end` of a stretch, or a line, or (0) the whole file.

    `write` and `severity` take the place of the rule's own where they are given.
    """

    message: str
    stretch: Passage | None = None
    first: int = 0
    end: int = 0
    line: int = 0
    write: str = ""
    severity: Severity | None = None
    words: str = ""

    @property
    def quoted(self) -> str:
        """The offending words."""
        if self.words or self.stretch is None or self.end <= self.first:
            return self.words
        return self.stretch.quote(self.first, self.end)


def at(place: Position, end: int = 1, *, start: int = 0, message: str, write: str = "") -> Hit:
    """A hit on the tokens from `start` up to `end`, counted from a place."""
    return Hit(message, place.stretch, place.at + start, place.at + end, write=write)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a careful pharmacist looks for.

    `code` never changes. `patient` and `clinician` say how much it matters to each, None that it does not apply.
    `find` returns the places in a reading where the rule is broken, in time linear in its length. Where `bad` and
    `good` are whole fragments of a monograph the rule finds something in the one and nothing in the other; `of` is the
    text they are translations of, for a rule that holds both against each other.
    """

    code: str
    family: Family
    title: str
    why: str
    source: str
    write: str
    bad: str
    good: str
    find: Callable[[Reading], Iterable[Hit]]
    patient: Severity | None = None
    clinician: Severity | None = None
    of: str = ""

    def severity(self, audience: Audience) -> Severity | None:
        """How much it matters to an audience."""
        return self.patient if audience is Audience.PATIENT else self.clinician
