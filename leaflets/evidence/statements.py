"""A monograph → its statements, in the order of the source. No word that a sheet prints is in none of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from leaflets.lexer import lex, sentences
from leaflets.model.edition import Audience
from leaflets.model.evidence import Statement, StatementKind
from leaflets.model.monograph import (
    Block,
    Box,
    Front,
    Item,
    Items,
    Monograph,
    Paragraph,
    Picture,
    Question,
    Questions,
    Quote,
    Section,
    Subheading,
    Table,
    TableRow,
    Text,
    TextRun,
    Verbatim,
    plain,
)

FRONT = "front"
"""The section of the printed values of the front matter."""

_FACTS = (
    "title", "generic_name", "brand_names", "drug_class", "forms", "strengths", "route", "legal_status",
    "jurisdiction", "say_it_as",
)  # fmt: skip
_KEYS = {"drug_class": "class"}
_LEADING = (":", "：")


def statements(monograph: Monograph) -> tuple[Statement, ...]:
    """All statements of a monograph: of its front matter, then of its sections in order."""
    return (*_facts(monograph.front), *(each for section in monograph.sections for each in _of_section(section)))


def passage_statements(blocks: Iterable[Block]) -> tuple[Statement, ...]:
    """The statements of a passage of evidence; it has no section of a monograph and no audience."""
    return tuple(_Walker("", "").walk(blocks, _Context()))


def _facts(front: Front) -> Iterator[Statement]:
    for field in _FACTS:
        value = getattr(front, field)
        text = value if isinstance(value, str) else ", ".join(value)
        key = _KEYS.get(field, field)
        if text:
            yield Statement(StatementKind.FACT, FRONT, key, front.lines.get(key, 1), text, (key,))
    for system, code in front.codes:
        yield Statement(
            StatementKind.FACT, FRONT, "codes", front.lines.get("codes", 1), f"{system}: {code}", ("codes",)
        )
    if front.dose_times:
        text = "; ".join(f"{time}: {amount}" for time, amount in front.dose_times.amounts) or "blank"
        line, under = front.dose_times.line, ("dose_times",)
        yield Statement(StatementKind.FACT, FRONT, "dose_times", line, text, under, audience=Audience.PATIENT)


def _of_section(section: Section) -> Iterator[Statement]:
    headed = (section.heading,) if section.id == "other" and section.heading else ()
    under = (*((section.subject,) if section.subject else ()), *headed)
    walker, context = _Walker(section.id, section.heading), _Context(section.audience, under)
    if section.blocks:
        yield from walker.walk(section.blocks, context)
    elif section.heading:
        yield walker.statement(StatementKind.SENTENCE, section.line, section.heading, replace(context, under=()))


@dataclass(frozen=True, slots=True)
class _Context:
    """Who reads a block, and the words above it."""

    audience: Audience | None = None
    under: tuple[str, ...] = ()

    def below(self, words: str) -> _Context:
        return replace(self, under=(*self.under, words)) if words else self


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a text, and its reference marks."""

    text: str
    marks: tuple[str, ...]


class _Walker:
    """Walks through the blocks of one section."""

    def __init__(self, section: str, heading: str) -> None:
        self.section, self.heading = section, heading

    def statement(
        self, kind: StatementKind, line: int, text: str, context: _Context, marks: tuple[str, ...] = ()
    ) -> Statement:
        return Statement(kind, self.section, self.heading, line, text, context.under, marks, context.audience)

    def walk(self, blocks: Iterable[Block], context: _Context) -> Iterator[Statement]:
        """The statements of blocks; a subheading, and a sentence that ends in a colon, stand above those after them."""
        headings: tuple[Subheading, ...] = ()
        led_by = ""
        pending: Subheading | None = None
        for block in blocks:
            if isinstance(block, Subheading):
                yield from self._lone(pending, headings, context)
                headings = (*(each for each in headings if each.depth < block.depth), block)
                pending, led_by = block, ""
                continue
            below = replace(context, audience=block.audience or context.audience)
            for heading in headings:
                below = below.below(plain(heading.text))
            leads = led_by if isinstance(block, Items | Table) else ""
            yield from self._block(block, below.below(leads))
            if pending and plain(pending.text).endswith(_LEADING):  # "Call 911 if you:" leads in one list alone
                headings = headings[:-1]
            pending = None
            led_by = _leading_words(block) if isinstance(block, Paragraph) else ""
        yield from self._lone(pending, headings, context)

    def _lone(
        self, heading: Subheading | None, headings: tuple[Subheading, ...], context: _Context
    ) -> Iterator[Statement]:
        """A subheading under which nothing stands is a statement itself."""
        if heading is not None:
            for above in headings[:-1]:
                context = context.below(plain(above.text))
            below = replace(context, audience=heading.audience or context.audience)
            yield self.statement(StatementKind.SENTENCE, heading.line, plain(heading.text), below, _marks(heading.text))

    def _block(self, block: Block, context: _Context) -> Iterator[Statement]:
        match block:
            case Paragraph():
                yield from self._paragraph(block, context)
            case Items():
                for place, item in enumerate(block.items):
                    number = None if block.start is None else block.start + place
                    yield from self._item(item, context, number)
            case Table():
                yield from self._table(block, context)
            case Box() | Quote():
                yield from self._box(block, context)
            case Questions():
                yield from (each for question in block.questions for each in self._question(question, context))
            case _:
                yield from self._single(block, context)

    def _single(self, block: Block, context: _Context) -> Iterator[Statement]:
        match block:
            case Verbatim():
                yield self.statement(StatementKind.SENTENCE, block.line, block.text, context)
            case Picture():
                yield self.statement(StatementKind.PICTURE, block.line, f"{block.name}: {block.text}", context)
            case _:  # a dose grid is no block of a section: its amounts are a fact of the front matter
                return

    def _paragraph(self, block: Paragraph, context: _Context) -> Iterator[Statement]:
        icon = f":{block.icon}: " if block.icon else ""
        lead = plain(block.lead)
        parts = _sentences(_joined(block.lead, block.text))
        for number, part in enumerate(parts):
            below = context.below(lead) if number else context
            text = part.text if number else f"{icon}{part.text}"
            yield self.statement(StatementKind.SENTENCE, block.line, text, below, part.marks)

    def _item(self, item: Item, context: _Context, number: int | None) -> Iterator[Statement]:
        """An item; what stands in it below its first paragraph is below its words."""
        first, *rest = item.blocks or (None,)
        if not isinstance(first, Paragraph):
            yield from self.walk(item.blocks, context)
            return
        context = replace(context, audience=first.audience or context.audience)
        words = _joined(first.lead, first.text)
        icon = f":{first.icon}: " if first.icon else ""
        statement = self.statement(StatementKind.ITEM, item.line, f"{icon}{plain(words)}", context, _marks(words))
        yield replace(statement, number=number)
        yield from self.walk(rest, context.below(plain(words)))

    def _table(self, table: Table, context: _Context) -> Iterator[Statement]:
        headers = [plain(cell) for cell in table.header]
        of_header = tuple(mark for cell in table.header for mark in _marks(cell))
        for row in table.rows:
            marks = tuple(dict.fromkeys((*(mark for cell in row.cells for mark in _marks(cell)), *of_header)))
            yield self.statement(StatementKind.ROW, row.line, _row_text(headers, row), context, marks)

    def _box(self, block: Box | Quote, context: _Context) -> Iterator[Statement]:
        title = block.title if isinstance(block, Box) else ()
        if block.blocks:
            yield from self.walk(block.blocks, context.below(plain(title)))
        elif title:
            yield self.statement(StatementKind.SENTENCE, block.line, plain(title), context, _marks(title))

    def _question(self, question: Question, context: _Context) -> Iterator[Statement]:
        words = plain(question.question)
        if question.answer:
            yield from self.walk(question.answer, context.below(words))
        else:
            yield self.statement(StatementKind.SENTENCE, question.line, words, context, _marks(question.question))


def _row_text(headers: list[str], row: TableRow) -> str:
    """The words of a row, each cell after its header; a cell to be filled in by hand is its header alone."""
    cells = [plain(cell) for cell in row.cells]
    pairs = (f"{head}: {cell}" if head and cell else head or cell for head, cell in zip(headers, cells, strict=False))
    return "; ".join(pair for pair in pairs if pair)


def _joined(lead: Text, text: Text) -> Text:
    """A lead-in and the text it was taken off."""
    return (*lead, TextRun(" "), *text) if lead and text else (*lead, *text)


def _marks(text: Text) -> tuple[str, ...]:
    return tuple(dict.fromkeys(run.mark for run in text if run.mark))


def _leading_words(block: Paragraph) -> str:
    """The last sentence of a paragraph, where it leads in what follows."""
    parts = _sentences(_joined(block.lead, block.text))
    last = parts[-1].text if parts else ""
    return last if last.endswith(_LEADING) else ""


def _sentences(text: Text) -> tuple[_Sentence, ...]:
    """The sentences of a text; those without a mark have the marks of the next that has one."""
    words = ""
    marks: list[tuple[int, str]] = []
    for run in text:
        words += run.text
        marks += [(len(words), run.mark)] if run.mark else []
    tokens = lex(words)
    starts = [tokens[first].start for first, _ in sentences(tokens)]
    if not starts:
        return (_Sentence(words.strip(), tuple(mark for _, mark in marks)),) if words.strip() else ()
    starts[0] = 0
    owners = {
        number: tuple(mark for _, mark in group) for number, group in groupby(marks, lambda m: _owner(m[0], starts))
    }
    result: list[_Sentence] = []
    following: tuple[str, ...] = ()
    for number in reversed(range(len(starts))):
        end = starts[number + 1] if number + 1 < len(starts) else len(words)
        following = owners.get(number, following)
        result.append(_Sentence(words[starts[number] : end].strip(), tuple(dict.fromkeys(following))))
    return tuple(reversed(result))


def _owner(offset: int, starts: list[int]) -> int:
    """The number of the sentence that a mark at an offset stands in or after."""
    return max((number for number, start in enumerate(starts) if start < offset), default=0)
