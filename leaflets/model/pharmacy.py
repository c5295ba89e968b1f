"""Who hands a sheet out."""

from __future__ import annotations

from dataclasses import dataclass


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
