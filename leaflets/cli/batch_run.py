"""The work of `leaflet batch`: plans and makes a run, and prints its plan, its findings and its summary."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from leaflets.accounts.account import open_rows
from leaflets.batch.environment import BatchEnvironment, open_environment
from leaflets.batch.execute import RunContext, RunResult
from leaflets.batch.forecast import Forecast, forecast
from leaflets.batch.options import RunOptions
from leaflets.batch.run import PlannedRun, RunRequest, execute_run, plan_run, rejects_path
from leaflets.cli import report, run_output
from leaflets.cli.progress import emit, progress_listener
from leaflets.errors import RunIncomplete
from leaflets.ledger.entries import WhyLeftOut
from leaflets.ledger.ledger import Ledger, ledger_exists
from leaflets.ledger.serials import format_serials
from leaflets.ledger.states import CopyState
from leaflets.model.finding import Finding, Severity
from leaflets.model.objection import Objection
from leaflets.pipeline.request import requested_edition
from leaflets.project import ProjectFolder, display_path, save
from leaflets.runlist.requests import RowDefaults
from leaflets.workers.interrupts import StopRequest
from leaflets.workers.protocol import Workers

_MOST_FINDINGS = 100
"""Findings printed as text; JSON has them all."""

_MOST_LEADING_LINES = 6
"""Line numbers that are printed before a message; more are printed below it."""

_ALLOWED = {
    f"leaflet-{Objection.DRAFT.value}": "not clinically reviewed",
    f"leaflet-{Objection.EXPIRED.value}": "past the review date",
    f"leaflet-{Objection.STALE.value}": "older than the source",
    f"leaflet-{Objection.UNSAFE.value}": "made though checks fail",
}
"""Codes of findings that a flag turns into warnings, and how they are printed for many leaflets."""


def dry_run(args: argparse.Namespace, data: bytes, project: ProjectFolder) -> int:
    """Prints the plan of a list and makes nothing; returns 4 where some of its rows cannot be made."""
    environment = open_environment(project)
    request = _request(args, data, environment)
    if ledger_exists(project.output):
        with environment.ledger_to_plan("batch") as ledger:
            planned = plan_run(request, environment.monographs, environment.print_files, ledger)
    else:
        planned = plan_run(request, environment.monographs, environment.print_files, None)
    _print_plan(args, planned)
    return 4 if planned.plan.errors and not args.keep_going else 0


def print_run(
    args: argparse.Namespace, data: bytes, project: ProjectFolder, workers: Workers, stop: StopRequest
) -> int:
    """Makes the sheets of a list; returns 0. Raises RunIncomplete where part of it could not be made."""
    environment = open_environment(project, workers.warm_up)
    request = _request(args, data, environment)
    with environment.open_ledger("batch") as ledger:
        return _execute(args, environment, request, ledger, workers, stop)


def _execute(
    args: argparse.Namespace,
    environment: BatchEnvironment,
    request: RunRequest,
    ledger: Ledger,
    workers: Workers,
    stop: StopRequest,
) -> int:
    planned = plan_run(request, environment.monographs, environment.print_files, ledger)
    if args.json:
        _print_plan(args, planned)
    else:
        _print_findings([one for one in planned.plan.findings if not args.quiet or one.severity is Severity.ERROR])
    with progress_listener(as_json=args.json, quiet=args.quiet) as listener:
        context = RunContext(ledger.store, environment.monographs, workers, environment.print_files, listener, stop)
        result = execute_run(planned, context, ledger, _save_privately, run_output.resume_hint())
    if not result:
        _print_nothing_new(args, planned, ledger)
        return 0
    _print_summary(args, planned, result, ledger)
    _refuse_open_rows(planned, result, ledger)
    return 0


def _refuse_open_rows(planned: PlannedRun, result: RunResult, ledger: Ledger) -> None:
    """Raises RunIncomplete while rows that the run left out, now or when it was made, are open in its account."""
    run = result.run
    lines = {one.line for one in open_rows(ledger.store, run) if one.why is not WhyLeftOut.MADE}
    if not planned.identity.complete:
        lines |= planned.plan.rejected | result.failed_lines
    if lines:
        rejects = display_path(rejects_path(planned, ledger.store.folder(run), run))
        raise RunIncomplete(
            f"{report.counted(len(lines), 'row')} of the list {'was' if len(lines) == 1 else 'were'} not made",
            f"They are in {rejects}: mend them there, and run that list; "
            f"or `leaflet runs waive {run.name} {format_serials(lines)} --reason …`.",
        )


def _request(args: argparse.Namespace, data: bytes, environment: BatchEnvironment) -> RunRequest:
    project = environment.project
    edition = requested_edition(project, args.audience, lang=args.lang, paper=args.paper, type_size=args.edition)
    options = RunOptions(
        defaults=RowDefaults(edition, args.destination, lang_given=args.lang is not None),
        columns=tuple(sorted(project.settings.batch_columns.items())),
        encoding=args.encoding or project.settings.batch_encoding,
        sort=tuple(filter(None, args.sort.replace(" ", "").split(","))),
        banner=args.banner,
        split=args.split,
        split_papers=args.split_papers,
        tagged=args.tagged,
        duplex=not args.simplex,
        keep_going=args.keep_going,
        label_code=project.settings.label_code,
        allowed=_allowed(args, project),
    )
    folder = args.output or project.output
    days, ignored = project.settings.no_repeat_days, project.settings.batch_ignore
    day, versions = environment.run_day, environment.versions
    return RunRequest(data, args.list, options, folder, day, versions, args.again, days, ignored)


def _allowed(args: argparse.Namespace, project: ProjectFolder) -> frozenset[Objection]:
    """The objections that a flag or the settings overrule."""
    by_settings = {Objection.DRAFT} if project.settings.allow_draft else set()
    return frozenset({one for one in Objection if getattr(args, f"allow_{one.value}", False)} | by_settings)


def _save_privately(path: Path, data: bytes) -> None:
    save(path, data, mode=0o600)


# -------------------------------------------------------------------- output


def _print_plan(args: argparse.Namespace, planned: PlannedRun) -> None:
    expected = forecast(planned.plan, planned.request.options, args.workers)
    if args.json:
        _emit_plan(planned, expected)
        return
    _print_findings(planned.plan.findings)
    for text in run_output.plan_lines(planned, expected):
        report.line(text, sys.stdout)


def _emit_plan(planned: PlannedRun, expected: Forecast) -> None:
    for finding in planned.plan.findings:
        emit("finding", **report.finding_facts(finding))
    parts = [
        {"destination": one.part.destination, "copies": one.copies, "pages": one.pages, "sheets": one.sheets}
        for one in expected.parts
    ]
    emit(
        "plan",
        run=planned.plan.name,
        rows=len(planned.run_list.parsed.rows),
        columns=run_output.column_facts(planned.run_list.parsed),
        rejected=sorted(planned.plan.rejected),
        made_before=run_output.made_before_facts(planned.plan.made_before),
        copies=expected.copies,
        leaflets=expected.leaflets,
        packaged=run_output.packaged_facts(planned.plan.leaflets),
        reviewed=run_output.vouched_facts(planned.plan.leaflets),
        new_leaflets=expected.unrendered,
        label_sheets=expected.label_sheets,
        pages=expected.pages,
        sheets=expected.sheets,
        seconds=round(expected.seconds, 1),
        destinations=parts,
    )


def _print_findings(findings: Sequence[Finding]) -> None:
    """Prints errors and warnings by line, up to _MOST_FINDINGS; those that a flag allowed are only counted.

    Findings that differ in their line alone are printed once, with all their lines, and each hint once.
    """
    serious = sorted((one for one in findings if one.severity is not Severity.INFO), key=lambda one: one.line)
    allowed = [one for one in serious if one.severity is Severity.WARNING and one.code in _ALLOWED]
    other = [one for one in serious if not (one.severity is Severity.WARNING and one.code in _ALLOWED)]
    groups: dict[tuple[str, str, str], tuple[Finding, list[int]]] = {}
    for finding in other:
        same = (finding.severity.value, finding.message, finding.hint)
        groups.setdefault(same, (finding, []))[1].append(finding.line)
    hints: set[str] = set()
    for finding, lines in list(groups.values())[:_MOST_FINDINGS]:
        severity = report.coloured(finding.severity.value, finding.severity, sys.stderr)
        report.line(f"{_lines_prefix(lines)}{severity}: {finding.message}")
        if len(lines) > _MOST_LEADING_LINES:
            report.line(f"    Lines {format_serials(lines)}.")
        if finding.hint and finding.hint not in hints:
            report.line(f"    {finding.hint}")
        hints.add(finding.hint)
    if len(groups) > _MOST_FINDINGS:
        report.line(f"and {len(groups) - _MOST_FINDINGS} more; --json lists all")
    for code, state in _ALLOWED.items():
        count = sum(one.code == code for one in allowed)
        if count:
            leaflets = f"{report.counted(count, 'leaflet')} {'was' if count == 1 else 'were'}"
            report.line(f"allowed, and said on every sheet: {leaflets} {state}")


def _lines_prefix(lines: Sequence[int]) -> str:
    if len(lines) > _MOST_LEADING_LINES:
        return f"{report.counted(len(lines), 'row')}: "
    return f"line{'s' * (len(lines) > 1)} {format_serials(lines)}: " if any(lines) else ""


def _print_summary(args: argparse.Namespace, planned: PlannedRun, result: RunResult, ledger: Ledger) -> None:
    if args.json:
        counts = {state.value: result.state_counts[state] for state in CopyState if result.state_counts[state]}
        made_before = run_output.made_before_facts(planned.plan.made_before)
        head = ledger.store.last_hash()
        copies = result.state_counts.total
        emit("done", run=result.run.name, copies=copies, states=counts, made_before=made_before, history=head)
        return
    if args.quiet:
        return
    if planned.identity.complete:
        report.line("This list was made already; nothing was made again. --again makes a new run of it.", sys.stdout)
    folder = ledger.store.folder(result.run)
    for text in run_output.run_lines(result.run, result.state_counts, result.parts, folder):
        report.line(text, sys.stdout)
    report.line(run_output.head_line(ledger.store), sys.stdout)
    for text in run_output.confirm_lines(result.run, ledger.store.unreported(result.run)):
        report.line(text, sys.stdout)


def _print_nothing_new(args: argparse.Namespace, planned: PlannedRun, ledger: Ledger) -> None:
    made = planned.plan.made_before
    facts = run_output.made_before_facts(made)
    if args.json:
        emit("done", run="", copies=0, states={}, made_before=facts, history=ledger.store.last_hash())
    elif not args.quiet:
        runs = ", ".join(facts["runs"])
        what = f"This list was made already: {report.counted(facts['copies'], 'copy')}, in {runs}"
        report.line(f"{what}; no run was begun. --again makes them once more.", sys.stdout)
