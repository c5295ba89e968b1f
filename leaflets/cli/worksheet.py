"""`leaflet worksheet`: a PDF for those who review a text, each statement beside what it rests on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from leaflets.cli import report
from leaflets.cli.arguments import values
from leaflets.cli.help_page import HelpPage
from leaflets.model.finding import counted
from leaflets.model.paper import Paper
from leaflets.project import MonographFile, ProjectFolder, display_path, load_project, save_if_changed, today
from leaflets.project.content import source_of_argument

_EXAMPLES = """\
examples:
  leaflet worksheet warfarin                        output/warfarin-worksheet.pdf
  leaflet worksheet metformin --lang es             a translation, each statement beside its original
  leaflet worksheet warfarin --changed              what has changed since it was reviewed
  leaflet worksheet warfarin -o committee/w.pdf --paper letter
"""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `worksheet` to the command line."""
    parser = commands.add_parser(
        "worksheet", help=help_line, description=__doc__, epilog=_EXAMPLES, formatter_class=HelpPage
    )
    parser.add_argument("name", metavar="NAME", help="name of a monograph, or a Markdown file")
    parser.add_argument("--lang", metavar="LANG", help="language of the text (default: en)")
    parser.add_argument("--changed", action="store_true", help="those statements alone that no review covers today")
    parser.add_argument("--paper", choices=values(Paper), help="paper (default: settings)")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="PDF", help="the file (default: output/NAME-worksheet.pdf)"
    )
    parser.add_argument("--json", action="store_true", help="what was written, as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the worksheet of a text; 0."""
    from leaflets.worksheet.worksheet import worksheet_facts, worksheet_pdf  # here, so that help is quick

    project = load_project(Path.cwd())
    source = source_of_argument(args.name) or project.source(args.name, args.lang or "en")
    only = _unread(project, source) if args.changed else None
    if only is not None and not only:
        if args.json:
            report.emit({"file": "", "statements": 0, "without_passage": 0})
        else:
            report.line(f"{source.file}: every statement is reviewed; nothing was written")
        return 0
    facts = worksheet_facts(project, source, today(), only)
    data = worksheet_pdf(facts, project, Paper(args.paper) if args.paper else project.settings.paper)
    language = "" if source.lang == "en" else f"-{source.lang}"
    path = args.output or project.output / f"{source.name}{language}-worksheet.pdf"
    save_if_changed(path, data)
    without = sum(not entry.excerpts for entry in facts.entries)
    if args.json:
        report.emit({"file": display_path(path), "statements": len(facts.entries), "without_passage": without})
    else:
        report.line(
            f"wrote {display_path(path)}: {counted(len(facts.entries), 'statement')}, {without:,} without a passage"
        )
    return 0


def _unread(project: ProjectFolder, source: MonographFile) -> frozenset[str]:
    """The hashes of the statements that no review covers today as they are now."""
    from leaflets.authoring.reviews import unread_statements  # here, so that help is quick

    return unread_statements(project, source, today())
