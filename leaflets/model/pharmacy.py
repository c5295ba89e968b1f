"""Who hands a sheet out."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_TEXT = 1_000
"""Letters of one text of a pharmacy: an address or opening hours; more has no place on a sheet."""


@dataclass(frozen=True, slots=True)
class Pharmacy:
    """Who hands the sheet out, as the settings say; an empty text is not printed.

    `logo` is the path of a picture from the head of the project. `report` says for some countries, by their codes,
    how side effects are reported.
    """

    name: str = ""
    address: str = ""
    phone: str = ""
    emergency: str = ""
    poison: str = ""
    hours: str = ""
    out_of_hours: str = ""
    logo: str = ""
    logo_alt: str = ""
    report: tuple[tuple[str, str], ...] = ()


def is_pharmacy_text(value: object) -> bool:
    """Whether it is a text of a pharmacy, and not too long to be printed."""
    return isinstance(value, str) and len(value) <= LONGEST_TEXT
