"""A whole list, read and assessed before anything is made → every copy with its serial, or why it is refused."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from leaflets.batch.assessment import Assessment, Monographs
from leaflets.batch.made_before import EarlierRuns, remaining
from leaflets.batch.options import RunOptions
from leaflets.batch.print_files import PrintFiles
from leaflets.errors import UsageError
from leaflets.labels.findings import NEEDS_LABEL_SHEET
from leaflets.languages import BESIDE, language
from leaflets.ledger import serials
from leaflets.ledger.entries import CopyEntry, LeafletEntry, LeftOutRow, PartEntry, WhyLeftOut
from leaflets.model.copy import Leaflet
from leaflets.model.finding import Finding, Severity
from leaflets.model.objection import Objection
from leaflets.printfile.names import part_names
from leaflets.runlist.columns import COLUMNS
from leaflets.runlist.read import RunList
from leaflets.runlist.requests import CopyRequest, RowFault, copy_request
from leaflets.workers.protocol import RenderTask

MAX_TAGGED = 40_000
"""Copies in one tagged file: a PDF reader's limit of 8,388,607 objects, and 200 objects a copy."""


@dataclass(frozen=True, slots=True)
class PlannedCopy:
    """One copy: what the ledger records of it, which is no patient data, and the request with the label."""

    entry: CopyEntry
    request: CopyRequest = field(repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """All copies of a run in the order of their serials, its print files and leaflets, and what was found.

    `rejected` are the lines of rows of which no copy is made, `left_out` what the ledger records of them, and of rows
    that earlier runs made. `label_sheets` are the lines whose labels need a sheet of their own.
    """

    name: str
    copies: tuple[PlannedCopy, ...]
    parts: tuple[PartEntry, ...]
    leaflets: tuple[LeafletEntry, ...]
    assessments: Mapping[Leaflet, Assessment]
    findings: tuple[Finding, ...] = ()
    rejected: frozenset[int] = frozenset()
    left_out: tuple[LeftOutRow, ...] = ()
    label_sheets: frozenset[int] = frozenset()

    @property
    def errors(self) -> int:
        """How many findings stop the run."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def made_before(self) -> tuple[LeftOutRow, ...]:
        """The rows of which earlier runs made copies, which are not made again."""
        return tuple(one for one in self.left_out if one.why is WhyLeftOut.MADE)

    @property
    def copy_entries(self) -> tuple[CopyEntry, ...]:
        """What the ledger records of the copies."""
        return tuple(copy.entry for copy in self.copies)

    def render_tasks(self) -> tuple[RenderTask, ...]:
        """One task for each distinct leaflet."""
        return tuple(map(task_of, self.leaflets))


def task_of(entry: LeafletEntry) -> RenderTask:
    """The task that renders a leaflet of a run."""
    return RenderTask(entry.number, entry.leaflet, entry.allowed)


def plan(
    run_list: RunList,
    monographs: Monographs,
    print_files: PrintFiles,
    options: RunOptions,
    *,
    name: str,
    earlier: EarlierRuns,
) -> Plan:
    """The plan of a run called `name`. Rows that are refused become findings with their line.

    Rows that `earlier` runs made are left out. Raises UsageError where there is no such column to sort by.
    """
    drug_names = monographs.drug_names()
    read = [copy_request(row, drug_names, options.defaults) for row in run_list.parsed.rows]
    requests = [one for one in read if isinstance(one, CopyRequest)]
    assessments = monographs.assess(sorted({one.leaflet for one in requests}, key=str))
    refused, refusals = refused_lines(requests, assessments, options.allowed)
    unprintable, label_findings = check_labels(
        [one for one in requests if one.line not in refused], assessments, options, print_files
    )
    faults = [one for one in read if isinstance(one, RowFault)]
    if options.banner and not options.split:
        faults += _check_banners(requests, print_files)
    rejected = frozenset({fault.line for fault in faults} | refused | unprintable)
    good = [(n, one) for n, one in enumerate(read, 1) if isinstance(one, CopyRequest) and one.line not in rejected]
    made = earlier.made(good, {leaflet: assessment.version for leaflet, assessment in assessments.items()})
    to_make = remaining(good, made)
    findings = (
        *run_list.findings,
        *map(_finding, faults),
        *refusals,
        *label_findings,
        *_duplicates(requests),
        *_other_words(to_make),
        *_mixed_papers(to_make, options),
        *earlier.findings(good, made),
    )
    left_out = (*_refused_rows(run_list, requests, rejected, earlier), *made)
    numbered = _numbered(name, to_make, assessments, options, earlier)
    sheets = label_sheet_lines(label_findings)
    return replace(numbered, findings=findings, rejected=rejected, left_out=left_out, label_sheets=sheets)


def _finding(fault: RowFault) -> Finding:
    return Finding(Severity.ERROR, fault.code, fault.message, fault.hint, line=fault.line)


# -------------------------------------------------------------------- what is refused


def refused_lines(
    requests: Sequence[CopyRequest], assessments: Mapping[Leaflet, Assessment], allowed: frozenset[Objection]
) -> tuple[set[int], list[Finding]]:
    """The lines whose leaflets may not be made, and one finding for each such leaflet, with all its lines."""
    lines: dict[Leaflet, list[int]] = {}
    for one in requests:
        lines.setdefault(one.leaflet, []).append(one.line)
    refused: set[int] = set()
    findings: list[Finding] = []
    for leaflet, on_lines in lines.items():
        objections = list(_objections(assessments[leaflet], allowed, on_lines))
        findings += objections
        if any(finding.severity is Severity.ERROR for finding in objections):
            refused.update(on_lines)
    return refused, findings


def _refused_rows(
    run_list: RunList, requests: Iterable[CopyRequest], rejected: frozenset[int], earlier: EarlierRuns
) -> Iterator[LeftOutRow]:
    """What the ledger records of the lines that are refused: the copies asked for, where they could be read."""
    copies: Counter[int] = Counter()
    for one in requests:
        copies[one.line] += one.copies
    rows: dict[int, set[bytes | None]] = {line: set() for line in sorted(rejected)}
    for row in run_list.parsed.rows:
        if row.line in rows:
            rows[row.line].add(earlier.row(row.cells))
    for line, hashes in rows.items():
        yield LeftOutRow(line, copies[line], WhyLeftOut.REFUSED, row=hashes.pop() if len(hashes) == 1 else None)


def _objections(assessment: Assessment, allowed: frozenset[Objection], lines: Sequence[int]) -> Iterator[Finding]:
    """The objections to a leaflet that is asked for on these lines: errors, or warnings where they are allowed."""
    where = f"asked for on {'lines' if len(lines) > 1 else 'line'} {serials.format_serials(lines)}"
    rows = f"{len(lines)} row{'s' if len(lines) > 1 else ''}"
    if assessment.unavailable:
        message = f"{assessment.leaflet}: {assessment.unavailable}; {where}"
        yield Finding(Severity.ERROR, "leaflet-missing", message, assessment.hint, line=lines[0])
    for objection, why in assessment.objections:
        permitted = objection in allowed and bool(objection.flag)
        severity = Severity.WARNING if permitted else Severity.ERROR
        refused = f"{objection.remedy}, or allow it with {objection.flag}." if objection.flag else objection.remedy
        hint = "Allowed, and said on every sheet." if permitted else refused
        message = f"{assessment.leaflet}: {why}; {rows if permitted else where}"
        yield Finding(severity, f"leaflet-{objection.value}", message, hint, line=lines[0])


def check_labels(
    requests: Iterable[CopyRequest],
    assessments: Mapping[Leaflet, Assessment],
    options: RunOptions,
    print_files: PrintFiles,
) -> tuple[set[int], list[Finding]]:
    """The lines whose label cannot be printed, and what was found about labels."""
    notes = {leaflet: _notes(assessment, options.allowed) for leaflet, assessment in assessments.items()}
    findings = [
        replace(finding, line=one.line)
        for one in requests
        if one.label
        for finding in print_files.check_label(one, notes[one.leaflet], code=options.label_code)
    ]
    return {finding.line for finding in findings if finding.severity is Severity.ERROR}, findings


def label_sheet_lines(findings: Iterable[Finding]) -> frozenset[int]:
    """The lines whose labels need a sheet of their own."""
    return frozenset(finding.line for finding in findings if finding.code == NEEDS_LABEL_SHEET)


def _notes(assessment: Assessment, allowed: frozenset[Objection]) -> tuple[str, ...]:
    """What must be printed on a leaflet to which an objection was overruled."""
    lang = assessment.leaflet.edition.lang
    return tuple(objection.note(lang) for objection, _ in assessment.objections if objection in allowed)


def _check_banners(requests: Iterable[CopyRequest], print_files: PrintFiles) -> list[RowFault]:
    """A fault for each row whose destination cannot be printed on a banner sheet."""
    fits = {destination: print_files.fits_banner(destination) for destination in {one.destination for one in requests}}
    what = "column `destination` cannot be printed on a banner sheet: a letter has no font, or it is too long"
    hint = "Call the destination otherwise, or leave --banner out."
    return [RowFault(one.line, "list-destination", what, hint) for one in requests if not fits[one.destination]]


def _duplicates(requests: Iterable[CopyRequest]) -> Iterator[Finding]:
    """A warning for each row with the patient, leaflet and prescription of an earlier one, which may be a refill."""
    first: dict[tuple[str, str, str, str], int] = {}
    for one in requests:
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


def _other_words(requests: Iterable[CopyRequest]) -> Iterator[Finding]:
    """A warning for each row whose directions were put into words in another language than its leaflet."""
    for one in requests:
        lang = one.directions_lang
        if lang and one.label and lang not in one.leaflet.edition.lang.split(BESIDE):
            message = (
                f"its directions are structured and are in {language(lang).name}; its leaflet is in another language"
            )
            hint = "Let the system that writes the list put them into words of the patient's language."
            yield Finding(Severity.WARNING, "list-directions-language", message, hint, line=one.line)


# -------------------------------------------------------------------- numbering


def _numbered(
    name: str,
    requests: Sequence[CopyRequest],
    assessments: Mapping[Leaflet, Assessment],
    options: RunOptions,
    earlier: EarlierRuns,
) -> Plan:
    """The plan with a serial for each copy, ascending through the print files."""
    leaflets = list(dict.fromkeys(one.leaflet for one in requests))
    numbers = {leaflet: number for number, leaflet in enumerate(leaflets, 1)}
    parts: list[PartEntry] = []
    copies: list[PlannedCopy] = []
    groups = _groups(_sorted(requests, options.sort), options)
    names = part_names(name, _words_of_names(groups, options), folder=options.split)
    for part, ((destination, group), filename) in enumerate(zip(groups, names, strict=True), 1):
        first = len(copies) + 1
        for one in group:
            patient, row = earlier.patient(one.cells), earlier.row(one.cells)
            entry = CopyEntry(len(copies) + 1, one.line, numbers[one.leaflet], part, patient, row=row)
            copies.append(PlannedCopy(entry, one))
        parts.append(PartEntry(part, destination, filename, first, len(copies)))
    entries = tuple(leaflet_entry(numbers[leaflet], assessments[leaflet], options.allowed) for leaflet in leaflets)
    return Plan(name, tuple(copies), tuple(parts), entries, assessments)


def _sorted(requests: Sequence[CopyRequest], columns: Sequence[str]) -> Sequence[CopyRequest]:
    """In list order, or by the cells of some columns; rows that are equal keep the order of the list."""
    for column in columns:
        if column not in COLUMNS:
            raise UsageError(f'--sort: "{column}" is no column', f"Columns: {', '.join(sorted(COLUMNS))}.")

    def key(one: CopyRequest) -> tuple[str, ...]:
        return tuple(
            one.leaflet.drug if column == "drug" else one.cells.get(column, "").casefold() for column in columns
        )

    return sorted(requests, key=key) if columns else requests


def _groups(requests: Sequence[CopyRequest], options: RunOptions) -> list[tuple[str, list[CopyRequest]]]:
    """The copies of each print file, with its destination: a request for each copy, destinations as they first come.

    With `--split-papers` a destination has a file for each of its papers. No file is too long for a tagged one.
    """
    by_destination: dict[str, dict[str, list[CopyRequest]]] = {}
    for one in requests:
        paper = one.leaflet.edition.paper.value if options.split_papers else ""
        by_destination.setdefault(one.destination, {}).setdefault(paper, []).extend([one] * one.copies)
    most = MAX_TAGGED if options.tagged else sys.maxsize
    return [
        (destination, copies[start : start + most])
        for destination, by_paper in by_destination.items()
        for copies in by_paper.values()
        for start in range(0, len(copies), most)
    ]


def _words_of_names(groups: Sequence[tuple[str, Sequence[CopyRequest]]], options: RunOptions) -> list[str]:
    """What the name of each print file is made of: its destination, and its paper where there is a file for each."""
    if not options.split_papers:
        return [destination for destination, _ in groups]
    return [f"{destination} {copies[0].leaflet.edition.paper}" for destination, copies in groups]


def _mixed_papers(requests: Iterable[CopyRequest], options: RunOptions) -> Iterator[Finding]:
    """A warning for each destination whose print file mixes papers, for which a printer stops or jams."""
    papers: dict[str, dict[str, int]] = {}
    for one in requests:
        papers.setdefault(one.destination, {}).setdefault(str(one.leaflet.edition.paper), one.line)
    for destination, lines in papers.items():
        if len(lines) > 1 and not (options.split or options.split_papers):
            message = f"the print file of {destination} mixes papers: {', '.join(sorted(lines))}"
            hint = "--split-papers makes a file for each."
            yield Finding(Severity.WARNING, "list-papers", message, hint, line=sorted(lines.values())[1])


def leaflet_entry(number: int, assessment: Assessment, allowed: frozenset[Objection]) -> LeafletEntry:
    """What the ledger records of a leaflet that is not rendered yet."""
    overruled = tuple(objection for objection, _ in assessment.objections if objection in allowed)
    texts = (assessment.version, assessment.source)
    return LeafletEntry(
        number, assessment.leaflet, *texts, overruled, origins=assessment.origins, vouched=assessment.vouched
    )
