"""Dangers planted in a monograph with evidence: each is an error, and the monograph without them has none."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from leaflets import checks
from leaflets.errors import UsageError
from leaflets.model.evidence import DEFAULT_POLICY, EvidencePolicy, SourceKind
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Suppression
from leaflets.model.review import CheckBasis
from leaflets.parse import parse
from leaflets.parse.evidence_file import parse_evidence
from leaflets.project.settings_file import read_settings

TODAY = dt.date(2026, 12, 1)
EVIDENCE = """\
---
sources:
  - {id: L1, kind: label, title: A label, jurisdiction: US, date: 2026-05-01}
  - {id: B1, kind: other, title: A blog, jurisdiction: US, date: 2026-01}
  - {id: O1, kind: label, title: An old label, jurisdiction: US, date: 1999}
---

## L1:Box Boxed warning

- **bleeding / bleed:** Major or fatal bleeding.

## L1:2 Dosage

| For | Load | Then | Most |
|---|---|---|---|
| Clots | 300 mg once | 75 mg once daily | 300 mg a day |

Start with 2 to 5 mg where the weight is under 40 kg. Levothyroxine: 25 mcg.

Stop 5 days before surgery. Do not double a dose.

## L1:7 Interactions

- Omeprazole: avoid.

## B1 Dosage

75 mg once daily.

## O1 Dosage

75 mg once daily.
"""
TEXT = """\
---
title: Examplol
jurisdiction: US
version: "1"
---

### Key message

/// patient

- Take it once a day. It can make you bleed.
- Do not take two doses at once.

///

### Boxed warning

**Bleeding:** can be fatal.[^L1:Box]

### Interactions

/// clinician

Omeprazole: avoid.[^L1:7]

///

/// patient

Do not take it with omeprazole.

///

### Dosage

/// clinician

Load with 300 mg, then 75 mg once daily; at most 300 mg a day.[^L1:2] Under 40 kg: 2 to 5 mg.[^L1:2]
Levothyroxine: 25 mcg.[^L1:2] Stop 5 days before surgery.[^L1:2]

///

### Overdose

/// patient

Call Poison Help at 1-800-222-1222.

///
"""
DANGERS = {
    "a loading dose ten times": ("300 mg, then", "3,000 mg, then", "EV-03"),
    "above the maximum": ("300 mg, then", "3,000 mg, then", "EV-07"),
    "the day before surgery": ("Stop 5 days", "Stop 50 days", "EV-03"),
    "a range ten times": ("2 to 5 mg", "2 to 50 mg", "EV-03"),
    "another unit": ("25 mcg", "25 mg", "EV-03"),
    "the other comparison": ("Under 40 kg", "Over 40 kg", "EV-03"),
    "twice a day for the patient": ("Take it once a day", "Take it 2 times a day", "EV-08"),
    "two doses at once": ("- Do not take two", "- Take two", "EV-13"),
    "a forbidden pair": ("Do not take it with", "Take it with", "EV-13"),
    "no boxed warning": ("**Bleeding:** can be fatal.[^L1:Box]", "Read the label.", "EV-09"),
    "a blog as the source": ("300 mg a day.[^L1:2]", "300 mg a day.[^L1:2] 75 mg once daily.[^B1]", "EV-12"),
    "a text of 1999 as the source": ("300 mg a day.[^L1:2]", "300 mg a day.[^L1:2] 75 mg once daily.[^O1]", "EV-12"),
    "a wrong Poison Help number": ("222-1222", "222-1223", "EV-14"),
}


def findings(text: str, evidence: str = EVIDENCE, policy: EvidencePolicy = DEFAULT_POLICY) -> list[Finding]:
    read = parse_evidence(evidence, name="examplol", file="content/evidence/examplol.md")
    sources = [source.id for source in read.sources]
    monograph = parse(text, name="examplol", file="content/examplol.md", sources=sources)
    report = checks.full_report(monograph, text, today=TODAY, basis=CheckBasis(read, policy))
    return [each for each in report.findings if each.code.startswith("EV")]


def test_the_monograph_itself_has_no_finding() -> None:
    assert findings(TEXT) == []


@pytest.mark.parametrize("danger", DANGERS)
def test_a_planted_danger_is_an_error(danger: str) -> None:
    was, now, code = DANGERS[danger]
    assert was in TEXT
    errors = [each.code for each in findings(TEXT.replace(was, now)) if each.severity is Severity.ERROR]
    assert code in errors


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("5 days before", "five days before"),
        ("75 mg once daily; at", "0.075 g every 24 hours; at"),
        ("at most 300 mg a day", "no more than 300 mg daily"),
        ("Take it once a day", "Take it every day"),
        ("25 mcg", "0.025 mg"),
        ("Under 40 kg", "Less than 40 kg"),
        ("2 to 5 mg", "2-5 mg"),
        ("- Do not take two doses at once.\n", ""),
    ],
)
def test_what_changes_nothing_is_no_finding(was: str, now: str) -> None:
    assert was in TEXT
    assert findings(TEXT.replace(was, now)) == []


def test_a_finding_names_the_place_in_the_monograph_and_the_passage() -> None:
    (finding,) = (each for each in findings(TEXT.replace("Stop 5 days", "Stop 50 days")) if each.code == "EV-03")
    assert (finding.file, finding.excerpt) == ("content/examplol.md", "50 days")
    assert TEXT.splitlines()[finding.line - 1].startswith("Load with")
    assert "L1:2, content/evidence/examplol.md:12" in finding.message


def test_a_finding_on_a_source_stands_in_the_evidence_file() -> None:
    (finding,) = findings(TEXT.replace("Stop 5 days before surgery.[^L1:2]", "75 mg once daily.[^L1:2,B1]"))
    assert (finding.file, finding.line) == ("content/evidence/examplol.md", 4)
    assert finding.severity is Severity.WARNING


def test_the_policy_says_what_is_old_and_weak() -> None:
    text = TEXT.replace("Stop 5 days before surgery.[^L1:2]", "75 mg once daily.[^B1]")
    assert findings(text, policy=EvidencePolicy(floor=SourceKind.OTHER)) == []
    text = TEXT.replace("Stop 5 days before surgery.[^L1:2]", "75 mg once daily.[^O1]")
    assert findings(text, policy=EvidencePolicy(label_years=30)) == []


def test_the_numbers_of_the_pharmacy_are_help_too() -> None:
    text = TEXT.replace("1-800-222-1222", "1-800-555-0199")
    assert findings(text, policy=EvidencePolicy(help_numbers=("1-800-555-0199",))) == []


def test_an_error_cannot_be_silenced_and_a_warning_can() -> None:
    text = TEXT.replace("Stop 5 days", "Stop 50 days").replace("Omeprazole: avoid.[", "Avoid warfarin.[")
    read = parse_evidence(EVIDENCE, name="examplol", file="e.md")
    monograph = parse(text, name="examplol", file="m.md", sources=["L1", "B1", "O1"])
    allow = (Suppression("EV-03", "It is right."), Suppression("EV-17", "It is right."))
    monograph = replace(monograph, front=replace(monograph.front, allow=allow))
    report = checks.full_report(monograph, text, today=TODAY, basis=CheckBasis(read))
    open_ = {each.code: each.hint for each in report.findings if each.code.startswith("EV")}
    assert "cannot be let stand" in open_["EV-03"]
    assert [each.finding.code for each in report.suppressed] == ["EV-17"]


def test_without_an_evidence_file_only_what_needs_none_is_found() -> None:
    text = TEXT.replace("- Do not take two", "- Take two").replace("[^L1:2]", "").replace("[^L1:Box]", "")
    text = text.replace("[^L1:7]", "")
    report = checks.check(parse(text, name="examplol", file="m.md"), text, today=TODAY)
    assert [each.code for each in report if each.code.startswith("EV")] == ["EV-13"]


def test_a_country_is_known_by_its_other_code_too() -> None:
    text = TEXT.replace("jurisdiction: US", "jurisdiction: UK").replace("Call Poison Help at", "Call 911 or")
    assert ("EV-14", "911") in {(each.code, each.excerpt) for each in findings(text)}


def test_the_settings_say_what_is_asked_of_sources(tmp_path: Path) -> None:
    path = tmp_path / "leaflet.toml"
    path.write_text('[pharmacy]\npoison = "555 0199"\n[evidence]\nfloor = "label"\nyears = {label = 1}\n', "utf-8")
    assert read_settings(path).evidence_policy == EvidencePolicy(SourceKind.LABEL, 1, 5, ("555 0199",))
    path.write_text('[evidence]\nfloor = "blog"\n', "utf-8")
    with pytest.raises(UsageError, match=r"“evidence\.floor” cannot be “blog”"):
        read_settings(path)
    path.write_text("[evidence]\nyears = {label = -1}\n", "utf-8")
    with pytest.raises(UsageError, match=r"“evidence\.years\.label” must be a whole number"):
        read_settings(path)
