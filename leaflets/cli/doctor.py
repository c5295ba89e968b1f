"""`leaflet doctor`: what is there, what is missing, and the line that mends it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from leaflets.cli import report
from leaflets.cli.doctor_folders import folder_parts
from leaflets.cli.doctor_program import program_parts
from leaflets.cli.help_page import HelpPage
from leaflets.cli.installed_part import InstalledPart, PartState
from leaflets.errors import RenderError

_EXAMPLES = """\
examples:
  leaflet doctor           what is there, and what to do where something is missing
  leaflet doctor --json    the same for a program
"""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `doctor` to the command line."""
    parser = commands.add_parser(
        "doctor", help=help_line, description=__doc__, epilog=_EXAMPLES, formatter_class=HelpPage
    )
    parser.add_argument("--json", action="store_true", help="the parts as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print each part; 5 where anything is missing without which no sheet is made, else 0."""
    parts = (*program_parts(), *folder_parts(Path.cwd()))
    missing = [part for part in parts if part.state is PartState.MISSING]
    if args.json:
        report.emit({"parts": [asdict(part) for part in parts], "missing": len(missing)})
    else:
        for line in _lines(parts):
            report.line(line, sys.stdout)
        count = f"{report.counted(len(missing), 'part')} missing" if missing else "all that is needed is there"
        report.line(count, sys.stdout)
    return RenderError.exit_code if missing else 0


def _lines(parts: tuple[InstalledPart, ...]) -> Iterator[str]:
    group = ""
    for part in parts:
        if part.group != group:
            group = part.group
            yield group
        yield f"  {part.state:<9}  {part.name:<20}  {part.seen}".rstrip()
        if part.mend:
            yield f"             {part.mend}"
