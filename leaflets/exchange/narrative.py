"""The text of a section of a label, as elements → blocks: paragraphs, lists and tables, no word lost.

Elements are those of `lxml` or of `xml.etree`: the two have the same parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from leaflets.exchange.grid import grid
from leaflets.model.monograph import Block, Item, Items, Paragraph, Table, TableRow, Text, TextRun

_BLOCKS = frozenset({"paragraph", "list", "table", "caption"})
_RAISED = str.maketrans("0123456789+-−()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")
_LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_BULLETS = frozenset({"", "•", "●", "·", "▪", "o", "○", "-", "–", "*", "■", "□"})
_BREAK = "\v"  # white space to all others
_BULLETED = re.compile(r"(?:^|\v)\s*[•●▪]")
MAX_COLUMNS = 24


def name_of(element: Any) -> str:
    """The name of an element without its namespace; empty for what is none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def run(words: str) -> Text:
    """Words as the text of a block, their white space single."""
    single = " ".join(words.split())
    return (TextRun(single),) if single else ()


class Narrative:
    """Reads the text of one section; footnotes have letters, in the order in which they stand."""

    def __init__(self) -> None:
        self.pictures = 0
        self._notes: list[tuple[str, str]] = []
        self._letters: dict[str, str] = {}

    def blocks(self, element: Any) -> tuple[Block, ...]:
        """The blocks of an element's text, and those of its footnotes after them."""
        blocks = tuple(self._blocks(element))
        notes = tuple(Paragraph(0, run(f"Note {letter}: {words}")) for letter, words in self._notes)
        self._notes.clear()
        return (*blocks, *notes)

    def _blocks(self, element: Any) -> Iterator[Block]:
        words = element.text or ""
        for child in element:
            if self._is_inline(child):
                words += self.inline(child)
            else:
                yield from _paragraph(words)
                words = ""
                yield from self._block(child)
            words += child.tail or ""
        yield from _paragraph(words)

    def _is_inline(self, element: Any) -> bool:
        return not any(name_of(each) in _BLOCKS for each in element.iter()) or name_of(element) == "footnote"

    def _block(self, element: Any) -> Iterator[Block]:
        match name_of(element):
            case "list":
                yield from self._list(element)
            case "table":
                yield from self._table(element)
            case _:
                yield from self._blocks(element)

    def _list(self, element: Any) -> Iterator[Block]:
        items: list[Item] = []
        for child in element:
            if name_of(child) == "item":
                blocks = tuple(self._item(child))
                items += [Item(0, blocks)] if blocks else []
            else:
                yield from self._blocks(child)
        if items:
            yield Items(0, tuple(items), 1 if element.get("listType") == "ordered" else None)

    def _item(self, element: Any) -> Iterator[Block]:
        """The blocks of an item; a caption that is its bullet is left to ours, another is the head of its words."""
        first, *rest = tuple(self._blocks(element)) or (None,)
        caption = next((child for child in element if name_of(child) == "caption"), None)
        if caption is not None and isinstance(first, Paragraph) and self.inline(caption).strip() in _BULLETS:
            yield from rest
        elif caption is not None and isinstance(first, Paragraph) and rest and isinstance(rest[0], Paragraph):
            yield Paragraph(0, (*first.text, TextRun(" "), *rest[0].text))
            yield from rest[1:]
        elif first is not None:
            yield from (first, *rest)

    def _table(self, element: Any) -> Iterator[Block]:
        """A caption as a paragraph, then the table; one without a head has its first row for it."""
        for caption in element.iter():
            if name_of(caption) == "caption":
                yield from self._blocks(caption)
        head, body = grid(element, self._cell)
        if not head and len(body) > 1:
            head, body = body[:1], body[1:]
        width = max((len(row) for row in (*head, *body)), default=0)
        if width > MAX_COLUMNS or not head or width < 2:
            yield from (
                Paragraph(0, run("; ".join(cell for cell in row if cell))) for row in (*head, *body) if any(row)
            )
            return
        titles = [_joined(row[column] for row in head if column < len(row)) for column in range(width)]
        rows = tuple(TableRow(0, tuple(map(run, row))) for row in body if any(row))
        yield Table(0, tuple(map(run, titles)), rows)

    def _cell(self, element: Any) -> str:
        """The words of a cell; a semicolon stands between its paragraphs, so that no two numbers run together."""
        return "; ".join(part for part in self._cell_parts(element) if part)

    def _cell_parts(self, element: Any) -> Iterator[str]:
        words = element.text or ""
        for child in element:
            if self._is_inline(child):
                words += self.inline(child)
            else:
                yield " ".join(words.split())
                words = ""
                yield from self._cell_parts(child)
            words += child.tail or ""
        yield " ".join(words.split())

    def inline(self, element: Any) -> str:
        """The words of an element that holds no blocks, as they stand in a line."""
        match name_of(element):
            case "":
                return ""
            case "br":
                return _BREAK
            case "footnote":
                return self._note(element)
            case "footnoteRef":
                return f" (note {self._letters.get(element.get('IDREF') or '', '?')})"
            case "renderMultiMedia":
                self.pictures += 1
        words = (element.text or "") + "".join(self.inline(child) + (child.tail or "") for child in element)
        return _placed(name_of(element), words)

    def _note(self, element: Any) -> str:
        letter = chr(ord("a") + len(self._letters) % 26) * (1 + len(self._letters) // 26)
        self._letters[element.get("ID") or f"#{len(self._letters)}"] = letter
        self._notes.append((letter, self._cell(element)))
        return f" (note {letter})"


def _placed(name: str, words: str) -> str:
    """Raised or lowered words: figures have signs of their own, the letter of a note stands in brackets."""
    bare = words.strip()
    if name == "sup" and bare:
        raised = bare.translate(_RAISED)
        return (
            f"[{bare}]"
            if bare.isascii() and bare.isalpha() and len(bare) < 3
            else raised
            if _has_signs(bare)
            else words
        )
    if name == "sub" and bare.isdecimal():
        return bare.translate(_LOWERED)
    return words


def _has_signs(words: str) -> bool:
    return all(letter in "0123456789+-−()" for letter in words)


def _paragraph(words: str) -> Iterator[Block]:
    """A paragraph; lines in it that begin with a bullet are a list."""
    first, *listed = _BULLETED.split(words)
    if run(first):
        yield Paragraph(0, run(first))
    items = tuple(Item(0, (Paragraph(0, run(each)),)) for each in listed if run(each))
    if items:
        yield Items(0, items)


def _joined(cells: Iterator[str]) -> str:
    """The cells of a column's heads, each once, the upper ones first."""
    return ", ".join(dict.fromkeys(cell for cell in cells if cell))


def words_of(blocks: Sequence[Block]) -> str:
    """All words of these blocks, with single spaces."""
    return " ".join(" ".join(_words(blocks)).split())


def _words(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Items():
                for item in block.items:
                    yield from _words(item.blocks)
            case Table():
                for row in (block.header, *(row.cells for row in block.rows)):
                    yield from (each.text for cell in row for each in cell)
            case Paragraph():
                yield "".join(each.text for each in block.text)
            case _:
                yield "".join(each.text for each in getattr(block, "text", ()))
