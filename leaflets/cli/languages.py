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


def add_parser(commands: Any, help_line: str) -> None:
    """Add `languages` to the command line."""
    parser = commands.add_parser(
        "languages", help=help_line,
        description=__doc__, epilog=_EXAMPLES, formatter_class=HelpPage,
    )  # fmt: skip
    names = parser.add_argument("langs", nargs="*", metavar="LANG", help="code of a language (default: all)")
    names.completer = lambda **_: list(LANGUAGES)
    parser.add_argument("--json", action="store_true", help="the list as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the list; the code of a failed check where a word is missing. Raises UsageError for an unknown language."""
    requested = [language(code) for code in dict.fromkeys(args.langs)] or list(LANGUAGES.values())
    all_facts = [_facts(each) for each in requested]
    if args.json:
        report.emit({"languages": all_facts})
    else:
        _print(all_facts)
    return CheckFailed.exit_code if any(facts["missing"] for facts in all_facts) else 0


def _facts(lang: Language) -> dict[str, Any]:
    # Here and not above: the help of a command reads no catalogues.
    from leaflets.languages.missing import missing, words

    return {
        "code": lang.code, "name": lang.name, "tag": lang.tag, "direction": lang.direction,
        "words": len(words()), "missing": list(missing(lang.code)),
    }  # fmt: skip


def _print(all_facts: list[dict[str, Any]]) -> None:
    for facts in all_facts:
        missing = len(facts["missing"])
        state = f"{missing} missing" if missing else "complete"
        progress = f"{facts['words'] - missing} of {facts['words']} words"
        report.line(f"{facts['code']}  {progress}  {state}  {facts['name']}", sys.stdout)
        for words in facts["missing"]:
            report.line(f"    “{words}”", sys.stdout)
    if any(facts["missing"] for facts in all_facts):
        report.line("fill them in: “leaflet help languages” tells how")
