"""Quantities, ranges and ratios of a dosage → words: "1 tablet", "1 to 2 tablets", "8 tablets in 24 hours"."""

import re
from decimal import Decimal

from leaflets.runlist.fhir.values import Object, UnreadableResource, member, number, refuse_unknown, text

_FORMS = (
    *("tablet", "capsule", "drop", "puff", "spray", "patch", "suppository", "sachet", "lozenge", "ampoule", "vial"),
    *("application", "dose", "unit", "microgram", "nanogram", "millimole", "teaspoon", "tablespoon"),
)
_PLURALS = {"patch": "patches", "suppository": "suppositories"}

_SPELLINGS = {
    "tab": "tablet",
    "tabs": "tablet",
    "{tbl}": "tablet",
    "{tab}": "tablet",
    "cap": "capsule",
    "caps": "capsule",
    "{cap}": "capsule",
    "gtt": "drop",
    "gtts": "drop",
    "[drp]": "drop",
    "supp": "suppository",
    "supps": "suppository",
    "u": "unit",
    "iu": "unit",
    "[iu]": "unit",
    "international unit": "unit",
    "international units": "unit",
    "ug": "microgram",
    "µg": "microgram",
    "μg": "microgram",
    "mcg": "microgram",
    "ng": "nanogram",
    "mmol": "millimole",
    "tsp": "teaspoon",
    "[tsp_us]": "teaspoon",
    "tbsp": "tablespoon",
    "[tbs_us]": "tablespoon",
    **{
        spelling: form
        for form in _FORMS
        for plural in (_PLURALS.get(form, form + "s"),)
        for spelling in (form, plural, f"{form}(s)", f"{{{form}}}", f"{{{plural}}}")
    },
}
"""Spellings of units, in UCUM or in words, which are printed in full where a symbol is misread (ISMP: µg, U, IU)."""

_SYMBOLS = {
    "mg": "mg",
    "g": "g",
    "kg": "kg",
    "gm": "g",
    "ml": "mL",
    "cc": "mL",
    "l": "L",
    "cm": "cm",
    "%": "%",
    "mg/ml": "mg/mL",
}
"""Symbols without a plural that are safe as they are, by their spelling in lower case; litres have a capital."""

TIMES = {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}
"""Units of time by their UCUM code."""

_TIME_SPELLINGS = {**TIMES, **{word + s: word for word in TIMES.values() for s in ("", "s")}}

_QUANTITY = frozenset({"value", "unit", "system", "code"})

_UCUM = "http://unitsofmeasure.org"
_ANNOTATION = re.compile(r"\{.*?\}")


def quantity_words(quantity: Object, element: str) -> str:
    """A quantity in words. `element` names it in messages.

    Raises UnreadableResource where it has no number, no unit, or more than a number and a unit.
    """
    value = _value(quantity, element)
    return f"{value} {_unit(quantity, value, element)}"


def range_words(extent: Object, element: str) -> str:
    """A range in words: "1 to 2 tablets", "up to 2 tablets". Raises UnreadableResource where it has no upper end."""
    refuse_unknown(extent, {"low", "high"}, element)
    low, high = member(extent, "low"), member(extent, "high")
    if not high:
        raise UnreadableResource(f"`{element}` has no upper end")
    most = quantity_words(high, element)
    if not low:
        return f"up to {most}"
    least = quantity_words(low, element)
    unit = _unit(high, _value(high, element), element)
    same = _unit(low, _value(high, element), element) == unit
    if same and Decimal(_value(low, element)) > Decimal(_value(high, element)):
        raise UnreadableResource(f"`{element}` has its ends the wrong way round")
    return f"{_value(low, element) if same else least} to {most}"


def ratio_words(ratio: Object, element: str, *, per: str) -> str:
    """A ratio in words, its parts joined by `per`: "8 tablets in 24 hours", "100 mL per hour".

    Raises UnreadableResource where a part is missing or cannot be put into words.
    """
    refuse_unknown(ratio, {"numerator", "denominator"}, element)
    below = member(ratio, "denominator")
    value = _value(below, element)
    time = _time(below, element)
    unit = _counted(time, value) if time else _unit(below, value, element)
    amount = unit if value == "1" and per == "per" else f"{value} {unit}"
    return f"{quantity_words(member(ratio, 'numerator'), element)} {per} {amount}"


def span_words(quantity: Object, element: str) -> str:
    """A length of time in words: "7 days". Raises UnreadableResource where it is none."""
    value = _value(quantity, element)
    time = _time(quantity, element)
    if not time:
        raise UnreadableResource(f"`{element}` has no unit of time")
    return f"{value} {_counted(time, value)}"


def time_unit(code: str, value: str, element: str) -> str:
    """The unit of time of a UCUM code, in the number that goes with the value. Raises UnreadableResource."""
    if code not in TIMES:
        raise UnreadableResource(f"`{element}` has no unit of time")
    return _counted(TIMES[code], value)


def _value(quantity: Object, element: str) -> str:
    refuse_unknown(quantity, _QUANTITY, element)
    value = number(quantity, "value")
    if value in {"", "0"}:
        raise UnreadableResource(f"`{element}` has no number, or is nothing")
    return value


def _unit(quantity: Object, value: str, element: str) -> str:
    unit, code = text(quantity, "unit"), _ucum(quantity)
    of_unit, of_code = _plain(unit), _plain(code)
    if of_unit and of_code and of_unit != of_code:
        raise UnreadableResource(f"`{element}` has a unit and the code of another")
    if unit and set(_ANNOTATION.sub("", code)) & set("./") and not {"/", "per"} & {*unit, *unit.split()}:
        raise UnreadableResource(f"`{element}` has a unit of which its code says more")
    plain = of_unit or (not unit and of_code)
    if not plain and not unit:
        raise UnreadableResource(f"`{element}` has no unit in words")
    return _counted(plain, value) if plain in _FORMS else plain or unit


def _plain(spelling: str) -> str:
    """The unit as it is printed, in the singular; empty for a spelling that is none of ours."""
    key = spelling.casefold()
    return _SPELLINGS.get(key) or _SYMBOLS.get(key, "")


def _ucum(quantity: Object) -> str:
    """The code of the unit, empty where it is of another system than UCUM, in which "L" may be a lozenge."""
    return text(quantity, "code") if text(quantity, "system") in {"", _UCUM} else ""


def _time(quantity: Object, element: str) -> str:
    """The unit of time in the singular, empty where it is none.

    Raises UnreadableResource where unit and code differ.
    """
    units = {_TIME_SPELLINGS.get(text(quantity, name), "") for name in ("unit", "code")} - {""}
    if len(units) > 1:
        raise UnreadableResource(f"`{element}` has a unit and the code of another")
    return next(iter(units), "")


def _counted(form: str, value: str) -> str:
    return form if value == "1" else _PLURALS.get(form, form + "s")
