"""`leaflet explain`: one rule of `leaflet check` in full."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from textwrap import indent
from typing import TYPE_CHECKING, Any

from leaflets import checks
from leaflets.checks.form_rules import FORM_RULES, SOMETIMES, FormRule
from leaflets.cli import report
from leaflets.cli.help_page import HelpPage
from leaflets.cli.usage import near_words
from leaflets.errors import UsageError
from leaflets.pipeline.page_findings import page_rules

if TYPE_CHECKING:
    from leaflets.pipeline.page_findings import PageRule

_EXAMPLES = """\
examples:
  leaflet explain             every code with its title
  leaflet explain EP-F04      one of them in full
  leaflet explain --json      all of them for a program
"""


def add_parser(commands: Any, help_line: str) -> None:
    """Add `explain` to the command line."""
    parser = commands.add_parser(
        "explain", help=help_line, description=__doc__, epilog=_EXAMPLES, formatter_class=HelpPage
    )
    parser.add_argument("codes", nargs="*", metavar="CODE", help="code of a rule, such as EP-F04; none lists them all")
    parser.add_argument("--json", action="store_true", help="the rules as JSON")
    parser.set_defaults(run=run)


def rules_by_code() -> dict[str, checks.Rule | PageRule | FormRule]:
    """Every rule there is, by its code: of texts, of their form, and of finished pages."""
    rules: list[checks.Rule | PageRule | FormRule] = [*checks.RULES, *FORM_RULES, *page_rules()]
    return {rule.code: rule for rule in rules}


def run(args: argparse.Namespace) -> int:
    """Print the rules. Raises UsageError where there is no rule with that code."""
    rules = rules_by_code()
    codes = [code.upper() for code in args.codes]
    unknown = next((code for code in codes if code not in rules), None)
    if unknown is not None:
        raise _unknown(unknown, [*rules])
    if args.json:
        report.emit([_facts(rules[code]) for code in codes or rules])
        return 0
    lines = (f"{code}  {rule.title}" for code, rule in rules.items() if not codes)
    for line in (*lines, *(line for code in codes for line in _in_full(rules[code]))):
        report.line(line, sys.stdout)
    return 0


def _unknown(code: str, codes: list[str]) -> UsageError:
    near = near_words(code, codes, 3)
    hint = f"Did you mean {', '.join(near)}?" if near else "“leaflet explain” lists all codes."
    return UsageError(f"{code}: there is no rule with that code", hint)


def _facts(rule: checks.Rule | PageRule | FormRule) -> dict[str, Any]:
    """A rule as JSON holds it: `patient` and `clinician` are its severity for each, null where it does not apply."""
    by_reader = (
        {"patient": rule.patient, "clinician": rule.clinician}
        if isinstance(rule, checks.Rule)
        else {"patient": rule.severity, "clinician": rule.severity}
    )
    examples = {} if isinstance(rule, FormRule) else {"source": rule.source, "bad": rule.bad, "good": rule.good}
    return {
        "code": rule.code,
        "title": rule.title,
        "family": _family(rule),
        **by_reader,
        "sometimes": SOMETIMES.get(rule.code, ""),
        "why": rule.why,
        "remedy": rule.remedy,
        **examples,
    }


def _family(rule: checks.Rule | PageRule | FormRule) -> str:
    if isinstance(rule, checks.Rule):
        return rule.family.value
    return "form" if rule.code.startswith("MD") else "page"


def _in_full(rule: checks.Rule | PageRule | FormRule) -> Iterator[str]:
    facts = _facts(rule)
    patients, clinicians = facts["patient"] or "not looked at", facts["clinician"] or "not looked at"
    sometimes = f" {facts['sometimes'].capitalize()}." if facts["sometimes"] else ""
    yield f"{rule.code}  {rule.title}"
    yield f"  Family: {facts['family']}. For patients: {patients}. For clinicians: {clinicians}.{sometimes}"
    yield f"  Why: {rule.why}"
    if not isinstance(rule, FormRule):
        yield f"  Source: {rule.source}"
    yield f"  Write: {rule.remedy}"
    if not isinstance(rule, FormRule):
        yield "  Bad:"
        yield from indent(rule.bad.rstrip(), "    ").splitlines()
        yield "  Good:"
        yield from indent(rule.good.rstrip(), "    ").splitlines()
    yield ""
