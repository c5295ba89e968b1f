"""A whole list, read and judged before anything is made → every copy with its serial, or why not."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from leaflets.batch.assessment import Assessment, Monographs
from leaflets.batch.options import RunOptions
from leaflets.errors import UsageError
from leaflets.labels import Label
from leaflets.ledger import serials
from leaflets.ledger.entries import CopyEntry, LeafletEntry, PartEntry
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience
from leaflets.model.finding import Finding, Severity
from leaflets.model.objection import Objection
from leaflets.printfile.names import part_names
from leaflets.runlist.columns import COLUMNS
from leaflets.runlist.read import RunList
from leaflets.runlist.requests import CopyRequest, RowFault, order
from leaflets.workers.protocol import Job

MAX_TAGGED = 40_000
"""Copies in one tagged file: a PDF reader's limit of 8,388,607 objects, and 200 objects a copy."""


@dataclass(frozen=True, slots=True)
class LabelChecks:
    """What is wrong with the label of an order that stands above some notes, and whether a banner can say a name."""

    label: Callable[[CopyRequest, tuple[str, ...]], Sequence[Finding]]
    banner: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every copy that will be made, in the order of its serials; `orders` has the order of each copy."""

    name: str
    copies: tuple[CopyEntry, ...]
    orders: tuple[CopyRequest, ...] = field(repr=False)
    parts: tuple[PartEntry, ...]
    leaflets: tuple[LeafletEntry, ...]
    assessments: tuple[Assessment, ...]
    findings: tuple[Finding, ...] = ()
    rejected: frozenset[int] = frozenset()

    @property
    def errors(self) -> int:
        """Findings that stop a run."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    def label_of(self, serial: int) -> Label | None:
        """The label of a planned copy; a clinician sheet has no space for one."""
        found = self.orders[serial - 1]
        return None if found.leaflet.edition.audience is Audience.CLINICIAN else found.label

    def jobs(self) -> tuple[Job, ...]:
        """One job for each distinct leaflet."""
        return tuple(
            Job(one.number, one.drug, one.audience, one.lang, one.paper, tuple(one.allowed.split()), one.type_size)
            for one in self.leaflets
        )


def plan(
    run_list: RunList,
    monographs: Monographs,
    options: RunOptions,
    *,
    name: str,
    patient: Callable[[str], bytes | None],
    checks: LabelChecks,
) -> Plan:
    """The plan of a run called `name`. Bad rows become findings with their line and are left out of the copies.

    `patient` hashes a patient reference. Raises UsageError where nothing can be sorted as wished.
    """
    aliases = monographs.aliases()
    judged = [order(row, aliases, options.defaults) for row in run_list.reading.rows]
    orders = [one for one in judged if isinstance(one, CopyRequest)]
    assessments = monographs.judge(sorted({one.leaflet for one in orders}, key=str))
    refused, refusals = _refused(orders, assessments, options.allowed)
    notes = {leaflet: _notes(assessment, options.allowed) for leaflet, assessment in assessments.items()}
    unfit, label_findings = _labels([one for one in orders if one.line not in refused], notes, checks)
    faults = [one for one in judged if isinstance(one, RowFault)]
    if options.banner and not options.split:
        faults += _nameless(orders, checks)
    rejected = frozenset({fault.line for fault in faults} | refused | unfit)
    good = [one for one in orders if one.line not in rejected]
    findings = (*run_list.findings, *map(_finding, faults), *refusals, *label_findings, *_duplicates(orders))
    numbered = _numbered(name, good, assessments, options, patient)
    return replace(numbered, findings=findings, rejected=rejected)


def _finding(fault: RowFault) -> Finding:
    return Finding(Severity.ERROR, fault.code, fault.message, fault.hint, line=fault.line)


# -------------------------------------------------------------------- judging


def _refused(
    orders: Sequence[CopyRequest], assessments: Mapping[Leaflet, Assessment], allowed: frozenset[Objection]
) -> tuple[set[int], list[Finding]]:
    """The lines whose leaflets may not be made, and one finding for each such leaflet, with all its lines."""
    lines: dict[Leaflet, list[int]] = {}
    for one in orders:
        lines.setdefault(one.leaflet, []).append(one.line)
    refused: set[int] = set()
    findings = []
    for leaflet, asked in lines.items():
        found = list(_against(assessments[leaflet], allowed, asked))
        findings += found
        refused.update(asked if any(finding.severity is Severity.ERROR for finding in found) else ())
    return refused, findings


def _against(assessment: Assessment, allowed: frozenset[Objection], asked: Sequence[int]) -> Iterator[Finding]:
    """What stands against a leaflet: errors, or warnings where it was allowed."""
    where = f"asked for on {'lines' if len(asked) > 1 else 'line'} {serials.spell(asked)}"
    rows = f"{len(asked)} row{'s' if len(asked) > 1 else ''}"
    if assessment.missing:
        yield Finding(
            Severity.ERROR, "leaflet-missing", f"{assessment.leaflet}: {assessment.missing}; {where}", line=asked[0]
        )
    for objection, why in assessment.objections:
        permitted = objection in allowed and bool(objection.flag)
        severity = Severity.WARNING if permitted else Severity.ERROR
        refused = (
            f"Mend the monograph, or allow it with {objection.flag}." if objection.flag else "Hand out no copy of it."
        )
        hint = "Allowed, and said on every sheet." if permitted else refused
        message = f"{assessment.leaflet}: {why}; {rows if permitted else where}"
        yield Finding(severity, f"leaflet-{objection.value}", message, hint, line=asked[0])


def _notes(assessment: Assessment, allowed: frozenset[Objection]) -> tuple[str, ...]:
    """What must be printed on a leaflet that was allowed all the same."""
    lang = assessment.leaflet.edition.lang
    return tuple(objection.note(lang) for objection, _ in assessment.objections if objection in allowed)


def _labels(
    orders: Iterable[CopyRequest], notes: Mapping[Leaflet, tuple[str, ...]], checks: LabelChecks
) -> tuple[set[int], list[Finding]]:
    """The lines whose label cannot be set, and what was found about labels."""
    findings = [
        replace(finding, line=one.line)
        for one in orders
        if one.label and one.leaflet.edition.audience is not Audience.CLINICIAN
        for finding in checks.label(one, notes[one.leaflet])
    ]
    return {finding.line for finding in findings if finding.severity is Severity.ERROR}, findings


def _nameless(orders: Iterable[CopyRequest], checks: LabelChecks) -> list[RowFault]:
    """The rows whose destination no banner sheet can be headed with."""
    fit = {destination: checks.banner(destination) for destination in {one.destination for one in orders}}
    what = "column `destination` cannot be printed on a banner sheet: a letter has no font, or it is too long"
    hint = "Call the destination otherwise, or leave --banner out."
    return [RowFault(one.line, "list-destination", what, hint) for one in orders if not fit[one.destination]]


def _duplicates(orders: Iterable[CopyRequest]) -> Iterator[Finding]:
    """Rows with the patient, leaflet and prescription of an earlier row: shown, since a refill may be meant."""
    first: dict[tuple[str, str, str, str], int] = {}
    for one in orders:
        patient, rx_number = one.cells.get("patient_ref", ""), one.cells.get("rx_number", "")
        if not patient:
            continue
        key = (patient, one.leaflet.drug, one.leaflet.edition.audience, rx_number)
        if key in first:
            message = f"same patient, drug and prescription as line {first[key]}"
            yield Finding(
                Severity.WARNING, "list-duplicate", message, "Take one of them away if it is not meant.", line=one.line
            )
        first.setdefault(key, one.line)


# -------------------------------------------------------------------- numbering


def _numbered(
    name: str,
    orders: Sequence[CopyRequest],
    assessments: Mapping[Leaflet, Assessment],
    options: RunOptions,
    patient: Callable[[str], bytes | None],
) -> Plan:
    leaflets = list(dict.fromkeys(one.leaflet for one in orders))
    number = {leaflet: place for place, leaflet in enumerate(leaflets, 1)}
    parts: list[PartEntry] = []
    copies: list[CopyEntry] = []
    by_serial: list[CopyRequest] = []
    groups = _groups(_sorted(orders, options.sort), MAX_TAGGED if options.tagged else 0)
    names = part_names(name, [destination for destination, _ in groups], folder=options.split)
    for part, ((destination, group), filename) in enumerate(zip(groups, names, strict=True), 1):
        first = len(copies) + 1
        for one in group:
            who = patient(one.cells.get("patient_ref", ""))
            copies.append(CopyEntry(len(copies) + 1, one.line, number[one.leaflet], part, who))
        by_serial += group
        parts.append(PartEntry(part, destination, filename, first, len(copies)))
    entries = tuple(_entry(number[leaflet], assessments[leaflet], options.allowed) for leaflet in leaflets)
    known = tuple(assessments[leaflet] for leaflet in leaflets)
    return Plan(name, tuple(copies), tuple(by_serial), tuple(parts), entries, known)


def _sorted(orders: Sequence[CopyRequest], columns: Sequence[str]) -> Sequence[CopyRequest]:
    """In list order, or by the cells of some columns; rows that are equal keep the order of the list."""
    for column in columns:
        if column not in COLUMNS:
            raise UsageError(f'--sort: "{column}" is no column', f"Columns: {', '.join(sorted(COLUMNS))}.")

    def key(one: CopyRequest) -> tuple[str, ...]:
        return tuple(
            one.leaflet.drug if column == "drug" else one.cells.get(column, "").casefold() for column in columns
        )

    return sorted(orders, key=key) if columns else orders


def _groups(orders: Sequence[CopyRequest], most: int) -> list[tuple[str, list[CopyRequest]]]:
    """Each destination with an order for each copy, destinations as they first come, none longer than a file may be."""
    by_destination: dict[str, list[CopyRequest]] = {}
    for one in orders:
        by_destination.setdefault(one.destination, []).extend([one] * one.copies)
    return [
        (destination, whole[start : start + (most or len(whole))])
        for destination, whole in by_destination.items()
        for start in range(0, len(whole), most or len(whole))
    ]


def _entry(number: int, assessment: Assessment, allowed: frozenset[Objection]) -> LeafletEntry:
    leaflet, edition = assessment.leaflet, assessment.leaflet.edition
    named = " ".join(objection.value for objection, _ in assessment.objections if objection in allowed)
    where = (edition.audience.value, edition.lang, edition.paper.value)
    printed = (assessment.version, assessment.source, named)
    return LeafletEntry(number, leaflet.drug, *where, *printed, type_size=edition.type_size.value)
