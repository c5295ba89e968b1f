"""The columns of a list under our own names, and the rows of cells that a list of any format becomes."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from leaflets.errors import UsageError
from leaflets.labels import LABEL_FIELDS
from leaflets.model.finding import Finding, Severity

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
    """The rows of a list, what was found about it, and its text before, between and after the rows."""

    rows: tuple[ListRow, ...]
    findings: tuple[Finding, ...] = ()
    prefix: str = ""
    separator: str = ""
    suffix: str = ""

    def with_finding(self, finding: Finding) -> "ParsedList":
        """The same with one more finding about the list as a whole."""
        return replace(self, findings=(finding, *self.findings))


def unreadable_row(line: int, raw: str, fault: str) -> ListRow:
    """A row that cannot be read; `fault` must not repeat any of its text, which may be a patient's."""
    return ListRow(line, MappingProxyType({}), raw, fault)


def column_names(headers: Iterable[str], columns: Mapping[str, str]) -> tuple[str, ...]:
    """Our name for each header, empty where we have none. Case, spaces and hyphens make no difference.

    Raises UsageError where two headers mean the same column or the settings map to a column that does not exist.
    """
    own = {_key(header): column for header, column in columns.items()}
    for column in own.values():
        if column not in COLUMNS:
            raise UsageError(f'[batch.columns] maps to "{column}", which is no column', f"Columns: {_listed()}.")
    names = tuple(_our_name(_key(header), own) for header in headers)
    for index, name in enumerate(names):
        if name and name in names[:index]:
            raise UsageError(f"the list has the column `{name}` twice", "Take one away, or rename it.")
    return names


def unused_columns(headers: Iterable[str], names: Iterable[str], line: int) -> tuple[Finding, ...]:
    """One finding for all columns that are not used; it gives their numbers, since a header may be a patient's name."""
    numbers = [
        str(number) for number, (header, name) in enumerate(zip(headers, names, strict=True), 1) if not name and header
    ]
    if not numbers:
        return ()
    many = f"columns {', '.join(numbers)} are" if len(numbers) > 1 else f"column {numbers[0]} is"
    hint = f"Columns: {_listed()}. Rename others under [batch.columns] in leaflet.toml."
    return (Finding(Severity.INFO, "list-column-unused", f"{many} not used", hint, line=line),)


def missing_drug_column(line: int) -> UsageError:
    """The error for a list whose header names no drug; it does not repeat the header, which may be a patient's row."""
    return UsageError(
        f"line {line} of the list names no column `drug`, `rxcui`, `ndc` or `atc`",
        f"The first line must name the columns: {_listed()}. Map other headers under [batch.columns] in leaflet.toml.",
    )


def has_drug_column(names: Iterable[str]) -> bool:
    """Whether one of the columns says which drug."""
    return not {"drug", *CODE_COLUMNS}.isdisjoint(names)


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


def _our_name(key: str, own: Mapping[str, str]) -> str:
    if key in own:
        return own[key]
    return key if key in COLUMNS else ""


def _key(header: str) -> str:
    return "_".join(header.strip().casefold().replace("-", " ").replace("_", " ").split())


def _listed() -> str:
    return ", ".join(("drug", *CODE_COLUMNS, *SHEET_COLUMNS, *LABEL_FIELDS))
