"""Sentences with one true danger each: every one is found, as grave as the table says for each audience."""

import csv
from pathlib import Path

import pytest

from leaflets import checks
from leaflets.model.edition import Audience
from leaflets.parse import parse

ROWS = list(csv.DictReader((Path(__file__).parent / "cases/checks/dangers.csv").read_text("utf-8").splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['code']} {row['sentence']}")
def test_danger_is_found_as_grave_as_it_is(row: dict[str, str]) -> None:
    rule = checks.find_rule(row["code"])
    assert rule is not None
    source = f"---\ntitle: Danger\n---\n\n### Dosage\n\n{row['sentence']}\n"
    monograph = parse(source, name="d", file="d.md")
    for audience in Audience:
        severities = [f.severity for f in checks.check(monograph, source, [audience]) if f.code == rule.code]
        severity = rule.severity(audience)
        assert set(severities) == ({severity} if severity else set()), audience


def test_every_error_prone_form_has_its_sentence() -> None:
    assert {row["code"] for row in ROWS} == {rule.code for rule in checks.RULES if rule.code.startswith("EP-")}
