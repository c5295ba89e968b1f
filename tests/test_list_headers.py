"""No column of a list vanishes: each is known, mapped or ignored, and no error prints what may be a patient's name."""

import json
from pathlib import Path

import pytest

from leaflets.cli.run_output import column_facts
from leaflets.errors import UsageError
from leaflets.project.settings_file import read_settings
from leaflets.runlist.header_words import is_surely_header, usual_headers
from leaflets.runlist.headers import usual_columns
from leaflets.runlist.read import read_list, read_recorded_list
from tests.batch_doubles import BatchEnvironment, patients


def refusal(data: str, **rules: object) -> str:
    with pytest.raises(UsageError) as caught:
        read_list(data.encode(), **rules)  # type: ignore[arg-type]
    return f"{caught.value.message}\n{caught.value.hint}"


def test_usual_headers_of_other_systems_are_known() -> None:
    (row,) = read_list(b"drug,name,sig,qty,doctor,DOB,Rx#\na,x,b,c,d,e,f\n", {"name": "patient_name"}).parsed.rows
    assert row.cells == {
        "drug": "a", "patient_name": "x", "directions": "b", "quantity": "c", "prescriber": "d", "dob": "e",
        "rx_number": "f",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        ("Medicamento;Paciente;Indicaciones;Cantidad;Médico", "drug patient_name directions quantity prescriber"),
        ("الدواء;المريض;طريقة الاستعمال;الكمية;الطبيب", "drug patient_name directions quantity prescriber"),
        ("Tên thuốc;Bệnh nhân;Cách dùng;Số lượng;Bác sĩ", "drug patient_name directions quantity prescriber"),
        ("药品名称;患者姓名;用法用量;数量;医生", "drug patient_name directions quantity prescriber"),
        ("DrugName;PatientName;Sig Text;QTY;PRESCRIBER_NAME", "drug patient_name directions quantity prescriber"),
    ],
)
def test_usual_headers_are_known_in_our_languages(headers: str, columns: str) -> None:
    data = f"{headers}\n{';'.join('x' for _ in headers.split(';'))}\n"
    assert list(read_list(data.encode()).parsed.rows[0].cells) == columns.split()


def test_a_column_that_nobody_knows_is_an_error_with_the_lines_to_paste() -> None:
    error = refusal("drug,Patient,Refills Left,Zebedee\na,b,c,d\n")
    assert "columns that are not known: column 3 (“Refills Left”), column 4" in error
    assert '    [batch.columns]\n        "Refills Left" = "…"\n        "HEADER OF COLUMN 4" = "…"' in error
    assert 'ignore = ["Refills Left", "HEADER OF COLUMN 4"]' in error


@pytest.mark.parametrize("line", ["Medicine,Ann Smith,apixaban", "drug,Dan Price,1", "Ward,Khoa Dung,medication"])
def test_a_first_line_that_is_a_patients_is_not_repeated(line: str) -> None:
    error = refusal(f"{line}\n{line}\n")
    assert line.split(",")[1].split()[0] not in error


def test_names_of_people_are_never_surely_headers() -> None:
    names = ("Ann Smith", "Dung", "Khoa", "Ward Price", "Street", "Min Ho", "Rosa Sala", "Rx Smith", "1978-02-01", "")
    assert not [name for name in names if is_surely_header(name)]
    assert all(map(is_surely_header, ("Patient Phone", "Refills", "address_1", "NDC Number", "Rx Status", "患者姓名")))


def test_ignored_columns_are_left_out_and_mapped_ones_go_before_usual_ones() -> None:
    data = b"Drug,Medication,Patient,Refills\nExa,Examplin 5 mg,77,3\n"
    assert "twice: column 1 and column 2" in refusal(data.decode())
    run_list = read_list(data, {"Patient": "patient_ref"}, ignored=["medication", "REFILLS"])
    assert dict(run_list.parsed.rows[0].cells) == {"drug": "Exa", "patient_ref": "77"}
    assert "both maps and ignores" in refusal(data.decode(), columns={"Refills": "quantity"}, ignored=["refills"])


def test_text_under_no_header_is_a_bad_row() -> None:
    run_list = read_list(b"drug,,\na,,\nb,x,\n")
    assert [bool(row.fault) for row in run_list.parsed.rows] == [False, True]
    assert "column 2, which has no header" in run_list.parsed.rows[1].fault
    assert not read_list(b"drug,,\nb,x,\n", ignored=[""]).parsed.rows[0].fault


def test_json_lines_know_their_columns_too() -> None:
    rows = [{"medication": "a", "sig": "b"}, {"medication": "a", "refills": 2, "Ann Smith": 1}]
    data = "\n".join(map(json.dumps, rows))
    error = refusal(data)
    assert "name 2 of line 2 (“refills”), name 3 of line 2" in error
    assert "Ann" not in error
    parsed = read_list(data.encode(), ignored=["refills", "Ann Smith"]).parsed
    assert [dict(row.cells) for row in parsed.rows] == [{"drug": "a", "directions": "b"}, {"drug": "a"}]
    assert column_facts(parsed)[1] == {"header": "sig", "column": "directions", "empty": 0.5}


def test_a_recorded_list_is_read_by_the_columns_of_its_run() -> None:
    """Neither a later table of usual headers nor later settings change what a reprint says."""
    data = b"drug,sig,Refills,\na,b,c,d\n"
    assert dict(read_recorded_list(data, {}, "").parsed.rows[0].cells) == {"drug": "a"}
    run_list = read_list(data, ignored=["refills", ""])
    recorded = usual_columns(run_list.parsed.columns)
    assert recorded == {"sig": "directions"}
    assert read_recorded_list(data, recorded, "").parsed.rows[0].cells == run_list.parsed.rows[0].cells


def test_a_usual_header_means_one_column() -> None:
    assert len({"patient", "患者", "sig", "rx number"} & usual_headers().keys()) == 4
    assert not {"name", "date", "id", "rx", "number"} & usual_headers().keys()


def test_ignore_is_a_list_of_texts(tmp_path: Path) -> None:
    path = tmp_path / "leaflet.toml"
    path.write_text('[batch]\nignore = ["Refills", ""]\n')
    assert read_settings(path).batch_ignore == ("Refills", "")
    path.write_text('[batch]\nignore = "Refills"\n')
    with pytest.raises(UsageError, match="list of texts"):
        read_settings(path)


def test_a_run_of_a_list_with_usual_headers_is_resumed_and_reprinted(tmp_path: Path) -> None:
    _, rows = patients(4).split(b"\n", 1)
    data = b"Medication,Patient,MRN,Rx#,Ward,Copies\n" + rows
    environment = BatchEnvironment(tmp_path, data)
    made = environment.run()
    assert json.loads(made.run.options)["columns"] == [
        ["medication", "drug"], ["mrn", "patient_ref"], ["patient", "patient_name"], ["rx#", "rx_number"],
        ["ward", "destination"],
    ]  # fmt: skip
    assert environment.run().run == made.run
    environment.reprint("last", [1])
    assert b"Zebedee Quux 0" in b"".join(data for name, data in environment.files().items() if "reprint" in name)
