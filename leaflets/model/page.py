"""A page before and after typesetting: how far it is tightened, its markup, the finished PDF and its rectangles."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from leaflets.model.edition import Edition, Notice
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.review import NO_REVIEW, SheetReview

ID_DIGITS = 10
"""How much of its content id a sheet prints."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A named rectangle on a page (from 0), in points from the page's bottom left corner."""

    name: str
    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class SectionLines:
    """The lines of one section on one page (from 0); `part` counts up where a page was begun on purpose."""

    title: str
    page: int
    lines: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class Pdf:
    """A finished PDF: its bytes, its pages, the rectangles kept free for labels, how full each page is (0 to 1).

    `stretches` are the lines of each section on each page.
    """

    data: bytes
    pages: int
    rects: tuple[Rect, ...] = ()
    fills: tuple[float, ...] = (1.0,)
    stretches: tuple[SectionLines, ...] = ()


class Fit(StrEnum):
    """How far a sheet is tightened to its budget of paper, in the order in which it is tried."""

    DESIGN = "design"
    SPACING = "spacing"
    MARGINS = "margins"
    TYPE = "type"
    FLOOR = "floor"

    @property
    def description(self) -> str:
        """The steps taken, in words and in order: "less spacing, narrower margins"."""
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

    `review_by` is the first date on which one of its texts is due for review, `review` who vouches for their words.
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
    review: SheetReview = NO_REVIEW


@dataclass(frozen=True, slots=True)
class Attachment:
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
    attachments: tuple[Attachment, ...] = ()
