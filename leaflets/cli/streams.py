"""The standard streams made fit for what is printed: a terminal without our signs, an output that is closed or full."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata

_PLAIN = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-", "‐": "-", "…": "...", "·": "-", "•": "*",
    "≥": ">=", "≤": "<=", "×": "x", "→": "->", "−": "-", "µ": "u", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip
_DEGRADED = "leaflet.plain"


def prepare_streams() -> None:
    """Makes standard output and error print every text; only for a process of our own.

    A sign that the terminal's encoding lacks is printed as plain letters. Where standard output is closed, writing to
    it fails as on a full disk; where standard error is, what is printed there is lost.
    """
    codecs.register_error(_DEGRADED, _plain_letters)
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.FileIO(os.open(os.devnull, os.O_RDONLY), "r"), "utf-8")
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.FileIO(os.devnull, "w"), "utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_DEGRADED)


def abandon_output() -> None:
    """Drops what standard output did not take, so that the end of the process does not fail on it again."""
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = io.TextIOWrapper(io.FileIO(os.devnull, "w"), "utf-8")


def _plain_letters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(character: str) -> str:
    """The character in ASCII: its likeness, its letter without the accent, or its number."""
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode("ascii")
    return _PLAIN.get(character) or letters.strip() or f"\\u{ord(character):04x}"
