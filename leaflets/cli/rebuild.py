"""`leaflet rebuild`: a sheet made again from the text inside it, byte for byte, or what has changed since."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from leaflets.cli import report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import CheckFailed
from leaflets.project import display_path, load_project, save_if_changed

_EXAMPLES = """\
examples:
  leaflet rebuild output/baricitinib-patient.pdf                  proves that it is what its text makes
  leaflet rebuild archive/old.pdf -o again.pdf                    and keeps what was made
"""
_CHANGED = CheckFailed.exit_code


def add_parser(commands: Any, help_line: str) -> None:
    """Add `rebuild` to the command line."""
    parser = commands.add_parser(
        "rebuild", help=help_line, description=__doc__, epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar="FILE", help="a sheet")
    parser.add_argument("-o", "--output", type=Path, metavar="PDF", help="keep what was made, the same or not")
    parser.add_argument("--json", action="store_true", help="what came of it as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only; the exit code tells")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Rebuild a sheet; 0 where the bytes are the same, 4 where they are not."""
    from leaflets.provenance import rebuild  # here, so that help is quick

    rebuilt = rebuild(args.file, load_project(Path.cwd()))
    if args.output:
        save_if_changed(args.output, rebuilt.data)
    if args.json:
        output = display_path(args.output) if args.output else None
        report.emit(
            {
                "file": display_path(args.file),
                "same": rebuilt.same,
                "changes": list(rebuilt.changes),
                "output": output,
            }
        )
    elif not args.quiet:
        report.line(
            f"{display_path(args.file)}: " + ("the same bytes again" if rebuilt.same else "other bytes"), sys.stdout
        )
        for change in rebuilt.changes:
            report.line(f"  changed since: {change}", sys.stdout)
    return 0 if rebuilt.same else _CHANGED
