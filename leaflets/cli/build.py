"""`leaflet build`: monographs → patient leaflets and clinician sheets."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaflets.cli import report
from leaflets.cli.arguments import NO_MONOGRAPHS, require_names_or_all, values
from leaflets.cli.help_page import HelpPage
from leaflets.cli.waiting import waiting
from leaflets.errors import ContentError, LeafletError, OutputError, RendererMissing, UsageError
from leaflets.ledger.own_texts import refuse_replaced
from leaflets.model.edition import MOST_SHEETS, Audience, Edition, Notice, TypeSize
from leaflets.model.finding import Severity
from leaflets.model.paper import Paper
from leaflets.model.pharmacy import LONGEST_TEXT
from leaflets.pipeline import BuiltSheet, RenderSheet, build, render_here, require_clean, require_contrast
from leaflets.pipeline.built_sheet import html_file
from leaflets.pipeline.child_process import allow_child
from leaflets.pipeline.request import audiences_of, monograph_file, requested_edition
from leaflets.project import MonographFile, ProjectFolder, Settings, display_path, load_project, save, save_if_changed
from leaflets.project.settings import LEAST_MEMORY
from leaflets.project.sheet_names import sheet_name
from leaflets.workers.local import limits_of
from leaflets.workers.sheet_process import can_fork, forked
from leaflets.workers.sheet_worker import SheetWorker

if TYPE_CHECKING:
    from leaflets.cli.details import SheetLog

_EXAMPLES = """\
examples:
  leaflet build baricitinib --audience patient
  leaflet build baricitinib metformin --audience all --paper letter
  leaflet build baricitinib --edition large-print
  leaflet build baricitinib --audience patient --paper a5 --booklet
  leaflet build metformin --lang es
  leaflet build metformin --lang en+es --paper letter
  leaflet build --all -o print
  leaflet build notes/mydrug.md --html -v
"""

_TOO_LONG = "PG-08"
_MOST_DIGITS = 7

_PHARMACY = {
    "pharmacy": "name of the pharmacy",
    "address": "its address",
    "phone": "its phone number",
    "emergency": "number to call in an emergency",
}


def add_parser(commands: Any, help_line: str) -> None:
    """Add `build` to the command line."""
    parser = commands.add_parser(
        "build", help=help_line, description=__doc__, epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )  # fmt: skip
    parser.add_argument("names", nargs="*", metavar="NAME", help="name of a monograph, or the path of a Markdown file")
    parser.add_argument("--all", action="store_true", help="every monograph there is")
    parser.add_argument("--audience", choices=[*values(Audience), "all"], help="who it is for (default: all there are)")
    _add_paper(parser)
    parser.add_argument(
        "--lang", metavar="LANG", help="language of the text, or two side by side: en+es (default: settings, en)"
    )
    for field, meaning in _PHARMACY.items():
        parser.add_argument(f"--{field}", dest=field, metavar="TEXT", help=f"{meaning} (default: settings)")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="folder for the PDFs (default: output)")
    parser.add_argument("--html", action="store_true", help="keep the HTML beside the PDF")
    parser.add_argument(
        "--allow-expired", action="store_true", help="print a text past its review date, marked EXPIRED"
    )
    parser.add_argument(
        "--allow-stale", action="store_true", help="print a translation older than its source, marked so"
    )
    _add_limits(parser)
    parser.add_argument("--strict", action="store_true", help="refuse a monograph that has errors in “leaflet check”")
    parser.add_argument("--json", action="store_true", help="results as JSON on standard output")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    parser.add_argument("-v", "--verbose", action="store_true", help="list findings and what was withheld from whom")
    parser.set_defaults(run=run)


def _add_paper(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--edition", choices=values(TypeSize), help="size of the print (default: settings, standard)")
    parser.add_argument("--paper", choices=values(Paper), help="sheet of paper (default: settings, a4)")
    parser.add_argument(
        "--sheets",
        type=_sheets,
        default=0,
        metavar="N",
        help="sheets of paper it may take, both sides (default: as planned)",
    )
    parser.add_argument("--booklet", action="store_true", help="A5 pages two by two on A4, to be folded")
    parser.add_argument("--no-fit", dest="fitted", action="store_false", help="leave the design, however long it is")


def _add_limits(parser: argparse.ArgumentParser) -> None:
    """The time and memory of a sheet; by default those of a worker of `batch`."""
    parser.add_argument(
        "--max-seconds", type=_amount, metavar="N", help="time a sheet may take, 0 for no limit (default: settings, 60)"
    )
    parser.add_argument(
        "--max-memory", type=_memory, metavar="MIB", help="memory it may take, 0 for no limit (default: settings, 2048)"
    )


def _amount(text: str) -> int:
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise argparse.ArgumentTypeError("a whole number, 0 for no limit")
    return int(text)


def _memory(text: str) -> int:
    mib = _amount(text)
    if 0 < mib < LEAST_MEMORY:
        raise argparse.ArgumentTypeError(f"at least {LEAST_MEMORY}, with less the libraries themselves fail")
    return mib


def _sheets(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_SHEETS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST_SHEETS}")
    return int(text)


@dataclass(frozen=True, slots=True)
class _SheetOnDisk:
    """A sheet, the path it was written to, and the seconds it took."""

    built: BuiltSheet
    path: Path
    seconds: float


def run(args: argparse.Namespace) -> int:
    """Build the sheets that were asked for; the exit code is that of the first monograph that failed."""
    allow_child()
    project = _overridden(load_project(Path.cwd()), args)
    sources = tuple(_sources(args, project))
    editions = tuple(_editions(args, project, sources))
    args.output = args.output or project.output
    args.details = _details() if args.verbose else None
    _refuse_shared_names(sources)
    with _renderer(args, project.settings) as render:
        return _built(project, sources, editions, render, args)


@contextmanager
def _renderer(args: argparse.Namespace, settings: Settings) -> Iterator[RenderSheet]:
    """What makes the sheets: a child within limits of time and memory; this process where it must not be forked."""
    if not args.own_process or not can_fork():
        yield render_here
        return
    limits = limits_of(
        replace(
            settings,
            max_seconds=settings.max_seconds if args.max_seconds is None else args.max_seconds,
            max_memory=settings.max_memory if args.max_memory is None else args.max_memory,
        )
    )
    worker = SheetWorker(limits, forked, "--max-seconds and --max-memory allow more.")
    try:
        yield worker.render
    finally:
        worker.close()


def _built(
    project: ProjectFolder,
    sources: Sequence[MonographFile],
    editions: Sequence[Edition],
    render: RenderSheet,
    args: argparse.Namespace,
) -> int:
    sheets: list[_SheetOnDisk] = []
    failed: list[LeafletError] = []
    for source in _with_progress(sources, args):
        for edition in editions:
            try:
                sheets.append(_make(project, source, edition, render, args))
            except LeafletError as fault:
                if isinstance(fault, OutputError | RendererMissing) or len(sources) == 1 == len(editions):
                    raise
                failed.append(fault)
                if not args.json:
                    report.error(fault)
                if isinstance(fault, ContentError):
                    break  # its other sheets would fail in the same way
    return _finish(sheets, failed, args)


def _details() -> SheetLog:
    from leaflets.cli.details import details  # here, as only -v needs the library of logging

    return details()


def _overridden(project: ProjectFolder, args: argparse.Namespace) -> ProjectFolder:
    """The project with the pharmacy as the flags give it, and as its settings do where they are silent."""
    given = {"name" if field == "pharmacy" else field: getattr(args, field) for field in _PHARMACY}
    too_long = next((field for field in _PHARMACY if len(getattr(args, field) or "") > LONGEST_TEXT), None)
    if too_long:
        raise UsageError(f"--{too_long} has more than {LONGEST_TEXT:,} letters", "Give one that has room on a sheet.")
    pharmacy = replace(project.settings.pharmacy, **{field: text for field, text in given.items() if text is not None})
    return replace(project, settings=replace(project.settings, pharmacy=pharmacy))


def _finish(sheets: Sequence[_SheetOnDisk], failed: Sequence[LeafletError], args: argparse.Namespace) -> int:
    if args.json:
        _print_json(sheets, failed)
    elif failed and not args.quiet:
        report.line(f"{report.counted(len(sheets), 'sheet')} made, {len(failed)} failed")
    elif not sheets and not args.quiet:
        report.line(NO_MONOGRAPHS)
    return failed[0].exit_code if failed else 0


def _sources(args: argparse.Namespace, project: ProjectFolder) -> Iterator[MonographFile]:
    require_names_or_all(args, "build")
    for name in args.names or project.names():
        yield monograph_file(project, name, args.lang)


def _editions(args: argparse.Namespace, project: ProjectFolder, sources: Sequence[MonographFile]) -> Iterator[Edition]:
    for audience in _audiences(args.audience, project, sources):
        yield requested_edition(
            project,
            audience,
            lang=args.lang,
            paper=args.paper,
            type_size=args.edition,
            sheets=args.sheets,
            fitted=args.fitted,
            booklet=args.booklet,
        )


def _audiences(flag: str | None, project: ProjectFolder, sources: Sequence[MonographFile]) -> Iterable[str]:
    if flag is None:
        return audiences_of(project, sources)
    return tuple(Audience) if flag == "all" else (flag,)


def _refuse_shared_names(sources: Sequence[MonographFile]) -> None:
    seen: dict[str, MonographFile] = {}
    for source in sources:
        other = seen.setdefault(source.name, source)
        if other.path != source.path:
            raise UsageError(
                f"{other.file} and {source.file} would both be printed as “{source.name}”",
                "Build them into two folders.",
            )


def _make(
    project: ProjectFolder, source: MonographFile, edition: Edition, render: RenderSheet, args: argparse.Namespace
) -> _SheetOnDisk:
    start = time.perf_counter()
    refuse_replaced(project, source)
    allowed = [notice for notice in Notice if getattr(args, f"allow_{notice}")]
    name = sheet_name(source, edition, project.settings)
    with waiting(name, quiet=args.quiet):
        built = build(project, source, edition, allowed=allowed, render=render)
    require_contrast(built)
    if args.strict:
        require_clean(built)
    path = args.output / name
    if args.html:
        save(path.with_suffix(".html"), html_file(built, project, path.parent))
    save_if_changed(path, built.pdf.data)
    sheet = _SheetOnDisk(built, path, time.perf_counter() - start)
    if not args.json:
        _print(sheet, args)
    return sheet


def _with_progress(sources: Sequence[MonographFile], args: argparse.Namespace) -> Iterable[MonographFile]:
    if len(sources) < 3 or args.quiet or args.json or not sys.stderr.isatty():
        return sources
    from tqdm import tqdm  # here, as only a terminal shows a bar

    tqdm.monitor_interval = 0  # no second thread: with one no child may be forked
    bar: Iterable[MonographFile] = tqdm(sources, unit=" monographs", leave=False)
    return bar


def _print(sheet: _SheetOnDisk, args: argparse.Namespace) -> None:
    built = sheet.built
    if args.quiet:
        return
    pages = report.counted(built.pdf.pages, "page") + (" to fold" if built.edition.booklet else "")
    took = f"{sheet.seconds:.2f} s" if built.fresh else f"{sheet.seconds:.2f} s, unchanged"
    counts = report.counts(built.own_findings)
    report.line(f"{display_path(sheet.path)}  {pages}  {took}" + (f"  {counts}" if counts else ""), sys.stdout)
    if not args.verbose:
        report.findings(finding for finding in built.findings if finding.code == _TOO_LONG)
    else:
        args.details.print()


def _print_json(sheets: Sequence[_SheetOnDisk], failed: Sequence[LeafletError]) -> None:
    report.emit(
        {
            "sheets": [_facts(one) for one in sheets],
            "errors": [report.error_facts(fault) for fault in failed],
        }
    )


def _facts(sheet: _SheetOnDisk) -> dict[str, Any]:
    built = sheet.built
    return {
        "name": built.source.name,
        "source": built.source.file,
        "title": built.title,
        "version": built.version,
        "audience": built.edition.audience.value,
        "lang": built.edition.lang,
        "edition": built.edition.type_size.value,
        "paper": built.edition.paper.value,
        "booklet": built.edition.booklet,
        "path": display_path(sheet.path),
        "pages": built.pdf.pages,
        "seconds": round(sheet.seconds, 3),
        "content_id": built.content_id,
        "cached": not built.fresh,
        "findings": [report.finding_facts(f) for f in built.own_findings],
        "withheld": [{"line": w.line, "excerpt": w.excerpt, "reason": w.reason} for w in built.withheld],
        "errors": report.count(built.own_findings, Severity.ERROR),
    }
