"""How many letters stand side by side in each edition: in a column, on the whole page, and in the lower margin."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from leaflets.model.edition import Audience, Edition, Paper, TypeSize

# Letters, counted low: a table that is thought a little too broad becomes a list, one thought too narrow is cut off.
_COLUMN = {Audience.PATIENT: 52, Audience.CLINICIAN: 54}
_PAGE = {Audience.PATIENT: 76, Audience.CLINICIAN: 108}
_A5_PAGE = {Audience.PATIENT: 50, Audience.CLINICIAN: 66}
_LARGE_PAGE = MappingProxyType({Paper.A4: 49, Paper.LETTER: 50, Paper.A5: 34})
_HALF_PAGE = 36
_FOOT = {Audience.PATIENT: 78, Audience.CLINICIAN: 106}
_A5_FOOT = {Audience.PATIENT: 44, Audience.CLINICIAN: 58}
_LARGE_FOOT: Mapping[Paper, int] = MappingProxyType({Paper.A4: 36, Paper.LETTER: 37, Paper.A5: 37})
_FEWEST_FOOT_LINES = 2


def column_letters(edition: Edition) -> int:
    """About how many letters a column of text is broad."""
    return page_letters(edition) if edition.one_column else _COLUMN[edition.audience]


def page_letters(edition: Edition) -> int:
    """About how many letters the page is broad."""
    if edition.type_size is TypeSize.LARGE_PRINT:
        return _LARGE_PAGE[edition.paper]
    if edition.bilingual:
        return _HALF_PAGE
    return (_A5_PAGE if edition.paper is Paper.A5 else _PAGE)[edition.audience]


def foot_letters(edition: Edition) -> int:
    """About how many letters stand on a line of the lower margin."""
    if edition.type_size is TypeSize.LARGE_PRINT:
        return _LARGE_FOOT[edition.paper]
    return (_A5_FOOT if edition.paper is Paper.A5 else _FOOT)[edition.audience]


def letters_of(words: str) -> int:
    """How many letters some words are broad: a Chinese character takes the place of two."""
    return len(words) + sum(unicodedata.east_asian_width(character) in "WF" for character in words)


def foot_lines(edition: Edition, words: str, beside: str = "") -> int:
    """How many lines the words of the lower margin take, parted at plain spaces only; never less than two.

    What stands beside them follows them in large print on A5, where two columns have no room.
    """
    narrow = edition.type_size is TypeSize.LARGE_PRINT and edition.paper is Paper.A5
    told = f"{words} · {beside}" if narrow and beside else words
    return max(sum(_lines(part, foot_letters(edition)) for part in told.split("\n")), _FEWEST_FOOT_LINES)


def _lines(words: str, most: int) -> int:
    lines, filled = 1, 0
    for word in words.split(" "):
        if filled and filled + letters_of(word) > most:
            lines, filled = lines + 1, 0
        filled += letters_of(word) + 1
    return lines
