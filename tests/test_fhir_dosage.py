"""Structured directions are put into words whole, or their row is refused; never a label with half of them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.runlist.fhir.dosage import Directions, directions
from leaflets.runlist.fhir.values import DECODER, UnreadableResource

ORAL = {"coding": [{"system": "http://snomed.info/sct", "code": "26643006", "display": "Oral route (qualifier value)"}]}
GTS = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
DAILY = {"frequency": 1, "period": 1, "periodUnit": "d"}
TWICE = {**DAILY, "frequency": 2}


def dose(value: object, unit: str = "tablet") -> list[dict[str, object]]:
    return [{"doseQuantity": {"value": value, "unit": unit}}]


def dosage(**more: object) -> dict[str, object]:
    return {"route": ORAL, "doseAndRate": dose(1), "timing": {"repeat": DAILY}, **more}


def of(*dosages: dict[str, object], **more: object) -> Directions:
    return directions(DECODER.decode(json.dumps({"dosageInstruction": dosages, **more})))


def timed(**repeat: object) -> str:
    """What is said after the dose for a timing."""
    words = of(dosage(timing={"repeat": repeat})).text
    return words.removeprefix("Take 1 tablet by mouth ").removesuffix(".")


def test_a_dosage_is_one_plain_sentence() -> None:
    week = {"value": 7, "unit": "days", "system": "http://unitsofmeasure.org", "code": "d"}
    read = of(dosage(timing={"repeat": {**TWICE, "when": ["MORN", "EVE"], "boundsDuration": week}}))
    assert read.text == "Take 1 tablet by mouth 2 times a day, in the morning and in the evening, for 7 days."
    assert read.composed


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        (DAILY, "once a day"),
        ({"period": 1, "periodUnit": "d"}, "every day"),
        ({**DAILY, "frequencyMax": 2}, "1 to 2 times a day"),
        ({"frequencyMax": 4, "period": 1, "periodUnit": "d"}, "up to 4 times a day"),
        ({"frequency": 1, "period": 1, "periodUnit": "h"}, "every hour"),
        ({"frequency": 1, "period": 6, "periodUnit": "h"}, "every 6 hours"),
        ({"frequency": 1, "period": 4, "periodMax": 6, "periodUnit": "h"}, "every 4 to 6 hours"),
        ({"frequency": 2, "period": 3, "periodUnit": "wk"}, "2 times every 3 weeks"),
        ({"frequency": 1, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon"]}, "once a week, on Monday"),
        ({**DAILY, "dayOfWeek": ["mon"]}, "only on Monday, once on that day"),
        ({**TWICE, "dayOfWeek": ["tue", "sat"]}, "only on Tuesday and Saturday, 2 times on each of these days"),
        ({"when": ["ACM"], "offset": 30}, "30 minutes before breakfast"),
        ({"when": ["HS"], "offset": 120}, "2 hours before going to sleep"),
        ({"when": ["HS"]}, "at bedtime"),
        ({"when": ["C"]}, "with meals"),
        ({**TWICE, "timeOfDay": ["08:00:00", "20:30:00"]}, "2 times a day, at 08:00 and 20:30"),
        (
            {**DAILY, "duration": 30, "durationMax": 60, "durationUnit": "min"},
            "once a day, each time for 30 to 60 minutes",
        ),
        ({"count": 1}, "once only"),
        ({**DAILY, "count": 5, "countMax": 7}, "once a day, 5 to 7 times in all"),
        ({**DAILY, "boundsPeriod": {"end": "2026-04-10"}}, "once a day, up to and including 10 April 2026"),
        (
            {**DAILY, "boundsRange": {"low": {"value": 7, "unit": "days"}, "high": {"value": 10, "unit": "days"}}},
            "once a day, for 7 to 10 days",
        ),
    ],
)
def test_every_part_of_a_timing_is_in_the_sentence(repeat: dict[str, object], expected: str) -> None:
    assert timed(**repeat) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ({"coding": [{"system": GTS, "code": "BID"}]}, "2 times a day"),
        ({"coding": [{"system": GTS, "code": "Q6H"}], "text": "Q6H"}, "every 6 hours"),
        ({"text": "QD"}, "once a day"),
        ({"coding": [{"system": GTS, "code": "BED"}]}, "at bedtime"),
        ({"coding": [{"system": "urn:own", "code": "7", "display": "With the first meal"}]}, "with the first meal"),
        ({"coding": [{"system": GTS, "code": "BID"}], "text": "Twice daily"}, "2 times a day"),
        ({"coding": [{"system": GTS, "code": "BID"}], "text": "at 8 and 20"}, "2 times a day, at 8 and 20"),
        ({"text": "Q12H"}, "every 12 hours"),
    ],
)
def test_a_timing_code_is_a_complete_statement(code: dict[str, object], expected: str) -> None:
    assert of(dosage(timing={"code": code})).text == f"Take 1 tablet by mouth {expected}."
    bounded = {"code": code, "repeat": {"boundsDuration": {"value": 3, "code": "d"}}}
    assert of(dosage(timing=bounded)).text == f"Take 1 tablet by mouth {expected}, for 3 days."


@pytest.mark.parametrize(
    ("code", "repeat", "expected"),
    [
        ("Mondays and Thursdays", {**TWICE, "periodUnit": "wk"}, "2 times a week, Mondays and Thursdays"),
        ("Twice a day", TWICE, "2 times a day"),
        ("AM", {"dayOfWeek": ["mon"]}, "every morning, only on Monday"),
        ("AM", {**DAILY, "when": ["MORN"]}, "once a day, in the morning"),
        ("BED", {"timeOfDay": ["22:00:00"]}, "at bedtime, at 22:00"),
    ],
)
def test_a_timing_has_what_its_code_says_as_well(code: str, repeat: dict[str, object], expected: str) -> None:
    words = of(dosage(timing={"code": {"text": code}, "repeat": repeat})).text
    assert words == f"Take 1 tablet by mouth {expected}."


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"asNeededBoolean": True, "timing": None}, "Take 1 tablet by mouth only when needed."),
        (
            {"asNeededCodeableConcept": {"text": "pain"}},
            "Take 1 tablet by mouth once a day, only when needed for pain.",
        ),
        (
            {"asNeeded": True, "asNeededFor": [{"text": "pain"}, {"text": "fever"}]},
            "Take 1 tablet by mouth once a day, only when needed for pain or fever.",
        ),
        ({"asNeededBoolean": False}, "Take 1 tablet by mouth once a day."),
        ({"doseAndRate": dose(2, "TAB")}, "Take 2 tablets by mouth once a day."),
        ({"doseAndRate": dose(5, "ml")}, "Take 5 mL by mouth once a day."),
        ({"doseAndRate": dose(100, "ug")}, "Take 100 micrograms by mouth once a day."),
        (
            {
                "doseAndRate": [
                    {"doseRange": {"low": {"value": 1, "unit": "tab"}, "high": {"value": 2, "unit": "tabs"}}}
                ]
            },
            "Take 1 to 2 tablets by mouth once a day.",
        ),
        ({"method": {"text": "Chew"}}, "Chew 1 tablet by mouth once a day."),
        ({"route": {"text": "Gastrostomy"}}, "Use 1 tablet (route: Gastrostomy) once a day."),
        ({"site": {"text": "left cheek"}}, "Take 1 tablet by mouth (site: left cheek) once a day."),
        (
            {
                "maxDosePerPeriod": {
                    "numerator": {"value": 8, "unit": "tablet"},
                    "denominator": {"value": 24, "code": "h"},
                }
            },
            "Take 1 tablet by mouth once a day. No more than 8 tablets in 24 hours.",
        ),
        (
            {
                "maxDosePerPeriod": [
                    {"numerator": {"value": 4, "unit": "g"}, "denominator": {"value": 1, "unit": "day"}}
                ],
                "maxDosePerAdministration": {"value": 1, "unit": "g"},
            },
            "Take 1 tablet by mouth once a day. No more than 4 g in 1 day and 1 g at one time.",
        ),
        (
            {"additionalInstruction": [{"text": "With food."}], "patientInstruction": "Drink water."},
            "Take 1 tablet by mouth once a day.\nWith food.\nDrink water.",
        ),
    ],
)
def test_every_part_of_a_dosage_of_r4_and_r5_is_in_the_words(more: dict[str, object], expected: str) -> None:
    assert of(dosage(**more)).text == expected


@pytest.mark.parametrize(
    ("written", "printed"),
    [("0.5", "0.5"), ("2.50", "2.5"), ("1.0", "1"), ("1e-1", "0.1"), ("0.1000000001", "0.1000000001")],
)
def test_numbers_are_printed_as_written_without_a_trailing_zero(written: str, printed: str) -> None:
    text = json.dumps({"dosageInstruction": [dosage(doseAndRate=dose(77, "mg"))]}).replace("77", written)
    assert directions(DECODER.decode(text)).text == f"Take {printed} mg by mouth once a day."


@pytest.mark.parametrize(
    "more",
    [
        {"timing": None},
        {"timing": {}},
        {"timing": {"repeat": {"boundsDuration": {"value": 7, "code": "d"}}}},
        {"timing": {"repeat": {"count": 5}}},
        {"timing": {"repeat": {"duration": 30, "durationUnit": "min"}}},
        {"doseAndRate": dose(0)},
        {"doseAndRate": dose(1, "mg/kg")},
        {"doseAndRate": dose(1, "mg per kg")},
        {"doseAndRate": dose(-0.0)},
        {"doseAndRate": [{"doseQuantity": {"value": 5, "unit": "mg", "code": "ug"}}]},
        {"doseAndRate": [{"doseQuantity": {"value": 5, "unit": "mg", "code": "mg/kg"}}]},
        {"doseAndRate": [{"doseQuantity": {"value": 1, "code": "L", "system": "urn:own"}}]},
        {"doseAndRate": [{"doseRange": {"low": {"value": 4, "unit": "mg"}, "high": {"value": 2, "unit": "mg"}}}]},
        {"maxDosePerPeriod": {"numerator": {"value": 0, "unit": "g"}, "denominator": {"value": 1, "unit": "day"}}},
        {"asNeededFor": [{}]},
        {"timing": {"repeat": {**DAILY, "frequency": 1.5}}},
        {"timing": {"repeat": {**DAILY, "boundsDuration": {"value": 2, "unit": "weeks", "code": "d"}}}},
        {"timing": {"repeat": {**DAILY, "boundsDuration": {"value": 0, "code": "d"}}}},
        {"timing": {"repeat": {**DAILY, "boundsPeriod": {"start": "2026-12-10", "end": "2026-12-01"}}}},
        {"timing": {"repeat": DAILY, "code": {"text": "every other day"}}},
        {"timing": {"repeat": {"when": ["EVE"]}, "code": {"text": "AM"}}},
        {"timing": {"repeat": TWICE, "code": {"text": "AM"}}},
        {"timing": {"code": {"coding": [{"system": GTS, "code": "BID"}], "text": "three times a day"}}},
        {"doseAndRate": None},
        {"doseAndRate": [{}]},
        {"doseAndRate": [*dose(1), *dose(2)]},
        {"doseAndRate": [{"doseQuantity": {"value": 1}}]},
        {"doseAndRate": [{"doseQuantity": {"unit": "tablet"}}]},
        {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet", "comparator": "<"}}]},
        {"doseAndRate": [{"doseQuantity": {"value": "1", "unit": "tablet"}}]},
        {"doseAndRate": [{"doseQuantity": {"value": -1, "unit": "tablet"}}]},
        {"doseAndRate": [{"doseRange": {"low": {"value": 1, "unit": "tablet"}}}]},
        {"doseQuantity": {"value": 1, "unit": "tablet"}},
        {"timing": {"repeat": {"frequency": 2}}},
        {"timing": {"repeat": {**DAILY, "when": ["MORN", "EVE"]}}},
        {"timing": {"repeat": {**DAILY, "timeOfDay": ["08:00", "20:00"]}}},
        {"timing": {"repeat": {"when": ["MORN"], "timeOfDay": ["08:00:00"]}}},
        {"timing": {"repeat": {"when": ["XXX"]}}},
        {"timing": {"repeat": {"when": ["MORN"], "offset": 30}}},
        {"timing": {"repeat": {**DAILY, "offset": 30}}},
        {"timing": {"repeat": {**DAILY, "periodUnit": "fortnight"}}},
        {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk", "dayOfWeek": ["mon", "tue"]}}},
        {"timing": {"repeat": {**DAILY, "dayOfWeek": ["Monday"]}}},
        {"timing": {"repeat": {**DAILY, "boundsDuration": {"value": 7, "unit": "moons"}}}},
        {"timing": {"repeat": {**DAILY, "boundsPeriod": {"end": "2026-02-30"}}}},
        {"timing": {"repeat": {**DAILY, "startOffset": 3}}},
        {"timing": {"repeat": {**DAILY}, "code": {"coding": [{"system": GTS, "code": "BID"}]}}},
        {"timing": {"code": {"coding": [{"system": "urn:own", "code": "77"}]}}},
        {"timing": "daily"},
        {"asNeeded": False, "asNeededFor": [{"text": "pain"}]},
        {"asNeededFor": [{"coding": [{"code": "22253000"}]}]},
        {"additionalInstruction": [{"coding": [{"code": "311504000"}]}]},
        {"route": {"coding": [{"code": "7"}]}},
        {"maxDosePerPeriod": {"numerator": {"value": 8, "unit": "tablet"}}},
        {"modifierExtension": [{"url": "urn:not"}]},
        {"unheardOf": True},
    ],
)
def test_what_cannot_be_put_into_words_whole_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(UnreadableResource):
        of(dosage(**more))


@pytest.mark.parametrize(
    "empty", [{}, {"sequence": 1}, {"text": ""}, {"text": "-"}, {"additionalInstruction": [{"text": "With food"}]}]
)
def test_a_dosage_without_anything_is_refused(empty: dict[str, object]) -> None:
    with pytest.raises(UnreadableResource):
        of(empty)


def test_steps_are_in_order_and_what_is_taken_beside_is_said() -> None:
    later, first = dosage(sequence=2, doseAndRate=dose(2)), dosage(sequence=1)
    beside = dosage(sequence=2, doseAndRate=dose(5, "mg"))
    assert of(later, first, beside).text.splitlines() == [
        "Take 1 tablet by mouth once a day.",
        "Then: Take 2 tablets by mouth once a day.",
        "Also: Take 5 mg by mouth once a day.",
    ]
    with pytest.raises(UnreadableResource):
        of(dosage(sequence=1), dosage())


def test_the_words_of_the_list_go_before_ours() -> None:
    worded = of(dosage(text="One each morning", additionalInstruction=[{"text": "With food"}]))
    assert (worded.text, worded.composed) == ("One each morning\nWith food", False)
    twice = dosage(text="One a day. With food.", additionalInstruction=[{"text": "With food"}])
    assert of(twice).text == "One a day. With food."
    for text, more in (("One, not with food", "With food"), ("Take 10 mg", "Take 1")):
        assert of(dosage(text=text, patientInstruction=more)).text == f"{text}\n{more}"
    rendered = of(dosage(patientInstruction="Drink water"), renderedDosageInstruction="One each morning")
    assert (rendered.text, rendered.composed) == ("One each morning\nDrink water", False)
    assert of(dosage(), {"text": "Then stop"}).text == "Take 1 tablet by mouth once a day.\nAlso: Then stop"


@pytest.mark.parametrize(
    ("repeat", "times"),
    [
        ({"when": ["MORN", "EVE"]}, "morning evening"),
        ({"when": ["MORN", "EVE"], **TWICE}, "morning evening"),
        ({"when": ["MORN", "WAKE"]}, ""),
        ({"when": ["AFT"]}, ""),
        ({"when": ["MORN"], **TWICE}, ""),
        ({"when": ["MORN"], "dayOfWeek": ["mon"]}, ""),
        ({"when": ["MORN"], "frequency": 1, "period": 1, "periodUnit": "wk"}, ""),
        ({"when": ["MORN"], "frequency": 1, "period": 2, "periodUnit": "d"}, ""),
        ({"when": ["HS"], "offset": 120}, ""),
    ],
)
def test_times_of_the_day_are_those_of_each_day_or_none(repeat: dict[str, object], times: str) -> None:
    assert of({"text": "As said", "timing": {"repeat": repeat}}).times == times
    assert of({"text": "As said", "timing": {"repeat": repeat}, "asNeededBoolean": True}).times == ""


def test_a_unit_is_that_of_its_words_and_a_code_only_in_its_own_system() -> None:
    lozenge = {"doseQuantity": {"value": 1, "unit": "pastille", "system": "urn:own", "code": "L"}}
    assert of(dosage(doseAndRate=[lozenge])).text == "Take 1 pastille by mouth once a day."
    coded = {"doseQuantity": {"value": 2, "system": "http://unitsofmeasure.org", "code": "{tbl}"}}
    assert of(dosage(doseAndRate=[coded])).text == "Take 2 tablets by mouth once a day."


ODD: st.SearchStrategy[object] = st.sampled_from(
    [None, "", "x", 0, 1, -1, 1.5, 10**30, 1e-300, True, [], {}, [None], [{}], ["MORN"], ["x"], "d"]
)
QUANTITY = st.dictionaries(st.sampled_from(["value", "unit", "code", "system"]), ODD)
CONCEPT = st.dictionaries(st.sampled_from(["text", "coding"]), ODD)
REPEAT_NAMES = (
    *("boundsDuration", "boundsRange", "boundsPeriod", "count", "countMax", "duration", "durationMax", "durationUnit"),
    *("frequency", "frequencyMax", "period", "periodMax", "periodUnit", "dayOfWeek", "timeOfDay", "when", "offset"),
)
REPEAT = st.dictionaries(st.sampled_from(REPEAT_NAMES), ODD | QUANTITY, max_size=5)
TIMING = st.fixed_dictionaries({}, optional={"repeat": REPEAT | ODD, "code": CONCEPT | ODD, "event": ODD})
ANY_DOSAGE = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("sequence", "text", "patientInstruction", "asNeeded", "asNeededBoolean"), ODD),
        **dict.fromkeys(("route", "method", "site", "asNeededCodeableConcept"), CONCEPT | ODD),
        "timing": TIMING | ODD,
        "doseAndRate": st.lists(st.dictionaries(st.sampled_from(["doseQuantity", "rateRatio"]), QUANTITY | ODD)) | ODD,
        "maxDosePerPeriod": st.dictionaries(st.sampled_from(["numerator", "denominator"]), QUANTITY) | ODD,
    },
)


@given(st.lists(ANY_DOSAGE, max_size=3))
def test_no_dosage_brings_the_reader_down_or_makes_a_label_without_directions(dosages: list[dict[str, object]]) -> None:
    try:
        read = of(*dosages)
    except UnreadableResource:
        return
    assert any(map(str.isalnum, read.text))


@given(st.integers(1, 99), st.integers(1, 9), st.integers(1, 30), st.sampled_from(["h", "d", "wk"]), st.integers(1, 99))
def test_every_number_of_a_dosage_is_on_the_label(amount: int, times: int, every: int, unit: str, days: int) -> None:
    repeat = {"frequency": times, "period": every, "periodUnit": unit, "boundsDuration": {"value": days, "code": "d"}}
    words = of(dosage(doseAndRate=dose(amount), timing={"repeat": repeat})).text
    expected = [amount, *([times] if times > 1 else []), *([every] if every > 1 else []), days]
    assert [int(word) for word in words.replace(",", " ").split() if word.isdigit()] == expected
