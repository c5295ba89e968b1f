"""`leaflet languages`: the languages of printed sheets, how many of our words each has, and which it lacks."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from leaflets.cli import report
from leaflets.cli.help_page import HelpPage
from leaflets.errors import CheckFailed
from leaflets.languages import LANGUAGES, Language, language

_EXAMPLES = """\
examples:
  leaflet languages          every language, and how many of our words it has
  leaflet languages es vi    these two
"""


def add_parser(commands: Any) -> None:
    """Add `languages` to the command line."""
    parser = commands.add_parser(
        "languages", help="show the languages of sheets, and the words they lack",
        description=__doc__, epilog=_EXAMPLES, formatter_class=HelpPage,
    )  # fmt: skip
    names = parser.add_argument("langs", nargs="*", metavar="LANG", help="code of a language (default: all)")
    names.completer = lambda **_: list(LANGUAGES)
    parser.add_argument("--json", action="store_true", help="the list as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the list; the code of a failed check where a word is missing. Raises UsageError for an unknown language."""
    asked = [language(code) for code in dict.fromkeys(args.langs)] or list(LANGUAGES.values())
    told = [_facts(tongue) for tongue in asked]
    if args.json:
        report.emit({"languages": told})
    else:
        _print(told)
    return CheckFailed.exit_code if any(facts["missing"] for facts in told) else 0


def _facts(tongue: Language) -> dict[str, Any]:
    # Here and not above: the help of a command needs no reader of catalogues.
    from leaflets.languages.missing import missing, words

    return {
        "code": tongue.code, "name": tongue.name, "tag": tongue.tag, "direction": tongue.direction,
        "words": len(words()), "missing": list(missing(tongue.code)),
    }  # fmt: skip


def _print(told: list[dict[str, Any]]) -> None:
    for facts in told:
        lacking = len(facts["missing"])
        state = f"{lacking} missing" if lacking else "complete"
        has = f"{facts['words'] - lacking} of {facts['words']} words"
        report.line(f"{facts['code']}  {has}  {state}  {facts['name']}", sys.stdout)
        for words in facts["missing"]:
            report.line(f"    “{words}”", sys.stdout)
    if any(facts["missing"] for facts in told):
        report.line("fill them in: docs/languages.md tells how")
