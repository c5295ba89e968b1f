"""`leaflet runs init`: an empty ledger, also in place of one that is lost."""

import argparse
import sys
from pathlib import Path
from typing import Any

from leaflets.batch.environment import open_environment
from leaflets.cli import report
from leaflets.cli.progress import emit
from leaflets.project import display_path, load_project


def add_action(actions: Any) -> None:
    """Add the sub-command, which takes no run."""
    parser = actions.add_parser("init", help=_HELP, description=_HELP)
    parser.add_argument(
        "--new-ledger",
        action="store_true",
        required=True,
        help="put what is left of the lost one aside, keys too, and begin anew: no earlier run is recognised then",
    )
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.set_defaults(run=run)


_HELP = "begin a new ledger where the old one is lost for good"


def run(args: argparse.Namespace) -> int:
    """Begin a new ledger. Raises UsageError where the old one is sound and has runs."""
    aside = [display_path(path) for path in open_environment(load_project(Path.cwd())).begin_new_ledger("runs init")]
    if args.json:
        emit("new-ledger", aside=aside)
        return 0
    for path in aside:
        report.line(f"  put aside as {path}", sys.stdout)
    report.line("A new ledger is begun; it has no run yet.", sys.stdout)
    return 0
