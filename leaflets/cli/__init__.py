"""The command line: reads the arguments, runs one command, turns errors into a sentence and an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from leaflets import __version__
from leaflets.cli import report
from leaflets.errors import LeafletError

COMMANDS = ("build", "batch", "runs", "reprint", "recall", "list", "new", "init", "completion")
INTERRUPTED, TERMINATED = 130, 143

_DESCRIPTION = "Drug monographs in Markdown become printed sheets: a patient leaflet and a clinician sheet."
_EXAMPLES = """\
examples:
  leaflet build baricitinib --audience patient     output/baricitinib-patient.pdf
  leaflet build --all --paper letter               every monograph, both sheets, US Letter
  leaflet build notes/mydrug.md -o print           any Markdown file
  leaflet list                                     what there is, and its review state
  leaflet COMMAND --help                           more on a command
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; see docs for the table of codes."""
    signal.signal(signal.SIGTERM, _terminate)
    parser = command_parser()
    if "_ARGCOMPLETE" in os.environ:
        importlib.import_module("argcomplete").autocomplete(parser)
    args = parser.parse_args(argv)
    try:
        code = int(args.run(args))
        sys.stdout.flush()
    except LeafletError as error:
        report.error(error, as_json=getattr(args, "json", False))
        return error.exit_code
    except KeyboardInterrupt:
        report.line("interrupted: nothing half-done was left behind; run the same command again")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def command_parser() -> argparse.ArgumentParser:
    """The parser of all commands; it loads no renderer."""
    parser = argparse.ArgumentParser(
        prog="leaflet", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"leaflet {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"leaflets.cli.{name}").add_parser(commands)
    return parser


def _terminate(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(TERMINATED)
