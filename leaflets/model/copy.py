"""What a run makes copies of: a distinct leaflet, one monograph in one edition; whose texts it is made of; and the text
in the code of a label, by which scanners name one copy.

That text is run and serial of the copy, without patient data, as scanners type it:
"LF1" + day and key of the run + "S" + serial in six digits or more + check character, as "LF12611304F1C8A2BS0001237":
only figures and capitals, which keyboards of most languages have in the same place. The check character is that of
ISO 7064, MOD 37,36; it finds every single wrong character and every two that changed places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from leaflets.errors import UsageError
from leaflets.model.edition import Edition, TypeSize

_WHOSE = ("own", "packaged")


@dataclass(frozen=True, slots=True)
class TextOrigin:
    """Whose a text of a leaflet is, by its language: packaged with the program, or the project's own."""

    lang: str
    packaged: bool


def origins_text(origins: Iterable[TextOrigin]) -> str:
    """Origins in words: "es own, en packaged"."""
    return ", ".join(f"{one.lang} {_WHOSE[one.packaged]}" for one in origins)


def origins_in(text: str) -> tuple[TextOrigin, ...]:
    """The inverse of `origins_text`. Raises ValueError where a word is none of ours."""
    words = (one.split(" ") for one in text.split(", ") if one)
    return tuple(TextOrigin(lang, bool(_WHOSE.index(whose))) for lang, whose in words)


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A distinct leaflet: one monograph in one edition."""

    drug: str
    edition: Edition

    def __str__(self) -> str:
        """Its name in messages: "apixaban (patient, en, a4)"; with the type size where that is not the standard one."""
        edition = self.edition
        special = "" if edition.type_size is TypeSize.STANDARD else f", {edition.type_size}"
        return f"{self.drug} ({edition.audience}, {edition.lang}, {edition.paper}{special})"


# ---------------------------------------------------------------- the code of a copy

SERIAL_DIGITS = 6
"""Shorter serials have zeros in front, so that the codes of a run are of one length."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_RUN = re.compile(r"(\d{6})-([0-9a-f]{8,12})")
_CODE = re.compile(r"LF1(\d{6})([0-9A-F]{8,12})S(\d{6,9})[0-9A-Z]")


class CopyCode(NamedTuple):
    """The copy that a code names: its run and its serial in that run."""

    run: str
    serial: int


def copy_code(run: str, serial: int) -> str:
    """The code of a copy. Raises ValueError where the run has no name that a code can hold."""
    body, carry = _beginning(run)
    digits = f"{serial:0{SERIAL_DIGITS}d}"
    return f"{body}{digits}{_ALPHABET[(1 - _carried(digits, carry)) % 36]}"


def read_copy_code(text: str) -> CopyCode:
    """The copy that a scanned or typed code names; spaces around it and small letters do not matter.

    Raises UsageError where it is no code of a label, or a character of it is wrong.
    """
    code = text.strip().upper()
    match = _CODE.fullmatch(code)
    if not match:
        raise UsageError("this is not the code of a label", "Scan the code in the corner of the label.")
    if (_carried(code[:-1], 36) + _VALUES[code[-1]]) % 36 != 1:
        raise UsageError(
            "a character of this code is wrong: its check character does not fit",
            "Scan it again; a scanner set to another keyboard layout types wrong letters.",
        )
    return CopyCode(f"{match[1]}-{match[2].lower()}", int(match[3]))


@lru_cache
def _beginning(run: str) -> tuple[str, int]:
    """The code of a run up to the serial, and what the check carries so far."""
    match = _RUN.fullmatch(run)
    if not match:
        raise ValueError("no name of a run")
    body = f"LF1{match[1]}{match[2].upper()}S"
    return body, _carried(body, 36)


def _carried(text: str, carry: int) -> int:
    """What the check carries after a text (ISO 7064, hybrid system MOD 37,36)."""
    for character in text:
        carry = (carry + _VALUES[character]) % 36 or 36
        carry = carry * 2 % 37
    return carry
