"""Takes a planned run to its end: makes the leaflets that are not made, writes the files that are not written.

What is done is read from the ledger each time, so the same steps begin a run, resume it after any end, and reprint.
Files come first, then the row that says so: a file without a row is simply written again, with the same bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from leaflets import errors
from leaflets.batch.assessment import Monographs
from leaflets.batch.options import RunOptions
from leaflets.batch.plan import Plan
from leaflets.batch.print_files import PrintFiles
from leaflets.errors import LeafletError, RenderError, RunIncomplete
from leaflets.impose import paper_sheets
from leaflets.ledger.entries import CopyEntry, LeafletEntry, PartEntry, RunEntry, Tally
from leaflets.ledger.states import CopyState
from leaflets.ledger.store import LedgerStore
from leaflets.model.objection import Objection
from leaflets.printfile import Banner, Copy, PrintJob, WrittenFile
from leaflets.printfile.names import copy_name
from leaflets.workers.interrupts import StopRequest
from leaflets.workers.protocol import Job, Result, Workers

STEP = 250
"""Copies between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is: `step` is "leaflets" or "copies"."""

    step: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FileWritten:
    """A print file that stands complete under its name and in the ledger."""

    run: str
    part: PartEntry
    copies: int


@dataclass(frozen=True, slots=True)
class LeafletFailed:
    """A leaflet that could not be made."""

    run: str
    outcome: Result


ProgressListener = Callable[[Progress | FileWritten | LeafletFailed], None]


@dataclass(frozen=True, slots=True)
class RunContext:
    """Everything and everybody a run needs."""

    store: LedgerStore
    monographs: Monographs
    workers: Workers
    print_files: PrintFiles
    report: ProgressListener
    stop: StopRequest


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a run: its files, its copies by state, and the list lines whose leaflets could not be made."""

    run: RunEntry
    parts: tuple[PartEntry, ...]
    tally: Tally
    failed_lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Task:
    """A run to take to its end. `resume` says how to go on, for whoever interrupts it."""

    run: RunEntry
    plan: Plan
    options: RunOptions
    resume: str


Rejects = Callable[[frozenset[int]], None]
"""Told the lines whose leaflets could not be made, before the first file is written."""


def finish(context: RunContext, task: Task, rejects: Rejects) -> RunResult:
    """Makes what a run still lacks.

    Raises the leaflet's own error where one cannot be made and the run is not to keep going, OutputError, PdfError,
    LedgerError, Interrupted.
    """
    failed = _make_leaflets(context, task)
    _give_up(context, task.run, failed)
    lines = _lost_lines(context, task.run)
    rejects(lines)
    _write_parts(context, task)
    return RunResult(task.run, context.store.parts(task.run), context.store.tally(task.run), lines)


# -------------------------------------------------------------------- leaflets


def _make_leaflets(context: RunContext, task: Task) -> tuple[Result, ...]:
    """Makes the leaflets of copies that are not written; returns the outcomes of those that could not be made."""
    run, plan, options = task.run, task.plan, task.options
    entries = {entry.number: entry for entry in context.store.leaflets(run)}
    wanted = _wanted(context.store.copies(run))
    jobs = {job.number: job for job in plan.jobs() if job.number in wanted}
    known = [outcome for outcome in map(context.monographs.known, jobs.values()) if outcome]
    _keep(context, run, entries, known)
    context.report(Progress("leaflets", len(known), len(jobs)))
    missing = [jobs[number] for number in jobs.keys() - {outcome.number for outcome in known}]
    made: list[Result] = []
    failed: list[Result] = []
    for outcome in _work(context, sorted(missing, key=lambda job: job.number)):
        if outcome.fault:
            failed.append(outcome)
            if options.keep_going:
                context.report(LeafletFailed(run.name, outcome))
        else:
            _keep(context, run, entries, [outcome])
            made.append(outcome)
        context.report(Progress("leaflets", len(known) + len(made) + len(failed), len(jobs)))
        if failed and not options.keep_going:
            break
    context.monographs.learn([(jobs[outcome.number], outcome) for outcome in made])
    context.stop.here(task.resume)
    if failed and not options.keep_going:
        raise _error(failed[0])
    return tuple(failed)


def _work(context: RunContext, jobs: Sequence[Job]) -> Iterator[Result]:
    if jobs:
        yield from context.workers.run(
            context.monographs.maker(), [context.monographs.furnished(job) for job in jobs], lambda: context.stop.asked
        )


def _wanted(copies: Iterable[CopyEntry]) -> set[int]:
    return {copy.leaflet for copy in copies if copy.state in {CopyState.PLANNED, CopyState.RENDERED}}


def _keep(context: RunContext, run: RunEntry, entries: Mapping[int, LeafletEntry], made: Sequence[Result]) -> None:
    """Tells the ledger of leaflets that were made; one that was made before must have come out the same."""
    for outcome in made:
        before = entries[outcome.number].content_id
        if before and before != outcome.content_id:
            raise RunIncomplete(
                f"run {run.name}: {entries[outcome.number].drug} has changed since its first sheets were made",
                f"Put the old monograph back, or `leaflet runs cancel {run.name}` and begin again.",
            )
    if made:
        context.store.rendered(
            run,
            [replace(entries[one.number], content_id=one.content_id, sheet=one.sheet, pages=one.pages) for one in made],
        )


def _give_up(context: RunContext, run: RunEntry, failed: Sequence[Result]) -> None:
    """Cancels the copies of leaflets that could not be made."""
    numbers = {outcome.number for outcome in failed}
    copies = context.store.copies(run) if failed else ()
    lost = [copy.serial for copy in copies if copy.leaflet in numbers and copy.state is CopyState.PLANNED]
    if lost:
        context.store.move(run, lost, CopyState.CANCELLED, "leaflet-failed")


def _lost_lines(context: RunContext, run: RunEntry) -> frozenset[int]:
    """The lines of the list whose leaflets were never made, in this or an earlier try."""
    unmade = {entry.number for entry in context.store.leaflets(run) if not entry.content_id}
    copies = context.store.copies(run) if unmade else ()
    return frozenset(copy.line for copy in copies if copy.leaflet in unmade and copy.state is CopyState.CANCELLED)


def _error(outcome: Result) -> LeafletError:
    """The error a worker met, as it would have been raised here."""
    kind = getattr(errors, outcome.fault, RenderError)
    hint = "Nothing was printed. Mend it and run the same command again, or leave it out with --keep-going."
    return kind(outcome.message, hint) if issubclass(kind, LeafletError) else RenderError(outcome.message, hint)


# -------------------------------------------------------------------- files


def _write_parts(context: RunContext, task: Task) -> None:
    run = task.run
    copies = context.store.copies(run)
    entries = {entry.number: entry for entry in context.store.leaflets(run)}
    sources = _sources(copies)
    ready = [copy for copy in copies if copy.state is CopyState.RENDERED]
    done = 0
    for part in context.store.parts(run):
        part_copies = [copy for copy in ready if copy.part == part.number]
        if part.written or not part_copies:
            continue
        context.stop.here(task.resume)
        made = (_copy(task, copy, sources[copy.serial], entries[copy.leaflet]) for copy in part_copies)
        written = _save(context, task, part, part_copies, _counted(context, made, done, len(ready)))
        done += len(part_copies)
        filed = replace(
            part, sha256=written.sha256, size=written.bytes, pages=written.pages, sheets=written.sheets_of_paper
        )
        context.store.written(run, filed)
        context.report(Progress("copies", done, len(ready)))
        context.report(FileWritten(run.name, filed, len(part_copies)))


def _save(
    context: RunContext, task: Task, part: PartEntry, part_copies: Sequence[CopyEntry], copies: Iterable[Copy]
) -> WrittenFile:
    run, options = task.run, task.options
    path = Path(run.folder) / part.name
    job = PrintJob(title=path.stem, tagged=options.tagged or options.split, duplex=options.duplex)
    if options.split:
        names = [copy_name(run.name, copy.serial) for copy in part_copies]
        return context.print_files.save_folder(path, zip(names, copies, strict=True), job)
    if options.banner:
        job = replace(job, banner=Banner(part.destination, _banner_lines(context, task, part, part_copies)))
    return context.print_files.save(path, copies, job)


def _banner_lines(
    context: RunContext, task: Task, part: PartEntry, part_copies: Sequence[CopyEntry]
) -> tuple[str, ...]:
    pages = {entry.number: entry.pages for entry in context.store.leaflets(task.run)}
    sheets = sum(paper_sheets(pages[copy.leaflet], task.options.duplex) for copy in part_copies)
    return (
        f"Run {task.run.name}",
        f"Serials {part.first} to {part.last}",
        f"{len(part_copies):,} copies of {len({copy.leaflet for copy in part_copies}):,} leaflets",
        f"{sheets:,} sheets of paper after this one",
    )


def _counted(context: RunContext, copies: Iterable[Copy], before: int, total: int) -> Iterator[Copy]:
    for count, copy in enumerate(copies):
        if count % STEP == 0:
            context.report(Progress("copies", before + count, total))
        yield copy


def _copy(task: Task, copy: CopyEntry, source: int, entry: LeafletEntry) -> Copy:
    run, plan = task.run, task.plan
    if copy.replaces is None:
        serial = f"{copy.serial} of {len(plan.copies)}"
    else:
        serial = f"{copy.serial} in place of {copy.replaces}"
    notes = tuple(Objection(word).note(entry.lang) for word in entry.allowed.split())
    return Copy(entry.sheet, serial, f"run {run.name} · {entry.content_id}", plan.label_of(source), notes)


def _sources(copies: Iterable[CopyEntry]) -> dict[int, int]:
    """For each copy the serial it had in the plan: its own, or that of the first copy it stands in for."""
    sources: dict[int, int] = {}
    for copy in copies:
        sources[copy.serial] = copy.serial if copy.replaces is None else sources[copy.replaces]
    return sources
