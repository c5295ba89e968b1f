"""CSV as pharmacy systems write it → rows: comma, semicolon or tab, quoted line breaks, a `sep=` line."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import count, islice

from leaflets.errors import UsageError
from leaflets.runlist.columns import (
    PERSONAL_COLUMNS,
    ListColumn,
    ListRow,
    ParsedList,
    cell_fault,
    clean_cell,
    unreadable_row,
)
from leaflets.runlist.headers import HeaderRules, has_drug_column, missing_drug_column, refuse_unknown
from leaflets.runlist.quotes import DelimitedRecord, refuse_paired_across_rows

DELIMITERS = ",;\t"

_MUST_NAME = "The first line must name the columns."


def read_delimited(text: str, rules: HeaderRules) -> ParsedList:
    """The rows of a table whose first line names the columns.

    Raises UsageError where it names no drug, or a column that is not known.
    """
    lines = list(io.StringIO(text, newline=""))
    skipped, delimiter = _preamble(lines)
    delimiter = delimiter or _delimiter(lines[skipped:], rules)
    records = refuse_paired_across_rows(_records(lines, skipped, delimiter), delimiter)
    header = next((record for record in records if record.fields or record.fault), None)
    if header is None:
        raise UsageError("the list is empty", _MUST_NAME)
    if header.fault:
        raise UsageError(f"line {header.line} of the list cannot be read: {header.fault}", _MUST_NAME)
    columns = _columns(header.fields, rules)
    if not has_drug_column(columns):
        raise missing_drug_column(header.line)
    refuse_unknown(columns)
    prefix = "".join(lines[: header.line - 1]) + header.raw
    shared: dict[str, str] = {}
    rows = tuple(_row(record, columns, shared) for record in records if any(record.fields) or record.fault)
    return ParsedList(rows, prefix=prefix, columns=columns)


def _columns(headers: Sequence[str], rules: HeaderRules) -> tuple[ListColumn, ...]:
    return rules.columns(headers, (f"column {number}" for number in count(1)))


def _preamble(lines: list[str]) -> tuple[int, str]:
    """The number of lines before the header, and the delimiter that a spreadsheet's `sep=` line names, if any."""
    first = lines[0].strip().casefold() if lines else ""
    if first.startswith("sep=") and len(first) == 5:
        if first[4] == '"':
            raise UsageError("the `sep=` line of the list names the quotation mark", "Name the delimiter: sep=;")
        return 1, first[4]
    return (1, "\t") if first == "sep=" else (0, "")


def _delimiter(lines: list[str], rules: HeaderRules) -> str:
    """The delimiter under which the first line names most of our columns."""

    def columns_of_ours(delimiter: str) -> tuple[bool, int]:
        record = next(_records(lines, 0, delimiter), None)
        columns = _columns(record.fields, rules) if record and not record.fault else ()
        return has_drug_column(columns), sum(bool(one.column) for one in columns)

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


def _row(record: DelimitedRecord, columns: Sequence[ListColumn], shared: dict[str, str]) -> ListRow:
    """The row of a record. Cells that may repeat are kept once for all rows, in `shared`."""
    fault = record.fault or _fields_fault(record.fields, columns)
    if fault:
        return unreadable_row(record.line, record.raw, fault)
    cells = {one.column: clean_cell(text) for one, text in zip(columns, record.fields, strict=False) if one.column}
    cells |= {name: shared.setdefault(cells[name], cells[name]) for name in cells.keys() - PERSONAL_COLUMNS}
    return ListRow(record.line, cells, record.raw, cell_fault(cells))


def _fields_fault(fields: Sequence[str], columns: Sequence[ListColumn]) -> str:
    """Why the fields of a row cannot be those of the columns, empty where they can."""
    if len(fields) < len(columns) or any(fields[len(columns) :]):
        return f"it has {len(fields)} fields where the header has {len(columns)}"
    for one, text in zip(columns, fields, strict=False):
        if text and not one.column and not one.ignored and not one.header.strip():
            return f'it has text in {one.place}, which has no header (`ignore = [""]` under [batch] leaves such out)'
    return ""
