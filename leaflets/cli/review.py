"""`leaflet review`: vouch for the words of a monograph as they are now, and see who vouches for which."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaflets.cli import report
from leaflets.cli.arguments import values
from leaflets.cli.help_page import HelpPage
from leaflets.errors import UsageError
from leaflets.languages import text_lang
from leaflets.model.edition import Audience
from leaflets.model.review import Role
from leaflets.project import MonographFile, ProjectFolder, display_path, load_project, save, today

if TYPE_CHECKING:
    from leaflets.authoring.reviews import ReviewRequest, TakenReview

_EXAMPLES = """\
examples:
  leaflet review examplol --by "Ann Lee, PharmD" --role first --until 2027-11-30
  leaflet review examplol --changed --by "Ann Lee, PharmD" --role first --until 2027-11-30
                                        those statements alone that changed since
  leaflet review examplol --show        who vouches for how many of its statements
  leaflet review --status               the state of every monograph
  leaflet review --status --due 60d     what has to be read within 60 days
"""
_LONGEST_TEXT = 2_000
_SPAN = re.compile(r"(\d{1,4})\s*(d|w)?")


def add_parser(commands: Any, help_line: str) -> None:
    """Add `review` to the command line."""
    parser = commands.add_parser(
        "review", help=help_line, description=__doc__, epilog=_EXAMPLES, formatter_class=HelpPage
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="name of a monograph")
    parser.add_argument("--lang", metavar="LANG", help="language of the text (default: settings, en)")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--status", action="store_true", help="the state of all texts, or of those of NAME")
    modes.add_argument("--show", action="store_true", help="the reviews of NAME")
    modes.add_argument("--changed", action="store_true", help="vouch for those statements alone that changed since")
    parser.add_argument("--by", metavar="WHO", help='who has read it: "Name, degree"')
    parser.add_argument("--role", choices=values(Role), help="in which role")
    parser.add_argument("--until", metavar="DATE", type=_date, help="the last day on which that holds: 2027-11-30")
    parser.add_argument(
        "--audience", choices=[*values(Audience), "all"], default="all", help="whose sheet was read (default: all)"
    )
    parser.add_argument("--note", metavar="TEXT", default="", help="what the review says beside that")
    parser.add_argument("--conflicts", metavar="TEXT", default="", help="conflicts of interest, as declared")
    parser.add_argument("--sign", type=Path, metavar="KEY", help="sign it with the SSH key in this file")
    parser.add_argument("--due", metavar="TIME", type=_days, help="with --status: what is due within 60d or 8w")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    parser.set_defaults(run=run)


def _date(text: str) -> dt.date:
    try:
        if len(text) == len("2027-11-30"):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError("a date such as 2027-11-30")


def _days(text: str) -> int:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise argparse.ArgumentTypeError("a number of days or weeks: 60d, 8w")
    return int(match[1]) * (7 if match[2] == "w" else 1)


def run(args: argparse.Namespace) -> int:
    """Write a review, or list those there are."""
    from leaflets.cli import review_output  # here, as help needs no reviews

    project = load_project(Path.cwd())
    if args.due is not None and not args.status:
        raise UsageError("review: --due goes with --status", "For example: leaflet review --status --due 60d.")
    if args.status:
        return review_output.status(project, args)
    if not args.name:
        raise UsageError("review: name a monograph", "“leaflet review --status” lists them all.")
    source = project.source(args.name, text_lang(args.lang or project.settings.language))
    return review_output.show(project, source, args) if args.show else _take(project, source, args)


def _take(project: ProjectFolder, source: MonographFile, args: argparse.Namespace) -> int:
    """Write a review of a text into its record, whole or not at all."""
    from leaflets.authoring.reviews import take_review  # here, as help needs no parser
    from leaflets.cli.review_output import statement_facts
    from leaflets.review import record_bytes

    taken = take_review(project, source, _request(args), today())
    if taken is None:
        if args.json:
            report.emit({"name": source.name, "lang": source.lang, "file": "", "statements": 0})
        else:
            report.line(f"{source.file}: nothing has changed since it was reviewed; nothing was written")
        return 0
    changed = [statement_facts(source, bound.statement) for bound in taken.statements] if args.changed else []
    if not args.json:
        if taken.taken_out:
            report.line(f"{source.file}: statements were taken out since it was reviewed", sys.stdout)
        for each in changed:
            report.line(f"{each['place']}  {each['text']}", sys.stdout)
    save(source.reviews_path, record_bytes(taken.record))
    if args.json:
        report.emit({**_facts(source, taken), "changed": changed, "taken_out": taken.taken_out})
    else:
        report.line(_line(source, taken))
    return 0


def _request(args: argparse.Namespace) -> ReviewRequest:
    """What the flags ask for. Raises UsageError where one is missing or is no text of one line."""
    from leaflets.authoring.reviews import ReviewRequest

    lacking = [f"--{name}" for name in ("by", "role", "until") if not getattr(args, name)]
    if lacking:
        raise UsageError(
            f"review: {' and '.join(lacking)} must be given",
            'leaflet review NAME --by "Name, degree" --role first --until DATE.',
        )
    by, note, conflicts = (_text(getattr(args, name), name) for name in ("by", "note", "conflicts"))
    if not by.partition(",")[0].strip():
        raise UsageError("review: --by names nobody", 'Write a name, then degrees: "Ann Lee, PharmD".')
    audience = None if args.audience == "all" else Audience(args.audience)
    return ReviewRequest(by, Role(args.role), args.until, audience, note, conflicts, args.changed, args.sign)


def _text(text: str, name: str) -> str:
    words = " ".join(text.split())
    if len(words) > _LONGEST_TEXT or not words.isprintable():
        raise UsageError(f"review: --{name} must be text of at most {_LONGEST_TEXT:,} characters", "Write it anew.")
    return words


def _line(source: MonographFile, taken: TakenReview) -> str:
    review = taken.review
    sheet = f" of the {review.audience} sheet" if review.audience else ""
    statements = report.counted(len(taken.statements), "statement")
    return (
        f"wrote {display_path(source.reviews_path)}: {review.by} ({review.role.who}) vouches for {statements}{sheet} "
        f"until {review.until}"
    )


def _facts(source: MonographFile, taken: TakenReview) -> dict[str, Any]:
    review = taken.review
    return {
        "name": source.name, "lang": source.lang, "file": display_path(source.reviews_path), "by": review.by,
        "role": review.role.value, "date": review.date.isoformat(), "until": review.until.isoformat(),
        "audience": review.audience.value if review.audience else None, "statements": len(taken.statements),
    }  # fmt: skip
