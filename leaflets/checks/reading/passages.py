"""Passages of text cut into tokens, positions in them, and an index from each word to its positions."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from leaflets.doses import read_doses
from leaflets.lexer import Token, TokenKind
from leaflets.model.dose import DoseText
from leaflets.model.edition import Audience
from leaflets.model.monograph import BoxKind


class Part(StrEnum):
    """What a passage is on the page."""

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


@dataclass(frozen=True)
class Passage:
    """Text that is read in one go: a paragraph, an item, a cell of a table.

    `line` is the source line its block begins on; `words_before` are words of the same block that stand before it, and
    `cell_number` is the number of its table cell on that line, from 1. `group_line` is the line on which its list or
    table begins, 0 outside one. `sentences` are pairs of token indices, the end not included.
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
    words_before: str = ""
    cell_number: int = 0
    group_line: int = 0

    @cached_property
    def doses(self) -> DoseText:
        """What the text says of doses, read once and only when a rule asks for it."""
        return read_doses(self.text)

    def words(self, first: int = 0, end: int | None = None) -> Iterator[Token]:
        """The tokens between two indices that are words, numbers or units."""
        return (token for token in self.tokens[first:end] if token.kind not in _NOT_WORDS)

    def find(self, wanted: frozenset[str]) -> "Iterator[Position]":
        """The positions of tokens that are one of these words, written in small letters."""
        return (Position(self, index) for index, token in enumerate(self.tokens) if token.text.lower() in wanted)

    def tokens_between(self, start: int, end: int) -> tuple[int, int]:
        """The indices of the first token from one offset of the text on, and of the first from another on."""
        return (
            bisect_left(self.tokens, start, key=lambda token: token.start),
            bisect_left(self.tokens, end, key=lambda token: token.start),
        )

    def quote(self, first: int, end: int) -> str:
        """The text from one token up to another, by their indices, the end not included."""
        return self.text[self.tokens[first].start : self.tokens[end - 1].end]


_NOT_WORDS = frozenset({TokenKind.SYMBOL, TokenKind.ADDRESS})


class Position(NamedTuple):
    """A token of a passage, from which its neighbours are reached by a step: 1 is the next token, -1 the one before."""

    passage: Passage
    token_index: int

    @property
    def token(self) -> Token:
        """The token itself."""
        return self.passage.tokens[self.token_index]

    def neighbour(self, step: int) -> Token | None:
        """The token at a step, None past either end of the passage."""
        index = self.token_index + step
        return self.passage.tokens[index] if 0 <= index < len(self.passage.tokens) else None

    def text(self, step: int) -> str:
        """The text of the token at a step, empty past either end."""
        token = self.neighbour(step)
        return token.text if token else ""

    def kind(self, step: int) -> TokenKind | None:
        """The kind of the token at a step, None past either end."""
        token = self.neighbour(step)
        return token.kind if token else None

    def glued(self, step: int) -> bool:
        """Whether the token at a step follows the one before it without a space."""
        before, token = self.neighbour(step - 1), self.neighbour(step)
        return before is not None and token is not None and before.end == token.start

    def quote(self, start: int, end: int) -> str:
        """The text from the token at one step up to that at another, the end not included."""
        return self.passage.quote(self.token_index + start, self.token_index + end)

    def window(self, before: int, after: int = 0) -> tuple[Token, ...]:
        """The tokens from so many before it up to so many after it, the last not included."""
        return self.passage.tokens[max(0, self.token_index - before) : self.token_index + after]

    @property
    def sentence(self) -> tuple[int, int]:
        """The indices of the tokens at which the sentence around it begins and ends, the end not included."""
        spans = self.passage.sentences
        if not spans:
            return 0, len(self.passage.tokens)
        return spans[max(0, bisect_left(spans, (self.token_index + 1, 0)) - 1)]

    def moved(self, step: int) -> "Position":
        """The position of the token at a step."""
        return Position(self.passage, self.token_index + step)


def first_in_sentences(positions: Iterable[Position]) -> Iterator[tuple[Position, frozenset[str]]]:
    """The first of these positions in each sentence, with the words of that sentence in small letters."""
    seen: set[tuple[int, int]] = set()
    for position in positions:
        first, end = position.sentence
        if (position.passage.number, first) not in seen:
            seen.add((position.passage.number, first))
            yield position, frozenset(token.text.lower() for token in position.passage.tokens[first:end])


_MAX_TOKENS = 1 << 20
"""More tokens than any passage has: a file is no longer than 256 KiB."""


@dataclass(frozen=True, eq=False)
class PassageIndex:
    """The passages that some audience reads, with an index of their tokens. Compared by identity, so that it can be
    the key of a cache."""

    passages: tuple[Passage, ...]

    @cached_property
    def _index(self) -> Mapping[str, Sequence[int]]:
        """The positions of each word, each as one number: the passage's number times _MAX_TOKENS plus the token's."""
        positions: defaultdict[str, list[int]] = defaultdict(list)
        for number, passage in enumerate(self.passages):
            base = number * _MAX_TOKENS
            for index, token in enumerate(passage.tokens):
                positions[token.text.lower()].append(base + index)
        return MappingProxyType(dict(positions))

    @property
    def vocabulary(self) -> Iterable[str]:
        """Every token there is, once, in small letters."""
        return self._index.keys()

    def positions(self, word: str) -> tuple[Position, ...]:
        """Every position of a token, by its text in small letters."""
        packed = self._index.get(word, ())
        return tuple(Position(self.passages[number // _MAX_TOKENS], number % _MAX_TOKENS) for number in packed)

    @cached_property
    def numbers(self) -> tuple[Position, ...]:
        """Every position of a number."""
        return tuple(self._of_kind(TokenKind.NUMBER))

    @cached_property
    def units(self) -> tuple[Position, ...]:
        """Every position of a unit that follows a number."""
        return tuple(position.moved(1) for position in self.numbers if position.kind(1) is TokenKind.UNIT)

    @cached_property
    def measured(self) -> tuple[Passage, ...]:
        """The passages in which some number has a unit, in the order of the source."""
        numbers = {position.passage.number for position in self.units}
        numbers |= {position.passage.number for position in self.chains if position.kind(1) is TokenKind.UNIT}
        return tuple(passage for passage in self.passages if passage.number in numbers)

    @cached_property
    def chains(self) -> tuple[Position, ...]:
        """Every position of digits parted by several points."""
        return tuple(self._of_kind(TokenKind.CHAIN))

    @cached_property
    def prose(self) -> tuple[Passage, ...]:
        """The passages that are read as sentences."""
        return tuple(passage for passage in self.passages if passage.part in PROSE)

    def _of_kind(self, kind: TokenKind) -> Iterator[Position]:
        for passage in self.passages:
            for index, token in enumerate(passage.tokens):
                if token.kind is kind:
                    yield Position(passage, index)
