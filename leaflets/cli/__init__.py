"""The command line: reads the arguments, runs one command, turns errors into a sentence and an exit code."""

from __future__ import annotations

import argparse
import atexit
import errno
import gc
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from leaflets import __version__
from leaflets.cli import report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import InterruptSignal, LeafletError, OutOfMemory

# Each command, a module of this package, with its line of help; only the module of the command that is run is loaded.
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
    "copy": "make a packaged monograph your own, to adapt it",
    "init": "start a project in an empty folder",
    "completion": "print a shell's completion script",
}
INTERRUPTED, TERMINATED = 130, 143
_ALLOCATIONS = 50_000  # between two collections of garbage: the modules that a command loads are none

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
    _handle_signals()
    gc.set_threshold(_ALLOCATIONS)
    atexit.register(gc.freeze)  # no last collection: the process ends anyway
    words = sys.argv[1:] if argv is None else [*argv]  # no `list(argv)`: “list” is a command here
    args = argparse.Namespace()
    try:
        args = _parsed(words)
        code = int(args.run(args))
        sys.stdout.flush()
    except LeafletError as error:
        return _reported(error, args)
    except KeyboardInterrupt:
        report.line("interrupted: nothing half-done was left behind; run the same command again")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (MemoryError, ImportError, OSError) as error:
        if not _is_out_of_memory(error):
            raise
        return _reported(OutOfMemory("there is not enough memory for this command"), args)
    return code


def _parsed(words: Sequence[str]) -> argparse.Namespace:
    completing = "_ARGCOMPLETE" in os.environ
    parser = command_parser(None if completing else next(iter(words), ""))
    if completing:
        importlib.import_module("argcomplete").autocomplete(parser)
    return parser.parse_args(words)


def _is_out_of_memory(error: Exception) -> bool:
    """Whether memory ran out: for Python, for a new process, or for a library that was to be loaded."""
    no_room_for_library = "failed to map segment" in str(error) or "cannot allocate memory" in str(error).lower()
    return isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM or no_room_for_library


def _reported(fault: LeafletError, args: argparse.Namespace) -> int:
    """Prints an error and returns its exit code."""
    report.error(fault, as_json=getattr(args, "json", False))
    return fault.exit_code


def _close_fonts() -> None:
    """Keeps fontconfig from reading the fonts of the machine, which no command uses; only for a process of our own."""
    os.environ["FONTCONFIG_FILE"] = str(Path(__file__).parents[1] / "typeset" / "fonts.conf")
    os.environ.pop("FONTCONFIG_SYSROOT", None)


def command_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of all commands; with `only`, of that command, and of the others their names and help lines.

    It loads no renderer.
    """
    parser = _Parser(prog="leaflet", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=HelpPage)
    parser.add_argument("--version", action="version", version=f"leaflet {__version__}")
    # `prog` is given, as argparse would load its help formatter to work it out.
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, prog="leaflet")
    for name, help_line in COMMANDS.items():
        if only in COMMANDS and only != name:
            continue  # a command that is run needs no list of the others
        if only in (None, name):
            importlib.import_module(f"leaflets.cli.{name}").add_parser(commands, help_line)
        else:
            commands.add_parser(name, help=help_line)
    return parser


class _Parser(argparse.ArgumentParser):
    """A parser, also of each command, whose errors are cleaned: an argument may be the name of a file that was sent."""

    def error(self, message: str) -> NoReturn:
        """Prints what is wrong with the arguments, and ends with code 2."""
        super().error(report.cleaned(message))


def _handle_signals() -> None:
    """Ends the command with its exit code on SIGTERM and, unless that is ignored, on SIGINT."""
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def _terminate(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(TERMINATED)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise InterruptSignal
