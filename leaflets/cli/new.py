"""`leaflet new`: write a well-formed empty monograph and its evidence file, with comments on what belongs there."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import Any

from leaflets.cli import completers, report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import UsageError
from leaflets.project import display_path, load_project, save
from leaflets.project.new_monograph import new_evidence, new_monograph

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
    """Write content/NAME.md, unless it is there already, and content/evidence/NAME.md; both or neither."""
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
    _write(path, path.parent / "evidence" / path.name, args.name)
    return 0


def _write(path: Path, evidence: Path, name: str) -> None:
    """Writes both files; an evidence file that is there stays as it is. Raises OutputError, with nothing written."""
    is_new = not os.path.lexists(evidence)
    if is_new:
        save(evidence, new_evidence(name).encode())
    try:
        save(path, new_monograph(name).encode())
    except BaseException:
        if is_new:
            evidence.unlink()
        raise
    report.line(f"wrote {display_path(path)}")
    report.line(f"{'wrote' if is_new else 'kept '} {display_path(evidence)}{'' if is_new else ', which was there'}")
