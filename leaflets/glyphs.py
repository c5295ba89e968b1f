"""Which characters a font can print, read from the font file itself."""

import functools
import io
import unicodedata
from collections.abc import Iterable

from leaflets.errors import RenderError

_KEPT_FONTS = 16
_FORMAT = "Cf"  # soft hyphen, word joiner, direction marks: Pango leaves a gap of no width where the font has none
_CONTROL_SPACES = frozenset("\t\n\r\f")
_INVISIBLE_MARKS = frozenset(range(0xFE00, 0xFE10))  # variation selectors


@functools.lru_cache(maxsize=_KEPT_FONTS)
def coverage(font: bytes) -> frozenset[int]:
    """The code points that a TrueType or OpenType font has glyphs for.

    Raises:
        RenderError: these bytes are no such font.
    """
    from fontTools.ttLib import TTFont, TTLibError  # 20 ms that only a build that is not in the cache has to pay

    try:
        with TTFont(io.BytesIO(font), lazy=True) as opened:
            return frozenset(opened.getBestCmap() or ())
    except (TTLibError, KeyError, ValueError, AssertionError, EOFError) as error:
        raise RenderError("A font file cannot be read.", "Use the whole .ttf file.") from error


def common_coverage(fonts: Iterable[bytes]) -> frozenset[int]:
    """The code points that every one of the fonts has, since any word may be set in any weight."""
    covered = [coverage(font) for font in fonts]
    return frozenset.intersection(*covered) if covered else frozenset()


def uncovered(text: str, covered: frozenset[int]) -> tuple[str, ...]:
    """The characters of `text` that would print as an empty box, each once, in the order of their first appearance."""
    return tuple(character for character in dict.fromkeys(text) if not _prints(character, covered))


def described(character: str) -> str:
    """A character as an error message shows it: itself, its code point and its Unicode name."""
    name = unicodedata.name(character, "no name")
    return f'"{character}" (U+{ord(character):04X}, {name.lower()})'


def _prints(character: str, covered: frozenset[int]) -> bool:
    return (
        ord(character) in covered
        or character in _CONTROL_SPACES
        or ord(character) in _INVISIBLE_MARKS
        or unicodedata.category(character) == _FORMAT
    )
