"""The frozen types that travel between the stages; they know no stage.

Those of `leaflets.paper` are here too: it is apart only so that a sheet from the cache need not load the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from leaflets.paper import Audience as Audience
from leaflets.paper import Edition as Edition
from leaflets.paper import Finding as Finding
from leaflets.paper import Form as Form
from leaflets.paper import Notice as Notice
from leaflets.paper import Paper as Paper
from leaflets.paper import Pdf as Pdf
from leaflets.paper import Pharmacy as Pharmacy
from leaflets.paper import Rect as Rect
from leaflets.paper import Severity as Severity
from leaflets.paper import Stretch as Stretch
from leaflets.paper import Withheld as Withheld

# ---------------------------------------------------------------- text


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one face; a reference mark has a source id as its `mark` and no text."""

    text: str
    bold: bool = False
    emphasis: bool = False
    mark: str = ""


Text = tuple[Run, ...]


def plain(text: Text) -> str:
    """The characters of a text, without faces and marks."""
    return "".join(run.text for run in text)


# ---------------------------------------------------------------- blocks


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
class Row:
    """One row of a table."""

    line: int
    cells: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header row; every row has as many cells as the header."""

    line: int
    header: tuple[Text, ...]
    rows: tuple[Row, ...]
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


# ---------------------------------------------------------------- monograph


@dataclass(frozen=True, slots=True)
class Source:
    """One numbered reference."""

    id: str
    title: str
    date: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Allow:
    """A finding the author has looked at and lets stand, and why.

    `code` names the rule. `line` (0 for any), `section` (its id) and `words` (the offending words) narrow it down.
    """

    code: str
    reason: str
    line: int = 0
    section: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """The record of a translation: the version of its source, and by section the hashes of what was translated.

    `source_reviewed` is known once it was held against its source: whether that was clinically reviewed.
    """

    of: str
    blocks: tuple[tuple[str, tuple[str, ...]], ...]
    line: int = 0
    source_reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Front:
    """What the front matter says; only `title` is required. `translation` is None in a text that translates none."""

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
    sources: tuple[Source, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    allow: tuple[Allow, ...] = ()
    dose_times: DoseGrid | None = None
    translation: Translation | None = None
    unknown: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its canonical id ("other" where no synonym knows its heading) and the author's own heading.

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
    """One medicine in one language, as its author wrote it; `two_voices`: some of it is marked for one audience."""

    name: str
    file: str
    lang: str
    front: Front
    sections: tuple[Section, ...]
    two_voices: bool = False
    findings: tuple[Finding, ...] = ()
    comments: tuple[Withheld, ...] = ()


# ---------------------------------------------------------------- view


class Place(StrEnum):
    """Where on the sheet a section stands: in the name block, the first page or column, the second, or full width."""

    NAME = "name"
    TOP = "top"
    FIRST = "first"
    SECOND = "second"
    FOOT = "foot"


@dataclass(frozen=True, slots=True)
class ViewSection:
    """A section as one audience sees it. `note` is the author's own heading, kept in sight where the title is ours."""

    id: str
    title: str
    place: Place
    line: int
    blocks: tuple[Block, ...]
    note: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What one audience sees of a monograph, in reading order."""

    audience: Audience
    front: Front
    sections: tuple[ViewSection, ...]
    two_voices: bool = False
    withheld: tuple[Withheld, ...] = ()


# ---------------------------------------------------------------- page


class Fit(StrEnum):
    """How far a sheet is tightened to its budget of paper, in the order in which it is tried."""

    DESIGN = "design"
    SPACING = "spacing"
    MARGINS = "margins"
    TYPE = "type"
    FLOOR = "floor"

    @property
    def told(self) -> str:
        """What was done, in the order in which it was done."""
        words = ("less spacing", "narrower margins", "smaller type", "type at its floor")
        return ", ".join(words[: tuple(Fit).index(self)])

    @property
    def classes(self) -> str:
        """The classes that stylesheets know it by: each step keeps what the ones before it did."""
        steps = tuple(Fit)[1:]
        return " ".join(f"fit-{step}" for step in steps[: steps.index(self) + 1]) if self in steps else ""


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a sheet says of itself besides the monograph: its edition, its pharmacy and its content id.

    `review_by` is the first date on which one of its texts is due for review.
    `code_in_head`: its square code stands beside the name, as no margin holds it.
    """

    edition: Edition
    pharmacy: Pharmacy
    content_id: str
    notices: tuple[Notice, ...] = ()
    review_by: dt.date | None = None
    open_safety_findings: int = 0
    code_in_head: bool = False
    fit: Fit = Fit.DESIGN


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes into the PDF beside its pages; `relation` is its AFRelationship, `date` that of its content."""

    name: str
    data: bytes
    mime: str
    relation: str
    description: str
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Html:
    """A page ready to be typeset: markup, stylesheets (names among the assets), what the PDF says of itself,
    and the files that go into it.
    """

    markup: str
    stylesheets: tuple[str, ...]
    title: str
    lang: str
    author: str = ""
    content_id: str = ""
    keywords: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
