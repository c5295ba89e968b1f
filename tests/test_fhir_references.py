"""A FHIR reference means exactly one resource, as the specification resolves it, or its row is refused."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.runlist.columns import ListRow
from leaflets.runlist.fhir.entries import FhirEntry
from leaflets.runlist.fhir.references import index_references, located
from leaflets.runlist.fhir.values import UnreadableResource
from leaflets.runlist.read import read_list

ONE, OTHER = "https://one.example/fhir/", "https://other.example/fhir/"


def patient(name: str, identity: str = "1", **more: object) -> dict[str, object]:
    return {"resourceType": "Patient", "id": identity, "name": [{"text": name}], **more}


def dispense(**more: object) -> dict[str, object]:
    return {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": {"text": "apixaban"},
        "subject": {"reference": "Patient/1"},
        "dosageInstruction": [{"text": "One a day"}],
        **more,
    }


def rows(*entries: tuple[str, dict[str, object]]) -> Sequence[ListRow]:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{**({"fullUrl": url} if url else {}), "resource": resource} for url, resource in entries],
    }
    return read_list(json.dumps(bundle).encode()).parsed.rows


def names(*entries: tuple[str, dict[str, object]]) -> list[str]:
    """The patient of each row; the fault of a row that is refused."""
    return [row.fault or row.cells["patient_name"] for row in rows(*entries)]


def test_two_servers_each_with_a_patient_1_keep_their_own() -> None:
    own_medication = {"medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/1"}}
    read = rows(
        (ONE + "Patient/1", patient("Ann")),
        (ONE + "Medication/1", {"resourceType": "Medication", "id": "1", "code": {"text": "apixaban"}}),
        (ONE + "MedicationDispense/1", dispense(**own_medication)),
        (OTHER + "Patient/1", patient("Bob")),
        (OTHER + "Medication/1", {"resourceType": "Medication", "id": "1", "code": {"text": "metformin"}}),
        (OTHER + "MedicationDispense/1", dispense(**own_medication)),
    )
    assert [(row.cells["patient_name"], row.cells["drug"]) for row in read] == [
        ("Ann", "apixaban"),
        ("Bob", "metformin"),
    ]


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Patient/1/_history/2", "second"),
        ("Patient/1/_history/1", "first"),
        (ONE + "Patient/1/_history/2", "second"),
        ("Patient/1/_history/3", "a version that is not in the list"),
        ("Patient/1", "more than one fits"),
        (OTHER + "Patient/1", "a resource that is not in the list"),
        ("https://one.example/fhir/r4/Patient/1", "a resource that is not in the list"),
        ("Patient?identifier=1", "a resource that is not in the list"),
        ("Patient/1/_history/", "a version that is not in the list"),
    ],
)
def test_a_version_is_that_very_version_and_an_address_that_very_server(reference: str, expected: str) -> None:
    (read,) = names(
        (ONE + "Patient/1", patient("first", meta={"versionId": "1"})),
        (ONE + "Patient/1", patient("second", meta={"versionId": "2"})),
        (ONE + "MedicationDispense/1", dispense(subject={"reference": reference})),
    )
    assert expected in read


def test_a_resource_without_a_version_is_no_version_of_itself() -> None:
    asked = dispense(subject={"reference": "Patient/1/_history/2"})
    assert (
        "a version that is not in the list"
        in names((ONE + "Patient/1", patient("Ann")), (ONE + "MedicationDispense/1", asked))[0]
    )


@pytest.mark.parametrize("own_url", ["", "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"])
def test_without_a_server_address_type_and_id_must_fit_one(own_url: str) -> None:
    assert names((ONE + "Patient/1", patient("Ann")), (own_url, dispense())) == ["Ann"]
    (refused,) = names(
        (ONE + "Patient/1", patient("Ann")), (OTHER + "Patient/1", patient("Bob")), (own_url, dispense())
    )
    assert "more than one fits" in refused
    assert "not in the list" in names(("", patient("Ann", "2")), (own_url, dispense()))[0]


def test_the_same_resource_twice_is_one() -> None:
    assert names(("", patient("Ann")), ("", patient("Ann")), ("", dispense())) == ["Ann"]


def test_a_urn_is_matched_whole() -> None:
    asked = dispense(subject={"reference": "urn:uuid:b"})
    assert names(("urn:uuid:a", patient("Ann")), ("urn:uuid:b", patient("Bob")), ("urn:uuid:c", asked)) == ["Bob"]


def test_contained_resources_are_those_of_the_container() -> None:
    of_one = dispense(subject={"reference": "#p"}, contained=[patient("Ann", "p")])
    of_other = dispense(subject={"reference": "#p"}, contained=[patient("Bob", "p")])
    none = dispense(subject={"reference": "#p"})
    both = dispense(subject={"reference": "#p"}, contained=[patient("Ann", "p"), patient("Bob", "p")])
    read = names(("", patient("Eve", "p")), ("", of_one), ("", of_other), ("", none), ("", both))
    assert read[:2] == ["Ann", "Bob"]
    assert "not in the list" in read[2]
    assert "more than one fits" in read[3]


def test_a_request_is_read_with_its_own_references() -> None:
    def of(server: str, doctor: str) -> list[tuple[str, dict[str, object]]]:
        request: dict[str, object] = {
            "resourceType": "MedicationRequest",
            "id": "m",
            "identifier": [{"value": f"RX {doctor}"}],
            "contained": [
                {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "Practitioner/1"}}
            ],
            "requester": {"reference": "#r"},
        }
        return [
            (server + "Patient/1", patient("Ann")),
            (server + "MedicationRequest/m", request),
            (server + "Practitioner/1", {"resourceType": "Practitioner", "id": "1", "name": [{"text": doctor}]}),
            (server + "MedicationDispense/1", dispense(authorizingPrescription=[{"reference": "MedicationRequest/m"}])),
        ]

    read = rows(*of(ONE, "Dr Lee"), *of(OTHER, "Dr Roy"))
    assert [(row.cells["rx_number"], row.cells["prescriber"]) for row in read] == [
        ("RX Dr Lee", "Dr Lee"),
        ("RX Dr Roy", "Dr Roy"),
    ]


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("subject", {"reference": "Patient/9", "display": "Ann"}),
        ("medicationReference", {"reference": "Medication/9", "display": "apixaban"}),
        ("authorizingPrescription", [{"reference": "MedicationRequest/9"}]),
        ("destination", {"reference": "Location/9"}),
        ("subject", "Patient/1"),
    ],
)
def test_what_is_not_in_the_list_refuses_the_row_without_its_text(element: str, value: object) -> None:
    one = dispense(medicationCodeableConcept={"text": "apixaban"} if element != "medicationReference" else None)
    (row,) = rows(("", patient("Ann")), ("", {**one, element: value}))
    assert element.removesuffix("Reference") in row.fault
    assert "/9" not in row.fault
    assert "Ann" not in row.fault


def test_a_resource_of_another_type_is_no_patient() -> None:
    group: dict[str, object] = {"resourceType": "Group", "id": "1", "name": "Ward"}
    assert "another type" in names(("", group), ("", dispense(subject={"reference": "Group/1"})))[0]


def test_an_identifier_finds_the_patient_who_bears_it_and_nobody_else() -> None:
    number = {"system": "urn:hospital", "value": "77"}
    ann, bob = patient("Ann", identifier=[number]), patient("Bob", "2", identifier=[{"value": "77"}])

    def asked(identifier: object) -> dict[str, object]:
        return dispense(subject={"identifier": identifier, "display": "Eve"})

    read = names(("", ann), ("", bob), ("", asked(number)), ("", asked({"value": "77"})))
    assert read == ["Ann", "Eve"]
    twin = patient("Bob", "3", identifier=[number])
    assert "more than one fits" in names(("", ann), ("", twin), ("", asked(number)))[0]


def test_words_alone_name_a_drug() -> None:
    named = dispense(medicationCodeableConcept=None, medicationReference={"display": "apixaban"})
    assert rows(("", patient("Ann")), ("", named))[0].cells["drug"] == "apixaban"


# -------------------------------------------------------------------- properties

URLS = st.sampled_from(["", "urn:uuid:1", ONE + "Patient/1", OTHER + "Patient/1", ONE + "Patient/2"])
ENTRIES = st.lists(st.tuples(URLS, st.sampled_from("12"), st.sampled_from(["", "1", "2"]), st.sampled_from("AB")))
ADDRESSES = st.sampled_from(["Patient/1", "Patient/2", "urn:uuid:1", ONE + "Patient/1", OTHER + "Patient/1"])


@given(
    ENTRIES,
    ADDRESSES,
    st.sampled_from(["", "1", "2"]),
    st.sampled_from(["", "urn:uuid:9", ONE + "MedicationDispense/9"]),
    st.data(),
)
def test_a_reference_means_the_one_resource_that_fits(
    drawn: list[tuple[str, str, str, str]], address: str, version: str, own_url: str, data: st.DataObject
) -> None:
    def entry(url: str, identity: str, number: str, name: str) -> FhirEntry:
        meta = {"meta": {"versionId": number}} if number else {}
        return FhirEntry(1, "", patient(name, identity, **meta), url)

    def fits(url: str, identity: str, number: str, _name: str) -> bool:
        if version and version != number:
            return False
        if address.startswith(("http", "urn")):
            return url == address
        return url == ONE + address if own_url.startswith("http") else f"Patient/{identity}" == address

    def meaning(entries: Sequence[FhirEntry]) -> object:
        reference = {"reference": address + (f"/_history/{version}" if version else "")}
        origin = located(FhirEntry(1, "", dispense(), own_url))
        try:
            one = index_references(entries).follow(reference, origin, "subject", ("Patient",))
        except UnreadableResource:
            return None
        return one and one.resource

    expected = {
        (json.dumps(entry(*one).resource), one[0] if one[0].startswith("http") else "") for one in drawn if fits(*one)
    }
    bases = {(text, url.removesuffix("Patient/1").removesuffix("Patient/2")) for text, url in expected}
    entries = [entry(*one) for one in drawn]
    resource = meaning(entries)
    assert (resource and json.dumps(resource)) == (next(iter(bases))[0] if len(bases) == 1 else None)
    assert meaning(data.draw(st.permutations(entries))) == resource
