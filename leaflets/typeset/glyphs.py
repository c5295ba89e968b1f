"""Which characters a font can print, read from the font file itself."""

import functools
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping

from leaflets.errors import RenderError

_KEPT_FONTS = 16
# What Pango can set without the font's help: white space, and characters of no width such as the soft hyphen, the word
# joiner and direction marks. Among format characters (Cf) some scripts have visible signs, and these it cannot set.
_BREAKS = frozenset("\t\n\r")
_BLANK = frozenset({"Zs", "Cf"})
_VARIATION_SELECTORS = frozenset(range(0xFE00, 0xFE10))
_VISIBLE_FORMAT = frozenset({*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, *range(0xFFF9, 0xFFFC)})
_TRUETYPE = (b"\x00\x01\x00\x00", b"OTTO", b"true")
_UNREADABLE = "A font file is damaged, or is neither TrueType nor OpenType."
_USE_WHOLE = "Use the whole .ttf or .otf file."
_OGHAM_SPACE = 0x1680
_FONT_FACE = re.compile(r"@font-face\s*\{([^}]*)\}")
_FAMILY = re.compile(r"font-family:\s*[\"']?([^;\"']+)")
_FILE = re.compile(r"leaflet:([\w./-]+)")


@functools.lru_cache(maxsize=_KEPT_FONTS)
def coverage(font: bytes) -> frozenset[int]:
    """The code points that a TrueType or OpenType font has glyphs for.

    Raises:
        RenderError: these bytes are no such font.
    """
    from fontTools.ttLib import TTFont  # 20 ms that only a build that is not in the cache has to pay

    try:
        with TTFont(io.BytesIO(font), lazy=True) as opened:
            code_points = frozenset(opened.getBestCmap() or ())
    except Exception as error:  # fontTools raises whatever comes up on its way through a damaged file
        raise RenderError(_UNREADABLE, _USE_WHOLE) from error
    if not code_points or not font.startswith(_TRUETYPE):
        raise RenderError(_UNREADABLE, _USE_WHOLE)
    return code_points


def printable(assets: Mapping[str, bytes]) -> frozenset[int]:
    """The code points that the fonts of some stylesheets print: those that one family has in all its weights.

    `assets` holds the stylesheets and the fonts they name, by name.
    """
    families: dict[str, list[bytes]] = {}
    for name, data in assets.items():
        for rule in _FONT_FACE.findall(data.decode("utf-8", "replace")) if name.endswith(".css") else ():
            family, file = _FAMILY.search(rule), _FILE.search(rule)
            if family and file and file[1] in assets:
                families.setdefault(family[1], []).append(assets[file[1]])
    return frozenset().union(*map(common_coverage, families.values()))


def common_coverage(fonts: Iterable[bytes]) -> frozenset[int]:
    """The code points that every one of the fonts has, since any word may be set in any weight."""
    covered = [coverage(font) for font in fonts]
    return frozenset.intersection(*covered) if covered else frozenset()


def uncovered(text: str, covered: frozenset[int]) -> tuple[str, ...]:
    """The characters of `text` that would print as an empty box, each once, in the order of their first appearance."""
    return tuple(character for character in dict.fromkeys(text) if not _prints(character, covered))


def described(character: str) -> str:
    """A character as an error message shows it: itself, its code point and its Unicode name."""
    name = unicodedata.name(character, "")
    code = f"U+{ord(character):04X}" + (f", {name.lower()}" if name else "")
    return f'"{character}" ({code})' if character.isprintable() else f"the invisible character {code}"


def _prints(character: str, covered: frozenset[int]) -> bool:
    if ord(character) in covered or character in _BREAKS or _is_blank(character):
        return True
    # Pango sets a letter the font lacks out of its parts: "ǩ" as "k" and a caron.
    parts = unicodedata.normalize("NFD", character)
    return len(parts) > 1 and all(ord(part) in covered for part in parts)


def _is_blank(character: str) -> bool:
    code = ord(character)
    if code in _VISIBLE_FORMAT or code == _OGHAM_SPACE:
        return False
    return code in _VARIATION_SELECTORS or unicodedata.category(character) in _BLANK
