"""A Bundle or a file of resources → the rows of its dispenses, and what was found about the others."""

from collections.abc import Iterator, Sequence

from leaflets.errors import UsageError
from leaflets.model.finding import Finding, Severity
from leaflets.runlist.columns import ListRow, ParsedList, unreadable_row
from leaflets.runlist.fhir.dispense import dispense_row
from leaflets.runlist.fhir.entries import FhirEntry, FhirFile, bundle_file, ndjson_file
from leaflets.runlist.fhir.references import References, index_references

_DISPENSE = "MedicationDispense"

HANDED_OUT = frozenset({"", "preparation", "in-progress", "completed"})
"""Statuses of a dispense that is handed out, R4 and R5; one without any is, too."""

LEFT_OUT = {
    "cancelled": "is cancelled",
    "declined": "was declined",
    "entered-in-error": "was entered in error",
    "on-hold": "is on hold",
    "stopped": "was stopped",
}
"""Statuses of a dispense that is not handed out (hl7.org/fhir/R4/valueset-medicationdispense-status.html)."""


def read_bundle(text: str) -> ParsedList:
    """The dispenses of a Bundle, in its order. Raises UsageError where there is none."""
    return _parsed(bundle_file(text))


def read_ndjson(text: str) -> ParsedList:
    """The dispenses of a file with one resource a line. Raises UsageError where there is none."""
    return _parsed(ndjson_file(text))


def _parsed(file: FhirFile) -> ParsedList:
    """Dispenses become rows, but for those that are not handed out; all else is kept before them for rejected rows."""
    asked = [entry for entry in file.entries if _asks_for_sheets(entry)]
    if not asked:
        raise UsageError(
            "the list holds no MedicationDispense", "Send MedicationDispense resources with what they refer to."
        )
    references = index_references(file.entries)
    others = [entry.raw + file.separator for entry in file.entries if not _asks_for_sheets(entry)]
    active = [entry for entry in asked if _status(entry) not in LEFT_OUT]
    rows = tuple(_row(entry, references) for entry in active)
    pages = _more_pages() if file.has_more_pages else ()
    findings = (*pages, *_left_out(asked))
    return ParsedList(rows, findings, file.prefix + "".join(others), file.separator, file.suffix)


def _asks_for_sheets(entry: FhirEntry) -> bool:
    """Whether it is a dispense, or may hold one that would be lost."""
    return bool(entry.fault) or entry.kind in {_DISPENSE, "Bundle"}


def _row(entry: FhirEntry, references: References) -> ListRow:
    fault = entry.fault
    if not fault and entry.kind != _DISPENSE:
        fault = "it is a Bundle inside the list; give it as a list of its own"
    if not fault and _status(entry) not in HANDED_OUT:
        fault = "the status of the dispense does not say whether it is handed out"
    return unreadable_row(entry.line, entry.raw, fault) if fault else dispense_row(entry, references)


def _more_pages() -> tuple[Finding, ...]:
    message = "the Bundle is one page of several; no sheet is made for what is on the others"
    return (Finding(Severity.WARNING, "list-page", message, "Make a list of each page, or of all in one Bundle."),)


def _left_out(entries: Sequence[FhirEntry]) -> Iterator[Finding]:
    """A warning for each dispense that is not handed out."""
    for entry in entries:
        if words := LEFT_OUT.get(_status(entry)):
            message = f"this dispense {words}; no sheet is made for it"
            yield Finding(Severity.WARNING, "list-dispense-off", message, line=entry.line)


def _status(entry: FhirEntry) -> str:
    """The status of a dispense, empty where it has none; one that is no text stands for none of FHIR's."""
    status = entry.resource.get("status", "")
    return status if isinstance(status, str) else "?"
