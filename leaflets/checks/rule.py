"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Passage, Position
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
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Violation:
    """Where a rule is broken: tokens `first` up to `end` of a passage, or a line, or (0) the whole file.

    `hint`, `severity` and `excerpt` replace the rule's remedy, its severity and the quoted tokens where they are given;
    `file` is the file of the line where it is not the monograph's.
    """

    message: str
    passage: Passage | None = None
    first: int = 0
    end: int = 0
    line: int = 0
    hint: str = ""
    severity: Severity | None = None
    excerpt: str = ""
    file: str = ""

    @property
    def quoted(self) -> str:
        """The offending words."""
        if self.excerpt or self.passage is None or self.end <= self.first:
            return self.excerpt
        return self.passage.quote(self.first, self.end)


def violation_at(position: Position, end: int = 1, *, start: int = 0, message: str, hint: str = "") -> Violation:
    """A violation by the tokens from `start` up to `end`, counted from a position."""
    first = position.token_index
    return Violation(message, position.passage, first + start, first + end, hint=hint)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a careful pharmacist looks for.

    `code` never changes. `remedy` says what to write instead. `patient` and `clinician` are the severity for each
    audience, None where the rule does not apply to it. `find` returns where a reading breaks the rule, in time linear
    in the length of the text. Where `bad` and `good` are whole fragments of a monograph, the rule finds something in
    `bad` and nothing in `good`; a rule that compares two texts takes them as translations of `translated_from`, one
    that reads the evidence has `evidence` for their evidence file.
    """

    code: str
    family: Family
    title: str
    why: str
    source: str
    remedy: str
    bad: str
    good: str
    find: Callable[[Reading], Iterable[Violation]]
    patient: Severity | None = None
    clinician: Severity | None = None
    translated_from: str = ""
    evidence: str = ""

    def severity(self, audience: Audience) -> Severity | None:
        """The severity for an audience, None where the rule does not apply to it."""
        return self.patient if audience is Audience.PATIENT else self.clinician
