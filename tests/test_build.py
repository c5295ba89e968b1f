"""The same input gives the same bytes anywhere and at any time, and another input another content id."""

import datetime as dt
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from leaflets.errors import CheckFailed, RenderError
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.paper import Paper
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.review import NO_REVIEW
from leaflets.pipeline import BuiltSheet, build, render_here
from leaflets.pipeline.cache import Cache
from leaflets.pipeline.inputs import gather_inputs
from leaflets.pipeline.program_identity import SHAPING
from leaflets.pipeline.request import requested_edition
from leaflets.pipeline.texts import parse_and_check, read_texts
from leaflets.project import ProjectFolder, Settings, packaged_folder, today
from leaflets.project.content import source_at
from tests import verapdf
from tests.conftest import ROOT
from tests.running import MONOGRAPH, environment, process
from tests.sheets import ProjectMonographs, corpus_files, own_files, page_texts, printable_files, voices

PATIENT = Edition(Audience.PATIENT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text(MONOGRAPH)
    return tmp_path


def _built(root: Path, settings: Settings | None = None, edition: Edition = PATIENT) -> BuiltSheet:
    source = source_at(root / "content" / "a.md")
    return build(ProjectFolder(root, settings or Settings()), source, edition, cache=Cache(root / "cache"))


def _content_id(root: Path, settings: Settings | None = None, edition: Edition = PATIENT) -> str:
    project = ProjectFolder(root, settings or Settings())
    return gather_inputs(
        project, edition, read_texts(project, source_at(root / "content" / "a.md")), (), NO_REVIEW
    ).content_id


# ---------------------------------------------------------------- the same bytes


def test_another_folder_changes_nothing(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("a folder with another name")
    shutil.copytree(folder / "content", other / "content")
    first, second = _built(folder), _built(other)
    assert second.fresh
    assert first.content_id == second.content_id
    assert first.pdf.data == second.pdf.data


def test_a_text_checked_before_makes_the_same_sheet(folder: Path) -> None:
    project, source = ProjectFolder(folder), source_at(folder / "content" / "a.md")
    before = parse_and_check(read_texts(project, source), (), PATIENT)
    made = build(project, source, PATIENT, cache=Cache(folder / "one"), render=partial(render_here, checked=before))
    alone = build(project, source, PATIENT, cache=Cache(folder / "two"))
    assert made.pdf.data == alone.pdf.data
    assert made.findings == alone.findings


def test_a_text_that_changed_since_it_was_checked_is_read_again(folder: Path) -> None:
    project, source = ProjectFolder(folder), source_at(folder / "content" / "a.md")
    before = parse_and_check(read_texts(project, source), (), PATIENT)
    (folder / "content" / "a.md").write_text(MONOGRAPH + "\nNever more than seven drops.\n")
    made = build(project, source, PATIENT, cache=Cache(folder / "cache"), render=partial(render_here, checked=before))
    assert "seven drops" in made.html


def test_a_text_checked_for_one_reader_is_not_taken_for_another(folder: Path) -> None:
    project, source = ProjectFolder(folder), source_at(folder / "content" / "a.md")
    before = parse_and_check(read_texts(project, source), (), PATIENT)
    edition = Edition(Audience.CLINICIAN)
    made = build(
        project,
        source,
        edition,
        cache=Cache(folder / "one"),
        render=partial(render_here, checked=replace(before, findings=())),
    )
    alone = build(project, source, edition, cache=Cache(folder / "two"))
    assert made.findings == alone.findings != ()


def test_a_sheet_from_the_cache_is_the_sheet_that_was_made(folder: Path) -> None:
    first, second = _built(folder), _built(folder)
    assert (first.fresh, second.fresh) == (True, False)
    assert replace(second, fresh=True) == first


@pytest.mark.slow
def test_other_processes_times_places_and_seeds_make_the_same_bytes(folder: Path) -> None:
    editions = ("--audience", "all", "--paper", "letter")
    made = []
    worlds: tuple[dict[str, str], ...] = (
        {"PYTHONHASHSEED": "2", "TZ": "Pacific/Pago_Pago", "SOURCE_DATE_EPOCH": "86400", "LANG": "C.UTF-8"},
        {
            "PYTHONHASHSEED": "3",
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "C",
            "HOME": "/nonexistent",
            "PYTHONOPTIMIZE": "1",
        },
    )
    for number, world in enumerate(worlds):
        root = folder / f"world {number}"
        (root / "below").mkdir(parents=True)
        (root / "leaflet.toml").write_text("")
        shutil.copytree(folder / "content", root / "content")
        ran = process("build", "baricitinib", "a", *editions, cwd=root / "below", env=environment(**world))
        assert ran.code == 0, ran.err
        made.append({path.name: path.read_bytes() for path in (root / "output").glob("*.pdf")})
    assert len(made[0]) == 4
    assert made[0] == made[1]


def test_a_sheet_holds_no_date_of_its_making(folder: Path) -> None:
    document = pypdfium2.PdfDocument(_built(folder).pdf.data)
    metadata = document.get_metadata_dict()
    document.close()
    assert metadata["Title"] == "Examplol: patient leaflet"
    assert metadata["CreationDate"] == metadata["ModDate"] == ""


# ---------------------------------------------------------------- the content id


def test_the_content_id_is_printed_on_every_page_and_stands_in_the_metadata(folder: Path) -> None:
    built = _built(folder, edition=Edition(Audience.CLINICIAN))
    assert all(built.content_id in text for text in page_texts(built.pdf.data))
    with pikepdf.open(io.BytesIO(built.pdf.data)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:identifier"] == built.content_id
        assert metadata["dc:title"] == "Examplol: clinician sheet"
        assert pdf.Root.Lang == "en"


def test_the_pharmacy_is_the_author_of_its_sheets(folder: Path) -> None:
    built = _built(folder, Settings(pharmacy=Pharmacy(name="Corner Pharmacy")))
    with pikepdf.open(io.BytesIO(built.pdf.data)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:creator"] == ["Corner Pharmacy"]


def test_bookmarks_follow_the_headings(folder: Path) -> None:
    document = pypdfium2.PdfDocument(_built(folder, edition=Edition(Audience.CLINICIAN)).pdf.data)
    marks = [(mark.level, mark.get_title()) for mark in document.get_toc()]
    document.close()
    assert marks == [(0, "Examplol"), (1, "Usage"), (1, "Dosage"), (1, "Side effects")]


def test_everything_that_goes_in_changes_the_content_id(folder: Path) -> None:
    seen = {_content_id(folder)}

    def new(settings: Settings | None = None, edition: Edition = PATIENT) -> bool:
        before = len(seen)
        seen.add(_content_id(folder, settings, edition))
        return len(seen) > before

    assert not new()
    assert new(edition=Edition(Audience.CLINICIAN))
    assert new(edition=Edition(Audience.PATIENT, paper=Paper.LETTER))
    assert new(edition=Edition(Audience.PATIENT, type_size=TypeSize.LARGE_PRINT))
    assert new(edition=Edition(Audience.PATIENT, sheets=3))
    assert new(edition=Edition(Audience.PATIENT, fitted=False))
    assert new(Settings(pharmacy=Pharmacy(name="Corner")))
    assert new(Settings(pharmacy=Pharmacy(phone="Corner")))
    (folder / "styles").mkdir()
    (folder / "styles" / "theme.css").write_text("h1 { color: #111 }")
    assert new()
    (folder / "templates").mkdir()
    template = (packaged_folder("templates") / "page.html").read_text("utf-8")
    (folder / "templates" / "page.html").write_text(template + "\n")
    assert new()
    (folder / "content" / "a.md").write_text(MONOGRAPH + "\n")
    assert new()


def test_a_setting_that_touches_no_page_does_not_change_it(folder: Path) -> None:
    assert _content_id(folder) == _content_id(folder, Settings(paper=Paper.LETTER, batch_columns={"name": "x"}))


def test_the_default_edition_is_that_of_the_settings(folder: Path) -> None:
    project = ProjectFolder(folder, Settings(paper=Paper.LETTER))
    assert requested_edition(project, Audience.PATIENT) == Edition(Audience.PATIENT, "en", Paper.LETTER)


def test_a_review_date_holds_to_the_end_of_its_day(folder: Path) -> None:
    text = MONOGRAPH.replace("title: Examplol", f"title: Examplol\nreview_by: {today().isoformat()}")
    (folder / "content" / "a.md").write_text(text)
    assert _built(folder).pdf.pages == 1
    (folder / "content" / "a.md").write_text(text.replace(today().isoformat(), '"2020-01-01"'))
    with pytest.raises(CheckFailed, match="the review date 2020-01-01 has passed"):
        _built(folder)


def test_a_style_changed_behind_its_date_and_size_is_seen(folder: Path) -> None:
    style = folder / "styles" / "theme.css"
    style.parent.mkdir()
    style.write_text("h1 { margin-top: 1mm }")
    before, then = _built(folder), style.stat()
    style.write_text("h1 { margin-top: 9mm }")
    os.utime(style, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert _built(folder).pdf.data != before.pdf.data


@pytest.mark.parametrize("style", ["h1 { margin-left: 300mm }", "main { margin-top: -60mm }"])
def test_a_style_that_hides_words_makes_no_sheet(folder: Path, style: str) -> None:
    (folder / "styles").mkdir()
    (folder / "styles" / "theme.css").write_text(style)
    with pytest.raises(RenderError, match=r"a\.md: page 1: text (outside the page|over other text)"):
        _built(folder)


@pytest.mark.parametrize("target", ["nowhere", ".", "..", "theme.css"])
def test_links_that_lead_nowhere_or_in_a_circle_stop_nothing(folder: Path, target: str) -> None:
    (folder / "styles").mkdir()
    (folder / "styles" / "theme.css").symlink_to(target)
    (folder / "styles" / "more").symlink_to(target)
    assert _built(folder).pdf.pages == 1


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: T\nreview_by : 2020-01-01\n---\n",
        '---\ntitle: T\n"review_by": "2020-01-01"\n...\n',
        "\n\n\n\n\n---\ntitle: T\nreview_by: 2020-01-01\n---\n",
        "---\rtitle: T\rreview_by: 2020-01-01\r---\r",
        "\ufeff---\r\n  title: T\r\n  review_by: 2020-01-01\r\n---\r\n",
        "---\ntitle: T\nreview_by: 20200101\n---\n",
        "---\ntitle: T\nreview_by:\n  2020-01-01\n---\n",
        "---\n{title: T, review_by: 2020-01-01}\n---\n",
        '---\ntitle: T\n"review\\x5fby": 2020-01-01\n---\n',
    ],
)
def test_a_passed_review_date_is_seen_however_it_is_written(folder: Path, front: str) -> None:
    (folder / "content" / "a.md").write_bytes(f"{front}### Usage\n\nPain.\n".encode())
    with pytest.raises(CheckFailed, match="the review date 2020-01-01 has passed"):
        _built(folder)


def test_a_sheet_in_the_cache_expires_on_its_day(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by = dt.date(2999, 4, 30)
    (folder / "content" / "a.md").write_text(MONOGRAPH.replace("title: Examplol", f"title: Examplol\nreview_by: {by}"))
    assert _built(folder).fresh
    monkeypatch.setattr("leaflets.pipeline.today", lambda: by)
    assert not _built(folder).fresh
    monkeypatch.setattr("leaflets.pipeline.today", lambda: by + dt.timedelta(days=1))
    with pytest.raises(CheckFailed, match=r"a\.md:3: the review date 2999-04-30 has passed"):
        _built(folder)


def test_a_review_date_in_the_text_is_no_review_date(folder: Path) -> None:
    (folder / "content" / "a.md").write_text("# T\n\n### Usage\n\nreview_by: 2020-01-01\n\nPain.\n")
    assert _built(folder).pdf.pages == 1


# ---------------------------------------------------------------- what is loaded


@pytest.fixture(scope="module")
def built_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose sheets are in the cache, for tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "content").mkdir()
    (folder / "content" / "a.md").write_text(MONOGRAPH)
    assert process("build", "a", cwd=folder).code == 0
    return folder


@pytest.mark.parametrize(
    "words",
    [("--help",), ("build", "--help"), ("list",), ("list", "--json"), ("--version",), ("build", "a", "--html")],
    ids=" ".join,
)
def test_what_renders_nothing_loads_no_renderer(built_folder: Path, words: tuple[str, ...]) -> None:
    code = (
        "import json, sys\nfrom leaflets.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=built_folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(ran.stderr.splitlines()[-1]))
    heavy = {"weasyprint", "pydyf", "fontTools", "tinycss2", "pikepdf", "pypdfium2", "PIL", "sqlite3", "jinja2"}
    heavy |= set() if "list" in words else {"markdown", "yaml"}
    assert loaded & heavy == set()
    assert "leaflets.cli" in loaded


# ---------------------------------------------------------------- PDF/A-3a and PDF/UA-1


def _judged() -> list[tuple[Path, Audience, Paper]]:
    """Our own monographs on both papers, and some found ones, which differ most in length and shape."""
    own = [
        (path, audience, paper)
        for path in own_files()
        for audience in voices(path)
        for paper in (Paper.A4, Paper.LETTER)
    ]
    printable = [path for path in corpus_files() if path in printable_files()]
    picked = sorted(printable, key=lambda path: (path.stat().st_size, path.name))[:: max(1, len(printable) // 11)]
    return [*own, *((path, audience, Paper.A4) for path in picked for audience in Audience)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "audience", "paper"), _judged(), ids=lambda value: value.stem[:30] if isinstance(value, Path) else value
)
def test_every_sheet_is_pdf_a_3a_and_pdf_ua_1(
    monographs: ProjectMonographs, path: Path, audience: Audience, paper: Paper
) -> None:
    data = monographs.sheet(path, audience, paper).pdf.data
    assert verapdf.failures(data, "3a") == []
    assert verapdf.failures(data, "ua1") == []


def test_at_least_ten_monographs_are_judged_even_without_a_corpus() -> None:
    assert len(own_files()) >= 10


# ---------------------------------------------------------------- what the content id covers


def test_everything_that_shapes_a_page_is_in_the_hash_of_the_program() -> None:
    rooms = (
        "booklet", "checks", "compose", "impose", "languages", "lazy_modules", "model", "parse", "picture_check",
        "pipeline", "proof", "qr", "seal", "tables", "translation", "typeset", "typography", "view",
    )  # fmt: skip
    package = ROOT / "leaflets"
    covered = {path for pattern in SHAPING for path in package.glob(pattern)}
    files = {
        path for room in rooms for path in (package / room).rglob("*") if path.suffix in (".py", ".csv", ".po", ".txt")
    }
    files |= {package / f"{room}.py" for room in rooms if (package / f"{room}.py").is_file()}
    assert sorted(str(path.relative_to(package)) for path in files - covered) == []


def test_a_pharmacy_s_own_copies_of_our_first_templates_still_serve(folder: Path) -> None:
    shutil.copytree(ROOT / "tests" / "cases" / "templates_0_1", folder / "templates")
    for audience in Audience:
        assert _built(folder, edition=Edition(audience)).pdf.pages == 1
