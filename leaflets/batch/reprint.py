"""Prints copies again: new serials replace the old ones, which are spoiled and can never become printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from leaflets.batch.execute import RunContext, RunResult, UnfinishedRun, execute
from leaflets.batch.made_before import EarlierRuns
from leaflets.batch.options import options_from_json
from leaflets.batch.plan import Plan, plan
from leaflets.errors import RunIncomplete, UsageError
from leaflets.ledger.entries import CopyEntry, PartEntry, RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.serials import format_serials
from leaflets.ledger.states import CopyState
from leaflets.model.finding import Severity
from leaflets.printfile.names import part_names
from leaflets.runlist.read import read_recorded_list

REPRINTABLE = frozenset({CopyState.WRITTEN, CopyState.SENT, CopyState.UNPRINTED, CopyState.SPOILED})
"""The states of a copy that may be reprinted; it is recorded as spoiled then, unless it never reached paper."""


@dataclass(frozen=True, slots=True)
class Reprint:
    """The new serial for each old one, those of the old ones that may be on paper, and what came of making the new."""

    replaced: Mapping[int, int]
    on_paper: tuple[int, ...]
    made: RunResult


def reprint(
    data: bytes, run: RunEntry, chosen: Sequence[int], ledger: Ledger, context: RunContext, resume_hint: str
) -> Reprint:
    """Makes new copies in place of some serials of a run, from the same list; resumes a reprint that was interrupted.

    Raises UsageError where the list is another, or a serial cannot be reprinted; RunIncomplete where a leaflet changed.
    """
    options = replace(options_from_json(run.options), keep_going=False)
    run_plan = _recorded_plan(data, run, ledger, context)
    with ledger.lock_run(run):
        copies = ledger.store.copies(run)
        _refuse_changed(run, run_plan, ledger, [copy for copy in copies if copy.serial in set(chosen)])
        already = {copy.replaces for copy in copies if copy.replaces in set(chosen)}
        if not already:
            _refuse_unfit(run, copies, chosen)
            _add_copies(run, copies, chosen, ledger, folder=options.split)
        elif already != set(chosen):
            serials = format_serials(number for number in already if number)
            raise UsageError(f"run {run.name}: serials {serials} were reprinted already", "Leave them out.")
        made = execute(context, UnfinishedRun(run, run_plan, options, resume_hint), lambda _lines: None)
        copies = ledger.store.copies(run)
    new_serials = {copy.replaces: copy.serial for copy in copies}
    on_paper = tuple(one.serial for one in copies if one.serial in set(chosen) and one.state is CopyState.SPOILED)
    return Reprint({old: new_serials[old] for old in chosen}, on_paper, made)


def _recorded_plan(data: bytes, run: RunEntry, ledger: Ledger, context: RunContext) -> Plan:
    """The plan of the run, made again from its list."""
    options = options_from_json(run.options)
    run_list = read_recorded_list(data, dict(options.columns), options.encoding)
    if run_list.sha256 != run.list_sha256:
        raise UsageError(
            f"this is not the list run {run.name} was made from, or it was changed since",
            "Give the very same file; it is known by its hash.",
        )
    earlier = EarlierRuns(recorded=ledger.store.left_out(run))
    planned = plan(run_list, context.monographs, context.print_files, options, name=run.name, earlier=earlier)
    recorded = [copy for copy in ledger.store.copies(run) if copy.replaces is None]
    if [_fixed(copy) for copy in recorded] != [_fixed(copy) for copy in planned.copy_entries]:
        errors = (finding.message for finding in planned.findings if finding.severity is Severity.ERROR)
        refused = next((f"; {message}" for message in errors), "")
        raise RunIncomplete(
            f"run {run.name}: its list no longer means the same leaflets; a monograph came, went or is refused now"
            f"{refused}",
            "Put the monographs back as they were, or make a new list of these patients.",
        )
    return planned


def _fixed(copy: CopyEntry) -> CopyEntry:
    """The copy without its state, and without what a key hashes: the list is the very same, and the key may be lost."""
    return replace(copy, state=CopyState.PLANNED, patient=None, row=None)


def _refuse_changed(run: RunEntry, planned: Plan, ledger: Ledger, old: Sequence[CopyEntry]) -> None:
    """Raises RunIncomplete where a leaflet is not as it was: a reprint is the same sheet again, or none."""
    recorded_leaflets = {entry.number: entry for entry in ledger.store.leaflets(run)}
    leaflets_now = {entry.number: entry for entry in planned.leaflets}
    for number in sorted({copy.leaflet for copy in old}):
        recorded = replace(recorded_leaflets[number], content_id="", sheet="", pages=0)
        if recorded != leaflets_now[number]:
            raise RunIncomplete(
                f"run {run.name}: {recorded.leaflet.drug} has changed since, so a reprint would be another leaflet",
                "Spoil the old sheets with `leaflet runs spoil`, and make a new list of these patients.",
            )


def _refuse_unfit(run: RunEntry, copies: Sequence[CopyEntry], chosen: Sequence[int]) -> None:
    states = {copy.serial: copy.state for copy in copies}
    unknown = [serial for serial in chosen if serial not in states]
    if unknown or not chosen:
        raise UsageError(
            f"run {run.name} has no serial {format_serials(unknown) or 'of that kind'}",
            f"`leaflet runs show {run.name}` lists them.",
        )
    printed = [serial for serial in chosen if states[serial] is CopyState.PRINTED]
    if printed:
        serials = format_serials(printed)
        hint = f"If a sheet is spoiled after all: `leaflet runs spoil {run.name} {serials}`, then reprint."
        raise UsageError(f"run {run.name}: serials {serials} are confirmed as printed", hint)
    unfit = [serial for serial in chosen if states[serial] not in REPRINTABLE]
    if unfit:
        hint = "Finish the run first: give the command that began it once more."
        raise UsageError(f"run {run.name}: serials {format_serials(unfit)} were never written", hint)


def _add_copies(
    run: RunEntry, copies: Sequence[CopyEntry], chosen: Sequence[int], ledger: Ledger, *, folder: bool
) -> None:
    """Adds copies with serials after the last, grouped by print file as the old ones were."""
    parts = ledger.store.parts(run)
    old = [copy for copy in copies if copy.serial in set(chosen)]
    old_parts = sorted({copy.part for copy in old})
    destinations = {part.number: part.destination for part in parts}
    names = part_names(
        run.name,
        [destinations[number] for number in old_parts],
        folder=folder,
        suffix=f"-reprint-{copies[-1].serial + 1}",
    )
    new_parts, new_copies, serial = [], [], copies[-1].serial
    for number, (old_part, name) in enumerate(zip(old_parts, names, strict=True), parts[-1].number + 1):
        first = serial + 1
        for copy in (copy for copy in old if copy.part == old_part):
            serial += 1
            new_copies.append(replace(copy, serial=serial, part=number, state=CopyState.PLANNED, replaces=copy.serial))
        new_parts.append(PartEntry(number, destinations[old_part], name, first, serial))
    ledger.store.add_reprint(run, new_parts, new_copies)
