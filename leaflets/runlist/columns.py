"""The columns of a list under our own names, and the rows of cells that a list of any format becomes."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from leaflets.labels import LABEL_FIELDS
from leaflets.model.finding import Finding

CODE_COLUMNS = ("rxcui", "ndc", "atc")
"""Columns that name the drug by a code, beside `drug` itself."""

SHEET_COLUMNS = ("audience", "lang", "edition", "paper", "copies", "destination")
"""Columns that say which edition, how many copies and where to."""

COLUMNS = frozenset(("drug", *CODE_COLUMNS, *SHEET_COLUMNS, *LABEL_FIELDS))

MAX_CELL_CHARS = 2_000
"""Characters in one cell; no label holds more."""

_TRAIL = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xC0))

_ENCODED_TWICE = re.compile(
    f"[ÂÃÄÅ][{_TRAIL}]|â[€‚„][{_TRAIL}]|(?:[Ã-ß][{_TRAIL}]){{2}}|(?:[à-ï][{_TRAIL}]{{2}}){{2}}|(?<=[a-zà-ÿ])[ÂÃ]$"
)
"""UTF-8 read as Windows-1252: a Latin letter, an accented one or a curly mark; or two letters of another script.

A byte that starts a letter in UTF-8 is a letter with an accent in Windows-1252 (Ã, Ø …), one that goes on with it a
symbol; no word has the two side by side. Where the symbol is a space (“à”), it is gone at the end of a cell.
"""


PERSONAL_COLUMNS = frozenset({"patient_name", "patient_ref", "dob", "rx_number"})
"""Columns whose cells seldom repeat from row to row."""


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list: its header, the column of ours that it holds (empty for none), and whether it is ignored.

    `place` says where the header stands, for an error that must not repeat it. `usual` is true where the header is
    ours by the table of usual headers alone.
    """

    header: str = field(repr=False)
    column: str
    place: str
    ignored: bool = False
    usual: bool = False

    @property
    def unknown(self) -> bool:
        """Whether nobody says what it holds."""
        return bool(self.header.strip()) and not self.column and not self.ignored


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: the line it begins on, its cells by column, its text in the list, and why it cannot be read, if so.

    `patient_lang` is the language its patient reads, where the list says it of the patient and not of the leaflet.
    `directions_lang` is the language of directions that were put into words of ours, empty for those of the list.
    """

    line: int
    cells: Mapping[str, str] = field(repr=False)
    raw: str = field(repr=False)
    fault: str = ""
    patient_lang: str = field(default="", repr=False)
    directions_lang: str = ""


@dataclass(frozen=True, slots=True)
class ParsedList:
    """The rows of a list, what was found about it, its text before, between and after the rows, and its columns."""

    rows: tuple[ListRow, ...]
    findings: tuple[Finding, ...] = ()
    prefix: str = ""
    separator: str = ""
    suffix: str = ""
    columns: tuple[ListColumn, ...] = ()

    def with_finding(self, finding: Finding) -> "ParsedList":
        """The same with one more finding about the list as a whole."""
        return replace(self, findings=(finding, *self.findings))

    def empty_cells(self) -> Mapping[str, float]:
        """The share of rows without text in a column, from 0 to 1, by our column; of rows that can be read."""
        rows = [row.cells for row in self.rows if not row.fault]
        names = [one.column for one in self.columns if one.column]
        return {name: sum(not cells.get(name) for cells in rows) / max(1, len(rows)) for name in names}


def unreadable_row(line: int, raw: str, fault: str) -> ListRow:
    """A row that cannot be read; `fault` must not repeat any of its text, which may be a patient's."""
    return ListRow(line, MappingProxyType({}), raw, fault)


def clean_cell(text: str) -> str:
    """A cell without the space around it and the ="…" some spreadsheets put around numbers."""
    text = text.strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1].strip()
    return text


def cell_fault(cells: Mapping[str, str]) -> str:
    """Why these cells cannot be printed, empty if they can.

    One is too long, holds a character without a shape, or letters that are the bytes of others.
    """
    for name, text in cells.items():
        if len(text) > MAX_CELL_CHARS:
            return f"column `{name}` holds more than {MAX_CELL_CHARS} characters"
        if not text.isascii() and _ENCODED_TWICE.search(text):
            return f"column `{name}` was encoded twice: its UTF-8 was once read as another encoding (“Ã©” for “é”)"
        if "\ufffd" in text:
            return f"column `{name}` holds “\ufffd”, which stands for a letter that was lost before the list came here"
        if not text.isprintable() and _unprintable(text):
            return f"column `{name}` holds a character that cannot be printed"
    return ""


def _unprintable(text: str) -> bool:
    """Whether there are control, unassigned, private or lone surrogate characters, other than line breaks and tabs."""
    return any(unicodedata.category(letter) in {"Cc", "Cn", "Co", "Cs"} for letter in text if letter not in "\n\r\t")
