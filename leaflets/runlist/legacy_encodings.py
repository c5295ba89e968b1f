"""Which encodings from before Unicode the bytes of a list may be in, and whether all of them give the same letters."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

LEGACY_CODECS = {
    "cp1252": "Western European: Spanish, French, German …",
    "cp1250": "Central European: Polish, Czech, Hungarian …",
    "iso8859_2": "Central European, ISO",
    "cp1257": "Baltic",
    "cp1254": "Turkish",
    "cp1258": "Vietnamese",
    "cp850": "Western European, DOS",
    "cp852": "Central European, DOS",
    "cp437": "US, DOS",
    "cp1251": "Cyrillic",
    "koi8_r": "Cyrillic, KOI8",
    "cp866": "Cyrillic, DOS",
    "cp1253": "Greek",
    "cp1255": "Hebrew",
    "cp1256": "Arabic",
    "cp874": "Thai",
    "cp932": "Japanese, Shift-JIS",
    "euc_jp": "Japanese, EUC",
    "gb18030": "Chinese, GBK",
    "big5": "Chinese, Big5",
    "cp949": "Korean",
}
"""The encodings that pharmacy systems write, under their Python names, with what they are for."""

_ASSUMED = "cp1252"

_WORD = re.compile(rb"[0-9@-\xff]+")
"""Bytes of one word in every encoding above: a byte below 0x40 is never part of a longer letter, but for digits."""

_MOST_WORDS = 500
"""Words that are looked at, besides those with a byte that none of these has."""

_MOST_CODECS = 6
"""Encodings that are offered; the others give fewer words."""

_JOINING = frozenset("’‘·–—")  # between two letters
_CLOSING = _JOINING | frozenset("”»®™°…²³")  # behind a letter
_OPENING = _JOINING | frozenset("“„«¡¿½¼¾")  # before a letter

_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH", "HANGUL"})


@dataclass(frozen=True, slots=True)
class LegacyReading:
    """What the bytes of a list may be: `codecs` that give words, and whether they can be only Windows-1252.

    Of codecs that give the same text only the first is there.
    """

    codecs: tuple[str, ...]
    is_windows_1252: bool


def legacy_reading(data: bytes) -> LegacyReading:
    """The encodings under which at least half of the words with bytes beyond ASCII look like words.

    Windows-1252 is certain where all these words are words in it and every other such encoding gives the same text.
    In practice that is a list whose only such letters are ä, ö, ü, ß, é and ó: for any other letter of Western
    Europe another encoding has a letter too, and nothing in a name says which of them is right.
    """
    words = _words(data)
    texts = {codec: tuple(_decoded(word, codec) for word in words) for codec in LEGACY_CODECS}
    assumed = texts[_ASSUMED]
    fitting: dict[tuple[str | None, ...], str] = {}
    for codec, readings in texts.items():
        if readings.count(None) * 2 <= len(words):
            fitting.setdefault(readings, codec)
    rivals = [readings for readings in fitting if _differs(readings, assumed)]
    likely = sorted(fitting, key=lambda readings: readings.count(None))
    codecs = tuple(fitting[readings] for readings in likely[:_MOST_CODECS])
    return LegacyReading(codecs, None not in assumed and not rivals)


def _words(data: bytes) -> list[bytes]:
    """Distinct words with bytes beyond ASCII: the first of them, and more until every such byte occurs."""
    words: dict[bytes, None] = {}
    bytes_seen: set[int] = set()
    for word in _WORD.findall(b"\n".join(line for line in data.splitlines() if not line.isascii())):
        if not word.isascii() and (len(words) < _MOST_WORDS or not bytes_seen.issuperset(word)):
            words[word] = None
            bytes_seen.update(word)
    return list(words)


def _differs(readings: Sequence[str | None], assumed: Sequence[str | None]) -> bool:
    return any(one is not None and one != other for one, other in zip(readings, assumed, strict=True))


def _decoded(word: bytes, codec: str) -> str | None:
    """The word in this encoding; None where it has no meaning there or does not look like a word."""
    try:
        text = word.decode(codec)
    except UnicodeDecodeError:
        return None
    return text if _is_plausible(text) else None


def _is_plausible(text: str) -> bool:
    """Whether a text could be a word: one script, no capital behind a small letter, symbols where they may stand."""
    if any(unicodedata.category(letter) in {"Cc", "Cn", "Co", "Cs"} for letter in text):
        return False
    runs = _runs_of_letters(text)
    return _symbols_fit(text) and all(_is_one_script(run) and _case_fits(run) for run in runs)


def _runs_of_letters(text: str) -> list[str]:
    """The letters of a text with their marks, wherever something else parts them."""
    kept = "".join(letter if unicodedata.category(letter)[0] in "LM" else " " for letter in text)
    return kept.split()


def _symbols_fit(text: str) -> bool:
    """Whether the symbols beyond ASCII that touch a letter are those that may: “Ascal®”, but not “Jos‚”."""
    padded = f" {text} "
    for before, symbol, after in zip(padded, padded[1:], padded[2:], strict=False):
        if symbol.isascii() or unicodedata.category(symbol)[0] in "LM":
            continue
        if before.isalpha() and symbol not in (_JOINING if after.isalpha() else _CLOSING):
            return False
        if after.isalpha() and symbol not in (_JOINING if before.isalpha() else _OPENING):
            return False
    return True


def _is_one_script(letters: str) -> bool:
    scripts = {_script(letter) for letter in letters} - {"COMBINING", "MICRO"}
    return len(scripts) == 1 or scripts <= _EAST_ASIAN


def _case_fits(letters: str) -> bool:
    """Whether capitals beyond ASCII begin a word or are among capitals: “McLeod” is a name, “JosÚ” is none."""
    if any(left.islower() and right.isupper() and not (left + right).isascii() for left, right in pairwise(letters)):
        return False
    inner_capital = any(letter.isupper() and not letter.isascii() for letter in letters[1:])
    return not inner_capital or not any(map(str.islower, letters))


@cache
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
