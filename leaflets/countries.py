"""Whom to call in each country, and where side effects are reported there."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def countries() -> Mapping[str, Mapping[str, str]]:
    """The rows of the table of countries, by each code that a country has."""
    text = (resources.files("leaflets") / "tables" / "countries.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {name: row for row in rows for name in (row["country"], *row["also"].split())}
