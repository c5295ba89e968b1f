"""Executes a planned run: renders the leaflets that are not rendered, writes the print files that are not written.

What is done is read from the ledger each time, so the same steps start a run, resume it after any interruption, and
reprint. A file is written first and recorded then: a file that is not recorded is written again, with the same bytes.
A leaflet that is lost from the cache meanwhile is rendered again, and its file begun anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from leaflets import errors
from leaflets.batch.assessment import Monographs
from leaflets.batch.options import RunOptions
from leaflets.batch.plan import Plan, task_of
from leaflets.batch.print_files import PrintFiles
from leaflets.errors import InputsChanged, LeafletError, LeafletLost, RendererMissing, RenderError, RunIncomplete
from leaflets.impose import Sides
from leaflets.ledger.entries import CopyEntry, LeafletEntry, PartEntry, RunEntry, StateCounts
from leaflets.ledger.states import CopyState
from leaflets.ledger.store import LedgerStore
from leaflets.model.copy import copy_code
from leaflets.model.edition import TypeSize
from leaflets.model.finding import counted
from leaflets.printfile import Banner, Copy, PrintJob, WrittenFile
from leaflets.printfile.names import copy_name
from leaflets.runlist.requests import CopyRequest
from leaflets.workers.interrupts import StopRequest
from leaflets.workers.protocol import RenderTask, Result, Workers

REPORT_EVERY = 250
"""Copies between two reports of progress."""

_NOTHING_PRINTED = "Nothing was printed. Mend it and run the same command again, or leave it out with --keep-going."
_NOT_ITS_OWN = (InputsChanged.__name__, RendererMissing.__name__)
"""The faults that are none of the leaflet's own: the next command can make it, so that no run leaves it out."""

_WITHOUT_SHEET = frozenset({CopyState.PLANNED, CopyState.RENDERED, CopyState.CANCELLED})
"""The states of a copy of which there is no sheet yet."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step has come: `step` is "leaflets" or "copies"."""

    step: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FileWritten:
    """A print file that is complete under its final name and recorded in the ledger."""

    run: str
    part: PartEntry
    copies: int


@dataclass(frozen=True, slots=True)
class LeafletFailed:
    """A leaflet that could not be rendered."""

    run: str
    result: Result


ProgressListener = Callable[[Progress | FileWritten | LeafletFailed], None]


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a run is executed with: ledger, monographs, workers, print files, and ways to report and to stop."""

    store: LedgerStore
    monographs: Monographs
    workers: Workers
    print_files: PrintFiles
    report: ProgressListener
    stop: StopRequest


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of a run: its files, its copies by state, and the list lines whose leaflets could not be rendered."""

    run: RunEntry
    parts: tuple[PartEntry, ...]
    state_counts: StateCounts
    failed_lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class UnfinishedRun:
    """A run in the ledger that is to be executed. `resume_hint` says how to resume it, for whoever interrupts it."""

    entry: RunEntry
    plan: Plan
    options: RunOptions
    resume_hint: str


RejectsWriter = Callable[[frozenset[int]], None]
"""Called with the list lines whose leaflets could not be rendered, before the first print file is written."""


def execute(context: RunContext, unfinished: UnfinishedRun, write_rejects: RejectsWriter) -> RunResult:
    """Does what a run still lacks.

    Raises the leaflet's own error where one cannot be rendered and the run is not to keep going; InputsChanged where
    something that shapes a sheet changed since the run was planned; OutputError, PdfError, LedgerError, Interrupted.
    """
    run = unfinished.entry
    failed = _render_leaflets(context, unfinished)
    if failed:
        context.store.leave_out_failed(run, [result.number for result in failed])
    lines = _failed_lines(context, run)
    write_rejects(lines)
    write_print_files(context, unfinished)
    return RunResult(run, context.store.parts(run), context.store.state_counts(run), lines)


# -------------------------------------------------------------------- leaflets


def _render_leaflets(context: RunContext, unfinished: UnfinishedRun) -> tuple[Result, ...]:
    """Renders the leaflets of copies that are not written; returns the results of those that failed."""
    run, keep_going = unfinished.entry, unfinished.options.keep_going
    entries = {entry.number: entry for entry in context.store.leaflets(run)}
    wanted = _unwritten_leaflets(context.store.copies(run))
    tasks = {task.number: task for task in unfinished.plan.render_tasks() if task.number in wanted}
    cached = [result for result in map(context.monographs.cached_result, tasks.values()) if result]
    _record_rendered(context, run, entries, cached)
    context.report(Progress("leaflets", len(cached), len(tasks)))
    missing = [tasks[number] for number in sorted(tasks.keys() - {result.number for result in cached})]
    rendered: list[Result] = []
    failed: list[Result] = []
    for result in _results(context, missing):
        if result.fault:
            failed.append(result)
            if not _stops_the_run(result, keep_going=keep_going):
                context.report(LeafletFailed(run.name, result))
        else:
            _record_rendered(context, run, entries, [result])
            rendered.append(result)
        context.report(Progress("leaflets", len(cached) + len(rendered) + len(failed), len(tasks)))
        if result.fault and _stops_the_run(result, keep_going=keep_going):
            break
    context.monographs.record([(tasks[result.number], result) for result in rendered])
    context.stop.raise_if_requested(unfinished.resume_hint)
    for result in failed:
        if _stops_the_run(result, keep_going=keep_going):
            raise _error(result)
    return tuple(failed)


def render_all(context: RunContext, entries: Sequence[LeafletEntry], resume_hint: str) -> tuple[LeafletEntry, ...]:
    """The leaflets with their sheets, from the cache or rendered now; the ledger records nothing of it.

    Raises the leaflet's own error where one cannot be rendered; Interrupted.
    """
    tasks = {entry.number: task_of(entry) for entry in entries}
    results = {one.number: one for one in map(context.monographs.cached_result, tasks.values()) if one}
    rendered = [*_results(context, [task for number, task in tasks.items() if number not in results])]
    for result in rendered:
        if result.fault:
            raise _error(result, "Nothing was recorded. Mend it and run the same command again.")
    context.stop.raise_if_requested(resume_hint)
    context.monographs.record([(tasks[result.number], result) for result in rendered])
    results |= {result.number: result for result in rendered}
    return tuple(_with_sheet(entry, results[entry.number]) for entry in entries)


def _stops_the_run(failed: Result, *, keep_going: bool) -> bool:
    """Whether a leaflet that failed ends the run."""
    return not keep_going or failed.fault in _NOT_ITS_OWN


def _unwritten_leaflets(copies: Iterable[CopyEntry]) -> set[int]:
    return {copy.leaflet for copy in copies if copy.state in {CopyState.PLANNED, CopyState.RENDERED}}


def _results(context: RunContext, tasks: Sequence[RenderTask]) -> Iterator[Result]:
    if tasks:
        tasks = [context.monographs.with_snapshot(task) for task in tasks]
        yield from context.workers.run(context.monographs.render_function(), tasks, lambda: context.stop.requested)


def _record_rendered(
    context: RunContext, run: RunEntry, entries: Mapping[int, LeafletEntry], results: Sequence[Result]
) -> None:
    """Records leaflets as rendered. Raises RunIncomplete where one has changed since its first copies were written."""
    for result in results:
        entry = entries[result.number]
        changed = entry.content_id and entry.content_id != result.content_id
        if changed and _has_sheets(context, run, entry):
            raise RunIncomplete(
                f"run {run.name}: {entry.leaflet.drug} has changed since its first sheets were made",
                f"Put the old monograph back, or `leaflet runs cancel {run.name} --reason …` and begin again.",
            )
    if results:
        context.store.record_rendered(run, [_with_sheet(entries[one.number], one) for one in results])


def _with_sheet(entry: LeafletEntry, result: Result) -> LeafletEntry:
    return replace(entry, content_id=result.content_id, sheet=result.sheet, pages=result.pages)


def _has_sheets(context: RunContext, run: RunEntry, entry: LeafletEntry) -> bool:
    """Whether copies of a leaflet were written, under the content id that is recorded of it."""
    copies = context.store.copies(run)
    return any(copy.leaflet == entry.number and copy.state not in _WITHOUT_SHEET for copy in copies)


def _failed_lines(context: RunContext, run: RunEntry) -> frozenset[int]:
    """The lines of the list whose leaflets failed, now or when the run was executed before."""
    never_rendered = {entry.number for entry in context.store.leaflets(run) if not entry.content_id}
    copies = context.store.copies(run) if never_rendered else ()
    return frozenset(
        copy.line for copy in copies if copy.leaflet in never_rendered and copy.state is CopyState.CANCELLED
    )


def _error(result: Result, hint: str = _NOTHING_PRINTED) -> LeafletError:
    """The error that a worker met, as it would have been raised here."""
    kind = getattr(errors, result.fault, RenderError)
    if kind is InputsChanged:
        hint = "Nothing of it was printed. Run the same command again."
    if kind is RendererMissing:
        hint = "Nothing was printed. Run the same command again when it is there."
    hint = f"{result.hint} {hint}".strip()
    return kind(result.message, hint) if issubclass(kind, LeafletError) else RenderError(result.message, hint)


# -------------------------------------------------------------------- files


def write_print_files(context: RunContext, unfinished: UnfinishedRun) -> None:
    """Writes the rendered copies of the plan into their print files, and records each file when it is complete.

    Raises OutputError, PdfError, LedgerError, Interrupted.
    """
    run = unfinished.entry
    copies = context.store.copies(run)
    leaflets = {entry.number: entry for entry in context.store.leaflets(run)}
    requests = _requests(unfinished.plan, copies)
    ready = [copy for copy in copies if copy.state is CopyState.RENDERED]
    done = 0

    def printed(in_part: Sequence[CopyEntry], before: int) -> Iterator[Copy]:
        made = (_copy(unfinished, copy, requests[copy.serial], leaflets[copy.leaflet]) for copy in in_part)
        return _reported(context, made, before, len(ready))

    for part in context.store.parts(run):
        in_part = [copy for copy in ready if copy.part == part.number]
        if part.written or not in_part or not all(copy.serial in requests for copy in in_part):
            continue  # a file is written whole: one with copies that are not in the plan is left to their own command
        context.stop.raise_if_requested(unfinished.resume_hint)
        try:
            written = _save(context, unfinished, part, in_part, printed(in_part, done))
        except LeafletLost:
            leaflets.update(_render_lost(context, unfinished, in_part))
            written = _save(context, unfinished, part, in_part, printed(in_part, done))
        done += len(in_part)
        recorded = replace(
            part, sha256=written.sha256, size=written.bytes, pages=written.pages, sheets=written.sheets_of_paper
        )
        context.store.record_written(run, recorded)
        context.report(Progress("copies", done, len(ready)))
        context.report(FileWritten(run.name, recorded, len(in_part)))


def _render_lost(
    context: RunContext, unfinished: UnfinishedRun, copies: Iterable[CopyEntry]
) -> dict[int, LeafletEntry]:
    """Renders again the leaflets of some copies that are gone from the cache or damaged; returns all leaflets.

    Raises the leaflet's own error where one cannot be rendered.
    """
    run, numbers = unfinished.entry, {copy.leaflet for copy in copies}
    entries = {entry.number: entry for entry in context.store.leaflets(run)}
    lost = context.monographs.lost({entries[number].sheet for number in numbers})
    tasks = [
        task for task in unfinished.plan.render_tasks() if task.number in numbers and entries[task.number].sheet in lost
    ]
    results = {result.number: result for result in _results(context, tasks)}
    for result in results.values():
        if result.fault:
            raise _error(result, "Mend it and run the same command again, which goes on with the run.")
    context.stop.raise_if_requested(unfinished.resume_hint)
    _record_rendered(context, run, entries, [*results.values()])
    context.monographs.record([(task, results[task.number]) for task in tasks])
    return {entry.number: entry for entry in context.store.leaflets(run)}


def _requests(plan: Plan, copies: Iterable[CopyEntry]) -> Mapping[int, CopyRequest]:
    """The request of each copy by its serial; a reprint has that of the copy it replaces. Copies ascend by serial."""
    requests = {copy.entry.serial: copy.request for copy in plan.copies}
    for copy in copies:
        if copy.replaces in requests:
            requests.setdefault(copy.serial, requests[copy.replaces])
    return requests


def _copy(unfinished: UnfinishedRun, copy: CopyEntry, request: CopyRequest, entry: LeafletEntry) -> Copy:
    if copy.replaces is None:
        serial = f"{copy.serial} of {len(unfinished.plan.copies)}"
    else:
        serial = f"{copy.serial} in place of {copy.replaces}"
    notes = tuple(objection.note(entry.leaflet.edition.lang) for objection in entry.allowed)
    control_line = f"run {unfinished.entry.name} · {entry.content_id}"
    return Copy(
        entry.sheet,
        serial,
        control_line,
        request.label,
        notes,
        code=copy_code(unfinished.entry.name, copy.serial) if unfinished.options.label_code else "",
        large_print=entry.leaflet.edition.type_size is TypeSize.LARGE_PRINT,
        label_sheet=copy.line in unfinished.plan.label_sheets,
    )


def _save(
    context: RunContext,
    unfinished: UnfinishedRun,
    part: PartEntry,
    entries: Sequence[CopyEntry],
    copies: Iterable[Copy],
) -> WrittenFile:
    run, options = unfinished.entry, unfinished.options
    path = context.store.folder(run) / part.name
    job = PrintJob(title=path.stem, tagged=options.tagged or options.split, duplex=options.duplex)
    if options.split:
        names = [copy_name(run.name, entry.serial) for entry in entries]
        return context.print_files.save_folder(path, zip(names, copies, strict=True), job)
    if options.banner:
        job = replace(job, banner=Banner(part.destination, _banner_lines(context, unfinished, part, entries)))
    return context.print_files.save(path, copies, job)


def _banner_lines(
    context: RunContext, unfinished: UnfinishedRun, part: PartEntry, entries: Sequence[CopyEntry]
) -> tuple[str, ...]:
    run = unfinished.entry
    pages = {leaflet.number: leaflet.pages for leaflet in context.store.leaflets(run)}
    own_sheets, duplex = unfinished.plan.label_sheets, unfinished.options.duplex
    sheets = sum(Sides(pages[entry.leaflet], duplex, entry.line in own_sheets).sheets for entry in entries)
    return (
        f"Run {run.name}",
        f"Serials {part.first} to {part.last}",
        f"{counted(len(entries), 'copy')} of {counted(len({entry.leaflet for entry in entries}), 'leaflet')}",
        f"{counted(sheets, 'sheet')} of paper after this one",
    )


def _reported(context: RunContext, copies: Iterable[Copy], before: int, total: int) -> Iterator[Copy]:
    """The copies, with a report of progress now and then; `before` were written earlier."""
    for count, copy in enumerate(copies):
        if count % REPORT_EVERY == 0:
            context.report(Progress("copies", before + count, total))
        yield copy
