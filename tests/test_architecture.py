"""ARCHITECTURE.md and the rules of this repository, compared with the tree of files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "leaflets"
SOURCES = sorted(PACKAGE.rglob("*.py"))
CODE = sorted(file for folder in ("leaflets", "tests", "bench") for file in (ROOT / folder).rglob("*.py"))
TABLE_ROW = re.compile(r"^\| `([\w/.]+)` \| \S.* \|$", re.MULTILINE)

# Home folders, scratch folders and mounts of whoever wrote a file; a reader has none of them.
MACHINE_PATH = re.compile(r"(?<![\w.\-/:}])/(?:home/\w|root/|work/|tmp/\w|Users/|mnt/\w|opt/pypi|opt/wheels)")
MADE_HERE = {
    ".git",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    "__pycache__",
    "build",
    "dist",
    "output",
}
TEXT_SUFFIXES = {
    "",
    ".py",
    ".toml",
    ".md",
    ".css",
    ".html",
    ".txt",
    ".lock",
    ".yml",
    ".yaml",
    ".json",
    ".typ",
    ".cfg",
    ".csv",
    ".j2",
}


def short(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def top_level_modules() -> set[str]:
    """Modules and folders of `leaflets/` that hold Python, as the table writes them (`checks/` is a folder)."""
    files = {file.stem for file in PACKAGE.glob("*.py") if file.stem != "__init__"}
    folders = {f"{folder.name}/" for folder in PACKAGE.iterdir() if any(folder.glob("*.py"))}
    return files | folders


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def project_files(folder: Path = ROOT) -> Iterator[Path]:
    """Every text file of the checkout but what is made there: environments, caches, built sheets."""
    for entry in sorted(folder.iterdir()):
        if entry.name in MADE_HERE:  # in a second worktree `.git` is a file
            continue
        if entry.is_dir():
            if not (entry / "pyvenv.cfg").exists():
                yield from project_files(entry)
        elif entry.suffix in TEXT_SUFFIXES:
            yield entry


def test_the_module_table_equals_the_tree() -> None:
    rows = TABLE_ROW.findall((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    assert len(rows) == len(set(rows)), "a module stands twice in the table"
    assert set(rows) == top_level_modules()


@pytest.mark.parametrize("file", CODE, ids=short)
def test_every_module_opens_with_a_sentence(file: Path) -> None:
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    assert docstring, f"{short(file)} does not say what it is"
    opening = docstring.split("\n\n")[0].rstrip()
    assert opening.endswith((".", ":")), f"{short(file)} opens with no sentence"


@pytest.mark.parametrize("file", SOURCES, ids=short)
def test_no_module_is_over_400_lines(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("file", SOURCES, ids=short)
def test_no_function_is_over_50_lines(file: Path) -> None:
    long = {each.name: lines for each in functions(file) if (lines := (each.end_lineno or 0) - each.lineno + 1) > 50}
    assert long == {}


def types_defined(file: Path) -> Iterator[str]:
    """The public types of a module: its classes, and its aliases in CamelCase."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        yield from (t.id for t in targets if isinstance(t, ast.Name) and t.id[0].isupper() and not t.id.isupper())


def test_no_public_type_is_defined_twice() -> None:
    where: dict[str, list[str]] = {}
    for file in SOURCES:
        for name in types_defined(file):
            where.setdefault(name, []).append(short(file))
    assert {name: files for name, files in where.items() if len(files) > 1} == {}


@pytest.mark.parametrize("folder", sorted({file.parent for file in SOURCES}), ids=short)
def test_no_folder_holds_more_than_16_modules(folder: Path) -> None:
    """But `cli/` (one file a command) and `checks/` (one a family of rules)."""
    modules = sorted(file.name for file in folder.glob("*.py"))
    if folder not in (PACKAGE / "cli", PACKAGE / "checks"):
        assert len(modules) <= 16


def test_no_file_names_a_folder_of_one_machine() -> None:
    breaches = [
        f"{short(file)}:{number}: {line.strip()[:80]}"
        for file in project_files()
        if file.name != Path(__file__).name
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert breaches == []


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("built in /home/ann/leaflet", True),
        ("see /tmp/out.pdf", True),
        ("output/baricitinib.pdf", False),
        ("https://example.org/home/page", False),
        ("src=/usr/share/fonts", False),
    ],
)
def test_what_counts_as_a_folder_of_one_machine(text: str, is_one: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) is is_one
