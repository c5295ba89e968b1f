"""The frozen types of a printed sheet: for whom, on what paper, what was found and withheld, and the PDF itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Who reads the sheet."""

    PATIENT = "patient"
    CLINICIAN = "clinician"


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Paper(StrEnum):
    """A sheet of paper, by its CSS name."""

    A4 = "a4"
    LETTER = "letter"

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}[self.value]


@dataclass(frozen=True, slots=True)
class Edition:
    """The form in which one monograph is printed."""

    audience: Audience
    lang: str = "en"
    paper: Paper = Paper.A4

    @property
    def stylesheets(self) -> tuple[str, ...]:
        """The stylesheets of this edition, in the order of the cascade; `theme.css` is the project's own."""
        return ("fonts.css", "page.css", f"{self.paper}.css", f"{self.audience}.css", "theme.css")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know about a monograph or a page; `line` counts from 1, 0 is the whole file."""

    severity: Severity
    code: str
    message: str
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    audience: Audience | None = None
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something the source has and this audience does not see, and why."""

    line: int
    excerpt: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pharmacy:
    """Who hands the sheet out, as the settings say; an empty text is not printed."""

    name: str = ""
    address: str = ""
    phone: str = ""
    emergency: str = ""


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
class Pdf:
    """A finished PDF: its bytes, its pages, the rectangles kept free for labels, how full the last page is (0 to 1)."""

    data: bytes
    pages: int
    rects: tuple[Rect, ...] = ()
    last_page_fill: float = 1.0
