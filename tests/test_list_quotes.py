"""Quotation marks that pair across rows never give one patient the cells of another."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.errors import UsageError
from leaflets.runlist.columns import ListRow, clean_cell
from leaflets.runlist.delimited import DELIMITERS
from leaflets.runlist.read import read_list, rejected_rows

HEADER = "drug,patient_name,directions\n"


def rows_of(text: str, delimiter: str = ",") -> tuple[ListRow, ...]:
    return read_list(text.replace(",", delimiter).encode()).parsed.rows


@pytest.mark.parametrize("delimiter", [*DELIMITERS, "|"])
@pytest.mark.parametrize(
    "rows",
    [
        'aaa,"Ann,Take one\nbbb,Bob",Take two\n',
        'aaa,Ann,"Take one\nbbb,Bob,Take two"\n',
        'aaa,"Ann,Take one\nccc,Cy,Take three\nbbb,Bob",Take two\n',
        'aaa,"Ann\nbbb,Bob,Take two\nccc",Take three\n',
        'aaa,Ann,"Take one\r\nbbb,Bob,"\r\n',
    ],
)
def test_a_row_that_takes_in_another_is_refused_with_both_lines(rows: str, delimiter: str) -> None:
    sep = "sep=|\n" if delimiter == "|" else ""
    first = 2 + bool(sep)
    row = rows_of(sep + HEADER + rows + "ddd,Di,Take four\n", delimiter)[0]
    assert row.line == first
    assert f"line {first + 1}, which is a row of its own" in row.fault
    assert dict(row.cells) == {}
    assert "Bob" not in row.fault


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(
    "directions",
    ["Take one\ntwice a day", "Take one, with food\r\nthen two, at night", "One\n\nTwo\n", "Say “ah”\nSay ah"],
)
def test_directions_of_several_lines_pass(directions: str, delimiter: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["drug", "patient_name", "directions", "quantity", "prescriber"])
    writer.writerow(["aaa", "Ann", directions, "30", "Lee"])
    writer.writerow(["bbb", "Bob", directions, "30", "Lee"])
    rows = read_list(file.getvalue().encode()).parsed.rows
    assert [row.fault for row in rows] == ["", ""]
    assert [row.cells["directions"] for row in rows] == [directions.strip()] * 2


def test_a_mark_without_partner_refuses_what_may_have_been_paired_from_the_wrong_end() -> None:
    rows = rows_of(HEADER + 'aaa,"Ann,Take one\nbbb,"\nx"\nccc,Cy,Take three\n')
    assert "on line 4 has no partner" in rows[0].fault
    assert rows[-1].fault == ""


def test_inches_beside_lines_of_their_own_are_only_inches() -> None:
    rows = rows_of(HEADER + 'aaa,Ann,"Take one\ndaily"\nbbb,Bob,Take two\nccc,Cy,5" tube\n')
    assert [row.fault for row in rows] == ["", "", ""]
    assert rows[2].cells["directions"] == '5" tube'


def test_a_header_that_takes_in_a_row_stops_the_list() -> None:
    with pytest.raises(UsageError, match=r"line 1 .* line 2, which is a row") as caught:
        read_list(b'drug,"patient_name,directions\naaa,Ann",x\nbbb,Bob,y\n')
    assert "Ann" not in caught.value.message


def test_rejects_hold_both_rows() -> None:
    run_list = read_list((HEADER + 'aaa,"Ann,x\nbbb,Bob",y\nccc,Cy,z\n').encode())
    assert rejected_rows(run_list, {2}).decode() == HEADER + 'aaa,"Ann,x\nbbb,Bob",y\n'


def test_the_quotation_mark_is_no_delimiter() -> None:
    with pytest.raises(UsageError, match="sep="):
        read_list(b'sep="\ndrug"patient_name\n')


CELL = st.text(
    st.sampled_from('ab,;\t"\n Äß') | st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Sm")), max_size=12
)
TABLE = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6)


def written(table: list[tuple[str, ...]], delimiter: str, quote_all: bool) -> str:
    """A table as Python's own writer writes it, each row with a number that no other row has."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    writer.writerow(["drug", "patient_name", "directions", "quantity"])
    for number, row in enumerate(table):
        writer.writerow([*(f"{cell}<{number}>" for cell in row), f"<{number}>"])
    return file.getvalue()


@given(TABLE, st.sampled_from(DELIMITERS), st.booleans())
def test_what_a_writer_of_csv_wrote_comes_back_or_is_refused(
    table: list[tuple[str, ...]], delimiter: str, quote_all: bool
) -> None:
    rows = read_list(written(table, delimiter, quote_all).encode()).parsed.rows
    assert len(rows) == len(table)
    for number, (row, wanted) in enumerate(zip(rows, table, strict=True)):
        if "quotation marks" in row.fault:
            assert any(line.count(delimiter) >= 3 for line in row.raw.splitlines()[1:])
            continue
        assert [row.cells[name] for name in ("drug", "patient_name", "directions", "quantity")] == [
            *(clean_cell(f"{cell}<{number}>") for cell in wanted),
            f"<{number}>",
        ]


@given(TABLE, st.sampled_from(DELIMITERS), st.booleans(), st.data())
def test_a_quotation_mark_too_many_or_too_few_never_mixes_rows_in_silence(
    table: list[tuple[str, ...]], delimiter: str, quote_all: bool, data: st.DataObject
) -> None:
    text = written(table, delimiter, quote_all)
    whole = read_list(text.encode()).parsed.rows
    start = text.index("\n") + 1
    place = data.draw(st.integers(start, len(text)))
    damaged = text[:place] + '"' + text[place:]
    if '"' in text[place:] and data.draw(st.booleans()):
        place = text.index('"', place)
        damaged = text[:place] + text[place + 1 :]
    if any("quotation marks" in row.fault for row in whole):
        return
    for row in read_list(damaged.encode()).parsed.rows:
        numbers = {part.partition(">")[0] for part in "".join(row.cells.values()).replace('"', "").split("<")[1:]}
        assert row.fault or len(numbers) <= 1
