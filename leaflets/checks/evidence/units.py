"""Units of quantities: every spelling → its dimension, and what one of it is in the unit of that dimension."""

import re
from collections.abc import Mapping
from functools import lru_cache

from leaflets.doses.amounts import FORMS, PER, UNITS

HOURS = "hours"
"""The dimension of times: how long, how old."""
PERCENT = "%"
BARE = ""
"""The dimension of a number without a unit."""

_HOURS: Mapping[str, float] = {
    "minute": 1 / 60, "min": 1 / 60, "hour": 1, "hr": 1, "h": 1, "day": 24, "night": 24, "week": 168, "wk": 168,
    "fortnight": 336, "month": 730.5, "mo": 730.5, "year": 8766, "yr": 8766, "second": 1 / 3600, "sec": 1 / 3600,
}  # fmt: skip
_MORE: Mapping[str, tuple[str, float]] = {
    **{word + plural: (HOURS, hours) for word, hours in _HOURS.items() for plural in ("", "s")},
    **dict.fromkeys(("%", "percent", "per cent"), (PERCENT, 1.0)),
    **dict.fromkeys(("mmhg", "mm hg"), ("mmHg", 1.0)), "cm": ("cm", 1.0), "mm": ("cm", 0.1),
    **dict.fromkeys(("inch", "inches"), ("cm", 2.54)),
    **dict.fromkeys(("kg", "kgs", "kilogram", "kilograms"), ("kg", 1.0)),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), ("kg", 0.4536)),
    **dict.fromkeys(("fold", "times", "x"), ("times", 1.0)),
    **dict.fromkeys(("meter", "meters", "metre", "metres", "m"), ("cm", 100.0)),
    **dict.fromkeys(("kcal", "calories"), ("kcal", 1.0)), **dict.fromkeys(("ms", "msec"), ("ms", 1.0)),
    **dict.fromkeys(("dose", "doses"), ("dose", 1.0)), **dict.fromkeys(("pen", "pens"), ("pen", 1.0)),
    **dict.fromkeys(("cell", "cells"), ("cell", 1.0)), **dict.fromkeys(("pack", "packs"), ("pack", 1.0)),
    **dict.fromkeys(("drink", "drinks", "glass", "glasses"), ("drink", 1.0)), "cup": ("cup", 1.0), "cups": ("cup", 1.0),
}  # fmt: skip
DIMENSIONS: Mapping[str, tuple[str, float]] = {
    **{word: (measure.value, scale) for word, (_, measure, scale) in UNITS.items()},
    **dict.fromkeys(("meq",), ("mEq", 1.0)),
    **{word: (form, 1.0) for word, form in FORMS.items()},
    **_MORE,
}
"""Every spelling in small letters; amounts of a dimension can be compared by value."""

_BY: Mapping[str, str] = {**PER, "mm3": "mm3", "mm³": "mm3", "µl": "uL", "μl": "uL", "ul": "uL", "microliter": "uL"}
_OF_TIME = frozenset({"day", "dose"})


def _any(words: Mapping[str, object]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


TEMPERATURE = r"(?:°|º|degrees?)? ?(?:c|f|celsius|fahrenheit)(?![^\W_])"
_PER = (
    r"(?: ?/ ?| per | for each | an? (?=day|week|month)| each (?=day|week|month)| every (?=day|week|month))"
    rf"(?:(?:\d{{1,3}}(?:\.\d{{1,2}})?) ?)?(?:{_any(_BY)})(?![^\W_])"
)
UNIT = rf"(?:{_any(DIMENSIONS)})(?![^\W\d_])(?:{_PER}){{0,3}}(?: of body ?weight)?|{TEMPERATURE}"
_ONE_BY = re.compile(rf"(?:(?P<many>\d{{1,3}}(?:\.\d{{1,2}})?) ?)?(?P<by>{_any(_BY)})(?![^\W_])")
_HEAD = re.compile(rf"(?:{_any(DIMENSIONS)})(?![^\W\d_])")
ANY_UNIT = re.compile(rf"(?<![^\W\d_]){UNIT}")


@lru_cache(maxsize=1024)
def dimension(unit: str) -> tuple[str, float, tuple[str, ...]]:
    """The dimension of a unit in small letters, the value of one of it, and the times it is given by ("day")."""
    if re.fullmatch(TEMPERATURE, unit):
        return "°C", 1.0, ()
    head = _HEAD.match(unit)
    if head is None:
        return BARE, 1.0, ()
    name, scale = DIMENSIONS[head[0]]
    parts = []
    for match in _ONE_BY.finditer(unit, head.end()):
        many = float(match["many"] or 1)
        by = _BY[match["by"]]
        if by == "m2" and match["many"]:  # of body surface, by which a clearance is stated
            continue
        if by not in ("day", "hour", "min"):
            scale /= many
        parts.append(by)
    times = tuple(part for part in parts if part in ("day", "week", "month"))
    rest = [part for part in parts if part not in _OF_TIME and part not in ("week", "month")]
    return "/".join((name, *rest)), scale, times


def celsius(value: float, unit: str) -> float:
    """A temperature in degrees Celsius."""
    return (value - 32) / 1.8 if unit.rstrip().endswith(("f", "fahrenheit")) else value
