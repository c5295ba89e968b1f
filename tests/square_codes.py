"""Reads square codes back off a rendered page: where one stands, how large its modules are, which are black."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2

PIXELS_PER_MM = 12
_FINDER = (1, 1, 3, 1, 1)
_THRESHOLD = bytes(grey < 128 for grey in range(256))
_RUN = re.compile(b"\0+|\1+")


@dataclass(frozen=True, slots=True)
class Seen:
    """A code as it was printed; places in millimetres from the left and the lower edge of the page."""

    matrix: tuple[tuple[bool, ...], ...]
    module_mm: float
    left: float
    bottom: float
    right: float
    top: float
    white_around: bool


class _Picture:
    """A page in black (1) and white (0)."""

    def __init__(self, data: bytes, page: int) -> None:
        with pypdfium2.PdfDocument(io.BytesIO(data)) as document:
            bitmap = document[page].render(scale=PIXELS_PER_MM * 25.4 / 72, grayscale=True)
            self.width, self.height = int(bitmap.width), int(bitmap.height)
            pixels, stride = bytes(bitmap.buffer).translate(_THRESHOLD), int(bitmap.stride)
        self.rows = [pixels[y * stride : y * stride + self.width] for y in range(self.height)]

    def dark(self, x: float, y: float) -> bool:
        column, row = int(x), int(y)
        return 0 <= column < self.width and 0 <= row < self.height and self.rows[row][column] == 1

    def all_white(self, left: float, top: float, right: float, bottom: float) -> bool:
        rows = self.rows[max(0, round(top)) : max(0, round(bottom))]
        return not any(1 in row[max(0, round(left)) : max(0, round(right))] for row in rows)

    def runs(self, y: int) -> list[tuple[int, int]]:
        """Where each run of equal pixels of a row begins, and its length; the first run is white."""
        runs = [(run.start(), len(run[0])) for run in _RUN.finditer(self.rows[y])]
        return runs if self.rows[y][:1] == b"\0" else [(0, 0), *runs]


def read_code(data: bytes, page: int = 0) -> Seen | None:
    """The one code on a page, or None."""
    picture = _Picture(data, page)
    corners = _corners(_finders(picture))
    if len(corners) != 3:
        return None
    upper_left, right, lower = corners
    module = sum(size for *_, size in corners) / 3
    side = round((right[0] - upper_left[0]) / module) + 7
    step_x, step_y = (right[0] - upper_left[0]) / (side - 7), (lower[1] - upper_left[1]) / (side - 7)
    left, top = upper_left[0] - 3.5 * step_x, upper_left[1] - 3.5 * step_y

    def dark(x: int, y: int) -> bool:
        return picture.dark(left + (x + 0.5) * step_x, top + (y + 0.5) * step_y)

    cells = tuple(tuple(dark(x, y) for x in range(side)) for y in range(side))
    white = _white_around(picture, (left, top, left + side * step_x, top + side * step_y), 4 * step_x)
    scale = PIXELS_PER_MM
    bottom, right_edge = picture.height - top - side * step_y, left + side * step_x
    return Seen(
        cells, min(step_x, step_y) / scale, left / scale, bottom / scale, right_edge / scale,
        (picture.height - top) / scale, white,
    )  # fmt: skip


def _white_around(picture: _Picture, edges: tuple[float, float, float, float], quiet: float) -> bool:
    left, top, right, bottom = edges
    blur = 1.0  # half-black pixels at the edge of the code
    return (
        picture.all_white(left - quiet, top - quiet, right + quiet, top - blur)
        and picture.all_white(left - quiet, bottom + blur, right + quiet, bottom + quiet)
        and picture.all_white(left - quiet, top, left - blur, bottom)
        and picture.all_white(right + blur, top, right + quiet, bottom)
    )


_Corner = tuple[float, float, float]
"""The middle of a large corner mark, across and down, and the size of a module."""


def _finders(picture: _Picture) -> Iterator[_Corner]:
    """Every row through the middle of a corner mark: lengths as 1 to 1 to 3 to 1 to 1, in both directions."""
    for y in range(picture.height):
        runs = picture.runs(y)
        for at in range(1, len(runs) - 4, 2):
            lengths = [length for _, length in runs[at : at + 5]]
            module = sum(lengths) / 7
            fits = all(abs(n - m * module) < 0.4 * module for n, m in zip(lengths, _FINDER, strict=True))
            middle = runs[at][0] + sum(lengths) / 2
            if module > 4 and fits and _is_mark(picture, middle, y + 0.5, module):
                yield middle, y + 0.5, module


def _is_mark(picture: _Picture, x: float, y: float, module: float) -> bool:
    steps = range(-4, 5)
    rings = {(a, b): max(abs(a), abs(b)) for a in steps for b in steps if max(abs(a), abs(b)) < 4}
    return all(picture.dark(x + a * module, y + b * module) == (ring != 2) for (a, b), ring in rings.items())


def _corners(candidates: Iterator[_Corner]) -> list[_Corner]:
    """One place for each mark: upper left, upper right, lower left."""
    marks: list[list[_Corner]] = []
    for one in candidates:
        near = next((mark for mark in marks if abs(mark[0][0] - one[0]) + abs(mark[0][1] - one[1]) < 6 * one[2]), None)
        if near is None:
            marks.append([one])
        else:
            near.append(one)
    means = [tuple(sum(part) / len(mark) for part in zip(*mark, strict=True)) for mark in marks]
    return sorted(((x, y, size) for x, y, size in means), key=lambda mark: (round(mark[1] / 40), mark[0]))
