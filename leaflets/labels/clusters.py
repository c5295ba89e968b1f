"""Where a word of a script without spaces is parted if wider than a line: never between a letter and its marks."""

import re
from collections.abc import Callable, Sequence

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
_BREAK = re.compile(rf"(?<=[^\s\d])(?<![{_NEVER_LAST}])(?=[{_UNSPACED}])(?![{_NEVER_FIRST}])(?!{_ENDS_SYLLABLE})")


_STAYS_BEHIND, _STAYS_BEFORE = re.compile(f"[{_NEVER_FIRST}]"), re.compile(f"[{_NEVER_LAST}]$")


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
    return [piece for part in whole for piece in ([part] if fits(part) else _BREAK.split(part))]
