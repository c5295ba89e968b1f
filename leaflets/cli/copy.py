"""`leaflet copy`: make a packaged monograph the project's own, to adapt it; with its translations and its evidence."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from leaflets.cli import completers, report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import UsageError
from leaflets.project import display_path, load_project, read_bytes, save
from leaflets.project.content import ORIGINAL


def add_parser(commands: Any, help_line: str) -> None:
    """Add `copy` to the command line."""
    parser = commands.add_parser(
        "copy", help=help_line, description=__doc__, epilog="example:\n  leaflet copy metformin",
        formatter_class=HelpPage,
    )  # fmt: skip
    name = parser.add_argument("name", metavar="NAME", help="name of a packaged monograph")
    name.completer = completers.packaged
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the packaged texts of a monograph into content/; those that the project has itself stay as they are."""
    project = load_project(Path.cwd())
    packaged = project.packaged(args.name)
    if not packaged:
        own = project.source(args.name, ORIGINAL)
        raise UsageError(f"{own.file}: the text is the project's own already", "Edit that file.")
    content = project.root / "content"
    texts = {content / one.file_name: read_bytes(one.path) for one in packaged}
    evidence = content / "evidence" / f"{args.name}.md"
    ours = next((one.evidence_path for one in packaged if one.evidence_path.is_file()), None)
    if ours and evidence.exists():
        raise UsageError(
            f"{display_path(evidence)}: there is an evidence file of that name, and the packaged text has its own",
            "Give your file another name, then copy the text with its evidence.",
        )
    if ours:
        texts[evidence] = read_bytes(ours)
    for path, data in texts.items():
        save(path, data)
        report.line(f"wrote {display_path(path)}")
    return 0
