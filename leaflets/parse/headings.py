"""Which canonical section an author's heading means, by a table of synonyms for each language."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from leaflets.model.monograph import plain
from leaflets.parse.inline import inline

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
_INLINE = re.compile(r"[\\\[&<]")
# Markup at the edge of a word; a star or an underscore that stands alone, or inside a word, is text.
_MARKS = re.compile(r"(?<!\w)[*_`]+(?=\S)|(?<=\S)[*_`]+(?!\w)")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading means: its canonical id, the author's words, the component it is about, and text on the same line.

    `exact` says that a table has exactly these words.
    """

    id: str
    words: str
    subject: str = ""
    rest: str = ""
    exact: bool = False


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


def classify(raw: str, lang: str = ENGLISH) -> Heading:
    """What a heading means: recognises `Usage`, `**Usage:**`, `Usage (Aspirin)`, `Aspirin usage` and `Usage: its text`.

    A heading that is in no table gets the id "other" and keeps its words.
    """
    words = heading_words(raw)
    for reader in (_exact, _with_text, _qualified, _prefixed):
        heading = reader(words, raw, lang)
        if heading is not None:
            return heading
    return Heading("other", words)


def _exact(words: str, raw: str, lang: str) -> Heading | None:
    section = section_id(words, lang)
    return Heading(section, words, exact=True) if section else None


def _with_text(words: str, raw: str, lang: str) -> Heading | None:
    head, *after = _COLON.split(raw.strip(), maxsplit=1)
    if not after or not after[0].strip(" *#_"):
        return None
    inner = classify(head, lang)
    if inner.id == "other":
        return None
    text = after[0].strip()
    if head.count("**") % 2 and text.startswith("**"):  # "**Usage:** text": the bold closes after the colon
        text = text[2:].strip()
    elif head.count("**") % 2:  # "**Usage: text**"
        text = f"**{text}"
    return replace(inner, rest=text)


def _qualified(words: str, raw: str, lang: str) -> Heading | None:
    match = _QUALIFIED.match(words)
    section = section_id(match["head"], lang) if match else None
    return Heading(section, words, match["subject"]) if match and section else None


def _prefixed(words: str, raw: str, lang: str) -> Heading | None:
    """A name before English words; in other languages a word at the end says nothing ("how to measure the dose")."""
    parts = words.split(" ")
    for size in (3, 2, 1):
        section = section_id(" ".join(parts[-size:])) if len(parts) > size else None
        if section and section not in {"generic_name", "supply"} and parts[-1].casefold() != "use":
            return Heading(section, words, " ".join(parts[:-size]))
    return None
