"""`leaflet explain`: one rule of `leaflet check` in full."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator, Mapping
from textwrap import indent
from typing import TYPE_CHECKING, Any

from leaflets import checks
from leaflets.cli import report
from leaflets.errors import UsageError
from leaflets.model.finding import Severity
from leaflets.pipeline.page_findings import page_rules

if TYPE_CHECKING:
    from leaflets.pipeline.page_findings import PageRule


def add_parser(commands: Any, help_line: str) -> None:
    """Add `explain` to the command line."""
    parser = commands.add_parser("explain", help=help_line, description=__doc__)
    parser.add_argument("codes", nargs="*", metavar="CODE", help="code of a rule, such as EP-F04; none lists them all")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the rules. Raises UsageError where there is no rule with that code."""
    text_rules = {rule.code: rule for rule in checks.RULES}
    of_pages = {rule.code: rule for rule in page_rules()}
    if not args.codes:
        for code, title in [*_titles(text_rules), *_titles(of_pages)]:
            report.line(f"{code}  {title}", sys.stdout)
    for code in args.codes:
        name = code.upper()
        if name not in of_pages and name not in text_rules:
            raise _unknown(code, [*of_pages, *text_rules])
        for line in _page_rule(of_pages[name]) if name in of_pages else _text_rule(text_rules[name]):
            report.line(line, sys.stdout)
    return 0


def _titles(rules: Mapping[str, checks.Rule] | Mapping[str, PageRule]) -> list[tuple[str, str]]:
    return [(rule.code, rule.title) for rule in rules.values()]


def _unknown(code: str, codes: list[str]) -> UsageError:
    near = difflib.get_close_matches(code.upper(), codes, n=3, cutoff=0.5)
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


def _text_rule(rule: checks.Rule) -> Iterator[str]:
    yield f"{rule.code}  {rule.title}"
    patients, clinicians = _severity(rule.patient), _severity(rule.clinician)
    yield f"  Family: {rule.family}. For patients: {patients}. For clinicians: {clinicians}."
    yield f"  Why: {rule.why}"
    yield f"  Source: {rule.source}"
    yield f"  Write: {rule.remedy}"
    yield "  Bad:"
    yield from indent(rule.bad.rstrip(), "    ").splitlines()
    yield "  Good:"
    yield from indent(rule.good.rstrip(), "    ").splitlines()
    yield ""


def _severity(severity: Severity | None) -> str:
    return severity.value if severity else "not looked at"
