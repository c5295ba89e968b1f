"""Bundles of R4 and R5 and Bulk Data: who the patient is, in which language, and the rows that are refused."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.batch.assessment import Assessment
from leaflets.batch.made_before import EarlierRuns
from leaflets.batch.options import RunOptions, options_from_json, options_to_json
from leaflets.batch.plan import Plan, plan
from leaflets.errors import UsageError
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience, Edition
from leaflets.runlist.drug_names import DrugName, index_drug_names
from leaflets.runlist.fhir.patients import label_identifier, printed_language
from leaflets.runlist.read import RunList, read_list, rejected_rows
from leaflets.runlist.requests import CopyRequest, RowDefaults, copy_request
from tests.batch_doubles import TextMonographs, TextPrintFiles

PATIENT = {"resourceType": "Patient", "id": "1", "name": [{"text": "Ann"}], "identifier": [{"value": "77"}]}
DISPENSE = {
    "resourceType": "MedicationDispense",
    "status": "completed",
    "medicationCodeableConcept": {"text": "apixaban"},
    "subject": {"reference": "Patient/1"},
    "dosageInstruction": [{"text": "One a day"}],
}
R5_DISPENSE = {
    "resourceType": "MedicationDispense",
    "status": "completed",
    "medication": {"reference": {"reference": "Medication/1"}},
    "subject": {"reference": "Patient/1"},
    "recorded": "2026-11-22T10:00:00Z",
    "renderedDosageInstruction": "One each morning",
}
MEDICATION = {"resourceType": "Medication", "id": "1", "code": {"text": "apixaban"}}
STRUCTURED = {
    "route": {"text": "oral"},
    "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
    "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
}


def bundle(*resources: object) -> bytes:
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "entry": entries}, indent=1).encode()


def ndjson(*resources: object) -> bytes:
    return "\n".join(map(json.dumps, resources)).encode()


def spoken(*languages: object) -> dict[str, object]:
    """A patient who communicates in these languages; one in a tuple is preferred."""
    communication = [
        {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": one[0] if isinstance(one, tuple) else one}]}}
        | ({"preferred": True} if isinstance(one, tuple) else {})
        for one in languages
    ]
    return {**PATIENT, "communication": communication}


def edition(patient: object, defaults: RowDefaults) -> str:
    """The language of the copy for this patient."""
    (row,) = read_list(bundle(patient, DISPENSE)).parsed.rows
    request = copy_request(row, index_drug_names([DrugName("apixaban", "name", "apixaban")]), defaults)
    assert isinstance(request, CopyRequest)
    return request.leaflet.edition.lang


class TranslatedMonographs(TextMonographs):
    """Monographs with every translation."""

    def assess(self, leaflets: Sequence[Leaflet]) -> Mapping[Leaflet, Assessment]:
        return {leaflet: replace(one, unavailable="") for leaflet, one in super().assess(leaflets).items()}


def planned(run_list: RunList, options: RunOptions | None = None, *, translated: bool = True) -> Plan:
    monographs = (TranslatedMonographs if translated else TextMonographs)(Path("unused"))
    files, options = TextPrintFiles(), options or RunOptions()
    return plan(run_list, monographs, files, options, name="run", earlier=EarlierRuns())


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        (["es"], "es"),
        (["es-MX"], "es"),
        (["en-US"], "en"),
        (["en", ("vi",)], "vi"),
        (["spa"], "es"),
        (["zh-CN"], "zh"),
        (["zh-TW"], "zh-TW"),
        (["fr-CA"], "fr-CA"),
        ([], "ar"),
    ],
)
def test_the_language_of_the_patient_goes_before_the_default(languages: Sequence[object], expected: str) -> None:
    assert edition(spoken(*languages), RowDefaults(Edition(Audience.PATIENT, "ar"))) == expected


def test_what_was_asked_for_goes_before_the_language_of_the_patient() -> None:
    assert edition(spoken("es"), RowDefaults(Edition(Audience.PATIENT, "en"), lang_given=True)) == "en"
    assert edition(spoken("es"), RowDefaults(Edition(Audience.PATIENT, "en+es"))) == "en+es"
    assert edition(spoken("es"), RowDefaults(Edition(Audience.CLINICIAN, "en"))) == "en"


def test_a_language_without_a_code_is_refused() -> None:
    named = {**PATIENT, "communication": [{"language": {"text": "Klingon"}}]}
    assert "language code" in read_list(bundle(named, DISPENSE)).parsed.rows[0].fault
    assert edition({**PATIENT, "communication": [{"language": {"text": "Spanish"}}]}, RowDefaults()) == "es"


@pytest.mark.parametrize(
    ("tag", "expected"), [("zh-Hans-SG", "zh"), ("zh-Hant", "zh-Hant"), ("ar-Latn", "ar-Latn"), ("EN-gb", "en")]
)
def test_a_script_that_is_not_ours_is_not_our_language(tag: str, expected: str) -> None:
    assert printed_language(tag) == expected


def test_a_language_given_for_a_run_is_kept_with_it_and_changes_no_other() -> None:
    given = RunOptions(RowDefaults(lang_given=True))
    assert options_from_json(options_to_json(given)) == given
    assert "lang_given" not in options_to_json(RunOptions())


def test_directions_in_our_words_are_shown_where_the_leaflet_is_in_another_language() -> None:
    structured = {**DISPENSE, "dosageInstruction": [STRUCTURED]}
    for patient, dispense, codes in (
        (spoken("es"), structured, ["list-directions-language"]),
        (spoken("en"), structured, []),
        (spoken("es"), DISPENSE, []),
    ):
        assert [finding.code for finding in planned(read_list(bundle(patient, dispense))).findings] == codes
    both = RunOptions(RowDefaults(Edition(Audience.PATIENT, "en+es")))
    assert planned(read_list(bundle(spoken("es"), structured)), both).findings == ()


def test_a_translation_that_is_not_there_refuses_the_row_and_is_replaced_by_none() -> None:
    result = planned(read_list(bundle(spoken("vi"), DISPENSE)), translated=False)
    assert [finding.code for finding in result.findings] == ["leaflet-missing"]
    assert result.copies == ()


@pytest.mark.parametrize(
    ("identifiers", "expected"),
    [
        ([{"value": "1"}, {"value": "2", "type": {"coding": [{"code": "MR"}]}}], "2"),
        ([{"value": "1", "use": "old"}, {"value": "2", "use": "official"}], "2"),
        ([{"value": "1"}, {"value": "2"}], "1"),
        ([{"value": "999-12-3456", "type": {"coding": [{"code": "SS"}]}}], ""),
        ([{"value": "999-12-3456", "system": "http://hl7.org/fhir/sid/us-ssn"}], ""),
        ([{"value": "999-12-3456", "system": "urn:oid:2.16.840.1.113883.4.1"}], ""),
        ([{"value": "1", "system": "urn:oid:2.16.840.1.113883.4.10"}], "1"),
        ([{"system": "urn:x"}], ""),
    ],
)
def test_a_label_has_the_record_number(identifiers: list[dict[str, object]], expected: str) -> None:
    assert label_identifier(identifiers) == expected


def test_no_label_has_the_address_of_a_patient() -> None:
    nameless = {"resourceType": "Patient", "id": "1", "name": [{"text": "Ann"}]}
    (row,) = read_list(bundle(nameless, DISPENSE)).parsed.rows
    assert row.cells["patient_ref"] == ""
    assert not any("Patient/1" in cell for cell in row.cells.values())


def test_a_dispense_without_directions_refuses_its_row() -> None:
    bare = {name: value for name, value in DISPENSE.items() if name != "dosageInstruction"}
    result = planned(read_list(bundle(PATIENT, bare, {**bare, "dosageInstruction": []}, DISPENSE)))
    assert [finding.message for finding in result.findings] == ["the dispense has no directions"] * 2
    assert len(result.copies) == 1


def test_father_and_son_are_told_apart() -> None:
    son = {**PATIENT, "name": [{"given": ["John"], "family": "Smith", "suffix": ["Jr."]}]}
    assert read_list(bundle(son, DISPENSE)).parsed.rows[0].cells["patient_name"] == "John Smith Jr."


def test_a_dosage_without_words_refuses_its_row() -> None:
    run_list = read_list(bundle(PATIENT, DISPENSE, {**DISPENSE, "dosageInstruction": [{**STRUCTURED, "timing": {}}]}))
    result = planned(run_list)
    assert [row.line for row in run_list.parsed.rows if row.fault] == sorted(result.rejected)
    assert [finding.message for finding in result.findings] == ["a dosage does not say when"]


def test_a_bundle_of_r5() -> None:
    (row,) = read_list(bundle(PATIENT, MEDICATION, R5_DISPENSE)).parsed.rows
    chosen = ("drug", "patient_name", "patient_ref", "directions", "dispensed_on")
    assert [row.cells[name] for name in chosen] == ["apixaban", "Ann", "77", "One each morning", "2026-11-22"]
    concept = {**R5_DISPENSE, "medication": {"concept": {"text": "metformin"}}}
    assert read_list(bundle(PATIENT, concept)).parsed.rows[0].cells["drug"] == "metformin"


def test_bulk_data_is_read_in_any_order() -> None:
    data = ndjson(DISPENSE, PATIENT, R5_DISPENSE, MEDICATION, {**DISPENSE, "status": "on-hold"})
    run_list = read_list(data)
    assert run_list.format == "ndjson"
    assert [(row.line, row.cells["patient_name"], row.cells["drug"]) for row in run_list.parsed.rows] == [
        (1, "Ann", "apixaban"),
        (3, "Ann", "apixaban"),
    ]
    assert [(finding.code, finding.line) for finding in run_list.findings] == [("list-dispense-off", 5)]


def test_a_damaged_line_of_bulk_data_is_a_row_that_cannot_be_made() -> None:
    data = ndjson(DISPENSE, PATIENT) + b'\n{"resourceType": "Medi\n{"drug": "apixaban"}\n'
    assert [(row.line, bool(row.fault)) for row in read_list(data).parsed.rows] == [(1, False), (3, True), (4, True)]


def test_json_lines_of_ours_are_no_bulk_data() -> None:
    assert read_list(b'{"drug": "apixaban"}\n{"drug": "metformin"}\n').format == "jsonl"


@pytest.mark.parametrize("written", [bundle, ndjson])
def test_rejected_rows_can_be_run_again(written: Callable[..., bytes]) -> None:
    other = {**DISPENSE, "medicationCodeableConcept": {"text": "metformin"}}
    run_list = read_list(written(DISPENSE, MEDICATION, other, PATIENT, R5_DISPENSE))
    rejected = {row.line for row in run_list.parsed.rows[1:]}
    again = read_list(rejected_rows(run_list, rejected))
    assert again.format == run_list.format
    assert [row.cells for row in again.parsed.rows] == [row.cells for row in run_list.parsed.rows[1:]]


@pytest.mark.parametrize(
    "data",
    [
        bundle(DISPENSE, PATIENT)[:-40],
        bundle(PATIENT),
        ndjson(PATIENT, MEDICATION),
        b'{"resourceType": "Bundle"}',
        bundle(DISPENSE).replace(b'"completed"', b'"completed", "status": "stopped"'),
        bundle(DISPENSE).replace(b'"completed"', b"1e99999999999999999999"),
    ],
)
def test_what_holds_no_dispense_or_breaks_off_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError):
        read_list(data)


def test_a_page_of_several_is_shown_as_one() -> None:
    paged = bundle(PATIENT, DISPENSE).replace(b"{", b'{"link": [{"relation": "next", "url": "https://x"}],', 1)
    assert [finding.code for finding in read_list(paged).findings] == ["list-page"]


def test_a_bundle_inside_the_list_is_not_passed_over() -> None:
    rows = read_list(bundle(PATIENT, DISPENSE, {"resourceType": "Bundle", "entry": []})).parsed.rows
    assert [bool(row.fault) for row in rows] == [False, True]


REQUEST = {
    "resourceType": "MedicationRequest",
    "id": "1",
    "identifier": [{"value": "RX1"}],
    "requester": {"reference": "Practitioner/1"},
}
DOCTOR = {"resourceType": "Practitioner", "id": "1", "name": [{"prefix": ["Dr"], "family": "Lee"}]}
FULL = {**DISPENSE, "authorizingPrescription": [{"reference": "MedicationRequest/1"}], "quantity": {"value": 60}}
FULL_BUNDLE = bundle(spoken("es"), MEDICATION, FULL, R5_DISPENSE, REQUEST, DOCTOR).decode()
ODD: st.SearchStrategy[object] = st.sampled_from(
    [None, "", "x", 0, -1.5, True, [], {}, [None], ["x"], [{}], {"x": 1}, "Patient/1"]
)


def with_one_changed(value: object, at: int, odd: object) -> object:
    """The value with the part numbered `at`, in the order in which it is written, replaced."""
    count = iter(range(10_000))

    def changed(part: object) -> object:
        if next(count) == at:
            return odd
        if isinstance(part, dict):
            return {name: changed(one) for name, one in part.items()}
        return [changed(one) for one in part] if isinstance(part, list) else part

    return changed(value)


@given(st.integers(1, 90), ODD)
def test_no_damage_to_a_bundle_brings_the_reader_down(at: int, odd: object) -> None:
    damaged = json.dumps(with_one_changed(json.loads(FULL_BUNDLE), at, odd)).encode()
    try:
        run_list = read_list(damaged)
    except UsageError:
        return
    assert all(row.fault or row.cells["patient_name"] in {"Ann", "x", "Patient/1", ""} for row in run_list.parsed.rows)
    planned(run_list)
