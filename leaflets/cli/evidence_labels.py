"""`leaflet evidence add` and `update`: the text of a label, by its sections, as evidence."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaflets.cli import completers, report
from leaflets.cli.diff import change_facts, print_change
from leaflets.errors import UsageError
from leaflets.model.finding import counted
from leaflets.project import MonographFile, display_path, load_project, read_bytes, save
from leaflets.project.content import ORIGINAL, source_of_argument
from leaflets.project.files import decode

if TYPE_CHECKING:
    from leaflets.evidence import CitedStatement
    from leaflets.exchange import DrugLabel, SourceReplacement
    from leaflets.project import ProjectFolder
    from leaflets.textdiff.compare import Comparison

_ID = re.compile(r"[A-Za-z][\w-]{0,19}")
_SET_ID = "which label, where FILE holds several"


def add_actions(actions: Any) -> None:
    """Add `add` and `update`."""
    add = _action(actions, "add", "make a label a source: its text, by section", run_add)
    add.add_argument("--id", metavar="ID", help="what reference marks call it (default: the next of L1, L2 …)")
    update = _action(actions, "update", "show what a newer label says otherwise, and what rests on it", run_update)
    update.add_argument("--write", action="store_true", help="put the newer label in place of the older")
    update.add_argument("--json", action="store_true", help="the changes as JSON")


def _action(actions: Any, name: str, help_text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=help_text, description=run.__doc__)
    about = parser.add_argument("name", metavar="NAME", help="name of a monograph")
    about.completer = completers.monographs  # type: ignore[attr-defined]
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="SPL (.xml, or the .zip of DailyMed) or a record of openFDA (.json)"
    )
    parser.add_argument("--set-id", metavar="ID", default="", help=_SET_ID)
    parser.set_defaults(run=run)
    return parser


def run_add(args: argparse.Namespace) -> int:
    """Write the text of a label into the evidence file of a monograph, which is made where there is none."""
    from leaflets.exchange import added  # here, as help needs no parser

    if args.id and not _ID.fullmatch(args.id):
        raise UsageError(f"“{args.id}” cannot be the id of a source", "Use a letter and perhaps digits, such as L1.")
    source = _own(load_project(Path.cwd()), args.name)
    label = _label(args)
    text, id = added(_text(source), label, name=source.name, file=_file(source), id=args.id or "")
    save(source.evidence_path, text.encode())
    report.line(f"wrote {_file(source)}: {id} is {label.title}")
    report.line(
        f"  {counted(len(label.sections), 'section')}, {label.date or 'no date'}, set id {label.set_id or 'none'}"
    )
    for each in label.left_out:
        report.line(f"  left out: {each}")
    report.line(f"  cite it as [^{id}:{label.sections[0].section}]")
    return 0


def run_update(args: argparse.Namespace) -> int:
    """Show what a newer label says otherwise than the evidence, and which statements rest on that."""
    from leaflets.exchange import replaced  # here, as help needs no parser
    from leaflets.textdiff.compare import compare_passages

    project = load_project(Path.cwd())
    source = _own(project, args.name)
    replacement = replaced(_text(source), _label(args), name=source.name, file=_file(source))
    comparison = compare_passages(*replacement.passages)
    resting = tuple(_resting(project, source, replacement, {change.heading for change in comparison.changes}))
    if args.write:
        save(source.evidence_path, replacement.text.encode())
    if args.json:
        report.emit(_facts(source, replacement, comparison, resting, written=args.write))
    else:
        _print(source, comparison, resting, written=args.write)
    return 0


def _resting(
    project: ProjectFolder, source: MonographFile, replacement: SourceReplacement, marks: set[str]
) -> Iterator[CitedStatement]:
    """The statements that rest on a passage with one of these marks, as it was or as it is."""
    from leaflets.evidence import cited_statements, statements
    from leaflets.pipeline.texts import parse_texts, read_texts

    monograph, _ = parse_texts(read_texts(project, source))
    of_monograph = statements(monograph)
    for was, now in zip(
        cited_statements(of_monograph, replacement.before),
        cited_statements(of_monograph, replacement.after),
        strict=True,
    ):
        if marks & {passage.mark for passage in (*was.passages, *now.passages)}:
            yield was


def _facts(
    source: MonographFile,
    replacement: SourceReplacement,
    comparison: Comparison,
    resting: Sequence[CitedStatement],
    *,
    written: bool,
) -> dict[str, Any]:
    return {
        "name": source.name, "evidence": _file(source), "source": replacement.source, "same": comparison.same,
        "changes": [{**change_facts(change), "passage": change.heading} for change in comparison.changes],
        "statements": [
            {"line": cited.statement.line, "text": cited.statement.text, "marks": list(cited.statement.marks)}
            for cited in resting
        ],
        "written": written,
    }  # fmt: skip


def _print(source: MonographFile, comparison: Comparison, resting: Sequence[CitedStatement], *, written: bool) -> None:
    for heading, changes in groupby(comparison.changes, key=lambda change: change.heading):
        report.line(heading, sys.stdout)
        for change in changes:
            print_change(change)
    if not comparison.changes:
        report.line(f"no change in {comparison.same} blocks of {_file(source)}", sys.stdout)
    if resting:
        report.line("these statements rest on what changed:", sys.stdout)
    for cited in resting:
        report.line(f"  {source.file}:{cited.statement.line}  {cited.statement.text}", sys.stdout)
    if comparison.changes:
        changed = counted(len(comparison.changes), "block")
        report.line(
            f"{changed} of the label changed, {comparison.same} the same; {counted(len(resting), 'statement')} "
            f"{'rests' if len(resting) == 1 else 'rest'} on them",
            sys.stdout,
        )
    report.line(f"wrote {_file(source)}" if written else f"--write puts it into {_file(source)}")


def _own(project: ProjectFolder, name: str) -> MonographFile:
    """The monograph whose evidence is written. Raises UsageError where it came with the program."""
    source = source_of_argument(name) or project.source(name, ORIGINAL)
    if project.is_packaged(source):
        raise UsageError(
            f"{source.name} is a packaged monograph, and nothing is written outside the project",
            f"“leaflet copy {source.name}” makes it your own; then give this command again.",
        )
    return source


def _label(args: argparse.Namespace) -> DrugLabel:
    from leaflets.exchange import read_label

    return read_label(read_bytes(args.file), display_path(args.file), args.set_id)


def _file(source: MonographFile) -> str:
    return display_path(source.evidence_path)


def _text(source: MonographFile) -> str:
    """The evidence file as it is, empty where there is none."""
    path = source.evidence_path
    return decode(read_bytes(path), _file(source)) if os.path.lexists(path) else ""
