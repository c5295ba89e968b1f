"""A run from its list to its ledger: plans it, or finds it half made and takes it up again."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from leaflets.batch import options as run_options
from leaflets.batch.assessment import Monographs
from leaflets.batch.execute import RunContext, RunResult, Task, finish
from leaflets.batch.options import RunOptions
from leaflets.batch.plan import LabelChecks, Plan, plan
from leaflets.batch.print_files import PrintFiles
from leaflets.errors import CheckFailed, UsageError
from leaflets.ledger.entries import NewRun, RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.store import plan_digest
from leaflets.project.files import folder as make_folder
from leaflets.runlist import read as lists
from leaflets.runlist.read import RunList

ENDINGS = {"csv": "csv", "jsonl": "jsonl", "fhir": "json"}

SavePrivately = Callable[[Path, bytes], None]
"""Writes a file whole or not at all, mode 0600."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A list and how it is to be made. `today` reads "261123", `folder` is where print files go."""

    data: bytes = field(repr=False)
    place: Path
    options: RunOptions
    folder: Path
    today: str
    versions: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """What the ledger knows of a list: the run to take up, or the name and key of a new one."""

    name: str
    key: str
    run: RunEntry | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """A list read and judged, nothing made yet."""

    request: RunRequest
    run_list: RunList = field(repr=False)
    identity: RunIdentity
    plan: Plan


def prepare(request: RunRequest, monographs: Monographs, print_files: PrintFiles, ledger: Ledger | None) -> PreparedRun:
    """Reads and judges a list. `books` is None where no ledger stands yet, and none is made.

    Raises UsageError where the list cannot be read or was made already with other wishes, RunIncomplete where it, or a
    monograph, changed after part of it was written.
    """
    run_list = lists.read(request.data, dict(request.options.columns), request.options.encoding)
    identity = _find_standing(request, run_list, ledger) if ledger else _new_standing(request, run_list, 0)

    def planned(name: str) -> Plan:
        patient = ledger.key.hash if ledger else _nobody
        checks = LabelChecks(print_files.check, print_files.can_head)
        return plan(run_list, monographs, request.options, name=name, patient=patient, checks=checks)

    first = planned(identity.name)
    if not ledger or not identity.run or identity.complete or _as_recorded(identity.run, first):
        return PreparedRun(request, run_list, identity, first)
    ledger.clear_away(identity.run, "its monographs, or what is known of them, have changed")
    identity = _new_standing(request, run_list, ledger.count(run_list.sha256))
    return PreparedRun(request, run_list, identity, planned(identity.name))


def carry_out(
    prepared: PreparedRun, context: RunContext, ledger: Ledger, save: SavePrivately, resume: str
) -> RunResult:
    """Makes what was prepared, or what it still lacks. Raises CheckFailed where bad rows stand in the way."""
    run_plan, options = prepared.plan, prepared.request.options
    if prepared.identity.complete and prepared.identity.run:
        run = prepared.identity.run
        return RunResult(run, context.store.parts(run), context.store.tally(run), frozenset())
    _refuse_bad_rows(run_plan, options)
    run = prepared.identity.run or context.store.add_run(_new_run(prepared, ledger))

    def rejects(lost: frozenset[int]) -> None:
        lines = run_plan.rejected | lost
        if lines:
            save(rejects_path(prepared, run), lists.rejects(prepared.run_list, lines))

    make_folder(Path(run.folder))
    with ledger.hold(run):
        return finish(context, Task(run, run_plan, options, resume), rejects)


def rejects_path(prepared: PreparedRun, run: RunEntry) -> Path:
    """Where the rows go that were not made."""
    return Path(run.folder) / f"{run.name}-rejects.{ENDINGS[prepared.run_list.format]}"


# -------------------------------------------------------------------- what is known already


def _find_standing(request: RunRequest, run_list: RunList, ledger: Ledger) -> RunIdentity:
    """The half-made run of this list, the finished one, or a new one; half-made runs it replaces are cleared away."""
    wished = run_options.spell(request.options)
    runs = ledger.store.runs()
    same = [run for run in runs if run.list_sha256 == run_list.sha256]
    live = [run for run in same if not ledger.is_cancelled(run)]
    for run in live:
        if ledger.store.tally(run).unmade and run.options == wished:
            return _resumed(request, run)
        if ledger.store.tally(run).unmade:
            ledger.clear_away(run, "this list was begun with other flags or settings")
    done = [run for run in live if not ledger.is_cancelled(run)]
    if done and not request.again:
        return _finished(done[-1], wished)
    _clear_changed(request, run_list, ledger)
    return _new_standing(request, run_list, len(same))


def _resumed(request: RunRequest, run: RunEntry) -> RunIdentity:
    if Path(run.folder) != request.folder.resolve():
        raise UsageError(
            f"run {run.name} of this list writes to another folder", f"Say -o {run.folder} to go on with it."
        )
    return RunIdentity(run.name, run.key, run)


def _finished(run: RunEntry, wished: str) -> RunIdentity:
    if run.options != wished:
        raise UsageError(
            f"this list was made already, with other flags or settings, as run {run.name}",
            "Say --again to make all its sheets once more; that is a new run.",
        )
    return RunIdentity(run.name, run.key, run, complete=True)


def _clear_changed(request: RunRequest, run_list: RunList, ledger: Ledger) -> None:
    """A list that was changed while half made takes the place of what it was, if nothing was written."""
    place = ledger.key.place_hash(request.place)
    for run in ledger.store.runs():
        if run.list_place == place and run.list_sha256 != run_list.sha256 and ledger.store.tally(run).unmade:
            ledger.clear_away(run, "the list has changed")


def _new_standing(request: RunRequest, run_list: RunList, earlier: int) -> RunIdentity:
    """Name and key of a new run: from the list, the wishes and the number of earlier runs of the same list."""
    said = "\n".join((run_list.sha256, run_options.spell(request.options), str(earlier)))
    key = hashlib.sha256(said.encode("ascii")).hexdigest()
    return RunIdentity(f"{request.today}-{key[:8]}", key)


def _as_recorded(run: RunEntry, found: Plan) -> bool:
    return run.plan_digest == plan_digest(found.leaflets, found.parts, found.copies)


def _nobody(_reference: str) -> None:
    return None


def _new_run(prepared: PreparedRun, ledger: Ledger) -> NewRun:
    request, found = prepared.request, prepared.plan
    return NewRun(
        name=prepared.identity.name,
        key=prepared.identity.key,
        list_sha256=prepared.run_list.sha256,
        list_place=ledger.key.place_hash(request.place),
        options=run_options.spell(request.options),
        folder=str(request.folder.resolve()),
        versions=request.versions,
        leaflets=found.leaflets,
        parts=found.parts,
        copies=found.copies,
    )


def _refuse_bad_rows(found: Plan, options: RunOptions) -> None:
    if found.errors and not options.keep_going:
        raise CheckFailed(
            f"{len(found.rejected)} rows of the list cannot be made; nothing was made",
            "Mend them, or make the others with --keep-going, which writes these into a list of their own.",
        )
    if not found.copies and not options.keep_going:
        raise CheckFailed("the list has no row to make", "Look at the list and its columns.")
