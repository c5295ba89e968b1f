"""How many characters fit on a line of each edition: in a column, across the page, and in the lower margin."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.paper import Paper

# Estimates on the low side: a table wrongly thought too wide becomes a list, one wrongly thought to fit is cut off.
_COLUMN = {Audience.PATIENT: 52, Audience.CLINICIAN: 54}
_PAGE = {Audience.PATIENT: 76, Audience.CLINICIAN: 108}
_A5_PAGE = {Audience.PATIENT: 50, Audience.CLINICIAN: 66}
_LARGE_PAGE = MappingProxyType({Paper.A4: 49, Paper.LETTER: 50, Paper.A5: 34})
_HALF_PAGE = 36
_FOOT = {Audience.PATIENT: 78, Audience.CLINICIAN: 106}
_A5_FOOT = {Audience.PATIENT: 44, Audience.CLINICIAN: 58}
_LARGE_FOOT: Mapping[Paper, int] = MappingProxyType({Paper.A4: 36, Paper.LETTER: 37, Paper.A5: 37})
_FEWEST_FOOTER_LINES = 2


def column_characters(edition: Edition) -> int:
    """About how many characters fit on a line of a column."""
    return page_characters(edition) if edition.one_column else _COLUMN[edition.audience]


def page_characters(edition: Edition) -> int:
    """About how many characters fit on a line across the page."""
    if edition.type_size is TypeSize.LARGE_PRINT:
        return _LARGE_PAGE[edition.paper]
    if edition.bilingual:
        return _HALF_PAGE
    return (_A5_PAGE if edition.paper is Paper.A5 else _PAGE)[edition.audience]


def footer_characters(edition: Edition) -> int:
    """About how many characters fit on a line of the lower margin."""
    if edition.type_size is TypeSize.LARGE_PRINT:
        return _LARGE_FOOT[edition.paper]
    return (_A5_FOOT if edition.paper is Paper.A5 else _FOOT)[edition.audience]


def width_in_characters(words: str) -> int:
    """The width of words in Latin characters; a Chinese character is as wide as two."""
    return len(words) + sum(unicodedata.east_asian_width(character) in "WF" for character in words)


def footer_lines(edition: Edition, words: str, beside: str = "") -> int:
    """How many lines the words of the lower margin take, broken at plain spaces only; at least two.

    In large print on A5 the words of the other side, `beside`, follow them, as two columns do not fit there.
    """
    narrow = edition.type_size is TypeSize.LARGE_PRINT and edition.paper is Paper.A5
    whole_text = f"{words} · {beside}" if narrow and beside else words
    return max(
        sum(_wrapped_lines(part, footer_characters(edition)) for part in whole_text.split("\n")), _FEWEST_FOOTER_LINES
    )


def _wrapped_lines(words: str, most: int) -> int:
    lines, filled = 1, 0
    for word in words.split(" "):
        if filled and filled + width_in_characters(word) > most:
            lines, filled = lines + 1, 0
        filled += width_in_characters(word) + 1
    return lines
