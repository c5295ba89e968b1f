"""The linter: what a careful pharmacist would catch before a sheet is printed."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from leaflets.checks import (
    completeness,
    jargon,
    numbers,
    plain_language,
    promises,
    safety,
    silence,
    translations,
    voices,
)
from leaflets.checks.findings import Placer
from leaflets.checks.index import IndexItem, judge, score
from leaflets.checks.readability import Measure
from leaflets.checks.reading import Reading, readings
from leaflets.checks.rule import Family, Hit, Rule
from leaflets.checks.silence import Suppressed, sift
from leaflets.model.edition import Audience
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Monograph

__all__ = [
    "ENGLISH_ONLY",
    "RULES",
    "SAFETY",
    "CheckReport",
    "IndexItem",
    "Measure",
    "Rule",
    "Suppressed",
    "check",
    "examine",
    "grades_of",
    "index_of",
    "left_out",
    "open_safety",
    "rule",
    "score",
    "sift",
]  # fmt: skip

RULES: tuple[Rule, ...] = (
    *safety.RULES,
    *numbers.RULES,
    *completeness.RULES,
    *promises.RULES,
    *voices.RULES,
    *translations.RULES,
    *plain_language.RULES,
    *jargon.RULES,
    *silence.RULES,
)
"""Every rule, in the order in which findings of one place are listed."""

SAFETY = frozenset({Family.SAFETY, Family.NUMBERS, Family.TRANSLATION})
"""The families whose errors a sheet must own up to in its footer."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What is open and what was silenced, in the order of the source."""

    findings: tuple[Finding, ...]
    silenced: tuple[Suppressed, ...]


def check(
    monograph: Monograph,
    source: str = "",
    audiences: Iterable[Audience] = Audience,
    *,
    today: dt.date | None = None,
    original: Monograph | None = None,
) -> tuple[Finding, ...]:
    """The open findings for these audiences, in the order of the source. See `examine`."""
    return examine(monograph, source, audiences, today=today, original=original).findings


def examine(
    monograph: Monograph,
    source: str = "",
    audiences: Iterable[Audience] = Audience,
    *,
    today: dt.date | None = None,
    original: Monograph | None = None,
) -> CheckReport:
    """All rules over a monograph, and what the parser found in its form. `source` is its text, for exact lines and
    columns; without it a finding has the line of its block. Without `today` no review date counts as passed. A finding
    that holds for every audience asked for, where that is both, names none. `original` is the text this one translates.
    """
    place = Placer(monograph.file, source)
    found: dict[Finding, list[Audience]] = {}
    for reading in readings(monograph, audiences, today, original):
        for finding in place.all(_hits(reading)):
            found.setdefault(finding, []).append(reading.audience)
    marked = (replace(finding, audience=None if len(seen) > 1 else seen[0]) for finding, seen in found.items())
    form = (finding for finding in monograph.findings if finding.code != _MARK_WITHOUT_SOURCE)
    found_all = sorted((*form, *marked), key=_order)
    return CheckReport(*sift(found_all, monograph.front.allow, monograph.sections))


_MARK_WITHOUT_SOURCE = "MD09"  # the parser's word for what CO-07 tells each audience


def index_of(monograph: Monograph) -> tuple[IndexItem, ...]:
    """The items of the CDC Clear Communication Index and of PEMAT-P for the patient text, each with its verdict."""
    return judge(readings(monograph, (Audience.PATIENT,))[0])


def grades_of(monograph: Monograph) -> Mapping[str, Measure]:
    """How hard each section of the patient text reads, by its heading; under "" the whole."""
    return plain_language.grades(readings(monograph, (Audience.PATIENT,))[0])


def rule(code: str) -> Rule | None:
    """The rule with this code, in any case of letters."""
    return _by_code().get(code.upper())


def open_safety(findings: Iterable[Finding], audience: Audience) -> int:
    """How many errors of the safety families an audience's sheet is printed with."""
    return sum(
        finding.severity is Severity.ERROR and finding.audience in (None, audience) and _family(finding) in SAFETY
        for finding in findings
    )


def _family(finding: Finding) -> Family | None:
    known = rule(finding.code)
    return known.family if known else None


@cache
def _by_code() -> dict[str, Rule]:
    return {known.code: known for known in RULES}


ENGLISH_ONLY = frozenset({
    "CO-08", "CO-09", "CO-15", "PL-01", "PL-02", "PL-03", "PL-07", "PL-08", "PL-09", "PL-10", "PL-11",
})  # fmt: skip
"""Rules that look for English words or count English syllables."""


def left_out(lang: str) -> tuple[str, ...]:
    """The codes of the rules that say nothing of a text in this language, in order."""
    return () if lang.split("-")[0] == "en" else tuple(sorted(ENGLISH_ONLY))


def _hits(reading: Reading) -> Iterator[tuple[Rule, Hit, Severity]]:
    skipped = left_out(reading.monograph.lang)
    for known in RULES:
        severity = known.severity(reading.audience)
        if severity is not None and known.code not in skipped:
            for hit in known.find(reading):
                yield known, hit, hit.severity or severity


def _order(finding: Finding) -> tuple[int, int, str, str]:
    return finding.line, finding.column, finding.code, finding.audience or ""
