"""A run from its list to its print files: planned or resumed, then executed."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from leaflets.batch.assessment import Monographs
from leaflets.batch.execute import RunContext, RunResult, UnfinishedRun, execute
from leaflets.batch.made_before import EarlierRuns
from leaflets.batch.options import RunOptions, options_to_json
from leaflets.batch.plan import Plan, plan
from leaflets.batch.print_files import REJECTS_SUFFIXES, PrintFiles, delete_patient_files
from leaflets.errors import CheckFailed, RunIncomplete, UsageError
from leaflets.ledger.entries import NewRun, RunEntry, WhyLeftOut
from leaflets.ledger.keys import PseudonymKey
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.rows import plan_digest
from leaflets.ledger.states import CopyState
from leaflets.model.finding import counted
from leaflets.project.files import make_folder
from leaflets.runlist.headers import usual_columns
from leaflets.runlist.read import FHIR_FORMATS, RunList, read_list, rejected_rows

SavePrivately = Callable[[Path, bytes], None]
"""Writes a file whole or not at all, mode 0600."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A list and how its run is to be made.

    `folder` is where print files go, `day` begins the name of a new run ("261123"), `versions` are those of the
    program and its label fonts. `again` asks for a new run of a list that was finished, and for rows that a run of the
    last `no_repeat_days` made; 0 looks for none. `ignored` are the headers of columns that are not needed.
    """

    data: bytes = field(repr=False)
    path: Path
    options: RunOptions
    folder: Path
    day: str
    versions: str
    again: bool = False
    no_repeat_days: int = 0
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """The name and key of a run; `entry` is the run itself where the ledger has it, `complete` where it is finished."""

    name: str
    key: str
    entry: RunEntry | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A list that was read and planned; nothing is made yet. `seen` is as in `NewRun`."""

    request: RunRequest
    run_list: RunList = field(repr=False)
    identity: RunIdentity
    plan: Plan
    seen: int | None = None

    @property
    def nothing_new(self) -> bool:
        """Whether earlier runs made all that the list asks for, so that no run is begun."""
        return bool(self.plan.left_out) and not (self.identity.entry or self.plan.copies or self.plan.rejected)


def plan_run(request: RunRequest, monographs: Monographs, print_files: PrintFiles, ledger: Ledger | None) -> PlannedRun:
    """Reads a list and plans its run, or the rest of it.

    `ledger` is None where there is none yet; none is made, and the run has no name of its own before there is one.

    Raises UsageError where the list cannot be read or was finished with other options, RunIncomplete where it, or a
    monograph, changed after part of it was written, or a row is in another run that is not finished.
    """
    run_list = read_list(request.data, dict(request.options.columns), request.options.encoding, request.ignored)
    request = _as_read(request, run_list)
    identity = _identify(request, run_list, ledger) if ledger else RunIdentity(f"{request.day}-new", "")

    key, seen = ledger.key if ledger else None, _last_run(request, ledger)

    def planned(identity: RunIdentity) -> Plan:
        earlier = _earlier_runs(request, ledger, key, identity.entry)
        return plan(run_list, monographs, print_files, request.options, name=identity.name, earlier=earlier)

    first = planned(identity)
    if not ledger or not identity.entry or identity.complete or _is_as_recorded(identity.entry, first):
        return PlannedRun(request, run_list, identity, first, seen)
    _cancel_unwritten(ledger, identity.entry, "its monographs, or what is known of them, have changed")
    identity = _new_identity(request, run_list, ledger, ledger.count_runs(run_list.sha256))
    return PlannedRun(request, run_list, identity, planned(identity), seen)


def _as_read(request: RunRequest, run_list: RunList) -> RunRequest:
    """The request with what its list says of the options: which usual headers stand for our columns.

    Only FHIR knows a patient's language. So other lists have the options, and runs the names, that they always had.
    """
    options = request.options
    if run_list.format not in FHIR_FORMATS:
        options = replace(options, defaults=replace(options.defaults, lang_given=False))
    if usual := usual_columns(run_list.parsed.columns):
        options = replace(options, columns=tuple(sorted({**dict(options.columns), **usual}.items())))
    return replace(request, options=options)


def execute_run(
    planned: PlannedRun, context: RunContext, ledger: Ledger, save: SavePrivately, resume_hint: str
) -> RunResult | None:
    """Makes what was planned and is not made yet; writes rows that are refused or fail to a list of their own.

    Returns None where earlier runs made all of it, so that no run is begun.

    Raises CheckFailed where rows are refused and the run is not to keep going; besides what `execute` raises.
    """
    run_plan, options = planned.plan, planned.request.options
    if planned.identity.complete and planned.identity.entry:
        run = planned.identity.entry
        return RunResult(run, context.store.parts(run), context.store.state_counts(run), frozenset())
    _refuse_bad_rows(run_plan, options)
    if planned.nothing_new:
        return None
    run = planned.identity.entry or context.store.add_run(_new_run(planned, ledger))
    folder = context.store.folder(run)

    def write_rejects(failed_lines: frozenset[int]) -> None:
        lines = run_plan.rejected | failed_lines
        if lines:
            save(rejects_path(planned, folder, run), rejected_rows(planned.run_list, lines))

    make_folder(folder)
    with ledger.lock_run(run):
        return execute(context, UnfinishedRun(run, run_plan, options, resume_hint), write_rejects)


def rejects_path(planned: PlannedRun, folder: Path, run: RunEntry) -> Path:
    """The file for the rows of which no copies were made, in the folder of the run."""
    return folder / f"{run.name}-rejects.{REJECTS_SUFFIXES[planned.run_list.format]}"


# -------------------------------------------------------------------- which run it is


def _identify(request: RunRequest, run_list: RunList, ledger: Ledger) -> RunIdentity:
    """The unfinished run of this list, the finished one, or a new one, which cancels unfinished ones it replaces."""
    options = options_to_json(request.options)
    store = ledger.store
    of_this_list = [run for run in store.runs() if run.list_sha256 == run_list.sha256]
    live = [run for run in of_this_list if not ledger.is_cancelled(run)]
    for run in live:
        if store.state_counts(run).unwritten and run.options == options:
            return _resumed(request, run, store.folder(run))
        if store.state_counts(run).unwritten:
            _cancel_unwritten(ledger, run, "this list was begun with other flags or settings")
    finished = [run for run in live if not ledger.is_cancelled(run)]
    if finished and not request.again:
        return _finished(finished[-1], options)
    _cancel_changed(request, run_list, ledger)
    return _new_identity(request, run_list, ledger, len(of_this_list))


def _resumed(request: RunRequest, run: RunEntry, folder: Path) -> RunIdentity:
    if folder != request.folder.resolve():
        raise UsageError(f"run {run.name} of this list writes to another folder", f"Say -o {folder} to go on with it.")
    return RunIdentity(run.name, run.key, run)


def _finished(run: RunEntry, options: str) -> RunIdentity:
    if run.options != options:
        raise UsageError(
            f"this list was made already, with other flags or settings, as run {run.name}",
            "Say --again to make all its sheets once more; that is a new run.",
        )
    return RunIdentity(run.name, run.key, run, complete=True)


def _cancel_changed(request: RunRequest, run_list: RunList, ledger: Ledger) -> None:
    """Cancels unfinished runs of another list at the same path: it was changed since."""
    path_hash = ledger.key.path_hash(request.path)
    for run in ledger.store.runs():
        changed = run.list_path_hash == path_hash and run.list_sha256 != run_list.sha256
        if changed and ledger.store.state_counts(run).unwritten:
            _cancel_unwritten(ledger, run, "the list has changed")


def _cancel_unwritten(ledger: Ledger, run: RunEntry, why: str) -> None:
    """Cancels an unfinished run without a written print file. Raises RunIncomplete where it has one."""
    if any(part.written for part in ledger.store.parts(run)):
        raise RunIncomplete(
            f"run {run.name} is half made, and {why}",
            f"Put it back as it was and run again, or end the run with `leaflet runs cancel {run.name} --reason …`.",
        )
    with ledger.lock_run(run):
        live = [copy.serial for copy in ledger.store.copies(run) if copy.state is not CopyState.CANCELLED]
        ledger.store.move(run, live, CopyState.CANCELLED, "replanned")
        refused = [one.line for one in ledger.store.left_out(run) if one.why is not WhyLeftOut.MADE]
        ledger.store.waive(run, refused, "replanned")
        delete_patient_files(ledger, run, "replanned")


def _new_identity(request: RunRequest, run_list: RunList, ledger: Ledger, earlier: int) -> RunIdentity:
    """Name and key of a new run: from the list, the options, the ledger and how many runs of this list it has had.

    The mark of the ledger's key is part of it, so that two projects that make one list do not name their runs alike.
    """
    facts = "\n".join((run_list.sha256, options_to_json(request.options), str(earlier), ledger.key.key_id))
    key = hashlib.sha256(facts.encode("ascii")).hexdigest()
    return RunIdentity(f"{request.day}-{key[:8]}", key)


def _is_as_recorded(run: RunEntry, planned: Plan) -> bool:
    """Whether a plan is the one a run was begun with, which may have been before origins, or rows, were recorded."""
    leaflets, copies = planned.leaflets, planned.copy_entries
    without_origins = tuple(replace(leaflet, origins=()) for leaflet in leaflets)
    rowless = (replace(copy, row=None) for copy in copies)
    plans = ((leaflets, copies), (without_origins, copies), (without_origins, rowless))
    return run.plan_digest in (plan_digest(of_leaflets, planned.parts, of) for of_leaflets, of in plans)


def _earlier_runs(
    request: RunRequest, ledger: Ledger | None, key: PseudonymKey | None, run: RunEntry | None
) -> EarlierRuns:
    """What is asked about the rows of a list; a run in the ledger has it recorded, whatever the clock says now."""
    recorded = ledger.store.left_out(run) if ledger and run else None
    days = 0 if request.again else request.no_repeat_days
    return EarlierRuns(ledger.store if ledger else None, key, days, recorded)


def _last_run(request: RunRequest, ledger: Ledger | None) -> int | None:
    """The number of the last run, 0 where there is none; None where no earlier run is asked about rows."""
    if not ledger or request.again or not request.no_repeat_days:
        return None
    return max((run.number for run in ledger.store.runs()), default=0)


def _rejects_of(request: RunRequest, ledger: Ledger) -> str:
    """The run whose rejects file a list is, by the name of the file; empty where it is none."""
    name = request.path.stem.removesuffix("-rejects")
    return name if any(run.name == name != request.path.stem for run in ledger.store.runs()) else ""


def _new_run(planned: PlannedRun, ledger: Ledger) -> NewRun:
    request = planned.request
    return NewRun(
        name=planned.identity.name,
        key=planned.identity.key,
        list_sha256=planned.run_list.sha256,
        list_path_hash=ledger.key.path_hash(request.path),
        options=options_to_json(request.options),
        folder=ledger.store.recorded_folder(request.folder),
        versions=request.versions,
        leaflets=planned.plan.leaflets,
        parts=planned.plan.parts,
        copies=planned.plan.copy_entries,
        left_out=planned.plan.left_out,
        rejects_of=_rejects_of(request, ledger),
        seen=planned.seen,
    )


def _refuse_bad_rows(planned: Plan, options: RunOptions) -> None:
    if planned.errors and not options.keep_going:
        raise CheckFailed(
            f"{counted(len(planned.rejected), 'row')} of the list cannot be made; nothing was made",
            "Mend them, or make the others with --keep-going, which writes these into a list of their own.",
        )
