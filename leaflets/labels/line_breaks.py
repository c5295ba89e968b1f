"""Where the lines of a label may end, and which of these places make lines of even length."""

import re
from collections.abc import Callable, Sequence
from itertools import accumulate

from leaflets.languages import first_language
from leaflets.typography import NBSP, bind

# A line may end after a space, after a hyphen or a slash between letters, and on either side of a Chinese character.
_BREAKS = re.compile(
    r"(?<= )|(?<=[^\W\d][-/])(?=[^\W\d])|(?<=[\u3000-\u9fff])(?=[\w\u3000-\u9fff])|(?<=\w)(?=[\u3000-\u9fff])"
)
# What is counted in words or figures: a line does not end between "ONE" and "tablet", or "20" and whatever follows it.
_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|half(?: an?)?|quarter|"
    "una?|dos|tres|cuatro|cinco|seis|media|medio|một|hai|ba|bốn|nửa"
)
_COUNTED = re.compile(rf"(?<![\w.,])(?:(?:{_NUMBER_WORDS})|\d[\d.,/]*|[½¼¾]) (?=[^\W\d])", re.IGNORECASE)
_CHINESE_DOSE = re.compile(r"(?<=[\d一二三四五六七八九十半两每])(?=[\u3000-\u9fff])")
# Thai, Lao, Myanmar, Khmer, Korean, and Chinese with Japanese letters.
_UNSPACED = "\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1780-\u17ff\uac00-\ud7a3\u3000-\u9fff"
# Vowels that are written before their consonant; signs that join the next consonant to the last; opening brackets.
_NEVER_LAST = "\u0e40-\u0e44\u0ec0-\u0ec4\u1039\u17d2\u200c\u200d（《〈「『【〔([“‘"
# Marks and vowels that belong to the letter before them, signs of repetition, closing punctuation, small kana.
_NEVER_FIRST = (
    "\u0e2f-\u0e3a\u0e45-\u0e4e\u0eaf-\u0ebd\u0ec6-\u0ece\u102b-\u103e\u104a\u104b\u1056-\u1059\u105e-\u1060\u1062-\u1064"
    "\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17da\u17dd\u3005\u3099-\u309e\u30fc-\u30fe"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ、。，．：；！？）》〉」』】〕"
)
# A consonant of Myanmar that ends its syllable: it is silenced, or stands on top of the next one.
_ENDS_SYLLABLE = "[\u1000-\u1021]\u1037?[\u1039\u103a]"
_WITHIN_WORD = re.compile(rf"(?<=[^\s\d])(?<![{_NEVER_LAST}])(?=[{_UNSPACED}])(?![{_NEVER_FIRST}])(?!{_ENDS_SYLLABLE})")
_STAYS_BEHIND, _STAYS_BEFORE = re.compile(f"[{_NEVER_FIRST}]"), re.compile(f"[{_NEVER_LAST}]$")
_NARROWINGS = 6
_SLACK = 1e-6

Width = Callable[[str], float]
"""The width of a text in sizes of type."""


def pieces(text: str, lang: str) -> list[str]:
    """The text in pieces that may each begin a line; a dose is never parted from its unit."""
    bound = _COUNTED.sub(lambda match: match[0].replace(" ", NBSP), bind(text, first_language(lang)))
    parts: list[str] = []
    for part in _BREAKS.split(bound):
        if parts and _CHINESE_DOSE.search(parts[-1][-1:] + part[:1]):
            parts[-1] += part
        else:
            parts.append(part)
    return [part.replace(NBSP, " ") for part in parts]


def narrowed(parts: Sequence[str], fits: Callable[[str], bool]) -> list[str]:
    """The parts that a text may be broken into, none beginning with what stays behind the letter before it.

    Those that do not fit on a line of their own are parted further where their script allows it.
    """
    whole: list[str] = []
    for part in parts:
        if whole and (_STAYS_BEHIND.match(part) or _STAYS_BEFORE.search(whole[-1])):
            whole[-1] += part
        else:
            whole.append(part)
    return [piece for part in whole for piece in ([part] if fits(part) else _WITHIN_WORD.split(part))]


def wrapped(parts: Sequence[str], width_of: Width, width: float, *, even: bool) -> list[str] | None:
    """The pieces on as few lines as they need; None where one is wider than `width`.

    `even` makes lines as long as each other, so that no word is left alone on the last one.
    """
    whole = [width_of(part) for part in parts]
    bare = [width_of(part.rstrip()) for part in parts]
    starts = _starts(whole, bare, width)
    if starts is None:
        return None
    if even and len(starts) > 1:
        starts = _evened(whole, bare, width, starts)
    return ["".join(parts[start:end]).rstrip() for start, end in zip(starts, [*starts[1:], len(parts)], strict=True)]


def _evened(whole: Sequence[float], bare: Sequence[float], width: float, starts: list[int]) -> list[int]:
    """Where the lines start in the narrowest column that takes no more of them."""
    low, high = sum(whole) / len(starts), width
    for _ in range(_NARROWINGS):
        middle = (low + high) / 2
        narrower = _starts(whole, bare, middle)
        if narrower is not None and len(narrower) == len(starts):
            starts, high = narrower, middle
        else:
            low = middle
    return starts


def _starts(whole: Sequence[float], bare: Sequence[float], width: float) -> list[int] | None:
    """The piece that each line begins with, where lines are filled one after the other; None where one is too wide."""
    if max(bare) > width:
        return None
    starts, ends = [0], [0.0, *accumulate(whole)]
    for place, own in enumerate(bare):
        if ends[place] - ends[starts[-1]] + own > width + _SLACK:
            starts.append(place)
    return starts
