"""`leaflet new`: write a well-formed empty monograph, with a comment in each section on what belongs there."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from leaflets.cli import completers, report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import UsageError
from leaflets.project import display_path, load_project, save
from leaflets.project.new_monograph import new_monograph

_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,100}$")


def add_parser(commands: Any, help_line: str) -> None:
    """Add `new` to the command line."""
    parser = commands.add_parser(
        "new", help=help_line, description=__doc__, epilog="example:\n  leaflet new examplol",
        formatter_class=HelpPage,
    )  # fmt: skip
    name = parser.add_argument("name", metavar="NAME", help="its name: lower-case letters, digits and hyphens")
    name.completer = completers.nothing  # a name that is there would be refused
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write content/NAME.md, unless it is there already."""
    if not _NAME.match(args.name):
        raise UsageError(
            f"“{args.name}” cannot be the name of a monograph", "Use lower-case letters, digits and hyphens."
        )
    project = load_project(Path.cwd())
    path = project.root / "content" / f"{args.name}.md"
    if path.exists():
        raise UsageError(f"{display_path(path)}: it is there already", "Choose another name, or edit that file.")
    if project.packaged(args.name):
        raise UsageError(
            f"{args.name}: there is a packaged monograph of that name, which an empty one would take the place of",
            f"“leaflet copy {args.name}” makes it your own, to adapt; or choose another name.",
        )
    save(path, new_monograph(args.name).encode())
    report.line(f"wrote {display_path(path)}")
    return 0
