"""A file that is no list is named for what it is, with what to do; a list without rows is refused."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from leaflets.cli import main
from leaflets.errors import CheckFailed, UsageError
from leaflets.runlist.read import read_list


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "Ann Smith" * 2_000)
    return file.getvalue()


TELECOM = (
    b"123456D0B1PCN       1011234567890  20261130SOFT\x1e\x1cAM01\x1cC419500102\x1cCAANN\x1cCBSMITH\x1d\x1e\x1cAM07"
)

FILES = {
    "an Excel workbook (XLSX)": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "an OpenDocument spreadsheet": zipped("mimetype/application/vnd.oasis.opendocument.spreadsheet"),
    "a ZIP archive": zipped("tonight.csv"),
    "an old Excel workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "(XLS)": b"\x09\x08\x10\x00\x00\x06\x05\x00Ann Smith",
    "gzip": gzip.compress(b"drug,patient_name\napixaban,Ann Smith\n"),
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nAnn Smith",
    "PDF": b"\xef\xbb\xbf%PDF-1.7\nAnn Smith",
    "an Access database": b"\x00\x01\x00\x00Standard Jet DB\x00Ann Smith",
    "a picture": b"\x89PNG\r\n\x1a\nAnn Smith",
    "an HL7 v2 message": b"\x0bMSH|^~\\&|RX|HOSP|||20261130||RDS^O13|1|P|2.5\rPID|1||77||Smith^Ann\r",
    "an NCPDP Telecommunication message": TELECOM,
    "an EDIFACT message": b"UNA:+./*'UIB+UNOA:0++1+++D:X+P:C+20261130'PTT+1++SMITH:ANN'",
    "an NCPDP SCRIPT message": b'<?xml version="1.0"?>\n<Message version="010" release="006"><Name>Smith',
    "FHIR in XML": b'<Bundle xmlns="http://hl7.org/fhir"><entry>Ann Smith</entry></Bundle>',
    "an HL7 document in XML": b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">Ann Smith',
    "an Excel workbook in XML": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>Ann Smith',
    "XML": '\ufeff<?xml version="1.0"?><list><row>Ann Smith</row></list>'.encode("utf-16"),
    "an HTML page": b"\r\n<html><body><table><tr><td>Ann Smith",
    "a JSON array": b'[\n{"drug": "apixaban", "patient_name": "Ann Smith"}]',
    "a Rich Text document": b"{\\rtf1 Ann Smith}",
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("codec", ["", "cp1252"])
def test_a_file_that_is_no_list_is_named_for_what_it_is(name: str, codec: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_list(FILES[name], codec=codec)
    assert name in caught.value.message
    assert caught.value.hint
    assert "Smith" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("header", ["PK", "GIF", "ISA", "MSH", "<drug>", "[drug]", "% dose", "UNA", "BIN", "\t"])
def test_headers_that_begin_like_another_format_are_headers(header: str) -> None:
    for codec in ("utf-8", "utf-16", "utf-16-le"):
        run_list = read_list(f"{header},drug\nx,apixaban\n".encode(codec), ignored=[header])
        assert run_list.parsed.rows[0].cells["drug"] == "apixaban"


@pytest.mark.parametrize("data", ["drug,patient_name\n", "drug,patient_name", "sep=;\ndrug;dob\n;\n\n"])
def test_a_list_without_rows_is_refused(data: str) -> None:
    with pytest.raises(CheckFailed, match="no row to make"):
        read_list(data.encode())


def test_a_dry_run_and_a_run_agree_about_a_list_without_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tonight.csv").write_text("drug,patient_name\n", encoding="utf-8")
    outcomes = set()
    for flags in ([], ["--dry-run"], ["--keep-going"], ["--dry-run", "--keep-going"]):
        code = main(["batch", "tonight.csv", "--workers", "0", *flags])
        outcomes.add((code, *capsys.readouterr()))
    ((code, out, err),) = outcomes
    assert (code, out) == (4, "")
    assert "the list has no row to make" in err


def test_a_bundle_of_which_nothing_is_handed_out_says_so() -> None:
    dispense = '{"resource": {"resourceType": "MedicationDispense", "status": "cancelled"}}'
    with pytest.raises(CheckFailed) as caught:
        read_list(f'{{"resourceType": "Bundle", "entry": [{dispense}]}}'.encode())
    assert "cancelled" in caught.value.hint


def test_the_encoding_of_every_list_is_a_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tonight.csv").write_bytes("drug,patient_name\nnobody knows,Dvořák\n".encode("cp1250"))
    assert main(["batch", "tonight.csv", "--dry-run"]) == 2
    assert "cp1250" in capsys.readouterr().err
    Path("leaflet.toml").write_text('[batch]\nencoding = "cp1250"\n', encoding="utf-8")
    assert main(["batch", "tonight.csv", "--dry-run"]) == 4
    assert "no monograph has this name" in capsys.readouterr().err
    assert main(["batch", "tonight.csv", "--dry-run", "--encoding", "ascii"]) == 2
