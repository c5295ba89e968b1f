"""JSON Lines → rows: one object a line."""

import io
import json
from collections.abc import Iterable
from types import MappingProxyType

from leaflets.errors import UsageError
from leaflets.json_depth import require_shallow
from leaflets.runlist.columns import ListColumn, ListRow, ParsedList, cell_fault, clean_cell, unreadable_row
from leaflets.runlist.headers import HeaderRules, header_key, refuse_unknown


def read_json_lines(text: str, rules: HeaderRules) -> ParsedList:
    """The rows of a list with one JSON object a line. A line that holds none becomes a row with a fault.

    Raises UsageError where a name in an object is not known.
    """
    reader = _Reader(rules)
    rows = [reader.row(line, raw) for line, raw in enumerate(io.StringIO(text, newline=""), 1) if raw.strip()]
    columns = tuple(reader.columns.values())
    refuse_unknown(columns)
    return ParsedList(tuple(rows), columns=columns)


class _Reader:
    """Reads one line after the other, and keeps the columns of all as they first come, by their headers."""

    def __init__(self, rules: HeaderRules) -> None:
        self.rules = rules
        self.columns: dict[str, ListColumn] = {}
        self._of_names: dict[tuple[str, ...], tuple[ListColumn, ...]] = {}

    def row(self, line: int, raw: str) -> ListRow:
        try:
            require_shallow(raw)
            cells = self._cells(line, json.loads(raw, object_pairs_hook=_pairs))
        except (ValueError, RecursionError):
            return unreadable_row(line, raw, "it is not one JSON object of texts and numbers, each named once")
        except UsageError as error:
            return unreadable_row(line, raw, error.message)
        return ListRow(line, MappingProxyType(cells), raw, cell_fault(cells))

    def _cells(self, line: int, record: object) -> dict[str, str]:
        if not isinstance(record, dict):
            raise ValueError("not an object")
        columns = self._columns(line, record)
        texts = [clean_cell(_text(value)) for value in record.values()]
        return {one.column: text for one, text in zip(columns, texts, strict=True) if one.column}

    def _columns(self, line: int, names: Iterable[str]) -> tuple[ListColumn, ...]:
        names = tuple(names)
        if names not in self._of_names:
            places = (f"name {number} of line {line}" for number in range(1, len(names) + 1))
            self._of_names[names] = columns = self.rules.columns(names, places)
            for one in columns:
                self.columns.setdefault(header_key(one.header), one)
        return self._of_names[names]


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a name occurs twice")
    return record


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("neither a text nor a number")
    return str(value)
