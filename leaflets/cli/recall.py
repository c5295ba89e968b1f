"""`leaflet recall`: which runs, destinations and serials got which version of a drug's leaflet."""

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import Any

from leaflets.batch.environment import BatchEnvironment, open_environment
from leaflets.cli import report, run_output
from leaflets.cli.arguments import values
from leaflets.cli.help_page import HelpPage
from leaflets.cli.progress import emit
from leaflets.ledger.entries import IssuedCopies
from leaflets.ledger.serials import format_serials
from leaflets.ledger.states import CopyState
from leaflets.model.paper import Paper
from leaflets.project import display_path, load_project, save_if_changed
from leaflets.recall.issued import Recall, recall
from leaflets.recall.notice import notice_pdf, notices

_EXAMPLES = """\
examples:
  leaflet recall apixaban                          every sheet of it that ever left
  leaflet recall apixaban@2.1 --before 2026-11-01  those of version 2.1 made before that day
  leaflet recall apixaban@2.1 --notice             a page for each destination: which sheets, what to do with them
"""

_DESTROYED = frozenset({CopyState.SPOILED, CopyState.UNPRINTED, CopyState.CANCELLED})
"""States of copies that no patient can have."""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `recall` to the command line."""
    parser = commands.add_parser(
        "recall",
        help=help_line,
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )
    parser.add_argument("drug", metavar="DRUG[@VERSION]", help="a name, brand or code, and a version if not all")
    parser.add_argument("--before", type=_date, metavar="DATE", help="only runs begun before this day (UTC)")
    parser.add_argument("--notice", action="store_true", help="write a page for each destination, in its languages")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for that page; never a patient's name")
    parser.add_argument("--paper", choices=values(Paper), help="paper of that page (default: settings)")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder for that page (default: output)")
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the copies of a drug by run, with their destinations, states and serials; write the notices."""
    environment = open_environment(load_project(Path.cwd()))
    with environment.ledger_to_read() as ledger:
        recalled = recall(ledger.store, environment.monographs.drug_names(), args.drug, args.before or "")
    if args.json:
        for one in recalled.issued:
            emit("issued", **_facts(one))
    else:
        for text in _lines(recalled):
            report.line(text, sys.stdout)
    if args.notice:
        _write_notices(args, recalled, environment)
    return 0


def _write_notices(args: argparse.Namespace, recalled: Recall, environment: BatchEnvironment) -> None:
    """Writes one PDF for each destination. Raises RenderError or OutputError."""
    project = environment.project
    titles = environment.monographs.titles(recalled.drug)
    paper = Paper(args.paper) if args.paper else project.settings.paper
    for name, notice in notices(recalled, titles, environment.monographs.today, args.reason.strip()).items():
        path = (args.output or project.output) / name
        save_if_changed(path, notice_pdf(notice, project, paper))
        if args.json:
            emit("notice", destination=notice.destination, file=display_path(path))
        else:
            report.line(f"Notice for {notice.destination}: {display_path(path)}", sys.stdout)


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError("a date such as 2026-11-22") from error


def _facts(one: IssuedCopies) -> dict[str, Any]:
    return {
        "run": one.run,
        "at": one.at,
        "drug": one.drug,
        "audience": one.audience,
        "lang": one.lang,
        "version": one.version,
        "content_id": one.content_id,
        "destination": one.destination,
        "state": one.state.value,
        "serials": format_serials(one.serials),
        "list_lines": format_serials(one.lines),
    }


def _lines(recalled: Recall) -> list[str]:
    drug = recalled.drug + (f" version {recalled.version}" if recalled.version else "")
    if not recalled.issued:
        return [f"No sheet of {drug} was made{' before ' + recalled.before if recalled.before else ''}."]
    in_use = [one for one in recalled.issued if one.state not in _DESTROYED]
    destroyed = [one for one in recalled.issued if one.state in _DESTROYED]
    lines = [f"Recall of {drug}: {_count(in_use)} sheets may be in somebody's hand, {_count(destroyed)} never will be."]
    for run_name in dict.fromkeys(one.run for one in recalled.issued):
        lines.append(f"Run {run_name}, begun {next(one.at for one in recalled.issued if one.run == run_name)[:16]} UTC")
        lines += run_output.table(_row(one) for one in recalled.issued if one.run == run_name)
    return [
        *lines,
        "The list of each run tells by these lines whom to call; it is known by its hash (`leaflet runs show`).",
    ]


def _row(one: IssuedCopies) -> tuple[str, ...]:
    version = one.version or "no version"
    serials, lines = f"serials {format_serials(one.serials)}", f"list lines {format_serials(one.lines)}"
    return (one.destination, one.audience, one.lang, version, one.content_id, one.state.value, serials, lines)


def _count(issued: list[IssuedCopies]) -> str:
    return run_output.number(sum(len(one.serials) for one in issued))
