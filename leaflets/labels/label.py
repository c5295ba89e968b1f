"""The fields of a patient's label, the rows they are printed on with their captions, and the cleaning of their text."""

import re
import unicodedata
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from leaflets.languages import language_or_english, msg

# 70 × 35 mm, the dispensing label of most European pharmacies, rounded down.
LABEL_WIDTH_PT = 198.4
LABEL_HEIGHT_PT = 99.2

# Direction marks are removed: `bidi` decides the order. Joiners (U+200C, U+200D) are part of the spelling and stay.
_JOINERS = "\u200c\u200d"
_DIRECTION_MARKS = dict.fromkeys([0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


class LabelRow(Enum):
    """The rows of a label, from top to bottom. The fields of one row stand on one line, with a dot between them."""

    NAME = 1
    PERSON = 2
    DIRECTIONS = 3
    DOSE_TIMES = 4
    SUPPLY = 5
    ORIGIN = 6


class _Printed(NamedTuple):
    """Where a field is printed: its row, its place in the row, the caption before it, and whether lines are kept."""

    row: LabelRow
    place: int
    caption: str
    keeps_lines: bool


def _printed(row: LabelRow, place: int = 1, caption: str = "", *, keeps_lines: bool = False) -> str:
    """The default of a field of Label: empty, with how it is printed as metadata."""
    return field(default="", metadata={"printed": _Printed(row, place, caption, keeps_lines)})


@dataclass(frozen=True, slots=True, repr=False)
class Label:
    """One patient's label, as the pharmacy system gave it; an empty field is left out.

    The one list of a label's fields: columns of a run list, captions and the rows of the printed label follow from it.
    """

    patient_name: str = _printed(LabelRow.NAME)
    patient_ref: str = _printed(LabelRow.PERSON, 2, msg("Ref"))
    dob: str = _printed(LabelRow.PERSON, 1, msg("Born"))
    rx_number: str = _printed(LabelRow.SUPPLY, 2, msg("Rx"))
    directions: str = _printed(LabelRow.DIRECTIONS, keeps_lines=True)
    quantity: str = _printed(LabelRow.SUPPLY, 1, msg("Qty"))
    prescriber: str = _printed(LabelRow.ORIGIN, 1)
    dispensed_on: str = _printed(LabelRow.ORIGIN, 2, msg("Dispensed"))
    dose_times: str = _printed(LabelRow.DOSE_TIMES, keeps_lines=True)

    def __repr__(self) -> str:
        given = ", ".join(name for name in LABEL_FIELDS if getattr(self, name))
        return f"Label({given})"


_PRINTED: dict[str, _Printed] = {one.name: one.metadata["printed"] for one in fields(Label)}
LABEL_FIELDS = tuple(_PRINTED)
"""The names of a label's fields, which are also columns of a run list."""

_OF_LINES = tuple(name for name, printed in _PRINTED.items() if printed.keeps_lines)
_OF_WORDS = tuple(name for name in LABEL_FIELDS if name not in _OF_LINES)
_all_but_name = attrgetter(*(name for name in LABEL_FIELDS if name != "patient_name"))
_NEEDS_CLEANING = re.compile(r"  |^ | $|\| | \|")


class RowFields(NamedTuple):
    """What is printed on one row, in one language: its fields in order, each with the caption before it."""

    row: LabelRow
    fields: tuple[tuple[str, str], ...]

    def text(self, label: Label) -> str:
        """The fields of a label with their captions on one line; what is empty is left out."""
        parts = []
        for name, caption in self.fields:
            value = getattr(label, name)
            if value:
                parts.append(f"{caption} {value}" if caption else value)
        return " · ".join(parts)


@lru_cache
def label_rows(lang: str) -> tuple[RowFields, ...]:
    """The rows of a label from top to bottom, with captions in a language; in English where we have no words in it."""
    say = language_or_english(lang).say
    places = sorted((printed.row.value, printed.place, name) for name, printed in _PRINTED.items())
    captions = {name: say(printed.caption) if printed.caption else "" for name, printed in _PRINTED.items()}
    return tuple(
        RowFields(LabelRow(number), tuple((name, captions[name]) for _, _, name in row))
        for number, row in groupby(places, key=lambda place: place[0])
    )


def clean(text: str) -> str:
    """The text in composed form (NFC) on one line, without direction marks and control characters."""
    if text.isascii() and text.isprintable():
        return text if "  " not in text and text == text.strip() else " ".join(text.split())
    text = unicodedata.normalize("NFC", text.translate(_DIRECTION_MARKS))
    if not text.isprintable():
        text = "".join(map(_plain, text))
    return " ".join(text.split())


def clean_lines(text: str) -> str:
    """As `clean`, but with its line breaks: "Day 1" and "2 tablets" below it must not become one sentence."""
    return "\n".join(filter(None, map(clean, text.splitlines()))) if "\n" in text or "\r" in text else clean(text)


def cleaned(label: Label) -> Label:
    """The label with all of its fields clean; the same object where they are clean already."""
    # Most labels are clean ASCII, which one check of all fields together shows quickly.
    together = "|".join(_all_but_name(label))
    if together.isascii() and together.isprintable() and not _NEEDS_CLEANING.search(together):
        name = clean(label.patient_name)
        return label if name == label.patient_name else replace(label, patient_name=name)
    lines = {name: clean_lines(getattr(label, name)) for name in _OF_LINES}
    return replace(label, **{name: clean(getattr(label, name)) for name in _OF_WORDS}, **lines)


def _plain(character: str) -> str:
    """The character as it is printed: nothing for soft hyphens and other invisible signs, a space for white space."""
    if character.isprintable() or character in _JOINERS or unicodedata.bidirectional(character) == "AN":
        return character  # number signs of Arabic have the category of invisible characters (Cf), but are drawn
    return "" if unicodedata.category(character) == "Cf" else " "
