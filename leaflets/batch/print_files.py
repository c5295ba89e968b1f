"""Writes the print files of a run: one PDF for a destination, or a folder with one for each copy."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from leaflets import printfile
from leaflets.errors import OutputError
from leaflets.impose import paper_sheets
from leaflets.labels import Label, LabelFonts, LabelSetter, check_label
from leaflets.model.compiled import CompiledLeaflet
from leaflets.model.finding import Finding
from leaflets.printfile import Copy, PrintJob, WrittenFile
from leaflets.printfile.names import unfinished
from leaflets.runlist.requests import CopyRequest

SYNCS = 16
"""Files synced at once: a journal takes them together, eight times as fast as one after the other."""


class PrintFiles(Protocol):
    """What a run asks of whoever writes its files."""

    def check(self, order: CopyRequest, notes: tuple[str, ...]) -> Sequence[Finding]:
        """What is wrong with the label of an order under these notes, without repeating any of it."""

    def can_head(self, destination: str) -> bool:
        """Whether a banner sheet can be headed with the name of this destination."""

    def save(self, path: Path, copies: Iterable[Copy], job: PrintJob) -> WrittenFile:
        """Writes one print file, whole or not at all, readable by its owner alone."""

    def save_folder(self, path: Path, copies: Iterable[tuple[str, Copy]], job: PrintJob) -> WrittenFile:
        """Writes one file for each copy under the names given, into a folder that appears whole or not at all."""


@dataclass(frozen=True, slots=True)
class PdfPrintFiles:
    """The bindery that writes PDFs, with sheets from the cache and the label fonts of the project."""

    sheet: Callable[[str], CompiledLeaflet]
    fonts: LabelFonts

    def check(self, order: CopyRequest, notes: tuple[str, ...]) -> Sequence[Finding]:
        """What is wrong with the label of an order under these notes."""
        return check_label(order.label or Label(), self.fonts, lang=order.leaflet.edition.lang, notes=notes)

    def can_head(self, destination: str) -> bool:
        """Whether the fonts have all letters of a destination and it fits on a banner sheet."""
        return printfile.fits_banner(destination, LabelSetter(self.fonts))

    def save(self, path: Path, copies: Iterable[Copy], job: PrintJob) -> WrittenFile:
        """Writes one print file. Raises PdfError or OutputError."""
        return printfile.save_print_file(path, copies, self.sheet, self.fonts, job)

    def save_folder(self, path: Path, copies: Iterable[tuple[str, Copy]], job: PrintJob) -> WrittenFile:
        """Writes a folder of files and a list of their hashes. Raises PdfError or OutputError."""
        writer = printfile.SplitWriter(self.sheet, self.fonts)
        part = path.with_name(unfinished(path.name))
        try:
            _remove(part)
            part.mkdir(mode=0o700, parents=True)
            written = [(name, writer.save(part / name, copy)) for name, copy in copies]
            sums = "".join(f"{one.sha256}  {name}\n" for name, one in written)
            (part / "SHA256SUMS").write_text(sums, "ascii")
            _settle(part)
            _remove(path)
            part.rename(path)
            _sync(path.parent)
        except OSError as error:
            raise OutputError(f"{path}: the folder cannot be written: {error.strerror}") from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return _together(
            [one for _, one in written], hashlib.sha256(sums.encode("ascii")).hexdigest(), duplex=job.duplex
        )


def _together(written: Sequence[WrittenFile], sha256: str, *, duplex: bool) -> WrittenFile:
    """The folder as one file; files of one copy have no blank backs, but a sheet of paper has two sides."""
    return WrittenFile(
        copies=sum(one.copies for one in written),
        pages=sum(one.pages for one in written),
        sheets_of_paper=sum(paper_sheets(one.pages, duplex) for one in written),
        bytes=sum(one.bytes for one in written),
        sha256=sha256,
    )


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _settle(folder: Path) -> None:
    """Makes sure the files are on the disk before their folder gets its name; many wait for the disk at once."""
    from concurrent.futures import ThreadPoolExecutor  # here, as only split runs need it

    with ThreadPoolExecutor(SYNCS) as waiting:
        list(waiting.map(_sync, folder.iterdir()))
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
