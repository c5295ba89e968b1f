"""Labels read back from printed pages: lines from top to bottom, words from left to right, each with its place."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from leaflets.model.page import Rect


class Character(NamedTuple):
    """A character on the page, its edges in points, and its height, which grows with the size of type."""

    text: str
    left: float
    right: float
    bottom: float
    size: float


class PrintedLine(NamedTuple):
    """A line within the label's space: its words from left to right, each with its left and right edge."""

    words: tuple[tuple[str, float, float], ...]
    size: float

    @property
    def text(self) -> str:
        return " ".join(word for word, _, _ in self.words)


def lines_within(page: Any, rect: Rect) -> list[PrintedLine]:
    """The lines of a PDFium page that are within a rectangle, from top to bottom."""
    return _lines(
        [
            one
            for one in _characters(page.get_textpage())
            if rect.x <= one.left and one.right <= rect.x + rect.width and rect.y <= one.bottom <= rect.y + rect.height
        ]
    )


def _characters(page: Any) -> Iterator[Character]:
    for at in range(page.count_chars()):
        text = page.get_text_range(at, 1)
        if text.strip():
            left, bottom, right, top = page.get_charbox(at, loose=True)
            yield Character(text, left, right, bottom, top - bottom)


def _lines(characters: list[Character]) -> list[PrintedLine]:
    """Lines from top to bottom; words end where a gap is wider than a tenth of the size of type."""
    rows: dict[float, list[Character]] = {}
    for one in characters:
        rows.setdefault(round(one.bottom), []).append(one)
    lines = []
    for _, row in sorted(rows.items(), reverse=True):
        words: list[tuple[str, float, float]] = []
        for one in sorted(row, key=lambda one: one.left):
            if words and one.left - words[-1][2] < one.size / 10:
                word, left, _ = words.pop()
                words.append((word + one.text, left, one.right))
            else:
                words.append((one.text, one.left, one.right))
        lines.append(PrintedLine(tuple(words), row[0].size))
    return lines
