"""What the catalogue of a language lacks of our own words."""

from __future__ import annotations

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from leaflets.languages import CATALOGUES, ENGLISH, catalogue_file

TEMPLATE = CATALOGUES / "leaflet.pot"
"""All our words, as found in the code and the templates by scripts/catalogues.py."""


def words() -> tuple[str, ...]:
    """All our words, in alphabetical order."""
    with TEMPLATE.open("rb") as file:
        return tuple(sorted(str(entry.id) for entry in read_po(file) if entry.id))


def missing(code: str) -> tuple[str, ...]:
    """The words for which a language has none, or none that is sure; never any in English."""
    if code == ENGLISH.code:
        return ()
    file = catalogue_file(code)
    if not file.exists():
        return words()
    with file.open("rb") as lying:
        catalogue = read_po(lying, locale=code)
    return tuple(each for each in words() if not _sure(catalogue, each))


def _sure(catalogue: Catalog, each: str) -> bool:
    entry = catalogue.get(each)
    return entry is not None and bool(entry.string) and not entry.fuzzy
