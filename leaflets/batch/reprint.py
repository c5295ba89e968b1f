"""Prints copies again: new serials replace the old ones, which can never become printed.

Only what is reprinted is judged: the rows of these copies and their leaflets, by what the ledger records of them. What
else is on the list may have changed, expired or gone since. A sheet comes from the cache as it was made then, or is
made anew from the same text, which may give another page after an upgrade; the ledger then records both. Nothing is
recorded before all sheets are there and all labels fit.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from leaflets.batch.execute import RunContext, RunResult, UnfinishedRun, render_all, write_print_files
from leaflets.batch.made_before import made_since
from leaflets.batch.options import RunOptions, options_from_json
from leaflets.batch.plan import Plan, PlannedCopy, check_labels, label_sheet_lines, leaflet_entry, refused_lines
from leaflets.batch.print_files import REJECTS_SUFFIXES
from leaflets.errors import LeafletError, LedgerError, RunIncomplete, UsageError
from leaflets.ledger.entries import CopyEntry, LeafletEntry, NewReprint, PartEntry, RunEntry, WhyLeftOut
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.serials import format_serials
from leaflets.ledger.states import CopyState
from leaflets.model.copy import Leaflet
from leaflets.model.finding import Finding, Severity
from leaflets.printfile.names import part_names
from leaflets.runlist.columns import ListRow
from leaflets.runlist.files import read_list_file
from leaflets.runlist.read import RunList, read_recorded_list, with_rows
from leaflets.runlist.requests import CopyRequest, request_of_copy

UNWRITTEN = frozenset({CopyState.PLANNED, CopyState.RENDERED})
"""The states of a copy that is in no print file yet."""

REPRINTABLE = frozenset({CopyState.WRITTEN, CopyState.SENT, CopyState.SPOILED, CopyState.UNPRINTED})
"""The states of a copy that may be reprinted; one that may be on paper is recorded as spoiled then."""


@dataclass(frozen=True, slots=True)
class MadeAnew:
    """A leaflet whose old sheet was not in the cache any more, and whose page is another one now."""

    leaflet: Leaflet
    old_content_id: str
    new_content_id: str


@dataclass(frozen=True, slots=True)
class Reprint:
    """The new serial for each old one, those of the old ones that may be on paper, and what came of making the new.

    `made_anew` are the leaflets whose pages are others now.
    """

    replaced: Mapping[int, int]
    on_paper: tuple[int, ...]
    made: RunResult
    made_anew: tuple[MadeAnew, ...] = ()


@dataclass(frozen=True, slots=True)
class ReprintRequest:
    """The serials to print again and the list of their run; `again`: also sheets that a later run has made since."""

    data: bytes = field(repr=False)
    serials: tuple[int, ...]
    again: bool = False


def reprint(request: ReprintRequest, run: RunEntry, ledger: Ledger, context: RunContext, resume_hint: str) -> Reprint:
    """Makes new copies in place of some serials of a run, from the same list; resumes a reprint that was interrupted.

    Raises UsageError where the list is another, or a serial cannot be reprinted or was made since; RunIncomplete where
    the text of a leaflet changed, one may not be handed out today, or a label does not fit; the leaflet's own error
    where it cannot be rendered.
    """
    options, chosen = options_from_json(run.options), request.serials
    rows = _rows(request.data, run, options, ledger)
    with ledger.lock_run(run):
        copies = ledger.store.copies(run)
        old = [copy for copy in copies if copy.serial in set(chosen)]
        begun = [copy for copy in copies if copy.replaces in set(chosen)]
        _refuse_unfit(run, old, begun, chosen)
        if not begun and not request.again:
            _refuse_made_since(run, old, ledger)
        waiting = _unwritten(copies, begun) if begun else old
        recorded = {entry.number: entry for entry in ledger.store.leaflets(run)}
        requests = _requests(waiting, run, rows, ledger)
        today, label_sheets = _judged(run, _leaflets_of(waiting, recorded), [*requests.values()], options, context)
        sheets = _sheets(today, recorded, context, resume_hint)
        if begun:
            _refuse_other_pages(run, sheets, recorded)
        else:
            new = _new_copies(run, old, sheets, ledger, folder=options.split)
            ledger.store.add_reprint(run, new)
            begun = waiting = list(new.copies)
        planned = replace(_plan(run, waiting, requests, sheets), label_sheets=label_sheets)
        write_print_files(context, UnfinishedRun(run, planned, options, resume_hint))
        made = RunResult(run, ledger.store.parts(run), ledger.store.state_counts(run), frozenset())
    replaced = {copy.replaces or 0: copy.serial for copy in begun}
    on_paper = tuple(copy.serial for copy in old if copy.state is not CopyState.UNPRINTED)
    return Reprint(replaced, on_paper, made, tuple(_made_anew(sheets, recorded)))


def _unwritten(copies: Iterable[CopyEntry], begun: Iterable[CopyEntry]) -> list[CopyEntry]:
    """All copies of the print files that an interrupted reprint has not written: a file is written whole."""
    parts = {copy.part for copy in begun if copy.state in UNWRITTEN}
    return [copy for copy in copies if copy.part in parts and copy.state in UNWRITTEN]


def _leaflets_of(copies: Iterable[CopyEntry], recorded: Mapping[int, LeafletEntry]) -> list[LeafletEntry]:
    return [recorded[number] for number in sorted({copy.leaflet for copy in copies})]


def _plan(
    run: RunEntry, copies: Sequence[CopyEntry], requests: Mapping[int, CopyRequest], sheets: Sequence[LeafletEntry]
) -> Plan:
    """The copies that are to be written, as a plan of nothing else."""
    planned = tuple(PlannedCopy(copy, requests.get(copy.serial) or requests[copy.replaces or 0]) for copy in copies)
    return Plan(run.name, planned, (), tuple(sheets), {})


# -------------------------------------------------------------------- what is reprinted


def _rows(data: bytes, run: RunEntry, options: RunOptions, ledger: Ledger) -> Mapping[int, ListRow]:
    """The rows of the list by line, as the run was made from them. Raises UsageError where it is another list."""
    run_list = read_recorded_list(data, dict(options.columns), options.encoding)
    if run_list.sha256 != run.list_sha256:
        run_list = _before_mended(data, run_list, run, options, ledger)
    if run_list.sha256 != run.list_sha256:
        raise UsageError(
            f"this is not the list run {run.name} was made from, or it was changed since",
            "Give the very same file; it is known by its hash. Only rows that the run rejected may have been mended in "
            "it, while its file of rejected rows is as it was.",
        )
    return {row.line: row for row in run_list.parsed.rows}


def _before_mended(data: bytes, mended: RunList, run: RunEntry, options: RunOptions, ledger: Ledger) -> RunList:
    """A list with the rejected rows of its run as they were then, by the run's file of them; else the list as it is.

    Only the hash of the whole list says that all other rows are those of the run.
    """
    path = ledger.store.folder(run) / f"{run.name}-rejects.{REJECTS_SUFFIXES[mended.format]}"
    lines = {one.line for one in ledger.store.left_out(run) if one.why is not WhyLeftOut.MADE}
    try:
        rejected = read_recorded_list(read_list_file(path), dict(options.columns), options.encoding)
        before = with_rows(data, mended, rejected.parsed.rows, lines)
        return read_recorded_list(before, dict(options.columns), options.encoding)
    except LeafletError:  # it is not there, or no list any more
        return mended


def _refuse_unfit(run: RunEntry, old: Sequence[CopyEntry], begun: Sequence[CopyEntry], chosen: Sequence[int]) -> None:
    """Raises UsageError where one of the copies is not there, is not to be reprinted, or was reprinted already."""
    unknown = set(chosen) - {copy.serial for copy in old}
    if unknown or not chosen:
        raise UsageError(
            f"run {run.name} has no serial {format_serials(unknown) or 'of that kind'}",
            f"`leaflet runs show {run.name}` lists them.",
        )
    replaced = [copy.replaces for copy in begun if copy.replaces is not None]
    if begun and set(replaced) != set(chosen):
        raise UsageError(
            f"run {run.name}: serials {format_serials(replaced)} were reprinted already", "Leave them out."
        )
    printed = format_serials(copy.serial for copy in old if copy.state is CopyState.PRINTED)
    if printed:
        hint = f"If a sheet is spoiled after all: `leaflet runs spoil {run.name} {printed}`, then reprint."
        raise UsageError(f"run {run.name}: serials {printed} are confirmed as printed", hint)
    unfit = format_serials(copy.serial for copy in old if copy.state not in REPRINTABLE)
    if unfit and not begun:
        hint = "Finish the run first: give the command that began it once more."
        raise UsageError(f"run {run.name}: serials {unfit} were never written", hint)


def _refuse_made_since(run: RunEntry, old: Sequence[CopyEntry], ledger: Ledger) -> None:
    """Raises UsageError where a later run has made the sheet of one of the copies since."""
    instead = made_since(ledger.store, run, old)
    if instead:
        serials, runs = format_serials(instead), ", ".join(dict.fromkeys(instead.values()))
        raise UsageError(
            f"run {run.name}: the sheets of serials {serials} were made since, by run {runs}",
            f"`leaflet runs cancel {run.name} {serials} --reason …` closes their account; --again prints them.",
        )


def _requests(
    copies: Sequence[CopyEntry], run: RunEntry, rows: Mapping[int, ListRow], ledger: Ledger
) -> Mapping[int, CopyRequest]:
    """What is to be printed for each copy, by its serial: its leaflet as recorded, the label of its row.

    Raises RunIncomplete where a row cannot be read as it was then.
    """
    leaflets = {entry.number: entry.leaflet for entry in ledger.store.leaflets(run)}
    destinations = {part.number: part.destination for part in ledger.store.parts(run)}
    is_patient = _patient_check(ledger)
    requests = {}
    for copy in copies:
        row = rows.get(copy.line)
        if row is None or row.fault or not is_patient(row, copy):
            raise RunIncomplete(
                f"run {run.name}: line {copy.line} of the list is not read as it was when the run was made",
                "Spoil these sheets with `leaflet runs spoil`, and make a new list of these patients.",
            )
        requests[copy.serial] = request_of_copy(row, leaflets[copy.leaflet], destinations[copy.part])
    return requests


def _patient_check(ledger: Ledger) -> Callable[[ListRow, CopyEntry], bool]:
    """Whether a row may be that of a copy's patient: not where it names another.

    Without the ledger's key, or a reference in the row, nobody can tell; the list is the very same file.
    """
    try:
        key = ledger.key
    except LedgerError:
        return lambda _row, _copy: True
    return lambda row, copy: key.pseudonym(row.cells.get("patient_ref", "")) in {None, copy.patient}


# -------------------------------------------------------------------- whether it may be printed


def _judged(
    run: RunEntry,
    entries: Sequence[LeafletEntry],
    requests: Sequence[CopyRequest],
    options: RunOptions,
    context: RunContext,
) -> tuple[list[LeafletEntry], frozenset[int]]:
    """The leaflets as they are to be handed out today, not rendered yet, and the lines with a label sheet.

    Raises RunIncomplete where one may not be, a label cannot be printed, or the text has changed.
    """
    assessments = context.monographs.assess([entry.leaflet for entry in entries])
    _, refusals = refused_lines(requests, assessments, options.allowed)
    _raise_first(run, refusals)
    today = [leaflet_entry(entry.number, assessments[entry.leaflet], options.allowed) for entry in entries]
    for entry, now in zip(entries, today, strict=True):
        if (entry.version, entry.source) != (now.version, now.source):
            raise RunIncomplete(
                f"run {run.name}: {entry.leaflet.drug} has changed since, so a reprint would be another leaflet",
                "Spoil the old sheets with `leaflet runs spoil`, and make a new list of these patients.",
            )
    _, label_findings = check_labels(requests, assessments, options, context.print_files)
    _raise_first(run, label_findings)
    return today, label_sheet_lines(label_findings)


def _raise_first(run: RunEntry, findings: Iterable[Finding]) -> None:
    """Raises RunIncomplete for the first error among some findings."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise RunIncomplete(f"run {run.name}: {errors[0].message}; nothing was reprinted", errors[0].hint)


def _sheets(
    today: Sequence[LeafletEntry], recorded: Mapping[int, LeafletEntry], context: RunContext, resume_hint: str
) -> list[LeafletEntry]:
    """The leaflets with their sheets: as recorded where the cache still has them, else rendered.

    Raises the leaflet's own error where one cannot be rendered.
    """
    lost = context.monographs.lost({recorded[entry.number].sheet for entry in today})
    kept = {
        entry.number: recorded[entry.number]
        for entry in today
        if recorded[entry.number].sheet not in lost and recorded[entry.number].allowed == entry.allowed
    }
    missing = [entry for entry in today if entry.number not in kept]
    rendered = {entry.number: entry for entry in render_all(context, missing, resume_hint)}
    return [{**kept, **rendered}[entry.number] for entry in today]


def _refuse_other_pages(run: RunEntry, sheets: Sequence[LeafletEntry], recorded: Mapping[int, LeafletEntry]) -> None:
    """Raises RunIncomplete where an interrupted reprint would go on with another page than the one it recorded."""
    for sheet in sheets:
        if sheet.content_id != recorded[sheet.number].content_id:
            raise RunIncomplete(
                f"run {run.name}: the sheet of {sheet.leaflet.drug} comes out otherwise than when this reprint began",
                f"`leaflet runs spoil {run.name}` the new serials, and reprint those.",
            )


def _made_anew(sheets: Sequence[LeafletEntry], recorded: Mapping[int, LeafletEntry]) -> Iterable[MadeAnew]:
    for sheet in sheets:
        old = recorded[sheet.number].content_id
        if sheet.content_id != old:
            yield MadeAnew(sheet.leaflet, old, sheet.content_id)


# -------------------------------------------------------------------- what is recorded


def _new_copies(
    run: RunEntry, old: Sequence[CopyEntry], sheets: Sequence[LeafletEntry], ledger: Ledger, *, folder: bool
) -> NewReprint:
    """Copies with serials after the last, grouped by print file as the old ones were.

    A leaflet whose page is another one now is a further leaflet of the run.
    """
    parts, last = ledger.store.parts(run), max(copy.serial for copy in ledger.store.copies(run))
    leaflets = _numbered(sheets, ledger.store.leaflets(run))
    old_parts = sorted({copy.part for copy in old})
    destinations = {part.number: part.destination for part in parts}
    places = [destinations[number] for number in old_parts]
    names = part_names(run.name, places, folder=folder, suffix=f"-reprint-{last + 1}")
    new_parts: list[PartEntry] = []
    new_copies: list[CopyEntry] = []
    for number, (old_part, name) in enumerate(zip(old_parts, names, strict=True), parts[-1].number + 1):
        first = last + 1
        for copy in (copy for copy in old if copy.part == old_part):
            last += 1
            leaflet = leaflets[copy.leaflet].number
            new_copies.append(
                CopyEntry(last, copy.line, leaflet, number, copy.patient, replaces=copy.serial, row=copy.row)
            )
        new_parts.append(PartEntry(number, destinations[old_part], name, first, last))
    return NewReprint(tuple(leaflets.values()), tuple(new_parts), tuple(new_copies))


def _numbered(sheets: Sequence[LeafletEntry], recorded: Sequence[LeafletEntry]) -> dict[int, LeafletEntry]:
    """The leaflet to print in place of each one, by its number: the same, or a further one if its page is another."""
    content_ids = {entry.number: entry.content_id for entry in recorded}
    last = max(content_ids)
    numbered = {}
    for sheet in sheets:
        other = sheet.content_id != content_ids[sheet.number]
        last += other
        numbered[sheet.number] = replace(sheet, number=last) if other else sheet
    return numbered
