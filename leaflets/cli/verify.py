"""`leaflet verify`: tells whether a finished PDF is whole, what made it, and whether it may still be handed out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaflets.cli import report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import LeafletError
from leaflets.model.edition import TypeSize
from leaflets.model.finding import Severity
from leaflets.model.page import ID_DIGITS
from leaflets.model.review import Role
from leaflets.project import display_path, load_project, today

if TYPE_CHECKING:
    from leaflets.provenance import Verification

_EXAMPLES = """\
examples:
  leaflet verify output/baricitinib-patient.pdf
  leaflet verify returned/*.pdf --json
"""
_STATE_NAMES = {
    "current": "whole and current", "outdated": "whole, and not the current text", "expired": "past its review date",
    "withdrawn": "WITHDRAWN", "unknown": "whole, and not known here", "broken": "NOT WHOLE", "foreign": "not ours",
}  # fmt: skip

# Whoever seals a forged page again and says it was made by another release leaves nothing to compare it with.
_NOT_COMPARED = "sealed, and of the current text; its pages were not looked at"


def add_parser(commands: Any, help_line: str) -> None:
    """Add `verify` to the command line."""
    parser = commands.add_parser(
        "verify", help=help_line, description=__doc__, epilog=_EXAMPLES,
        formatter_class=HelpPage,
    )  # fmt: skip
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a sheet, or a print file of a run")
    parser.add_argument("--json", action="store_true", help="everything as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only; the exit code tells")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="list what else has changed, and the releases used"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Judge each file; the exit code is that of the first that is not current."""
    project, day = load_project(Path.cwd()), today()
    from leaflets.provenance import verify  # here, so that help is quick

    codes, all_facts = [], []
    for path in args.files:
        try:
            verified = verify(path, project, day)
        except LeafletError as fault:
            if len(args.files) == 1:
                raise
            codes.append(fault.exit_code)
            all_facts.append({"file": display_path(path), **report.error_facts(fault)})
            if not args.json:
                report.error(fault)
            continue
        codes.append(verified.exit_code)
        all_facts.append(_facts(verified))
        if not args.json and not args.quiet:
            _print(verified, args.verbose)
    if args.json:
        report.emit(all_facts)
    return next((code for code in codes if code), 0)


def _print(verified: Verification, verbose: bool) -> None:
    state = _STATE_NAMES[verified.state]
    if verified.state == "current" and verified.record and not verified.compared:
        state = _NOT_COMPARED
    severity = Severity.INFO if verified.state == "current" else Severity.ERROR
    report.line(f"{verified.file}: {report.coloured(state, severity, sys.stdout)}", sys.stdout)
    for line in (*(f"because {reason}" for reason in verified.reasons), *_details(verified, verbose)):
        report.line(f"  {line}", sys.stdout)


def _details(verified: Verification, verbose: bool) -> Iterator[str]:
    record, printed = verified.record, verified.printed
    if record:
        edition = " ".join(_edition(record.edition))
        claim = "" if verified.state != "broken" else "it says of itself: "
        version = f"version {record.version}" if record.version else "no version"
        yield f"{claim}{record.title} ({record.name}), {version}, {edition}, ID {record.content_id[:ID_DIGITS]}"
        yield f"reviewed {record.reviewed or 'by nobody'}" + (f", next {record.review_by}" if record.review_by else "")
        yield from map(_sign_off, record.reviews)
        programs = [
            f"{name} {record.made_with[name]}" for name in ("leaflet", "weasyprint") if name in record.made_with
        ]
        yield f"made by {' with '.join(programs) or 'an unknown program'}"
    for each in verified.signatures:
        trust = "" if each.trusted else ", by a certificate that this project does not trust"
        yield f"signed by {each.signer}{f' at {each.signed}' if each.signed else ''}{trust}"
    if record and verified.of_copies:
        yield "one labelled copy of a run; neither its label nor what is drawn on its pages was looked at"
    elif record and not verified.compared and verified.state != "broken":
        yield "its seal and its text were looked at, not what is drawn on its pages"
    if printed:
        yield f"print file of run {printed.run} for {printed.destination}, serials {printed.first} to {printed.last}"
        yield from printed.leaflets
    if verified.notes and not verbose:
        yield "the same text would be set a little differently today (-v says why)"
    if verbose:
        yield from (f"changed since: {note}" for note in verified.notes)
        yield from (f"{name} {release}" for name, release in (record.made_with.items() if record else ()))


def _sign_off(review: Mapping[str, str]) -> str:
    """Who vouched for the words of one of the texts of a sheet."""
    role = Role(review["role"]).who
    return f"vouched for by {review['by']} ({role}, {review['lang']}) on {review['date']}, until {review['until']}"


def _edition(edition: Mapping[str, Any]) -> Iterator[str]:
    """The words of an edition; its type size (`form` in records) only where it is not the standard one."""
    yield from (str(edition[name]) for name in ("audience", "lang", "paper") if name in edition)
    if edition.get("form", TypeSize.STANDARD) != TypeSize.STANDARD:
        yield str(edition["form"])
    if edition.get("booklet"):
        yield "booklet"


def _facts(verified: Verification) -> dict[str, Any]:
    return {
        "file": verified.file,
        "state": verified.state.value,
        "exit_code": verified.exit_code,
        "whole": verified.state not in ("broken", "foreign"),
        "reasons": list(verified.reasons),
        "pages_compared": verified.compared,
        "labelled_copy": verified.of_copies and verified.record is not None,
        "changed_since": list(verified.notes),
        "signatures": [asdict(each) for each in verified.signatures],
        "run": asdict(verified.printed) if verified.printed else None,
        "record": asdict(verified.record) if verified.record else None,
    }
