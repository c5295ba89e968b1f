"""`leaflet check`: what a careful pharmacist would catch before a monograph is printed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from leaflets import checks
from leaflets.cli import check_output as output
from leaflets.cli import report
from leaflets.cli.check_output import Checked
from leaflets.cli.help_page import HelpPage
from leaflets.errors import CheckFailed, ContentError, LeafletError, PdfError, RenderError, UsageError
from leaflets.model.edition import Audience, Edition, Notice, Paper, TypeSize
from leaflets.model.finding import Finding, Severity
from leaflets.project import MonographFile, ProjectFolder, load_project, today
from leaflets.project.content import source_of_argument

_EXAMPLES = """\
examples:
  leaflet check baricitinib                  findings in both voices
  leaflet check --all --strict               every monograph; warnings end it with code 4 too
  leaflet check baricitinib --page           the finished pages too
  leaflet check notes/*.md --fix-list        a list to tick off
  leaflet check --all --sarif > found.sarif  for a code review
"""
_LEVELS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}


def add_parser(commands: Any) -> None:
    """Add `check` to the command line."""
    parser = commands.add_parser(
        "check", help="find what should not be printed", description=__doc__, epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )  # fmt: skip
    parser.add_argument("names", nargs="*", metavar="NAME|PATH", help="name of a monograph, Markdown file, or folder")
    parser.add_argument("--all", action="store_true", help="every monograph there is")
    audiences = [*(audience.value for audience in Audience), "all"]
    parser.add_argument("--audience", choices=audiences, default="all", help="who it is for (default: all)")
    parser.add_argument("--page", action="store_true", help="the finished pages too: made, or taken from the cache")
    parser.add_argument(
        "--paper", choices=[paper.value for paper in Paper], help="paper of the pages (default: settings, a4)"
    )
    parser.add_argument(
        "--edition", choices=[one.value for one in TypeSize], help="form of the pages (default: settings, standard)"
    )
    parser.add_argument("--strict", action="store_true", help="end with code 4 on warnings too")
    machine = parser.add_mutually_exclusive_group()
    machine.add_argument("--json", action="store_true", help="findings as JSON")
    machine.add_argument("--sarif", action="store_true", help="findings as SARIF 2.1.0")
    machine.add_argument("--fix-list", action="store_true", help="a list of what to change, to tick off")
    parser.add_argument("-q", "--quiet", action="store_true", help="the summary only")
    parser.add_argument("-v", "--verbose", action="store_true", help="also infos, silenced findings and index items")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check what was asked for: 0 where clean, 4 on errors (--strict: on warnings), 3 where a file is unreadable."""
    project = load_project(Path.cwd())
    audiences = tuple(Audience) if args.audience == "all" else (Audience(args.audience),)
    done: list[Checked] = []
    failed: list[LeafletError] = []
    for source in _sources(args, project):
        try:
            done.append(one := _check(project, source, audiences))
            if args.page:
                done[-1] = _with_pages(one, source, tuple(_editions(args, project, audiences)), project)
        except (ContentError, CheckFailed, RenderError, PdfError) as fault:
            failed.append(fault)
            report.error(fault)
    _print(done, failed, args)
    found = [finding for one in done for finding in one.report.findings]
    worst = max((_LEVELS[finding.severity] for finding in found), default=0)
    if failed:
        return failed[0].exit_code
    return CheckFailed.exit_code if worst >= (2 if args.strict else 3) else 0


def _sources(args: argparse.Namespace, project: ProjectFolder) -> Iterator[MonographFile]:
    if args.all == bool(args.names):
        raise UsageError(
            "check: name at least one monograph, or --all and none", "“leaflet list” shows the names there are."
        )
    if args.all:
        yield from (source for _, source in sorted(project.sources.items()))
    for name in args.names:
        if Path(name).is_dir():
            yield from _folder(Path(name))
        else:
            yield source_of_argument(name) or project.source(name, project.settings.language)


def _folder(folder: Path) -> Sequence[MonographFile]:
    found = [source for path in sorted(folder.glob("*.md")) if (source := source_of_argument(str(path)))]
    if not found:
        raise UsageError(f"check: there is no Markdown file in {folder}", "Name a folder of monographs.")
    return found


def _editions(args: argparse.Namespace, project: ProjectFolder, audiences: Sequence[Audience]) -> Iterator[Edition]:
    paper = Paper(args.paper) if args.paper else project.settings.paper
    type_size = TypeSize(args.edition) if args.edition else project.settings.type_size
    return (Edition(audience, project.settings.language, paper, type_size) for audience in audiences)


def _with_pages(one: Checked, source: MonographFile, editions: Sequence[Edition], project: ProjectFolder) -> Checked:
    # Here and not above: a check of the text alone needs no renderer and no reader of PDFs.
    from leaflets.pipeline import build
    from leaflets.pipeline.page_findings import page_findings

    own = (replace(edition, lang=source.lang) for edition in editions)
    voiced = [edition for edition in own if not one.monograph.front.translation or edition.audience is Audience.PATIENT]
    sheets = [build(project, source, edition, allowed=frozenset(Notice)) for edition in voiced]
    found = [page for sheet in sheets for page in page_findings(sheet.pdf, sheet.edition, source.file)]
    opened, suppressed = checks.apply_suppressions(found, one.monograph.front.allow)
    whole = checks.CheckReport((*one.report.findings, *opened), (*one.report.suppressed, *suppressed))
    return replace(one, report=whole)


def _check(project: ProjectFolder, source: MonographFile, audiences: Sequence[Audience]) -> Checked:
    from leaflets.pipeline.texts import examine_texts, read_texts

    examined = examine_texts(project, read_texts(project, source), audiences, today())
    monograph, report = examined.monograph, examined.report
    if Audience.PATIENT not in audiences or checks.rules_left_out(monograph.lang):
        return Checked(monograph, report, (), {})
    return Checked(monograph, report, checks.patient_index_items(monograph), checks.patient_grades(monograph))


def _print(done: Sequence[Checked], failed: Sequence[LeafletError], args: argparse.Namespace) -> None:
    if args.json:
        report.emit(output.facts(done, failed))
    elif args.sarif:
        report.emit(output.sarif(done))
    elif args.fix_list:
        for line in output.fix_list(done):
            report.line(line, sys.stdout)
    else:
        for one in done:
            for line in () if args.quiet else output.lines(one, verbose=args.verbose):
                report.line(line, sys.stdout)
        report.line(_summary(done, failed), sys.stdout)


def _summary(done: Sequence[Checked], failed: Sequence[LeafletError]) -> str:
    found = [finding for one in done for finding in one.report.findings]
    clean = sum(not _grave(one.report.findings) for one in done)
    silenced = sum(len(one.report.suppressed) for one in done)
    told = [report.counts(found) or ("" if failed else "nothing to mend"), f"{silenced} silenced" if silenced else ""]
    if failed:
        told.append(f"{len(failed)} failed")
    files = f"{len(done)} monograph{'s' if len(done) != 1 else ''} checked, {clean} clean"
    return f"{files}: {', '.join(filter(None, told))}"


def _grave(found: Iterable[Finding]) -> bool:
    return any(finding.severity is not Severity.INFO for finding in found)
