"""Pages set with the patches are the pages that WeasyPrint sets without them, byte for byte, whatever is on them."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.page import Pdf
from leaflets.model.paper import Paper
from leaflets.pipeline import build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder
from leaflets.project.content import source_at
from leaflets.typeset import patches, typeset
from leaflets.typeset.engine import TESTED_RELEASE, weasyprint
from tests.pages import RICH_BODY, RICH_CSS, assets, page
from tests.running import environment, process
from tests.sheets import REFUSED, ROOT, UNUSUAL, ProjectMonographs, corpus_files

LINE = "One tablet (5 mg) once a day, at the same time each day, with or without food; never two at once. "
BODIES = {
    "rich": RICH_BODY,
    "long lines": f"<p>{LINE * 9}</p><p lang=en style='hyphens: auto; width: 40mm'>{'extraordinarily ' * 30}</p>",
    "soft hyphens": "<p style='width: 30mm; hyphens: manual'>" + "in­com­pre­hen­si­bil­i­ty " * 12 + "</p>",
    "broken words": f"<p style='width: 20mm; overflow-wrap: break-word'>{'x' * 90} {'y' * 40}</p>"
    f"<p style='width: 20mm; overflow-wrap: anywhere; word-break: break-all'>{'x' * 90}</p>",
    "white space": "<pre>a\tb\n  c\td\n</pre><p style='white-space: pre-wrap'>one\n two \n\nthree</p>"
    "<p style='white-space: nowrap'>never   parted at all</p><p>a<br>b<wbr>c</p>",
    "spaced": f"<p style='letter-spacing: 1pt'>{LINE}</p><p style='word-spacing: 3pt'>{LINE}</p>",
    "justified": f"<p style='text-align: justify'>{LINE * 4}</p><p style='text-align: right'>{LINE}</p>",
    "decorated": "<p><u>under</u> <s>through</s> <span style='text-decoration: overline'>over</span> "
    "<u style='color: #900'>red <b>bold</b></u></p>",
    "cut short": "<p style='overflow: hidden; text-overflow: ellipsis; white-space: nowrap; width: 60mm'>It fits.</p>"
    "<p style='max-lines: 2; block-ellipsis: auto; continue: discard; width: 60mm'>So does this.</p>",
    "first letters": "<style>p::first-line { font-weight: 700 } p::first-letter { font-size: 20pt }</style>"
    f"<p>{LINE * 3}</p><p>{LINE}</p>",
    "first letters with a border": "<style>p::first-letter { border-style: solid; border-inline-start-width: 3pt } "
    "div::first-line { color: #333; outline-style: solid }</style>"
    f"<p>{LINE}</p><div>{LINE * 2}</div><p dir=rtl style='border-block-style: dotted'>{LINE}</p>",
    "marks": "<p>Nguyễn Thị Minh Khai x̣̂́ e̱ ộ a̋ Zoë Åse</p>",
    "sizes": "<div style='width: calc(50% + 10mm); min-height: 3em; max-width: 90%'><p style='margin: 1em auto; "
    "padding: 2% 1ch; width: 60%; box-sizing: border-box; border: 1pt solid'>a</p></div>",
    "logical": "<p dir=rtl style='margin-inline-start: 2cm; border-inline-end: 2pt solid; padding-block: 3pt'>a b</p>"
    "<p style='margin-inline: 1cm 2cm; inline-size: 50mm; border-block-width: 1pt; border-block-style: solid'>a</p>",
    "variables": "<style>:root { --w: 30mm; --c: #123 } p { width: var(--w); color: var(--c); border: 1pt dashed }"
    "</style><p>a <b style='--w: 3pt; padding: 0 var(--w)'>b</b></p>",
    "inherited": "<div style='border: 1pt solid; outline: 2pt solid'><p style='border: inherit; outline: inherit; "
    "position: inherit'>a</p><p style='color: initial'>b</p></div>",
    "floats": f"<p style='float: left; width: 30mm'>{LINE}</p><p>{LINE * 2}</p><p style='float: right'>r</p>{LINE}",
    "places": "<div style='position: relative; height: 20mm'><p style='position: absolute; right: 0; top: 5mm'>a</p>"
    "<p style='position: absolute; left: 10%; bottom: 0; width: 30%'>b c d</p></div><p style='position: fixed'>f</p>",
    "columns": f"<div style='columns: 2; column-rule: 1pt solid; column-gap: 5mm'><p>{LINE * 6}</p></div>",
    "flex and grid": f"<div style='display: flex'><p>{LINE}</p><p style='flex: 2'>b</p></div>"
    f"<div style='display: grid; grid-template-columns: 1fr 2fr'><p>c</p><p>{LINE}</p></div>",
    "tables": "<table style='border-collapse: collapse'><tr><th style='border: 2pt solid'>a</th><th>b</th></tr>"
    f"<tr><td>{LINE}</td><td style='border: 1pt dotted; width: 20mm'>x</td></tr></table>"
    f"<table><caption>c</caption><tr><td style='padding: 3pt'>{LINE}</td><td rowspan=1>y</td></tr></table>",
    "inline boxes": "<p>a <span style='display: inline-block; border: 1pt solid; padding: 2pt'>b c</span> "
    "<sup>1</sup><sub>2</sub> <span style='vertical-align: 20%; line-height: 2'>d</span></p>",
    "counters": "<style>li::before { content: counter(list-item) '/' } ol { counter-reset: list-item 4 }</style>"
    "<ol><li>a<li value=9>b<ol><li>c</ol></ol><ul style='list-style: square inside'><li>d</ul>",
    "notes": "<style>i { float: footnote }</style><p>a<i>below</i> b<i>below too</i></p>",
    "shown": "<div style='visibility: hidden'><p style='visibility: visible'>b</p></div><p style='opacity: 1'>c</p>",
    "small capitals": "<p style='font-variant-caps: small-caps; font-variant-numeric: oldstyle-nums'>Dose 12345</p>"
    "<p style='font-feature-settings: \"kern\" 0'>AVAVA To</p><p style='font-kerning: none'>AVAVA To</p>",
    "drawn": "<svg width=90 height=40><title>a</title><text y=10 font-size=8>abc <tspan x=5 y=20>d</tspan></text>"
    "<text y=30 letter-spacing=2 text-anchor=end x=80>e f</text><path d='M0 0h9v9z' stroke='#000'/></svg>",
    "pages": "<style>@page { @top-center { content: 'page ' counter(page) ' of ' counter(pages) } }</style>"
    + f"<h2 style='break-before: page'>h</h2><p>{LINE * 20}</p>" * 3,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_page_comes_out_the_same(body: str) -> None:
    made = typeset(page(body), assets(RICH_CSS))
    with patches.left_out():
        assert typeset(page(body), assets(RICH_CSS)) == made


FOUND = [path for path in corpus_files() if path.name not in REFUSED][::10]
SHEETS = (
    ("baricitinib", Edition(Audience.PATIENT)),
    ("baricitinib", Edition(Audience.CLINICIAN, paper=Paper.LETTER)),
    ("metformin", Edition(Audience.PATIENT, type_size=TypeSize.LARGE_PRINT)),
    ("metformin.es", Edition(Audience.PATIENT, "es")),
    ("baricitinib.ar", Edition(Audience.PATIENT, "ar")),
    ("baricitinib.ar", Edition(Audience.PATIENT, "en+ar")),
    ("warfarin", Edition(Audience.CLINICIAN)),
)


@pytest.mark.parametrize(
    ("name", "edition"), SHEETS, ids=lambda parameter: parameter if isinstance(parameter, str) else parameter.lang
)
def test_a_sheet_comes_out_the_same(name: str, edition: Edition, monographs: ProjectMonographs, tmp_path: Path) -> None:
    _same(ROOT / "content" / f"{name}.md", edition, monographs, tmp_path)


@pytest.mark.parametrize("path", sorted((UNUSUAL / "content").glob("*.md")), ids=lambda path: path.stem)
def test_an_unoriginal_sheet_comes_out_the_same(path: Path, monographs: ProjectMonographs, tmp_path: Path) -> None:
    _same(path, Edition(Audience.PATIENT), monographs, tmp_path)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_a_found_sheet_comes_out_the_same(path: Path, monographs: ProjectMonographs, tmp_path: Path) -> None:
    _same(path, Edition(Audience.CLINICIAN), monographs, tmp_path)


@pytest.mark.parametrize("patch", patches.PATCHES, ids=lambda patch: patch.module)
def test_a_page_comes_out_the_same_without_one_patch(patch: patches.Patch) -> None:
    made = typeset(page(RICH_BODY), assets(RICH_CSS))
    with patches.left_out(patch.module):
        assert typeset(page(RICH_BODY), assets(RICH_CSS)) == made


def _patched() -> list[bool]:
    layout, block = weasyprint.text.line_break.Layout, weasyprint.layout.block
    functions = (layout.setup, block.resolve_percentages, weasyprint.HTML._ua_stylesheets)
    return [function.__module__.partition(".")[0] != "weasyprint" for function in functions]


def test_patches_left_out_are_left_out() -> None:
    assert _patched() == [True, True, True]
    with patches.left_out("text_layout"):
        assert _patched() == [False, True, True]
    with patches.left_out():
        assert _patched() == [False, False, False]
    assert _patched() == [True, True, True]


# ---------------------------------------------------------------- other releases, and the switch

_SCRIPT = """
import json, sys
from leaflets.typeset import patches, typeset
from leaflets.typeset.engine import weasyprint
from tests.pages import RICH_BODY, RICH_CSS, assets, page
from tests.test_patches import drawn
loaded = [name for name in sys.modules if name.startswith("leaflets.typeset.patches.")]
made = drawn(typeset(page(RICH_BODY), assets(RICH_CSS)))
print(json.dumps([weasyprint.VERSION, loaded, weasyprint.text.line_break.Layout.setup.__module__, made]))
"""


def drawn(pdf: Pdf) -> str:
    """A digest of what is on the pages of a PDF and of its fonts, without what names the release that made it."""
    with pikepdf.open(io.BytesIO(pdf.data)) as opened:
        streams = [each for each in opened.objects if isinstance(each, pikepdf.Stream)]
        contents = [each.read_bytes() for each in streams if each.get("/Type") not in ("/Metadata", "/ObjStm", "/XRef")]
    assert len(contents) > pdf.pages
    return hashlib.sha256(b"".join(contents)).hexdigest()


PRIVATE = ("_font_style_cache_key", "_ua_stylesheets", "resolve_one_percentage")
"""Names that patches use and nothing else of ours."""


def _release(folder: Path, *names: str) -> Path:
    """A folder with a release of WeasyPrint that calls itself 70.1, and has other names for these."""
    original = Path(weasyprint.__file__).parent
    shutil.copytree(original, folder / "weasyprint", ignore=shutil.ignore_patterns("__pycache__"))
    renamed = set[str]()
    for file in (folder / "weasyprint").rglob("*.py"):
        text = file.read_text("utf-8")
        renamed.update(name for name in names if name in text)
        text = text.replace("VERSION = __version__ = '70.0'", "VERSION = __version__ = '70.1'")
        for name in names:
            text = text.replace(name, f"{name}_renamed")
        file.write_text(text, "utf-8")
    assert renamed == {*names}
    return folder


@pytest.fixture
def another_release(tmp_path: Path) -> Path:
    return _release(tmp_path / "release", *PRIVATE)


def test_beside_another_release_pages_are_set_without_patches(another_release: Path, tmp_path: Path) -> None:
    path = os.pathsep.join([str(another_release), str(ROOT)])
    command = [sys.executable, "-c", _SCRIPT]
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment(PYTHONPATH=path), capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    assert json.loads(ran.stdout) == ["70.1", [], "weasyprint.text.line_break", _drawn_here()]


def test_beside_another_release_a_build_succeeds(another_release: Path, tmp_path: Path) -> None:
    path = os.pathsep.join([str(another_release), str(ROOT)])
    ran = process("build", "baricitinib", cwd=tmp_path, env=environment(PYTHONPATH=path))
    assert (ran.code, ran.err) == (0, "")
    assert len([*(tmp_path / "output").glob("*.pdf")]) == 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("_page_box", "_page_box"),
        ("URLFetcherResponse", "WeasyPrint 70.1 has no urls."),
        ("element_tag", "element_tag"),
    ],
)
def test_a_name_that_a_release_lacks_ends_in_a_sentence(name: str, words: str, tmp_path: Path) -> None:
    path = os.pathsep.join([str(_release(tmp_path / "release", name)), str(ROOT)])
    ran = process("build", "baricitinib", "--audience", "patient", cwd=tmp_path, env=environment(PYTHONPATH=path))
    assert ran.code == 5, ran
    assert words in ran.err
    assert 'pip install "weasyprint==70.0"' in ran.err
    assert "Traceback" not in ran.err


def test_the_releases_to_install_are_those_of_the_package() -> None:
    pinned = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'"weasyprint>={TESTED_RELEASE},' in pinned
    assert '"pydyf>=0.13,<0.14"' in pinned


def test_the_switch_leaves_patches_out(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _SCRIPT]
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment(LEAFLET_PATCHES="off"), capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    assert json.loads(ran.stdout) == [weasyprint.VERSION, [], "weasyprint.text.line_break", _drawn_here()]


def _drawn_here() -> str:
    return drawn(typeset(page(RICH_BODY), assets(RICH_CSS)))


def test_each_patch_is_in_the_table_and_fits_the_release_that_is_installed() -> None:
    folder = Path(patches.__file__).parent
    modules = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    assert {patch.module for patch in patches.PATCHES} == modules
    assert {patch.release for patch in patches.PATCHES} == {weasyprint.VERSION}


# ---------------------------------------------------------------- helpers


def _same(path: Path, edition: Edition, monographs: ProjectMonographs, folder: Path) -> None:
    made = monographs.made(path, edition)
    with patches.left_out():
        original = build(ProjectFolder(folder), source_at(path), edition, cache=Cache(folder / "cache"))
    assert original.fresh
    assert original.pdf == made.pdf
    assert original.findings == made.findings
