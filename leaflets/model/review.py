"""Reviews, bound to the words that were read; and the rules of review dates and withdrawal, decided here for all."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from leaflets.model.edition import Audience
from leaflets.model.evidence import DEFAULT_POLICY, Evidence, EvidencePolicy, Statement
from leaflets.model.finding import counted


class Role(StrEnum):
    """In which role somebody vouches for the words of a text."""

    AUTHOR = "author"
    FIRST = "first"
    SECOND = "second"
    COMMITTEE = "committee"
    TRANSLATOR = "translator"
    """That a translation says what its source says; taken on translations alone."""

    @property
    def who(self) -> str:
        """What the person in this role is called."""
        return f"{self} reviewer" if self in (Role.FIRST, Role.SECOND) else self.value


def person_named(by: str) -> str:
    """The form in which persons are told apart: the name without degrees, “ann lee” of “Ann Lee, PharmD”."""
    name = unicodedata.normalize("NFKC", by.partition(",")[0])
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class BoundStatement:
    """A statement and the hash of what it rests on: the passages of its sources, the bytes of its picture."""

    statement: Statement
    rests_on: str

    @property
    def key(self) -> tuple[str, str]:
        """What a review of it records."""
        return self.statement.hash, self.rests_on


def sheet_hash(statements: Iterable[BoundStatement], audience: Audience) -> str:
    """The SHA-256 of all statements that an audience reads, in whatever order."""
    hashes = sorted(each.statement.hash for each in statements if audience in each.statement.readers)
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody vouches for, in which role, from `date` until the end of `until`.

    `statements` are the hashes of the statements, each with that of what it rested on. `audience` is None where the
    words were read for both sheets. `sheets` are the hashes of the sheets as wholes, see `sheet_hash`: a statement that
    was taken out is none that could be read again. `signature` is a signature of the review without itself, empty where
    it has none.
    """

    by: str
    role: Role
    date: dt.date
    until: dt.date
    audience: Audience | None
    statements: Mapping[str, str]
    note: str = ""
    conflicts: str = ""
    signature: str = ""
    sheets: Mapping[Audience, str] = field(default_factory=dict)

    @property
    def person(self) -> str:
        """The name by which one person is known in two roles: see `person_named`."""
        return person_named(self.by)

    def covers(self, bound: BoundStatement, audience: Audience) -> bool:
        """Whether these words were read, for this audience, as they are now and with what they rest on now."""
        statement, rests_on = bound.key
        return self.audience in (None, audience) and self.statements.get(statement) == rests_on


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """All reviews of a text, by the name of the monograph and its language."""

    name: str
    lang: str
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who vouches for a sheet in which role: the day of the last review that counts, and the first day one ends."""

    by: str
    role: Role
    date: dt.date
    until: dt.date


class ReviewStatus(StrEnum):
    """How far the words of a text are vouched for."""

    REVIEWED = "reviewed"
    CHANGED = "changed"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class ReviewState:
    """How far the words of one text are vouched for, whatever the day; see `is_expired` for what has ended.

    Where it is reviewed, `sign_offs` are who vouches for it, in the order of the roles asked for. Where some words have
    changed, `changed` counts their statements and `date` is the day of the last review. `missing` are the roles that
    nobody has taken.
    """

    status: ReviewStatus = ReviewStatus.NEVER
    date: dt.date | None = None
    sign_offs: tuple[SignOff, ...] = ()
    changed: int = 0
    missing: tuple[Role, ...] = ()

    @property
    def reviewed(self) -> bool:
        """Whether all words are vouched for in all roles."""
        return self.status is ReviewStatus.REVIEWED

    @property
    def until(self) -> dt.date | None:
        """The first day on which a review ends, None where it is not reviewed."""
        return min((each.until for each in self.sign_offs), default=None)

    @property
    def names(self) -> tuple[str, ...]:
        """Who vouches for it, each once."""
        return tuple(dict.fromkeys(each.by for each in self.sign_offs))

    @property
    def words(self) -> str:
        """The state in English: "reviewed 2026-11-01", "3 statements changed since the review of 2026-11-01"."""
        if self.reviewed:
            return f"reviewed {self.date}"
        if self.status is ReviewStatus.CHANGED:
            return f"{counted(self.changed, 'statement')} changed since the review of {self.date}"
        return "not clinically reviewed"


@dataclass(frozen=True, slots=True)
class SheetReview:
    """The review of a sheet's text and, where that is a translation, of the text it translates."""

    own: ReviewState
    original: ReviewState | None = None

    @property
    def states(self) -> tuple[ReviewState, ...]:
        """The state of each text, its own first."""
        return (self.own, self.original) if self.original else (self.own,)

    @property
    def reviewed(self) -> bool:
        """Whether all texts are reviewed."""
        return all(state.reviewed for state in self.states)

    @property
    def date(self) -> dt.date | None:
        """The day of the last review that counts, None where it is a draft."""
        return max(state.date for state in self.states if state.date) if self.reviewed else None

    @property
    def until(self) -> dt.date | None:
        """The first day on which a review of one of the texts ends, None where it is a draft."""
        dates = [state.until for state in self.states if state.until]
        return min(dates) if self.reviewed and dates else None

    @property
    def vouched(self) -> str:
        """Who vouches for all texts, each once with the role: "Ann Lee, PharmD (first reviewer)"; empty for a draft."""
        names = (f"{each.by} ({each.role.who})" for state in self.states for each in state.sign_offs)
        return "; ".join(dict.fromkeys(names)) if self.reviewed else ""

    @property
    def words(self) -> str:
        """The state in English; of a translation whose own words are reviewed, that of its source."""
        if self.own.reviewed and self.original and not self.original.reviewed:
            return f"its source: {self.original.words}"
        return self.own.words


NO_REVIEW = SheetReview(ReviewState())
"""That of a text that nobody has reviewed."""


@dataclass(frozen=True, slots=True)
class CheckBasis:
    """What a monograph is checked against: its evidence, the policy on that, and how far its words are vouched for.

    `evidence` is None where it has no evidence file, `review` where it is not asked who vouches for it.
    """

    evidence: Evidence | None = None
    policy: EvidencePolicy = DEFAULT_POLICY
    review: ReviewState | None = None


NO_BASIS = CheckBasis()


class Reviewed(Protocol):
    """What a front matter says of review: dates or, where it was stored as text, ISO dates; empty or None if none."""

    @property
    def review_by(self) -> Any:
        """The date by which the text is to be reviewed again."""

    @property
    def withdrawn(self) -> str:
        """Why the text was withdrawn; empty where it was not."""


def is_expired(review_by: dt.date | str | None, today: dt.date) -> bool:
    """Whether a text is past its review date, a date or an ISO date; on the day itself it is not (standards 8, 16)."""
    return bool(review_by) and str(review_by) < today.isoformat()


def next_review(dates: Iterable[dt.date | str | None]) -> dt.date | None:
    """The first of some dates, each a date, an ISO date, or empty or None where there is none."""
    given = [date if isinstance(date, dt.date) else dt.date.fromisoformat(date) for date in dates if date]
    return min(given, default=None)


def review_of_translation(own: Reviewed, source: Reviewed) -> dict[str, Any]:
    """The fields of a translation that its source decides too: the earlier review date, and either's withdrawal."""
    dates = [date for date in (own.review_by, source.review_by) if date]
    return {
        "review_by": min(dates) if dates else own.review_by,
        "withdrawn": own.withdrawn or source.withdrawn,
    }
