"""`leaflet explain`: one rule of `leaflet check` in full."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator
from textwrap import indent
from typing import Any

from leaflets import checks
from leaflets.cli import report
from leaflets.errors import UsageError
from leaflets.model import Severity


def add_parser(commands: Any) -> None:
    """Add `explain` to the command line."""
    parser = commands.add_parser("explain", help="show a rule of “check” in full", description=__doc__)
    parser.add_argument("codes", nargs="*", metavar="CODE", help="code of a rule, such as EP-F04; none lists them all")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the rules. Raises UsageError where there is no rule with that code."""
    if not args.codes:
        for rule in checks.RULES:
            report.line(f"{rule.code}  {rule.title}", sys.stdout)
    for code in args.codes:
        for line in _told(_rule(code)):
            report.line(line, sys.stdout)
    return 0


def _rule(code: str) -> checks.Rule:
    rule = checks.rule(code)
    if rule is None:
        near = difflib.get_close_matches(code.upper(), [known.code for known in checks.RULES], n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(near)}?" if near else "“leaflet explain” lists all codes."
        raise UsageError(f"{code}: there is no rule with that code", hint)
    return rule


def _told(rule: checks.Rule) -> Iterator[str]:
    yield f"{rule.code}  {rule.title}"
    yield f"  Family: {rule.family}. For patients: {_word(rule.patient)}. For clinicians: {_word(rule.clinician)}."
    yield f"  Why: {rule.why}"
    yield f"  Source: {rule.source}"
    yield f"  Write: {rule.write}"
    yield "  Bad:"
    yield indent(rule.bad.rstrip(), "    ")
    yield "  Good:"
    yield indent(rule.good.rstrip(), "    ")
    yield ""


def _word(severity: Severity | None) -> str:
    return severity.value if severity else "not looked at"
