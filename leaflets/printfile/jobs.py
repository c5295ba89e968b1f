"""What a print file is written from (copies, banner, options), and the facts of a finished file."""

from collections.abc import Callable
from dataclasses import dataclass

from leaflets.labels.label import Label
from leaflets.model.compiled import CompiledLeaflet

LeafletSource = Callable[[str], CompiledLeaflet]


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy to print: the key of its leaflet, its serial ("12 of 340"), the rest of its control line, its label.

    `notes` are words that must stand on the sheet, such as "Draft: not clinically reviewed". `code` is the text of the
    code on the label; none is drawn where it is empty. With `label_sheet`, the whole label is on a sheet of its own at
    the end. Only `label` holds patient data.
    """

    leaflet_key: str
    serial: str
    control: str
    label: Label | None = None
    notes: tuple[str, ...] = ()
    code: str = ""
    large_print: bool = False
    label_sheet: bool = False


@dataclass(frozen=True, slots=True)
class Banner:
    """The text of a banner page: a title and lines, without patient data."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintJob:
    """The options of a print file.

    `title` and `lang` are the document's own. With `duplex`, each copy starts on a new sheet of paper.
    """

    title: str
    lang: str = "en"
    tagged: bool = False
    duplex: bool = True
    bookmarks: bool = True
    banner: Banner | None = None


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A finished file: copies, pages and sheets of paper (blank backs and banner counted), bytes and their hash."""

    copies: int
    pages: int
    sheets_of_paper: int
    bytes: int
    sha256: str
