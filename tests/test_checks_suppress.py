"""Which findings an author may suppress, with a reason, and the safety errors that a sheet's footer must count."""

from dataclasses import replace

import pytest

from leaflets import checks
from leaflets.model.edition import Audience
from leaflets.model.monograph import Monograph, Suppression
from leaflets.parse import parse

TEXT = """---
title: Test
---

### Uses

Gout OD.

### Dosage

Take 2 mg OD & rest, IV.
"""


def _monograph(*allow: Suppression) -> Monograph:
    monograph = parse(TEXT, name="t", file="t.md")
    return replace(monograph, front=replace(monograph.front, allow=allow))


def _open(*allow: Suppression) -> list[tuple[int, str]]:
    findings = checks.check(_monograph(*allow), TEXT)
    return [(finding.line, finding.code) for finding in findings if finding.code in ("EP-F04", "EP-S05", "AL-01")]


ALL = [(7, "EP-F04"), (11, "EP-F04"), (11, "EP-S05")]


@pytest.mark.parametrize(("allow", "suppressed"), [
    (Suppression("EP-F04", "quoted"), [ALL[0], ALL[1]]),
    (Suppression("ep-f04", "quoted", line=7), [ALL[0]]),
    (Suppression("EP-F04", "quoted", section="dosage"), [ALL[1]]),
    (Suppression("EP-S05", "a name", words="&"), [ALL[2]]),
    (Suppression("EP-S05", "a name", words="+"), []),
    (Suppression("EP-S05", "a name", line=7), []),
    (Suppression("EP-N01", "other"), []),
])  # fmt: skip
def test_what_an_entry_covers(allow: Suppression, suppressed: list[tuple[int, str]]) -> None:
    report = checks.full_report(_monograph(allow), TEXT)
    assert _open(allow) == [position for position in ALL if position not in suppressed]
    assert [(s.finding.line, s.finding.code, s.reason) for s in report.suppressed] == [
        (line, code, allow.reason) for line, code in suppressed
    ]


def test_without_a_reason_nothing_is_suppressed_and_that_is_said() -> None:
    assert _open(Suppression("EP-F04", " ")) == [(0, "AL-01"), *ALL]


def test_open_safety_findings_are_counted_for_each_audience() -> None:
    findings = checks.check(_monograph(), TEXT)
    assert checks.count_safety_errors(findings, Audience.CLINICIAN) == 3
    assert checks.count_safety_errors(findings, Audience.PATIENT) == 4  # IV is an error for patients only
    with_one_suppressed = checks.check(_monograph(Suppression("EP-F04", "r")), TEXT)
    assert checks.count_safety_errors(with_one_suppressed, Audience.CLINICIAN) == 1


def test_findings_of_one_audience_name_it() -> None:
    both = {f.audience for f in checks.check(_monograph(), TEXT) if f.code == "EP-F04"}
    one = {f.audience for f in checks.check(_monograph(), TEXT, [Audience.PATIENT]) if f.code == "EP-F04"}
    assert (both, one) == ({None}, {Audience.PATIENT})


def test_the_front_matter_suppresses() -> None:
    allow = "allow:\n  - {code: EP-F04, section: storage, reason: no}\n  - {code: EP-F04, words: OD, reason: quoted}\n"
    source = TEXT.replace("title: Test\n", "title: Test\n" + allow)
    report = checks.full_report(parse(source, name="t", file="t.md"), source)
    assert [suppressed.reason for suppressed in report.suppressed] == ["quoted", "quoted"]
