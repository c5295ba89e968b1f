"""`leaflet batch`: a list of patients → print files, every sheet numbered and accounted for."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from leaflets.batch.accounts import RunEntry
from leaflets.batch.books import Books, books_stand
from leaflets.batch.forecast import Forecast, forecast
from leaflets.batch.house import House, executor, open_house, read_list_file, usual_workers
from leaflets.batch.making import Desk, Made
from leaflets.batch.orders import Defaults
from leaflets.batch.press import Executor, Objection
from leaflets.batch.run import Prepared, Request, carry_out, prepare, rejects_path
from leaflets.batch.serials import spell
from leaflets.batch.states import State
from leaflets.batch.stopping import Stop, watched
from leaflets.batch.wishes import Wishes
from leaflets.cli import report, telling
from leaflets.cli.help_page import HelpPage
from leaflets.cli.progress import emit, shown
from leaflets.errors import RunIncomplete
from leaflets.model import Audience, Edition, Finding, Form, Paper, Severity
from leaflets.project import Project, Settings, load_project, save
from leaflets.project import shown as shown_path

MOST_FINDINGS = 100
"""Findings printed as text; JSON has them all."""

FEW = 6
"""Line numbers that may stand before what is wrong with them; more stand below it."""

ALLOWED = {
    f"leaflet-{Objection.DRAFT.value}": "were never clinically reviewed",
    f"leaflet-{Objection.EXPIRED.value}": "are past their review date",
    f"leaflet-{Objection.STALE.value}": "are older than their sources",
    f"leaflet-{Objection.UNSAFE.value}": "fail their checks",
}
"""Codes of findings that a flag can turn into warnings, and what they say of many leaflets."""

_EXAMPLES = """\
examples:
  leaflet batch tonight.csv --dry-run              what it would make, and what stands in the way
  leaflet batch tonight.csv --banner               one PDF for each destination
  leaflet batch tonight.csv --keep-going           the good rows; the others into a list of their own
  leaflet batch tonight.csv                        after a power cut: the same command goes on
"""


def add_parser(commands: Any) -> None:
    """Add `batch` to the command line."""
    parser = commands.add_parser(
        "batch",
        help="make the sheets of a whole list of patients",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )
    parser.add_argument(
        "list", type=Path, metavar="LIST", help="CSV, JSON Lines or a FHIR Bundle of MedicationDispense"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder for the print files (default: output)")
    parser.add_argument(
        "--workers", type=_workers, metavar="N", help="processes that make leaflets (default: all cores)"
    )
    parser.add_argument("--dry-run", action="store_true", help="print the plan and make nothing")
    parser.add_argument("--keep-going", action="store_true", help="make the good rows, list the others in a file")
    parser.add_argument("--again", action="store_true", help="make a list once more that was made already")
    _add_form(parser)
    _add_defaults(parser)
    for objection in Objection:
        if objection.flag:
            parser.add_argument(
                objection.flag, action="store_true", help=f'print "{objection.note("en")}" on the sheet instead'
            )
    parser.add_argument("--json", action="store_true", help="one JSON event a line on standard output")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    parser.set_defaults(run=run)


def _add_form(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sort", metavar="COLUMNS", default="", help="order within a destination: drug,patient_name …")
    parser.add_argument(
        "--banner", action="store_true", help="begin each print file with a sheet that says what follows"
    )
    parser.add_argument("--tagged", action="store_true", help="keep the print files accessible (larger, slower)")
    parser.add_argument("--split", action="store_true", help="one accessible file for each copy, in a folder")
    parser.add_argument("--simplex", action="store_true", help="print on one side: no blank backs")


def _add_defaults(parser: argparse.ArgumentParser) -> None:
    audiences, papers, forms = ([one.value for one in kind] for kind in (Audience, Paper, Form))
    parser.add_argument("--audience", choices=audiences, default="patient", help="where a row does not say")
    parser.add_argument("--lang", metavar="LANG", help="where a row does not say (default: settings, en)")
    parser.add_argument("--edition", choices=forms, help="where a row does not say (default: settings, standard)")
    parser.add_argument("--paper", choices=papers, help="where a row does not say (default: settings, a4)")
    parser.add_argument("--destination", default="print", help="where a row does not say (default: print)")
    parser.add_argument("--encoding", default="", help="the list's encoding, where it cannot be told from the list")


def run(args: argparse.Namespace) -> int:
    """Make a list; 11 where part of it could not be made."""
    with watched() as stop:
        project = load_project(Path.cwd())
        workers = executor(_workers_of(args))
        house = open_house(project, (lambda: None) if args.dry_run else workers.warm)
        request = _request(args, project, house)
        if args.dry_run:
            return _dry_run(args, house, request)
        with house.books() as books:
            return _run(args, house, request, books, Hands(workers, stop))


def _dry_run(args: argparse.Namespace, house: House, request: Request) -> int:
    if books_stand(house.project.output):
        with house.books() as books:
            prepared = prepare(request, house.shelf, house.bindery, books)
    else:
        prepared = prepare(request, house.shelf, house.bindery, None)
    _tell_plan(args, prepared, _forecast(args, prepared))
    return 4 if prepared.plan.errors and not args.keep_going else 0


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does the work, and who may ask to stop it."""

    workers: Executor
    stop: Stop


def _run(args: argparse.Namespace, house: House, request: Request, books: Books, hands: Hands) -> int:
    prepared = prepare(request, house.shelf, house.bindery, books)
    if args.json:
        _tell_plan(args, prepared, _forecast(args, prepared))
    elif not args.quiet:
        _tell_findings(prepared.plan.findings)
    with shown(as_json=args.json, quiet=args.quiet) as told:
        desk = Desk(books.ledger, house.shelf, hands.workers, house.bindery, told, hands.stop)
        made = carry_out(prepared, desk, books, _save_privately, _resume())
    _tell_summary(args, prepared, made, books)
    lines = prepared.plan.rejected | made.failed_lines
    if lines and not prepared.standing.complete:
        raise RunIncomplete(
            f"{len(lines)} rows of the list were not made",
            f"They are in {shown_path(rejects_path(prepared, made.run))}: mend them there, and run that list.",
        )
    return 0


def _request(args: argparse.Namespace, project: Project, house: House) -> Request:
    settings = project.settings
    wishes = Wishes(
        defaults=Defaults(_edition(args, settings), args.destination),
        columns=tuple(sorted(settings.batch_columns.items())),
        encoding=args.encoding,
        sort=tuple(filter(None, args.sort.replace(" ", "").split(","))),
        banner=args.banner,
        split=args.split,
        tagged=args.tagged,
        duplex=not args.simplex,
        keep_going=args.keep_going,
        allowed=frozenset(one for one in Objection if getattr(args, f"allow_{one.value}", False)),
    )
    folder = args.output or project.output
    return Request(read_list_file(args.list), args.list, wishes, folder, house.day, house.versions, args.again)


def _edition(args: argparse.Namespace, settings: Settings) -> Edition:
    paper, form = Paper(args.paper or settings.paper), Form(args.edition or settings.form)
    return Edition(Audience(args.audience), args.lang or settings.language, paper, form)


def _workers(text: str) -> int:
    if not text.isdecimal() or int(text) > 64:
        raise argparse.ArgumentTypeError("a number from 0 (in this process) to 64")
    return int(text)


def _workers_of(args: argparse.Namespace) -> int:
    return usual_workers() if args.workers is None else int(args.workers)


def _forecast(args: argparse.Namespace, prepared: Prepared) -> Forecast:
    return forecast(prepared.plan, prepared.request.wishes, _workers_of(args))


def _save_privately(path: Path, data: bytes) -> None:
    save(path, data, mode=0o600)


def _resume() -> str:
    return f"Go on with: {shlex.join(['leaflet', *sys.argv[1:]])}"


# -------------------------------------------------------------------- telling


def _tell_plan(args: argparse.Namespace, prepared: Prepared, will: Forecast) -> None:
    if args.json:
        _emit_plan(prepared, will)
        return
    _tell_findings(prepared.plan.findings)
    for text in telling.plan(prepared, will):
        report.line(text, sys.stdout)


def _emit_plan(prepared: Prepared, will: Forecast) -> None:
    for finding in prepared.plan.findings:
        emit("finding", **report.finding_facts(finding))
    parts = [
        {"destination": one.part.destination, "copies": one.copies, "pages": one.pages, "sheets": one.sheets}
        for one in will.parts
    ]
    emit(
        "plan",
        run=prepared.plan.name,
        rows=len(prepared.run_list.reading.rows),
        rejected=sorted(prepared.plan.rejected),
        copies=will.copies,
        leaflets=will.leaflets,
        new_leaflets=will.guessed,
        pages=will.pages,
        sheets=will.sheets,
        seconds=round(will.seconds, 1),
        destinations=parts,
    )


def _tell_findings(findings: Sequence[Finding]) -> None:
    """All errors and warnings by line, as many as a person reads; what a flag allowed is only counted.

    What is wrong with many rows is said once, with all their lines, and each hint once.
    """
    grave = sorted((one for one in findings if one.severity is not Severity.INFO), key=lambda one: one.line)
    allowed = [one for one in grave if one.severity is Severity.WARNING and one.code in ALLOWED]
    other = [one for one in grave if one not in allowed]
    groups: dict[Finding, list[int]] = {}
    for finding in other:
        groups.setdefault(replace(finding, line=0), []).append(finding.line)
    hinted: set[str] = set()
    for finding, lines in list(groups.items())[:MOST_FINDINGS]:
        severity = report.painted(finding.severity.value, finding.severity, sys.stderr)
        report.line(f"{_place(lines)}{severity}: {finding.message}")
        if len(lines) > FEW:
            report.line(f"    Lines {spell(lines)}.")
        if finding.hint and finding.hint not in hinted:
            report.line(f"    {finding.hint}")
        hinted.add(finding.hint)
    if len(groups) > MOST_FINDINGS:
        report.line(f"and {len(groups) - MOST_FINDINGS} more; --json lists all")
    for code, words in ALLOWED.items():
        count = sum(one.code == code for one in allowed)
        if count:
            report.line(f"allowed, and said on every sheet: {count} leaflets {words}")


def _place(lines: Sequence[int]) -> str:
    if len(lines) > FEW:
        return f"{len(lines)} rows: "
    return f"line{'s' * (len(lines) > 1)} {spell(lines)}: " if any(lines) else ""


def _tell_summary(args: argparse.Namespace, prepared: Prepared, made: Made, books: Books) -> None:
    head = books.ledger.head()
    if args.json:
        counts = {state.value: made.tally[state] for state in State if made.tally[state]}
        emit("done", run=made.run.name, copies=made.tally.planned, states=counts, history=head)
        return
    if args.quiet:
        return
    if prepared.standing.complete:
        report.line("This list was made already; nothing was made again. --again makes a new run of it.", sys.stdout)
    for text in telling.summary(made.run, made.tally, made.parts):
        report.line(text, sys.stdout)
    report.line(f"  history ends in {head[:16]} (note it where nobody can change it)", sys.stdout)
    _tell_next(made.run, made)


def _tell_next(run: RunEntry, made: Made) -> None:
    if made.tally.open:
        report.line(f"When it is printed: leaflet runs confirm {run.name} 1-{made.tally.planned}", sys.stdout)
