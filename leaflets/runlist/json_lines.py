"""JSON Lines → rows: one object a line."""

import io
import json
from collections.abc import Mapping
from types import MappingProxyType

from leaflets.errors import UsageError
from leaflets.runlist.columns import ListRow, ParsedList, cell_fault, clean_cell, column_names, unreadable_row


def read_json_lines(text: str, columns: Mapping[str, str]) -> ParsedList:
    """The rows of a list with one JSON object a line. A line that holds none becomes a row with a fault."""
    rows = [_row(line, raw, columns) for line, raw in enumerate(io.StringIO(text, newline=""), 1) if raw.strip()]
    return ParsedList(tuple(rows))


def _row(line: int, raw: str, columns: Mapping[str, str]) -> ListRow:
    try:
        record = json.loads(raw, object_pairs_hook=_pairs)
        cells = _cells(record, columns)
    except (ValueError, RecursionError):
        return unreadable_row(line, raw, "it is not one JSON object of texts and numbers, each named once")
    except UsageError as error:
        return unreadable_row(line, raw, error.message)
    return ListRow(line, MappingProxyType(cells), raw, cell_fault(cells))


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a name occurs twice")
    return record


def _cells(record: object, columns: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(record, dict):
        raise ValueError("not an object")
    names = column_names(record, columns)
    return {name: clean_cell(_text(value)) for name, value in zip(names, record.values(), strict=True) if name}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("neither a text nor a number")
    return str(value)
