"""Prints spoiled sheets again: new serials in place of the old, which can never become printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from leaflets.batch import options as run_options
from leaflets.batch.assessment import Monographs
from leaflets.batch.execute import RunContext, RunResult, Task, finish
from leaflets.batch.plan import LabelChecks, Plan, plan
from leaflets.batch.print_files import PrintFiles
from leaflets.errors import RunIncomplete, UsageError
from leaflets.ledger.entries import CopyEntry, PartEntry, RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.serials import spell
from leaflets.ledger.states import CopyState
from leaflets.model.finding import Severity
from leaflets.printfile.names import part_names
from leaflets.runlist import read as lists

REPRINTED = frozenset({CopyState.WRITTEN, CopyState.SENT, CopyState.SPOILED})
"""Where a copy may stand that another takes the place of; it is spoiled then, if nobody said so before."""


@dataclass(frozen=True, slots=True)
class Reprint:
    """Copies that take the place of others, and what came of making them."""

    replaced: Mapping[int, int]
    made: RunResult


def reprint(
    data: bytes, run: RunEntry, chosen: Sequence[int], ledger: Ledger, context: RunContext, resume: str
) -> Reprint:
    """Makes copies in place of some of a run, from the same list. The same call resumes one that was interrupted.

    Raises UsageError where the list is another, or a serial cannot be reprinted; RunIncomplete where a leaflet changed.
    """
    options = replace(run_options.parse(run.options), keep_going=False)
    run_plan = _same_plan(data, run, ledger, context.monographs, context.print_files)
    with ledger.hold(run):
        copies = ledger.store.copies(run)
        _refuse_changed(run, run_plan, ledger, [copy for copy in copies if copy.serial in set(chosen)])
        known = {copy.replaces: copy.serial for copy in copies if copy.replaces in set(chosen)}
        if not known:
            _refuse_unfit(run, copies, chosen)
            _plan_again(run, copies, chosen, ledger, folder=options.split)
        elif set(known) != set(chosen):
            replaced = spell(number for number in known if number)
            raise UsageError(f"run {run.name}: serials {replaced} were reprinted already", "Leave them out.")
        made = finish(context, Task(run, run_plan, options, resume), lambda _lines: None)
        after = {copy.replaces: copy.serial for copy in ledger.store.copies(run)}
    return Reprint({old: after[old] for old in chosen}, made)


def _same_plan(data: bytes, run: RunEntry, ledger: Ledger, monographs: Monographs, print_files: PrintFiles) -> Plan:
    """The plan of the run, from its own list."""
    options = run_options.parse(run.options)
    run_list = lists.read(data, dict(options.columns), options.encoding)
    if run_list.sha256 != run.list_sha256:
        raise UsageError(
            f"this is not the list run {run.name} was made from, or it was changed since",
            "Give the very same file; it is known by its hash.",
        )
    checks = LabelChecks(print_files.check, print_files.can_head)
    found = plan(run_list, monographs, options, name=run.name, patient=ledger.key.hash, checks=checks)
    recorded = [copy for copy in ledger.store.copies(run) if copy.replaces is None]
    if [_fixed(copy) for copy in recorded] != [_fixed(copy) for copy in found.copies]:
        refused = next((f"; {finding.message}" for finding in found.findings if finding.severity is Severity.ERROR), "")
        raise RunIncomplete(
            f"run {run.name}: its list no longer means the same leaflets; a monograph came, went or is refused now"
            f"{refused}",
            "Put the monographs back as they were, or make a new list of these patients.",
        )
    return found


def _fixed(copy: CopyEntry) -> CopyEntry:
    return replace(copy, state=CopyState.PLANNED)


def _refuse_changed(run: RunEntry, found: Plan, ledger: Ledger, old: Sequence[CopyEntry]) -> None:
    """A reprint is the same sheet once more, or none."""
    then = {entry.number: entry for entry in ledger.store.leaflets(run)}
    now = {entry.number: entry for entry in found.leaflets}
    for number in sorted({copy.leaflet for copy in old}):
        before = replace(then[number], content_id="", sheet="", pages=0)
        if before != now[number]:
            raise RunIncomplete(
                f"run {run.name}: {before.drug} has changed since, so a reprint would be another leaflet",
                "Spoil the old sheets with `leaflet runs spoil`, and make a new list of these patients.",
            )


def _refuse_unfit(run: RunEntry, copies: Sequence[CopyEntry], chosen: Sequence[int]) -> None:
    states = {copy.serial: copy.state for copy in copies}
    unknown = [serial for serial in chosen if serial not in states]
    if unknown or not chosen:
        raise UsageError(
            f"run {run.name} has no serial {spell(unknown) or 'of that kind'}",
            f"`leaflet runs show {run.name}` lists them.",
        )
    printed = [serial for serial in chosen if states[serial] is CopyState.PRINTED]
    if printed:
        hint = f"If a sheet is spoiled after all: `leaflet runs spoil {run.name} {spell(printed)}`, then reprint."
        raise UsageError(f"run {run.name}: serials {spell(printed)} are confirmed as printed", hint)
    unfit = [serial for serial in chosen if states[serial] not in REPRINTED]
    if unfit:
        hint = "Finish the run first: give the command that began it once more."
        raise UsageError(f"run {run.name}: serials {spell(unfit)} were never written", hint)


def _plan_again(
    run: RunEntry, copies: Sequence[CopyEntry], chosen: Sequence[int], ledger: Ledger, *, folder: bool
) -> None:
    """New serials after the last, grouped by print file as the old ones were."""
    parts = ledger.store.parts(run)
    old = [copy for copy in copies if copy.serial in set(chosen)]
    sources = sorted({copy.part for copy in old})
    destinations = {part.number: part.destination for part in parts}
    names = part_names(
        run.name,
        [destinations[number] for number in sources],
        folder=folder,
        ending=f"-reprint-{copies[-1].serial + 1}",
    )
    new_parts, new_copies, serial = [], [], copies[-1].serial
    for number, (source, name) in enumerate(zip(sources, names, strict=True), parts[-1].number + 1):
        first = serial + 1
        for copy in (copy for copy in old if copy.part == source):
            serial += 1
            new_copies.append(CopyEntry(serial, copy.line, copy.leaflet, number, copy.patient, replaces=copy.serial))
        new_parts.append(PartEntry(number, destinations[source], name, first, serial))
    ledger.store.add_reprint(run, new_parts, new_copies)
