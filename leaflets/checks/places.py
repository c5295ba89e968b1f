"""Where a stretch's tokens stand in the source file: line and column, counted from 1."""

import re
from bisect import bisect_right
from itertools import accumulate

from leaflets.checks.reading import Passage

_CELL_EDGE = re.compile(r"(?<!\\)\|")
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
_NEAR, _FAR = 12, 400
"""How many characters further on a token is looked for: first close by, then past marks and wrapped lines."""


class SourcePositions:
    """The text of a monograph as its author wrote it, with the places of its lines."""

    def __init__(self, text: str) -> None:
        self._text = _LINE_END.sub("\n", text)
        self._starts = (0, *accumulate(len(line) + 1 for line in self._text.split("\n")))
        self._edges: dict[int, tuple[int, ...]] = {}

    def offsets(self, stretch: Passage) -> tuple[int, ...]:
        """For each token of the stretch its offset in the text.

        The tokens are looked up one after the other from the stretch's line on, each a bounded way ahead, so that
        marks, link targets and line ends between them do no harm; a token that is not found stands where the last did.
        """
        position = self._begin(stretch)
        found: list[int] = []
        for token in stretch.tokens:
            at = self._text.find(token.text, position, position + len(token.text) + _NEAR)
            if at < 0:
                at = self._text.find(token.text, position, position + len(token.text) + _FAR)
            found.append(at if at >= 0 else position)
            position = at + len(token.text) if at >= 0 else position
        return tuple(found)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def _begin(self, stretch: Passage) -> int:
        if not 0 < stretch.line < len(self._starts):
            return 0
        if stretch.bars:
            return self._cell(stretch.line, stretch.bars)
        start = self._starts[stretch.line - 1]
        for word in stretch.past.split():
            at = self._text.find(word, start, start + len(word) + _FAR)
            start = at + len(word) if at >= 0 else start
        return start

    def _cell(self, line: int, number: int) -> int:
        """Where the cell of that number begins on a line of a table."""
        if line not in self._edges:
            start, end = self._starts[line - 1], self._starts[line]
            edges = tuple(match.end() for match in _CELL_EDGE.finditer(self._text, start, end))
            leading = self._text[start:end].lstrip().startswith("|")
            self._edges[line] = edges if leading else (start, *edges)
        edges = self._edges[line]
        return edges[min(number, len(edges)) - 1] if edges else self._starts[line - 1]
