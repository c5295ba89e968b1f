"""A sheet carries the text it was made of and a record of its making, and shows when a byte of it was changed."""

import datetime as dt
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.errors import PdfError
from leaflets.model.edition import Audience
from leaflets.model.page import Attachment, Html
from leaflets.model.paper import Paper
from leaflets.printfile import PrintJob, write_print_file
from leaflets.printfile.split import SplitWriter
from leaflets.project.content import source_at
from leaflets.provenance.contents import read_contents
from leaflets.seal.digest import is_intact, with_seal
from leaflets.seal.record import Record, read_record, record_bytes
from leaflets.typeset import typeset
from tests import verapdf
from tests.pages import assets, page
from tests.print_samples import fonts, label, sheet
from tests.print_samples import leaflet as sample
from tests.reviews import vouch
from tests.running import MONOGRAPH, Leaflet
from tests.sheets import ProjectMonographs, own_files, voices
from tests.test_printfile import CONTROL, copies

_TEXTS = ("0" * 32, "a", "A", "1", "2026-01-05", "2030-01-05", "US")
GOOD = json.loads(record_bytes(Record(*_TEXTS, (), {}, (), {}, {}, {})))
"""The facts of a record that is read."""
SHEETS = [(path, audience) for path in own_files() for audience in voices(path)]


@pytest.fixture(scope="module")
def made() -> bytes:
    return sample(1).data


# ---------------------------------------------------------------- what goes into a sheet


def enclosed(data: bytes) -> dict[str, bytes]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments}


@pytest.mark.parametrize(("path", "audience"), SHEETS, ids=lambda value: getattr(value, "stem", value))
def test_a_sheet_carries_its_text_to_the_byte_and_its_record(
    monographs: ProjectMonographs, path: Path, audience: Audience
) -> None:
    built = monographs.sheet(path, audience, Paper.A4)
    inside = enclosed(built.pdf.data)
    assert inside[path.name] == path.read_bytes()
    record = read_record(inside["leaflet-record.json"])
    assert record.content_id.startswith(built.content_id)
    assert (record.name, record.title, record.version) == (source_at(path).name, built.title, built.version)
    assert record.edition["audience"] == audience
    assert f"ID {built.content_id}" in "".join(" ".join(page) for page in _texts(built.pdf.data))


def _texts(data: bytes) -> Iterator[list[str]]:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        for one in document:
            yield one.get_textpage().get_text_range().split()


def test_files_are_associated_with_the_whole_and_say_what_they_are(monographs: ProjectMonographs) -> None:
    path, audience = SHEETS[0]
    with pikepdf.open(io.BytesIO(monographs.sheet(path, audience).pdf.data)) as pdf:
        files = {str(file.UF): file for file in pdf.Root.AF}
        source, record = files[path.name], files["leaflet-record.json"]
        assert (str(source.AFRelationship), str(source.EF.F.Subtype)) == ("/Source", "/text/markdown")
        assert (str(record.AFRelationship), str(record.EF.F.Subtype)) == ("/Data", "/application/json")
        assert all(str(file.Desc) for file in files.values())
        assert [str(name) for name in pdf.Root.Names.EmbeddedFiles.Names[::2]] == sorted(files)


def test_the_record_holds_no_clock_and_no_folder(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    text = MONOGRAPH.replace("title:", "version: '3'\nreview_by: 2027-01-05\ntitle:")
    vouch(leaflet.write("a.md", text))
    vouch(leaflet.write("elsewhere/a.md", text))
    assert leaflet("build", "a.md", "--audience", "patient").code == 0
    one = (leaflet.folder / "output/a-patient.pdf").read_bytes()
    monkeypatch.chdir(leaflet.folder / "elsewhere")
    monkeypatch.setattr("leaflets.pipeline.today", lambda: dt.date(2026, 12, 24))
    assert leaflet("build", "a.md", "--audience", "patient").code == 0
    assert (leaflet.folder / "elsewhere/output/a-patient.pdf").read_bytes() == one
    record = read_record(enclosed(one)["leaflet-record.json"])
    assert (record.version, record.reviewed, record.review_by) == ("3", "2026-01-05", "2027-01-05")
    assert str(leaflet.folder) not in enclosed(one)["leaflet-record.json"].decode()
    with pikepdf.open(io.BytesIO(one)) as pdf:
        assert str(pdf.Root.AF[0].EF.F.Params.ModDate) == "D:20260105000000Z"


def test_the_record_names_every_part_and_every_program(monographs: ProjectMonographs) -> None:
    path, audience = SHEETS[0]
    record = read_record(enclosed(monographs.sheet(path, audience).pdf.data)["leaflet-record.json"])
    parts = {name.partition("/")[0] for name in record.hashes}
    assert parts - {"content"} == {"source", "styles", "templates", "program"}
    assert all(len(digest) == 64 for digest in record.hashes.values())
    assert {"leaflet", "python", "weasyprint", "pango", "harfbuzz", "markdown", "jinja2"} <= record.made_with.keys()


def with_attachments(*sizes: int, claimed: int | None = None) -> io.BytesIO:
    """A PDF with attached files of such sizes, which are in it as `claimed` if that is given."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        for number, size in enumerate(sizes):
            name = f"{number}.md"
            document.attachments[name] = pikepdf.AttachedFileSpec(document, b" " * size, filename=name)
            if claimed is not None:
                document.attachments[name].obj.EF.F.Params.Size = claimed
        document.save(out)
    return out


@pytest.mark.parametrize("claimed", [None, 7])
@pytest.mark.parametrize(("sizes", "refused"), [((4_000_000,), False), ((4_000_001,), True), ((2_000_001,) * 2, True)])
def test_a_file_whose_attachments_are_too_large_is_refused(
    sizes: tuple[int, ...], refused: bool, claimed: int | None
) -> None:
    """A small PDF may hold attachments that expand to any size, whatever size it says they have."""
    out = with_attachments(*sizes, claimed=claimed)
    if refused:
        with pytest.raises(PdfError, match="too large"):
            read_contents(out.getvalue(), "a.pdf")
    else:
        assert read_contents(out.getvalue(), "a.pdf").texts == {}


def test_an_attachment_packed_several_times_over_is_refused() -> None:
    """Each packing may make it a thousand times smaller."""
    out = io.BytesIO()
    with pikepdf.open(with_attachments(9)) as document:
        stream = document.attachments["0.md"].obj.EF.F
        packed = zlib.compress(zlib.compress(b" " * 9))
        stream.write(packed, filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]))
        document.save(out, compress_streams=False)
    with pytest.raises(PdfError, match="packed in a way"):
        read_contents(out.getvalue(), "a.pdf")


def test_enclosures_keep_a_page_archival_and_accessible() -> None:
    plain = page("<p>2 mg</p>")
    beside = (
        Attachment("Ψ (1).md", b"# \xce\xa8\n", "text/markdown", "Source", "Text: Ψ", dt.date(2026, 1, 2)),
        Attachment("a.json", b"{}", "application/json", "Data", "A record"),
    )
    html = Html(plain.markup, plain.stylesheets, plain.title, plain.lang, attachments=beside)
    data = typeset(html, assets()).data
    assert verapdf.failures(data, "3a") == []
    assert verapdf.failures(data, "ua1") == []
    assert enclosed(data) == {"Ψ (1).md": b"# \xce\xa8\n", "a.json": b"{}"}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{}", b"[]", b"nonsense", b'{"leaflet-record": 2}', b'{"leaflet-record": 1, "name": "a"}', b"\xff",
        b"null",
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(PdfError):
        read_record(data)


ODD_PARTS: tuple[tuple[str, object], ...] = (
    ("name", "../../secret"), ("name", "a\\b"), ("name", "a\0"), ("name", ""), ("name", "ä" * 121), ("name", "\ud800"),
    ("title", ["A"]), ("title", "\ud800"), ("review_by", "soon"), ("review_by", "20300105"), ("reviewed", "2026-13-01"),
    ("sources", ["x"]), ("sources", [{"title": 5}]), ("edition", {"lang": ["en"]}), ("edition", {"lang": {"a": "b"}}),
    ("notices", [5]), ("hashes", {"source/a.md": "00"}), ("hashes", {"source/a.md": None}),
    ("made_with", {"python": 3}),
    ("settings", {"pharmacy": []}), ("settings", {"pharmacy": {"name": 5}}), ("settings", {"code_url": 5}),
    ("settings", {"pharmacy": {"name": "A" * 100_000}}), ("settings", {"pharmacy": {"report": [["GB", 5]]}}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "part"), ODD_PARTS)
def test_a_part_that_leaflet_does_not_write_is_refused(name: str, part: object) -> None:
    with pytest.raises(PdfError, match="record"):
        read_record(json.dumps(GOOD | {name: part}).encode())


def test_a_record_that_nests_without_end_is_refused() -> None:
    with pytest.raises(PdfError, match="cannot be read"):
        read_record(b'{"leaflet-record":' + b"[" * 200_000)


def test_a_record_of_the_first_format_is_read_and_names_nobody() -> None:
    first = {key: value for key, value in GOOD.items() if key != "reviews"} | {"leaflet-record": 1}
    assert not read_record(json.dumps(first).encode()).reviews


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_record_of_another_format_is_refused_whatever_it_holds(number: int) -> None:
    assert read_record(json.dumps(GOOD).encode()).name == "a"
    with pytest.raises(PdfError, match="of another format"):
        read_record(json.dumps(GOOD | {"leaflet-record": number}).encode())


def test_a_record_of_other_kinds_is_refused(monographs: ProjectMonographs) -> None:
    path, audience = SHEETS[0]
    good = json.loads(enclosed(monographs.sheet(path, audience).pdf.data)["leaflet-record.json"])
    for name in good:
        if name != "leaflet-record":
            with pytest.raises(PdfError):
                read_record(json.dumps({**good, name: 7}).encode())


# ---------------------------------------------------------------- the seal


def test_a_sheet_is_whole_as_it_was_made(made: bytes) -> None:
    assert is_intact(made) is True
    assert with_seal(made) == made


@given(st.data())
def test_any_changed_byte_is_seen(made: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != made[place]))
    assert is_intact(made[:place] + bytes([other]) + made[place + 1 :]) is not True


@given(st.integers(min_value=1, max_value=200), st.binary(min_size=1, max_size=40))
def test_a_cut_or_lengthened_file_is_seen(made: bytes, cut: int, more: bytes) -> None:
    assert is_intact(made[:-cut]) is not True
    assert is_intact(made + more) is not True


def test_a_file_saved_anew_by_another_program_has_no_seal(made: bytes) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(made)) as pdf:
        pdf.save(out)
    assert is_intact(out.getvalue()) is not True


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"startxref\n0\n%%EOF\n", b"startxref\n99\n%%EOF\n"])
def test_what_is_no_pdf_has_no_seal(data: bytes) -> None:
    assert is_intact(data) is None


@pytest.mark.parametrize("tagged", [False, True])
def test_a_print_file_is_sealed_and_carries_no_attachment(tagged: bool) -> None:
    out = io.BytesIO()
    write_print_file(out, copies(5, ("1", "3")), sheet, fonts(), PrintJob("Night run", tagged=tagged))
    assert is_intact(out.getvalue()) is True
    assert is_intact(out.getvalue().replace(b"Night run", b"Nicht run", 1)) is False
    assert enclosed(out.getvalue()) == {}


def test_a_file_of_one_copy_is_sealed_and_keeps_what_its_leaflet_carries(monographs: ProjectMonographs) -> None:
    from leaflets.printfile.jobs import Copy
    from leaflets.stamp import compile_leaflet

    path, audience = next(pair for pair in SHEETS if pair[1] is Audience.PATIENT)
    built = monographs.sheet(path, audience)
    compiled = compile_leaflet(built.pdf)
    writer = SplitWriter(lambda _key: compiled, fonts(installed=False))
    data = b"".join(writer.pieces(Copy("", "1 of 1", CONTROL, label("Anna Example"))))
    assert is_intact(data) is True
    assert enclosed(data) == enclosed(built.pdf.data)
    assert verapdf.failures(data, "3a") == []
    assert verapdf.failures(data, "ua1") == []
