"""Everything a project has for its runs: its press, its bindery, its books."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from leaflets import __version__
from leaflets.batch.accounts import RunEntry
from leaflets.batch.bindery import PdfBindery
from leaflets.batch.books import Books, books_stand, open_books
from leaflets.batch.lists import MAX_BYTES
from leaflets.batch.press import Executor
from leaflets.batch.shelf import Shelf
from leaflets.errors import UsageError
from leaflets.labels import LabelFonts
from leaflets.project import Project, packaged, today
from leaflets.project.clock import now_utc

LISTS = frozenset({".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson"})
"""Endings of files that may be lists."""

RENDERER = ("leaflets.batch.renderer",)
"""What the fork server imports once, so that no worker has to."""


@dataclass(frozen=True, slots=True)
class House:
    """A project with its press and its bindery."""

    project: Project
    shelf: Shelf
    bindery: PdfBindery

    def books(self) -> Books:
        """The project's ledger, key and lock, made where there are none. Raises LedgerError or OutputError."""
        books = open_books(self.project.output, now_utc)
        books.sweep_stale()
        return books

    def standing_books(self) -> Books:
        """The project's ledger, which must be there. Raises UsageError where no run was ever made."""
        if not books_stand(self.project.output):
            raise UsageError("no run was made in this project yet", "`leaflet batch LIST.csv` makes one.")
        return self.books()

    @property
    def versions(self) -> str:
        """What a run is made with, besides what each leaflet's content id says: our version and the label fonts."""
        return f"leaflet {__version__}, labels in {', '.join(face.path.stem for face in self.bindery.fonts.faces)}"

    @property
    def day(self) -> str:
        """Today as it begins the name of a run: "261123"."""
        return self.shelf.today.strftime("%y%m%d")


def open_house(project: Project, warm: Callable[[], None] = lambda: None) -> House:
    """The press and bindery of a project; `warm` is called when a leaflet will have to be made.

    Raises RenderError where the label fonts are missing.
    """
    shelf = Shelf(project, today(), warm=warm)
    shelf.wake()
    fonts = LabelFonts.load(packaged("styles") / "fonts", project.root / "styles" / "fonts")
    return House(project, shelf, PdfBindery(shelf.sheets.get, fonts))


def executor(workers: int) -> Executor:
    """Workers for a run; none means this process."""
    from leaflets.batch.workers import Limits, Processes, Serial  # here, as other commands need no processes

    return Processes(workers, Limits(), RENDERER) if workers else Serial()


def usual_workers() -> int:
    """As many as this process may use cores."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_list_file(path: Path) -> bytes:
    """The bytes of a list, read once, so that it cannot change under a run. Raises UsageError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this is no path"
        raise UsageError(f"the list cannot be read: {reason}", "Check its path and your rights to it.") from error
    if len(data) > MAX_BYTES:
        raise UsageError("the list is larger than 256 MiB", "Is it the right file? Split it if it is.")
    return data


def find_list(folder: Path, run: RunEntry) -> bytes:
    """The list a run was made from, by its hash, among the files of a folder. Raises UsageError if not there."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in LISTS and path.is_file() and path.stat().st_size <= MAX_BYTES:
            data = read_list_file(path)
            if hashlib.sha256(data).hexdigest() == run.list_sha256:
                return data
    raise UsageError(f"the list of run {run.name} is not in this folder", "Say where it is with --list.")
