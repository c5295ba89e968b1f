"""Finds our own words in the code, the templates and the tables, and brings the catalogues of all languages up to date.

Without arguments it writes leaflet.pot and the catalogues; new words stand in them untranslated until somebody fills
them in, and words no longer used are dropped.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from leaflets.languages import CATALOGUES, ENGLISH, LANGUAGES, catalogue_file
from leaflets.languages.missing import TEMPLATE

PACKAGE = CATALOGUES.parent.parent
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_MARKS = {"_": None, "msg": None, "say": None}
_COLUMNS = ("poison_name", "report")
_COUNTRIES = "tables/countries.csv"
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)  # a date of its own would change the files at every run


def messages() -> Iterator[tuple[str, str]]:
    """Our words, each with the file it was found in."""
    for file, _, words, _, _ in extract_from_dir(PACKAGE, _METHODS, keywords=_MARKS):
        if isinstance(words, str):
            yield words, Path(file).as_posix()
    with (PACKAGE / _COUNTRIES).open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            yield from ((row[column], _COUNTRIES) for column in _COLUMNS if row[column])


def empty(code: str | None, comment: str) -> Catalog:
    """A catalogue without words."""
    return Catalog(
        locale=code, header_comment=f"# {comment}", project="leaflet", version="1", msgid_bugs_address="none",
        last_translator="none", language_team="none", creation_date=_NEVER, revision_date=_NEVER, fuzzy=False,
    )  # fmt: skip


def template() -> Catalog:
    """All our words, untranslated."""
    catalogue = empty(None, "The words of our own on a sheet. Written by scripts/catalogues.py.")
    for words, file in sorted(messages()):
        catalogue.add(words, locations=[(file, None)])
    return catalogue


def updated(code: str, words: Catalog) -> Catalog:
    """The catalogue of a language with all of our words, and no others."""
    file = catalogue_file(code)
    catalogue = empty(code, f"The words of our own on a sheet, in {LANGUAGES[code].name}.")
    if file.exists():
        with file.open("rb") as lying:
            catalogue = read_po(lying, locale=code)
    catalogue.update(words, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def write(file: Path, catalogue: Catalog) -> None:
    """Saves a catalogue, its entries in the order of their words."""
    with file.open("wb") as lying:
        write_po(lying, catalogue, width=100, sort_output=True, omit_header=False)


if __name__ == "__main__":
    words = template()
    write(TEMPLATE, words)
    for code in LANGUAGES:
        if code != ENGLISH.code:
            write(catalogue_file(code), updated(code, words))
