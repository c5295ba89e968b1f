"""CSV as pharmacy systems write it → rows: comma, semicolon or tab, quoted line breaks, a `sep=` line."""

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import islice

from leaflets.errors import UsageError
from leaflets.runlist.columns import (
    PERSONAL_COLUMNS,
    ListRow,
    ParsedList,
    cell_fault,
    clean_cell,
    column_names,
    has_drug_column,
    missing_drug_column,
    unreadable_row,
    unused_columns,
)
from leaflets.runlist.quotes import DelimitedRecord, refuse_paired_across_rows

DELIMITERS = ",;\t"

_MUST_NAME = "The first line must name the columns."


def read_delimited(text: str, columns: Mapping[str, str]) -> ParsedList:
    """The rows of a table whose first line names the columns. Raises UsageError where it names no drug."""
    lines = list(io.StringIO(text, newline=""))
    skipped, delimiter = _preamble(lines)
    delimiter = delimiter or _delimiter(lines[skipped:], columns)
    records = refuse_paired_across_rows(_records(lines, skipped, delimiter), delimiter)
    header = next((record for record in records if record.fields or record.fault), None)
    if header is None:
        raise UsageError("the list is empty", _MUST_NAME)
    if header.fault:
        raise UsageError(f"line {header.line} of the list cannot be read: {header.fault}", _MUST_NAME)
    names = column_names(header.fields, columns)
    if not has_drug_column(names):
        raise missing_drug_column(header.line)
    prefix = "".join(lines[: header.line - 1]) + header.raw
    shared: dict[str, str] = {}
    rows = tuple(_row(record, names, shared) for record in records if any(record.fields) or record.fault)
    return ParsedList(rows, unused_columns(header.fields, names, header.line), prefix)


def _preamble(lines: list[str]) -> tuple[int, str]:
    """The number of lines before the header, and the delimiter that a spreadsheet's `sep=` line names, if any."""
    first = lines[0].strip().casefold() if lines else ""
    if first.startswith("sep=") and len(first) == 5:
        if first[4] == '"':
            raise UsageError("the `sep=` line of the list names the quotation mark", "Name the delimiter: sep=;")
        return 1, first[4]
    return (1, "\t") if first == "sep=" else (0, "")


def _delimiter(lines: list[str], columns: Mapping[str, str]) -> str:
    """The delimiter under which the first line names most of our columns."""

    def columns_of_ours(delimiter: str) -> tuple[bool, int]:
        record = next(_records(lines, 0, delimiter), None)
        names = column_names(record.fields, columns) if record and not record.fault else ()
        return has_drug_column(names), sum(map(bool, names))

    return max(DELIMITERS, key=columns_of_ours)


def _records(lines: list[str], skipped: int, delimiter: str) -> Iterator[DelimitedRecord]:
    reader = csv.reader(islice(lines, skipped, None), delimiter=delimiter, strict=True)
    while True:
        start = skipped + reader.line_num
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raw = "".join(lines[start : skipped + reader.line_num])
            yield DelimitedRecord(start + 1, [], raw, "the quotation marks do not pair, or a field is too long")
            continue
        yield DelimitedRecord(start + 1, fields, "".join(lines[start : skipped + reader.line_num]))


def _row(record: DelimitedRecord, names: tuple[str, ...], shared: dict[str, str]) -> ListRow:
    """The row of a record. Cells that may repeat are kept once for all rows, in `shared`."""
    if record.fault:
        return unreadable_row(record.line, record.raw, record.fault)
    fields = record.fields
    if len(fields) < len(names) or any(fields[len(names) :]):
        return unreadable_row(record.line, record.raw, f"it has {len(fields)} fields where the header has {len(names)}")
    cells = {name: clean_cell(field) for name, field in zip(names, fields, strict=False) if name}
    cells |= {name: shared.setdefault(cells[name], cells[name]) for name in cells.keys() - PERSONAL_COLUMNS}
    return ListRow(record.line, cells, record.raw, cell_fault(cells))
