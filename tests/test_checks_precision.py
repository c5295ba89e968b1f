"""A hundred findings drawn by lot from real monographs and judged by reading; and near misses that must stay silent."""

import csv
from pathlib import Path

import pytest

from leaflets import checks
from leaflets.model.edition import Audience
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


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("Carriers of HLA-A*02:01 may take it.", "EP-N13", 0),
        ("Take it at 02:01.", "EP-N13", 1),
        ("It is made by Johnson & Johnson.", "EP-S05", 0),
        ("It causes fever & chills.", "EP-S05", 1),
        ("It contains pertactin (PRN).", "EP-F18", 0),
        ("Take one tablet PRN.", "EP-F18", 1),
        ("Take it as needed (PRN).", "EP-F18", 1),
        ("Before a hematopoietic cell transplantation (HCT) and after HCT.", "EP-D11", 0),
        ("Give hydrocortisone (HCT).", "EP-D11", 1),
        ("The maximum is 20 mg a day. Loading dose of 300 mg.", "NU-05", 0),
        ("Raise it by 30 mg. The maximum is 20 mg a day.", "NU-05", 0),
        ("Take 30 mg once a day. The maximum is 20 mg a day.", "NU-05", 1),
    ],
)
def test_what_only_looks_like_a_fault_is_none(text: str, code: str, expected: int) -> None:
    source = f"---\ntitle: Testol\n---\n\n### Dosage\n\n{text}\n"
    findings = checks.check(parse(source, name="case", file="case.md"), source, (Audience.PATIENT,))
    assert sum(finding.code == code for finding in findings) == expected
