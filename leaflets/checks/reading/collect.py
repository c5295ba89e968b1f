"""A monograph → its passages, in the order of the source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from leaflets.checks.reading.passages import Part, Passage
from leaflets.lexer import lex, sentences
from leaflets.model.edition import Audience
from leaflets.model.monograph import (
    Block,
    Box,
    BoxKind,
    Front,
    Items,
    Monograph,
    Paragraph,
    Picture,
    Questions,
    Quote,
    Section,
    Subheading,
    Table,
    Text,
    Verbatim,
    plain,
)


def collect(monograph: Monograph) -> tuple[Passage, ...]:
    """All passages of a monograph in the order of the source, with the audience each is meant for."""
    return tuple(_Collector().collect(monograph))


_FRONT_FIELDS = ("title", "generic_name", "brand_names", "drug_class", "strengths", "route", "legal_status")
_KEYS_OF_FIELDS = {"drug_class": "class"}
"""The keys in the source of fields that have another name in `Front`."""


@dataclass(frozen=True, slots=True)
class _Context:
    """What surrounds a block: its audience, its box, the line on which its list or table begins, and its part."""

    audience: Audience | None = None
    box: BoxKind | None = None
    group_line: int = 0
    part: Part = Part.PARAGRAPH


_PARTS: Mapping[type, Part] = {Subheading: Part.HEADING, Verbatim: Part.VERBATIM, Picture: Part.PICTURE}


class _Collector:
    """Walks through the blocks of a monograph and collects their passages."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self.section = Section("front", "", 0, ())

    def collect(self, monograph: Monograph) -> list[Passage]:
        for field in _FRONT_FIELDS:
            self._front(monograph.front, field)
        grid = monograph.front.dose_times
        if grid:
            for _, amount in grid.amounts:
                self._add(Part.FRONT, amount, grid.line, _Context(Audience.PATIENT))
        for section in monograph.sections:
            self.section = section
            context = _Context(section.audience)
            self._add(Part.TITLE, section.heading, section.line, context)
            self._blocks(section.blocks, context)
        return self.passages

    def _front(self, front: Front, field: str) -> None:
        value = getattr(front, field)
        line = front.lines.get(_KEYS_OF_FIELDS.get(field, field), 0)
        for text in (value,) if isinstance(value, str) else value:
            self._add(Part.FRONT, text, line, _Context())

    def _blocks(self, blocks: Iterable[Block], context: _Context) -> None:
        for block in blocks:
            self._block(block, replace(context, audience=block.audience or context.audience))

    def _block(self, block: Block, context: _Context) -> None:
        match block:
            case Paragraph():
                self._paragraph(block, context)
            case Items():
                self._items(block, replace(context, part=Part.ITEM, group_line=block.line))
            case Table():
                self._table(block, replace(context, group_line=block.line))
            case Box():
                self._box(block, replace(context, box=block.kind))
            case Questions():
                self._questions(block, context)
            case Quote():
                self._blocks(block.blocks, context)
            case Subheading() | Verbatim() | Picture():
                self._add(_PARTS[type(block)], block.text, block.line, context)

    def _paragraph(self, block: Paragraph, context: _Context) -> None:
        self._add(Part.LEAD, block.lead, block.line, context)
        self._add(context.part, block.text, block.line, context, words_before=plain(block.lead))

    def _items(self, items: Items, context: _Context) -> None:
        for item in items.items:
            self._blocks(item.blocks, context)

    def _box(self, box: Box, context: _Context) -> None:
        self._add(Part.LEAD, box.title, box.line, context)
        self._blocks(box.blocks, context)

    def _table(self, table: Table, context: _Context) -> None:
        for number, cell in enumerate(table.header, start=1):
            self._add(Part.HEAD_CELL, cell, table.line, context, cell_number=number)
        for row in table.rows:
            for number, cell in enumerate(row.cells, start=1):
                self._add(Part.CELL, cell, row.line, context, cell_number=number)

    def _questions(self, block: Questions, context: _Context) -> None:
        for question in block.questions:
            self._add(Part.QUESTION, question.question, question.line, context)
            self._blocks(question.answer, context)

    def _add(
        self, part: Part, text: Text | str, line: int, context: _Context, words_before: str = "", cell_number: int = 0
    ) -> None:
        words = text if isinstance(text, str) else plain(text)
        if not words.strip():
            return
        tokens = lex(words)
        marks = () if isinstance(text, str) else tuple(run.mark for run in text if run.mark)
        self.passages.append(Passage(
            len(self.passages), part, words, line, self.section.id, self.section.heading, context.audience,
            context.box, tokens, sentences(tokens), marks, words_before, cell_number, context.group_line,
        ))  # fmt: skip
