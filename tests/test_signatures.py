"""Signatures that were appended to a sheet: whose they are, and that nothing else came with them."""

import datetime as dt
import io
import json
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from leaflets.provenance.signatures import without_signatures
from tests import verapdf
from tests.running import MONOGRAPH, Leaflet

SHEET = "output/a-patient.pdf"


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> signers.SimpleSigner:
    """A made-up pharmacist with a certificate of her own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ann Example, PharmD")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=900))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("signer") / "ann.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"a", key, certificate, None, serialization.NoEncryption()))
    library: Any = signers.SimpleSigner
    loaded = library.load_pkcs12(str(path), passphrase=None)
    assert isinstance(loaded, signers.SimpleSigner)
    return loaded


@pytest.fixture
def sheet(leaflet: Leaflet) -> Leaflet:
    """A project with one monograph, and its leaflet."""
    leaflet.write("content/a.md", MONOGRAPH)
    assert leaflet("build", "a", "--audience", "patient").code == 0
    return leaflet


def signed(
    data: bytes, signer: signers.SimpleSigner, field: str = "Review", box: Any = None, change: Any = None
) -> bytes:
    """The sheet with a signature appended, in a field that is drawn where a box is given."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    if change:
        change(writer)
    metadata = signers.PdfSignatureMetadata(
        field_name=field, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    spec = fields.SigFieldSpec(field, on_page=0, box=box) if box else None
    out = io.BytesIO()
    signers.PdfSigner(metadata, signer, new_field_spec=spec).sign_pdf(writer, output=out)
    return out.getvalue()


def pem(signer: signers.SimpleSigner) -> bytes:
    assert signer.signing_cert is not None
    der = signer.signing_cert.dump()
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def test_a_signed_sheet_is_ours_and_says_who_signed_it(sheet: Leaflet, signer: signers.SimpleSigner) -> None:
    path = sheet.folder / SHEET
    path.write_bytes(signed(path.read_bytes(), signer))
    ran = sheet("verify", SHEET)
    assert ran.code == 0
    assert "whole and current" in ran.out
    assert "signed by Ann Example, PharmD at 20" in ran.out
    assert "by a certificate that this project does not trust" in ran.out
    assert sheet("rebuild", SHEET).code == 0


def test_a_certificate_that_the_project_trusts_vouches_for_its_signature(
    sheet: Leaflet, signer: signers.SimpleSigner
) -> None:
    path = sheet.folder / SHEET
    twice = signed(signed(path.read_bytes(), signer), signer, "Committee")
    path.write_bytes(twice)
    sheet.write("signers.pem", pem(signer))
    sheet.write("leaflet.toml", '[provenance]\ncertificates = "signers.pem"\n')
    (facts,) = json.loads(sheet("verify", SHEET, "--json").out)
    assert [(each["signer"], each["trusted"]) for each in facts["signatures"]] == [("Ann Example, PharmD", True)] * 2
    sheet.write("signers.pem", b"no certificate")
    assert "holds no certificates" in sheet("verify", SHEET).err
    sheet.write("leaflet.toml", '[provenance]\ncertificates = "gone.pem"\n')
    assert sheet("verify", SHEET).code == 2


def test_a_signed_sheet_stays_archival_and_accessible(sheet: Leaflet, signer: signers.SimpleSigner) -> None:
    data = signed((sheet.folder / SHEET).read_bytes(), signer)
    assert verapdf.failures(data, "3a") == []
    assert verapdf.failures(data, "ua1") == []


def drawn_over(writer: Any) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/CropBox")] = ArrayObject(map(NumberObject, (0, 0, 10, 10)))
    writer.update_container(page)


def script(writer: Any) -> None:
    dictionary: Any = DictionaryObject
    action = dictionary({pdf_name("/S"): NameObject("/JavaScript"), pdf_name("/JS"): NameObject("/x")})
    writer.root[pdf_name("/OpenAction")] = action
    writer.update_root()


def annotated(writer: Any, annotation: Any) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    annotations = page["/Annots"] if "/Annots" in page else ArrayObject()
    page[pdf_name("/Annots")] = ArrayObject([*annotations, annotation])
    writer.update_container(page)


def note(writer: Any) -> None:
    """A note whose icon a viewer draws at its own size, though its area is none and it calls itself a signature."""
    dictionary: Any = DictionaryObject
    keys = {"/Type": NameObject("/Annot"), "/Subtype": NameObject("/Text"), "/FT": NameObject("/Sig")}
    rect = ArrayObject(map(NumberObject, (100, 100, 100, 100)))
    annotated(writer, dictionary({pdf_name(key): value for key, value in {**keys, "/Rect": rect}.items()}))


def nonsense(writer: Any) -> None:
    number: Any = NumberObject
    annotated(writer, number(7))


def rect_of_names(writer: Any) -> None:
    dictionary: Any = DictionaryObject
    keys = {"/Subtype": NameObject("/Widget"), "/FT": NameObject("/Sig"), "/Rect": ArrayObject([NameObject("/a")])}
    annotated(writer, dictionary({pdf_name(key): value for key, value in keys.items()}))


@pytest.mark.parametrize("change", [drawn_over, script, note, nonsense, rect_of_names])
def test_what_is_appended_with_a_signature_may_not_change_the_sheet(
    sheet: Leaflet, signer: signers.SimpleSigner, change: Any
) -> None:
    path = sheet.folder / SHEET
    path.write_bytes(signed(path.read_bytes(), signer, change=change))
    ran = sheet("verify", SHEET)
    assert ran.code == 6
    assert "changes the sheet" in ran.out or "cannot be read" in ran.out
    assert sheet("rebuild", SHEET).code == 6


def test_a_signature_that_is_drawn_on_the_page_is_none_of_ours(sheet: Leaflet, signer: signers.SimpleSigner) -> None:
    path = sheet.folder / SHEET
    path.write_bytes(signed(path.read_bytes(), signer, box=(100, 100, 300, 300)))
    assert sheet("verify", SHEET).code == 6


def appended(data: bytes) -> bytes:
    return data + b"\n%%EOF\n"


def one_byte(data: bytes) -> bytes:
    at = len(data) - 4000
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def revised(data: bytes) -> bytes:
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(data))
    script(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("spoil", [appended, one_byte, revised])
def test_a_signature_that_does_not_fit_its_bytes_is_refused(
    sheet: Leaflet, signer: signers.SimpleSigner, spoil: Any
) -> None:
    path = sheet.folder / SHEET
    path.write_bytes(spoil(signed(path.read_bytes(), signer)))
    assert sheet("verify", SHEET).code == 6


def test_an_appended_revision_without_a_signature_is_refused(sheet: Leaflet) -> None:
    path = sheet.folder / SHEET
    path.write_bytes(revised(path.read_bytes()))
    ran = sheet("verify", SHEET)
    assert ran.code == 6
    assert "it is no signature" in ran.out


def test_without_the_extra_the_way_to_it_is_named(
    sheet: Leaflet, signer: signers.SimpleSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheet.folder / SHEET
    path.write_bytes(signed(path.read_bytes(), signer))
    for name in [one for one in sys.modules if one.partition(".")[0] == "pyhanko"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyhanko", None)
    ran = sheet("verify", SHEET)
    assert ran.code == 6
    assert "pip install 'leaflets[signatures]'" in ran.out


def test_a_file_without_a_signature_is_as_it_was(sheet: Leaflet) -> None:
    data = Path(sheet.folder / SHEET).read_bytes()
    assert without_signatures(data) == (data, ())
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert "/AcroForm" not in pdf.Root
