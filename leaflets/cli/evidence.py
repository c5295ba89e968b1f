"""`leaflet evidence`: what each statement of a monograph rests on, and labels as its evidence."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaflets.cli import completers, evidence_labels, report
from leaflets.cli.help_page import HelpPage
from leaflets.model.finding import Severity, counted
from leaflets.project import display_path, load_project
from leaflets.project.content import ORIGINAL, source_of_argument

if TYPE_CHECKING:
    from leaflets.evidence import CitedStatement
    from leaflets.model.evidence import Evidence
    from leaflets.project import MonographFile

SHOW = "show"
"""The action of `leaflet evidence NAME`, which names none."""

_EXAMPLES = """\
examples:
  leaflet evidence warfarin                        each statement, and the passages it rests on
  leaflet evidence warfarin --unsupported          the statements that rest on none
  leaflet evidence add examplol label.xml          the text of a label, by section, as evidence
  leaflet evidence update examplol new.xml         what a newer label says otherwise, and what rests on it
"""
_WIDEST, _NARROWEST = 110, 40


def add_parser(commands: Any, help_line: str) -> None:
    """Add `evidence` and what can be done with one to the command line."""
    parser = commands.add_parser(
        "evidence", help=help_line, description=__doc__, epilog=_EXAMPLES, formatter_class=HelpPage,
    )  # fmt: skip
    actions = parser.add_subparsers(
        title="what to do (default: show)", metavar="ACTION", required=True, prog="leaflet evidence"
    )
    show = actions.add_parser(SHOW, help="each statement with the passages it rests on", description=run_show.__doc__)
    name = show.add_argument("name", metavar="NAME", help="name of a monograph, or the path of its file")
    name.completer = completers.monographs
    show.add_argument("--unsupported", action="store_true", help="only the statements that rest on no passage")
    show.add_argument("--json", action="store_true", help="the statements as JSON")
    show.set_defaults(run=run_show)
    evidence_labels.add_actions(actions)
    actions.completer = lambda **_: [*actions.choices, *completers.monographs()]


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many statements there are, and how many of them rest on a passage."""

    statements: int
    supported: int


def run_show(args: argparse.Namespace) -> int:
    """Print each statement of a monograph with the passages it rests on, by section; 0 whether all rest on one."""
    from leaflets.evidence import cited_statements, statements  # here, as help needs no parser
    from leaflets.pipeline.texts import evidence_of, parse_texts, read_texts

    project = load_project(Path.cwd())
    source = source_of_argument(args.name) or project.source(args.name, ORIGINAL)
    texts = read_texts(project, source)
    monograph, original = parse_texts(texts)
    evidence = evidence_of(texts)
    if evidence is None:
        _print_none(source if original is None else project.original(source) or source, args)
        return 0
    all_cited = tuple(cited_statements(statements(monograph), evidence))
    counts = _Counts(len(all_cited), sum(bool(cited.passages) for cited in all_cited))
    shown = [cited for cited in all_cited if not (args.unsupported and cited.passages)]
    if args.json:
        report.emit({
            "name": source.name, "file": source.file, "evidence": evidence.file, "counts": _count_facts(counts),
            "statements": [_facts(cited) for cited in shown],
        })  # fmt: skip
        return 0
    _print(shown, evidence, source)
    _print_counts(counts, source)
    return 0


def _count_facts(counts: _Counts) -> dict[str, int]:
    return {
        "statements": counts.statements, "supported": counts.supported,
        "unsupported": counts.statements - counts.supported,
    }  # fmt: skip


def _print_none(source: MonographFile, args: argparse.Namespace) -> None:
    """Says that a monograph has no evidence file, and how it gets one."""
    path = display_path(source.evidence_path)
    if args.json:
        report.emit({"name": source.name, "file": source.file, "evidence": None})
        return
    report.line(f"{source.file} has no evidence file; it would be {path}", sys.stdout)
    report.line(f"  “leaflet evidence add {source.name} FILE” makes one from a label", sys.stdout)
    report.line("  or write what its sources say (“leaflet help evidence” shows the form)", sys.stdout)


def _facts(cited: CitedStatement) -> dict[str, Any]:
    statement = cited.statement
    return {
        "section": statement.section, "heading": statement.heading, "line": statement.line,
        "kind": statement.kind.value, "audience": statement.audience.value if statement.audience else None,
        "under": list(statement.under), "text": statement.text, "marks": list(statement.marks),
        "unknown_marks": list(cited.unknown),
        "passages": [
            {"mark": passage.mark, "title": passage.title, "line": passage.line} for passage in cited.passages
        ],
    }  # fmt: skip


def _print(cited_list: Sequence[CitedStatement], evidence: Evidence, source: MonographFile) -> None:
    width = max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST)
    report.line(f"{source.file}, with the evidence in {evidence.file}", sys.stdout)
    for heading, group in groupby(cited_list, key=_heading):
        report.line("", sys.stdout)
        report.line(heading, sys.stdout)
        for cited in group:
            _print_cited(cited, width)
    report.line("", sys.stdout)


def _heading(cited: CitedStatement) -> str:
    return "Front matter" if cited.statement.section == "front" else cited.statement.heading


def _print_cited(cited: CitedStatement, width: int) -> None:
    statement = cited.statement
    who = statement.audience.value if statement.audience else "both"
    text = f"{statement.heading}: {statement.text}" if statement.section == "front" else statement.text
    place = f"line {statement.line}, {who}: "
    for line in textwrap.wrap(
        place + text,
        width,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    ):
        report.line(line, sys.stdout)
    for passage in cited.passages:
        report.line(f"      → {f'{passage.mark} {passage.title}'.rstrip()}, line {passage.line}", sys.stdout)
    for mark in cited.unknown:
        words = report.coloured(f"{mark} is nowhere in the evidence", Severity.ERROR, sys.stdout)
        report.line(f"      → {words}", sys.stdout)
    if not cited.passages and not cited.unknown:
        report.line(f"      → {report.coloured('rests on nothing', Severity.WARNING, sys.stdout)}", sys.stdout)


def _print_counts(counts: _Counts, source: MonographFile) -> None:
    on_some, on_none = counts.supported, counts.statements - counts.supported
    report.line(
        f"{source.name}: {counted(counts.statements, 'statement')}; {on_some:,} {_rest(on_some)} on a passage, "
        f"{on_none:,} {_rest(on_none)} on none",
        sys.stdout,
    )


def _rest(number: int) -> str:
    return "rests" if number == 1 else "rest"
