"""The command line: reads the arguments, runs one command, turns errors into a sentence and an exit code."""

from __future__ import annotations

import argparse
import atexit
import gc
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from leaflets import __version__
from leaflets.cli import report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import LeafletError

# What the first page of help says of each; only the command that is asked for is loaded.
COMMANDS = {
    "build": "make printed sheets of monographs",
    "check": "look for what a careful pharmacist would catch",
    "explain": "show a rule of check in full",
    "batch": "print a run: many copies, each with its label",
    "runs": "show print runs, and say what became of their copies",
    "reprint": "print spoiled copies of a run again",
    "recall": "show which runs printed a version of a medicine",
    "verify": "tell whether a finished PDF is whole and current",
    "rebuild": "make a sheet again from the text inside it",
    "diff": "show what changed between two texts, doses first",
    "list": "show the monographs there are",
    "languages": "show the languages of sheets, and the words they lack",
    "translation": "start, seal and follow the translations of a monograph",
    "new": "start a monograph",
    "init": "start a project in an empty folder",
    "completion": "print a shell's completion script",
}
INTERRUPTED, TERMINATED = 130, 143
_ALLOCATIONS = 50_000  # between two rounds of the collector: what a command loads is no garbage

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
    if argv is None:
        _close_fonts()
    signal.signal(signal.SIGTERM, _terminate)
    gc.set_threshold(_ALLOCATIONS)
    atexit.register(gc.freeze)  # what is left at the end goes with the process: nobody need look through it
    words = sys.argv[1:] if argv is None else [*argv]  # “list” is a command here
    completing = "_ARGCOMPLETE" in os.environ
    parser = command_parser(None if completing else next(iter(words), ""))
    if completing:
        importlib.import_module("argcomplete").autocomplete(parser)
    args = parser.parse_args(words)
    try:
        code = int(args.run(args))
        sys.stdout.flush()
    except LeafletError as error:
        report.error(error, as_json=getattr(args, "json", False))
        return error.exit_code
    except KeyboardInterrupt:
        report.line("interrupted: nothing half-done was left behind; run the same command again")
        # Python remembers an interrupt that came while it ran code from a text, as dataclasses do, as one that nobody
        # caught, and would end by the signal in place of our code. To run any such text makes it forget.
        eval("None")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _close_fonts() -> None:
    """Keep fontconfig from reading the fonts of the machine: a command uses none, and this process is its own."""
    os.environ["FONTCONFIG_FILE"] = str(Path(__file__).parents[1] / "typeset" / "fonts.conf")
    os.environ.pop("FONTCONFIG_SYSROOT", None)


def command_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of all commands, or one that knows the others by name and help alone; it loads no renderer."""
    parser = argparse.ArgumentParser(
        prog="leaflet", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=HelpPage
    )
    parser.add_argument("--version", action="version", version=f"leaflet {__version__}")
    # The name is given since argparse would load its help formatter to work it out.
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, prog="leaflet")
    for name, told in COMMANDS.items():
        if only in COMMANDS and only != name:
            continue  # a command that is asked for by its name needs no list of the others
        if only in (None, name):
            importlib.import_module(f"leaflets.cli.{name}").add_parser(commands)
        else:
            commands.add_parser(name, help=told)
    return parser


def _terminate(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(TERMINATED)
