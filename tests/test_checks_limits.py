"""The limits at which a rule begins to apply, and the contexts in which it does not: each on both sides of the line."""

import datetime as dt

import pytest

from leaflets import checks
from leaflets.model.edition import Audience
from leaflets.model.finding import Finding, Severity
from leaflets.parse import parse

PATIENT, CLINICIAN = Audience.PATIENT, Audience.CLINICIAN
TODAY = dt.date(2026, 6, 1)


def findings_of(text: str, code: str, audience: Audience = PATIENT, front: str = "") -> list[Finding]:
    body = text if text.startswith("#") else f"### Dosage\n\n{text}"
    whole = f"---\ntitle: Test\n{front}---\n\n{body}\n"
    monograph = parse(whole, name="test", file="test.md")
    return [each for each in checks.check(monograph, whole, (audience,), today=TODAY) if each.code == code]


def severities(text: str, code: str, audience: Audience = PATIENT) -> list[Severity]:
    return [each.severity for each in findings_of(text, code, audience)]


def sentence(words: int) -> str:
    return " ".join(["Take", *["it"] * (words - 1)]) + "."


@pytest.mark.parametrize(
    ("audience", "words", "expected"),
    [
        (PATIENT, 20, []),
        (PATIENT, 21, [Severity.WARNING]),
        (PATIENT, 25, [Severity.WARNING]),
        (PATIENT, 26, [Severity.ERROR]),
        (CLINICIAN, 30, []),
        (CLINICIAN, 31, [Severity.WARNING]),
    ],
)
def test_the_length_of_a_sentence(audience: Audience, words: int, expected: list[Severity]) -> None:
    assert severities(sentence(words), "PL-04", audience) == expected


@pytest.mark.parametrize(("audience", "most"), [(PATIENT, 3), (CLINICIAN, 5)])
def test_the_sentences_of_a_paragraph(audience: Audience, most: int) -> None:
    assert not findings_of("Rest. " * most, "PL-05", audience)
    assert findings_of("Rest. " * (most + 1), "PL-05", audience)


@pytest.mark.parametrize(("audience", "most"), [(PATIENT, 7), (CLINICIAN, 9)])
def test_the_items_of_a_list(audience: Audience, most: int) -> None:
    assert not findings_of("- rest\n" * most, "PL-06", audience)
    assert findings_of("- rest\n" * (most + 1), "PL-06", audience)


@pytest.mark.parametrize(
    ("last_words", "expected"),
    [
        ("Your doctor will check it.", []),
        ("Your doctor will regularly check your blood every week.", [Severity.WARNING]),
        ("Immediately discontinue administration; hypersensitivity necessitates evaluation.", [Severity.ERROR]),
    ],
    ids=["grade 6 or less", "above grade 6", "above grade 8"],
)
def test_the_grade_of_the_whole_text(last_words: str, expected: list[Severity]) -> None:
    assert severities(" ".join([last_words] * 8), "PL-02") == expected


def test_a_review_is_overdue_on_the_day_after_its_date() -> None:
    assert not findings_of("Rest.", "CO-03", front="review_by: 2026-06-01\n")
    assert findings_of("Rest.", "CO-03", front="review_by: 2026-05-31\n")


def test_a_date_in_the_front_matter_reviews_nothing() -> None:
    assert findings_of("Rest.", "CO-02", front="reviewed: 2026-05-01\n")
    assert not findings_of("Rest.", "CO-02", front="review_by: 2026-07-01\n")
    (finding,) = findings_of("Rest.", "CO-20", front="reviewed: 2026-05-01\n")
    assert (finding.line, finding.severity) == (3, Severity.ERROR)
    assert "leaflet review test --by “Name, degree” --role first" in finding.hint


def test_every_id_of_a_reference_mark_needs_a_source() -> None:
    [finding] = findings_of("Rest.[^U1, U2]", "CO-07", front="sources:\n  - {id: U1, title: Label}\n")
    assert finding.excerpt == "U2"


@pytest.mark.parametrize("heading", ["Side effects", "Warnings", "Boxed warning"])
def test_a_serious_harm_needs_an_action_in_every_section_of_harms(heading: str) -> None:
    assert findings_of(f"### {heading}\n\nSerious infections occur.\n\n### Uses\n\nRest.", "CO-09", CLINICIAN)


def test_a_section_is_required_in_its_countries_only() -> None:
    rows = {each.message for each in findings_of("Rest.", "CO-01", front="jurisdiction: US\n")}
    assert rows != {each.message for each in findings_of("Rest.", "CO-01", front="jurisdiction: GB\n")}


@pytest.mark.parametrize(
    ("code", "text", "applies"),
    [
        ("EP-C03", "Give the SSI with insulin.", True),
        ("EP-C03", "Treat the SSI with cefazolin.", False),
        ("EP-C04", "Take w/ food.", True),
        ("EP-C04", "A cream of 1 g w/w.", False),
        ("EP-C04", "A solution of 1 g w/v.", False),
        ("EP-F15", "Take one tablet i/d.", True),
        ("EP-F15", "Take one tablet i / d.", False),
        ("EP-N01", "Take 2.0 mg.", True),
        ("EP-N01", "A level of 2.0 mg/dL.", True),
        ("EP-N01", "A level of 8.0 g/dL.", False),
        ("EP-N03", "Give 10000 mg.", True),
        ("EP-N03", "Give 1000 mg.", True),
        ("EP-N03", "Give 1000 units.", True),
        ("NU-03", "Take 20 to 10 mg.", True),
        ("NU-03", "Lower the dose from 20 to 10 mg.", False),
        ("NU-04", "| Use | Dose |\n|---|---|\n| Adults | 2 |", True),
        ("NU-04", "| Use | Dose (mg) |\n|---|---|\n| Adults | 2 |", False),
        ("CO-10", "* Lymphocytes: 500\n\nDo not start under the lymphocyte limits given below.", True),
        ("CO-10", "* one\n\nSee below.", True),
        ("CO-10", "See below.\n\n* one", False),
        ("CO-11", "Dose adjustments are needed in renal impairment.", True),
        ("CO-11", "No dose adjustments are needed in renal impairment.", False),
        ("CO-11", "Dose adjustments are needed in renal impairment.\n\nIn hepatic impairment give 1 mg.", True),
        ("CO-11", "Dose adjustments are needed in renal impairment.\n\nIn renal impairment give 1 mg.", False),
    ],
)
def test_where_a_rule_applies(code: str, text: str, applies: bool) -> None:
    assert bool([*findings_of(text, code, PATIENT), *findings_of(text, code, CLINICIAN)]) is applies


def test_both_ends_of_a_range_are_compared_with_the_clinician_text() -> None:
    text = "/// clinician\nGive 2 mg.\n///\n\n/// patient\nTake 1 to 2 mg.\n///"
    assert findings_of(text, "NU-01")
    assert not findings_of(text.replace("1 to 2", "2"), "NU-01")


def test_one_amount_in_two_units_is_no_contradiction_of_the_table() -> None:
    table = "\n\n| Use | Dose |\n|---|---|\n| Adults | 2 mg |"
    assert findings_of(f"Give 2 mcg.{table}", "NU-02", CLINICIAN)
    assert not findings_of(f"Give 2 milligrams.{table}", "NU-02", CLINICIAN)


def test_a_plain_word_of_the_country_is_offered() -> None:
    hints = [
        findings_of("You may pass wind with dysuria.", "PL-07", front=f"jurisdiction: {c}\n")[0].hint
        for c in ("US", "GB")
    ]
    assert "pain when you urinate" in hints[0]
    assert "pain when you pee" in hints[1]


def test_a_word_explained_at_its_first_use_is_an_info() -> None:
    assert severities("You may have neutropenia.", "PL-07") == [Severity.WARNING]
    assert severities("You may have neutropenia (few white blood cells).", "PL-07") == [Severity.INFO]


def test_indications_may_be_named_by_their_initials_in_the_dose_table() -> None:
    table = "\n\n### Dosage\n\n| Indication | Start |\n|---|---|\n| RA | 2 mg |"
    assert not findings_of(f"### Uses\n\n* Rheumatoid arthritis{table}", "CO-16", CLINICIAN)
    assert findings_of(f"### Uses\n\n* Gouty arthropathy{table}", "CO-16", CLINICIAN)


def test_a_contraindication_of_one_text_names_the_text_that_lacks_it() -> None:
    text = "### Do not use\n\n/// clinician\nSevere asthma.\n///\n\n/// patient\nDo not take it with glaucoma.\n///"
    assert [each.message for each in findings_of(text, "CO-15")] == [
        "the contraindication “glaucoma” is not in the clinician text"
    ]
    assert [each.message for each in findings_of(text, "CO-15", CLINICIAN)] == [
        "the contraindication “asthma” is not in the patient text"
    ]
