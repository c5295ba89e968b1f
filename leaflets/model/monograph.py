"""The frozen types of a monograph as its author wrote it: text, blocks, front matter, sections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from leaflets.model.edition import Audience
from leaflets.model.finding import Finding, Withheld


@dataclass(frozen=True, slots=True)
class TextRun:
    """A stretch of text in one face.

    A reference mark has no text and, as its `mark`, a source id ("L1") or a section of that source ("L1:2.3").
    """

    text: str
    bold: bool = False
    emphasis: bool = False
    mark: str = ""

    @property
    def source(self) -> str:
        """The id of the source that a reference mark names."""
        return self.mark.partition(":")[0]


Text = tuple[TextRun, ...]


def plain(text: Text) -> str:
    """The characters of a text, without faces and marks."""
    return "".join(run.text for run in text)


class BoxKind(StrEnum):
    """What a box around some blocks means."""

    KEY_MESSAGE = "key-message"
    URGENT = "urgent"
    BOXED_WARNING = "boxed-warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `lead` is its bold lead-in ("Rheumatoid arthritis (RA):"), taken off the text.

    `icon` names the pictogram that stands beside it on the patient leaflet.
    """

    line: int
    text: Text
    lead: Text = ()
    audience: Audience | None = None
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list; its first block is usually a paragraph."""

    line: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list. `start` is the first number of an ordered list, None for bullets. `tick` draws boxes to tick."""

    line: int
    items: tuple[Item, ...]
    start: int | None = None
    tick: bool = False
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table."""

    line: int
    cells: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one or more rows below its header, all of as many cells; the header's cells may all be empty."""

    line: int
    header: tuple[Text, ...]
    rows: tuple[TableRow, ...]
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """Blocks in a box."""

    line: int
    kind: BoxKind
    title: Text
    blocks: tuple[Block, ...]
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question and its answer."""

    line: int
    question: Text
    answer: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """A set of questions and answers."""

    line: int
    questions: tuple[Question, ...]
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading below the section's own; `depth` 1 stands directly below the section."""

    line: int
    text: Text
    depth: int = 1
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation."""

    line: int
    blocks: tuple[Block, ...]
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text set as it stands, line by line."""

    line: int
    text: str
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, by the name of its file among the content; its text stands for it where it is not seen."""

    line: int
    name: str
    text: str
    audience: Audience | None = None


class DoseTime(StrEnum):
    """A time of day at which a medicine is taken, in the order of the day."""

    MORNING = "morning"
    MIDDAY = "midday"
    EVENING = "evening"
    BEDTIME = "bedtime"


@dataclass(frozen=True, slots=True)
class DoseGrid:
    """How much is taken at each time of the day; where no amount is given, all are written in by hand."""

    line: int
    amounts: tuple[tuple[DoseTime, str], ...] = ()
    audience: Audience | None = None


Block = Paragraph | Items | Table | Box | Questions | Subheading | Quote | Verbatim | Picture | DoseGrid


@dataclass(frozen=True, slots=True)
class Reference:
    """One numbered reference."""

    id: str
    title: str
    date: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A finding that the author has reviewed and accepts, and the reason.

    `code` names the rule. `line` (0 for any), `section` (its id) and `words` (the offending words) narrow it down.
    """

    code: str
    reason: str
    line: int = 0
    section: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """The record of a translation: the version of its source, and by section the hashes of what was translated."""

    of: str
    blocks: tuple[tuple[str, tuple[str, ...]], ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Front:
    """What the front matter says; only `title` is required. `translation` is None in a text that translates none.

    `reviewed` and `reviewers` make nothing reviewed: texts of older versions say so, and a check asks for a review.
    """

    title: str
    generic_name: str = ""
    brand_names: tuple[str, ...] = ()
    drug_class: str = ""
    forms: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    route: str = ""
    jurisdiction: str = ""
    legal_status: str = ""
    say_it_as: str = ""
    version: str = ""
    reviewed: dt.date | None = None
    review_by: dt.date | None = None
    reviewers: tuple[str, ...] = ()
    withdrawn: str = ""
    sources: tuple[Reference, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    allow: tuple[Suppression, ...] = ()
    dose_times: DoseGrid | None = None
    translation: Translation | None = None
    unknown: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its canonical id ("other" where its heading is no known synonym) and the author's own heading.

    `subject` names the component of a combination product the section is about, where the author repeats the set.
    """

    id: str
    heading: str
    line: int
    blocks: tuple[Block, ...]
    subject: str = ""
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class Monograph:
    """One medicine in one language, as its author wrote it; `two_audiences`: some of it is marked for one audience.

    `other_language` is that of its headings, where they are in another than `lang`, the language of the sheet's words.
    """

    name: str
    file: str
    lang: str
    front: Front
    sections: tuple[Section, ...]
    two_audiences: bool = False
    findings: tuple[Finding, ...] = ()
    comments: tuple[Withheld, ...] = ()
    other_language: str = ""
