"""Bytes of a list → text: UTF-8 with or without byte order mark, UTF-16, UTF-32, Windows-1252."""

import codecs
from dataclasses import dataclass

from leaflets.errors import UsageError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks and the codec each stands for; those of UTF-32 begin with those of UTF-16, so they come first."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text, the codec it was decoded with, and whether that codec was only guessed."""

    text: str
    codec: str
    guessed: bool = False


def decode(data: bytes, codec: str = "") -> DecodedText:
    """The text of a list. `codec` is what the user gave; where it is empty, the codec is found by the bytes.

    Without a byte order mark UTF-8 is tried, then Windows-1252, in which old pharmacy systems write. Raises UsageError
    where the bytes are none of these; the message names a line, never the text on it.
    """
    if codec:
        return DecodedText(_decoded(data, _codec_name(codec)), codec)
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return DecodedText(_decoded(data, name), _byte_order(mark, name))
    if wide := _unmarked_utf16(data):
        return DecodedText(_decoded(data, wide), wide)
    try:
        return DecodedText(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return DecodedText(_decoded(data, "cp1252"), "cp1252", guessed=True)


def encode(text: str, codec: str) -> bytes:
    """The text in the codec its list was in, byte order mark included."""
    if codec in {"utf-16-le+mark", "utf-16-be+mark"}:
        wide = codec.removesuffix("+mark")
        return ("\ufeff" + text).encode(wide)
    return text.encode(codec)


def _byte_order(mark: bytes, name: str) -> str:
    if name != "utf-16":
        return name
    return "utf-16-le+mark" if mark == codecs.BOM_UTF16_LE else "utf-16-be+mark"


def _codec_name(codec: str) -> str:
    try:
        return codecs.lookup(codec).name
    except LookupError as error:
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
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"the list cannot be read as {codec}: a byte on line {line} has no meaning in it",
            "Write the list as UTF-8, or say which encoding it has with --encoding.",
        ) from error
