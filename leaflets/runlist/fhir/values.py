"""Values of FHIR JSON, each of the type that FHIR has there; numbers keep the digits they were written with."""

import json
import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

Object = Mapping[str, object]

MOST_DIGITS = 12
"""Digits of a number before or after its point; no dose has more."""


class UnreadableResource(ValueError):
    """A row that cannot be made, and why; the message names elements of FHIR, never what stands in them."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name occurs twice in an object")
    return values


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation as error:
        raise ValueError("a number has an exponent that no number has") from error


def _no_constant(_name: str) -> object:
    raise ValueError("NaN and Infinity are not JSON")


DECODER = json.JSONDecoder(parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=_without_repeats)
"""Decodes FHIR JSON. Raises ValueError where a name occurs twice in an object, which could then be read two ways."""


def member(parent: Object, name: str) -> Object:
    """The object of this name, empty where there is none. Raises UnreadableResource where it is something else."""
    value = parent.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise unexpected(name)
    return value


def members(parent: Object, name: str) -> list[Object]:
    """The objects of a list. Raises UnreadableResource where it is something else."""
    values = _listed(parent, name)
    if not all(isinstance(value, dict) for value in values):
        raise unexpected(name)
    return values


def text(parent: Object, name: str) -> str:
    """The text of this name without the space around it, empty where there is none.

    Raises UnreadableResource where it is something else.
    """
    value = parent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise unexpected(name)
    return value.strip()


def texts(parent: Object, name: str) -> list[str]:
    """The texts of a list. Raises UnreadableResource where it is something else."""
    values = _listed(parent, name)
    if not all(isinstance(value, str) for value in values):
        raise unexpected(name)
    return [value.strip() for value in values]


def flag(parent: Object, name: str) -> bool | None:
    """Whether it is true, None where it is not there. Raises UnreadableResource where it is something else."""
    value = parent.get(name)
    if value is not None and not isinstance(value, bool):
        raise unexpected(name)
    return value


def number(parent: Object, name: str) -> str:
    """The number of this name as it is printed, empty where there is none: "0.5", "10".

    Its digits are those of the list, but for zeros at the end of a fraction: "1.0 mg" is read as 10 mg (ISMP). Raises
    UnreadableResource where it is no number, or none of a medicine.
    """
    value = parent.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise unexpected(name)
    decimal = Decimal(value)
    sign, _, exponent = decimal.as_tuple()
    if sign or decimal.adjusted() >= MOST_DIGITS or not isinstance(exponent, int) or exponent < -MOST_DIGITS:
        raise unexpected(name)
    digits = format(decimal, "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def refuse_unknown(value: Object, elements: Collection[str], where: str) -> None:
    """Raises UnreadableResource where an object has an element besides these, which its words would leave out.

    Extensions may be passed over, those that modify the meaning may not (hl7.org/fhir/R4/extensibility.html).
    """
    if any(name not in elements and name not in {"id", "extension"} and not name.startswith("_") for name in value):
        raise UnreadableResource(f"`{where}` has an element that cannot be put into words")


def unexpected(name: str) -> UnreadableResource:
    """The error for an element that does not hold what FHIR has there."""
    return UnreadableResource(f"`{name}` does not hold what FHIR has there")


def snomed_words(display: str) -> str:
    """The display of a SNOMED CT code without its tag: "Oral route (qualifier value)" → "Oral route"."""
    return re.sub(r"( - dosing instruction imperative)?( \([a-z /+-]+\))?$", "", display)


def _listed(parent: Object, name: str) -> list[Any]:
    """The values of a list; null stands where a value has nothing but extensions."""
    values = parent.get(name)
    if values is None:
        return []
    if not isinstance(values, list):
        raise unexpected(name)
    return [value for value in values if value is not None]
