"""Whatever the renderer has to complain about stops the page with one sentence that says where and what to do."""

import io
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from leaflets.errors import RenderError
from leaflets.model.page import Html
from leaflets.typeset import typeset
from tests.conftest import ROOT
from tests.pages import assets, font_assets, page
from tests.running import MONOGRAPH, Leaflet

FONT = "leaflet:fonts/SourceSans3_400Regular.ttf"


def fault(html: Html, files: dict[str, bytes]) -> RenderError:
    with pytest.raises(RenderError) as raised:
        typeset(html, files)
    assert raised.value.hint
    assert "\n" not in raised.value.message
    return raised.value


# ---------------------------------------------------------------- styles

FAULTY_CSS = {
    "unknown property": "p { colour: red }",
    "unknown value": "p { color: rouge }",
    "unknown unit": "p { margin: 3furlongs }",
    "unknown selector": "p:hovering { color: red }",
    "unknown rule": "@fancy { p { color: red } }",
    "unknown margin box": "@page { @top-middle { content: 'a' } }",
    "unclosed string": 'p::before { content: "a\n }',
    "stray brace": "p { color: red } }",
    "empty rule": "@page;",
    "late import": "p { color: red } @import url(leaflet:b.css);",
    "font without a source": "@font-face { font-family: X }",
    "bad media": "@media (((: { p { color: red } }",
}


@pytest.mark.parametrize("css", FAULTY_CSS.values(), ids=FAULTY_CSS)
def test_a_fault_in_a_stylesheet_names_its_line(css: str) -> None:
    files = {**assets(), "page.css": f"/* first */\n\n{css}\n".encode()}
    assert fault(page("<p>a</p>"), files).message.startswith(("styles/page.css:3: ", "page.css, line 3"))


def test_a_fault_is_found_again_the_second_time() -> None:
    files = assets("p { colour: red }")
    assert fault(page("<p>a</p>"), files).message == fault(page("<p>b</p>"), files).message


@pytest.mark.parametrize(
    ("html", "message"),
    [
        (page('<p style="colour: red">a</p>'), "colour"),
        (page("<style>p { colour: red }</style>"), "colour"),
        (page('<img src="leaflet:x.svg">'), "alt"),
        (page('<p><a href="#nowhere">a</a></p>'), "nowhere"),
        (page('<p id="a">a</p><p id="a">b</p><a href="#a">c</a>'), "twice"),
        (page("<svg width=9><title>a</title><style>>>{</style></svg>"), "svg"),
    ],
)
def test_a_fault_in_the_markup_is_refused(html: Html, message: str) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    error = fault(html, assets(x__svg=svg))
    assert error.message.startswith("the page")
    assert message in error.message.lower()


def test_a_missing_stylesheet_is_named() -> None:
    html = page("<p>a</p>")
    error = fault(Html(html.markup, ("fonts.css", "patient.css"), "A", "en"), assets())
    assert '"patient.css"' in error.message


def test_a_stylesheet_that_is_not_utf_8_is_refused() -> None:
    files = {**assets(), "page.css": b"p { color: red } /* \xe9 */"}
    assert "page.css" in fault(page("<p>a</p>"), files).message


def test_a_byte_order_mark_in_a_stylesheet_is_no_fault() -> None:
    files = {**assets(), "page.css": b"\xef\xbb\xbfp { color: red }"}
    assert typeset(page("<p>a</p>"), files).pages == 1


# ---------------------------------------------------------------- glyphs and fonts


@pytest.mark.parametrize(
    ("markup", "css", "message"),
    [
        ("<p>Warning ⚠ here</p>", "", '"⚠" (U+26A0, warning sign)'),
        ("<p>服用</p>", "", '"服" (U+670D'),
        ("<p>a\x0cb</p>", "", "U+000C"),
        ("<p>a</p>", "p::after { content: '☃' }", "U+2603"),
        ("<p>a</p>", "@page { @bottom-left { content: '☃' } }", "U+2603"),
        ("<svg width=90 height=20><title>a</title><text y=10>☃</text></svg>", "", "U+2603"),
    ],
)
def test_a_character_without_a_glyph_is_named(markup: str, css: str, message: str) -> None:
    assert message in fault(page(markup), assets(css)).message


FAULTY_FACES = {
    "two files for one face": (
        f"src: url({FONT}) }} @font-face {{ font-family: X; src: url(leaflet:fonts/SourceSans3_700Bold.ttf)",
        "two files",
    ),
    "two files, weights named differently": (
        f"src: url({FONT}); font-weight: bold }} "
        "@font-face { font-family: X; font-weight: 700; src: url(leaflet:fonts/SourceSans3_700Bold.ttf)",
        "two files",
    ),
    "two sources": (f"src: url({FONT}), url({FONT})", "exactly one"),
    "local": (f"src: local(Arial), url({FONT})", "exactly one"),
    "part of a script": (f"src: url({FONT}); unicode-range: U+0-7F", "unicode-range"),
    "features": (f'src: url({FONT}); font-feature-settings: "zero"', "font-feature-settings"),
    "no such file": ("src: url(leaflet:fonts/none.ttf)", "no such file"),
    "woff": ("src: url(leaflet:a.woff2)", "kind"),
    "no font": ("src: url(leaflet:a.ttf)", "not a TrueType"),
    "damaged": ("src: url(leaflet:cut.ttf)", "not a TrueType"),
}


@pytest.mark.parametrize(("rule", "message"), FAULTY_FACES.values(), ids=FAULTY_FACES)
def test_a_font_that_cannot_be_trusted_is_refused(rule: str, message: str) -> None:
    cut = font_assets()["fonts/SourceSans3_400Regular.ttf"][:300]
    files = assets(f"@font-face {{ font-family: X; {rule} }}", a__ttf=b"no font", a__woff2=b"wOF2", cut__ttf=cut)
    assert message in fault(page("<p>a</p>"), files).message


def test_the_same_face_named_twice_is_no_fault() -> None:
    face = f"@font-face {{ font-family: X; src: url({FONT}) }}"
    assert typeset(page("<p style='font-family: X'>a</p>"), assets(face + face)).pages == 1


# ---------------------------------------------------------------- limits of the renderer


def test_deep_nesting_is_refused() -> None:
    error = fault(page("<blockquote>" * 400 + "a"), assets())
    assert "nests too deeply" in error.message


def test_a_number_out_of_reach_is_refused() -> None:
    assert "could not be set" in fault(page("<p style='font-size: 1e9px'>a</p>"), assets()).message


def test_memory_running_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*arguments: object, **options: object) -> None:
        raise MemoryError

    monkeypatch.setattr("weasyprint.document.layout_document", exhausted)
    assert "not enough memory" in fault(page("<p>a</p>"), assets()).message


def test_the_keyboard_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("weasyprint.document.layout_document", interrupted)
    with pytest.raises(KeyboardInterrupt):
        typeset(page("<p>a</p>"), assets())


def test_a_broken_picture_is_refused() -> None:
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "PNG")
    body = '<img alt="a" src="leaflet:x.png" style="image-rendering: crisp-edges">'
    assert typeset(page(body), assets(x__png=file.getvalue())).pages == 1
    assert "x.svg" in fault(page(body.replace("png", "svg")), assets(x__svg=b"<svg")).message


def test_the_log_is_left_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("weasyprint")
    before = (list(logger.handlers), logger.propagate, logger.level)
    fault(page("<p>⚠</p>"), assets())
    assert (list(logger.handlers), logger.propagate, logger.level) == before
    assert caplog.records == []


# ---------------------------------------------------------------- libraries that are not there

_DOUBLE = """
import sys, cffi
real = cffi.FFI.dlopen
def dlopen(self, name, *arguments):
    if name and MISSING in name:
        raise OSError(f"cannot load library '{name}': no such file. Also tried ...")
    return real(self, name, *arguments)
cffi.FFI.dlopen = dlopen
"""
_WITHOUT = """
from leaflets.errors import RenderError
try:
    import leaflets.typeset
except RenderError as error:
    sys.stderr.write(error.message + "|" + error.hint)
"""


@pytest.mark.parametrize(
    ("library", "package"),
    [("harfbuzz-subset", "libharfbuzz-subset0"), ("pango-1.0", "libpango-1.0-0"), ("fontconfig", "libfontconfig1")],
)
def test_a_missing_library_is_named_with_its_package(library: str, package: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"MISSING = '{library}'{_DOUBLE}{_WITHOUT}"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    message, _, hint = done.stderr.partition("|")
    assert "missing" in message
    assert "apt-get install" in hint
    assert package in hint


_COMMANDS = """
import sys
from leaflets.cli import main
import leaflets
for words in (
    "build examplol other",
    "build examplol --json",
    "batch list.csv --allow-draft --allow-unsafe --workers 2 --keep-going",
    "batch list.csv --allow-draft --allow-unsafe --workers 0 --keep-going",
    "check examplol",
    "verify sheet.pdf",
):
    print("==", words, flush=True)
    print("==", main(words.split()), flush=True)
try:
    leaflets.build("baricitinib")
except leaflets.RenderError as error:
    print(error.message, error.hint)
"""


def test_without_pango_each_command_says_once_what_to_install(leaflet: Leaflet) -> None:
    """Workers are without it too: each Python process loads the double when it starts."""
    leaflet.write("site/sitecustomize.py", f"MISSING = 'pango'{_DOUBLE}")
    for name in ("examplol", "other"):
        leaflet.write(f"content/{name}.md", MONOGRAPH)
    assert leaflet("build", "examplol", "--audience", "patient").code == 0
    (leaflet.folder / "output/examplol-patient.pdf").rename(leaflet.folder / "sheet.pdf")
    shutil.rmtree(leaflet.folder / "output")
    leaflet.write("list.csv", "drug,patient,sig\nexamplol,Ann,one\nother,Bob,two\n")
    done = subprocess.run(
        [sys.executable, "-c", _COMMANDS],
        cwd=leaflet.folder,
        env={**os.environ, "PYTHONPATH": f"{leaflet.folder / 'site'}:{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout
    ran = re.findall(r"^== [a-z].*\n((?:.|\n)*?)== (\d+)$", done.stdout, re.M)
    build, as_json, keeping_on, serial, check, verify = ran
    for output, code in (build, as_json, keeping_on, serial):
        assert (code, output.count("is missing: libpango-1.0-0."), output.count("leaflet doctor")) == ("5", 1, 1), (
            output
        )
    assert "Run the same command again when it is there." in keeping_on[0]
    assert "cancelled" not in leaflet("runs").out
    assert (check[1], verify[1]) == ("4", "0")  # neither needs it
    assert "its pages were not looked at" in verify[0]
    assert "apt-get install libpango-1.0-0" in done.stdout.rpartition("==")[2], "from Python too"


def test_loading_the_renderer_leaves_other_users_of_its_libraries_alone(tmp_path: Path) -> None:
    script = """
import ctypes.util, leaflets.typeset, sys
assert "fontTools.subset" not in sys.modules
assert ctypes.util.find_library.__module__ == "ctypes.util"
from fontTools import subset
from fontTools.varLib.instancer import instantiateVariableFont
import weasyprint.pdf.fonts as fonts
assert subset.Subsetter and fonts.subset.Options is subset.Options
assert instantiateVariableFont.__module__ == "fontTools.varLib.instancer"
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=tmp_path, env=environment, check=True)


# ---------------------------------------------------------------- words on the way to the paper


@pytest.mark.parametrize(("count", "words"), [(73, "and on"), (77, "Across it")])
def test_words_that_the_renderer_drops_stop_the_page(count: int, words: str) -> None:
    """A block across a set of columns is dropped by WeasyPrint 70, whole or in part, where the page ends in it."""
    lines = "".join(f"<p>Line {number}</p>" for number in range(count))
    css = ".columns { columns: 2 } .across { column-span: all } p { margin: 0 }"
    html = page(
        f"<h1>Doses</h1><div class=columns><div>{lines}</div>"
        "<div class=across><p>Across it</p><p>and on</p></div><div><p>After it</p></div></div>"
    )
    assert fault(html, assets(css)).message == f"Words are lost on the way to the paper: “{words}”."


def test_words_that_a_style_cuts_off_in_mid_paragraph_stop_the_page() -> None:
    words = "Take two tablets in the morning and one at bedtime. "
    css = "p { max-lines: 1; continue: discard }"
    cut = fault(page(f"<h1>Doses</h1><p>{words * 6}</p>"), assets(css)).message
    assert cut.startswith(f"Words are lost on the way to the paper: “{words}")
    typeset(page("<h1>Doses</h1><p>Take two tablets.</p>"), assets(css))


def test_a_head_set_again_on_each_page_and_boxes_out_of_the_flow_are_not_missed() -> None:
    rows = "".join(f"<tr><th>{number}</th><td>mg</td></tr>" for number in range(90))
    html = page(
        "<h1>Doses</h1><p style='position:absolute'>away</p><p style='float:left'>beside</p>"
        f"<table><thead><tr><th>Day</th><th>Dose</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    assert typeset(html, assets()).pages > 1
