"""Findings drawn by lot from the two halves of the corpus, each judged by reading: precision by family."""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from leaflets import checks
from leaflets.model.finding import Finding, Severity
from leaflets.parse import parse
from tests.corpus_halves import is_held_out

JUDGED = list(csv.DictReader((Path(__file__).parent / "cases/checks/judged.csv").read_text("utf-8").splitlines()))
MANUAL = (Path(__file__).parents[1] / "docs/checks.md").read_text("utf-8")
LEAST = 0.95
ENOUGH = 20
"""A family of fewer findings in a sample is too small for a share; the numbers family is (docs/checks.md)."""

Row = dict[str, str]
Key = tuple[str, str, str]


@cache
def _findings(path: Path) -> frozenset[Key]:
    source = path.read_text("utf-8")
    findings = checks.check(parse(source, name=path.stem, file=path.name), source)
    return frozenset(_key(each) for each in findings if each.severity in (Severity.ERROR, Severity.WARNING))


def _key(finding: Finding) -> Key:
    words = finding.message if finding.code == "CO-01" else finding.excerpt
    return str(finding.line), finding.code, words


def occurs(corpus: Path, row: Row) -> bool:
    """Whether the rules still find what was judged."""
    return (row["line"], row["code"], row["excerpt"]) in _findings(corpus / row["file"])


def test_each_sample_is_of_its_half_and_as_large_as_the_manual_says() -> None:
    sizes = Counter(row["half"] for row in JUDGED)
    assert (sizes["tuning"], sizes["held out"]) == (100, 200)
    assert all(is_held_out(Path(row["file"])) == (not row["half"].endswith("tuning")) for row in JUDGED)
    assert all(row["verdict"] in ("right", "wrong") and row["why"] for row in JUDGED)


def test_what_was_judged_right_is_still_found(corpus: Path) -> None:
    assert not [row for row in JUDGED if row["verdict"] == "right" and not occurs(corpus, row)]


@pytest.mark.parametrize("half", ["tuning", "held out"])
def test_precision_of_every_family(corpus: Path, half: str) -> None:
    fired: dict[str, Counter[str]] = {}
    for row in JUDGED:
        if row["half"] == half and occurs(corpus, row):
            fired.setdefault(row["code"][:2], Counter())[row["verdict"]] += 1
    enough = {family: verdicts for family, verdicts in fired.items() if verdicts.total() >= ENOUGH}
    assert enough.keys() == {"EP", "CO", "PL"}
    low = {family: verdicts for family, verdicts in enough.items() if verdicts["right"] / verdicts.total() < LEAST}
    assert not low


def test_the_manual_says_what_was_judged() -> None:
    """The table of the manual has each rule's findings of the held-out half: judged right, of how many."""
    for codes, half in (
        ({row["code"] for row in JUDGED if row["half"] == each}, each) for each in ("held out", "whole rule")
    ):
        for code in codes:
            verdicts = [row["verdict"] for row in JUDGED if row["half"] == half and row["code"] == code]
            assert f"{code} {verdicts.count('right')} of {len(verdicts)}" in MANUAL


def test_the_mended_rules_find_nothing_that_was_judged_wrong(corpus: Path) -> None:
    """All that these rules find in the corpus was read; the manual says how much of it is right."""
    whole = [row for row in JUDGED if row["half"].startswith("whole rule") or row["code"].startswith("NU-")]
    still = Counter((row["code"], row["verdict"]) for row in whole if occurs(corpus, row))
    assert not [code for code, verdict in still if verdict == "wrong"]
    for code in ("CO-08", "CO-09", "CO-19", "NU-05"):
        assert f"{code}\n  {still[code, 'right']} of" in MANUAL or f"{code} {still[code, 'right']} of" in MANUAL
