"""`leaflet explain`: one rule of `leaflet check` in full."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator
from textwrap import indent
from typing import TYPE_CHECKING, Any

from leaflets import checks
from leaflets.cli import report
from leaflets.errors import UsageError
from leaflets.model.finding import Severity

if TYPE_CHECKING:
    from leaflets.proof import PageRule


def add_parser(commands: Any) -> None:
    """Add `explain` to the command line."""
    parser = commands.add_parser("explain", help="show a rule of “check” in full", description=__doc__)
    parser.add_argument("codes", nargs="*", metavar="CODE", help="code of a rule, such as EP-F04; none lists them all")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the rules. Raises UsageError where there is no rule with that code."""
    # Here and not above: the help of a command needs no reader of PDFs.
    from leaflets import proof

    if not args.codes:
        titles = [(known.code, known.title) for known in checks.RULES]
        titles += [(known.code, known.title) for known in proof.RULES]
        for known_code, title in titles:
            report.line(f"{known_code}  {title}", sys.stdout)
    pages = {rule.code: rule for rule in proof.RULES}
    for code in args.codes:
        rule = checks.find_rule(code)
        told = _page_rule(pages[code.upper()]) if code.upper() in pages else _told(rule) if rule else None
        if told is None:
            raise _unknown(code, [*pages, *(known.code for known in checks.RULES)])
        for line in told:
            report.line(line, sys.stdout)
    return 0


def _unknown(code: str, known: list[str]) -> UsageError:
    near = difflib.get_close_matches(code.upper(), known, n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(near)}?" if near else "“leaflet explain” lists all codes."
    return UsageError(f"{code}: there is no rule with that code", hint)


def _page_rule(rule: PageRule) -> Iterator[str]:
    yield f"{rule.code}  {rule.title}"
    yield f"  Family: page. Severity: {rule.severity}."
    yield f"  Why: {rule.why}"
    yield f"  Source: {rule.source}"
    yield f"  What to do: {rule.remedy}"
    yield f"  Bad: {rule.bad}"
    yield f"  Good: {rule.good}"
    yield ""


def _told(rule: checks.Rule) -> Iterator[str]:
    yield f"{rule.code}  {rule.title}"
    yield f"  Family: {rule.family}. For patients: {_word(rule.patient)}. For clinicians: {_word(rule.clinician)}."
    yield f"  Why: {rule.why}"
    yield f"  Source: {rule.source}"
    yield f"  Write: {rule.remedy}"
    yield "  Bad:"
    yield indent(rule.bad.rstrip(), "    ")
    yield "  Good:"
    yield indent(rule.good.rstrip(), "    ")
    yield ""


def _word(severity: Severity | None) -> str:
    return severity.value if severity else "not looked at"
