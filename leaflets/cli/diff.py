"""`leaflet diff`: what changed between two texts of a medicine, doses first."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaflets.cli import report
from leaflets.cli.arguments import values
from leaflets.cli.help_page import HelpPage
from leaflets.model.finding import Severity
from leaflets.model.paper import Paper
from leaflets.project import display_path, load_project, save_if_changed

if TYPE_CHECKING:
    from leaflets.textdiff.compare import Change, ChangedWords
    from leaflets.textdiff.diff import Difference

_EXAMPLES = """\
examples:
  leaflet diff baricitinib@1 baricitinib                    a version, from git, and the text as it is now
  leaflet diff baricitinib@HEAD~1 baricitinib               a revision of git
  leaflet diff HEAD~1:content/baricitinib.md content/baricitinib.md
  leaflet diff old.pdf new.pdf --pdf changes.pdf            two sheets, and a marked page
"""
_MARKS = {"kept": ("", ""), "was": ("[-", "-]"), "now": ("{+", "+}")}


def add_parser(commands: Any, help_line: str) -> None:
    """Add `diff` to the command line."""
    parser = commands.add_parser(
        "diff", help=help_line, description=__doc__, epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )  # fmt: skip
    operand = "FILE.pdf, FILE.md, NAME, NAME@VERSION, NAME@REVISION or REVISION:PATH"
    parser.add_argument("old", metavar="A", help=operand)
    parser.add_argument("new", metavar="B", help="the same, of the newer text")
    parser.add_argument("--pdf", type=Path, metavar="PDF", help="write a page that marks every change")
    parser.add_argument("--paper", choices=values(Paper), help="paper of that page (default: settings)")
    parser.add_argument("--lang", metavar="LANG", help="language of a NAME (default: settings, en)")
    parser.add_argument("--json", action="store_true", help="the changes as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what changed; 0 whether anything did or not."""
    from leaflets.textdiff.diff import changes_pdf, diff  # here, so that help is quick

    project = load_project(Path.cwd())
    difference = diff(args.old, args.new, project, args.lang or project.settings.language)
    if args.pdf:
        save_if_changed(
            args.pdf, changes_pdf(difference, project, Paper(args.paper) if args.paper else project.settings.paper)
        )
    if args.json:
        report.emit(_facts(difference, args.pdf))
    else:
        _print(difference)
    return 0


def _facts(difference: Difference, page: Path | None) -> dict[str, Any]:
    changes = [change_facts(change) for change in difference.comparison.changes]
    old, new = difference.names
    return {
        "old": old,
        "new": new,
        "same": difference.comparison.same,
        "changes": changes,
        "pdf": display_path(page) if page else None,
    }


def change_facts(change: Change) -> dict[str, Any]:
    """A change as JSON, in which programs find the change of some words under the name `fate`."""
    return {**asdict(change), "pieces": [{"fate": piece.change, "words": piece.words} for piece in change.pieces]}


def _print(difference: Difference) -> None:
    heading = ""
    for change in difference.comparison.changes:
        heading_now = f"{change.rank.value}: {change.heading}"
        if heading_now != heading:
            report.line(heading_now, sys.stdout)
        heading = heading_now
        print_change(change)
    changed, same = len(difference.comparison.changes), difference.comparison.same
    report.line(f"{changed} blocks changed, {same} the same" if changed else f"no change in {same} blocks", sys.stdout)


def print_change(change: Change) -> None:
    """Prints a block that differs, with the words that went and came marked."""
    who = f", {change.audience}" if change.audience else ""
    lines = f"line {change.line_was or '-'} → {change.line_now or '-'}"
    numbers = f"  numbers: {', '.join(change.was) or 'none'} → {', '.join(change.now) or 'none'}"
    report.line(f"  {change.kind.value}{who}, {lines}" + (numbers if change.was or change.now else ""), sys.stdout)
    report.line("    " + " ".join(map(_marked, change.pieces)), sys.stdout)


def _marked(piece: ChangedWords) -> str:
    before, after = _MARKS[piece.change]
    words = f"{before}{piece.words}{after}"
    if piece.change == "kept":
        return words
    return report.coloured(words, Severity.ERROR if piece.change == "was" else Severity.INFO, sys.stdout)
