"""Writes the print files of a run, one PDF or one folder of PDFs for a destination, and removes unfinished ones."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from leaflets import labels, printfile
from leaflets.errors import LedgerError, OutputError
from leaflets.labels import Label, LabelFonts, LabelSetter
from leaflets.ledger.entries import RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.queries import LedgerQueries
from leaflets.model.compiled import CompiledLeaflet
from leaflets.model.finding import Finding
from leaflets.printfile import Copy, PrintJob, WrittenFile
from leaflets.printfile.names import unfinished_name
from leaflets.runlist.requests import CopyRequest

REJECTS_SUFFIXES = {"csv": "csv", "jsonl": "jsonl", "fhir": "json", "ndjson": "ndjson"}
"""The suffix of the list of rejected rows by the format of the list."""

SYNCS = 16
"""Files synced at once: the file system's journal takes them together, eight times as fast as one by one."""


class PrintFiles(Protocol):
    """How the files of a run are written."""

    def check_label(self, request: CopyRequest, notes: tuple[str, ...], *, code: bool) -> Sequence[Finding]:
        """The findings about a label with these notes, and a code if so; no finding repeats any of its text."""

    def fits_banner(self, destination: str) -> bool:
        """Whether this destination can be printed on a banner sheet."""

    def save(self, path: Path, copies: Iterable[Copy], job: PrintJob) -> WrittenFile:
        """Writes one print file, whole or not at all, readable by its owner alone."""

    def save_folder(self, path: Path, copies: Iterable[tuple[str, Copy]], job: PrintJob) -> WrittenFile:
        """Writes one file for each copy under the names given, into a folder that appears whole or not at all."""


@dataclass(frozen=True, slots=True)
class PdfPrintFiles:
    """Writes PDFs, with compiled leaflets by their key and the label fonts of the project."""

    compiled: Callable[[str], CompiledLeaflet]
    fonts: LabelFonts

    def check_label(self, request: CopyRequest, notes: tuple[str, ...], *, code: bool) -> Sequence[Finding]:
        """The findings about a label: characters without a font, too little space, no name or directions."""
        edition = request.leaflet.edition
        return labels.check_label(request.label or Label(), self.fonts, edition, code=code, notes=notes)

    def fits_banner(self, destination: str) -> bool:
        """Whether the fonts have all characters of a destination and it fits on a banner sheet."""
        return printfile.fits_banner(destination, LabelSetter(self.fonts))

    def save(self, path: Path, copies: Iterable[Copy], job: PrintJob) -> WrittenFile:
        """Writes one print file. Raises PdfError or OutputError."""
        return printfile.save_print_file(path, copies, self.compiled, self.fonts, job)

    def save_folder(self, path: Path, copies: Iterable[tuple[str, Copy]], job: PrintJob) -> WrittenFile:
        """Writes a folder of files and a list of their hashes. Raises PdfError or OutputError."""
        writer = printfile.SplitWriter(self.compiled, self.fonts, duplex=job.duplex)
        part = path.with_name(unfinished_name(path.name))
        try:
            _remove_folder(part)
            part.mkdir(mode=0o700, parents=True)
            written = [(name, writer.save(part / name, copy)) for name, copy in copies]
            sums = "".join(f"{one.sha256}  {name}\n" for name, one in written)
            (part / "SHA256SUMS").write_text(sums, "ascii")
            _sync_files(part)
            _remove_folder(path)
            part.rename(path)
            _sync(path.parent)
        except OSError as error:
            raise OutputError(f"{path}: the folder cannot be written: {error.strerror}") from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return _total([one for _, one in written], hashlib.sha256(sums.encode("ascii")).hexdigest())


def remove_abandoned(ledger: Ledger) -> None:
    """Removes the partly written files of runs that no process is making: what a killed one left behind."""
    for run in ledger.store.unfinished_runs():
        with contextlib.suppress(LedgerError), ledger.lock_run(run):
            folder = ledger.store.folder(run)
            for part in ledger.store.parts(run):
                _remove(folder / unfinished_name(part.name))


def remove_unrecorded(ledger: Ledger, run: RunEntry) -> None:
    """Removes the partly written files of a run, and finished ones that the ledger does not record as written."""
    folder = ledger.store.folder(run)
    for part in ledger.store.parts(run):
        _remove(folder / unfinished_name(part.name))
        if not part.written:
            _remove(folder / part.name)


def patient_files(store: LedgerQueries, run: RunEntry, *, rejects: bool = True) -> tuple[Path, ...]:
    """The print files of a run, finished or not, and the list of its rejected rows, as far as they are there."""
    return tuple(path for path in _possible_files(store, run, rejects) if path.exists())


def delete_patient_files(ledger: Ledger, run: RunEntry, reason: str, *, rejects: bool = True) -> tuple[Path, ...]:
    """Deletes the files of a run with patient data and returns them; the caller holds the lock of the run.

    The history has it first, so that no file ever disappears without a record. Without `rejects` the list of rejected
    rows stays. Raises LedgerError or OutputError.
    """
    paths = patient_files(ledger.store, run, rejects=rejects)
    if paths:
        names = {path.name for path in paths}
        numbers = [part.number for part in ledger.store.parts(run) if part.name in names]
        ledger.store.record_purged(run, numbers, len(paths), reason)
    for path in paths:
        try:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{path}: cannot be deleted: {error.strerror}", "Delete it yourself.") from error
    return paths


def _possible_files(store: LedgerQueries, run: RunEntry, rejects: bool) -> Iterator[Path]:
    folder = store.folder(run)
    for part in store.parts(run):
        yield folder / part.name
        yield folder / unfinished_name(part.name)
    for suffix in REJECTS_SUFFIXES.values() if rejects else ():
        yield folder / f"{run.name}-rejects.{suffix}"


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _total(written: Sequence[WrittenFile], sha256: str) -> WrittenFile:
    """The figures of a folder."""
    return WrittenFile(
        copies=sum(one.copies for one in written),
        pages=sum(one.pages for one in written),
        sheets_of_paper=sum(one.sheets_of_paper for one in written),
        bytes=sum(one.bytes for one in written),
        sha256=sha256,
    )


def _remove_folder(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _sync_files(folder: Path) -> None:
    """Syncs all files to the disk, many at once, so that the folder has its final name only when they are there."""
    from concurrent.futures import ThreadPoolExecutor  # here, as only split runs need it

    with ThreadPoolExecutor(SYNCS) as pool:
        list(pool.map(_sync, folder.iterdir()))
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
