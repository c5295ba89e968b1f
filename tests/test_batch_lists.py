"""Lists as pharmacy systems write them are read whole, and no finding about them holds a patient's data."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.errors import CheckFailed, UsageError
from leaflets.runlist.columns import ListRow
from leaflets.runlist.drug_names import DrugName, index_drug_names
from leaflets.runlist.read import RunList, read_list, rejected_rows
from leaflets.runlist.requests import CopyRequest, RowDefaults, RowFault, copy_request

TABLE = (
    "drug,patient_name,directions,copies\r\n"
    'apixaban,Nguyễn Thị Minh Khai,"One tablet\r\ntwice a day",2\r\n'
    'baricitinib,"Øst, Åse",Take one,1\r\n'
)


def cells(run_list: RunList) -> list[dict[str, str]]:
    return [dict(row.cells) for row in run_list.parsed.rows]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_make_no_difference(codec: str, delimiter: str) -> None:
    text = TABLE.replace("Øst, Åse", "ØstÅse").replace(",", delimiter)
    run_list = read_list(text.encode(codec))
    assert [row.line for row in run_list.parsed.rows] == [2, 4]
    assert cells(run_list)[0]["patient_name"] == "Nguyễn Thị Minh Khai"
    assert cells(run_list)[0]["directions"] == "One tablet\r\ntwice a day"
    assert cells(run_list)[1] == {
        "drug": "baricitinib",
        "patient_name": "ØstÅse",
        "directions": "Take one",
        "copies": "1",
    }
    assert run_list.findings == ()


def test_windows_1252_is_supposed_and_said() -> None:
    run_list = read_list("drug;patient_name\napixaban;René Müller\n".encode("cp1252"))
    assert cells(run_list) == [{"drug": "apixaban", "patient_name": "René Müller"}]
    assert [finding.code for finding in run_list.findings] == ["list-encoding"]


def test_a_byte_without_meaning_is_named_by_its_line() -> None:
    with pytest.raises(UsageError, match="line 3"):
        read_list(b"drug,patient_name\napixaban,A\nbaricitinib,Zo\x81\n")


def test_an_encoding_can_be_said() -> None:
    run_list = read_list("drug,patient_name\napixaban,محمد\n".encode("cp1256"), codec="cp1256")
    assert cells(run_list)[0]["patient_name"] == "محمد"
    with pytest.raises(UsageError, match="no encoding"):
        read_list(b"drug\napixaban\n", codec="klingon")


def test_headers_are_renamed_by_the_settings() -> None:
    data = b"Medicine,PAT-ID,Station\napixaban,77,Ward 3\n"
    run_list = read_list(data, {"medicine": "drug", "pat id": "patient_ref", "Station": "destination"})
    assert cells(run_list) == [{"drug": "apixaban", "patient_ref": "77", "destination": "Ward 3"}]
    with pytest.raises(UsageError, match="no column"):
        read_list(data, {"Medicine": "medicine"})


def test_spreadsheet_habits() -> None:
    run_list = read_list(b'sep=;\r\ndrug;ndc;copies\r\n;="00003089421";3\r\n;;\r\n')
    assert cells(run_list) == [{"drug": "", "ndc": "00003089421", "copies": "3"}]
    assert run_list.parsed.rows[0].line == 3


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (b"apixaban,Ann Smith\n", "2 fields where the header has 3"),
        (b"apixaban,Ann Smith,1,2\n", "4 fields where the header has 3"),
        (b'apixaban,"Ann" Smith,1\n', "quotation marks"),
        (b"apixaban,Ann\x01Smith,1\n", "cannot be printed"),
        (b"apixaban," + b"Ann Smith " * 300 + b",1\n", "more than 2000"),
    ],
)
def test_bad_rows_are_told_by_line_without_their_text(row: bytes, expected: str) -> None:
    run_list = read_list(b"drug,patient_name,copies\nbaricitinib,Bo,1\n" + row)
    assert [bool(one.fault) for one in run_list.parsed.rows] == [False, True]
    assert expected in run_list.parsed.rows[1].fault
    assert run_list.parsed.rows[1].line == 3
    assert "Ann" not in repr(run_list.parsed.rows[1]) + run_list.parsed.rows[1].fault


def test_a_list_without_header_does_not_give_its_first_patient_away() -> None:
    with pytest.raises(UsageError) as caught:
        read_list(b"apixaban,Ann Smith,1\nbaricitinib,Bo,1\n")
    assert "Ann" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("data", [b"", b"\n\n", b"drug,drug\n", b"drug\n", b"{}", b"\xff\xfe"])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    if data == b"{}":
        assert read_list(data).parsed.rows[0].cells == {}
        return
    with pytest.raises((UsageError, CheckFailed)):
        read_list(data)


def test_json_lines() -> None:
    data = '{"drug": "apixaban", "copies": 2, "dob": null}\n\n["no"]\n{"drug": "a", "drug": "b"}\n{"drug": {"a": 1}}\n'
    run_list = read_list(data.encode())
    assert run_list.format == "jsonl"
    assert cells(run_list)[0] == {"drug": "apixaban", "copies": "2", "dob": ""}
    assert [(row.line, bool(row.fault)) for row in run_list.parsed.rows] == [
        (1, False),
        (3, True),
        (4, True),
        (5, True),
    ]


BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "fullUrl": "urn:uuid:1",
            "resource": {
                "resourceType": "Patient",
                "id": "p1",
                "identifier": [{"value": "MRN-1"}],
                "name": [{"given": ["Ann", "B"], "family": "Smith"}],
                "birthDate": "1950-01-02",
            },
        },
        {
            "resource": {
                "resourceType": "MedicationDispense",
                "status": "completed",
                "medicationCodeableConcept": {
                    "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1364430"}],
                    "text": "apixaban 5 mg",
                },
                "subject": {"reference": "Patient/p1"},
                "authorizingPrescription": [{"reference": "MedicationRequest/m1"}],
                "quantity": {"value": 60, "unit": "tablets"},
                "whenHandedOver": "2026-11-22T10:00:00Z",
                "destination": {"display": "Ward 3"},
                "dosageInstruction": [{"text": "One twice a day", "timing": {"repeat": {"when": ["MORN", "EVE"]}}}],
            },
        },
        {"resource": {"resourceType": "MedicationDispense", "status": "entered-in-error"}},
        {"resource": {"resourceType": "MedicationDispense", "subject": {"display": "Bo"}}},
        {
            "resource": {
                "resourceType": "MedicationRequest",
                "id": "m1",
                "identifier": [{"value": "RX9"}],
                "requester": {"display": "Dr Lee"},
            }
        },
    ],
}


def test_a_bundle_of_dispenses() -> None:
    run_list = read_list(json.dumps(BUNDLE, indent=1).encode())
    good, bad = run_list.parsed.rows
    assert run_list.format == "fhir"
    assert good.cells == {
        "rxcui": "1364430",
        "patient_name": "Ann B Smith",
        "patient_ref": "MRN-1",
        "dob": "1950-01-02",
        "rx_number": "RX9",
        "prescriber": "Dr Lee",
        "quantity": "60 tablets",
        "dispensed_on": "2026-11-22",
        "directions": "One twice a day",
        "dose_times": "morning evening",
        "destination": "Ward 3",
    }
    assert json.dumps(BUNDLE, indent=1).splitlines()[good.line - 1].strip() == "{"
    assert bad.fault
    assert [finding.code for finding in run_list.findings] == ["list-dispense-off"]


def dispensed(**more: object) -> dict[str, str]:
    """The cells of one dispense to a patient who had another name once."""
    names = [{"use": "old", "family": "Before"}, {"use": "official", "given": ["Ana"], "family": "Now"}]
    patient = {"resourceType": "Patient", "id": "p", "meta": {"versionId": "2"}, "name": names}
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "meta": {"versionId": "7"},
        "code": {"text": "metformin"},
    }
    dispense = {
        "resourceType": "MedicationDispense",
        "subject": {"reference": "Patient/p/_history/2"},
        "medicationReference": {"reference": "Medication/m/_history/7"},
        "dosageInstruction": [{"text": "One a day"}],
        **more,
    }
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in (patient, medication, dispense)]}
    (row,) = read_list(json.dumps(bundle).encode()).parsed.rows
    return dict(row.cells)


def test_a_label_bears_the_name_in_use() -> None:
    assert dispensed()["patient_name"] == "Ana Now"
    assert dispensed()["drug"] == "metformin"


def test_directions_of_a_bundle_keep_their_order_and_lose_nothing() -> None:
    steps = [{"sequence": 2, "text": "Then 5 mg"}, {"sequence": 1, "text": "10 mg", "patientInstruction": "With food"}]
    assert dispensed(dosageInstruction=steps)["directions"] == "10 mg\nWith food\nThen 5 mg"
    same = [{"text": "Take ONE tablet.", "patientInstruction": "Take one tablet. Drink water."}]
    assert dispensed(dosageInstruction=same)["directions"] == "Take one tablet. Drink water."


def test_all_codes_of_a_concept_are_asked() -> None:
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    cells = dispensed(medicationCodeableConcept={"coding": [{"system": rxnorm, "code": code} for code in ("1", "2")]})
    assert cells["rxcui"] == "1\n2"
    row = ListRow(1, {"rxcui": "1\n2"}, "")
    one, both = (
        DrugName("metformin", "rxcui", "2"),
        (DrugName("metformin", "rxcui", "2"), DrugName("aspirin", "rxcui", "1")),
    )
    read = copy_request(row, index_drug_names([one]), RowDefaults())
    assert isinstance(read, CopyRequest)
    assert read.leaflet.drug == "metformin"
    assert isinstance(copy_request(row, index_drug_names(both), RowDefaults()), RowFault)


def test_rejects_of_a_bundle_are_a_bundle_that_still_explains_itself() -> None:
    run_list = read_list(json.dumps(BUNDLE, indent=1).encode())
    again = read_list(rejected_rows(run_list, {run_list.parsed.rows[0].line}))
    assert [dict(row.cells) for row in again.parsed.rows] == [dict(run_list.parsed.rows[0].cells)]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rejects_keep_encoding_delimiter_and_text(codec: str) -> None:
    text = 'sep=;\r\ndrug;patient_name\r\na;"Åse\r\nØst"\r\nb;Bo\r\nc;"""Cy"""\r\n'
    run_list = read_list(text.encode(codec), codec="cp1252" if codec == "cp1252" else "")
    rejected = rejected_rows(run_list, {3, 6})
    assert rejected == 'sep=;\r\ndrug;patient_name\r\na;"Åse\r\nØst"\r\nc;"""Cy"""\r\n'.encode(codec)


def test_rejects_of_json_lines_are_the_lines() -> None:
    data = b'{"drug": "a"}\n{"drug": \n{"drug": "c"}\n'
    assert rejected_rows(read_list(data), {2, 3}) == b'{"drug": \n{"drug": "c"}\n'


CELL = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Z")), min_size=1, max_size=20).map(str.strip)


@given(
    st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_table_comes_back_as_it_was_written(rows: list[tuple[str, str, str]], codec: str, delimiter: str) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    head = delimiter.join(("drug", "patient_name", "directions")) + "\n"
    text = head + "".join(delimiter.join(map(quoted, row)) + "\n" for row in rows)
    run_list = read_list(text.encode(codec))
    expected = [tuple(row) for row in rows]
    read = [(row.cells["drug"], row.cells["patient_name"], row.cells["directions"]) for row in run_list.parsed.rows]
    plain = [tuple(cell for cell in row) for row in expected if not any(c.startswith('="') for c in row)]
    assert [row for row in read if row in plain] == plain
    assert rejected_rows(run_list, {row.line for row in run_list.parsed.rows}) == text.encode(codec)


@given(st.binary(max_size=300))
def test_no_bytes_bring_the_reader_down(data: bytes) -> None:
    try:
        run_list = read_list(data)
    except (UsageError, CheckFailed):
        return
    rejected_rows(run_list, {row.line for row in run_list.parsed.rows})


@given(st.text(max_size=200))
def test_no_text_brings_the_reader_down(text: str) -> None:
    for head in ("drug,patient_name\n", "", "{", '{"resourceType": "Bundle", "entry": ['):
        try:
            read_list((head + text).encode("utf-8", "surrogatepass"))
        except (UsageError, CheckFailed):
            continue
