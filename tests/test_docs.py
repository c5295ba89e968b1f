"""The manual says what the program does: its tables are compared with the code, and its examples are built."""

import argparse
import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import leaflets
from leaflets import errors
from leaflets.cli import COMMANDS, command_parser
from leaflets.languages import LANGUAGES
from leaflets.model.edition import Audience
from leaflets.model.finding import Severity
from leaflets.model.monograph import BoxKind
from leaflets.model.pharmacy import Pharmacy
from leaflets.parse import fences, front_matter, headings, inline, parse
from leaflets.parse.source_lines import MAX_BYTES, MAX_LINE, MAX_NESTING
from leaflets.project import load_project, settings_file
from leaflets.view import LAYOUTS
from tests.running import MONOGRAPH, Leaflet
from tests.sheets import ROOT

DOCS = ROOT / "docs"
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


@pytest.fixture(scope="module")
def monograph() -> str:
    return (DOCS / "monograph.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def commands() -> str:
    return (DOCS / "commands.md").read_text(encoding="utf-8")


# ---------------------------------------------------------------- the format


def test_every_section_stands_with_its_headings_and_titles(monograph: str) -> None:
    for id, synonyms in headings.SYNONYMS.items():
        patient, clinician = (LAYOUTS[audience][id][1] for audience in Audience)
        words = ", ".join(word[:1].upper() + word[1:] for word in synonyms)
        row = f"| `{id}` | {words} | {patient.title}, {patient.region} | {clinician.region} |"
        assert row in monograph, "scripts/sections.py writes the table anew"
    assert set(re.findall(r"^\| `(\w+)` \|.*\| .* \| \w+ \|$", monograph, re.M)) == set(headings.SYNONYMS)


def test_every_key_of_the_front_matter_stands_there_and_no_other(monograph: str) -> None:
    table = monograph.split("## Front matter")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == set(front_matter.KEYS)


def test_every_code_of_the_parser_is_explained_and_no_other(monograph: str) -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "leaflets" / "parse").glob("*.py"))
    codes = set(re.findall(r'"(MD\d\d)"', source))
    assert set(re.findall(r"^\| (MD\d\d) \|", monograph, re.M)) == codes
    severities = {severity.value for severity in Severity}
    assert all(level in severities for level in re.findall(r"^\| MD\d\d \| (\w+) \|", monograph, re.M))


def test_the_limits_are_those_of_the_parser(monograph: str) -> None:
    limits = monograph.split("## Limits")[1]
    for number in (MAX_BYTES, MAX_LINE, MAX_NESTING, front_matter.MAX_LINES, inline._MAX_INLINE):
        assert f"| {number:,} |" in limits


def test_every_fence_is_explained(monograph: str) -> None:
    for name in (*(kind.value for kind in BoxKind), *fences.AUDIENCES, fences.COMMENT):
        assert f"| `/// {name}" in monograph


def test_the_example_of_the_manual_is_a_monograph_without_a_finding_of_form(monograph: str) -> None:
    example = next(text for text in re.findall(r"````markdown\n(.*?)````", monograph, re.S) if text.startswith("---"))
    parsed = parse(example, name="example", file="example.md")
    assert parsed.findings == ()
    assert parsed.two_audiences
    assert {section.id for section in parsed.sections} >= {"key_message", "urgent", "indications", "dosage", "faqs"}


# ---------------------------------------------------------------- the commands


def _subparsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(groups[0].choices) if groups else {}


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_flag_of_a_command_is_explained_and_no_other(commands: str, name: str) -> None:
    assert f"## leaflet {name}\n" in commands
    section = commands.split(f"## leaflet {name}\n")[1].split("\n## ")[0]
    parser = _subparsers(command_parser())[name]
    documented = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", " ".join(re.findall(r"^\| (`.*?) \|", section, re.M))))
    parsers = [parser, *_subparsers(parser).values()]
    flags = {flag for one in parsers for action in one._actions for flag in action.option_strings}
    assert documented == flags - {"-h", "--help"}


def test_every_language_stands_in_the_manual() -> None:
    introduction = (DOCS / "languages.md").read_text(encoding="utf-8").split("## ")[0]
    assert re.findall(r"\(`(\w+)`\)", introduction) == [code for code in LANGUAGES if code != "en"]


def test_every_exit_code_is_explained(commands: str) -> None:
    table = dict(re.findall(r"^\| (\d+) \| (.*?) \|$", commands, re.M))
    faults = [fault for fault in vars(errors).values() if isinstance(fault, type) and fault is not errors.LeafletError]
    codes = {fault.exit_code for fault in faults if issubclass(fault, errors.LeafletError)}
    assert {int(code) for code in table} == {0, 143} | codes


def test_the_settings_of_the_manual_are_read(commands: str, tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", commands, re.S)
    (tmp_path / "leaflet.toml").write_text(example, encoding="utf-8")
    settings = load_project(tmp_path).settings
    table = tomllib.loads(example)
    assert table["pharmacy"]["name"] == settings.pharmacy.name != ""
    assert set(table) == set(settings_file._KEYS)
    assert settings.own_content is (table["content"] == "own")
    assert table["provenance"]["url"] == settings.code_url
    assert set(table["pharmacy"]) == {field.name for field in fields(Pharmacy)} - {"report"}
    assert all(getattr(settings.pharmacy, key) == value for key, value in table["pharmacy"].items())
    assert dict(settings.pharmacy.report) == table["report"]


# ---------------------------------------------------------------- all pages


_PAGES = ("monograph", "commands", "editions", "languages", "theme", "translations")


@pytest.mark.parametrize(
    "page", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", *(f"docs/{name}.md" for name in _PAGES)]
)
def test_every_link_and_picture_of_a_page_is_there(page: str) -> None:
    text = re.sub(r"`[^`\n]*`", "", (ROOT / page).read_text(encoding="utf-8"))
    missing = [link for link in _LINK.findall(text) if not (ROOT / page).parent.joinpath(link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", ["baricitinib-patient", "baricitinib-clinician", "theme/baricitinib-patient"])
def test_the_pictures_of_the_sheets_are_small_enough_for_a_page(name: str) -> None:
    picture = DOCS / f"{name}.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 250_000


def test_the_gallery_shows_all_its_pictures_and_they_are_small() -> None:
    text = (DOCS / "gallery.md").read_text(encoding="utf-8")
    sizes = {path.name: path.stat().st_size for path in (DOCS / "gallery").iterdir()}
    assert set(re.findall(r"\]\(gallery/(.*?)\)", text)) == set(sizes)
    assert sum(sizes.values()) < 3_000_000
    written = {path.stem for path in (ROOT / "content").glob("*.md") if "." not in path.stem}
    assert {f"{name}-patient-1.png" for name in written} <= set(sizes), "scripts/pictures draws the gallery anew"


def _zebramol(state: str) -> str:
    text = (DOCS / "authoring.md").read_text(encoding="utf-8")
    match = re.search(rf"^### {state}\n\n```markdown\n(.*?)```$", text, re.M | re.S)
    assert match, state
    return match[1]


def test_the_text_before_has_the_findings_that_its_table_counts(leaflet: Leaflet) -> None:
    leaflet.write("zebramol.md", _zebramol("Before"))
    findings = json.loads(leaflet("check", "zebramol.md", "--json").out)["files"][0]["findings"]
    codes = [finding["code"] for finding in findings if finding["severity"] != "info"]
    rows = re.findall(r"^\| ((?:[A-Z]{2}-\w\d+(?:, )?)+) \| (\d+) \|", (DOCS / "authoring.md").read_text("utf-8"), re.M)
    counted = {row: sum(codes.count(code) for code in row.split(", ")) for row, _ in rows}
    assert counted == {row: int(count) for row, count in rows}
    assert sum(counted.values()) == len(codes)


def test_the_text_after_is_clean(leaflet: Leaflet) -> None:
    leaflet.write("zebramol.md", _zebramol("After"))
    assert leaflet("check", "zebramol.md", "--strict").code == 0


def test_the_examples_of_the_readme_work(leaflet: Leaflet) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"^leaflet (.*?)(?: {2,}#.*)?$", text, re.M)
    assert len(examples) >= 7
    for example in examples:
        ran = leaflet(*example.split())
        assert ran.code == 0, f"leaflet {example}: {ran.err}"


# ---------------------------------------------------------------- from Python


def test_the_examples_of_the_api_run_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = re.findall(r"```python\n(.*?)```", (DOCS / "api.md").read_text("utf-8"), re.S)
    assert len(examples) == 3
    (tmp_path / "pharmacy").mkdir()
    monkeypatch.chdir(tmp_path)
    printed: list[str] = []
    for example in examples:
        exec(example, {"text": MONOGRAPH, "leaflets": leaflets, "print": printed.append})
    assert (tmp_path / "out" / "baricitinib.pdf").read_bytes().startswith(b"%PDF-")
    comments = re.findall(r"print\(.*?\) +# (.*)", "".join(examples))
    assert printed == comments


def test_the_tables_of_the_api_name_what_it_offers() -> None:
    page = (DOCS / "api.md").read_text("utf-8")
    names = {name for row in re.findall(r"^\| (`.*?) \|", page, re.M) for name in re.findall(r"`(\w+)", row)}
    assert names >= set(leaflets.__all__) - {
        "__version__",
        "LeafletError",
        "LedgerError",
        "RunIncomplete",
        "Interrupted",
    }
    for field in fields(leaflets.Sheet):
        assert f"`{field.name}`" in page


def test_the_example_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    monkeypatch.chdir(tmp_path)
    exec(example, {})
    assert (tmp_path / "baricitinib.pdf").stat().st_size


def test_the_changelog_keeps_its_format_and_has_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    releases = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", text, re.M)
    assert releases[0][0] == leaflets.__version__
    assert [date for _, date in releases] == sorted((date for _, date in releases), reverse=True)
    assert re.search(r"^## \[Unreleased\]$", text, re.M)
    kinds = set(re.findall(r"^### (.*)$", text, re.M))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
