"""The linter: what a careful pharmacist would catch before a sheet is printed."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from leaflets.checks import (
    completeness,
    consistency,
    contradictions,
    dosage,
    evidence,
    jargon,
    missing_details,
    numbers,
    plain_language,
    safety,
    suppress,
    translations,
)
from leaflets.checks.communication_index import IndexItem, index_items, score
from leaflets.checks.findings import FindingBuilder
from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.checks.reading.indexed_text import Reading, readings
from leaflets.checks.reading.readability import TextCounts
from leaflets.checks.rule import Family, Rule, Violation
from leaflets.checks.suppress import Suppressed, apply_suppressions
from leaflets.model.edition import Audience
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Monograph
from leaflets.model.review import NO_BASIS, CheckBasis

__all__ = [
    "ENGLISH_ONLY",
    "RULES",
    "SAFETY_FAMILIES",
    "CheckReport",
    "IndexItem",
    "Rule",
    "Suppressed",
    "TextCounts",
    "apply_suppressions",
    "check",
    "count_safety_errors",
    "find_rule",
    "full_report",
    "patient_grades",
    "patient_index_items",
    "rules_left_out",
    "score",
]  # fmt: skip

RULES: tuple[Rule, ...] = (
    *safety.RULES,
    *numbers.RULES,
    *contradictions.RULES,
    *completeness.RULES,
    *missing_details.RULES,
    *dosage.RULES,
    *consistency.RULES,
    *translations.RULES,
    *evidence.RULES,
    *plain_language.RULES,
    *jargon.RULES,
    *suppress.RULES,
)
"""Every rule, by family."""

SAFETY_FAMILIES = frozenset({Family.SAFETY, Family.NUMBERS, Family.TRANSLATION})
"""The families whose open errors are counted in the footer of a sheet."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The open findings and the suppressed ones, in the order of the source."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]


def check(
    monograph: Monograph,
    source: str = "",
    audiences: Iterable[Audience] = Audience,
    *,
    today: dt.date | None = None,
    original: Monograph | None = None,
    basis: CheckBasis = NO_BASIS,
) -> tuple[Finding, ...]:
    """The open findings for these audiences, in the order of the source. See `full_report`."""
    return full_report(monograph, source, audiences, today=today, original=original, basis=basis).findings


def full_report(
    monograph: Monograph,
    source: str = "",
    audiences: Iterable[Audience] = Audience,
    *,
    today: dt.date | None = None,
    original: Monograph | None = None,
    basis: CheckBasis = NO_BASIS,
) -> CheckReport:
    """The findings of all rules over a monograph, and of its parser, open and suppressed.

    `source` is the monograph's text, for exact lines and columns; without it a finding has the line of its block.
    Without `today` no review date counts as passed, and no source as old. `original` is the text that this one
    translates, `basis` what its sources say and how far it is vouched for. A finding that holds for both audiences,
    where both are asked for, names neither.
    """
    builder = FindingBuilder(monograph.file, source)
    audiences_of: dict[Finding, list[Audience]] = {}
    evidenced = EvidencedMonograph(monograph, basis.evidence, basis.policy)
    for reading in readings(monograph, audiences, today, original, evidenced, basis.review):
        for finding in builder.build(_violations(reading)):
            audiences_of.setdefault(finding, []).append(reading.audience)
    of_rules = (replace(finding, audience=None if len(of) > 1 else of[0]) for finding, of in audiences_of.items())
    of_parser = (finding for finding in monograph.findings if finding.code != _MARK_WITHOUT_SOURCE)
    findings = sorted((*of_parser, *of_rules), key=lambda finding: (finding.file != monograph.file, *_order(finding)))
    return CheckReport(*apply_suppressions(findings, monograph.front.allow, monograph.sections))


_MARK_WITHOUT_SOURCE = "MD09"  # the parser's code for what CO-07 reports for each audience


def patient_index_items(monograph: Monograph) -> tuple[IndexItem, ...]:
    """The items of the CDC Clear Communication Index and of PEMAT-P for the patient text, each with its verdict."""
    return index_items(readings(monograph, (Audience.PATIENT,))[0])


def patient_grades(monograph: Monograph) -> Mapping[str, TextCounts]:
    """The reading grade of each section of the patient text, by its heading; under "" that of the whole."""
    return plain_language.grades(readings(monograph, (Audience.PATIENT,))[0])


def find_rule(code: str) -> Rule | None:
    """The rule with this code, in any case of letters."""
    return _by_code().get(code.upper())


def count_safety_errors(findings: Iterable[Finding], audience: Audience) -> int:
    """The number of open errors of the safety families in an audience's sheet."""
    return sum(
        finding.severity is Severity.ERROR and finding.audience in (None, audience) and is_safety(finding.code)
        for finding in findings
    )


def is_safety(code: str) -> bool:
    """Whether the rule with this code belongs to a family whose open errors are counted in the footer of a sheet."""
    rule = find_rule(code)
    return rule is not None and rule.family in SAFETY_FAMILIES


@cache
def _by_code() -> dict[str, Rule]:
    return {rule.code: rule for rule in RULES}


ENGLISH_ONLY = frozenset({
    "CO-08", "CO-09", "CO-15", "CO-18", "CO-19", "EP-N16", "NU-05", "NU-06", "NU-07", "PL-01", "PL-02", "PL-03",
    "PL-07", "PL-08", "PL-09", "PL-10", "PL-11",
    "EV-03", "EV-04", "EV-05", "EV-06", "EV-07", "EV-08", "EV-09", "EV-10", "EV-11", "EV-13", "EV-14",
    "EV-15", "EV-16", "EV-17", "EV-18", "EV-19", "EV-20", "EV-21",
})  # fmt: skip
"""Rules that look for English words or count English syllables."""


def rules_left_out(lang: str) -> tuple[str, ...]:
    """The codes of the rules that are not applied to a text in this language, in order."""
    return () if lang.split("-")[0] == "en" else tuple(sorted(ENGLISH_ONLY))


def _violations(reading: Reading) -> Iterator[tuple[Rule, Violation, Severity]]:
    left_out = rules_left_out(reading.monograph.lang)
    for rule in RULES:
        severity = rule.severity(reading.audience)
        if severity is not None and rule.code not in left_out:
            for violation in rule.find(reading):
                yield rule, violation, violation.severity or severity


def _order(finding: Finding) -> tuple[int, int, str, str]:
    return finding.line, finding.column, finding.code, finding.audience or ""
