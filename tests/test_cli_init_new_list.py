"""`leaflet init`, `leaflet new` and `leaflet list`: a project from nothing to its first own sheet."""

import datetime as dt
import errno
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest

from leaflets.cli import init
from leaflets.errors import OutputError
from leaflets.ledger.store import open_store
from leaflets.parse.evidence_file import parse_evidence
from leaflets.project import Settings, save, settings_file
from leaflets.project.settings_file import read_settings
from tests.reviews import vouch
from tests.running import MONOGRAPH, Leaflet
from tests.sheets import ROOT, page_texts


def test_init_writes_a_project_that_builds(leaflet: Leaflet) -> None:
    ran = leaflet("init")
    assert ran.code == 0
    assert leaflet.files() == {
        "leaflet.toml", ".gitignore", "content/baricitinib.md", "content/evidence/baricitinib.md", "styles/theme.css",
    }  # fmt: skip
    assert "CO-07" not in leaflet("check", "baricitinib").out  # each mark has its source
    assert "next: leaflet build baricitinib" in ran.err
    assert leaflet("build", "baricitinib", "--audience", "patient").code == 0
    assert "output/baricitinib-patient.pdf" in leaflet.files()


def test_init_in_a_named_folder(leaflet: Leaflet) -> None:
    assert leaflet("init", "shop").code == 0
    assert "shop/leaflet.toml" in leaflet.files()


def test_init_overwrites_nothing(leaflet: Leaflet) -> None:
    leaflet.write("styles/theme.css", "h1 { color: #000 }")
    leaflet.write(".gitignore", "*.tmp\n")
    ran = leaflet("init")
    assert ran.code == 0
    assert "kept  styles/theme.css, which was there" in ran.err
    assert (leaflet.folder / "styles/theme.css").read_text() == "h1 { color: #000 }"
    assert (leaflet.folder / ".gitignore").read_text() == "*.tmp\noutput/\n"
    again = leaflet("init")
    assert again.code == 2
    assert "leaflet.toml: this is a project already" in again.err


def test_init_in_a_folder_that_a_flag_names(leaflet: Leaflet) -> None:
    assert leaflet("init", "-o", "shop/a").code == 0
    assert {"shop/a/leaflet.toml", "shop/a/.gitignore", "shop/a/styles/theme.css"} <= leaflet.files()
    assert leaflet("init", "b", "-o", "c").code == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"*.tmp", b"*.tmp\noutput/\n"),
        (b"# \xe9\r\n", b"# \xe9\r\noutput/\n"),
        (b"/output/\n", b"/output/\n"),
        (b"", b"output/\n"),
    ],
)
def test_init_adds_its_line_to_any_gitignore(leaflet: Leaflet, before: bytes, after: bytes) -> None:
    leaflet.write(".gitignore", before)
    assert leaflet("init").code == 0
    assert (leaflet.folder / ".gitignore").read_bytes() == after


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_init_leaves_a_gitignore_that_is_no_file(leaflet: Leaflet, kind: str) -> None:
    ignoring, shared = leaflet.folder / ".gitignore", leaflet.folder / "shared"
    shared.write_bytes(b"x\n")
    ignoring.symlink_to("shared") if kind == "link" else ignoring.mkdir()
    assert leaflet("init").code == 0
    assert (ignoring.is_symlink(), ignoring.is_dir(), shared.read_bytes()) == (kind == "link", kind == "folder", b"x\n")


@pytest.mark.parametrize(("fault", "code"), [(OutputError("no room", "Free some."), 8), (KeyboardInterrupt(), 130)])
def test_init_leaves_nothing_half_made(
    leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch, fault: BaseException, code: int
) -> None:
    def full(path: Path, data: bytes) -> None:
        if path.name == "theme.css":
            raise fault
        save(path, data)

    leaflet.write("kept/.gitignore", "x\n")
    monkeypatch.setattr(init, "save", full)
    assert leaflet("init", "kept").code == code
    assert leaflet("init", "new/shop").code == code
    assert leaflet.files() == {"kept/.gitignore"}
    assert not (leaflet.folder / "new").exists()
    assert not (leaflet.folder / "kept/content").exists()


def test_the_settings_that_init_writes_are_all_there_are_with_their_defaults(leaflet: Leaflet) -> None:
    leaflet("init")
    path = leaflet.folder / "leaflet.toml"
    assert read_settings(path) == Settings()
    text = "".join(line.removeprefix("# ") for line in path.read_text("utf-8").splitlines(keepends=True)[3:])
    path.write_text(text, "utf-8")
    table = tomllib.loads(text)
    assert set(table) == set(settings_file._KEYS)
    assert set(table["pharmacy"]) == set(settings_file._PHARMACY)
    assert set(table["batch"]) == set(settings_file._BATCH)
    assert set(table["limits"]) == set(settings_file._LIMITS)
    assert set(table["evidence"]) == set(settings_file._EVIDENCE)
    assert set(table["evidence"]["years"]) == set(settings_file._YEARS)
    assert set(table["provenance"]) == {"url", "certificates"}
    assert set(table["review"]) == set(settings_file._REVIEW)
    table["batch"]["columns"].clear()
    shown = read_settings(path)
    assert (
        replace(shown, batch_columns=Settings().batch_columns, pharmacy=replace(shown.pharmacy, report=()))
        == Settings()
    )


def test_the_theme_that_init_writes_lists_every_property_and_changes_nothing(leaflet: Leaflet) -> None:
    leaflet("init")
    css = (leaflet.folder / "styles/theme.css").read_text("utf-8")
    names = set(re.findall(r"^\| `(--[\w-]+)`(?:, `(--[\w-]+)`)?", (ROOT / "docs/theme.md").read_text("utf-8"), re.M))
    assert set(re.findall(r"(--[\w-]+):", css)) == {name for pair in names for name in pair if name}
    assert re.sub(r"/\*.*?\*/|\s", "", css, flags=re.DOTALL) == "html{}"
    assert "  /* --title-colour: #000; */  /* colour of the medicine's name */\n" in css


def test_new_writes_a_monograph_that_builds_once_it_has_a_text(leaflet: Leaflet) -> None:
    assert leaflet("new", "my-drug").code == 0
    path = leaflet.folder / "content" / "my-drug.md"
    text = path.read_text(encoding="utf-8")
    assert "title: My drug" in text
    for heading in ("Key message", "Get help now", "Boxed warning", "Uses", "Dosage", "Side effects", "Questions"):
        assert f"### {heading}\n\n/// comment\n" in text
    empty = leaflet("build", "my-drug")
    assert empty.code == 3
    assert "content/my-drug.md" in empty.err
    path.write_text(text.replace("/// patient\n\n///", "/// patient\nWords of ours.\n///", 3), encoding="utf-8")
    assert leaflet("build", "my-drug", "--audience", "patient").code == 0
    page = "\n".join(page_texts((leaflet.folder / "output/my-drug-patient.pdf").read_bytes())).replace("\xa0", " ")
    assert "Words of ours." in page
    assert "Three to five bullets" not in page, "comments are not printed"


def test_a_new_monograph_has_no_finding_of_its_form(leaflet: Leaflet) -> None:
    leaflet("new", "my-drug")
    path = leaflet.folder / "content" / "my-drug.md"
    path.write_text(path.read_text("utf-8").replace("/// patient\n\n///", "/// patient\nWords.\n///"), "utf-8")
    sheets = json.loads(leaflet("build", "my-drug", "--json").out)["sheets"]
    codes = {finding["code"] for sheet in sheets for finding in sheet["findings"]}
    assert not {code for code in codes if code.startswith("MD")}


@pytest.mark.parametrize("name", ["My Drug", "../escape", "a/b", "-x", "é", "a" * 300])
def test_new_refuses_a_name_that_makes_no_good_file(leaflet: Leaflet, name: str) -> None:
    ran = leaflet("new", "--", name)
    assert ran.code == 2
    assert "lower-case letters, digits and hyphens" in ran.err
    assert leaflet.files() == set()


def test_new_overwrites_nothing(leaflet: Leaflet) -> None:
    leaflet.write("content/mine.md", "precious")
    ran = leaflet("new", "mine")
    assert ran.code == 2
    assert "content/mine.md: it is there already" in ran.err
    assert (leaflet.folder / "content/mine.md").read_text() == "precious"


def test_new_writes_an_evidence_file_that_is_read(leaflet: Leaflet) -> None:
    ran = leaflet("new", "mine")
    assert ran.err.splitlines() == ["wrote content/mine.md", "wrote content/evidence/mine.md"]
    text = (leaflet.folder / "content/evidence/mine.md").read_text("utf-8")
    evidence = parse_evidence(text, name="mine", file="mine.md")
    assert (evidence.sources, evidence.passages) == ((), ())
    shown = text.replace("sources: []\n", "").replace("# sources:", "sources:").replace("#   ", "  ")
    filled = parse_evidence(f"{shown}\n## L1:2.1 Dosage\n\nText.\n", name="mine", file="mine.md")
    assert filled.sources[0].title == "Mine tablets, US label", "the example is one"


def test_new_keeps_an_evidence_file_that_is_there(leaflet: Leaflet) -> None:
    leaflet.write("content/evidence/mine.md", "precious")
    assert "kept  content/evidence/mine.md, which was there" in leaflet("new", "mine").err
    assert (leaflet.folder / "content/evidence/mine.md").read_text() == "precious"


def test_new_writes_both_files_or_neither(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, data: bytes, mode: int = 0o644) -> None:
        if path.parent.name != "evidence":
            raise OutputError(f"{path}: disk full")
        save(path, data, mode)

    monkeypatch.setattr("leaflets.cli.new.save", refuse)
    assert leaflet("new", "mine").code == 8
    assert leaflet.files() == set()


def test_new_puts_no_empty_text_before_a_packaged_one(leaflet: Leaflet) -> None:
    ran = leaflet("new", "metformin")
    assert (ran.code, "leaflet copy metformin" in ran.err) == (2, True)
    assert leaflet.files() == set()
    leaflet.write("leaflet.toml", 'content = "own"\n')
    assert leaflet("new", "metformin").code == 0


def test_own_content_shuts_packaged_texts_out(leaflet: Leaflet) -> None:
    leaflet.write("content/mine.md", MONOGRAPH)
    rows = {row["name"]: row["packaged"] for row in json.loads(leaflet("list", "--json").out)}
    assert (rows["mine"], rows["baricitinib"]) == ([], ["en", "ar", "es"])
    leaflet.write("leaflet.toml", 'content = "own"\n')
    assert [row["name"] for row in json.loads(leaflet("list", "--json").out)] == ["mine"]
    assert leaflet("build", "metformin").code == 3
    leaflet.write("leaflet.toml", 'content = "mine"\n')
    assert "It can be: own" in leaflet("list").err


@pytest.mark.parametrize("fault", ["a file", "a broken link", "a link to itself", "permission denied"])
def test_no_packaged_text_stands_in_for_content_that_cannot_be_read(
    leaflet: Leaflet, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = leaflet.folder / "content"
    if fault == "a file":
        content.write_text("")
    elif "link" in fault:
        content.symlink_to("nowhere" if "broken" in fault else "content")
    else:
        content.mkdir()
        listed = Path.iterdir

        def refuse(folder: Path) -> Iterator[Path]:
            if folder.name == "content" and folder.samefile(content):
                raise PermissionError(errno.EACCES, "denied")
            return listed(folder)

        monkeypatch.setattr(Path, "iterdir", refuse)
    ran = leaflet("build", "metformin")
    assert ran.code == 3
    assert "content: the monographs cannot be read" in ran.err


@pytest.mark.parametrize("fault", ["a folder", "a broken link", "a link to itself", "a pipe", "permission denied"])
def test_no_packaged_text_stands_in_for_a_monograph_that_cannot_be_read(
    leaflet: Leaflet, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = leaflet.write("content/metformin.md", MONOGRAPH)
    (leaflet.folder / "output").mkdir()
    open_store(leaflet.folder / "output" / "ledger.db", lambda: "2026-11-22T20:00:00Z").close()
    if fault == "permission denied":
        monkeypatch.setattr(Path, "open", refusing(file, Path.open))
    else:
        file.unlink()
        make = {"a folder": file.mkdir, "a pipe": lambda: os.mkfifo(file)}
        make.get(fault, lambda: file.symlink_to("nowhere" if "broken" in fault else file.name))()
    leaflet.write("list.csv", "drug\nmetformin\n")
    for words in (["build", "metformin"], ["build", "metformin", "--lang", "es"], ["check", "metformin"]):
        ran = leaflet(*words)
        assert (ran.code, "content/metformin.md: " in ran.err) == (3, True)
    ran = leaflet("batch", "list.csv", "--dry-run", "--allow-draft", "--allow-unsafe")
    assert (ran.code, "content/metformin.md: " in ran.err) == (4, True)
    assert "unreadable" in next(line for line in leaflet("list").out.splitlines() if line.startswith("metformin "))


def refusing(refused: Path, opened: Callable[..., IO[bytes]]) -> Callable[..., IO[bytes]]:
    """How files are opened, but for one: the tests may be run by root, who may read all."""

    def attempt(path: Path, *how: Any, **more: Any) -> IO[bytes]:
        if path.name == refused.name and path.parent.name == "content" and path.samefile(refused):
            raise PermissionError(errno.EACCES, "denied")
        return opened(path, *how, **more)

    return attempt


def test_list_shows_names_titles_languages_versions_and_review_states(leaflet: Leaflet) -> None:
    front = "title: Examplol\nversion: '4'\n"
    for name, year in {"current": 2025, "past": 2020}.items():
        path = leaflet.write(f"content/{name}.md", MONOGRAPH.replace("title: Examplol\n", front))
        vouch(path, dt.date(year, 1, 31), until=dt.date(year + 5, 1, 31))
    leaflet.write("content/gone.md", MONOGRAPH.replace("title: Examplol\n", "title: Examplol\nwithdrawn: recalled\n"))
    leaflet.write("content/broken.md", "---\ntitle: [\n---\n")
    leaflet.write("content/current.es.md", MONOGRAPH)
    ran = leaflet("list")
    assert ran.code == 0
    lines = {line.split()[0]: line for line in ran.out.splitlines()}
    assert lines["NAME"].split() == ["NAME", "TITLE", "LANGUAGES", "VERSION", "TEXT", "REVIEW"]
    packaged = {path.name.split(".")[0] for path in (ROOT / "content").glob("*.md")}
    assert list(lines)[1:] == sorted(packaged | {"broken", "current", "gone", "past"})
    assert lines["baricitinib"].endswith("draft: not clinically reviewed")
    assert lines["current"].split()[1:6] == ["Examplol", "en", "es", "4", "own"]
    assert " packaged " in lines["metformin"]
    assert lines["current"].endswith("reviewed 2025-01-31, next 2030-01-31")
    assert lines["past"].endswith("expired 2025-01-31")
    assert lines["gone"].endswith("withdrawn")
    assert lines["broken"].endswith("unreadable")


def test_list_as_json(leaflet: Leaflet) -> None:
    leaflet.write("content/broken.md", "---\ntitle: [\n---\n")
    rows = {row["name"]: row for row in json.loads(leaflet("list", "--json").out)}
    assert rows["baricitinib"]["title"] == "Baricitinib"
    assert rows["baricitinib"]["languages"] == ["en", "ar", "es"]
    assert rows["baricitinib"]["state"] == "draft: not clinically reviewed"
    assert "content/broken.md:" in rows["broken"]["problem"]


def test_a_project_s_own_monograph_stands_in_place_of_the_packaged_one(leaflet: Leaflet) -> None:
    leaflet.write("content/baricitinib.md", MONOGRAPH)
    titles = {row["name"]: row["title"] for row in json.loads(leaflet("list", "--json").out)}
    assert titles["baricitinib"] == "Examplol"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_names_the_command(leaflet: Leaflet, shell: str) -> None:
    ran = leaflet("completion", shell)
    assert ran.code == 0
    assert "leaflet" in ran.out
    assert "argcomplete" in ran.out.lower()


def test_a_copied_monograph_brings_its_evidence_and_replaces_none(leaflet: Leaflet) -> None:
    leaflet("init")
    own = leaflet.write("content/evidence/metformin.md", "---\nsources: []\n---\n")
    ran = leaflet("copy", "metformin")
    assert ran.code == 2
    assert "content/evidence/metformin.md: there is an evidence file" in ran.err
    own.unlink()
    assert leaflet("copy", "metformin").code == 0
    assert "CO-07" not in leaflet("check", "metformin").out
