"""`leaflet runs history`: every change of the ledger, by whom, with which command and why."""

import argparse
import sys
from pathlib import Path
from typing import Any

from leaflets.batch.environment import open_environment
from leaflets.cli import report, run_output
from leaflets.cli.progress import emit
from leaflets.ledger.history import Actor, Event, event_actor, event_facts
from leaflets.project import load_project

_LONGEST_NUMBERS = 40
"""Letters of the numbers of an event that are printed; JSON has them all."""


def add_action(actions: Any) -> None:
    """Add `history`."""
    help_text = "every change: when, by whom, with which command and why"
    parser: argparse.ArgumentParser = actions.add_parser("history", help=help_text, description=help_text)
    parser.add_argument("name", metavar="RUN", nargs="?", help="of one run alone")
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.set_defaults(run=run_history)


def run_history(args: argparse.Namespace) -> int:
    """Print the events of all runs or of one, oldest first."""
    environment = open_environment(load_project(Path.cwd()))
    if not args.name and not environment.has_ledger:
        return run_output.no_run(args)
    with environment.ledger_to_read() as ledger:
        run = ledger.find_run(args.name).name if args.name else ""
        events = [event for event in ledger.store.events() if event.run == run or not run]
    if args.json:
        for event in events:
            emit("event", **_facts(event))
        return 0
    for text in run_output.table(map(_row, events)):
        report.line(text, sys.stdout)
    return 0


def _facts(event: Event) -> dict[str, object]:
    actor = event_actor(event)
    return {
        "number": event.number,
        "at": event.at,
        "run": event.run,
        "kind": event.kind,
        "serials": event.serials,
        "user": actor.user,
        "host": actor.host,
        "command": actor.command,
        "reason": event_facts(event).get("reason", ""),
        "hash": event.hash,
    }


def _row(event: Event) -> tuple[str, ...]:
    numbers = event.serials if len(event.serials) <= _LONGEST_NUMBERS else f"{event.serials[: _LONGEST_NUMBERS - 1]}…"
    reason = str(event_facts(event).get("reason", ""))
    return (event.at[:19], event.run, event.kind, numbers, *_who(event_actor(event)), reason)


def _who(actor: Actor) -> tuple[str, str]:
    return ("@".join(filter(None, (actor.user, actor.host))), actor.command)
