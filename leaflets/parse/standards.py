"""The headings of published standards, exact but for a placeholder that stands for the medicine's own name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import takewhile

HEADINGS = "tables/standard_headings.csv"
"""A heading a line: its standard, language and section, its words in the form of `words_of`, and where they stand.

In place of `{name}` only a name of the medicine may stand. In place of `{any}` anything may: the other words leave no
doubt, and what stands there is another of its names. The section `none` is that of headings that only group others.
"""
MEDICINE_WORDS = "tables/medicine_words.csv"
"""Words of a language that stand for the medicine ("this medicine"), and dosage forms that may follow its name."""

GROUP = "none"
_NAME = re.compile(r"\{(?:name|any)\}")
# "4.2", "4.2." and "4)" number a heading; a bare "4" does so before a heading of a standard alone ("4 OVERDOSAGE").
_NUMBERED = re.compile(r"\d{1,2}(?:(?:\.\d{1,2}){1,3}[.)]?|[.)]|(?= \D))\s*")
_SIGNS = re.compile('[®™©«»“”"„‘‹›]')
_DASHES = re.compile("[‐‑‒–—]")
_LONGEST_NAME = 8
_TITLE_PARTS = re.compile(r"[:|]|\s[-–—]\s")
_COMBINES = re.compile(r"[+/&,;]|\b(?:and|with|y|et|und|e|og)\b", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*[(\[（]([^()\[\]（）]+)[)\]）]\s*")
_SHORTEST_NAME = 3


# Headings that labels by 21 CFR 201.57 and 201.80 have, and no other standard.
_FDA_LABEL = frozenset({
    "indications and usage", "dosage and administration", "dosage forms and strengths", "warnings and precautions",
    "use in specific populations", "clinical pharmacology", "how supplied/storage and handling",
    "patient counseling information", "full prescribing information", "highlights of prescribing information",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Template:
    """A heading with a placeholder: the words around it, its section, and whether any words may stand in its place."""

    before: str
    after: str
    section: str
    anything: bool


@dataclass(frozen=True, slots=True)
class _Standards:
    """The headings of one language: those without a placeholder, and the templates by their first characters."""

    exact: Mapping[str, str]
    templates: Mapping[str, tuple[_Template, ...]]


@cache
def _rows(table: str) -> tuple[Mapping[str, str], ...]:
    text = (resources.files("leaflets") / table).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def languages() -> tuple[str, ...]:
    """The languages whose standards there are, English first."""
    return tuple(dict.fromkeys(row["language"] for row in _rows(HEADINGS)))


@cache
def _standards(lang: str) -> _Standards:
    exact: dict[str, str] = {}
    templates: dict[str, tuple[_Template, ...]] = {}
    for row in _rows(HEADINGS):
        if row["language"] != lang:
            continue
        before, *after = _NAME.split(row["heading"])
        if not after:
            exact[before] = row["section"]
            continue
        template = _Template(before, after[0], row["section"], "{any}" in row["heading"])
        templates[before[:2]] = (*templates.get(before[:2], ()), template)
    return _Standards(exact, templates)


@cache
def _medicine_words(lang: str, kind: str) -> frozenset[str]:
    rows = (row for row in _rows(MEDICINE_WORDS) if row["language"] in (lang, "en") and row["kind"] == kind)
    return frozenset(row["words"] for row in rows)


def words_of(key: str) -> str:
    """A heading in the form of the table: without signs of trade marks, quotes, brackets and a question mark."""
    text = _DASHES.sub("-", _SIGNS.sub("", key)).replace("\u00a0", " ").strip("【】[] ")
    return " ".join(text.rstrip(":：?？؟. ").split())


def without_number(words: str) -> tuple[str, bool]:
    """The words without a number before them, and whether that number has a point or bracket of its own."""
    match = _NUMBERED.match(words)
    if not match or match.end() == len(words):
        return words, False
    return words[match.end() :], not match[0].strip().isdigit()


def standard_section(words: str, lang: str, names: frozenset[str]) -> str | None:
    """The section of a heading of a standard in a language or in English, `none` for one that only groups others."""
    bare, _ = without_number(words)
    for candidate in dict.fromkeys((words, bare)):
        for standards in _of(lang):
            section = standards.exact.get(candidate) or _by_template(candidate, standards, lang, names)
            if section:
                return section
    return None


def is_fda_label(headings: Iterable[str]) -> bool:
    """Whether headings, in the form of `words_of`, are those of a label by 21 CFR 201.57 or 201.80: two of its own."""
    return len(_FDA_LABEL.intersection(without_number(words)[0] for words in headings)) > 1


def _of(lang: str) -> tuple[_Standards, ...]:
    return tuple(_standards(code) for code in dict.fromkeys((lang, "en")))


def _by_template(words: str, standards: _Standards, lang: str, names: frozenset[str]) -> str | None:
    for template, name in _fitting(words, standards):
        if template.anything or _is_name(name, lang, names):
            return template.section
    return None


def _fitting(words: str, standards: _Standards) -> Iterator[tuple[_Template, str]]:
    """The templates that the words fit, each with what stands in the place of the name."""
    for first in (words[:2], ""):
        for template in standards.templates.get(first, ()):
            name = words[len(template.before) : len(words) - len(template.after)]
            fits = words.startswith(template.before) and words.endswith(template.after)
            if fits and name.strip() and len(name.split()) <= _LONGEST_NAME and not re.search("[?؟？:]", name):
                yield template, name


def _is_name(words: str, lang: str, names: frozenset[str]) -> bool:
    if words in names or words in _medicine_words(lang, "medicine"):
        return True
    if match := _BRACKETED.search(words):
        return _is_name(_BRACKETED.sub(" ", words).strip(), lang, names) or match[1] in names
    parts = words.split()
    for size in range(len(parts) - 1, 0, -1):
        if " ".join(parts[:size]) in names:
            forms = _medicine_words(lang, "form")
            return all(part in forms or part[:1].isdigit() for part in parts[size:])
    return False


def names_of(titles: Iterable[str]) -> frozenset[str]:
    """The names of a medicine in the form of `words_of`: each title, its parts, and the words it begins with.

    "Testol 5 mg tablets (testolin)" also gives "Testol" and "testolin"; of a combination no part is the whole.
    """
    names: set[str] = set()
    for title in titles:
        for part in (title, *_TITLE_PARTS.split(title), *_BRACKETED.findall(title), _BRACKETED.sub(" ", title)):
            names |= _beginnings(words_of(part))
    return frozenset(name for name in names if len(name) >= _SHORTEST_NAME)


def _beginnings(words: str) -> set[str]:
    parts = words.split()
    named = takewhile(lambda part: not part[:1].isdigit(), parts)  # before the strength, which may hold a slash
    if _COMBINES.search(" ".join(named)):
        return {words}
    return {" ".join(parts[:size]) for size in range(1, min(len(parts), _LONGEST_NAME) + 1)}


@cache
def _first_letters(lang: str) -> frozenset[str]:
    """The first two characters of the headings that leave no doubt about the name in them."""
    templates = (t for standards in _of(lang) for listed in standards.templates.values() for t in listed)
    return frozenset(template.before[:2] for template in templates if template.anything)


def may_name(line: str, lang: str) -> bool:
    """Whether a line may be a heading that leaves no doubt about the name in it: a quick look at how it begins."""
    bare, _ = without_number(line.lstrip("#* "))
    return bare[:2].casefold() in _first_letters(lang)


def names_in(headings: Iterable[str], lang: str) -> frozenset[str]:
    """The names that stand in headings which leave no doubt, such as “What Testol is and what it is used for”."""
    named: set[str] = set()
    for heading in headings:
        bare, _ = without_number(heading)
        for standards in _of(lang):
            named |= {name for template, name in _fitting(bare, standards) if template.anything}
    return frozenset(named)
