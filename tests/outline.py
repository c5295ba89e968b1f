"""A parsed monograph as indented text, for cases that a person can read and write."""

from __future__ import annotations

from collections.abc import Iterator

from leaflets.model.monograph import (
    Block,
    Box,
    Items,
    Monograph,
    Paragraph,
    Questions,
    Quote,
    Subheading,
    Table,
    Text,
    Verbatim,
)


def outline(monograph: Monograph, *, lines: bool = False) -> str:
    """Sections with id, words and subject, and below them their blocks; `lines` puts source lines before everything."""
    return "\n".join(_monograph(monograph, lines)) + "\n"


def _monograph(monograph: Monograph, lines: bool) -> Iterator[str]:
    yield f"title: {monograph.front.title}"
    for section in monograph.sections:
        subject = f" <{section.subject}>" if section.subject else ""
        voice = f" ({section.audience})" if section.audience else ""
        heading = f": {section.heading}" if section.heading else ""
        yield f"{_at(section.line, lines)}{section.id}{heading}{subject}{voice}"
        yield from _blocks(section.blocks, 1, lines)


def _at(line: int, lines: bool) -> str:
    return f"{line:>3} " if lines else ""


def _blocks(blocks: tuple[Block, ...], depth: int, lines: bool) -> Iterator[str]:
    for block in blocks:
        voice = f" ({block.audience})" if block.audience else ""
        yield f"{_at(block.line, lines)}{'  ' * depth}{_headline(block)}{voice}"
        yield from _inside(block, depth + 1, lines)


def _headline(block: Block) -> str:
    if isinstance(block, Paragraph):
        icon = f":{block.icon}: " if block.icon else ""
        lead = f"[{runs(block.lead)}] " if block.lead else ""
        return f"p {icon}{lead}{runs(block.text)}"
    if isinstance(block, Subheading):
        return f"h {runs(block.text)}"
    if isinstance(block, Items):
        return "ticks" if block.tick else "list" if block.start is None else f"list from {block.start}"
    if isinstance(block, Box):
        return f"box {block.kind}: {runs(block.title)}".rstrip(": ")
    return type(block).__name__.lower()


def _inside(block: Block, depth: int, lines: bool) -> Iterator[str]:
    if isinstance(block, Items):
        yield from _items(block, depth, lines)
    elif isinstance(block, Table):
        yield from (f"{_at(line, lines)}{'  ' * depth}{cells}" for line, cells in _rows(block))
    elif isinstance(block, Questions):
        for asked in block.questions:
            yield f"{_at(asked.line, lines)}{'  ' * depth}? {runs(asked.question)}"
            yield from _blocks(asked.answer, depth + 1, lines)
    elif isinstance(block, Verbatim):
        yield from (f"{_at(block.line, lines)}{'  ' * depth}{line}" for line in block.text.split("\n"))
    elif isinstance(block, (Box, Quote)):
        yield from _blocks(block.blocks, depth, lines)


def _items(block: Items, depth: int, lines: bool) -> Iterator[str]:
    for item in block.items:
        first = _headline(item.blocks[0]).removeprefix("p ")
        yield f"{_at(item.line, lines)}{'  ' * depth}- {first}"
        yield from _inside(item.blocks[0], depth + 1, lines)
        yield from _blocks(item.blocks[1:], depth + 1, lines)


def _rows(table: Table) -> Iterator[tuple[int, str]]:
    yield table.line, " | ".join(runs(cell) for cell in table.header)
    yield from ((row.line, " | ".join(runs(cell) for cell in row.cells)) for row in table.rows)


def runs(text: Text) -> str:
    """A text with its faces shown as in Markdown and its reference marks as [^id]."""
    return "".join(_run(run.text, run.bold, run.emphasis, run.mark) for run in text)


def _run(text: str, bold: bool, emphasis: bool, mark: str) -> str:
    if mark:
        return f"[^{mark}]"
    marked = f"*{text}*" if emphasis else text
    return f"**{marked}**" if bold else marked
