"""A hundred findings drawn by lot from real monographs and judged by reading; and near misses that must stay silent."""

import csv
from pathlib import Path

import pytest

from leaflets import checks
from leaflets.model.edition import Audience
from leaflets.model.finding import Severity
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
        ("Put 1 drop of the 2.5% solution into the eye.", "EP-N15", 0),
        ("Give 100 mL of the 2.5% solution.", "EP-N15", 1),
        ("The maximum is 20 mg a day. Loading dose of 300 mg.", "NU-05", 0),
        ("Raise it by 30 mg. The maximum is 20 mg a day.", "NU-05", 0),
        ("Take 30 mg once a day. The maximum is 20 mg a day.", "NU-05", 1),
    ],
)
def test_what_only_looks_like_a_fault_is_none(text: str, code: str, expected: int) -> None:
    source = f"---\ntitle: Testol\n---\n\n### Dosage\n\n{text}\n"
    findings = checks.check(parse(source, name="case", file="case.md"), source, (Audience.PATIENT,))
    assert sum(finding.code == code for finding in findings) == expected


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("Serious reactions require immediate medical attention.", "CO-09", 0),
        ("Serious reactions should be reported to your doctor.", "CO-09", 0),
        ("Serious reactions occur.", "CO-09", 1),
        (
            "Serious reactions occur.\n\n### FAQs\n\n* **Q: Side effects?** A: Contact your doctor right away.",
            "CO-09",
            0,
        ),
        ("Serious reactions occur.\n\n### Dosage\n\nSwallow it immediately and see your doctor.", "CO-09", 1),
        ("Rash.", "CO-08", 1),
        ("Rash. Seek medical help.", "CO-08", 0),
        ("Rash. Call your doctor right away.", "CO-08", 0),
        ("Rash. Call your doctor.", "CO-08", 1),
        ("Rash. Take it immediately before you go to bed.", "CO-08", 1),
        ("Rash. Ask your doctor about immediate-release tablets.", "CO-08", 1),
        ("Rash. If your sight changes, consult your ophthalmologist immediately.", "CO-08", 0),
        ("Rash. Immediate medical attention should be sought.", "CO-08", 0),
        ("It causes severe liver damage, and should never be used.", "CO-09", 0),
        ("It is contraindicated in severe respiratory depression.", "CO-09", 0),
        ("**Contraindications:** severe infections.", "CO-09", 0),
        ("Care is needed in severe liver disease.", "CO-09", 0),
        ("It causes severe liver damage.", "CO-09", 1),
        ("Rash.\n\n### Dosage\n\nThe dose is 0.1 mmol/kg for imaging of the brain.", "CO-19", 0),
        ("Rash.\n\n### Dosage\n\nAs a preservative its concentration is 0.5%.", "CO-19", 0),
        ("Rash.\n\n### Dosage\n\nThe dose is 0.1 mmol/kg into a vein.", "CO-19", 1),
        ("Dosage adjustments aren't needed in renal impairment.", "CO-11", 0),
        ("Renal impairment doesn’t require dose adjustments.", "CO-11", 0),
        ("Dosage adjustments are needed in renal impairment.", "CO-11", 1),
        ("In CrCl 60-30 mL/min give 5 mg.", "NU-03", 0),
        ("In renal impairment (60 to 30 mL/min) give 5 mg.", "NU-03", 0),
        ("Give 20-10 mg.", "NU-03", 1),
        ("It is safe when used as directed.", "EP-N14", 0),
        ("It works if taken as directed.", "EP-N14", 0),
        ("Take one tablet twice daily as directed.", "EP-N14", 0),
        ("Take one tablet as directed.", "EP-N14", 1),
        ("Take 40 mg. Increase it in steps (no more than 10 mg).", "NU-05", 0),
        ("The first dose is a 40 mg loading dose. The maximum is 30 mg a day.", "NU-05", 0),
        ("Raise it to 40 mg/day for children aged 2-16. The maximum is 10 mg/day in children under 2.", "NU-05", 0),
        ("Give 40 mg/day to children aged 2-16. The maximum is 10 mg/day in children aged 2-16.", "NU-05", 1),
        ("Take 40 mg a day. The maximum is 30 mg a day.", "NU-05", 1),
    ],
)
def test_warnings_and_errors_are_of_real_faults(text: str, code: str, expected: int) -> None:
    source = f"---\ntitle: Testol\n---\n\n### Side effects\n\n{text}\n"
    findings = checks.check(parse(source, name="case", file="case.md"), source)
    fired = {each.line for each in findings if each.code == code and each.severity is not Severity.INFO}
    assert len(fired) == expected


def test_help_without_a_number_is_an_info() -> None:
    source = "---\ntitle: Testol\n---\n\n### Side effects\n\nRash. Seek medical help.\n"
    [finding] = [
        each for each in checks.check(parse(source, name="case", file="case.md"), source) if each.code == "CO-08"
    ]
    assert finding.severity is Severity.INFO
    assert "no number to call" in finding.message


def test_no_message_reads_twice_that_something_is_misread() -> None:
    rules = {rule.code: rule.why for rule in checks.RULES if rule.code.startswith("EP-")}
    assert not [why for why in rules.values() if why.lower().count("misread") > 1 or "list itself" in why]
