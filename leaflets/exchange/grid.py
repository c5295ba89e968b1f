"""The rows of a table whose cells span others, as a grid of words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from leaflets.errors import ContentError

_MAX_CELLS = 20_000
Rows = list[list[str]]


def grid(table: Any, words_of: Callable[[Any], str]) -> tuple[Rows, Rows]:
    """The head and the body of a table; a cell that spans several rows, or columns of the head, stands in each.

    A cell that spans columns of the body stands in the first of them. Raises ContentError for a table without bounds.
    """
    head: Rows = []
    body: Rows = []
    foot: Rows = []
    for part in table:
        name = _name(part)
        rows = [part] if name == "tr" else [row for row in part if _name(row) == "tr"]
        target = {"thead": head, "tfoot": foot}.get(name, body)
        target += _rows(rows, words_of, repeated=name == "thead")
    return head, [*body, *foot]


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _rows(rows: Iterable[Any], words_of: Callable[[Any], str], *, repeated: bool) -> Rows:
    result: Rows = []
    spanning: dict[int, tuple[int, str]] = {}  # by column: for how many rows more, and its words
    cells = 0
    for row in rows:
        line: list[str] = []
        for cell in (each for each in row if _name(each) in ("td", "th")):
            _take_spanning(line, spanning)
            words, across, down = words_of(cell), _span(cell, "colspan"), _span(cell, "rowspan")
            for column in range(across):
                shown = words if repeated or not column else ""
                if down > 1:
                    spanning[len(line)] = (down - 1, shown)
                line.append(shown)
        _take_spanning(line, spanning)
        cells += len(line)
        if cells > _MAX_CELLS:
            raise ContentError(f"a table has more than {_MAX_CELLS:,} cells", "Leave its section out.")
        result.append(line)
    return result


def _take_spanning(line: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    """Appends the cells that reach down from rows above to the line, up to the next free column."""
    while len(line) in spanning:
        column = len(line)
        left, words = spanning.pop(column)
        if left > 1:
            spanning[column] = (left - 1, words)
        line.append(words)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), 100) if value.isdecimal() and len(value) < 5 else 1
