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
from leaflets.cli import report, usage
from leaflets.cli.help_page import HelpPage
from leaflets.cli.streams import abandon_output, prepare_streams
from leaflets.errors import Interrupted, InterruptSignal, LeafletError, OutOfMemory, OutputError
from leaflets.workers.process_limits import is_out_of_memory

# Each command, a module of this package, with its line of help; only the module of the command that is run is loaded.
COMMANDS = {
    "build": "make printed sheets of monographs",
    "check": "look for what a careful pharmacist would catch",
    "evidence": "show what each statement of a monograph rests on",
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
    "review": "vouch for the words of a monograph, and see who does",
    "worksheet": "write each statement beside what it rests on, for reviewers",
    "translation": "start, seal and follow the translations of a monograph",
    "new": "start a monograph",
    "copy": "make a packaged monograph your own, to adapt it",
    "init": "start a project in a folder",
    "doctor": "tell what is there, what is missing, and what mends it",
    "help": "show a page of the manual, or the help of a command",
    "completion": "print a shell's completion script",
}
TERMINATED = 143
_ALLOCATIONS = 50_000  # between two collections of garbage: the modules that a command loads are none

_DESCRIPTION = "Drug monographs in Markdown become printed sheets: a patient leaflet and a clinician sheet."
_EXAMPLES = """\
examples:
  leaflet build baricitinib --audience patient     output/baricitinib-patient.pdf
  leaflet build --all --paper letter               every monograph, both sheets, US Letter
  leaflet build notes/mydrug.md -o print           any Markdown file
  leaflet list                                     what there is, and its review state
  leaflet help                                     the pages of the manual
  leaflet COMMAND --help                           more on a command
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; see docs for the table of codes."""
    if argv is None:
        _close_fonts()
        prepare_streams()
    _handle_signals()
    gc.set_threshold(_ALLOCATIONS)
    atexit.register(gc.freeze)  # no last collection: the process ends anyway
    words = sys.argv[1:] if argv is None else [*argv]  # no `list(argv)`: “list” is a command here
    as_json = usage.asks_for_json(words)
    try:
        code = _run(words, own_process=argv is None)
        sys.stdout.flush()
    except LeafletError as error:
        return _reported(error, as_json=as_json)
    except KeyboardInterrupt:
        return _interrupted(as_json=as_json)
    except BrokenPipeError:
        abandon_output()
        return 0
    except (MemoryError, ImportError, OSError) as error:
        if not is_out_of_memory(error) and not isinstance(error, OSError):
            raise
        return _reported(_named(error), as_json=as_json)
    return code


def _run(words: Sequence[str], *, own_process: bool) -> int:
    """Run the command that the words name; what argparse prints itself, its help, ends with 0.

    In a process of our own the command may set limits that hold for all of it.
    """
    try:
        args = _parsed(words)
    except SystemExit as stop:
        if stop.code:
            raise
        return 0
    args.own_process = own_process
    return int(args.run(args))


def _parsed(words: Sequence[str]) -> argparse.Namespace:
    if "_ARGCOMPLETE" in os.environ:
        importlib.import_module("leaflets.cli.completers").complete(command_parser)
    if usage.asks_for_version(words):
        words = ["--version"]
    words = usage.with_action(usage.reordered(words))
    return command_parser(next(iter(words), "")).parse_args(words)


def _named(error: Exception) -> LeafletError:
    """What the system refused, as an error of ours: memory, or a file, the standard output among them."""
    if is_out_of_memory(error):
        return OutOfMemory("there is not enough memory for this command")
    file = getattr(error, "filename", None)
    reason = getattr(error, "strerror", None) or str(error)
    what = os.path.relpath(os.fsdecode(file)) if isinstance(file, (str, bytes)) else "the output"
    return OutputError(f"{what}: {reason}", "Mend what the system names, then run the same command again.")


def _reported(fault: LeafletError, *, as_json: bool) -> int:
    """Prints an error and returns its exit code."""
    try:
        report.error(fault, as_json=as_json)
        sys.stdout.flush()
    except OSError:  # standard output is closed or full; then there is standard error
        if as_json:
            report.error(fault)
        abandon_output()
    return fault.exit_code


def _interrupted(*, as_json: bool) -> int:
    """Prints that the command was interrupted, and returns its exit code."""
    stopped = Interrupted("interrupted: nothing half-done was left behind", "Run the same command again.")
    if as_json:
        return _reported(stopped, as_json=True)
    report.line("interrupted: nothing half-done was left behind; run the same command again")
    return stopped.exit_code


def _close_fonts() -> None:
    """Keeps fontconfig from reading the fonts of the machine, which no command uses; only for a process of our own."""
    os.environ["FONTCONFIG_FILE"] = str(Path(__file__).parents[1] / "typeset" / "fonts.conf")
    os.environ.pop("FONTCONFIG_SYSROOT", None)


def command_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of all commands; with `only`, of that command, and of the others their names and help lines.

    It loads no renderer.
    """
    parser = usage.CommandParser(prog="leaflet", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=HelpPage)
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


def _handle_signals() -> None:
    """Ends the command with its exit code on SIGTERM and, unless that is ignored, on SIGINT (see `__main__`)."""
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def _terminate(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(TERMINATED)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise InterruptSignal
