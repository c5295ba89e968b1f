"""CSV as pharmacy systems write it → rows: comma, semicolon or tab, quoted line breaks, a `sep=` line."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from leaflets.errors import UsageError
from leaflets.runlist.columns import (
    ListRow,
    ParsedList,
    clean,
    column_names,
    fault_in,
    faulty,
    names_a_drug,
    no_drug_column,
    unused_finding,
)

DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class DelimitedRecord:
    """One record of the file: its line, fields and text."""

    line: int
    fields: list[str]
    raw: str
    broken: bool = False


def read(text: str, columns: Mapping[str, str]) -> ParsedList:
    """The rows of a table whose first line names the columns. Raises UsageError where it names no drug."""
    lines = list(io.StringIO(text, newline=""))
    skipped, delimiter = _preamble(lines)
    delimiter = delimiter or _delimiter(lines[skipped:], columns)
    records = _records(lines, skipped, delimiter)
    header = next((record for record in records if record.fields), None)
    if header is None or header.broken:
        raise UsageError("the list is empty or its first line cannot be read", "The first line must name the columns.")
    named = column_names(header.fields, columns)
    if not names_a_drug(named):
        raise no_drug_column(header.line)
    head = "".join(lines[: header.line - 1]) + header.raw
    rows = tuple(_row(record, named) for record in records if any(record.fields) or record.broken)
    return ParsedList(rows, unused_finding(header.fields, named, header.line), head)


def _preamble(lines: list[str]) -> tuple[int, str]:
    """Spreadsheets may say their delimiter on a first line of its own."""
    first = lines[0].strip().casefold() if lines else ""
    if first.startswith("sep=") and len(first) == 5:
        return 1, first[4]
    return (1, "\t") if first == "sep=" else (0, "")


def _delimiter(lines: list[str], columns: Mapping[str, str]) -> str:
    """The delimiter under which the first line names most of our columns."""

    def known(delimiter: str) -> tuple[bool, int]:
        record = next(_records(lines, 0, delimiter), None)
        named = column_names(record.fields, columns) if record and not record.broken else ()
        return names_a_drug(named), sum(map(bool, named))

    return max(DELIMITERS, key=known)


def _records(lines: list[str], skipped: int, delimiter: str) -> Iterator[DelimitedRecord]:
    reader = csv.reader(islice(lines, skipped, None), delimiter=delimiter, strict=True)
    while True:
        start = skipped + reader.line_num
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield DelimitedRecord(start + 1, [], "".join(lines[start : skipped + reader.line_num]), broken=True)
            continue
        yield DelimitedRecord(start + 1, fields, "".join(lines[start : skipped + reader.line_num]))


def _row(record: DelimitedRecord, named: tuple[str, ...]) -> ListRow:
    if record.broken:
        return faulty(record.line, record.raw, "the quotation marks do not pair, or a field is too long")
    fields = record.fields
    if len(fields) < len(named) or any(fields[len(named) :]):
        return faulty(record.line, record.raw, f"it has {len(fields)} fields where the header has {len(named)}")
    cells = {name: clean(field) for name, field in zip(named, fields, strict=False) if name}
    return ListRow(record.line, cells, record.raw, fault_in(cells))
