"""The square code of a sheet: its content id, or an address that ends in it, drawn for paper and for copies of paper.

It holds nothing of a patient: it is made with the sheet, before any label is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from leaflets.deferred import Deferred, deferred
from leaflets.errors import UsageError
from leaflets.paper import Audience, Edition

QUIET_MODULES = 4
"""ISO/IEC 18004: white on every side; it may reach into the edge that printers leave white."""
SMALLEST_MODULE_MM = 0.4
# From the edge that printers leave white up to the text, in the lower margin of the tightest page there is.
_ROOM_MM, _CLINICIAN_ROOM_MM = 12.8, 10.0
_MOST_MODULES = 29  # version 3; a larger one would not fit the margin in modules that a copier keeps apart
_SHOUTED = re.compile(r"(?P<host>https?://[^/?#]+)(?P<path>[0-9A-Z $%*+./:-]*)")
_BLANK = b'<svg xmlns="http://www.w3.org/2000/svg" width="1mm" height="1mm" viewBox="0 0 1 1"/>'
FOOT, HEAD = "code-foot.svg", "code-head.svg"
"""What the stylesheets call the drawing: in the lower margin of every page, or beside the name on the first."""


@dataclass(frozen=True, slots=True)
class Code:
    """A square code: its words, how many modules it measures, and its drawing; `in_head` where no margin holds it."""

    words: str
    modules: int
    drawing: bytes
    in_head: bool

    @property
    def assets(self) -> dict[str, bytes]:
        """The two drawings that stylesheets name, one of them empty."""
        return {FOOT: _BLANK if self.in_head else self.drawing, HEAD: self.drawing if self.in_head else _BLANK}


def qr(content_id: str, url: str, edition: Edition) -> Code:
    """The code of a sheet; `url` is an address with “{id}” in it, or empty for the content id alone.

    Raises UsageError where the address is too long to be printed large enough to be read.
    """
    words = code_words(content_id, url)
    matrix = _segno().make(words, error="m", micro=False).matrix
    modules = len(matrix)
    if modules > _MOST_MODULES:
        raise UsageError("the address for the square code (provenance.url) is too long", "Choose a shorter one.")
    narrow = edition.audience is Audience.CLINICIAN and not edition.one_column
    module = (_CLINICIAN_ROOM_MM if narrow else _ROOM_MM) / (modules + QUIET_MODULES)
    in_head = narrow and module < SMALLEST_MODULE_MM
    return Code(words, modules, _drawing(matrix, max(module, SMALLEST_MODULE_MM)), in_head)


def _segno() -> Any:
    """The library, loaded where a code is made only, and without its writers, which ask for urllib.request."""
    with deferred(Deferred("segno.writers")):
        import segno
    return segno


def code_words(content_id: str, url: str) -> str:
    """What the code says: in capitals, which take fewer modules, wherever that changes no address.

    Scheme and host mean the same in capitals (RFC 3986, 6.2.2.1), and so does an id; a path may not.
    """
    whole = url.replace("{id}", content_id.upper()) if url else content_id.upper()
    told = _SHOUTED.fullmatch(whole)
    if not url or told:
        return whole.upper()
    return url.replace("{id}", content_id)


def _drawing(matrix: Sequence[bytearray], module_mm: float) -> bytes:
    """Black modules as one filled path on white, in millimetres."""
    side = len(matrix)
    path = "".join(f"M{left} {row}h{run}v1h-{run}z" for row, left, run in _runs(matrix))
    size = f"{side * module_mm:.3f}mm"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {side} {side}">'
    return f'{svg}<path d="{path}" fill="#000"/></svg>'.encode()


def _runs(matrix: Sequence[Any]) -> Iterator[tuple[int, int, int]]:
    """Row, first column and length of every run of black modules."""
    for row, modules in enumerate(matrix):
        line = "".join(str(module & 1) for module in modules)
        yield from ((row, run.start(), len(run[0])) for run in re.finditer("1+", line))
