"""What stands on one patient's label, and the words around it."""

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from operator import attrgetter

from leaflets.languages import spoken

# 70 × 35 mm, the dispensing label of most European pharmacies, rounded down.
LABEL_WIDTH_PT = 198.4
LABEL_HEIGHT_PT = 99.2

# Marks of direction are ours to set; joiners (U+200C, U+200D) belong to the spelling and stay.
_JOINERS = "\u200c\u200d"
_DIRECTION_MARKS = dict.fromkeys([0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])


@dataclass(frozen=True, slots=True, repr=False)
class Label:
    """One patient's label, as the pharmacy system gave it; an empty field is left out."""

    patient_name: str = ""
    patient_ref: str = ""
    dob: str = ""
    rx_number: str = ""
    directions: str = ""
    quantity: str = ""
    prescriber: str = ""
    dispensed_on: str = ""
    dose_times: str = ""

    def __repr__(self) -> str:
        given = ", ".join(field.name for field in fields(self) if getattr(self, field.name))
        return f"Label({given})"


_OF_LINES = ("directions", "dose_times")
_OF_WORDS = tuple(field.name for field in fields(Label) if field.name not in _OF_LINES)
_fields = attrgetter(*(field.name for field in fields(Label) if field.name != "patient_name"))
_AMISS = re.compile(r"  |^ | $|\| | \|")


@dataclass(frozen=True, slots=True)
class Captions:
    """The words before a label's fields, in the leaflet's language."""

    born: str
    reference: str
    prescription: str
    quantity: str
    dispensed: str


@lru_cache
def captions(lang: str) -> Captions:
    """The captions of a language, English where we have no words in it."""
    say = spoken(lang).say
    return Captions(say("Born"), say("Ref"), say("Rx"), say("Qty"), say("Dispensed"))


def clean(text: str) -> str:
    """Text in composed form on one line, without marks of direction and control characters."""
    if text.isascii() and text.isprintable():
        return text if "  " not in text and text == text.strip() else " ".join(text.split())
    text = unicodedata.normalize("NFC", text.translate(_DIRECTION_MARKS))
    if not text.isprintable():
        text = "".join(map(_plain, text))
    return " ".join(text.split())


def clean_lines(text: str) -> str:
    """As `clean`, but line breaks stay: "2 tablets" below "Day 1" must not become one sentence."""
    return "\n".join(filter(None, map(clean, text.splitlines()))) if "\n" in text or "\r" in text else clean(text)


def cleaned(label: Label) -> Label:
    """The label with all of its fields clean; itself where they are, as most are: then one look does for all."""
    together = "|".join(_fields(label))
    if together.isascii() and together.isprintable() and not _AMISS.search(together):
        name = clean(label.patient_name)
        return label if name == label.patient_name else replace(label, patient_name=name)
    lines = {field: clean_lines(getattr(label, field)) for field in _OF_LINES}
    return replace(label, **{field: clean(getattr(label, field)) for field in _OF_WORDS}, **lines)


def _plain(character: str) -> str:
    """A character as it is printed: soft hyphens and other signs that nobody sees go, other white space is a space."""
    if character.isprintable() or character in _JOINERS or unicodedata.bidirectional(character) == "AN":
        return character  # the signs before Arabic numbers are drawn, though their category is that of unseen ones
    return "" if unicodedata.category(character) == "Cf" else " "
