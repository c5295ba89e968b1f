"""Quotation marks that pair across rows: one row holds the cells of another, which is then no row any more."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class DelimitedRecord:
    """One record of the file: its line, fields and text, and why the fields cannot be trusted, if so."""

    line: int
    fields: list[str]
    raw: str
    fault: str = ""

    @property
    def is_odd(self) -> bool:
        """Whether a quotation mark in it has no partner, or its fields cannot be told apart at all."""
        return bool(self.fault) or self.raw.count('"') % 2 == 1


def refuse_paired_across_rows(records: Iterable[DelimitedRecord], delimiter: str) -> Iterator[DelimitedRecord]:
    """The same records, the first of which is the header; a row whose quotation marks pair across rows has a fault.

    Two things give away a record of several lines. One of them is a row, by the delimiters of the header: either a
    line inside one cell, or any line where the first is a row as well. Or a quotation mark without a partner comes
    behind it, and no whole row between: then marks may have been paired from the wrong end.
    """
    fields = 0
    undecided: list[DelimitedRecord] = []
    for record in records:
        fields = fields or len(record.fields)
        if '"' not in record.raw and not record.fault and not undecided:
            yield record
            continue
        if record.is_odd:
            yield from (_refused_for(record.line, earlier) for earlier in undecided)
            undecided = []
            yield _refused_for(record.line, _judged(record, delimiter, fields - 1))
        elif len(_lines(record)) > 1:
            undecided.append(_judged(record, delimiter, fields - 1))
        elif len(record.fields) == fields:
            yield from (*undecided, record)
            undecided = []
        else:
            undecided.append(record)
    yield from undecided


def _judged(record: DelimitedRecord, delimiter: str, wanted: int) -> DelimitedRecord:
    """The record, with a fault where it takes in another row; `wanted` is the number of delimiters of a row."""
    row = 0 if record.fault else _row_inside(record, delimiter, wanted)
    if not row:
        return record
    fault = f"its quotation marks take in line {row}, which is a row of its own: one is missing or too many"
    return replace(record, fault=fault)


def _row_inside(record: DelimitedRecord, delimiter: str, wanted: int) -> int:
    """The line behind the first that is a row, 0 where none is."""
    first, *others = _lines(record)
    last = record.line + len(others)
    parts = (part for field in record.fields for part in _LINE_END.split(field)[1:])
    anywhere = first.count(delimiter) >= wanted or any(part.count(delimiter) >= wanted for part in parts)
    for number, line in enumerate(others, record.line + 1):
        if line.count(delimiter) >= wanted and (anywhere or number < last):
            return number
    return 0


def _refused_for(odd_line: int, record: DelimitedRecord) -> DelimitedRecord:
    if record.fault or len(_lines(record)) == 1:
        return record
    where = "in it" if odd_line == record.line else f"on line {odd_line}"
    fault = f"a quotation mark {where} has no partner, so it is not certain where the cells of this row end"
    return replace(record, fault=fault)


def _lines(record: DelimitedRecord) -> list[str]:
    """The lines of the file it takes, without their ends."""
    return _LINE_END.split(record.raw.rstrip("\r\n"))
