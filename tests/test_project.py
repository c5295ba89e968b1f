"""Where a project's own files win, how files are named, read and saved, and what the settings hold."""

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.errors import ContentError, OutputError, UsageError
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.paper import Paper
from leaflets.project import (
    ProjectFolder,
    Settings,
    display_path,
    load_project,
    packaged_folder,
    read_bytes,
    read_text,
    save,
)
from leaflets.project.content import MonographFile, source_at, source_of_argument
from leaflets.project.files import decode, make_folder
from leaflets.project.sheet_names import MAX_STEM_BYTES, sheet_name
from tests.running import Leaflet


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectFolder:
    monkeypatch.chdir(tmp_path)
    for kind in ("content", "styles", "templates"):
        (tmp_path / kind).mkdir()
    return ProjectFolder(tmp_path)


# ---------------------------------------------------------------- what a project holds


def test_names_are_those_of_ours_and_of_the_project(project: ProjectFolder) -> None:
    (project.root / "content" / "zebramol.md").write_text("x")
    packaged = {path.name.split(".")[0] for path in packaged_folder("content").glob("*.md")}
    assert project.names() == (*sorted(packaged), "zebramol")


def test_a_project_s_own_monograph_wins(project: ProjectFolder) -> None:
    own = project.root / "content" / "baricitinib.md"
    assert ProjectFolder(project.root).source("baricitinib", "en").path == packaged_folder("content") / "baricitinib.md"
    own.write_text("x")
    assert ProjectFolder(project.root).source("baricitinib", "en").path == own


def test_a_language_that_is_missing_is_told_from_a_name_that_is(project: ProjectFolder) -> None:
    with pytest.raises(ContentError, match="no monograph in the language “fr”") as missing:
        project.source("baricitinib", "fr")
    assert missing.value.hint == "There is: ar, en, es."
    with pytest.raises(ContentError, match="no monograph of that name"):
        project.source("nothing", "en")


def test_a_project_s_own_style_and_template_win_file_by_file(project: ProjectFolder) -> None:
    (project.root / "styles" / "theme.css").write_text("h1 { color: #111 }")
    (project.root / "templates" / "page.html").write_text("own")
    styles = project.styles(Edition(Audience.PATIENT).stylesheets)
    assert styles["theme.css"] == b"h1 { color: #111 }"
    assert styles["page.css"] == (packaged_folder("styles") / "page.css").read_bytes()
    templates = project.templates()
    assert templates["page.html"] == "own"
    assert templates["patient.html"] == (packaged_folder("templates") / "patient.html").read_text("utf-8")


def test_styles_bring_the_fonts_and_pictures_they_name_and_nothing_else(project: ProjectFolder) -> None:
    for name in ("used.png", "unused.png"):
        (project.root / "styles" / name).write_bytes(name.encode())
    (project.root / "styles" / "theme.css").write_text("h1 { background: url(leaflet:used.png) }")
    styles = project.styles(("theme.css", "fonts.css"))
    assert styles["used.png"] == b"used.png"
    assert "unused.png" not in styles
    assert [name for name in styles if name.endswith(".ttf")]


@pytest.mark.parametrize(
    "name", ["../leaflet.toml", "../content/a.css", "/etc/hostname", "link.css", "secret.txt", "."]
)
def test_no_style_comes_from_outside_the_folders_of_styles(project: ProjectFolder, name: str) -> None:
    (project.root / "leaflet.toml").write_text("")
    (project.root / "content" / "a.css").write_text("x")
    (project.root / "styles" / "secret.txt").write_text("x")
    (project.root / "styles" / "link.css").symlink_to(project.root / "content" / "a.css")
    assert project.style_path(name) is None
    assert project.styles((name,)) == {}


def test_a_style_that_names_itself_ends(project: ProjectFolder) -> None:
    (project.root / "styles" / "theme.css").write_text("@import url(leaflet:theme.css); @import url(leaflet:page.css);")
    assert set(project.styles(("theme.css",))) >= {"theme.css", "page.css"}


# ---------------------------------------------------------------- settings


def test_settings_are_those_of_the_nearest_folder_upwards(project: ProjectFolder) -> None:
    (project.root / "leaflet.toml").write_text(
        'paper = "letter"\n[pharmacy]\nname = " Corner   Pharmacy "\naddress = "1 Rail Street"\n'
        'phone = "555 0100"\nemergency = "118"\n[batch]\nencoding = "cp1250"\n[batch.columns]\nname = "Patient"\n'
    )
    below = project.root / "content" / "deep"
    below.mkdir()
    loaded = load_project(below)
    assert loaded.root == project.root
    assert loaded.settings.paper is Paper.LETTER
    pharmacy = loaded.settings.pharmacy
    assert (pharmacy.name, pharmacy.address, pharmacy.phone, pharmacy.emergency) == (
        "Corner Pharmacy", "1 Rail Street", "555 0100", "118",
    )  # fmt: skip
    assert loaded.settings.batch_encoding == "cp1250"
    assert dict(loaded.settings.batch_columns) == {"name": "Patient"}
    assert loaded.output == project.root / "output"


def test_without_settings_everything_has_a_default(project: ProjectFolder) -> None:
    assert load_project(project.root) == ProjectFolder(project.root, Settings())


def test_a_settings_file_that_is_named_must_be_there(project: ProjectFolder) -> None:
    with pytest.raises(UsageError, match="there is no such settings file"):
        load_project(project.root, project.root / "none.toml")


def test_settings_may_begin_with_a_byte_order_mark(project: ProjectFolder) -> None:
    (project.root / "leaflet.toml").write_bytes(b"\xef\xbb\xbfpaper = 'letter'\r\n")
    assert load_project(project.root).settings.paper is Paper.LETTER


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("file", "name", "lang"),
    [
        ("baricitinib.md", "baricitinib", "en"),
        ("baricitinib.es.md", "baricitinib", "es"),
        ("baricitinib.zh-Hant.md", "baricitinib", "zh-Hant"),
        ("vitamin-b1.2.md", "vitamin-b1.2", "en"),
        (".md", "", "en"),
        ("St. John.md", "St. John", "en"),
        (".es.md", ".es", "en"),
    ],
)
def test_name_and_language_are_read_from_the_name_of_the_file(file: str, name: str, lang: str) -> None:
    source = source_at(Path(file))
    assert (source.name, source.lang) == (name, lang)


def test_a_word_with_a_slash_or_md_is_a_path_and_must_be_there(project: ProjectFolder) -> None:
    assert source_of_argument("baricitinib") is None
    (project.root / "content" / "a.md").write_text("x")
    source = source_of_argument("content/a.md")
    assert source is not None
    assert source.name == "a"
    for missing in ("a.md", "content/none", "\0.md", "x" * 5000 + ".md"):
        with pytest.raises(ContentError, match="there is no such file"):
            source_of_argument(missing)


@pytest.mark.parametrize(
    ("edition", "name"),
    [
        (Edition(Audience.PATIENT), "a-patient.pdf"),
        (Edition(Audience.CLINICIAN, "es", Paper.LETTER), "a-clinician-es-letter.pdf"),
        (Edition(Audience.PATIENT, type_size=TypeSize.LARGE_PRINT), "a-patient-large-print.pdf"),
        (Edition(Audience.PATIENT, paper=Paper.A5), "a-patient-a5.pdf"),
        (Edition(Audience.PATIENT, sheets=2, fitted=False), "a-patient.pdf"),
    ],
)
def test_language_and_paper_are_named_where_they_are_not_the_default(edition: Edition, name: str) -> None:
    assert sheet_name(MonographFile("a", "en", Path("a.md")), edition, Settings()) == name


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=400))
def test_any_name_makes_a_file_name_that_a_file_system_takes(name: str) -> None:
    made = sheet_name(MonographFile(name, "en", Path("x")), Edition(Audience.CLINICIAN, "es", Paper.LETTER), Settings())
    assert len(made.encode()) <= 255
    assert made.endswith("-clinician-es-letter.pdf")
    assert made.startswith(name) or len(name.encode()) > MAX_STEM_BYTES


def test_two_long_names_that_begin_alike_stay_apart() -> None:
    names = {
        sheet_name(MonographFile("é" * 300 + end, "en", Path()), Edition(Audience.PATIENT), Settings()) for end in "ab"
    }
    assert len(names) == 2


# ---------------------------------------------------------------- reading


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused_with_their_line(data: bytes) -> None:
    try:
        text = decode(data, "a.md")
    except ContentError as refusal:
        place, line, _ = refusal.message.split(":", 2)
        assert place == "a.md"
        assert 1 <= int(line) <= data.count(b"\n") + 1
    else:
        assert text.encode() == data.removeprefix(b"\xef\xbb\xbf")


def test_a_file_larger_than_its_limit_is_refused(project: ProjectFolder) -> None:
    file = project.root / "a.md"
    file.write_bytes(b"12345")
    assert read_bytes(file, 5) == b"12345"
    with pytest.raises(ContentError, match=r"a.md: the file is larger than 4 bytes"):
        read_bytes(file, 4)


def test_what_cannot_be_read_is_not_to_be_written_elsewhere(
    project: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(ContentError, match=r"a.md: cannot be read: permission denied") as raised:
        read_bytes(project.root / "a.md")
    assert "-o" not in raised.value.hint


def test_a_text_is_read_without_its_byte_order_mark(project: ProjectFolder) -> None:
    (project.root / "a.md").write_bytes(b"\xef\xbb\xbfa\xc3\xa9")
    assert read_text(project.root / "a.md") == "aé"


def test_paths_are_shown_from_where_the_reader_stands(project: ProjectFolder) -> None:
    assert display_path(project.root / "content" / "a.md") == "content/a.md"
    assert display_path(Path("content") / "a.md") == "content/a.md"
    assert display_path(Path("/a.md")) == "/a.md"


# ---------------------------------------------------------------- saving


def test_a_saved_file_is_whole_readable_and_leaves_nothing_beside_it(project: ProjectFolder) -> None:
    path = project.root / "deep" / "a.pdf"
    save(path, b"one")
    save(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [item.name for item in path.parent.iterdir()] == ["a.pdf"]


def test_a_private_file_is_never_readable_by_others(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project.root / "list.csv"
    modes = []
    replaced = Path.replace

    def watched(beside: Path, target: Path) -> Path:
        modes.append(stat.S_IMODE(beside.stat().st_mode))
        return replaced(beside, target)

    monkeypatch.setattr(Path, "replace", watched)
    save(path, b"x", mode=0o600)
    assert modes == [0o600]


def test_a_link_is_replaced_and_what_it_led_to_left_alone(project: ProjectFolder) -> None:
    (project.root / "real.txt").write_text("kept")
    (project.root / "a.pdf").symlink_to("real.txt")
    save(project.root / "a.pdf", b"new")
    assert (project.root / "real.txt").read_text() == "kept"
    assert (project.root / "a.pdf").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fchmod", "fsync"])
def test_a_fault_at_any_step_keeps_the_earlier_file(
    project: ProjectFolder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = project.root / "a.pdf"
    save(path, b"earlier")

    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, step, fails)
    with pytest.raises(OutputError, match=r"a\.pdf: cannot be written: the disk is full"):
        save(path, b"later")
    monkeypatch.undo()
    assert path.read_bytes() == b"earlier"
    assert sorted(item.name for item in project.root.iterdir() if item.is_file()) == ["a.pdf"]


def test_a_file_system_that_cannot_sync_folders_is_good_enough(
    project: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = os.fsync

    def picky(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", picky)
    save(project.root / "a.pdf", b"x")
    assert (project.root / "a.pdf").read_bytes() == b"x"


def test_a_folder_in_whose_place_a_file_stands(project: ProjectFolder) -> None:
    (project.root / "taken").write_text("x")
    with pytest.raises(OutputError, match="taken: cannot be written: a file of that name is in the way"):
        make_folder(project.root / "taken")


def test_a_table_that_is_there_twice_is_named_with_what_to_do(leaflet: Leaflet) -> None:
    leaflet("init")
    path = leaflet.folder / "leaflet.toml"
    path.write_text(path.read_text("utf-8") + '\n[batch]\nignore = ["Ward"]\n', "utf-8")
    ran = leaflet("list")
    assert ran.code == 2
    assert "It is there already: write the new lines below the one that is there." in ran.err
