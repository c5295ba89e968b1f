"""The table of rules in the manual: `python -m leaflets.checks.rule_table docs/checks.md` rewrites it."""

import sys
from collections.abc import Iterable
from pathlib import Path

from leaflets.checks import RULES
from leaflets.checks.rule import Rule
from leaflets.model.finding import Severity

BEGIN, END = "<!-- rules: begin -->", "<!-- rules: end -->"


def table(rules: Iterable[Rule]) -> str:
    """A Markdown table with one row for each rule."""
    head = "| code | what | patient | clinician | write instead | source |\n|---|---|---|---|---|---|\n"
    return head + "\n".join(_row(rule) for rule in rules) + "\n"


def _row(rule: Rule) -> str:
    cells = (rule.code, rule.title, _word(rule.patient), _word(rule.clinician), rule.remedy, rule.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _word(severity: Severity | None) -> str:
    return severity.value if severity else "–"


def with_table(page: str) -> str:
    """The page with the table between its two marks replaced. Raises ValueError where the marks are missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks the marks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table(RULES)}\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_table(path.read_text("utf-8")), "utf-8")
