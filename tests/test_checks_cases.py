"""Case files: a monograph in Markdown and the findings it must give, and nothing else of those codes."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from leaflets import checks
from leaflets.model.finding import Finding
from leaflets.model.review import CheckBasis
from leaflets.parse import parse
from leaflets.parse.evidence_file import parse_evidence

CASES = Path(__file__).parent / "cases" / "checks"
_CASE = re.compile(
    r"^## (?P<title>.+?) \((?P<codes>[A-Z]{2}-[^)]+)\)\n+```monograph\n(?P<text>.*?)```\n+"
    r"(?:```evidence\n(?P<evidence>.*?)```\n+)?"
    r"```findings\n(?P<found>.*?)```",
    re.MULTILINE | re.DOTALL,
)
_FRONT = "---\ntitle: Test\n---\n"
_REGISTER = (
    "---\nsources:\n  - {id: L1, kind: label, title: A label, jurisdiction: US, date: 2026-05-01}\n"
    "  - {id: G2, kind: guideline, title: A guideline, date: 2024-02}\n---\n"
)


def _cases() -> Iterator[object]:
    for path in sorted(CASES.glob("*.md")):
        for case in _CASE.finditer(path.read_text("utf-8")):
            line = path.read_text("utf-8")[: case.start()].count("\n") + 1
            codes = tuple(case["codes"].split(", "))
            yield pytest.param(case["text"], case["evidence"] or "", codes, case["found"], id=f"{path.name}:{line}")


def _line(finding: Finding, shift: int) -> str:
    audience = finding.audience.value if finding.audience else ""
    return f"{finding.line - shift}:{finding.column} {finding.code} {finding.excerpt} {audience}".strip()


@pytest.mark.parametrize(("text", "evidence", "codes", "expected"), list(_cases()))
def test_case_gives_its_findings(text: str, evidence: str, codes: tuple[str, ...], expected: str) -> None:
    source = text if text.startswith("---") else _FRONT + text
    shift = source.count("\n") - text.count("\n")
    register = "" if evidence.startswith("---") else _REGISTER
    read = parse_evidence(register + evidence, name="case", file="evidence.md") if evidence else None
    ids = [each.id for each in read.sources] if read else ()
    monograph = parse(source, name="case", file="case.md", sources=ids)
    findings = checks.check(monograph, source, today=dt.date(2026, 6, 1), basis=CheckBasis(read))
    lines = [
        _line(finding, shift if finding.file == "case.md" else 0)
        for finding in findings
        if finding.code.startswith(codes)
    ]
    if any(code == "PL-04" for code in codes):
        lines = [re.sub(r"(PL-04 \w+ \w+).*?(patient|clinician)?$", r"\1 \2", line, flags=re.DOTALL) for line in lines]
    assert sorted(lines) == sorted(expected.splitlines())


def test_every_case_is_read() -> None:
    headings = sum(
        len(re.findall(r"^## .*\([A-Z]{2}-", path.read_text("utf-8"), re.MULTILINE)) for path in CASES.glob("*.md")
    )
    assert headings == len(list(_cases())) > 10
