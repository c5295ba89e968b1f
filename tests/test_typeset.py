"""A page of HTML becomes a PDF that a validator, a screen reader and a printer's reader can all trust."""

import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest

from leaflets.errors import RenderError
from leaflets.model.page import Html, Pdf
from leaflets.typeset import engine_versions, typeset
from leaflets.typeset.faces import Faces
from tests.conftest import ROOT
from tests.pages import RICH_BODY, RICH_CSS, assets, page
from tests.verapdf import PROFILES, failures


@pytest.fixture(scope="module")
def rich() -> Pdf:
    """A page with about everything a leaflet may hold, over several sheets."""
    return typeset(page(RICH_BODY), assets(RICH_CSS))


@pytest.fixture
def opened(rich: Pdf) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(rich.data))


# ---------------------------------------------------------------- conformance


@pytest.mark.parametrize("flavour", PROFILES)
def test_a_rich_page_is_pdf_a_and_pdf_ua_at_once(rich: Pdf, flavour: str) -> None:
    assert failures(rich.data, flavour) == []


BODIES = {
    "hardly anything": "<p>a</p>",
    "definitions": "<dl><dt>Term</dt><dd><p>One</p><p>Two</p></dd><dt>Other</dt><dd>Three</dd></dl>",
    "list over two pages": "<ul>" + "<li><p>One line.</p><p>Another line.</p></li>" * 60 + "</ul>",
    "list without marks": '<ul style="list-style: none"><li><p>a</p></li></ul>',
    "list marks inside": '<ol style="list-style-position: inside"><li>a<p>b</p></li></ol>',
    "header cell over columns": "<table><tr><th colspan=2>a</th></tr><tr><td>1</td><td>2</td></tr></table>",
    "list in a cell": "<table><tr><th>a</th></tr><tr><td><ul><li><p>x</p></li></ul></td></tr></table>",
    "link over two lines": f'<p>{"word " * 17}<a href="https://example.org/">{"link " * 9}</a></p>',
    "decorations": "<p style='border-bottom: 1pt dashed; background: #eee'>a</p><hr>",
    "flex and grid": "<div style='display:flex'><p>a</p><p>b</p></div><div style='display:grid'><p>c</p></div>",
    "floats and places": "<p style='float:left'>a</p><p style='position:absolute;top:0'>b</p><p>c</p>",
    "other scripts": "<p>μ α β ąęłż Привет tiếng Việt</p>",
}


@pytest.mark.parametrize("flavour", PROFILES)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_every_kind_of_block_conforms(body: str, flavour: str) -> None:
    assert failures(typeset(page(body), assets()).data, flavour) == []


def test_verapdf_would_see_a_fault(rich: Pdf) -> None:
    with pikepdf.open(BytesIO(rich.data)) as pdf:
        del pdf.Root.StructTreeRoot
        out = BytesIO()
        pdf.save(out)
    assert failures(out.getvalue(), "3a") != []
    assert failures(out.getvalue(), "ua1") != []


# ---------------------------------------------------------------- tags


def elements(node: Any) -> list[Any]:
    """Every structure element below a node, in reading order."""
    kids = [kid for kid in node.get("/K", []) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
    return [element for kid in kids for element in (kid, *elements(kid))]


def tag(element: Any) -> str:
    return str(element.S)


def test_the_headings_and_lists_are_tagged(opened: pikepdf.Pdf) -> None:
    tags = [tag(element) for element in elements(opened.Root.StructTreeRoot)]
    assert tags[0] == "/Document"
    assert [name for name in tags if name in ("/H1", "/H2", "/H3")] == ["/H1", *["/H2"] * 4, *["/H3"] * 2]
    assert {"/P", "/L", "/LI", "/Lbl", "/LBody", "/Table", "/THead", "/TBody", "/TR", "/Caption", "/Link"} <= set(tags)


def test_a_list_item_holds_a_label_and_one_body(opened: pikepdf.Pdf) -> None:
    items = [element for element in elements(opened.Root.StructTreeRoot) if tag(element) == "/LI"]
    assert len(items) > 8
    assert {tuple(tag(kid) for kid in item.K) for item in items} == {("/Lbl", "/LBody"), ("/LBody",)}


def test_words_of_a_loose_item_stay_in_order() -> None:
    made = typeset(page("<ul><li>one<p>two</p>three<p>four</p></li></ul>"), assets())
    with pikepdf.open(BytesIO(made.data)) as pdf:
        body = next(element for element in elements(pdf.Root.StructTreeRoot) if tag(element) == "/LBody")
        assert [int(kid) if isinstance(kid, int) else int(kid.K[0]) for kid in body.K] == [0, 1, 2, 3]
        assert [tag(kid) for kid in body.K if not isinstance(kid, int)] == ["/P", "/P"]


def test_header_cells_say_what_they_head(opened: pikepdf.Pdf) -> None:
    headers = [element for element in elements(opened.Root.StructTreeRoot) if tag(element) == "/TH"]
    scopes = [str(header.A.Scope) for header in headers]
    assert scopes.count("/Row") == 60
    assert scopes.count("/Column") >= 6  # three columns; the head is repeated on every page of the table
    assert scopes.count("/Column") % 3 == 0
    assert scopes[:4] == ["/Column", "/Column", "/Column", "/Row"]


def test_plain_spans_leave_no_tags(opened: pikepdf.Pdf) -> None:
    assert not {"/Span", "/NonStruct"} & {tag(element) for element in elements(opened.Root.StructTreeRoot)}


def test_a_picture_is_named_and_boxed_in_points(opened: pikepdf.Pdf) -> None:
    figure = next(element for element in elements(opened.Root.StructTreeRoot) if tag(element) == "/Figure")
    left, bottom, right, top = (float(number) for number in figure.A.BBox)
    assert str(figure.Alt) == "A tablet"
    assert (right - left, top - bottom) == pytest.approx((30, 30))
    assert left == pytest.approx(18 / 25.4 * 72, abs=0.1)
    assert 20 / 25.4 * 72 <= bottom < top <= 842 - 20 / 25.4 * 72


def test_heads_feet_and_page_numbers_are_artifacts(rich: Pdf) -> None:
    with pdfplumber.open(BytesIO(rich.data)) as pdf:
        assert len(pdf.pages) == rich.pages > 1
        for number, sheet in enumerate(pdf.pages, 1):
            margin = [char for char in sheet.chars if char["mcid"] is None and char["tag"] == "Artifact"]
            words = "".join(char["text"] for char in margin)
            assert words == f"Corner Pharmacy leafletBaricitinib, for patientsPage {number} of {rich.pages}"
            inside = 20 / 25.4 * 72
            assert {
                inside < char["top"] < sheet.height - inside for char in sheet.chars if char["mcid"] is not None
            } == {True}


def test_heads_and_feet_are_told_apart(opened: pikepdf.Pdf) -> None:
    for sheet in opened.pages:
        kinds = [
            str(operands[1].Subtype)
            for instruction in pikepdf.parse_content_stream(sheet)
            if str(instruction.operator) == "BDC" and str((operands := instruction.operands)[0]) == "/Artifact"
        ]
        assert kinds == ["/Header"] * 2 + ["/Footer"] * 2


def test_a_link_in_a_margin_leaves_its_words() -> None:
    css = "@page { @bottom-left { content: element(foot) } } .foot { position: running(foot) }"
    made = typeset(page('<div class=foot>See <a href="https://example.org/">us</a></div><p>a</p>'), assets(css))
    assert failures(made.data, "ua1") == []
    with pikepdf.open(BytesIO(made.data)) as pdf:
        assert list(pdf.pages[0].get("/Annots", [])) == []
    with pdfplumber.open(BytesIO(made.data)) as pdf:
        assert "See us" in pdf.pages[0].extract_text()


def test_every_mark_leads_to_the_element_that_holds_it(opened: pikepdf.Pdf) -> None:
    numbers = list(opened.Root.StructTreeRoot.ParentTree.Nums)
    owners = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
    pages = {sheet.objgen: int(sheet.obj.StructParents) for sheet in opened.pages}
    locked = 0
    for element in elements(opened.Root.StructTreeRoot):
        for kid in element.get("/K", []):
            if isinstance(kid, int):
                assert owners[pages[element.Pg.objgen]][kid].objgen == element.objgen
                locked += 1
    assert locked == sum(owner is not None for key in pages.values() for owner in owners[key]) > 100


# ---------------------------------------------------------------- metadata and bookmarks


def test_the_metadata_says_what_the_page_is(opened: pikepdf.Pdf) -> None:
    with opened.open_metadata(set_pikepdf_as_editor=False) as xmp:
        assert xmp["dc:title"] == "A page"
        assert xmp["dc:creator"] == ["Corner Pharmacy"]
        assert xmp["dc:identifier"] == "a1b2c3d4"
        assert xmp["dc:language"] == {"en"}
        assert xmp["pdf:Keywords"] == "baricitinib, a1b2c3d4"
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"], xmp["pdfuaid:part"]) == ("3", "A", "1")
        assert not any("Date" in key for key in xmp)
    assert opened.Root.Lang == "en"
    assert dict(opened.docinfo) == {
        "/Title": "A page",
        "/Author": "Corner Pharmacy",
        "/Keywords": "baricitinib, a1b2c3d4",
        "/Creator": "leaflet",
        "/Producer": "WeasyPrint 70.0",
    }


def test_signs_of_xml_in_the_metadata_do_no_harm() -> None:
    html = page("<p>a</p>")
    odd = Html(html.markup, html.stylesheets, 'A <b> & "c"', "en", "Smith & Sons <Ltd>", "<id> & co", ("a&b",))
    made = typeset(odd, assets())
    assert failures(made.data, "3a") == []
    with pikepdf.open(BytesIO(made.data)) as pdf, pdf.open_metadata() as xmp:
        assert (xmp["dc:title"], xmp["dc:creator"]) == ('A <b> & "c"', ["Smith & Sons <Ltd>"])
        assert xmp["dc:identifier"] == "<id> & co"


def test_dates_and_authors_in_markup_are_not_believed() -> None:
    head = (
        '<meta name=dcterms.created content="2020-01-01"><meta name=author content=Me><meta name=description content=x>'
    )
    made = typeset(page("<p>a</p>", head), assets())
    with pikepdf.open(BytesIO(made.data)) as pdf:
        assert set(pdf.docinfo) == {"/Title", "/Author", "/Keywords", "/Creator", "/Producer"}
        assert pdf.docinfo["/Author"] == "Corner Pharmacy"


def test_bookmarks_follow_the_headings(opened: pikepdf.Pdf) -> None:
    with opened.open_outline() as outline:
        (top,) = outline.root
        assert top.title == "Baricitinib"
        assert [each.title for each in top.children] == ["Get help now", "How to take", "Doses", "More"]
        assert [each.title for each in top.children[-1].children] == ["Left", "Right"]


def test_a_page_in_another_language_than_it_says_is_refused() -> None:
    html = page("<p>a</p>")
    with pytest.raises(RenderError, match=r'"es".*"en"'):
        typeset(Html(html.markup, html.stylesheets, "A", "es"), assets())


# ---------------------------------------------------------------- label rectangles


def test_the_label_space_is_found_in_points_from_the_bottom_left(rich: Pdf) -> None:
    millimetre = 72 / 25.4
    (label,) = rich.rects
    assert (label.name, label.page) == ("label", 0)
    assert (label.width, label.height) == pytest.approx((70 * millimetre, 35 * millimetre), abs=0.01)
    assert label.x + label.width == pytest.approx((210 - 18) * millimetre, abs=0.01)
    assert label.y + label.height == pytest.approx((297 - 20) * millimetre, abs=0.01)


def test_rectangles_count_borders_and_pages_and_keep_their_names() -> None:
    css = ".a { height: 20mm; border: 1mm solid; padding: 1mm } .b { break-before: page; width: 30mm; height: 10mm }"
    css += ".c { position: absolute; left: 0; bottom: 0; width: 10mm; height: 10mm }"
    body = "<div class=a data-rect=one>text</div><div class=b data-rect=two></div><div class=c data-rect=three></div>"
    rects = {rect.name: rect for rect in typeset(page(body), assets(css)).rects}
    assert {name: rect.page for name, rect in rects.items()} == {"one": 0, "two": 1, "three": 1}
    assert rects["one"].height == pytest.approx(24 * 72 / 25.4, abs=0.01)
    three = rects["three"]
    sides = three.x, three.y, three.width, three.height
    assert sides == pytest.approx([millimetres * 72 / 25.4 for millimetres in (18, 20, 10, 10)], abs=0.01)


# ---------------------------------------------------------------- the same bytes everywhere

_SCRIPT = """
import hashlib, json, os, sys, time
now, day = time.time, 86_400
time.time = lambda: now() + 400 * day
from leaflets.typeset import typeset
from tests.pages import RICH_BODY, RICH_CSS, assets, page
made = [typeset(page(RICH_BODY), assets(RICH_CSS)).data for _ in range(2)]
print(json.dumps([hashlib.sha256(data).hexdigest() for data in made]))
sys.stdout.flush()
os._exit(0)  # as if killed: nothing may need tidying up
"""


def run(script: str, folder: Path, code: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(code), "PYTHONWARNINGS": "error", **settings}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "settings",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "SOURCE_DATE_EPOCH": "1"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C", "LANGUAGE": "ja", "SOURCE_DATE_EPOCH": "2000000000"},
        {"FONTCONFIG_FILE": "/nowhere/fonts.conf", "FONTCONFIG_PATH": "/nowhere", "HOME": "/nowhere"},
    ],
    ids=["other seed and zone", "other locale", "other fontconfig"],
)
def test_the_bytes_are_the_same_on_any_day_in_any_folder(rich: Pdf, tmp_path: Path, settings: dict[str, str]) -> None:
    code = tmp_path / "elsewhere"
    for name in ("leaflets", "tests", "styles"):
        shutil.copytree(ROOT / name, code / name, ignore=shutil.ignore_patterns("__pycache__", "_data"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = run(_SCRIPT, tmp_path, code, TMPDIR=str(scratch), **settings)
    if "FONTCONFIG_FILE" in settings:  # what fontconfig itself says when a process loads WeasyPrint there
        assert all(line.startswith("Fontconfig error: Cannot load default config") for line in done.stderr.splitlines())
    else:
        assert done.stderr == ""
    assert json.loads(done.stdout) == [hashlib.sha256(rich.data).hexdigest()] * 2
    assert list(scratch.iterdir()) == [], "files were left behind"


_FORKING = """
import hashlib, json, os
from leaflets.typeset import typeset
from tests.pages import RICH_BODY, RICH_CSS, assets, page
def digest():
    return hashlib.sha256(typeset(page(RICH_BODY), assets(RICH_CSS)).data).hexdigest()
digest()  # fonts and styles are inherited by the children
pipes = []
for _ in range(2):
    out, into = os.pipe()
    if os.fork() == 0:
        os.write(into, digest().encode())
        os._exit(0)
    os.close(into)
    pipes.append(out)
made = [os.read(out, 64).decode() for out in pipes]
print(json.dumps([*made, digest()]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_forked_workers_make_the_same_bytes(rich: Pdf, tmp_path: Path) -> None:
    done = run(_FORKING, tmp_path, PYTHONWARNINGS="ignore::DeprecationWarning")
    assert json.loads(done.stdout) == [hashlib.sha256(rich.data).hexdigest()] * 3


def test_the_fonts_of_the_machine_are_not_used() -> None:
    css = 'p { font-family: "DejaVu Sans", Arial, serif }'
    made = typeset(page("<p>No font of that name.</p>"), assets(css))
    with pikepdf.open(BytesIO(made.data)) as pdf:
        fonts = [str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values()]
    assert [name.partition("+")[2] for name in fonts] == ["LeafletSans-1"]


def test_each_weight_comes_from_its_own_file() -> None:
    body = "<p>a <span style='font-weight:600'>b</span> <b>c</b></p>"
    with pikepdf.open(BytesIO(typeset(page(body), assets()).data)) as pdf:
        fonts = {str(font.BaseFont).partition("+")[2] for font in pdf.pages[0].Resources.Font.values()}
    assert fonts == {"LeafletSans-1", "LeafletSans-1-Semi-Bold", "LeafletSans-1-Bold"}


def test_many_pages_share_one_set_of_fonts() -> None:
    def configurations() -> int:
        gc.collect()
        return sum(isinstance(each, Faces) for each in gc.get_objects())

    files = assets()
    typeset(page("<p>first</p>"), files)
    before = configurations()
    for number in range(60):
        copies = {name: bytes(bytearray(data)) for name, data in files.items()} if number % 20 == 0 else files
        typeset(page(f"<p>{number}</p>"), {**copies, f"{number}.svg": b"<svg/>"})
    assert configurations() == before


def test_a_changed_stylesheet_is_seen() -> None:
    wide, narrow = (typeset(page("<p>a</p>"), assets(f"@page {{ size: {size} }}")) for size in ("A4", "A5"))
    assert wide.data != narrow.data
    assert typeset(page("<p>a</p>"), assets("@page { size: A4 }")) == wide


def test_numbered_lists_start_where_they_say() -> None:
    with pdfplumber.open(BytesIO(typeset(page("<ol start=3><li>a</li><li>b</li></ol>"), assets()).data)) as pdf:
        assert pdf.pages[0].extract_text().split() == ["3.", "a", "4.", "b"]


def test_the_engine_names_its_parts() -> None:
    versions = dict(engine_versions())
    assert set(versions) == {"weasyprint", "pydyf", "fonttools", "pango", "harfbuzz"}
    assert versions["weasyprint"].startswith("70.")
    assert all(version.count(".") >= 1 and version[0].isdigit() for version in versions.values())
