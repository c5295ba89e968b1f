"""The square code of a sheet: its content id, or an address that ends in it, drawn for paper and for copies of paper.

It contains no patient data: it is made with the sheet, before any label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from leaflets.errors import UsageError
from leaflets.lazy_modules import Deferred, deferred
from leaflets.model.edition import Audience, Edition

QUIET_MODULES = 4
"""ISO/IEC 18004: white on every side; it may reach into the edge that printers leave white."""
SMALLEST_MODULE_MM = 0.4
# From the unprintable edge up to the text, in the lower margin of the tightest page.
_ROOM_MM, _CLINICIAN_ROOM_MM = 12.8, 10.0
_MOST_MODULES = 29  # version 3; a larger one would not fit the margin in modules that a copier keeps apart
_UPPERCASE_SAFE = re.compile(r"(?P<host>https?://[^/?#]+)(?P<path>[0-9A-Z $%*+./:-]*)")
_BLANK = b'<svg xmlns="http://www.w3.org/2000/svg" width="1mm" height="1mm" viewBox="0 0 1 1"/>'
_EAST, _SOUTH, _WEST, _NORTH = range(4)
_Corner = tuple[int, int]
FOOT, HEAD = "code-foot.svg", "code-head.svg"
"""The names of the drawing in stylesheets: in the lower margin of every page, or beside the name on the first."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square code: its text, its modules a side, and its drawing. `in_head`: it is too large for the margin."""

    words: str
    modules: int
    drawing: bytes
    in_head: bool

    @property
    def assets(self) -> dict[str, bytes]:
        """The two drawings that stylesheets name, one of them empty."""
        return {FOOT: _BLANK if self.in_head else self.drawing, HEAD: self.drawing if self.in_head else _BLANK}


def qr(content_id: str, url: str, edition: Edition) -> QrCode:
    """The code of a sheet; `url` is an address with “{id}” in it, or empty for the content id alone.

    Raises UsageError where the address is too long to be printed large enough to be read.
    """
    words = code_text(content_id, url)
    matrix = _segno().make(words, error="m", micro=False).matrix
    modules = len(matrix)
    if modules > _MOST_MODULES:
        raise UsageError("the address for the square code (provenance.url) is too long", "Choose a shorter one.")
    narrow = edition.audience is Audience.CLINICIAN and not edition.one_column
    module = (_CLINICIAN_ROOM_MM if narrow else _ROOM_MM) / (modules + QUIET_MODULES)
    in_head = narrow and module < SMALLEST_MODULE_MM
    return QrCode(words, modules, _drawing(matrix, max(module, SMALLEST_MODULE_MM)), in_head)


def _segno() -> Any:
    """The segno library, loaded only when a code is made, and without its writers, which load urllib.request."""
    with deferred(Deferred("segno.writers")):
        import segno
    return segno


def code_text(content_id: str, url: str) -> str:
    """The text of the code, in capitals, which take fewer modules, where that changes no address.

    Scheme and host mean the same in capitals (RFC 3986, 6.2.2.1), and so does an id; a path may not.
    """
    whole = url.replace("{id}", content_id.upper()) if url else content_id.upper()
    uppercase_safe = _UPPERCASE_SAFE.fullmatch(whole)
    if not url or uppercase_safe:
        return whole.upper()
    return url.replace("{id}", content_id)


def _drawing(matrix: Sequence[bytearray], module_mm: float) -> bytes:
    """Black modules as one filled path on white, in millimetres."""
    side = len(matrix)
    path = "".join(map(_closed_path, _outlines(matrix)))
    size = f"{side * module_mm:.3f}mm"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {side} {side}">'
    return f'{svg}<path d="{path}" fill="#000"/></svg>'.encode()


def _closed_path(corners: Sequence[_Corner]) -> str:
    """A closed path through corners; horizontal and vertical sides alternate."""
    (x, y), *others = corners
    return f"M{x} {y}" + "".join(f"V{y}" if turn % 2 else f"H{x}" for turn, (x, y) in enumerate(others)) + "z"


def _outlines(matrix: Sequence[bytearray]) -> Iterator[list[_Corner]]:
    """The corners of the outlines of black areas: a renderer draws these in half the time of single modules."""
    sides = dict(_sides(matrix))
    while sides:
        corner, heading = next(iter(sides))
        line = []
        while (corner, heading) in sides:
            line.append(corner)
            corner = sides.pop((corner, heading))
            right, left = (heading + 1) % 4, (heading - 1) % 4
            heading = right if (corner, right) in sides else left
        yield line


def _sides(matrix: Sequence[bytearray]) -> Iterator[tuple[tuple[_Corner, int], _Corner]]:
    """The start, heading and end of each side; black is on its right. Horizontal sides come first."""
    for y, left, right, begins in _edges(matrix):
        yield (((left, y), _EAST), (right, y)) if begins else (((right, y), _WEST), (left, y))
    for x, top, bottom, begins in _edges([*zip(*matrix, strict=True)]):
        yield (((x, bottom), _NORTH), (x, top)) if begins else (((x, top), _SOUTH), (x, bottom))


def _edges(lines: Sequence[Sequence[int]]) -> Iterator[tuple[int, int, int, bool]]:
    """Every edge between two lines of modules: its place, first and last point, and whether black begins there."""
    white = bytes(len(lines))
    for place, (before, after) in enumerate(pairwise((white, *lines, white))):
        changes = bytes((after[i] & 1) + 2 * (before[i] & 1) for i in range(len(lines)))
        for edge in re.finditer(rb"\x01+|\x02+", changes):
            yield place, *edge.span(), edge[0][0] == 1
