"""`leaflet init`: start a project in an empty folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from leaflets.cli import report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import UsageError
from leaflets.project import display_path, packaged_folder, read_bytes, save

_SETTINGS = """\
# Settings of this pharmacy's leaflets. Flags override them. Everything may be left out.

paper = "a4"          # a4, letter or a5
language = "en"

[pharmacy]            # printed on every patient leaflet
name = ""
address = ""
phone = ""
hours = ""            # for example "Monday to Friday 8 am to 6 pm"
out_of_hours = ""     # whom to call when you are closed; empty: that of the monograph's country, if it has one
emergency = ""        # the number to call in an emergency, for example "911"; empty: that of the monograph's country
poison = ""           # the number of the poison help line; empty: that of the monograph's country
logo = ""             # a picture beside this file, "logo.svg" or "logo.png"
logo_alt = ""         # the logo in words; empty: the name

[report]              # how side effects are reported, by country; empty: our own sentence, where we have one
# US = "Tell us, or report side effects to FDA at 1-800-FDA-1088."
"""
_GITIGNORE = "output/\n"


def add_parser(commands: Any, help_line: str) -> None:
    """Add `init` to the command line."""
    parser = commands.add_parser(
        "init", help=help_line, description=__doc__,
        epilog="example:\n  mkdir leaflets && cd leaflets && leaflet init",
        formatter_class=HelpPage,
    )  # fmt: skip
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="folder (default: this one)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the files, unless any of them is there already."""
    root: Path = args.folder
    files = {
        root / "leaflet.toml": _SETTINGS.encode(),
        root / ".gitignore": _GITIGNORE.encode(),
        root / "content" / "baricitinib.md": read_bytes(packaged_folder("content") / "baricitinib.md"),
        root / "styles" / "theme.css": read_bytes(packaged_folder("styles") / "theme.css"),
    }
    existing = [path for path in files if path.exists()]
    if existing:
        raise UsageError(
            f"{display_path(existing[0])}: it is there already, and init overwrites nothing", "Choose an empty folder."
        )
    for path, data in files.items():
        save(path, data)
        report.line(f"wrote {display_path(path)}")
    report.line("next: leaflet build baricitinib")
    return 0
