"""`leaflet help`: the manual's pages, and the help of a command."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from leaflets.cli import manual, report
from leaflets.cli.help_page import HelpPage
from leaflets.cli.usage import nearest
from leaflets.errors import UsageError

_EXAMPLES = """\
examples:
  leaflet help              the topics and the commands
  leaflet help monograph    how a monograph is written
  leaflet help build        as “leaflet build --help”
"""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `help` to the command line."""
    parser = commands.add_parser(
        "help", help=help_line, description=__doc__, epilog=_EXAMPLES, formatter_class=HelpPage
    )
    parser.add_argument("topic", nargs="?", metavar="TOPIC", help="a page of the manual, or a command")
    parser.add_argument("--json", action="store_true", help="the page as JSON, its Markdown as it stands")
    parser.set_defaults(run=run)


def _commands() -> dict[str, str]:
    from leaflets.cli import COMMANDS  # here, as that module loads this one

    return COMMANDS


def run(args: argparse.Namespace) -> int:
    """Print a page. Raises UsageError where there is no such topic."""
    topics, commands = manual.topics(), _commands()
    if args.topic is None:
        _print_topics(args)
    elif args.topic in topics:
        _print_page(args)
    elif args.topic in commands:
        from leaflets.cli import command_parser

        command_parser(args.topic).parse_args([args.topic, "--help"])
    else:
        near = nearest(args.topic, [*topics, *commands])
        hint = f"Did you mean {near}? " if near else ""
        raise UsageError(f"help: there is no topic “{args.topic}”", f"{hint}“leaflet help” lists them.")
    return 0


def _print_topics(args: argparse.Namespace) -> None:
    topics, commands = manual.topics(), _commands()
    if args.json:
        report.emit({"topics": {name: manual.title(name) for name in topics}, "commands": commands})
        return
    report.line("topics:", sys.stdout)
    for name in topics:
        report.line(f"  {name:<14} {manual.title(name)}", sys.stdout)
    report.line("commands:", sys.stdout)
    for name, help_line in commands.items():
        report.line(f"  {name:<14} {help_line}", sys.stdout)


def _print_page(args: argparse.Namespace) -> None:
    if args.json:
        report.emit({"topic": args.topic, "title": manual.title(args.topic), "markdown": manual.page(args.topic)})
        return
    for line in manual.plain(manual.page(args.topic)):
        report.line(line, sys.stdout)
