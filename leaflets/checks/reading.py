"""A monograph made ready for the rules: its text as one audience reads it, cut into tokens and indexed."""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from leaflets.checks.lexer import Token, TokenKind, lex, sentences
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
    Translation,
    Verbatim,
    plain,
)


class Part(StrEnum):
    """What a stretch of text is on the page."""

    TITLE = "section title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    LEAD = "lead"
    QUESTION = "question"
    HEAD_CELL = "head cell"
    CELL = "cell"
    VERBATIM = "verbatim"
    PICTURE = "picture"
    FRONT = "front matter"


PROSE = frozenset({Part.PARAGRAPH, Part.ITEM})
"""The parts that are read as sentences."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that are read in one go: a paragraph, an item, a cell of a table.

    `line` is the source line its block begins on; `past` are words of the same block that stand before it, `bars` the
    number of cell edges before it on that line. `group` is the line on which its list or table begins, 0 outside one.
    """

    number: int
    part: Part
    text: str
    line: int
    section: str
    heading: str
    audience: Audience | None
    box: BoxKind | None
    tokens: tuple[Token, ...]
    sentences: tuple[tuple[int, int], ...]
    marks: tuple[str, ...]
    past: str = ""
    bars: int = 0
    group: int = 0

    def words(self, first: int = 0, end: int | None = None) -> Iterator[Token]:
        """The tokens between two indices that are words, numbers or units."""
        return (token for token in self.tokens[first:end] if token.kind not in _SILENT)

    def find(self, wanted: frozenset[str]) -> "Iterator[Position]":
        """The places of tokens that are one of these words, written in small letters."""
        return (Position(self, at) for at, token in enumerate(self.tokens) if token.text.lower() in wanted)

    def quote(self, first: int, end: int) -> str:
        """The characters from one token up to another."""
        return self.text[self.tokens[first].start : self.tokens[end - 1].end]


_SILENT = frozenset({TokenKind.SIGN, TokenKind.ADDRESS})


class Position(NamedTuple):
    """Where one token stands."""

    stretch: Passage
    at: int

    @property
    def token(self) -> Token:
        """The token itself."""
        return self.stretch.tokens[self.at]

    def near(self, step: int) -> Token | None:
        """The token so many places on (or back), None past either end of the stretch."""
        index = self.at + step
        return self.stretch.tokens[index] if 0 <= index < len(self.stretch.tokens) else None

    def text(self, step: int) -> str:
        """The text of the token so many places on, empty past either end."""
        token = self.near(step)
        return token.text if token else ""

    def kind(self, step: int) -> TokenKind | None:
        """The kind of the token so many places on, None past either end."""
        token = self.near(step)
        return token.kind if token else None

    def glued(self, step: int) -> bool:
        """Whether the token so many places on follows the one before it without a space."""
        before, token = self.near(step - 1), self.near(step)
        return before is not None and token is not None and before.end == token.start

    @property
    def sentence(self) -> tuple[int, int]:
        """Where the sentence it stands in begins and ends (not included), as indices of tokens."""
        spans = self.stretch.sentences
        return spans[max(0, bisect_left(spans, (self.at + 1, 0)) - 1)] if spans else (0, len(self.stretch.tokens))

    def moved(self, step: int) -> "Position":
        """The place so many tokens on."""
        return Position(self.stretch, self.at + step)


_WIDEST = 1 << 20
"""More tokens than any stretch has: a file is no longer than 256 KiB."""


@dataclass(frozen=True, eq=False)
class Words:
    """The stretches that some audience reads, with an index of their tokens; one is like no other."""

    stretches: tuple[Passage, ...]

    @cached_property
    def _index(self) -> Mapping[str, Sequence[int]]:
        """Where each word stands, as one number: the stretch's number times _WIDEST plus the token's."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for number, stretch in enumerate(self.stretches):
            base = number * _WIDEST
            for at, token in enumerate(stretch.tokens):
                places[token.text.lower()].append(base + at)
        return MappingProxyType(dict(places))

    @property
    def vocabulary(self) -> Iterable[str]:
        """Every token there is, once, in small letters."""
        return self._index.keys()

    def places(self, word: str) -> tuple[Position, ...]:
        """Every place of a token, by its text in small letters."""
        found = self._index.get(word)
        if found is None:
            return ()
        return tuple(Position(self.stretches[spot // _WIDEST], spot % _WIDEST) for spot in found)

    @cached_property
    def numbers(self) -> tuple[Position, ...]:
        """Every place of a number."""
        return tuple(self._of(TokenKind.NUMBER))

    @cached_property
    def units(self) -> tuple[Position, ...]:
        """Every place of a unit that follows a number."""
        return tuple(place.moved(1) for place in self.numbers if place.kind(1) is TokenKind.UNIT)

    @cached_property
    def chains(self) -> tuple[Position, ...]:
        """Every place of digits parted by several points."""
        return tuple(self._of(TokenKind.CHAIN))

    @cached_property
    def prose(self) -> tuple[Passage, ...]:
        """The stretches that are read as sentences."""
        return tuple(stretch for stretch in self.stretches if stretch.part in PROSE)

    def _of(self, kind: TokenKind) -> Iterator[Position]:
        for stretch in self.stretches:
            for at, token in enumerate(stretch.tokens):
                if token.kind is kind:
                    yield Position(stretch, at)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one audience reads of a monograph. `other` is what the other reads, `today` the date of the check.

    `original` is the text it is a translation of, where there is one.
    """

    monograph: Monograph
    audience: Audience
    words: Words
    other: Words
    today: dt.date | None = None
    original: Monograph | None = None

    @property
    def translation(self) -> Translation | None:
        """The record of its source, where it is a translation."""
        return self.monograph.front.translation

    @property
    def front(self) -> Front:
        """The front matter."""
        return self.monograph.front

    @property
    def stretches(self) -> tuple[Passage, ...]:
        """All stretches, in the order of the source."""
        return self.words.stretches

    @property
    def prose(self) -> tuple[Passage, ...]:
        """The stretches that are read as sentences."""
        return self.words.prose

    @property
    def numbers(self) -> tuple[Position, ...]:
        """Every place of a number."""
        return self.words.numbers

    @property
    def units(self) -> tuple[Position, ...]:
        """Every place of a unit that follows a number."""
        return self.words.units

    def places(self, word: str) -> Sequence[Position]:
        """Every place of a token, by its text in small letters."""
        return self.words.places(word)

    def spelled(self, *forms: str) -> Iterator[Position]:
        """Every place of a token spelled exactly like one of the forms."""
        return (place for form in forms for place in self.places(form.lower()) if place.token.text == form)

    def of(self, *sections: str) -> tuple[Passage, ...]:
        """The stretches that stand in sections with these ids."""
        return tuple(stretch for stretch in self.stretches if stretch.section in sections)


def readings(
    monograph: Monograph,
    audiences: Iterable[Audience],
    today: dt.date | None = None,
    original: Monograph | None = None,
) -> tuple[Reading, ...]:
    """What each audience reads of a monograph."""
    whole = read(monograph)
    seen = {audience: Words(tuple(s for s in whole if s.audience in (None, audience))) for audience in Audience}
    if all(len(words.stretches) == len(whole) for words in seen.values()):
        seen = dict.fromkeys(Audience, seen[Audience.PATIENT])  # one index serves both
    other = {Audience.PATIENT: Audience.CLINICIAN, Audience.CLINICIAN: Audience.PATIENT}
    return tuple(
        Reading(monograph, audience, seen[audience], seen[other[audience]], today, original) for audience in audiences
    )


def read(monograph: Monograph) -> tuple[Passage, ...]:
    """All stretches of a monograph in the order of the source, with the audience each is meant for."""
    return tuple(_Reader().read(monograph))


_FRONT_KEYS = ("title", "generic_name", "brand_names", "drug_class", "strengths", "route", "legal_status")
_SOURCE_KEYS = {"drug_class": "class"}


@dataclass(frozen=True, slots=True)
class _Scene:
    """Where the reader stands: for whom, in which box, in the list or table that begins on line `group`."""

    audience: Audience | None = None
    box: BoxKind | None = None
    group: int = 0
    part: Part = Part.PARAGRAPH


_PARTS: Mapping[type, Part] = {Subheading: Part.HEADING, Verbatim: Part.VERBATIM, Picture: Part.PICTURE}


class _Reader:
    """Walks through the blocks of a monograph and collects its stretches."""

    def __init__(self) -> None:
        self.found: list[Passage] = []
        self.section = Section("front", "", 0, ())

    def read(self, monograph: Monograph) -> list[Passage]:
        for key in _FRONT_KEYS:
            self._front(monograph.front, key)
        grid = monograph.front.dose_times
        if grid:
            for _, amount in grid.amounts:
                self._add(Part.FRONT, amount, grid.line, _Scene(Audience.PATIENT))
        for section in monograph.sections:
            self.section = section
            scene = _Scene(section.audience)
            self._add(Part.TITLE, section.heading, section.line, scene)
            self._all(section.blocks, scene)
        return self.found

    def _front(self, front: Front, key: str) -> None:
        said = getattr(front, key)
        line = front.lines.get(_SOURCE_KEYS.get(key, key), 0)
        for text in (said,) if isinstance(said, str) else said:
            self._add(Part.FRONT, text, line, _Scene())

    def _all(self, blocks: Iterable[Block], scene: _Scene) -> None:
        for block in blocks:
            self._block(block, replace(scene, audience=block.audience or scene.audience))

    def _block(self, block: Block, scene: _Scene) -> None:
        match block:
            case Paragraph():
                self._paragraph(block, scene)
            case Items():
                self._items(block, replace(scene, part=Part.ITEM, group=block.line))
            case Table():
                self._table(block, replace(scene, group=block.line))
            case Box():
                self._box(block, replace(scene, box=block.kind))
            case Questions():
                self._questions(block, scene)
            case Quote():
                self._all(block.blocks, scene)
            case Subheading() | Verbatim() | Picture():
                self._add(_PARTS[type(block)], block.text, block.line, scene)

    def _paragraph(self, block: Paragraph, scene: _Scene) -> None:
        self._add(Part.LEAD, block.lead, block.line, scene)
        self._add(scene.part, block.text, block.line, scene, past=plain(block.lead))

    def _items(self, items: Items, scene: _Scene) -> None:
        for item in items.items:
            self._all(item.blocks, scene)

    def _box(self, box: Box, scene: _Scene) -> None:
        self._add(Part.LEAD, box.title, box.line, scene)
        self._all(box.blocks, scene)

    def _table(self, table: Table, scene: _Scene) -> None:
        for bars, cell in enumerate(table.header, start=1):
            self._add(Part.HEAD_CELL, cell, table.line, scene, bars=bars)
        for row in table.rows:
            for bars, cell in enumerate(row.cells, start=1):
                self._add(Part.CELL, cell, row.line, scene, bars=bars)

    def _questions(self, block: Questions, scene: _Scene) -> None:
        for question in block.questions:
            self._add(Part.QUESTION, question.question, question.line, scene)
            self._all(question.answer, scene)

    def _add(self, part: Part, text: Text | str, line: int, scene: _Scene, *, past: str = "", bars: int = 0) -> None:
        words = text if isinstance(text, str) else plain(text)
        if not words.strip():
            return
        tokens = lex(words)
        marks = () if isinstance(text, str) else tuple(run.mark for run in text if run.mark)
        self.found.append(Passage(
            len(self.found), part, words, line, self.section.id, self.section.heading, scene.audience, scene.box,
            tokens, sentences(tokens), marks, past, bars, scene.group,
        ))  # fmt: skip
