"""`leaflet reprint`: spoiled sheets once more, under new serials, from the same list."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leaflets.batch.environment import BatchEnvironment, open_environment
from leaflets.batch.execute import RunContext
from leaflets.batch.reprint import Reprint, ReprintRequest, reprint
from leaflets.cli import report, run_output
from leaflets.cli.batch import WORKER_PRELOAD
from leaflets.cli.details import cache_details
from leaflets.cli.help_page import HelpPage
from leaflets.cli.progress import emit, progress_listener
from leaflets.errors import UsageError
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.serials import format_serials, parse_chosen
from leaflets.project import display_path, load_project
from leaflets.runlist.files import find_list, read_list_file
from leaflets.workers.interrupts import StopRequest, stop_requests
from leaflets.workers.local import default_worker_count, limits_of, workers_for

_EXAMPLES = """\
examples:
  leaflet reprint 261122-4f1c --serials 121-124
  leaflet reprint last --serials 7 --list lists/tonight.csv
"""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `reprint` to the command line."""
    parser = commands.add_parser(
        "reprint",
        help=help_line,
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )
    parser.add_argument("name", metavar="RUN", help='the run, by name, by a beginning of it, or "last"')
    parser.add_argument("--serials", required=True, nargs="+", metavar="SERIALS", help='"121-124 130"')
    parser.add_argument(
        "--list",
        type=Path,
        metavar="LIST",
        help="the very list the run was made from (default: looked for in this folder)",
    )
    parser.add_argument("--again", action="store_true", help="also sheets that a later run has made since")
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="list what was damaged in the cache and made again"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print copies again under new serials; the old ones are recorded as spoiled."""
    with stop_requests() as stop, cache_details(verbose=args.verbose):
        environment = open_environment(load_project(Path.cwd()))
        with environment.existing_ledger("reprint") as ledger:
            done = _reprint(args, environment, ledger, stop)
            if args.json:
                emit(
                    "reprinted",
                    run=done.made.run.name,
                    replaced=dict(done.replaced),
                    made_anew=_made_anew_facts(done),
                    destroy=done.on_paper,
                    history=ledger.store.last_hash(),
                )
            elif not args.quiet:
                _print(done, ledger)
    return 0


def _reprint(args: argparse.Namespace, environment: BatchEnvironment, ledger: Ledger, stop: StopRequest) -> Reprint:
    entry = ledger.find_run(args.name)
    data = read_list_file(args.list) if args.list else find_list(Path.cwd(), entry.list_sha256, entry.name)
    with progress_listener(as_json=args.json, quiet=args.quiet) as listener:
        context = RunContext(
            ledger.store,
            environment.monographs,
            workers_for(default_worker_count(), WORKER_PRELOAD, limits_of(environment.project.settings)),
            environment.print_files,
            listener,
            stop,
        )
        request = ReprintRequest(data, _chosen(args.serials), args.again)
        return reprint(request, entry, ledger, context, run_output.resume_hint())


def _made_anew_facts(done: Reprint) -> list[dict[str, str]]:
    return [
        {"leaflet": str(one.leaflet), "content_id_before": one.old_content_id, "content_id": one.new_content_id}
        for one in done.made_anew
    ]


def _print(done: Reprint, ledger: Ledger) -> None:
    result = done.made
    folder = ledger.store.folder(result.run)
    report.line(f"Run {result.run.name}: {run_output.states_text(result.state_counts)}", sys.stdout)
    for old, new in sorted(done.replaced.items()):
        report.line(f"  {new} takes the place of {old}", sys.stdout)
    for one in done.made_anew:
        pages = f"{one.old_content_id} before, {one.new_content_id} now"
        report.line(f"  {one.leaflet} was made anew from the same text, as another page: {pages}", sys.stdout)
    serials = set(done.replaced.values())
    for part in result.parts:
        if serials & set(range(part.first, part.last + 1)):
            report.line(f"  {display_path(folder / part.name)}", sys.stdout)
    if done.on_paper:
        report.line(f"Destroy the old sheets: {format_serials(done.on_paper)}", sys.stdout)
    report.line(run_output.head_line(ledger.store), sys.stdout)
    for text in run_output.confirm_lines(result.run, serials & set(ledger.store.unreported(result.run))):
        report.line(text, sys.stdout)


def _chosen(words: Sequence[str]) -> tuple[int, ...]:
    chosen = parse_chosen(words)
    if chosen is None:
        raise UsageError("a reprint takes serials, not all of them", 'For example --serials "121-124 130".')
    return chosen
