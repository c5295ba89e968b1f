"""Where the tokens of a passage stand in the source file: line and column, counted from 1."""

import re
from bisect import bisect_right
from itertools import accumulate

from leaflets.checks.reading.passages import Passage

_CELL_EDGE = re.compile(r"(?<!\\)\|")
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
_NEAR, _FAR = 12, 400
"""How many characters ahead a token is looked for: first close by, then past markup and wrapped lines."""


class SourcePositions:
    """The text of a monograph as its author wrote it, with the offset at which each line begins."""

    def __init__(self, text: str) -> None:
        self._text = _LINE_END.sub("\n", text)
        self._line_starts = (0, *accumulate(len(line) + 1 for line in self._text.split("\n")))
        self._cell_starts: dict[int, tuple[int, ...]] = {}

    def offsets(self, passage: Passage) -> tuple[int, ...]:
        """The offset in the text of each token of the passage.

        Tokens are searched in order from the passage's line on, each within a bounded distance, so that markup, link
        targets and line ends between them are skipped. A token that is not found gets the offset after the last found.
        """
        start = self._start(passage)
        offsets: list[int] = []
        for token in passage.tokens:
            offset = self._text.find(token.text, start, start + len(token.text) + _NEAR)
            if offset < 0:
                offset = self._text.find(token.text, start, start + len(token.text) + _FAR)
            offsets.append(offset if offset >= 0 else start)
            start = offset + len(token.text) if offset >= 0 else start
        return tuple(offsets)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def _start(self, passage: Passage) -> int:
        """The offset from which the passage's first token is searched."""
        if not 0 < passage.line < len(self._line_starts):
            return 0
        if passage.cell_number:
            return self._cell_start(passage.line, passage.cell_number)
        start = self._line_starts[passage.line - 1]
        for word in passage.words_before.split():
            offset = self._text.find(word, start, start + len(word) + _FAR)
            start = offset + len(word) if offset >= 0 else start
        return start

    def _cell_start(self, line: int, number: int) -> int:
        """The offset at which the cell of that number begins on a line of a table."""
        if line not in self._cell_starts:
            start, end = self._line_starts[line - 1], self._line_starts[line]
            edges = tuple(match.end() for match in _CELL_EDGE.finditer(self._text, start, end))
            leading = self._text[start:end].lstrip().startswith("|")
            self._cell_starts[line] = edges if leading else (start, *edges)
        starts = self._cell_starts[line]
        return starts[min(number, len(starts)) - 1] if starts else self._line_starts[line - 1]
