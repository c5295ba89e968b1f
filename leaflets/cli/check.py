"""`leaflet check`: what a careful pharmacist would catch before a monograph is printed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from leaflets import checks
from leaflets.cli import check_output, report
from leaflets.cli.arguments import NO_MONOGRAPHS, require_names_or_all, values
from leaflets.cli.check_output import Checked
from leaflets.cli.help_page import HelpPage
from leaflets.errors import CheckFailed, ContentError, LeafletError, PdfError, RenderError, UsageError
from leaflets.model.edition import Audience, Edition, Notice, TypeSize
from leaflets.model.finding import Finding, Severity
from leaflets.model.paper import Paper
from leaflets.pipeline.request import requested_edition
from leaflets.project import MonographFile, ProjectFolder, load_project, today
from leaflets.project.content import source_of_argument

_EXAMPLES = """\
examples:
  leaflet check baricitinib                  findings in both voices
  leaflet check baricitinib --all-lines      each of them with file, line and column
  leaflet check --all --strict               every monograph; warnings end it with code 4 too
  leaflet check baricitinib --page           the finished pages too
  leaflet check notes/*.md --fix-list        a list to tick off
  leaflet check --all --sarif > found.sarif  for a code review
"""
_LEVELS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}


def add_parser(commands: Any, help_line: str) -> None:
    """Add `check` to the command line."""
    parser = commands.add_parser(
        "check", help=help_line, description=__doc__, epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )  # fmt: skip
    parser.add_argument("names", nargs="*", metavar="NAME|PATH", help="name of a monograph, Markdown file, or folder")
    parser.add_argument("--all", action="store_true", help="every monograph there is")
    parser.add_argument(
        "--audience", choices=[*values(Audience), "all"], default="all", help="who it is for (default: all)"
    )
    parser.add_argument("--page", action="store_true", help="the finished pages too: made, or taken from the cache")
    parser.add_argument("--paper", choices=values(Paper), help="paper of the pages (default: settings, a4)")
    parser.add_argument("--edition", choices=values(TypeSize), help="form of the pages (default: settings, standard)")
    parser.add_argument("--strict", action="store_true", help="end with code 4 on warnings too")
    output_format = parser.add_mutually_exclusive_group()
    output_format.add_argument("--json", action="store_true", help="findings as JSON")
    output_format.add_argument("--sarif", action="store_true", help="findings as SARIF 2.1.0")
    output_format.add_argument("--fix-list", action="store_true", help="a list of what to change, to tick off")
    parser.add_argument(
        "--all-lines", action="store_true", help="each finding on a line of its own, in the text's order"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="the summary only")
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="also infos, why each rule matters, silenced findings and index items",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the texts asked for: 0 where clean, 4 on errors (--strict: or warnings), 3 if one is unreadable."""
    project = load_project(Path.cwd())
    audiences = tuple(Audience) if args.audience == "all" else (Audience(args.audience),)
    checked: list[Checked] = []
    failed: list[LeafletError] = []
    for source in _sources(args, project):
        try:
            checked.append(_check(project, source, audiences))
            if args.page:
                editions = tuple(_editions(args, project, audiences))
                checked[-1] = _with_pages(checked[-1], source, editions, project)
        except (ContentError, CheckFailed, RenderError, PdfError) as fault:
            failed.append(fault)
            if not args.json:
                report.error(fault)
    _print(checked, failed, args)
    findings = [finding for one in checked for finding in one.report.findings]
    worst = max((_LEVELS[finding.severity] for finding in findings), default=0)
    if failed:
        return failed[0].exit_code
    return CheckFailed.exit_code if worst >= (2 if args.strict else 3) else 0


def _sources(args: argparse.Namespace, project: ProjectFolder) -> Iterator[MonographFile]:
    require_names_or_all(args, "check")
    if args.all:
        yield from (source for _, source in sorted(project.sources.items()))
    for name in args.names:
        if Path(name).is_dir():
            yield from _folder(Path(name))
        else:
            yield source_of_argument(name) or project.source(name, project.settings.language)


def _folder(folder: Path) -> Sequence[MonographFile]:
    sources = [source for path in sorted(folder.glob("*.md")) if (source := source_of_argument(str(path)))]
    if not sources:
        raise UsageError(f"check: there is no Markdown file in {folder}", "Name a folder of monographs.")
    return sources


def _editions(args: argparse.Namespace, project: ProjectFolder, audiences: Sequence[Audience]) -> Iterator[Edition]:
    for audience in audiences:
        yield requested_edition(project, audience, paper=args.paper, type_size=args.edition)


def _with_pages(one: Checked, source: MonographFile, editions: Sequence[Edition], project: ProjectFolder) -> Checked:
    # Here and not above: a check of the text alone needs neither renderer nor reader of PDFs.
    from leaflets.pipeline import build
    from leaflets.pipeline.stages import proof_findings

    own = (replace(edition, lang=source.lang) for edition in editions)
    printable = [
        edition for edition in own if not one.monograph.front.translation or edition.audience is Audience.PATIENT
    ]
    sheets = [build(project, source, edition, allowed=frozenset(Notice)) for edition in printable]
    findings = [finding for sheet in sheets for finding in proof_findings(sheet.pdf, sheet.edition, source.file)]
    still_open, suppressed = checks.apply_suppressions(findings, one.monograph.front.allow)
    whole = checks.CheckReport((*one.report.findings, *still_open), (*one.report.suppressed, *suppressed))
    return replace(one, report=whole)


def _check(project: ProjectFolder, source: MonographFile, audiences: Sequence[Audience]) -> Checked:
    from leaflets.pipeline.reviews import sheet_review
    from leaflets.pipeline.texts import examine_texts, read_texts

    texts = read_texts(project, source)
    review = sheet_review(project, texts, audiences).own
    examined = examine_texts(project, texts, audiences, today(), review)
    monograph, report = examined.monograph, examined.report
    if Audience.PATIENT not in audiences or checks.rules_left_out(monograph.lang):
        return Checked(monograph, report, (), {}, review)
    return Checked(monograph, report, checks.patient_index_items(monograph), checks.patient_grades(monograph), review)


def _print(checked: Sequence[Checked], failed: Sequence[LeafletError], args: argparse.Namespace) -> None:
    if args.json:
        report.emit(check_output.facts(checked, failed))
    elif args.sarif:
        report.emit(check_output.sarif(checked))
    elif args.fix_list:
        for line in check_output.fix_list(checked):
            report.line(line, sys.stdout)
        if not any(_serious(one.report.findings) for one in checked):
            report.line(_summary(checked, failed))
    else:
        for one in checked:
            for line in () if args.quiet else check_output.lines(one, verbose=args.verbose, all_lines=args.all_lines):
                report.line(line, sys.stdout)
        report.line(_summary(checked, failed), sys.stdout)


def _summary(checked: Sequence[Checked], failed: Sequence[LeafletError]) -> str:
    findings = [finding for one in checked for finding in one.report.findings]
    clean = sum(not _serious(one.report.findings) for one in checked)
    suppressed = sum(len(one.report.suppressed) for one in checked)
    parts = [
        report.counts(findings) or ("" if failed else "nothing to mend"),
        f"{suppressed} silenced" if suppressed else "",
    ]
    if failed:
        parts.append(f"{len(failed)} failed")
    if not checked and not failed:
        return NO_MONOGRAPHS
    files = f"{report.counted(len(checked), 'monograph')} checked, {clean} clean{_unreviewed(checked, clean)}"
    return f"{files}: {', '.join(filter(None, parts))}"


def _unreviewed(checked: Sequence[Checked], clean: int) -> str:
    """How many of the clean texts are drafts, in words: they silence that nobody has reviewed them."""
    drafts = sum(not one.review.reviewed for one in checked if not _serious(one.report.findings))
    if not drafts:
        return ""
    return ", not reviewed" if drafts == clean else f", {drafts} of them not reviewed"


def _serious(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is not Severity.INFO for finding in findings)
