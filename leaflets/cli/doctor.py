"""`leaflet doctor`: what is there, what is missing, and the line that mends it."""

from __future__ import annotations

import argparse
import ctypes
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from leaflets import __version__
from leaflets.cli import report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import LeafletError, RenderError
from leaflets.ledger.ledger import ledger_exists, open_ledger_to_read
from leaflets.project import ProjectFolder, display_path, load_project, packaged_folder
from leaflets.project.settings import SETTINGS_FILE

_EXAMPLES = """\
examples:
  leaflet doctor           what is there, and what to do where something is missing
  leaflet doctor --json    the same for a program
"""
_PANGO = "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0"
_LIBRARIES = MappingProxyType(
    {
        "Pango": ("libpango-1.0.so.0", _PANGO),
        "Pango with FreeType": ("libpangoft2-1.0.so.0", _PANGO),
        "HarfBuzz subset": ("libharfbuzz-subset.so.0", "sudo apt-get install libharfbuzz-subset0"),
    }
)
_PACKAGES = ("weasyprint", "pydyf", "jinja2", "markdown", "pikepdf", "pypdfium2", "uharfbuzz", "babel", "tqdm")
_EXTRAS = MappingProxyType(
    {
        "zh": ("pylopdf_fonts_zh_cn", "Chinese sheets"),
        "ja": ("pylopdf_fonts_jp", "labels in Japanese letters"),
        "ko": ("pylopdf_fonts_ko", "labels in Korean letters"),
        "scripts": ("manimgx_fonts", "labels in eight more scripts"),
    }
)
_TEST_PROGRAMS = MappingProxyType(
    {
        "poppler": ("pdftotext", "sudo apt-get install poppler-utils"),
        "Java": ("java", "sudo apt-get install default-jre-headless"),
    }
)
_LEAST_FREE_MB = 200
_SECONDS = 5


class PartState(StrEnum):
    """How a part was found. Only what is missing ends the command with another code than 0."""

    OK = "ok"
    MISSING = "missing"
    OPTIONAL = "not there"


@dataclass(frozen=True, slots=True)
class InstalledPart:
    """One part of the installation or the project: what was seen of it, and what mends it where it is missing."""

    group: str
    name: str
    state: PartState
    seen: str = ""
    mend: str = ""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `doctor` to the command line."""
    parser = commands.add_parser(
        "doctor", help=help_line, description=__doc__, epilog=_EXAMPLES, formatter_class=HelpPage
    )
    parser.add_argument("--json", action="store_true", help="the parts as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print each part; 5 where anything is missing without which no sheet is made, else 0."""
    parts = tuple(_parts(Path.cwd()))
    missing = [part for part in parts if part.state is PartState.MISSING]
    if args.json:
        report.emit({"parts": [asdict(part) for part in parts], "missing": len(missing)})
    else:
        for line in _lines(parts):
            report.line(line, sys.stdout)
        found = f"{report.counted(len(missing), 'part')} missing" if missing else "all that is needed is there"
        report.line(found, sys.stdout)
    return RenderError.exit_code if missing else 0


def _lines(parts: tuple[InstalledPart, ...]) -> Iterator[str]:
    group = ""
    for part in parts:
        if part.group != group:
            group = part.group
            yield group
        yield f"  {part.state:<9}  {part.name:<20}  {part.seen}".rstrip()
        if part.mend and part.state is not PartState.OK:
            yield f"             {part.mend}"


def _parts(folder: Path) -> Iterator[InstalledPart]:
    yield InstalledPart("program", "leaflet", PartState.OK, __version__)
    yield InstalledPart("program", "Python", PartState.OK, platform.python_version())
    yield from map(_package, _PACKAGES)
    yield from (_library(name, *facts) for name, facts in _LIBRARIES.items())
    yield from _fonts()
    yield from (_extra(name, *facts) for name, facts in _EXTRAS.items())
    yield from (_program(name, *facts) for name, facts in _TEST_PROGRAMS.items())
    yield _printers()
    yield from _project(folder)


def _package(name: str) -> InstalledPart:
    try:
        return InstalledPart("program", name, PartState.OK, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return InstalledPart(
            "program", name, PartState.MISSING, "", "install leaflet again: its own packages are not all there"
        )


def _library(name: str, file: str, mend: str) -> InstalledPart:
    try:
        ctypes.CDLL(file)
    except OSError:
        return InstalledPart("libraries", name, PartState.MISSING, file, mend)
    return InstalledPart("libraries", name, PartState.OK, file)


def _fonts() -> Iterator[InstalledPart]:
    fonts = sorted((packaged_folder("styles") / "fonts").glob("*.[ot]tf"))
    state = PartState.OK if fonts else PartState.MISSING
    seen = report.counted(len(fonts), "font")
    yield InstalledPart("fonts", "of the program", state, seen, "install leaflet again: its own fonts are gone")


def _extra(name: str, module: str, use: str) -> InstalledPart:
    there = importlib.util.find_spec(module) is not None
    return InstalledPart(
        "fonts", f"extra {name}", PartState.OK if there else PartState.OPTIONAL, use, f'pip install "leaflets[{name}]"'
    )


def _program(name: str, program: str, mend: str) -> InstalledPart:
    path = shutil.which(program)
    return InstalledPart(
        "for the tests only", name, PartState.OK if path else PartState.OPTIONAL, path or program, mend
    )


def _printers() -> InstalledPart:
    if not shutil.which("lpstat"):
        return InstalledPart(
            "printers",
            "CUPS",
            PartState.OPTIONAL,
            "no lpstat",
            "sudo apt-get install cups-client, to see printers here",
        )
    try:
        asked = subprocess.run(["lpstat", "-e"], capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return InstalledPart(
            "printers", "CUPS", PartState.OPTIONAL, "it does not answer", "start it: sudo systemctl start cups"
        )
    names = asked.stdout.split()
    seen = ", ".join(names) if names else "no printer is set up"
    return InstalledPart(
        "printers",
        "CUPS",
        PartState.OK if names else PartState.OPTIONAL,
        seen,
        "lpadmin -p NAME -E -v URI -m everywhere",
    )


# ------------------------------------------------------------------ the project


def _project(folder: Path) -> Iterator[InstalledPart]:
    try:
        project = load_project(folder)
    except LeafletError as error:
        yield InstalledPart("project", SETTINGS_FILE, PartState.MISSING, error.message, error.hint)
        return
    root = display_path(project.root)
    settings = (project.root / SETTINGS_FILE).is_file()
    yield InstalledPart(
        "project", "folder", PartState.OK if settings else PartState.OPTIONAL,
        root if settings else f"{root}: no {SETTINGS_FILE}, all defaults", "leaflet init, for settings of your own",
    )  # fmt: skip
    for name, look in _LOOKS.items():
        yield _looked_at(name, look, project)


def _looked_at(name: str, look: Callable[[ProjectFolder], InstalledPart], project: ProjectFolder) -> InstalledPart:
    try:
        return look(project)
    except LeafletError as error:
        return InstalledPart("project", name, PartState.MISSING, error.message, error.hint)


def _content(project: ProjectFolder) -> InstalledPart:
    own = sum(not project.is_packaged(source) for source in project.sources.values())
    return InstalledPart(
        "project",
        "content",
        PartState.OK,
        f"{report.counted(own, 'text')} of its own, {len(project.sources) - own} packaged",
    )


def _output(project: ProjectFolder) -> InstalledPart:
    """The nearest folder of the output that exists: whether it can be written to, and has room."""
    there = next(each for each in (project.output, *project.output.absolute().parents) if each.exists())
    free = shutil.disk_usage(there).free // 1_000_000
    seen = f"{display_path(project.output)}, {free:,} MB free"
    if not os.access(there, os.W_OK | os.X_OK):
        return InstalledPart(
            "project",
            "output",
            PartState.MISSING,
            f"{display_path(there)}: no permission to write",
            f"chmod u+rwx {there}",
        )
    state = PartState.OK if free >= _LEAST_FREE_MB else PartState.MISSING
    return InstalledPart(
        "project", "output", state, seen, "free some of the disk: a run of 1,000 copies takes about 100 MB"
    )


def _ledger(project: ProjectFolder) -> InstalledPart:
    if not ledger_exists(project.output):
        return InstalledPart("project", "ledger", PartState.OK, "none yet: the first run begins it")
    key = project.settings.history_key
    with open_ledger_to_read(project.output, project.root / key if key else None) as ledger:
        return InstalledPart("project", "ledger", PartState.OK, report.counted(len(ledger.store.runs()), "run"))


_LOOKS: Mapping[str, Callable[[ProjectFolder], InstalledPart]] = MappingProxyType(
    {"content": _content, "output": _output, "ledger": _ledger}
)
