"""One MedicationDispense, R4 or R5 → a row (hl7.org/fhir/R4/medicationdispense.html, R5/medicationdispense.html)."""

from collections.abc import Iterable
from dataclasses import dataclass

from leaflets.runlist.columns import ListRow, cell_fault, clean_cell, unreadable_row
from leaflets.runlist.fhir.dosage import directions
from leaflets.runlist.fhir.entries import FhirEntry
from leaflets.runlist.fhir.patients import patient_facts
from leaflets.runlist.fhir.references import Located, References, located
from leaflets.runlist.fhir.values import Object, UnreadableResource, member, members, number, text, texts

CODE_SYSTEMS = {
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxcui",
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "http://www.whocc.no/atc": "atc",
}
"""Code systems a drug may be named in, by their FHIR addresses."""

_PRESCRIBERS = (
    *("Practitioner", "PractitionerRole", "Organization", "Patient", "RelatedPerson", "Device"),
    "HealthcareService",
)


@dataclass(frozen=True, slots=True)
class _Dispense:
    """A dispense with what its references are followed in."""

    resource: Object
    origin: Located
    references: References

    def follow(self, reference: Object, element: str, *kinds: str, origin: Located | None = None) -> Located | None:
        return self.references.follow(reference, origin or self.origin, element, kinds)


def dispense_row(entry: FhirEntry, references: References) -> ListRow:
    """The row of a dispense; one with a fault where it, or what it refers to, cannot be read for certain."""
    dispense = _Dispense(entry.resource, located(entry), references)
    try:
        return _row(entry, dispense)
    except UnreadableResource as reason:
        return unreadable_row(entry.line, entry.raw, str(reason))


def _row(entry: FhirEntry, dispense: _Dispense) -> ListRow:
    resource = dispense.resource
    if resource.get("modifierExtension"):
        raise UnreadableResource("the dispense has an extension that may change its meaning")
    subject = member(resource, "subject")
    patient = dispense.follow(subject, "subject", "Patient")
    facts = patient_facts(subject, patient.resource if patient else {})
    words = directions(resource)
    cells = {
        **_drug(dispense),
        "patient_name": facts.name,
        "patient_ref": facts.identifier,
        "dob": facts.birth_date,
        **_prescription(dispense),
        "directions": words.text,
        "dose_times": words.times,
        "destination": _destination(dispense),
    }
    cells = {name: clean_cell(cell) for name, cell in cells.items()}
    if not cells.keys() & {"drug", "rxcui", "ndc", "atc"}:
        raise UnreadableResource("the dispense names no medication that the list explains")
    directions_lang = "en" if words.composed else ""
    return ListRow(entry.line, cells, entry.raw, cell_fault(cells), facts.lang, directions_lang)


def _drug(dispense: _Dispense) -> dict[str, str]:
    """The codes of the medication; its words only where there is no code, as they may name a strength too."""
    resource = dispense.resource
    either = member(resource, "medication")  # R5: a concept, a reference, or both
    reference = member(either, "reference") or member(resource, "medicationReference")
    concepts = [member(either, "concept"), member(resource, "medicationCodeableConcept")]
    if medication := dispense.follow(reference, "medication", "Medication"):
        concepts.append(member(medication.resource, "code"))
    codings = [coding for concept in concepts for coding in members(concept, "coding")]
    codes: dict[str, str] = {}
    for coding in codings:
        column, code = CODE_SYSTEMS.get(text(coding, "system"), ""), text(coding, "code")
        if column and code and code not in codes.get(column, "").splitlines():
            codes[column] = f"{codes[column]}\n{code}" if column in codes else code
    words = [text(concept, "text") for concept in concepts] + [text(coding, "display") for coding in codings]
    name = next(filter(None, [*words, text(reference, "display")]), "")
    return codes or ({"drug": name} if name else {})


def _prescription(dispense: _Dispense) -> dict[str, str]:
    resource = dispense.resource
    ordered = [_order(dispense, one) for one in members(resource, "authorizingPrescription")]
    own = _first(text(one, "value") for one in members(resource, "identifier"))
    quantity = member(resource, "quantity")
    given_on = _first(text(resource, name) for name in ("whenHandedOver", "whenPrepared", "recorded"))
    return {
        "rx_number": ", ".join(dict.fromkeys(filter(None, (number for number, _ in ordered)))) or own,
        "prescriber": ", ".join(dict.fromkeys(filter(None, (prescriber for _, prescriber in ordered)))),
        "quantity": f"{number(quantity, 'value')} {text(quantity, 'unit') or text(quantity, 'code')}",
        "dispensed_on": given_on[:10],
    }


def _order(dispense: _Dispense, reference: Object) -> tuple[str, str]:
    """Number and prescriber of the order that a dispense refers to."""
    order = dispense.follow(reference, "authorizingPrescription", "MedicationRequest")
    if order is None:
        return text(member(reference, "identifier"), "value"), ""
    own = _first(text(one, "value") for one in members(order.resource, "identifier"))
    requester = member(order.resource, "requester")
    return own, text(requester, "display") or _prescriber(dispense, requester, order)


def _prescriber(dispense: _Dispense, reference: Object, order: Located) -> str:
    """The name of a prescriber, or of whom a role stands for."""
    person = dispense.follow(reference, "requester", *_PRESCRIBERS, origin=order)
    if person and person.resource.get("resourceType") == "PractitionerRole":
        reference = member(person.resource, "practitioner")
        if display := text(reference, "display"):
            return display
        person = dispense.follow(reference, "practitioner", "Practitioner", origin=person)
    return _name(person.resource) if person else ""


def _name(resource: Object) -> str:
    """The name of a person, or of an organization, which has one in a single text."""
    if not isinstance(resource.get("name"), list):
        return text(resource, "name")
    name = next(iter(members(resource, "name")), {})
    spelled = " ".join([*texts(name, "prefix"), *texts(name, "given"), text(name, "family")]).strip()
    return text(name, "text") or spelled


def _destination(dispense: _Dispense) -> str:
    """Where the medicine goes: the words of the reference, or the name of the place."""
    reference = member(dispense.resource, "destination")
    if display := text(reference, "display"):
        return display
    place = dispense.follow(reference, "destination", "Location")
    return text(place.resource, "name") if place else ""


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")
