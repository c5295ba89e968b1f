"""Bytes of a list → text: UTF-8 with or without byte order mark, UTF-16, UTF-32, or an encoding that is certain."""

import codecs
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from leaflets.errors import UsageError
from leaflets.runlist.legacy_encodings import LEGACY_CODECS, legacy_reading

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks and the codec each stands for; those of UTF-32 begin with those of UTF-16, so they come first."""

_BAD_BYTE = re.compile(r"[\udc80-\udcff]")
"""A byte that is no UTF-8, as Python's `surrogateescape` keeps it."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")

_MOST_LINES = 5
"""Line numbers that an error names."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text, the codec it was decoded with, and whether that codec was only guessed."""

    text: str
    codec: str
    guessed: bool = False


class UncertainEncoding(UsageError):
    """A list that may be in several encodings, or in none; `codecs` are those that give words."""

    def __init__(self, lines: str, codecs: tuple[str, ...]) -> None:
        super().__init__(
            f"the list is not UTF-8, and what {lines} cannot be known for certain", _which_encoding(codecs)
        )
        self.codecs = codecs


def decode(data: bytes, codec: str = "") -> DecodedText:
    """The text of a list. `codec` is what the user gave; where it is empty, the codec is found by the bytes.

    Bytes that are not UTF-8 are read as Windows-1252 only where no other encoding gives other letters. A list is
    damaged UTF-8 where more letters beyond ASCII are whole than there are bytes that belong to none.
    Raises UsageError for that, and UncertainEncoding for the rest; the message names lines, never the text on them.
    """
    if codec:
        return _as_the_user_says(data, _codec_name(codec))
    if data.startswith(codecs.BOM_UTF8):
        return DecodedText(_utf8(data.removeprefix(codecs.BOM_UTF8)), "utf-8-sig")
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return DecodedText(_decoded(data, name), _byte_order(mark, name))
    if wide := _unmarked_utf16(data):
        return DecodedText(_decoded(data, wide), wide)
    try:
        return DecodedText(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _without_utf8(data)


def encode(text: str, codec: str) -> bytes:
    """The text in the codec its list was in, byte order mark included."""
    if codec in {"utf-16-le+mark", "utf-16-be+mark"}:
        wide = codec.removesuffix("+mark")
        return ("\ufeff" + text).encode(wide)
    return text.encode(codec)


def encode_part(text: str, codec: str) -> bytes:
    """A part of a text in the codec its list was in, without the byte order mark."""
    return text.encode({"utf-8-sig": "utf-8"}.get(codec, codec.removesuffix("+mark")))


def _as_the_user_says(data: bytes, codec: str) -> DecodedText:
    """The text in the user's codec; a byte order mark is none of the text, whether the codec has one or not."""
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark) and name.startswith(codec):
            return DecodedText(_decoded(data, name), _byte_order(mark, name))
    return DecodedText(_decoded(data, codec).removeprefix("\ufeff"), codec)


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _damaged_utf8(data.decode("utf-8", "surrogateescape")) from error


def _without_utf8(data: bytes) -> DecodedText:
    escaped = data.decode("utf-8", "surrogateescape")
    bad = len(_BAD_BYTE.findall(escaped))
    whole = len(_BEYOND_ASCII.findall(escaped)) - bad
    if whole > bad:
        raise _damaged_utf8(escaped)
    reading = legacy_reading(data)
    if reading.is_windows_1252 and not whole:
        return DecodedText(_decoded(data, "cp1252"), "cp1252", guessed=True)
    lines = _numbered(_lines_with(_BEYOND_ASCII, escaped), "holds", "hold")
    raise UncertainEncoding(lines, reading.codecs)


def _damaged_utf8(escaped: str) -> UsageError:
    lines = _numbered(_lines_with(_BAD_BYTE, escaped), "holds bytes that are not", "hold bytes that are not")
    return UsageError(
        f"the list is UTF-8 but for some bytes: {lines}",
        "Mend them, or write the list as UTF-8 once more; if it is in another encoding, say which with --encoding.",
    )


def _lines_with(pattern: re.Pattern[str], text: str) -> list[int]:
    return [number for number, line in enumerate(io.StringIO(text, newline=""), 1) if pattern.search(line)]


def _numbered(lines: list[int], one: str, many: str) -> str:
    """“line 3 holds” or “lines 3, 9, 12 and 40 more hold”."""
    listed = ", ".join(map(str, lines[:_MOST_LINES]))
    more = f" and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    return f"lines {listed}{more} {many}" if len(lines) > 1 else f"line {listed} {one}"


def _which_encoding(names: Sequence[str]) -> str:
    listed = ", ".join(f"{name} ({LEGACY_CODECS[name]})" for name in names)
    fitting = f"It may be {listed}. " if listed else ""
    example = next(iter(names), "cp1252")
    return (
        f"{fitting}If you know which, say so, as in `--encoding {example}`, or once for all lists as `encoding` under"
        " [batch] in leaflet.toml. If not, save the list as CSV UTF-8 where it was made. A wrong one misprints names."
    )


def _byte_order(mark: bytes, name: str) -> str:
    if name != "utf-16":
        return name
    return "utf-16-le+mark" if mark == codecs.BOM_UTF16_LE else "utf-16-be+mark"


def _codec_name(codec: str) -> str:
    """Python's name of an encoding of texts. Raises UsageError for what is none, as "hex" or "idna"."""
    try:
        b"drug".decode(codec, "replace")
        return codecs.lookup(codec).name
    except (LookupError, ValueError) as error:
        raise UsageError(
            f'"{codec}" is no encoding known here', "Say utf-8, utf-16, cp1252 or another Python codec."
        ) from error


def _unmarked_utf16(data: bytes) -> str:
    """The byte order of UTF-16 without a mark, which has zero bytes in every second place; empty where it is none."""
    head = data[:64]
    if len(head) < 4:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd * 4 > len(head) and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even * 4 > len(head) and odd == 0 else ""


def _decoded(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise UsageError(
            f"the list cannot be read as {codec}: a byte on line {_line(data[: error.start], codec)}"
            " has no meaning in it",
            "Write the list as UTF-8, or say which encoding it has with --encoding.",
        ) from error
    except UnicodeError as error:
        raise UsageError(f"the list cannot be read as {codec}", "Say which encoding it has with --encoding.") from error


def _line(before: bytes, codec: str) -> int:
    """The line that begins or goes on behind these bytes."""
    return len(re.findall(r"\r\n|\r|\n", before.decode(codec, "replace"))) + 1
