"""Which canonical section an author's heading means, by a table of synonyms for each language."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from leaflets.model.monograph import plain
from leaflets.parse.inline import inline
from leaflets.parse.standards import (
    GROUP,
    is_fda_label,
    may_name,
    names_in,
    names_of,
    standard_section,
    without_number,
    words_of,
)

TABLES = "tables/headings"
"""The folder of the tables: one for each language, with a heading and its section on each line."""

ENGLISH = "en"

# Vowel signs and the long stroke of Arabic: they change the spelling, not the meaning.
_ARABIC_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")


def synonyms(lang: str) -> Mapping[str, tuple[str, ...]]:
    """The headings of each section in a language; empty where there is no table for it."""
    table = resources.files("leaflets") / TABLES / f"{lang}.csv"
    if not table.is_file():
        return {}
    headings: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        headings[row["section"]] = (*headings.get(row["section"], ()), row["heading"])
    return headings


SYNONYMS = synonyms(ENGLISH)
"""The English headings of every section; they are understood in every language."""

CONTENT = frozenset(SYNONYMS) - {"generic_name", "disclaimer", "sources"}

_QUALIFIED = re.compile(r"^(?P<head>[^()（）]{2,60}?)\s*[(（](?P<subject>[^()（）]{2,120})[)）]$")
_COLON = re.compile(r"[:：]")
_BOXED_WARNING = re.compile(r"warnings?\s?[:–—]\s?(?=\w)", re.IGNORECASE)
_LONGEST_OF_LABEL = 80
_LONGEST_SUBJECT = 10
_INLINE = re.compile(r"[\\\[&<]")
# Markup at the edge of a word; a star or an underscore that stands alone, or inside a word, is text.
_MARKS = re.compile(r"(?<!\w)[*_`]+(?=\S)|(?<=\S)[*_`]+(?!\w)")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading means: its canonical id, the author's words, the component it is about, and text on the same line.

    `exact` says that a table has exactly these words; `groups` that they only group other headings ("Package leaflet").
    """

    id: str
    words: str
    subject: str = ""
    rest: str = ""
    exact: bool = False
    groups: bool = False


@dataclass(frozen=True, slots=True)
class HeadingReader:
    """What the headings of one text are read by: its language, and the names of its medicine in `words_of` form.

    `loose`: lines without any mark of a heading are read as well, see `plain_headings`. `fda_label`: its boxed warning
    is named by its subject (“WARNING: HEPATOTOXICITY”).
    """

    lang: str = ENGLISH
    names: frozenset[str] = frozenset()
    loose: bool = False
    fda_label: bool = False

    def read(self, raw: str) -> Heading:
        """What a heading means."""
        return self.boxed_warning(raw) or classify(raw, self.lang, self.names)

    def read_exact(self, raw: str) -> Heading | None:
        """What a heading means whose words stand in a table, but for number and name; None for any other."""
        words = heading_words(raw)
        return self.boxed_warning(raw) or _exact(words, raw, self) or _standard(words, raw, self)

    def boxed_warning(self, raw: str) -> Heading | None:
        """The title of the boxed warning of a label; a sentence after “Warning:” is its text and no title."""
        words = heading_words(raw) if self.fda_label else ""
        is_title = words.isupper() or (len(words.split()) <= _LONGEST_SUBJECT and not words.endswith((".", "!")))
        return Heading("boxed_warning", words, exact=True) if is_title and _BOXED_WARNING.match(words) else None


def heading_reader(lang: str, titles: Iterable[str], headings: Iterable[str]) -> HeadingReader:
    """A reader that knows the medicine by these titles, and by what its headings call it beyond doubt."""
    names = names_of(lookup_key(title) for title in titles if title)
    base = lang.split("-")[0]
    headings = tuple(headings)
    naming = (heading for heading in headings if may_name(heading, base))
    called = names_in(map(_standard_form, naming), base)
    warns = any(_BOXED_WARNING.match(heading.lstrip("#* ")) for heading in headings)
    fda_label = warns and is_fda_label(_standard_form(each) for each in headings if len(each) <= _LONGEST_OF_LABEL)
    return HeadingReader(lang, names | called, fda_label=fda_label)


def _standard_form(heading: str) -> str:
    return words_of(lookup_key(heading_words(heading)))


def without_markup(raw: str) -> str:
    """A heading without closing hashes, the name and class a converter gave it, bold marks and trailing colons."""
    text = re.sub(r"\s+(?:#+|\{[#.][^{}]*\})\s*$", "", raw.strip())
    text = re.sub(r"\s+", " ", _MARKS.sub("", text)).strip()
    return text.rstrip(":： ").strip()


def heading_words(raw: str) -> str:
    """The words of a heading: links, entities and reference marks resolved as in a paragraph."""
    text = without_markup(raw)
    return without_markup(plain(inline(text))) if _INLINE.search(text) else text


@cache
def _meanings(lang: str) -> Mapping[str, str]:
    tables = (SYNONYMS,) if lang == ENGLISH else (SYNONYMS, synonyms(lang))
    return {words: section for table in tables for section, headings in table.items() for words in headings}


def lookup_key(words: str) -> str:
    """The form in which the tables are searched: small letters, straight apostrophes, no Arabic vowel signs."""
    return _ARABIC_MARKS.sub("", unicodedata.normalize("NFC", words)).casefold().replace("’", "'").strip()


def section_id(words: str, lang: str = ENGLISH) -> str | None:
    """The canonical id for exactly these words in a language, or in English; None where they are no known heading."""
    return _meanings(lang.split("-")[0]).get(lookup_key(words))


def classify(raw: str, lang: str = ENGLISH, names: frozenset[str] = frozenset()) -> Heading:
    """What a heading means: recognises `Usage`, `**Usage:**`, `Usage (Aspirin)`, `Aspirin usage` and `Usage: its text`.

    Headings of standards are known with a number before them and with one of the `names` of the medicine in them. A
    heading that is in no table gets the id "other" and keeps its words.
    """
    words = heading_words(raw)
    reader = HeadingReader(lang, names)
    for meaning in (_exact, _standard, _with_text, _qualified, _prefixed):
        heading = meaning(words, raw, reader)
        if heading is not None:
            return heading
    return Heading("other", words)


def _exact(words: str, raw: str, reader: HeadingReader) -> Heading | None:
    section = section_id(words, reader.lang)
    return Heading(section, words, exact=True) if section else None


def _standard(words: str, raw: str, reader: HeadingReader) -> Heading | None:
    key = words_of(lookup_key(words))
    section = standard_section(key, reader.lang.split("-")[0], reader.names)
    if section == GROUP:
        return Heading("other", words, exact=True, groups=True)
    if section is None:
        bare, pointed = without_number(key)
        section = section_id(bare if pointed else key, reader.lang)
    return Heading(section, words, exact=True) if section else None


def _with_text(words: str, raw: str, reader: HeadingReader) -> Heading | None:
    head, *after = _COLON.split(raw.strip(), maxsplit=1)
    if not after or not after[0].strip(" *#_"):
        return None
    inner = reader.read(head)
    if inner.id == "other":
        return None
    text = after[0].strip()
    if head.count("**") % 2 and text.startswith("**"):  # "**Usage:** text": the bold closes after the colon
        text = text[2:].strip()
    elif head.count("**") % 2:  # "**Usage: text**"
        text = f"**{text}"
    return replace(inner, rest=text)


def _qualified(words: str, raw: str, reader: HeadingReader) -> Heading | None:
    match = _QUALIFIED.match(words)
    section = section_id(match["head"], reader.lang) if match else None
    return Heading(section, words, match["subject"]) if match and section else None


def _prefixed(words: str, raw: str, reader: HeadingReader) -> Heading | None:
    """A name before English words; in other languages a word at the end says nothing ("how to measure the dose")."""
    parts = words.split(" ")
    for size in (3, 2, 1):
        section = section_id(" ".join(parts[-size:])) if len(parts) > size else None
        if section and section not in {"generic_name", "supply"} and parts[-1].casefold() != "use":
            return Heading(section, words, " ".join(parts[:-size]))
    return None
