"""Where an English word may be hyphenated, by pyphen's patterns.

pyphen itself parses all 11,000 patterns before the first word, which takes longer than every other check of a
monograph; here a pattern is parsed when a word contains it. The method is Liang's (1983): the highest weight of all
patterns found in the word is taken at each place between two letters, and an odd weight allows a hyphen there.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pyphen import LANGUAGES

_DIGITS = str.maketrans("", "", "0123456789")
_WEIGHT = re.compile(r"(\d?)\D?")
_MARGIN = 2
"""The least number of letters before the first hyphen and after the last."""


def count_parts(word: str) -> int:
    """The number of parts into which hyphens may divide a word in small letters."""
    dotted = f".{word}."
    weights = [0] * (len(dotted) + 1)
    for start, pattern in _matching_patterns(dotted):
        for position, weight in enumerate(_WEIGHT.findall(pattern), start):
            weights[position] = max(weights[position], int(weight or 0))
    return 1 + sum(weight % 2 for weight in weights[_MARGIN + 1 : len(word) - _MARGIN + 2])


def _matching_patterns(dotted: str) -> Iterator[tuple[int, str]]:
    patterns, longest = _patterns()
    for start in range(len(dotted)):
        for end in range(start + 1, min(start + longest, len(dotted)) + 1):
            if pattern := patterns.get(dotted[start:end]):
                yield start, pattern


@cache
def _patterns() -> tuple[Mapping[str, str], int]:
    """Each pattern by its letters alone, and the number of letters of the longest."""
    patterns = LANGUAGES["en_US"].read_text("utf-8")
    letters = patterns.translate(_DIGITS).split("\n")
    return dict(zip(letters, patterns.split("\n"), strict=True)), max(map(len, letters))
