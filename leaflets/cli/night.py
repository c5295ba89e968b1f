"""A run from the command line, once its flags are understood: planned, carried out, and told of."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from leaflets.batch.environment import BatchEnvironment, open_environment
from leaflets.batch.execute import RunContext, RunResult
from leaflets.batch.forecast import Forecast, forecast
from leaflets.batch.options import RunOptions
from leaflets.batch.run import PlannedRun, RunRequest, execute_run, plan_run, rejects_path
from leaflets.cli import report, telling
from leaflets.cli.progress import emit, progress_listener
from leaflets.errors import RunIncomplete
from leaflets.ledger.entries import RunEntry
from leaflets.ledger.ledger import Ledger, ledger_exists
from leaflets.ledger.serials import format_serials
from leaflets.ledger.states import CopyState
from leaflets.model.edition import Audience, Edition, Paper, TypeSize
from leaflets.model.finding import Finding, Severity
from leaflets.model.objection import Objection
from leaflets.project import ProjectFolder, Settings, display_path, save
from leaflets.runlist.requests import RowDefaults
from leaflets.workers.interrupts import StopRequest
from leaflets.workers.protocol import Workers

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


def dry_run(args: argparse.Namespace, data: bytes, project: ProjectFolder) -> int:
    """Tells the plan of a list and makes nothing; 4 where rows of it stand in the way."""
    environment = open_environment(project)
    request = _request(args, data, environment)
    if ledger_exists(project.output):
        with environment.open_ledger() as ledger:
            prepared = plan_run(request, environment.monographs, environment.print_files, ledger)
    else:
        prepared = plan_run(request, environment.monographs, environment.print_files, None)
    _tell_plan(args, prepared)
    return 4 if prepared.plan.errors and not args.keep_going else 0


def print_run(
    args: argparse.Namespace, data: bytes, project: ProjectFolder, workers: Workers, stop: StopRequest
) -> int:
    """Makes a list. Raises RunIncomplete where part of it could not be made."""
    environment = open_environment(project, workers.warm_up)
    request = _request(args, data, environment)
    with environment.open_ledger() as ledger:
        return _print(args, environment, request, ledger, workers, stop)


def _print(
    args: argparse.Namespace,
    environment: BatchEnvironment,
    request: RunRequest,
    ledger: Ledger,
    workers: Workers,
    stop: StopRequest,
) -> int:
    prepared = plan_run(request, environment.monographs, environment.print_files, ledger)
    if args.json:
        _tell_plan(args, prepared)
    elif not args.quiet:
        _tell_findings(prepared.plan.findings)
    with progress_listener(as_json=args.json, quiet=args.quiet) as told:
        context = RunContext(ledger.store, environment.monographs, workers, environment.print_files, told, stop)
        made = execute_run(prepared, context, ledger, _save_privately, _resume())
    _tell_summary(args, prepared, made, ledger)
    lines = prepared.plan.rejected | made.failed_lines
    if lines and not prepared.identity.complete:
        raise RunIncomplete(
            f"{len(lines)} rows of the list were not made",
            f"They are in {display_path(rejects_path(prepared, made.run))}: mend them there, and run that list.",
        )
    return 0


def _request(args: argparse.Namespace, data: bytes, environment: BatchEnvironment) -> RunRequest:
    settings = environment.project.settings
    options = RunOptions(
        defaults=RowDefaults(_edition(args, settings), args.destination),
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
    folder = args.output or environment.project.output
    return RunRequest(data, args.list, options, folder, environment.run_day, environment.versions, args.again)


def _edition(args: argparse.Namespace, settings: Settings) -> Edition:
    paper, type_size = Paper(args.paper or settings.paper), TypeSize(args.edition or settings.type_size)
    return Edition(Audience(args.audience), args.lang or settings.language, paper, type_size)


def _save_privately(path: Path, data: bytes) -> None:
    save(path, data, mode=0o600)


def _resume() -> str:
    return f"Go on with: {shlex.join(['leaflet', *sys.argv[1:]])}"


# -------------------------------------------------------------------- telling


def _tell_plan(args: argparse.Namespace, prepared: PlannedRun) -> None:
    will = forecast(prepared.plan, prepared.request.options, args.workers)
    if args.json:
        _emit_plan(prepared, will)
        return
    _tell_findings(prepared.plan.findings)
    for text in telling.plan(prepared, will):
        report.line(text, sys.stdout)


def _emit_plan(prepared: PlannedRun, will: Forecast) -> None:
    for finding in prepared.plan.findings:
        emit("finding", **report.finding_facts(finding))
    parts = [
        {"destination": one.part.destination, "copies": one.copies, "pages": one.pages, "sheets": one.sheets}
        for one in will.parts
    ]
    emit(
        "plan",
        run=prepared.plan.name,
        rows=len(prepared.run_list.parsed.rows),
        rejected=sorted(prepared.plan.rejected),
        copies=will.copies,
        leaflets=will.leaflets,
        new_leaflets=will.unrendered,
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
            report.line(f"    Lines {format_serials(lines)}.")
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
    return f"line{'s' * (len(lines) > 1)} {format_serials(lines)}: " if any(lines) else ""


def _tell_summary(args: argparse.Namespace, prepared: PlannedRun, made: RunResult, ledger: Ledger) -> None:
    head = ledger.store.last_hash()
    if args.json:
        counts = {state.value: made.state_counts[state] for state in CopyState if made.state_counts[state]}
        emit("done", run=made.run.name, copies=made.state_counts.total, states=counts, history=head)
        return
    if args.quiet:
        return
    if prepared.identity.complete:
        report.line("This list was made already; nothing was made again. --again makes a new run of it.", sys.stdout)
    for text in telling.summary(made.run, made.state_counts, made.parts):
        report.line(text, sys.stdout)
    report.line(f"  history ends in {head[:16]} (note it where nobody can change it)", sys.stdout)
    _tell_next(made.run, made)


def _tell_next(run: RunEntry, made: RunResult) -> None:
    if made.state_counts.open:
        report.line(f"When it is printed: leaflet runs confirm {run.name} 1-{made.state_counts.total}", sys.stdout)
