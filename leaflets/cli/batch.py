"""`leaflet batch`: a list of patients → print files, every sheet numbered and accounted for."""

import argparse
from pathlib import Path
from typing import Any

from leaflets.batch.leaflet_cache import has_index
from leaflets.cli.arguments import values
from leaflets.cli.help_page import HelpPage
from leaflets.model.edition import Audience, TypeSize
from leaflets.model.objection import Objection
from leaflets.model.paper import Paper
from leaflets.project import load_project
from leaflets.runlist.files import read_list_file
from leaflets.workers.interrupts import stop_requests
from leaflets.workers.local import default_worker_count, limits_of, workers_for

WORKER_PRELOAD = ("leaflets.batch.preload",)
"""The modules that the server of worker processes imports once, so that no worker has to.

Named here because workers are started before the rest of the package is imported.
"""

_EXAMPLES = """\
examples:
  leaflet batch tonight.csv --dry-run              what it would make, and what stands in the way
  leaflet batch tonight.csv --banner               one PDF for each destination
  leaflet batch tonight.csv --keep-going           the good rows; the others into a list of their own
  leaflet batch tonight.csv                        after a power cut: the same command goes on
"""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `batch` to the command line."""
    parser = commands.add_parser(
        "batch",
        help=help_line,
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )
    parser.add_argument("list", type=Path, metavar="LIST", help="CSV, JSON Lines, or FHIR dispenses (Bundle or NDJSON)")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder for the print files (default: output)")
    parser.add_argument(
        "--workers",
        type=_workers,
        default=default_worker_count(),
        metavar="N",
        help="processes that make leaflets (default: all cores)",
    )
    parser.add_argument("--dry-run", action="store_true", help="print the plan and make nothing")
    parser.add_argument("--keep-going", action="store_true", help="make the good rows, list the others in a file")
    parser.add_argument("--again", action="store_true", help="make a list once more that was made already")
    _add_print_file_options(parser)
    _add_row_defaults(parser)
    for objection in Objection:
        if objection.flag:
            parser.add_argument(
                objection.flag, action="store_true", help=f'print "{objection.note("en")}" on the sheet instead'
            )
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="list what was damaged in the cache and made again"
    )
    parser.set_defaults(run=run)


def _add_print_file_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sort", metavar="COLUMNS", default="", help="order within a destination: drug,patient_name …")
    parser.add_argument(
        "--banner", action="store_true", help="begin each print file with a sheet that says what follows"
    )
    parser.add_argument("--tagged", action="store_true", help="keep the print files accessible (larger, slower)")
    parser.add_argument("--split", action="store_true", help="one accessible file for each copy, in a folder")
    parser.add_argument(
        "--split-papers", action="store_true", help="a print file for each paper, where a destination has several"
    )
    parser.add_argument("--simplex", action="store_true", help="print on one side: no blank backs")


def _add_row_defaults(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--audience", choices=values(Audience), default="patient", help="where a row does not say")
    parser.add_argument(
        "--lang", metavar="LANG", help="where a row does not say (default: the FHIR patient's, settings, en)"
    )
    parser.add_argument(
        "--edition", choices=values(TypeSize), help="where a row does not say (default: settings, standard)"
    )
    parser.add_argument("--paper", choices=values(Paper), help="where a row does not say (default: settings, a4)")
    parser.add_argument("--destination", default="print", help="where a row does not say (default: print)")
    parser.add_argument("--encoding", default="", help="the list's encoding, where it cannot be told from the list")


def run(args: argparse.Namespace) -> int:
    """Make the sheets of a list. Raises RunIncomplete where part of it could not be made."""
    with stop_requests() as stop:
        project = load_project(Path.cwd())
        data = read_list_file(args.list)
        workers = workers_for(args.workers, WORKER_PRELOAD, limits_of(project.settings))
        if not args.dry_run and not has_index(project.cache):
            workers.warm_up()
        from leaflets.cli import batch_run  # here: it takes 0.2 s to load, in which the workers start
        from leaflets.cli.details import cache_details

        with cache_details(verbose=args.verbose):
            if args.dry_run:
                return batch_run.dry_run(args, data, project)
            return batch_run.print_run(args, data, project, workers, stop)


def _workers(text: str) -> int:
    if not text.isdecimal() or int(text) > 64:
        raise argparse.ArgumentTypeError("a number from 0 (in this process) to 64")
    return int(text)
