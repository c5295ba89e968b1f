"""Every rule: its code, its two examples, its row in the manual, and how much work it does."""

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from leaflets import checks
from leaflets.checks import rule_table
from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.checks.reading.indexed_text import readings
from leaflets.checks.rule import Rule, Violation
from leaflets.model.edition import Audience
from leaflets.model.evidence import DEFAULT_POLICY
from leaflets.model.finding import Severity
from leaflets.parse import parse
from leaflets.parse.evidence_file import parse_evidence

if TYPE_CHECKING:
    from _typeshed import TraceFunction

TODAY = dt.date(2026, 6, 1)
GRAVITY = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}


def _monograph(example: str) -> str:
    whole = example if example.startswith("---") else f"---\ntitle: Test\n---\n\n{example}"
    return whole if "###" in whole else whole.replace("---\n\n", "---\n\n### Dosage\n\n") + "\n\n### Uses\n\nRest.\n"


def _violations(rule: Rule, example: str) -> list[Violation]:
    evidence = parse_evidence(rule.evidence, name="test", file="evidence/test.md") if rule.evidence else None
    sources = [source.id for source in evidence.sources] if evidence else ()
    lang = "es" if rule.translated_from else "en"
    monograph = parse(_monograph(example), name="test", file="test.md", lang=lang, sources=sources)
    original = parse(_monograph(rule.translated_from), name="test", file="test.md") if rule.translated_from else None
    evidenced = EvidencedMonograph(monograph, evidence, DEFAULT_POLICY)
    violations = []
    for reading in readings(monograph, Audience, TODAY, original, evidenced):
        severity = rule.severity(reading.audience)
        if severity:
            least = GRAVITY[severity]
            violations += [each for each in rule.find(reading) if GRAVITY[each.severity or severity] >= least]
    return violations


EXAMPLES = [rule for rule in checks.RULES if rule.code != "AL-01"]  # has tests of its own


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.code)
def test_bad_example_is_caught_and_good_one_is_not(rule: Rule) -> None:
    bad, good = _violations(rule, rule.bad), _violations(rule, rule.good)
    assert bad
    if rule.code == "CO-01":  # a whole monograph would not fit into an example
        assert len(good) < len(bad)
    else:
        assert not good


def test_codes_are_unique_and_found_in_any_case_of_letters() -> None:
    codes = [rule.code for rule in checks.RULES]
    assert len(codes) == len(set(codes))
    assert checks.find_rule("ep-f04") is next(rule for rule in checks.RULES if rule.code == "EP-F04")
    assert checks.find_rule("EP-XX") is None


def test_every_rule_says_why_where_from_and_what_to_write() -> None:
    for rule in checks.RULES:
        assert all((rule.title, rule.why, rule.source, rule.remedy)), rule.code
        assert rule.patient or rule.clinician, rule.code


def test_manual_lists_every_rule(root: Path) -> None:
    page = (root / "docs" / "checks.md").read_text("utf-8")
    assert rule_table.table(checks.RULES) in page, "run: python -m leaflets.checks.rule_table docs/checks.md"


# ------------------------------------------------------------------ work

HOSTILE = [
    "OD ", "v1.", "1,", ".5 mg ", "10-", "a.", "5/7 ", "q6h", "10 mg/", "(", "see ", "below specified ", "(nausea ",
    "hepatic ", "dose adjustment renal ", "is taken ", "1 in 10 ", "OAT3 inhibitors ", "“", "<1", "x3d ", "% solution ",
    "* a\n", "| 2 mg | ", "common. ", "should. ", "prescribing information dose ", "pregnant ", "serious ", "'a", "\n",
    "q4-", "section 3, ", "see the ", "20 mg to 10 mg ", "1-2-2026 ", "25° ", "xxxx5mg ", "10e6 ", "RA ", "1 mg/5 mL ",
    "5 mg bd max 2 mg ", "under 5 kg ", "children 5 mg, adults 50 mg; ", "x3 ", "1 to 2 mg/kg every 4 to 6 hours. ",
]  # fmt: skip
SIZE = 40


def _work(call: Callable[[], object]) -> int:
    """How many lines run, each turn of a loop anew: a measure of work that no busy machine can change."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> "TraceFunction":
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("atom", HOSTILE)
@pytest.mark.parametrize("section", ["Dosage", "Side effects", "Do not use"])
def test_work_grows_no_faster_than_the_text(atom: str, section: str) -> None:
    def job(times: int) -> Callable[[], object]:
        text = f"---\ntitle: Test\n---\n\n### {section}\n\nText.\n\n" + atom * times + "\n"
        monograph = parse(text, name="test", file="test.md")
        return lambda: checks.check(monograph, text, today=TODAY)

    jobs = [job(times * SIZE) for times in (1, 2, 4)]
    jobs[-1]()  # what is read from disk or compiled once is no work of the text
    once, twice, four_times = map(_work, jobs)
    assert four_times - twice <= 2.4 * (twice - once) + 800
