"""Print files: every copy whole, in order, with its own label and no other's."""

import hashlib
import importlib
import io
import os
import re
import signal
import stat
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaflets.errors import OutputError, PdfError
from leaflets.impose import Sides
from leaflets.labels import LABEL_FIELDS, Label, LabelSetter
from leaflets.labels.label_sheet import SEE_LABEL_SHEET
from leaflets.labels.styles import CONTROL as CONTROL_STYLE
from leaflets.labels.text_operators import TextWriter
from leaflets.model.copy import copy_code, read_copy_code
from leaflets.printfile import (
    Banner,
    Copy,
    PrintJob,
    SplitWriter,
    WrittenFile,
    fits_banner,
    save_print_file,
    write_print_file,
)
from leaflets.printfile.content import LabelWriter
from leaflets.printfile.copy_template import FileNumbers, LabelItems, make_copy_template
from tests import verapdf
from tests.conftest import ROOT
from tests.print_samples import fonts, label, leaflet, names, sheet, texts

CONTROL = "run 20261122-3 · c0ffee12"
BANNER = Banner("Ward 3", ("12 copies", "Run 20261122-3"))
SCRIPTS = (
    "Nguyễn Thị Minh Khai",
    "محمد عبد الله",
    "فاطمة لاهوتی",
    "Анна Каренина",
    "Ελένη Παπαδοπούλου",
    "Zoë O’Brien",
)


def copies(count: int, keys: tuple[str, ...] = ("1", "2", "3")) -> list[Copy]:
    """So many copies, of each leaflet in turn, each for another patient."""
    return [
        Copy(keys[number % len(keys)], f"{number + 1} of {count}", CONTROL, label(name, number + 1))
        for number, name in enumerate(islice(names(), count))
    ]


def written(some: list[Copy], job: PrintJob, *, installed: bool = False) -> tuple[bytes, WrittenFile]:
    out = io.BytesIO()
    result = write_print_file(out, iter(some), sheet, fonts(installed=installed), job)
    return out.getvalue(), result


def elements(document: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every structure element below the root, parents first."""
    todo = list(document.Root.StructTreeRoot.K)
    while todo:
        item = todo.pop()
        if isinstance(item, pikepdf.Dictionary) and "/S" in item:
            yield item
            kids = item.get("/K", pikepdf.Array())
            todo += list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def outline_titles(document: pikepdf.Pdf) -> list[str]:
    """The titles of all bookmarks that have none below them, in order; the chain is checked both ways."""
    titles: list[str] = []

    def walk(parent: pikepdf.Object) -> None:
        item, previous = parent.get("/First"), None
        while item is not None:
            assert item.Parent.objgen == parent.objgen
            assert (None if previous is None else previous.objgen) == (item.Prev.objgen if "/Prev" in item else None)
            if "/First" in item:
                walk(item)
            else:
                titles.append(str(item.Title))
            item, previous = item.get("/Next"), item
        assert previous is not None
        assert parent.Last.objgen == previous.objgen

    walk(document.Root.Outlines)
    return titles


# ---------------------------------------------------------------- the control line


@pytest.mark.parametrize("control", [CONTROL, "run (1)\\2 · Größe", "run Łódź · a", "run محمد · a", "run " + "W" * 60])
@pytest.mark.parametrize("serial", ["1", "12 of 340", "1240 in place of 121", "7 (a)\\", "№ 7", "9" * 70, "9" * 200])
def test_a_control_line_is_set_as_a_whole_whatever_its_beginning_was_used_for_before(control: str, serial: str) -> None:
    setter, page = LabelSetter(fonts()), sheet("1")
    space = page.rect("control") or page.rect("label")
    assert space is not None
    whole = setter.uncached_block(
        f"{control} · {serial}", CONTROL_STYLE, space.width - (0 if page.rect("control") else 6)
    )
    writer = LabelWriter(TextWriter(fonts()), setter, tagged=False)
    writer.content(Copy("1", "3 of 4", control.replace("W", "")), page)
    if whole is None or len(whole.lines) > 1:
        with pytest.raises(PdfError, match="control line is too long"):
            writer.content(Copy("1", serial, control), page)
    else:
        expected = TextWriter(fonts()).line(whole.lines[0], whole.size_pt)
        assert expected in writer.content(Copy("1", serial, control), page).streams[0]
        assert expected in writer.content(Copy("1", serial, control), page).streams[0]


# ---------------------------------------------------------------- order, pages, labels


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from("123"), st.booleans()), min_size=1, max_size=9),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_every_label_is_on_the_first_page_of_its_copy_only(
    wanted: list[tuple[str, bool]], tagged: bool, duplex: bool, banner: bool
) -> None:
    patients = list(islice(names(), len(wanted)))
    some = [
        Copy(key, f"{at} of {len(wanted)}", CONTROL, label(patients[at - 1], at) if labelled else None)
        for at, (key, labelled) in enumerate(wanted, 1)
    ]
    job = PrintJob("Night run", tagged=tagged, duplex=duplex, banner=BANNER if banner else None)
    data, result = written(some, job)
    seen = texts(data)
    at = (2 if duplex else 1) if banner else 0
    assert not banner or "Ward 3 12 copies Run 20261122-3" in seen[0]
    for copy, patient in zip(some, patients, strict=True):
        pages = int(copy.leaflet_key)
        assert f"Drug {pages}" in seen[at]
        assert f"{CONTROL} · {copy.serial}" in seen[at]
        holders = [place for place, text in enumerate(seen) if patient in text]
        assert holders == ([at] if copy.label else [])
        for number in range(pages):
            assert f"Page {number + 1} of {pages}" in seen[at + number]
        at += pages
        if duplex and pages % 2:
            assert seen[at] == ""
            at += 1
    assert at == len(seen) == result.pages
    assert (result.copies, result.bytes) == (len(some), len(data))
    assert result.sha256 == hashlib.sha256(data).hexdigest()
    assert result.sheets_of_paper == (len(seen) // 2 if duplex else len(seen))


@pytest.mark.parametrize("tagged", [False, True])
def test_the_file_is_sound(tagged: bool) -> None:
    data, _ = written(copies(140), PrintJob("Night run", tagged=tagged, banner=BANNER))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []
        numbers = [page.objgen for page in document.pages]
        assert len(set(numbers)) == len(numbers)
        fonts_used = {
            str(font.BaseFont) for page in document.pages for font in page.resources.get("/Font", {}).values()
        }
        programs = [
            o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"
        ]
        assert len({str(program.FontName) for program in programs}) == len(programs) > 4
        assert {str(program.FontName) for program in programs} == fonts_used


@given(
    st.sampled_from(["1", "3", "rich"]),
    st.integers(1, 6),
    st.integers(-9, 9),
    st.integers(1, 2_000_000),
    st.sampled_from([0, 20]),
)
def test_a_copy_s_object_stream_says_where_its_objects_are(
    key: str, power: int, near: int, node: int, pressed_before: int
) -> None:
    numbers = FileNumbers(range(5, 500), 500, 4, 5, 8)
    form = make_copy_template(sheet(key), numbers, Sides(sheet(key).pages), items=LabelItems(6), tagged=True)
    form.stream(form.step, node)  # so that something is remembered
    first = max(1, 10**power + near) * form.step
    for earlier in range(pressed_before):
        form.stream(first + earlier % 3 * form.step, node)
    filled, stream = form.fill(first, node), form.stream(first, node)
    objects = zlib.decompress(stream.data)
    head, bodies = [int(number) for number in objects[: stream.first].split()], objects[stream.first :]
    assert head[::2] == list(range(first, first + form.packed))
    assert [int(number) for number in filled.numbers] == head[::2]
    ends = [*head[3::2], len(bodies) + 1]
    assert [bodies[start : end - 1] for start, end in zip(head[1::2], ends, strict=True)] == filled.bodies
    assert stream.parents == filled.parents


@pytest.mark.parametrize("key", ["2", "3"])
def test_every_number_of_a_copy_is_filled_in_however_many_objects_it_has(key: str) -> None:
    numbers = FileNumbers(range(5, 500), 500, 4, 5, 8)
    for items in range(1, 101):
        sides = Sides(sheet(key).pages, label_sheet=True)
        template = make_copy_template(sheet(key), numbers, sides, items=LabelItems(items, 3), tagged=True)
        filled = template.fill(300, 7)
        own = [f"{300 + template.packed + stream} 0 R".encode() for stream in range(template.streams)]
        assert b"\n".join(filled.bodies).isascii()
        assert all(sum(number in body for body in filled.bodies) == 1 for number in own)


def test_copies_with_many_tags_are_whole_where_numbers_grow_longer() -> None:
    some = copies(130, ("rich",))
    data, _ = written(some, PrintJob("Night run", tagged=True))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []
        assert len(document.objects) > 40_000
        documents = document.Root.StructTreeRoot.K[0].K
        kids = [[str(kid.S) for kid in one.K] for one in documents]
        assert len(kids) == 130
        assert all(one == kids[0] for one in kids)


def test_thousands_of_copies_make_a_tree_of_pages_and_bookmarks() -> None:
    count = 64 * 64 + 70
    some = [Copy("1", f"{number} of {count}", CONTROL) for number in range(1, count + 1)]
    data, result = written(some, PrintJob("Night run"))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages) == result.pages == 2 * count
        assert len(document.Root.Pages.Kids) == 2
        assert all(len(branch.Kids) <= 64 for branch in document.Root.Pages.Kids)
        assert outline_titles(document) == [copy.serial for copy in some]


def test_copies_share_all_but_label_and_page() -> None:
    few, many = (len(written(copies(count), PrintJob("Night run"))[0]) for count in (300, 600))
    assert (many - few) / 300 < 800
    data, _ = written(copies(90), PrintJob("Night run"))
    with pikepdf.open(io.BytesIO(data)) as document:
        streams = {
            page.Contents[1].objgen
            for page in document.pages
            if isinstance(page.Contents, pikepdf.Array) and len(page.Contents) == 3
        }
        assert len(streams) == 4  # the first page of each leaflet, and the third of one


def test_blank_backs_are_of_the_leaflet_s_size_and_say_they_are_empty() -> None:
    data, _ = written(copies(1, ("1",)), PrintJob("Night run", tagged=True))
    with pikepdf.open(io.BytesIO(data)) as document:
        front, back = document.pages
        assert [round(float(edge), 2) for edge in back.MediaBox] == [round(float(edge), 2) for edge in front.MediaBox]
        assert b"/Artifact" in back.Contents.read_bytes()
        assert "/StructParents" not in back


# ---------------------------------------------------------------- text of many scripts


@pytest.mark.parametrize("tagged", [False, True])
def test_names_of_five_scripts_are_read_back_as_they_were_given(tagged: bool) -> None:
    some = [Copy("2", f"{at} of 6", CONTROL, Label(name)) for at, name in enumerate(SCRIPTS, 1)]
    data, _ = written(some, PrintJob("Night run", tagged=tagged))
    seen = texts(data)[::2]
    assert [name for name, text in zip(SCRIPTS, seen, strict=True) if name in text] == list(SCRIPTS)


def test_chinese_names_are_read_back() -> None:
    pytest.importorskip("pylopdf_fonts_zh_cn")
    some = [Copy("2", "1 of 1", CONTROL, label("王小明"))]
    data, _ = written(some, PrintJob("Night run"), installed=True)
    assert "王小明" in texts(data)[0]
    part = b"".join(SplitWriter(sheet, fonts()).pieces(some[0]))
    assert "王小明" in texts(part)[0]


# ---------------------------------------------------------------- sameness, privacy


@pytest.mark.parametrize("tagged", [False, True])
def test_the_same_copies_give_the_same_bytes(tagged: bool) -> None:
    some = [*copies(70), *(Copy("1", f"{at}", CONTROL, Label(name)) for at, name in enumerate(SCRIPTS))]
    job = PrintJob("Night run", tagged=tagged, banner=BANNER)
    assert written(some, job) == written(some, job)


def test_patients_are_named_in_labels_only() -> None:
    some = [replace(copy, label=replace(label("Zzyzx Qqq"), patient_ref="P-778899")) for copy in copies(5)]
    data, _ = written(some, PrintJob("Night run", tagged=True, banner=BANNER))
    with pikepdf.open(io.BytesIO(data)) as document:
        labels = {page.Contents[-1].objgen for page in document.pages if isinstance(page.Contents, pikepdf.Array)}
        for item in document.objects:
            if isinstance(item, pikepdf.Stream) and item.objgen not in labels:
                assert not re.search(
                    rb"Zzyzx|778899", item.read_bytes() if "/Filter" in item else item.read_raw_bytes()
                )
            if not isinstance(item, pikepdf.Stream):
                assert not re.search(rb"Zzyzx|778899", item.unparse(resolved=True))
        assert outline_titles(document) == ["Ward 3", *(copy.serial for copy in some)]


# ---------------------------------------------------------------- tags


def test_tagged_copies_are_documents_that_begin_with_their_label() -> None:
    some = copies(70)
    data, _ = written(some, PrintJob("Night run", tagged=True))
    with pikepdf.open(io.BytesIO(data)) as document:
        root = document.Root.StructTreeRoot
        assert len(root.K) == 1
        assert len(root.K[0].K) == len(some)
        for one in root.K[0].K:
            assert one.S == "/Document"
            first = one.K[0]
            assert [str(kid.S) for kid in first.K] == ["/P"] * 6
        numbers = {item.objgen for item in elements(document)}
        parents: dict[int, pikepdf.Object] = {}
        for leaf in root.ParentTree.Kids:
            pairs = list(leaf.Nums)
            keys = [int(key) for key in pairs[::2]]
            assert keys == sorted(keys)
            assert [keys[0], keys[-1]] == [int(limit) for limit in leaf.Limits]
            parents.update(zip(keys, pairs[1::2], strict=True))
        for page in document.pages:
            if "/StructParents" in page:
                owners = parents[int(page.StructParents)]
                assert all(owner is None or owner.objgen in numbers for owner in owners)
            for link in page.get("/Annots", []):
                assert parents[int(link.StructParent)].S == "/Link"


def test_a_tagged_print_file_passes_vera_pdf() -> None:
    some = [*copies(66), *(Copy("3", f"{at}", CONTROL, Label(name), ("Draft",)) for at, name in enumerate(SCRIPTS))]
    data, _ = written(some, PrintJob("Night run", tagged=True, banner=BANNER))
    assert verapdf.failures(data, "ua1") == []


# ---------------------------------------------------------------- one file a copy


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("key", ["1", "3"])
def test_a_file_of_one_copy_is_archival_and_accessible(key: str, name: str) -> None:
    copy = Copy(key, "7 of 9", CONTROL, label(name))
    data = b"".join(SplitWriter(sheet, fonts(installed=False)).pieces(copy))
    assert verapdf.failures(data, "ua1") == []
    assert verapdf.failures(data, "3a") == []
    seen = texts(data)
    assert name in seen[0]
    assert f"{CONTROL} · 7 of 9" in seen[0]
    assert len(seen) == int(key)


def test_a_file_of_one_copy_keeps_the_leaflet_s_metadata_and_outline() -> None:
    data = b"".join(SplitWriter(sheet, fonts(installed=False)).pieces(copies(1, ("3",))[0]))
    with pikepdf.open(io.BytesIO(data)) as one, pikepdf.open(io.BytesIO(leaflet(3).data)) as original:
        assert one.check_pdf_syntax() == []
        assert len(one.pages) == 3
        assert one.Root.Metadata.read_bytes() == original.Root.Metadata.read_bytes()
        assert str(one.docinfo.Title) == "Drug 3"
        assert outline_titles(one) == outline_titles(original)
        assert one.Root.OutputIntents[0].S == "/GTS_PDFA1"


def test_a_file_depends_on_its_own_copy_only() -> None:
    some = [*copies(8), *(Copy("1", f"{at}", CONTROL, Label(name)) for at, name in enumerate(SCRIPTS))]
    writer = SplitWriter(sheet, fonts(installed=False))
    together = [b"".join(writer.pieces(copy)) for copy in some]
    alone = [b"".join(SplitWriter(sheet, fonts(installed=False)).pieces(copy)) for copy in reversed(some)]
    assert together == alone[::-1]
    assert len(set(together)) == len(some)


# ---------------------------------------------------------------- refusals


def test_a_label_that_does_not_fit_stops_the_file_and_names_the_serial_only() -> None:
    bad = Copy("1", "2 of 2", CONTROL, Label("Zzyzx" * 40))
    with pytest.raises(PdfError, match="2 of 2") as caught:
        written([copies(1)[0], bad], PrintJob("Night run"))
    assert "Zzyzx" not in f"{caught.value.message} {caught.value.hint}"


def test_a_leaflet_without_space_takes_a_control_line_but_no_label() -> None:
    data, _ = written([Copy("1 bare", "1 of 1", CONTROL, None, ("Draft",))], PrintJob("Night run"))
    assert f"{CONTROL} · 1 of 1 · Draft" in texts(data)[0]
    with pytest.raises(PdfError, match="no space for a label"):
        written([Copy("1 bare", "1 of 1", CONTROL, label("Anna"))], PrintJob("Night run"))


@pytest.mark.parametrize(
    ("title", "fits"), [("Ward 3 / Süd", True), ("W" * 60, False), ("病房", False), ("💊", False), (" ", False)]
)
def test_whether_a_banner_fits_is_known_before(title: str, fits: bool) -> None:
    chosen = fonts(installed=False)
    assert fits_banner(title, LabelSetter(chosen)) == fits
    if fits:
        written(copies(1), PrintJob("Night run", banner=Banner(title, ())))


@pytest.mark.parametrize("banner", [Banner("Ward", ("line",) * 90), Banner("W" * 400, ()), Banner("病房", ())])
def test_a_banner_that_cannot_be_set_is_refused(banner: Banner) -> None:
    with pytest.raises(PdfError, match="banner"):
        written(copies(1), PrintJob("Night run", banner=banner))


def test_a_file_without_copies_is_a_file_all_the_same() -> None:
    data, result = written([], PrintJob("Night run", banner=BANNER))
    assert result.copies == 0
    assert "Ward 3" in texts(data)[0]


# ---------------------------------------------------------------- files


def test_a_saved_file_is_whole_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    target = tmp_path / "ward3.pdf"
    (tmp_path / ".ward3.pdf.part").write_bytes(b"left by a run that was killed")
    old = os.umask(0)
    try:
        result = save_print_file(target, copies(5), sheet, fonts(installed=False), PrintJob("Night run"))
        split = SplitWriter(sheet, fonts(installed=False)).save(tmp_path / "7.pdf", copies(1)[0], sync=True)
    finally:
        os.umask(old)
    for path, one in ((target, result), (tmp_path / "7.pdf", split)):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == one.sha256
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["7.pdf", "ward3.pdf"]


def test_nothing_is_left_of_a_file_that_could_not_be_finished(tmp_path: Path) -> None:
    target = tmp_path / "ward3.pdf"
    target.write_bytes(b"the last good file")
    some = [*copies(3), Copy("1", "4 of 4", CONTROL, Label("W" * 400))]
    with pytest.raises(PdfError):
        save_print_file(target, some, sheet, fonts(installed=False), PrintJob("Night run"))
    assert [path.name for path in tmp_path.iterdir()] == ["ward3.pdf"]
    assert target.read_bytes() == b"the last good file"


def test_a_folder_that_cannot_be_written_is_our_own_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"ward3\.pdf"):
        save_print_file(
            tmp_path / "none" / "ward3.pdf", copies(1), sheet, fonts(installed=False), PrintJob("Night run")
        )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_our_own_error(tmp_path: Path) -> None:
    class Full:
        def write(self, data: bytes, /) -> None:
            with Path("/dev/full").open("wb", buffering=0) as device:
                device.write(data)

    with pytest.raises(OSError, match="No space"):
        write_print_file(Full(), copies(1), sheet, fonts(installed=False), PrintJob("Night run"))


def test_nothing_with_patients_in_it_outlives_a_killed_process(tmp_path: Path) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from leaflets.printfile.save import save

def write(out):
    out.write(b"Ann Smith")
    os.kill(os.getpid(), signal.SIGKILL)

save(Path(sys.argv[1]), write, sync=True)
"""
    target = tmp_path / "ward3.pdf"
    ended = subprocess.run([sys.executable, "-c", program, str(target)], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- label sheets, codes, every sheet of paper


LONG = "Take TWO tablets in the morning and ONE at bedtime with a full glass of water. Do not crush them. " * 2


def long_copy(key: str, number: int, count: int) -> Copy:
    one = replace(label(f"Anna Q{number}Q", number), directions=LONG.strip())
    code = copy_code("261130-4f1c8a2b", number)
    return Copy(key, f"{number} of {count}", CONTROL, one, code=code, label_sheet=True)


@pytest.mark.parametrize("tagged", [False, True])
@pytest.mark.parametrize("duplex", [False, True])
def test_a_label_sheet_stands_at_the_end_of_its_copy_on_a_front(tagged: bool, duplex: bool) -> None:
    some = [long_copy(key, number, 4) for number, key in enumerate(("1", "2", "3"), 1)]
    some.append(replace(some[0], serial="4 of 4", label=label("Ben Q4Q", 4), label_sheet=False))
    data, result = written(some, PrintJob("Night run", tagged=tagged, duplex=duplex, banner=BANNER))
    seen, at, sheets = texts(data), 2 if duplex else 1, 1
    for copy in some[:3]:
        pages = int(copy.leaflet_key)
        own = Sides(pages, duplex, label_sheet=True)
        own_pages = seen[at : at + own.all_pages]
        place = pages + own.after.index(True)
        assert not duplex or place % 2 == 0
        assert copy.label is not None
        assert [number for number, text in enumerate(own_pages) if copy.label.patient_name in text] == [0, place]
        assert SEE_LABEL_SHEET in own_pages[0]
        assert "Take TWO" not in own_pages[0]
        assert all(getattr(copy.label, field) in own_pages[place] for field in LABEL_FIELDS)
        assert f"Drug {pages}" in own_pages[place]
        assert f"{CONTROL} · {copy.serial} · sheet {own.sheets} of {own.sheets}" in own_pages[place]
        assert [text for text in own_pages[pages:] if text] == [own_pages[place]]
        at, sheets = at + own.all_pages, sheets + own.sheets
    assert "Ben Q4Q" in seen[at]
    assert result.pages == len(seen) == at + Sides(1, duplex).all_pages
    assert result.sheets_of_paper == sheets + 1
    if tagged:
        assert verapdf.failures(data, "ua1") == []
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []


@pytest.mark.parametrize(("key", "duplex", "blank"), [("1", True, 1), ("2", True, 0), ("1", False, 0), ("3", True, 1)])
def test_a_file_of_one_copy_has_its_label_sheet_on_a_front_too(key: str, duplex: bool, blank: int) -> None:
    copy = long_copy(key, 7, 9)
    writer = SplitWriter(sheet, fonts(installed=False), duplex=duplex)
    data = b"".join(writer.pieces(copy))
    seen = texts(data)
    assert len(seen) == int(key) + blank + 1
    assert LONG.strip() in seen[-1]
    assert verapdf.failures(data, "ua1") == []
    assert verapdf.failures(data, "3a") == []


def test_the_figures_of_a_file_of_one_copy_count_its_label_sheet(tmp_path: Path) -> None:
    result = SplitWriter(sheet, fonts(installed=False)).save(tmp_path / "7.pdf", long_copy("1", 7, 9))
    assert (result.pages, result.sheets_of_paper) == (3, 2)


@pytest.mark.parametrize(("duplex", "numbered"), [(True, {2: "2 of 2"}), (False, {1: "2 of 3", 2: "3 of 3"})])
def test_every_sheet_of_paper_says_run_serial_and_which_it_is(duplex: bool, numbered: dict[int, str]) -> None:
    data, _ = written(copies(1, ("3",)), PrintJob("Night run", duplex=duplex))
    seen = texts(data)
    assert f"{CONTROL} · 1 of 1" in seen[0]
    for place in (1, 2):
        wanted = f"{CONTROL} · 1 of 1 · sheet {numbered.get(place)}"
        assert (wanted in seen[place]) == (place in numbered)
        assert (CONTROL in seen[place]) == (place in numbered)
        assert "Q1Q" not in seen[place]


@pytest.mark.parametrize("dpi", [300, 600])
def test_the_code_of_each_label_is_read_by_a_scanner(dpi: int) -> None:
    zxingcpp = importlib.import_module("zxingcpp")  # its stubs know no single format
    numbers = (1, 99, 100, 12_345, 999_999, 1_234_567)
    some = [
        Copy("2", f"{number} of 9", CONTROL, label("Anna Smith"), code=copy_code("261130-4f1c8a2b", number))
        for number in numbers
    ]
    data, _ = written([*some, long_copy("2", 77, 9)], PrintJob("Night run", duplex=False))
    seen = []
    with pypdfium2.PdfDocument(io.BytesIO(data)) as document:
        for page in document:
            scale = dpi / 72
            image = page.render(scale=scale, grayscale=True).to_pil()
            upper_right = (int(280 * scale), 0, image.width, int(400 * scale))  # reading a whole page takes seconds
            seen += zxingcpp.read_barcodes(image.crop(upper_right), formats=zxingcpp.BarcodeFormat.DataMatrix)
    codes = [read_copy_code(one.text) for one in seen]
    assert [one.serial for one in codes] == [*numbers, 77, 77]
    assert {one.run for one in codes} == {"261130-4f1c8a2b"}


def test_no_code_is_drawn_where_none_is_wanted_and_the_label_has_its_room() -> None:
    one = Copy("2", "1 of 1", CONTROL, label("Anna Smith"))
    plain, _ = written([one], PrintJob("Night run"))
    coded, _ = written([replace(one, code=copy_code("261130-4f1c8a2b", 1))], PrintJob("Night run"))
    assert b"BI/W" not in plain
    assert coded.count(b"BI/W") == 1
    assert texts(plain) == texts(coded)
