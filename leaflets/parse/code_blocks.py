"""Code blocks: where text that is printed exactly as written begins and ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from leaflets.parse.source_lines import SourceLine

CODE_FENCE = re.compile(r"^\s{0,3}(```|~~~)")
# A fence around a whole monograph that names Markdown as its language is no code block.
WRAPPERS = frozenset({"markdown", "md"})


def closing_line(lines: Sequence[SourceLine], start: int, mark: str) -> int:
    """The position of the line that closes the fence opened at `start`; 0 where nothing for the same reader does."""
    for position in range(start + 1, len(lines)):
        if lines[position].audience is not lines[start].audience:
            return 0
        if lines[position].text.strip().startswith(mark):
            return position
    return 0


def lines_in_code(lines: Sequence[SourceLine]) -> frozenset[int]:
    """The positions of all lines inside a closed fence, its own lines among them."""
    code_lines: set[int] = set()
    unclosed: set[str] = set()
    position = 0
    while position < len(lines):
        if position and lines[position].audience is not lines[position - 1].audience:
            unclosed.clear()
        opened = CODE_FENCE.match(lines[position].text)
        wraps = bool(opened) and lines[position].text.strip(" `~") in WRAPPERS
        end = 0 if not opened or wraps or opened[1] in unclosed else closing_line(lines, position, opened[1])
        if end:
            code_lines.update(range(position, end + 1))
        elif opened and not wraps:
            unclosed.add(opened[1])
        position = max(position, end) + 1
    return frozenset(code_lines)
