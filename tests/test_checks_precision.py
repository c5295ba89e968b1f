"""A hundred findings drawn by lot from real monographs and judged by reading; and near misses that must stay silent."""

import csv
from pathlib import Path

import pytest

from leaflets import checks
from leaflets.parse import parse

ROWS = list(csv.DictReader((Path(__file__).parent / "cases/checks/precision.csv").read_text("utf-8").splitlines()))
LEAST = 0.95


def _fires(row: dict[str, str]) -> bool:
    source = f"---\ntitle: Sample\n---\n\n### Dosage\n\n{row['snippet']}\n"
    findings = checks.check(parse(source, name="s", file="s.md"), source)
    return any(finding.code == row["code"] and finding.excerpt == row["words"] for finding in findings)


@pytest.mark.parametrize("row", [row for row in ROWS if row["verdict"] == "right"], ids=lambda row: row["snippet"][:30])
def test_what_was_judged_right_is_still_found(row: dict[str, str]) -> None:
    assert _fires(row)


@pytest.mark.parametrize("row", [row for row in ROWS if row["verdict"] == "never"], ids=lambda row: row["snippet"][:30])
def test_near_miss_stays_silent(row: dict[str, str]) -> None:
    assert not _fires(row)


def test_precision_of_the_sample() -> None:
    fired = [row["verdict"] for row in ROWS if row["verdict"] != "never" and _fires(row)]
    assert len(fired) >= 95
    assert fired.count("right") / len(fired) >= LEAST
