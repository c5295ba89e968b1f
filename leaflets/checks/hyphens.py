"""Where an English word may be parted, by the patterns that pyphen brings along.

pyphen itself reads all 11,000 patterns before the first word, which takes longer than every other check of a monograph;
here a pattern is read when a word asks for it. The method is Liang's (1983): the weights of all patterns found in a
word are laid over it, and an odd weight parts it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pyphen import LANGUAGES

_DIGITS = str.maketrans("", "", "0123456789")
_WEIGHT = re.compile(r"(\d?)\D?")
_MARGIN = 2
"""So many letters are left together at either end of a word."""


def parts(word: str) -> int:
    """Into how many parts a word in small letters may be broken."""
    dotted = f".{word}."
    weights = [0] * (len(dotted) + 1)
    for start, pattern in _found(dotted):
        for place, weight in enumerate(_WEIGHT.findall(pattern), start):
            weights[place] = max(weights[place], int(weight or 0))
    return 1 + sum(weight % 2 for weight in weights[_MARGIN + 1 : len(word) - _MARGIN + 2])


def _found(dotted: str) -> Iterator[tuple[int, str]]:
    patterns, longest = _patterns()
    for start in range(len(dotted)):
        for end in range(start + 1, min(start + longest, len(dotted)) + 1):
            if pattern := patterns.get(dotted[start:end]):
                yield start, pattern


@cache
def _patterns() -> tuple[Mapping[str, str], int]:
    """Each pattern by its letters alone, and how many letters the longest has."""
    told = LANGUAGES["en_US"].read_text("utf-8")
    letters = told.translate(_DIGITS).split("\n")
    return dict(zip(letters, told.split("\n"), strict=True)), max(map(len, letters))
