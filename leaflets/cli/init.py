"""`leaflet init`: start a project in a folder."""

from __future__ import annotations

import argparse
import contextlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leaflets.cli import manual, report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import UsageError
from leaflets.project import display_path, packaged_folder, read_bytes, read_text, save

_SETTINGS = """\
# Settings of this pharmacy's leaflets. A flag overrides them. Everything may be left out: a line that begins with #
# shows the default. “leaflet help commands” has all of them in full.

# paper = "a4"            # a4, letter or a5
# edition = "standard"    # or large-print
# language = "en"         # of the texts that are printed unless a flag names another
# content = "all"         # own: print this project's texts alone, none that came with the program

[pharmacy]                # printed on every patient leaflet
# name = ""
# address = ""
# phone = ""
# hours = ""              # for example "Monday to Friday 8 am to 6 pm"
# out_of_hours = ""       # whom to call when you are closed; empty: that of the monograph's country, if it has one
# emergency = ""          # the number to call in an emergency, for example "911"; empty: that of the country
# poison = ""             # the number of the poison help line; empty: that of the country
# logo = ""               # a picture beside this file, "logo.svg" or "logo.png"
# logo_alt = ""           # the logo in words; empty: the name

[report]                  # how side effects are reported, by country; empty: our own sentence, where we have one
# US = "Tell us, or report side effects to FDA at 1-800-FDA-1088."

[provenance]
# url = ""                # the address in the square code of a sheet: "https://example.org/leaflet/{id}"
# certificates = ""       # a PEM file: those whose signatures on sheets “leaflet verify” trusts

[limits]                  # what one sheet may take; 0 is no limit
# seconds = 60
# memory = 2048           # MiB

[evidence]                # what “leaflet check” asks of the sources of a monograph
# floor = "formulary"     # the weakest kind that counts: label, agency, guideline, formulary, textbook, other
# years = {label = 3, other = 5}  # after so many years a source is old

[review]                  # who must have read each statement of a sheet, see “leaflet help review”
# roles = ["first"]       # author, first, second, committee; translator for translations
# signatures = "optional" # "required": a review counts only where it is signed (allowed_signers)
# allow_draft = false     # true: print runs make drafts unasked, and say so on every sheet

[batch]                   # print runs, see “leaflet help batch”
# encoding = ""           # of the lists, where they are no UTF-8: "cp1252"
# history_key = ""        # the file of the key of the ledger's history, on another disk; empty: output/history.key
# ignore = []             # headers of columns that are not needed: ["Refills", "Price"]
# label_code = true       # a code on every label with its run and serial
# no_repeat_days = 3      # a row that a run of the last so many days made is not made again unasked

[batch.columns]           # headers of your lists and our columns
# "Med name" = "drug"
"""
_EXAMPLES = """\
examples:
  leaflet init                 in this folder
  leaflet init -o pharmacy     in a folder of that name
"""
_IGNORED = b"output/"
_SAME_IGNORED = (b"output", b"/output", b"/output/")
_THEME_HEAD = """\
/* This pharmacy's own look: this sheet comes last, so what it says wins. Each line is a property with its default, on
   the patient leaflet where it has one, and what it sets: take it out of its comment to change it. See “leaflet help
   theme”. */
"""
_PROPERTY_ROW = re.compile(r"^\| (`--[^|]+) \| ([^|]+) \|", re.MULTILINE)


_FIRST = ("baricitinib.md", "evidence/baricitinib.md")


def add_parser(commands: Any, help_line: str) -> None:
    """Add `init` to the command line."""
    parser = commands.add_parser(
        "init", help=help_line, description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )  # fmt: skip
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="folder (default: this one)")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="the same")
    parser.add_argument("--json", action="store_true", help="the files as JSON on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the files of a project; those that are there already stay as they are, but for a line in .gitignore."""
    if args.folder and args.output:
        raise UsageError("init: the folder is named twice", "Name it once, as “leaflet init -o pharmacy”.")
    root: Path = args.folder or args.output or Path()
    settings = root / "leaflet.toml"
    if settings.exists() or settings.is_symlink():
        raise UsageError(
            f"{display_path(settings)}: this is a project already, and init overwrites nothing",
            "Choose another folder: leaflet init -o DIR.",
        )
    files = {settings: _SETTINGS.encode(), **_first_monograph(root), root / "styles" / "theme.css": theme().encode()}
    kept = [path for path in files if path.exists() or path.is_symlink()]
    ignoring = root / ".gitignore"
    written = {path: data for path, data in files.items() if path not in kept} | _git_ignore(ignoring)
    _save_all(written, replaced=frozenset({ignoring} if ignoring.exists() else ()))
    if args.json:
        report.emit(
            {"written": [display_path(path) for path in written], "kept": [display_path(path) for path in kept]}
        )
        return 0
    for path in written:
        report.line(f"wrote {display_path(path)}")
    for path in kept:
        report.line(f"kept  {display_path(path)}, which was there")
    report.line("next: " + (f"cd {display_path(root)} && " if root != Path() else "") + "leaflet build baricitinib")
    return 0


def _first_monograph(root: Path) -> dict[Path, bytes]:
    """A packaged monograph to begin with, and its evidence; the monograph alone where the project has one of that name,
    which is kept and has nothing to do with our evidence."""
    names = ("baricitinib.md",) if (root / "content" / "baricitinib.md").exists() else _FIRST
    return {root / "content" / name: read_bytes(packaged_folder("content") / name) for name in names}


def _git_ignore(file: Path) -> dict[Path, bytes]:
    """The .gitignore with our line below its own bytes; nothing where it has that line, or is a link or no file."""
    if file.is_symlink() or (file.exists() and not file.is_file()):
        return {}
    data = read_bytes(file) if file.exists() else b""
    if {_IGNORED, *_SAME_IGNORED} & {line.strip() for line in data.splitlines()}:
        return {}
    return {file: data + (b"\n" if data and not data.endswith(b"\n") else b"") + _IGNORED + b"\n"}


def _save_all(files: Mapping[Path, bytes], *, replaced: frozenset[Path]) -> None:
    """Write all files or none: where one cannot be written, those before it and their folders are taken away again."""
    folders = [folder for path in files for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    made: list[Path] = []
    try:
        for path, data in files.items():
            save(path, data)
            made += [path] if path not in replaced else []
    except BaseException:  # Ctrl-C too
        for path in made:
            path.unlink(missing_ok=True)
        for folder in sorted(set(folders), key=lambda each: -len(each.parts)):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def theme() -> str:
    """A stylesheet of the project's own that lists, each in a comment, the properties of the sheets."""
    properties: dict[str, str] = {}
    for audience in ("clinician", "patient"):  # where both have one, the patient leaflet's default is shown
        properties |= _properties(read_text(packaged_folder("styles") / f"{audience}.css"))
    meanings = _meanings()
    lines = [f"  /* {name}: {value}; */  /* {meanings[name]} */\n" for name, value in sorted(properties.items())]
    return f"{_THEME_HEAD}html {{\n{''.join(lines)}}}\n"


def _meanings() -> dict[str, str]:
    """What each property sets, as the manual says it; of two in one row, the same."""
    rows = _PROPERTY_ROW.findall(manual.page("theme"))
    return {name: meaning for names, meaning in rows for name in re.findall(r"--[\w-]+", names)}


def _properties(css: str) -> list[tuple[str, str]]:
    """The properties that a theme may set; margins and footer belong to the editions."""
    pairs = (line.strip().rstrip(";").split(": ", 1) for line in css.splitlines() if line.startswith("  --"))
    return [(name, value) for name, value in pairs if not name.startswith(("--page-", "--foot-"))]
