"""The words of parsed blocks, in the order in which they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leaflets.model.monograph import (
    Block,
    Box,
    DoseGrid,
    Items,
    Paragraph,
    Picture,
    Questions,
    Subheading,
    Table,
    Verbatim,
    plain,
)
from leaflets.model.view import View

# Numbers with their points and ranges stay whole, and the signs that change a dose count as words.
_WORD = re.compile(r"\d+(?:[.,/–-]\d+)*|[^\W\d_]+|[<>≤≥±%×÷°=~]")


def words(text: str) -> list[str]:
    """The words, numbers and signs of a text, without case."""
    return [word.casefold() for word in _WORD.findall(text)]


def block_words(block: Block) -> list[str]:
    """The words of a block and of everything in it."""
    return [word for text in _texts(block) for word in words(text)]


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield f"{plain(block.lead)} {plain(block.text)}"
    elif isinstance(block, (Subheading, Verbatim, Picture)):
        yield block.text if isinstance(block.text, str) else plain(block.text)
    elif isinstance(block, Table):
        yield from (plain(cell) for cells in (block.header, *(row.cells for row in block.rows)) for cell in cells)
    elif isinstance(block, Questions):
        for asked in block.questions:
            yield plain(asked.question)
            yield from _all_texts(asked.answer)
    elif isinstance(block, DoseGrid):
        yield from (f"{time} {amount}" for time, amount in block.amounts)
    elif isinstance(block, Items):
        yield from (text for item in block.items for text in _all_texts(item.blocks))
    else:
        yield plain(block.title) if isinstance(block, Box) else ""
        yield from _all_texts(block.blocks)


def _all_texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        yield from _texts(block)


def view_words(view: View) -> list[str]:
    """The words of a sheet's sections, in order."""
    return [
        word
        for section in view.sections
        for word in (
            *words(section.title), *words(section.note), *(w for block in section.blocks for w in block_words(block))
        )
    ]  # fmt: skip
