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
"""Where the tables lie: one for each language, a heading a line, written as it is looked up."""

ENGLISH = "en"

# Vowel signs and the long stroke of Arabic: spelling, not sense.
_SIGNS = re.compile("[\u064b-\u0652\u0670\u0640]")


def synonyms(lang: str) -> Mapping[str, tuple[str, ...]]:
    """The headings of each section in a language; none where there is no table for it."""
    table = resources.files("leaflets") / TABLES / f"{lang}.csv"
    if not table.is_file():
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        found[row["section"]] = (*found.get(row["section"], ()), row["heading"])
    return found


SYNONYMS = synonyms(ENGLISH)
"""The English headings of every section; they are understood in every language."""

CONTENT = frozenset(SYNONYMS) - {"generic_name", "disclaimer", "sources"}

_QUALIFIED = re.compile(r"^(?P<head>[^()（）]{2,60}?)\s*[(（](?P<subject>[^()（）]{2,120})[)）]$")
_COLON = re.compile(r"[:：]")
_INLINE = re.compile(r"[\\\[&<]")
# Marks at the edge of a word; a star or a stroke that stands alone, or inside a word, is a sign of its own.
_MARKS = re.compile(r"(?<!\w)[*_`]+(?=\S)|(?<=\S)[*_`]+(?!\w)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading understood: canonical id, the author's words, the component meant, and text from the same line.

    `exact`: a table has just these words.
    """

    id: str
    words: str
    subject: str = ""
    rest: str = ""
    exact: bool = False


def bare(raw: str) -> str:
    """A heading without closing hashes, the name and class a converter gave it, bold marks and trailing colons."""
    text = re.sub(r"\s+(?:#+|\{[#.][^{}]*\})\s*$", "", raw.strip())
    text = re.sub(r"\s+", " ", _MARKS.sub("", text)).strip()
    return text.rstrip(":： ").strip()


def tidy(raw: str) -> str:
    """The words of a heading: links, entities and reference marks resolved as in a paragraph."""
    text = bare(raw)
    return bare(plain(inline(text))) if _INLINE.search(text) else text


@cache
def _meanings(lang: str) -> Mapping[str, str]:
    tables = (SYNONYMS,) if lang == ENGLISH else (SYNONYMS, synonyms(lang))
    return {words: section for table in tables for section, known in table.items() for words in known}


def key(words: str) -> str:
    """Words as the tables write them: small letters, straight apostrophes, no vowel signs."""
    return _SIGNS.sub("", unicodedata.normalize("NFC", words)).casefold().replace("’", "'").strip()


def section_id(words: str, lang: str = ENGLISH) -> str | None:
    """The canonical id for exactly these words in a language, or in English; None where they are no known heading."""
    return _meanings(lang.split("-")[0]).get(key(words))


def understand(raw: str, lang: str = ENGLISH) -> Heading:
    """What a heading means: knows `Usage`, `**Usage:**`, `Usage (Aspirin)`, `Aspirin usage` and `Usage: its text`.

    A heading that no synonym knows gets the id "other" and keeps its words.
    """
    words = tidy(raw)
    for reading in (_exact, _with_text, _qualified, _prefixed):
        heading = reading(words, raw, lang)
        if heading is not None:
            return heading
    return Heading("other", words)


def _exact(words: str, raw: str, lang: str) -> Heading | None:
    found = section_id(words, lang)
    return Heading(found, words, exact=True) if found else None


def _with_text(words: str, raw: str, lang: str) -> Heading | None:
    head, *after = _COLON.split(raw.strip(), maxsplit=1)
    if not after or not after[0].strip(" *#_"):
        return None
    inner = understand(head, lang)
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
    found = section_id(match["head"], lang) if match else None
    return Heading(found, words, match["subject"]) if match and found else None


def _prefixed(words: str, raw: str, lang: str) -> Heading | None:
    """A name before English words; in other languages a word at the end says nothing ("how to measure the dose")."""
    parts = words.split(" ")
    for size in (3, 2, 1):
        found = section_id(" ".join(parts[-size:])) if len(parts) > size else None
        if found and found not in {"generic_name", "supply"} and parts[-1].casefold() != "use":
            return Heading(found, words, " ".join(parts[:-size]))
    return None
