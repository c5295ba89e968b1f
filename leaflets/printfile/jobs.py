"""What a print file is made from, and what is known of it once it is written."""

from collections.abc import Callable
from dataclasses import dataclass

from leaflets.labels.label import Label
from leaflets.model.compiled import Sheet

SheetSource = Callable[[str], Sheet]


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy to print: its leaflet by key, its serial ("12 of 340"), the rest of its control line, its label.

    `notes` are words that must stand on the sheet, such as "Draft: not clinically reviewed". Only `label` holds patient
    data.
    """

    sheet: str
    serial: str
    control: str
    label: Label | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Banner:
    """A first sheet that says what follows: a title and lines of text, without patient data."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintJob:
    """How a print file is written. `title` and `lang` are the document's own; `duplex` starts each copy on a new sheet
    of paper.
    """

    title: str
    lang: str = "en"
    tagged: bool = False
    duplex: bool = True
    bookmarks: bool = True
    banner: Banner | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: copies, pages and sheets of paper (blank backs and banner counted), bytes and their hash."""

    copies: int
    pages: int
    sheets_of_paper: int
    bytes: int
    sha256: str
