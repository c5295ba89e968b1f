"""Case files: a monograph in Markdown and the findings it must give, and nothing else of those codes."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from leaflets import checks
from leaflets.model.finding import Finding
from leaflets.parse import parse

CASES = Path(__file__).parent / "cases" / "checks"
_CASE = re.compile(
    r"^## (?P<title>.+?) \((?P<codes>[^)]+)\)\n+```monograph\n(?P<text>.*?)```\n+"
    r"```findings\n(?P<found>.*?)```",
    re.MULTILINE | re.DOTALL,
)
_FRONT = "---\ntitle: Test\n---\n"


def _cases() -> Iterator[object]:
    for path in sorted(CASES.glob("*.md")):
        for case in _CASE.finditer(path.read_text("utf-8")):
            line = path.read_text("utf-8")[: case.start()].count("\n") + 1
            yield pytest.param(case["text"], tuple(case["codes"].split(", ")), case["found"], id=f"{path.name}:{line}")


def _line(finding: Finding, shift: int) -> str:
    audience = finding.audience.value if finding.audience else ""
    return f"{finding.line - shift}:{finding.column} {finding.code} {finding.excerpt} {audience}".strip()


@pytest.mark.parametrize(("text", "codes", "expected"), list(_cases()))
def test_case_gives_its_findings(text: str, codes: tuple[str, ...], expected: str) -> None:
    source = text if text.startswith("---") else _FRONT + text
    shift = source.count("\n") - text.count("\n")
    monograph = parse(source, name="case", file="case.md")
    findings = checks.check(monograph, source, today=dt.date(2026, 6, 1))
    lines = [_line(finding, shift) for finding in findings if finding.code.startswith(codes)]
    if any(code == "PL-04" for code in codes):
        lines = [re.sub(r"(PL-04 \w+ \w+).*?(patient|clinician)?$", r"\1 \2", line, flags=re.DOTALL) for line in lines]
    assert sorted(lines) == sorted(expected.splitlines())


def test_every_case_is_read() -> None:
    headings = sum(path.read_text("utf-8").count("\n## ") for path in CASES.glob("*.md"))
    assert headings == len(list(_cases())) > 10
