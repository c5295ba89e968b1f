"""Two languages side by side: each section beside its translation, block by block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from leaflets.model.monograph import Block, Box, Items, Paragraph, Questions, Subheading, Text, TextRun, plain
from leaflets.model.view import Region, ViewSection

_COLONS = (":", "：")

SideBySideRow = tuple[tuple[Block, ...], ...]
"""The same content in each language: one set of blocks for each."""


@dataclass(frozen=True, slots=True)
class SideBySideSection:
    """A section in each language: its titles, and its rows."""

    id: str
    region: Region
    titles: tuple[str, ...]
    rows: tuple[SideBySideRow, ...]


def paired(views: Sequence[tuple[ViewSection, ...]]) -> tuple[SideBySideSection, ...]:
    """The sections of all views side by side, in the order of the first; empty where a view lacks one."""
    keyed = [dict(_keyed(sections)) for sections in views]
    keys = dict.fromkeys(key for sections in keyed for key in sections)
    return tuple(_pair([sections.get(key) for sections in keyed]) for key in keys)


def _keyed(sections: Sequence[ViewSection]) -> Iterator[tuple[tuple[str, int], ViewSection]]:
    seen: Counter[str] = Counter()
    for section in sections:
        seen[section.id] += 1
        yield (section.id, seen[section.id]), section


def _pair(sections: Sequence[ViewSection | None]) -> SideBySideSection:
    first = next(section for section in sections if section)
    in_frame = first.region is Region.TOP  # the whole section has a frame there
    sides = [
        (_without_boxes(section.blocks) if in_frame else section.blocks) if section else () for section in sections
    ]
    titles = tuple(section.title if section else "" for section in sections)
    return SideBySideSection(first.id, first.region, titles, rows(sides))


def _without_boxes(blocks: Sequence[Block]) -> tuple[Block, ...]:
    return tuple(inner for block in blocks for inner in (_box_content(block) if isinstance(block, Box) else (block,)))


def _box_content(box: Box) -> tuple[Block, ...]:
    title = (Paragraph(box.line, (), lead=_bold(box.title)),) if plain(box.title) else ()
    return (*title, *box.blocks)


def _bold(text: Text) -> Text:
    return tuple(TextRun(run.text, True, run.emphasis, run.mark) for run in text)


def rows(sides: Sequence[Sequence[Block]]) -> tuple[SideBySideRow, ...]:
    """Rows of blocks: item beside item, question beside question; a single row where the sides differ."""
    if len({tuple(_shape(block) for block in side) for side in sides}) > 1:
        return (tuple(tuple(side) for side in sides),)
    return tuple(
        row
        for beside in zip(*sides, strict=True)
        for row in zip_longest(*(_parts(block) for block in beside), fillvalue=())
    )


def leads(row: SideBySideRow) -> bool:
    """Whether a row introduces the next, so that no page may end between them."""
    last = row[0][-1] if row and row[0] else None
    if isinstance(last, Paragraph):
        return plain((*last.lead, *last.text)).rstrip().endswith(_COLONS)
    return isinstance(last, Subheading)


def _shape(block: Block) -> tuple[str, int]:
    return type(block).__name__, len(tuple(_parts(block)))


def _parts(block: Block) -> Iterator[tuple[Block, ...]]:
    match block:
        case Items():
            for number, item in enumerate(block.items):
                start = None if block.start is None else block.start + number
                yield (replace(block, items=(item,), start=start),)
        case Questions():
            for question in block.questions:
                yield (replace(block, questions=(question,)),)
        case _:
            yield (block,)
