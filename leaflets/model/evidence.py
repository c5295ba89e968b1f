"""Statements of a monograph, and the evidence they rest on: the register of its sources, their passages by section.

A statement is what a reader of a sheet can agree with or not, the smallest thing that evidence and review speak of.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from leaflets.model.edition import Audience
from leaflets.model.monograph import Block


class StatementKind(StrEnum):
    """What a statement is in its text."""

    FACT = "fact"
    """A value of the front matter that is printed."""
    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, an item of a list, a row of a table with its headers, a printed value of the front matter.

    `text` has all the words, "header: cell; header: cell" of a row. `under` are the words above it that it cannot be
    read without, the nearest last: the title of its box, the heading or the question above it, the sentence that leads
    its list in. `marks` are its reference marks as they stand ("M1:2.3"), those at the end of a paragraph count for all
    sentences before them that have none. `audience` is None where both read it. `number` is that of a step in an
    ordered list.
    """

    kind: StatementKind
    section: str
    heading: str
    line: int
    text: str
    under: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    audience: Audience | None = None
    number: int | None = None

    @property
    def hash(self) -> str:
        """The SHA-256 of what a reader is told: section and its heading, audience, the words above it and its own.

        Line breaks, bold, emphasis, reference marks and its place make no difference; that of a step is its number.
        """
        number = "" if self.number is None else str(self.number)
        parts = (self.kind, self.section, self.heading, self.audience or "", number, *self.under, self.text)
        words = "\0".join(" ".join(unicodedata.normalize("NFC", part).split()) for part in parts)
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def readers(self) -> tuple[Audience, ...]:
        """The audiences whose sheets it may stand on."""
        return (self.audience,) if self.audience else tuple(Audience)


class SourceKind(StrEnum):
    """What a source is, the strongest first."""

    LABEL = "label"
    AGENCY = "agency"
    GUIDELINE = "guideline"
    FORMULARY = "formulary"
    TEXTBOOK = "textbook"
    OTHER = "other"

    @property
    def rank(self) -> int:
        """0 for the strongest, larger for weaker ones."""
        return list(SourceKind).index(self)


@dataclass(frozen=True, slots=True)
class EvidencePolicy:
    """What a project asks of its sources: the weakest kind that counts, the years after which a label or another source
    is old, and the help numbers of the pharmacy beside those of the country."""

    floor: SourceKind = SourceKind.FORMULARY
    label_years: int = 3
    other_years: int = 5
    help_numbers: tuple[str, ...] = ()

    def years(self, kind: SourceKind) -> int:
        """The years after which a source of this kind is old."""
        return self.label_years if kind is SourceKind.LABEL else self.other_years


DEFAULT_POLICY = EvidencePolicy()


@dataclass(frozen=True, slots=True)
class NewerSearch:
    """A search that found nothing newer than a source: the day, and where was looked."""

    date: dt.date
    where: str


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """One source in the register of an evidence file.

    `date` is an ISO date, a month (2026-05) or a year (2026), as exact as it is known; empty where the source has none.
    `nothing_newer` is the search that found nothing newer, None where none is recorded.
    """

    id: str
    kind: SourceKind
    title: str
    line: int
    jurisdiction: str = ""
    set_id: str = ""
    version: str = ""
    date: str = ""
    where: str = ""
    nothing_newer: NewerSearch | None = None

    @property
    def last_day(self) -> dt.date | None:
        """The last day that its date may mean, None where it has none: 2026-05 is 31 May 2026."""
        parts = [int(part) for part in self.date.split("-") if part]
        if not parts:
            return None
        year, month, day = (*parts, *(12, 31)[len(parts) - 1 :]) if len(parts) < 3 else parts
        if len(parts) == 3:
            return dt.date(year, month, day)
        return dt.date(year, month, calendar.monthrange(year, month)[1])


@dataclass(frozen=True, slots=True)
class EvidencePassage:
    """What one section of a source says, in blocks. `topic` is the section of a monograph it belongs to ("other" where
    its title is none), `section` the number or name that the source gives it, empty for the source as a whole."""

    source: str
    section: str
    title: str
    topic: str
    line: int
    blocks: tuple[Block, ...]

    @property
    def mark(self) -> str:
        """How a reference mark names it: "M1:2.3", or "M1" for the source as a whole."""
        return f"{self.source}:{self.section}" if self.section else self.source


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence file of a monograph. `gaps` say what no source was found for."""

    name: str
    file: str
    sources: tuple[EvidenceSource, ...]
    passages: tuple[EvidencePassage, ...]
    gaps: tuple[str, ...] = ()

    def source(self, id: str) -> EvidenceSource | None:
        """The source with this id, None where the register has none."""
        return next((source for source in self.sources if source.id == id), None)

    def under(self, mark: str) -> Iterator[EvidencePassage]:
        """The passages that a reference mark names: "M1:2" also names 2.3 and 2.3.1, "M1" all of the source."""
        source, _, section = mark.partition(":")
        for passage in self.passages:
            if passage.source == source and is_within(passage.section, section):
                yield passage


def is_within(section: str, named: str) -> bool:
    """Whether a section of a source is the one that is named, or a part of it; everything is within ""."""
    return not named or section == named or section.startswith(f"{named}.")
