"""`leaflet list`: the monographs there are, with languages, version and review state."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from leaflets.authoring.reviews import text_status
from leaflets.cli import report
from leaflets.cli.arguments import NO_MONOGRAPHS
from leaflets.errors import LeafletError, LedgerError
from leaflets.ledger.own_texts import is_replaced
from leaflets.model.monograph import Front
from leaflets.project import MonographFile, ProjectFolder, display_path, load_project, read_bytes, today


def add_parser(commands: Any, help_line: str) -> None:
    """Add `list` to the command line."""
    parser = commands.add_parser("list", help=help_line, description=__doc__)
    parser.add_argument("--json", action="store_true", help="the list as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the list; a monograph that cannot be read is listed with the reason."""
    project = load_project(Path.cwd())
    rows = [_row(project, name) for name in project.names()]
    if args.json:
        report.emit(rows)
        return 0
    if not rows:
        report.line(NO_MONOGRAPHS)
        return 0
    _print(rows)
    return 0


def _row(project: ProjectFolder, name: str) -> dict[str, Any]:
    sources = sorted(
        (source for (other, _), source in project.sources.items() if other == name), key=lambda s: s.lang != "en"
    )
    row: dict[str, Any] = {
        "name": name, "languages": [s.lang for s in sources], "file": display_path(sources[0].path),
        "packaged": [s.lang for s in sources if project.is_packaged(s)],
        "own_text_gone": [s.lang for s in sources if _is_gone(project, s)],
    }  # fmt: skip
    status = text_status(project, sources[0], today())
    if status.problem:
        return {**row, "title": "", "version": "", "state": "unreadable", "problem": status.problem}
    try:
        front = _front(sources[0])
    except LeafletError as fault:
        return {**row, "title": "", "version": "", "state": "unreadable", "problem": fault.message}
    reviewers = [each.by for each in status.review.own.sign_offs]
    state = status.words(today())
    return {**row, "title": front.title, "version": front.version, "state": state, "reviewers": reviewers}


def _is_gone(project: ProjectFolder, source: MonographFile) -> bool:
    """Whether the project's own text is gone, so that the packaged one is refused; no, where nobody can tell."""
    try:
        return is_replaced(project, source)
    except LedgerError:
        return False


def _front(source: MonographFile) -> Front:
    from leaflets.pipeline.texts import parse_monograph  # here, as help needs none of it

    return parse_monograph(source, read_bytes(source.path)).front


def _print(rows: list[dict[str, Any]]) -> None:
    table = [("NAME", "TITLE", "LANGUAGES", "VERSION", "TEXT", "REVIEW")]
    table += [
        (
            report.cleaned(row["name"]),
            report.cleaned(row["title"] or row.get("problem", "")),
            " ".join(row["languages"]),
            row["version"] or "none",
            _whose(row),
            row["state"],
        )
        for row in rows
    ]
    widths = [min(max(len(line[column]) for line in table), 44) for column in range(5)]
    for line in table:
        cells = (cell[:width].ljust(width) for cell, width in zip(line, widths, strict=False))
        report.line("  ".join([*cells, line[5]]).rstrip(), sys.stdout)


def _whose(row: dict[str, Any]) -> str:
    """Whether the texts of a monograph came with the program, or which of its languages did, or whose own is gone."""
    packaged, gone = row["packaged"], row["own_text_gone"]
    if gone:
        return f"own, gone: {' '.join(gone)}"
    return "packaged" if packaged == row["languages"] else f"own, packaged {' '.join(packaged)}" if packaged else "own"
