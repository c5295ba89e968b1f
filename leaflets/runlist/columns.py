"""What a list of any form becomes: rows of cells under our own column names."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from leaflets.errors import UsageError
from leaflets.labels import LABEL_FIELDS
from leaflets.model.finding import Finding, Severity

CODES = ("rxcui", "ndc", "atc")
"""Columns that name the drug by a code, beside `drug` itself."""

SHEET = ("audience", "lang", "edition", "paper", "copies", "destination")
"""Columns that say which sheet, how often and where to."""

COLUMNS = frozenset(("drug", *CODES, *SHEET, *LABEL_FIELDS))

MAX_CELL = 2_000
"""Characters in one cell; no label holds more."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: the line it begins on, its cells, its text as it stood, and why it could not be read, if so."""

    line: int
    cells: Mapping[str, str] = field(repr=False)
    raw: str = field(repr=False)
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ParsedList:
    """The rows of a list and the text before, between and after them."""

    rows: tuple[ListRow, ...]
    findings: tuple[Finding, ...] = ()
    head: str = ""
    joint: str = ""
    foot: str = ""

    def with_finding(self, finding: Finding) -> "ParsedList":
        """The same reading with one more finding about the list as a whole."""
        return replace(self, findings=(finding, *self.findings))


def faulty(line: int, raw: str, fault: str) -> ListRow:
    """A row that could not be read; `fault` must not repeat anything that stands in it."""
    return ListRow(line, MappingProxyType({}), raw, fault)


def column_names(headers: Iterable[str], columns: Mapping[str, str]) -> tuple[str, ...]:
    """Our name for each header, empty where it is none of ours. Case, spaces and hyphens make no difference.

    Raises UsageError where two headers mean the same column or the settings map to a column that does not exist.
    """
    own = {_key(theirs): ours for theirs, ours in columns.items()}
    for ours in own.values():
        if ours not in COLUMNS:
            raise UsageError(f'[batch.columns] maps to "{ours}", which is no column', f"Columns: {_listed()}.")
    named = tuple(_ours(_key(header), own) for header in headers)
    for place, name in enumerate(named):
        if name and name in named[:place]:
            raise UsageError(f"the list has the column `{name}` twice", "Take one away, or rename it.")
    return named


def unused_finding(headers: Iterable[str], named: Iterable[str], line: int) -> tuple[Finding, ...]:
    """One finding for all the columns nothing is done with; it counts them, since a header may be anything."""
    places = [
        str(place) for place, (header, name) in enumerate(zip(headers, named, strict=True), 1) if not name and header
    ]
    if not places:
        return ()
    many = f"columns {', '.join(places)} are" if len(places) > 1 else f"column {places[0]} is"
    hint = f"Columns: {_listed()}. Rename others under [batch.columns] in leaflet.toml."
    return (Finding(Severity.INFO, "list-column-unused", f"{many} not used", hint, line=line),)


def no_drug_column(line: int) -> UsageError:
    """The error for a list whose header names no drug; it does not repeat the header, which may be a patient's row."""
    return UsageError(
        f"line {line} of the list names no column `drug`, `rxcui`, `ndc` or `atc`",
        f"The first line must name the columns: {_listed()}. Map other headers under [batch.columns] in leaflet.toml.",
    )


def names_a_drug(named: Iterable[str]) -> bool:
    """Whether one of the columns says which drug."""
    return not {"drug", *CODES}.isdisjoint(named)


def clean(text: str) -> str:
    """A cell without the space around it and the ="…" some spreadsheets put around numbers."""
    text = text.strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1].strip()
    return text


def fault_in(cells: Mapping[str, str]) -> str:
    """What makes these cells unfit for a label: too long, or a character that cannot be printed; empty if nothing."""
    for name, text in cells.items():
        if len(text) > MAX_CELL:
            return f"column `{name}` holds more than {MAX_CELL} characters"
        if not text.isprintable() and _unprintable(text):
            return f"column `{name}` holds a character that cannot be printed"
    return ""


def _unprintable(text: str) -> bool:
    """Control, unassigned, private and lone surrogate characters; line breaks, tabs and marks of direction may stay."""
    return any(unicodedata.category(letter) in {"Cc", "Cn", "Co", "Cs"} for letter in text if letter not in "\n\r\t")


def _ours(key: str, own: Mapping[str, str]) -> str:
    if key in own:
        return own[key]
    return key if key in COLUMNS else ""


def _key(header: str) -> str:
    return "_".join(header.strip().casefold().replace("-", " ").replace("_", " ").split())


def _listed() -> str:
    return ", ".join(("drug", *CODES, *SHEET, *LABEL_FIELDS))
