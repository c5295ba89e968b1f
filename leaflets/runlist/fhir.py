"""FHIR R4 Bundle of MedicationDispense → rows (hl7.org/fhir/R4/medicationdispense.html)."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from leaflets.errors import UsageError
from leaflets.model.finding import Finding, Severity
from leaflets.runlist.columns import ListRow, ParsedList, cell_fault, clean_cell, unreadable_row

CODE_SYSTEMS = {
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxcui",
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "http://www.whocc.no/atc": "atc",
}
"""Code systems a drug may be named in, by their FHIR addresses."""

DOSE_TIMES = {
    **dict.fromkeys(("MORN", "MORN.early", "MORN.late", "CM", "ACM", "PCM"), "morning"),
    **dict.fromkeys(("NOON", "CD", "ACD", "PCD", "AFT"), "midday"),
    **dict.fromkeys(("EVE", "CV", "ACV", "PCV"), "evening"),
    **dict.fromkeys(("NIGHT", "HS"), "bedtime"),
}
"""The `when` codes of a dosage (hl7.org/fhir/R4/valueset-event-timing.html) → the four times of a dose grid."""

USE_RANK = {"official": 0, "usual": 1, "temp": 3, "secondary": 3, "nickname": 4, "anonymous": 4, "maiden": 5, "old": 5}
"""The `use` of a name or an identifier, ranked for a label: the lowest is best, 2 stands for no use given."""

INACTIVE = frozenset({"cancelled", "entered-in-error", "stopped", "declined"})
"""Statuses of a dispense that is not handed out (hl7.org/fhir/R4/valueset-medicationdispense-status.html)."""

Object = Mapping[str, object]
_SPACE = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """One entry of the bundle: its line, its text, and the resource in it."""

    line: int
    raw: str
    resource: Object
    full_url: str


def is_bundle(text: str) -> bool:
    """Whether a text that begins with a brace is one JSON object that calls itself a Bundle."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(whole, dict) and whole.get("resourceType") == "Bundle"


def read_bundle(text: str) -> ParsedList:
    """The dispenses of a bundle, in its order; patients, medications and requests are looked up in it.

    Dispenses that were stopped, cancelled, declined or entered in error become findings. Raises UsageError where there
    is none.
    """
    start, entries, end = _entries(text)
    resources = _by_reference(entries)
    dispensed = [entry for entry in entries if entry.resource.get("resourceType") == "MedicationDispense"]
    others = [entry.raw for entry in entries if entry.resource.get("resourceType") != "MedicationDispense"]
    if not dispensed:
        raise UsageError("the bundle holds no MedicationDispense", "Send a Bundle of MedicationDispense resources.")
    prefix = text[:start] + "".join(other + ",\n" for other in others)
    active, findings = _active(dispensed)
    return ParsedList(tuple(_row(entry, resources) for entry in active), findings, prefix, ",\n", text[end:])


def _active(dispensed: Sequence[BundleEntry]) -> tuple[list[BundleEntry], tuple[Finding, ...]]:
    """The dispenses that are to be handed out, and one finding for each of the others."""
    active = [entry for entry in dispensed if entry.resource.get("status") not in INACTIVE]
    inactive = [entry for entry in dispensed if entry.resource.get("status") in INACTIVE]
    message = "this dispense is cancelled, stopped, declined or entered in error; no sheet is made for it"
    return active, tuple(Finding(Severity.INFO, "list-dispense-off", message, line=entry.line) for entry in inactive)


def _entries(text: str) -> tuple[int, list[BundleEntry], int]:
    """The position where the entries begin, the entries, and the position where they end, of a text of valid JSON."""
    decoder = json.JSONDecoder()
    start = _array_start(text, decoder)
    entries: list[BundleEntry] = []
    position, line, counted = start, 1, 0
    while True:
        position = _skip(text, position)
        if text[position] == "]":
            return start, entries, position
        line, counted = line + text.count("\n", counted, position), position
        value, end = decoder.raw_decode(text, position)
        entries.append(_entry(line, text[position:end], value))
        position = end


def _entry(line: int, raw: str, value: object) -> BundleEntry:
    entry = _object(value)
    return BundleEntry(line, raw, _object(entry.get("resource")), _text(entry.get("fullUrl")))


def _array_start(text: str, decoder: json.JSONDecoder) -> int:
    """The position just inside the array named "entry" of the outermost object."""
    position = text.index("{") + 1
    while True:
        position = _skip(text, position)
        if text[position] == "}":
            raise UsageError("the bundle has no entries", "Send a Bundle of MedicationDispense resources.")
        name, position = decoder.raw_decode(text, position)
        position = _skip(text, text.index(":", position) + 1)
        if name == "entry" and text[position] == "[":
            return position + 1
        _, position = decoder.raw_decode(text, position)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _by_reference(entries: Sequence[BundleEntry]) -> dict[str, Object]:
    """Resources by every way a reference may name them."""
    resources: dict[str, Object] = {}
    for entry in entries:
        kind, identity = _text(entry.resource.get("resourceType")), _text(entry.resource.get("id"))
        resources[f"{kind}/{identity}"] = entry.resource
        if entry.full_url:
            resources[entry.full_url] = entry.resource
    return resources


def _row(entry: BundleEntry, resources: Mapping[str, Object]) -> ListRow:
    dispense = entry.resource
    contained = {f"#{_text(part.get('id'))}": part for part in _objects(dispense.get("contained"))}
    resources = {**resources, **contained}
    patient = _looked_up(dispense.get("subject"), resources)
    request = _looked_up(next(iter(_objects(dispense.get("authorizingPrescription"))), {}), resources)
    cells = {
        **_drug(dispense, resources),
        **_patient(_object(dispense.get("subject")), patient),
        **_prescription(dispense, request, resources),
        **_dosage(dispense),
        "destination": _text(_object(dispense.get("destination")).get("display")),
    }
    cells = {name: clean_cell(text) for name, text in cells.items()}
    if not cells.keys() & {"drug", "rxcui", "ndc", "atc"}:
        return unreadable_row(entry.line, entry.raw, "the dispense names no medication that the bundle explains")
    return ListRow(entry.line, cells, entry.raw, cell_fault(cells))


def _drug(dispense: Object, resources: Mapping[str, Object]) -> dict[str, str]:
    """The codes of the medication; its words only where there is no code, as they may name a strength too."""
    concept = _object(dispense.get("medicationCodeableConcept"))
    if not concept:
        concept = _object(_looked_up(dispense.get("medicationReference"), resources).get("code"))
    codings = list(_objects(concept.get("coding")))
    codes: dict[str, str] = {}
    for coding in codings:
        column, code = CODE_SYSTEMS.get(_text(coding.get("system")), ""), _text(coding.get("code"))
        if column and code:
            codes[column] = f"{codes[column]}\n{code}" if column in codes else code
    words = _text(concept.get("text")) or next((_text(coding.get("display")) for coding in codings), "")
    return codes or ({"drug": words} if words else {})


def _patient(subject: Object, patient: Object) -> dict[str, str]:
    name = next(iter(_current(patient.get("name"))), {})
    spelled = " ".join([*_texts(name.get("given")), _text(name.get("family"))]).strip()
    identifiers = [_object(subject.get("identifier")), *_current(patient.get("identifier"))]
    reference = next((value for one in identifiers if (value := _text(one.get("value")))), "")
    return {
        "patient_name": _text(name.get("text")) or spelled or _text(subject.get("display")),
        "patient_ref": reference or _text(subject.get("reference")),
        "dob": _text(patient.get("birthDate")),
    }


def _prescription(dispense: Object, request: Object, resources: Mapping[str, Object]) -> dict[str, str]:
    requester = _object(request.get("requester"))
    person = next(iter(_objects(_looked_up(requester, resources).get("name"))), {})
    spelled = " ".join(
        [*_texts(person.get("prefix")), *_texts(person.get("given")), _text(person.get("family"))]
    ).strip()
    numbers = [*_objects(request.get("identifier")), *_objects(dispense.get("identifier"))]
    quantity = _object(dispense.get("quantity"))
    given_on = _text(dispense.get("whenHandedOver")) or _text(dispense.get("whenPrepared"))
    return {
        "rx_number": next((value for one in numbers if (value := _text(one.get("value")))), ""),
        "prescriber": _text(requester.get("display")) or _text(person.get("text")) or spelled,
        "quantity": f"{_text(quantity.get('value'))} {_text(quantity.get('unit'))}",
        "dispensed_on": given_on[:10],
    }


def _dosage(dispense: Object) -> dict[str, str]:
    dosages = sorted(_objects(dispense.get("dosageInstruction")), key=_sequence)
    when = [code for one in dosages for code in _texts(_object(_object(one.get("timing")).get("repeat")).get("when"))]
    times = dict.fromkeys(DOSE_TIMES[code] for code in when if code in DOSE_TIMES)
    return {"directions": "\n".join(filter(None, map(_instruction, dosages))), "dose_times": " ".join(times)}


def _sequence(dosage: Object) -> int:
    number = dosage.get("sequence")
    return number if isinstance(number, int) else 0


def _instruction(dosage: Object) -> str:
    """The directions and the words for the patient below them; one of them alone where it contains the other."""
    for_patient, text = _text(dosage.get("patientInstruction")).strip(), _text(dosage.get("text")).strip()
    if for_patient.casefold() in text.casefold():
        return text
    return for_patient if text.casefold() in for_patient.casefold() else f"{text}\n{for_patient}"


def _looked_up(reference: object, resources: Mapping[str, Object]) -> Object:
    address = _text(_object(reference).get("reference")).partition("/_history/")[0]
    if address in resources:
        return resources[address]
    return resources.get("/".join(address.split("/")[-2:]), {})


def _current(value: object) -> list[Object]:
    """Names or identifiers, those in use first and those of the past last (hl7.org/fhir/R4/valueset-name-use.html)."""
    return sorted(_objects(value), key=lambda one: USE_RANK.get(_text(one.get("use")), 2))


def _object(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> Iterator[Object]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _texts(value: object) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, list) else []


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
