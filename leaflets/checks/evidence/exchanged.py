"""Cells of a row that stand under each other's heads: unlike their columns, or in another order than in the source."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from leaflets.checks.evidence.matching import as_share
from leaflets.checks.evidence.quantities import FREQUENCY, RATE, Quantity, quantities, small_letters, whole
from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import Violation
from leaflets.evidence import CitedStatement, passage_statements
from leaflets.model.edition import Audience
from leaflets.model.evidence import Statement, StatementKind
from leaflets.model.monograph import Block, Box, Items, Questions, Quote, Table, plain

_GAIN, _GAIN_OF_ONE = 0.55, 1.2
"""How much liker to their columns, together, two cells must be after an exchange; where there is one other row."""
_ROLES = {
    "start": re.compile(r"\b(?:start\w*|initial\w*|first|begin\w*)\b"),
    "maximum": re.compile(r"\b(?:max(?:imum|\.)?|at most|most|up to|limit|exceed\w*)\b"),
    "then": re.compile(r"\b(?:then|maintenance|usual|range|target|later)\b"),
    "placebo": re.compile(r"\b(?:placebo|dummy|without)\b"),
}
_CUT = re.compile(r"[;:()|]|[,.](?!\d)")


@dataclass(frozen=True, slots=True)
class CitedRow:
    """A row of a table: its cells, and what it rests on."""

    cells: tuple[str, ...]
    cited: CitedStatement


@dataclass(frozen=True, slots=True)
class CitedTable:
    """A table: the heads of its columns, and its rows."""

    heads: tuple[str, ...]
    rows: tuple[CitedRow, ...]


def grids(evidenced: EvidencedMonograph, audience: Audience) -> Iterator[CitedTable]:
    """The tables that an audience reads, of a monograph with an evidence file."""
    cited_rows = (cited for cited in evidenced.cited_for(audience) if cited.statement.kind is StatementKind.ROW)
    by_line = {cited.statement.line: cited for cited in cited_rows}
    for section in evidenced.monograph.sections:
        for table in _tables(section.blocks):
            rows = (
                CitedRow(tuple(plain(cell) for cell in row.cells), by_line[row.line])
                for row in table.rows
                if row.line in by_line
            )
            yield CitedTable(tuple(plain(cell) for cell in table.header), tuple(rows))


def _tables(blocks: Iterable[Block]) -> Iterator[Table]:
    for block in blocks:
        match block:
            case Table():
                yield block
            case Box() | Quote():
                yield from _tables(block.blocks)
            case Items():
                yield from (table for item in block.items for table in _tables(item.blocks))
            case Questions():
                yield from (table for question in block.questions for table in _tables(question.answer))


def exchanged_cells(reading: Reading) -> Iterator[Violation]:
    """Two neighbouring cells of a row that fit better under each other's heads."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None:
        return
    for grid in grids(evidenced, reading.audience):
        for place, row in enumerate(grid.rows):
            for left, right in pairwise(range(len(row.cells))):
                reason = _unlike_columns(grid, place, left) or _in_other_order(evidenced, grid, row, left)
                if reason:
                    words = row.cells[left]
                    message = f"“{words}” and “{row.cells[right]}” seem exchanged: {reason}"
                    yield Violation(message, line=row.cited.statement.line, excerpt=words)
                    break


# ---------------------------------------------------------------- cells unlike their columns


def _unlike_columns(grid: CitedTable, place: int, left: int) -> str:
    """Why two neighbouring cells belong in each other's columns; empty where they do not."""
    one, other = grid.rows[place].cells[left : left + 2]
    ones = [row.cells[left] for number, row in enumerate(grid.rows) if number != place and row.cells[left]]
    others = [row.cells[left + 1] for number, row in enumerate(grid.rows) if number != place and row.cells[left + 1]]
    if not one or not other or not ones or not others:
        return ""
    here = (_likeness(one, ones), _likeness(other, others))
    there = (_likeness(one, others), _likeness(other, ones))
    better = there[0] > here[0] and there[1] > here[1]
    enough = _GAIN if min(len(ones), len(others)) > 1 else _GAIN_OF_ONE
    if better and sum(there) - sum(here) >= enough:
        return "each is like the cells of the other's column"
    return ""


def _likeness(cell: str, column: Sequence[str]) -> float:
    """From 0 to 1: how like the cells of a column one is in what it counts."""
    own = _shape(cell)
    return sum(len(own & each) / len(own | each) for each in map(_shape, column)) / len(column)


@lru_cache(maxsize=2048)
def _shape(cell: str) -> frozenset[str]:
    """What a cell is made of: words or a number first, its units and their comparisons, ranges."""
    small = small_letters(cell)
    every = quantities(cell)
    first = "number" if every and not re.search(r"[a-z]{3}", small[: every[0].start]) else "words"
    parts = {f"first: {first}"}
    for each in every:
        parts |= {f"unit: {each.dimension}"}
        parts |= {f"compared: {each.direction}"} if each.direction else set()
        parts |= {"range"} if each.range_of else set()
    return frozenset(parts)


# ---------------------------------------------------------------- the order of the source


_Key = tuple[str, float]
"""A dimension, and a number in its unit."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A number of a text, where it stands there, and what the words beside it say it is for."""

    key: _Key
    place: int
    role: str = ""


def _in_other_order(evidenced: EvidencedMonograph, grid: CitedTable, row: CitedRow, left: int) -> str:
    """Why the numbers of two neighbouring cells belong the other way round; empty where they do not."""
    statement = row.cited.statement
    of = whole(" ".join((*grid.heads, statement.text, *statement.under)))
    sides = [_values(cell, of) for cell in row.cells[left : left + 2]]
    one, other = _unlike(*(frozenset(each.key for each in side) for side in sides))
    if not one or not other:
        return ""
    roles = tuple(_role(head) for head in grid.heads[left : left + 2])
    orders = {
        order: text
        for text, values in _sources(evidenced, row.cited, row.cells[0] if left else "")
        if (order := _order(values, one, other, roles))
    }
    return f"the source has them the other way round, “{orders[-1][:60]}”" if set(orders) == {-1} else ""


def _unlike(one: frozenset[_Key], other: frozenset[_Key]) -> tuple[frozenset[_Key], frozenset[_Key]]:
    """What each of two cells has and the other has not, in the dimensions of both."""
    dimensions = {dimension for dimension, _ in one - other} & {dimension for dimension, _ in other - one}
    only = [frozenset(key for key in own if key[0] in dimensions) for own in (one - other, other - one)]
    return only[0], only[1]


def _order(
    values: Sequence[_Value],
    one: frozenset[_Key],
    other: frozenset[_Key],
    roles: tuple[str, ...],
) -> int:
    """1 where a text has the numbers as the row does, -1 where the other way round, 0 where it does not tell."""
    ones = [each for each in values if each.key in one]
    others = [each for each in values if each.key in other]
    if {each.key for each in ones} != one or {each.key for each in others} != other:
        return 0
    for_ones, for_others = {each.role for each in ones} - {""}, {each.role for each in others} - {""}
    if all(roles) and roles[0] != roles[1] and for_ones and for_others and for_ones != for_others:
        if roles[0] in for_ones or roles[1] in for_others:
            return 1
        return -1 if roles[0] in for_others or roles[1] in for_ones else 0
    if max(each.place for each in ones) < min(each.place for each in others):
        return 1
    return -1 if max(each.place for each in others) < min(each.place for each in ones) else 0


def _sources(
    evidenced: EvidencedMonograph, cited: CitedStatement, head: str
) -> Iterator[tuple[str, tuple[_Value, ...]]]:
    """What a row may be held against: its passages; of a row without, what all say of the words of its head."""
    if cited.passages:
        for passage in cited.passages:
            there = [(each.text, _values_of(each)) for each in passage_statements(passage.blocks)]
            yield from there
            yield passage.title, tuple(replace(each, place=0) for _, values in there for each in values if each.role)
        return
    words = _words(head)
    every = _all(evidenced)
    near = [each for each in every if words & _words(each.text)]
    for statement in near or [each for each in every if each.kind is StatementKind.ROW]:
        yield statement.text, _values_of(statement)


@lru_cache(maxsize=4)
def _all(evidenced: EvidencedMonograph) -> tuple[Statement, ...]:
    """The statements of all passages, and those for clinicians."""
    passages = evidenced.evidence.passages if evidenced.evidence else ()
    there = (each for passage in passages for each in passage_statements(passage.blocks))
    return (*there, *(each for each in evidenced.statements if each.audience is Audience.CLINICIAN))


def _values_of(statement: Statement) -> tuple[_Value, ...]:
    return _values(statement.text, whole(" ".join((statement.text, *statement.under))))


@lru_cache(maxsize=4096)
def _values(text: str, of: float) -> tuple[_Value, ...]:
    """The numbers of a text that are no frequencies; those of so many people as percentages."""
    counted = (each for each in quantities(text) if each.dimension not in (FREQUENCY, RATE))
    shares = ((each, as_share(each, of) if of else None) for each in counted)
    return tuple(_value(text, share or each) for each, share in shares)


def _value(text: str, each: Quantity) -> _Value:
    small = small_letters(text)
    before = [match.end() for match in _CUT.finditer(small, 0, each.start)]
    after = _CUT.search(small, each.end)
    clause = small[before[-1] if before else 0 : after.start() if after else len(small)]
    return _Value((each.dimension, round(each.low, 6)), each.start, _role(clause))


def _role(words: str) -> str:
    """What words say a number is for: the one role they name, empty where they name none or several."""
    small = small_letters(words)
    roles = {role for role, pattern in _ROLES.items() if pattern.search(small)}
    return roles.pop() if len(roles) == 1 else ""


def _words(text: str) -> frozenset[str]:
    return frozenset(word[:6] for word in re.findall(r"[a-z]{4,}", small_letters(text)))
