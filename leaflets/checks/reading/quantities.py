"""The numbers of a text in any of our languages, with their units, so that two texts can be compared."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from leaflets.checks.reading.word_tables import shared_rows

_MARKS = re.compile("[\u064b-\u0652\u0670\u0640\u200e\u200f\u061c\u2066-\u2069]")
"""Vowel signs and the long stroke of Arabic, and marks of direction: they change the spelling, not the meaning."""

_PHONE = r"\d{1,4}(?:[-\u2010-\u2013][0-9A-Z]{2,5}){2,5}(?!\w)"
_NUMBER = r"\d+(?:[.,]\d+)*|\.\d+"
_QUANTITY = re.compile(rf"(?P<phone>(?<!\w){_PHONE})|(?P<number>{_NUMBER})")
_DECIMAL_COMMA = frozenset({"es", "vi"})
_POINT_COUNTRIES = frozenset({"US", "GB", "UK", "CA", "AU", "IN"})
_LOCAL = str.maketrans({"\u066b": ".", "\u066c": ","})
_LONGEST_UNIT = 24

Quantities = Mapping[str, Counter[str]]
"""Each amount of a text (a phone number as it is written) with how often it stands with each unit, "" for none."""


def quantities(text: str, lang: str, jurisdiction: str = "US") -> Quantities:
    """The amounts in a text, whichever digits it is written in.

    In Spanish and Vietnamese a comma may stand for the decimal point, unless the text is for a country where a reader
    would take it for thousands.
    """
    language = lang.split("-")[0]
    comma = language in _DECIMAL_COMMA and jurisdiction.upper() not in _POINT_COUNTRIES
    amounts: dict[str, Counter[str]] = {}
    for amount, unit in _amounts(_folded(text), language, comma=comma):
        amounts.setdefault(amount, Counter())[unit] += 1
    return amounts


def _folded(text: str) -> str:
    """The text with every digit as a Western one and every run of white space as one space."""
    plain = unicodedata.normalize("NFKC", _MARKS.sub("", text)).translate(_LOCAL)
    digits = (str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in plain)
    return " ".join("".join(digits).split())


def _amounts(text: str, language: str, *, comma: bool) -> Iterator[tuple[str, str]]:
    for match in _QUANTITY.finditer(text):
        if match["phone"]:
            yield re.sub("[\u2010-\u2013]", "-", match[0]), ""
        else:
            rest = text[match.end() : match.end() + _LONGEST_UNIT].lstrip(" -\u2010\u2011")
            yield _amount(match[0], comma=comma), _unit(rest, language)


def _amount(number: str, *, comma: bool) -> str:
    """A number without separators of thousands, with a point before its decimals."""
    thousands, decimal = (".", ",") if comma else (",", ".")
    whole, _, part = number.partition(decimal)
    groups = whole.split(thousands)
    if len(groups) > 1 and not all(len(group) == 3 for group in groups[1:]):
        return number  # neither thousands nor decimals but a date or a list: left as it is written
    return "".join(groups) + (f".{part}" if part else "")


def _unit(rest: str, language: str) -> str:
    for spelled, unit in _spellings(language):
        ends = not rest[len(spelled) : len(spelled) + 1].isalpha() or language == "zh"
        if rest.startswith(spelled) and ends:
            return unit
    return ""


@cache
def _spellings(language: str) -> tuple[tuple[str, str], ...]:
    """All spellings of units in a language, the longest first."""
    pairs = (
        (_folded(spelled), row["unit"]) for row in shared_rows("units") for spelled in row.get(language, "").split("|")
    )
    return tuple(sorted(((spelled, unit) for spelled, unit in pairs if spelled), key=lambda pair: -len(pair[0])))


@cache
def _kinds() -> Mapping[str, str]:
    return {row["unit"]: row["kind"] for row in shared_rows("units")}


def differences(translated: Quantities, source: Quantities) -> Iterator[tuple[str, str]]:
    """Each amount on which a translation and its source disagree, with a sentence that says how."""
    for amount in dict.fromkeys([*source, *translated]):
        here, there = translated.get(amount, Counter()), source.get(amount, Counter())
        if here.total() < there.total():
            yield amount, f"the source says {_quoted(amount, there)}, which is not in the translation"
        elif here.total() > there.total():
            yield amount, f"the translation says {_quoted(amount, here)}, which is not in the source"
        elif _units_differ(here, there):
            yield amount, f"the source says {_quoted(amount, there)}, the translation {_quoted(amount, here)}"


def _quoted(amount: str, units: Counter[str]) -> str:
    unit = next((unit for unit in units if unit), "")
    times = f" {units.total()} times" if units.total() > 1 else ""
    return f"“{amount}{' ' + unit if unit else ''}”{times}"


def _units_differ(left: Counter[str], right: Counter[str]) -> bool:
    """Whether units disagree: those of a dose always, those of time only where both texts name one."""
    one, other = +left, +right
    without_unit = one.pop("", 0), other.pop("", 0)
    if one == other:
        return False
    doses = any(_kinds()[unit] == "dose" for unit in (*one, *other) if one[unit] != other[unit])
    return doses or not any(without_unit)
