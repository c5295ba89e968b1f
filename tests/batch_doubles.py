"""Doubles for the batch tests: monographs of a few words, and print files of plain text."""

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from unittest import mock

from leaflets.batch.assessment import Assessment, Monographs
from leaflets.batch.execute import FileWritten, LeafletFailed, Progress, RunContext, RunResult
from leaflets.batch.options import RunOptions
from leaflets.batch.print_files import PrintFiles
from leaflets.batch.reprint import Reprint, ReprintRequest, reprint
from leaflets.batch.run import PlannedRun, RunRequest, execute_run, plan_run
from leaflets.errors import OutputError
from leaflets.ledger.ledger import Ledger, open_ledger
from leaflets.model.copy import Leaflet, TextOrigin
from leaflets.model.finding import Finding, Severity
from leaflets.model.objection import Objection
from leaflets.printfile import Copy, PrintJob, WrittenFile
from leaflets.printfile.names import unfinished_name
from leaflets.runlist.drug_names import DrugName, DrugNames, index_drug_names
from leaflets.runlist.requests import CopyRequest
from leaflets.workers.interrupts import StopRequest
from leaflets.workers.local import SerialWorkers
from leaflets.workers.protocol import RenderFunction, RenderTask, Result, Workers

TEXTS = {"apixaban": "v1", "baricitinib": "v1", "cetirizine": "v1", "warfarin": "v1"}


def clock() -> str:
    """The time of every event in these tests."""
    return "2026-11-22T20:00:00Z"


def render(monographs: Mapping[str, str], styles: str, cache: Path, task: RenderTask) -> Result:
    """Renders one leaflet: its words and those of its styles, in a file named after them."""
    drug, edition = task.leaflet.drug, task.leaflet.edition
    text = f"{drug} {monographs[drug]} {edition.audience} {edition.lang} {edition.paper} {styles}"
    if "poison" in text:
        return Result(task.number, fault="RenderError", message=f"{drug}.md:3: cannot be set", exit_code=5)
    key = hashlib.sha256(text.encode()).hexdigest()[:12]
    cache.mkdir(exist_ok=True)
    part = cache / f"{key}.{os.getpid()}"
    part.write_text(text)
    part.replace(cache / key)
    return Result(task.number, key[:8], key, 2)


@dataclass(frozen=True)
class TextMonographs:
    """Monographs of a few words; a word such as "draft" in one is an objection to it."""

    cache: Path
    texts: Mapping[str, str] = field(default_factory=lambda: dict(TEXTS))
    styles: str = ""
    origins: tuple[TextOrigin, ...] = ()

    def drug_names(self) -> DrugNames:
        return index_drug_names(DrugName(drug, "name", drug) for drug in self.texts)

    def assess(self, leaflets: Sequence[Leaflet]) -> Mapping[Leaflet, Assessment]:
        return {leaflet: self._assess(leaflet) for leaflet in leaflets}

    def cached_result(self, task: RenderTask) -> Result | None:
        drug = task.leaflet.drug
        if "poison" in self.texts[drug] or drug == "warfarin":
            return None
        return render(self.texts, self.styles, self.cache, task)

    def record(self, rendered: Sequence[tuple[RenderTask, Result]]) -> None:
        """Records nothing: warfarin alone is not cached, and never will be."""

    def with_snapshot(self, task: RenderTask) -> RenderTask:
        return task

    def lost(self, sheets: Collection[str]) -> frozenset[str]:
        return frozenset(key for key in sheets if not (self.cache / key).exists())

    def render_function(self) -> RenderFunction:
        return partial(render, self.texts, self.styles, self.cache)

    def _assess(self, leaflet: Leaflet) -> Assessment:
        text = self.texts.get(leaflet.drug, "")
        if not text:
            return Assessment(leaflet, unavailable="there is no monograph of it")
        objections = tuple((one, f"it is {one.value}") for one in Objection if one.value in text)
        unavailable = "" if leaflet.edition.lang == "en" else "there is no translation"
        digest = hashlib.sha256(text.encode()).hexdigest()
        return Assessment(leaflet, text.split()[0], digest, objections, unavailable, origins=self.origins)


@dataclass(frozen=True)
class TextPrintFiles:
    """Print files with one line for each copy; `free_bytes` is how much space the disk has."""

    free_bytes: int = 1 << 30

    def check_label(self, request: CopyRequest, notes: tuple[str, ...], *, code: bool) -> Sequence[Finding]:
        if request.label and len(request.label.patient_name) > 60:
            return [Finding(Severity.ERROR, "label.too-long", "the name does not fit the label")]
        return []

    def fits_banner(self, destination: str) -> bool:
        return destination.isascii()

    def save(self, path: Path, copies: Iterable[Copy], job: PrintJob) -> WrittenFile:
        part = path.with_name(unfinished_name(path.name))
        part.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        lines: list[bytes] = []
        try:
            with os.fdopen(handle, "wb") as out:
                for copy in copies:
                    lines.append(self._line(copy, job))
                    if sum(map(len, lines)) > self.free_bytes:
                        raise OutputError(f"{path}: no space left on the disk")
                    out.write(lines[-1])
                out.flush()
                os.fsync(out.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        whole = b"".join(lines)
        return WrittenFile(len(lines), 2 * len(lines), len(lines), len(whole), hashlib.sha256(whole).hexdigest())

    def save_folder(self, path: Path, copies: Iterable[tuple[str, Copy]], job: PrintJob) -> WrittenFile:
        raise NotImplementedError

    def _line(self, copy: Copy, job: PrintJob) -> bytes:
        label = copy.label
        words = [getattr(label, one.name) for one in fields(label)] if label else []
        return (
            " | ".join([job.title, copy.serial, copy.control, copy.leaflet_key, *words, *copy.notes]).encode() + b"\n"
        )


@dataclass
class BatchEnvironment:
    """A project with a list and a ledger, in a folder of its own."""

    folder: Path
    data: bytes
    options: RunOptions = field(default_factory=RunOptions)
    texts: Mapping[str, str] = field(default_factory=lambda: dict(TEXTS))
    styles: str = ""
    origins: tuple[TextOrigin, ...] = ()
    workers: Workers = field(default_factory=SerialWorkers)
    print_files: PrintFiles = field(default_factory=TextPrintFiles)
    reports: list[Progress | FileWritten | LeafletFailed] = field(default_factory=list)
    on_report: Callable[[Progress | FileWritten | LeafletFailed], None] | None = None
    stop: StopRequest = field(default_factory=StopRequest)
    again: bool = False
    no_repeat_days: int = 3
    path: Path | None = None

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def monographs(self) -> Monographs:
        return TextMonographs(self.folder / "cache", self.texts, self.styles, self.origins)

    def open_ledger(self) -> Ledger:
        """The ledger; its key is the same in all environments, so that the same list makes the same bytes in each."""
        with mock.patch("leaflets.ledger.keys.secrets.token_bytes", lambda count: b"k" * count):
            return open_ledger(self.output, clock)

    def context(self, ledger: Ledger) -> RunContext:
        return RunContext(ledger.store, self.monographs, self.workers, self.print_files, self._report, self.stop)

    def _report(self, report: Progress | FileWritten | LeafletFailed) -> None:
        self.reports.append(report)
        if self.on_report:
            self.on_report(report)

    def request(self) -> RunRequest:
        path = self.path or self.folder / "list.csv"
        return RunRequest(self.data, path, self.options, self.output, "261122", "test", self.again, self.no_repeat_days)

    def plan(self, ledger: Ledger | None = None) -> PlannedRun:
        return plan_run(self.request(), self.monographs, self.print_files, ledger)

    def run(self) -> RunResult:
        made = self.run_if_new()
        assert made
        return made

    def run_if_new(self) -> RunResult | None:
        """What came of the run; None where earlier runs made all of it."""
        with self.open_ledger() as ledger:
            return execute_run(self.plan(ledger), self.context(ledger), ledger, save_privately, "run again")

    def reprint(self, name: str, serials: Sequence[int]) -> Reprint:
        with self.open_ledger() as ledger:
            request = ReprintRequest(self.data, tuple(serials), self.again)
            return reprint(request, ledger.find_run(name), ledger, self.context(ledger), "run again")

    def files(self) -> dict[str, bytes]:
        """Every print file under its final name, and everything else that is no ledger."""
        return {
            path.name: path.read_bytes() for path in self.output.glob("*") if path.stem not in ("ledger", "history")
        }


def save_privately(path: Path, data: bytes) -> None:
    """Writes a file readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(unfinished_name(path.name))
    part.write_bytes(data)
    part.chmod(0o600)
    part.replace(path)


def patients(count: int) -> bytes:
    """A list of made-up patients over all drugs and three destinations."""
    drugs, places = list(TEXTS), ["Ward 3", "Counter", "Ward 7 / night"]
    head = "drug,patient_name,patient_ref,rx_number,destination,copies\n"
    rows = (f"{drugs[n % 4]},Zebedee Quux {n},MRN-{n},RX{n},{places[n % 3]},{1 + (n % 5 == 0)}\n" for n in range(count))
    return (head + "".join(rows)).encode()
