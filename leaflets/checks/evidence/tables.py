"""The tables of a monograph, each row with its statement and the passages it rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from leaflets.checks.reading.evidenced import Evidenced
from leaflets.evidence import Rest
from leaflets.model.edition import Audience
from leaflets.model.evidence import StatementKind
from leaflets.model.monograph import Block, Box, Items, Questions, Quote, Table, plain


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its cells, and what it rests on."""

    cells: tuple[str, ...]
    rest: Rest


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the heads of its columns, and its rows."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def grids(evidenced: Evidenced, audience: Audience) -> Iterator[Grid]:
    """The tables that an audience reads, of a monograph with an evidence file."""
    rests = (rest for rest in evidenced.rests_for(audience) if rest.statement.kind is StatementKind.ROW)
    by_line = {rest.statement.line: rest for rest in rests}
    for section in evidenced.monograph.sections:
        for table in _tables(section.blocks):
            rows = (
                Row(tuple(plain(cell) for cell in row.cells), by_line[row.line])
                for row in table.rows
                if row.line in by_line
            )
            yield Grid(tuple(plain(cell) for cell in table.header), tuple(rows))


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
