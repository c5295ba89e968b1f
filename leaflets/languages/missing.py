"""Which of the program's own texts the catalogue of a language lacks."""

from __future__ import annotations

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from leaflets.languages import CATALOGUES, ENGLISH, catalogue_file

TEMPLATE = CATALOGUES / "leaflet.pot"
"""All texts of the program, collected from the code and the templates by scripts/catalogues.py."""


def words() -> tuple[str, ...]:
    """All texts of the program, in alphabetical order."""
    with TEMPLATE.open("rb") as file:
        return tuple(sorted(str(entry.id) for entry in read_po(file) if entry.id))


def missing(code: str) -> tuple[str, ...]:
    """The texts that a language has no translation of, or an uncertain (fuzzy) one; none for English."""
    if code == ENGLISH.code:
        return ()
    file = catalogue_file(code)
    if not file.exists():
        return words()
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale=code)
    return tuple(text for text in words() if not _is_translated(catalogue, text))


def _is_translated(catalogue: Catalog, text: str) -> bool:
    entry = catalogue.get(text)
    return entry is not None and bool(entry.string) and not entry.fuzzy
