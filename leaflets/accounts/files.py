"""The files of runs with patient data: whether they are as they were written, and their deletion in time."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from leaflets.accounts.account import reconcile
from leaflets.batch.print_files import delete_patient_files, patient_files
from leaflets.ledger.entries import PartEntry, RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.store import LedgerStore


class FileState(StrEnum):
    """What has become of a print file since it was written."""

    UNCHANGED = "unchanged"
    GONE = "gone"
    PURGED = "purged"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A print file of a run, and what has become of it."""

    run: str
    part: PartEntry
    state: FileState


def check_files(store: LedgerStore, run: RunEntry) -> tuple[CheckedFile, ...]:
    """The print files of a run that were written, and whether each is still there, as it was."""
    folder = store.folder(run)
    purged = store.purged_parts(run)
    written = [part for part in store.parts(run) if part.written]
    return tuple(
        CheckedFile(run.name, part, _file_state(folder / part.name, part, part.number in purged)) for part in written
    )


def _file_state(path: Path, part: PartEntry, purged: bool) -> FileState:
    if not path.exists():
        return FileState.PURGED if purged else FileState.GONE
    return FileState.UNCHANGED if _sha256(path) == part.sha256 else FileState.CHANGED


def _sha256(path: Path) -> str:
    """The hash of a print file; of a folder of files, that of the SHA256SUMS which the files in it would have now."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    sums = path / "SHA256SUMS"
    lines = sums.read_text("ascii").splitlines() if sums.is_file() else []
    names = [Path(line[66:]).name for line in lines]
    now = "".join(f"{_sha256(path / name)}  {name}\n" for name in names if (path / name).is_file())
    return hashlib.sha256(now.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of a run with patient data that are still there; `open` is whether its account is not closed."""

    run: RunEntry
    paths: tuple[Path, ...]
    open: bool


def files_before(store: LedgerStore, before: str) -> tuple[RunFiles, ...]:
    """The files that are left of runs begun before an ISO time."""
    old = (run for run in store.runs() if run.at < before)
    left = (RunFiles(run, patient_files(store, run), not reconcile(store, run).closed) for run in old)
    return tuple(one for one in left if one.paths)


def purge(ledger: Ledger, run: RunEntry, reason: str) -> tuple[Path, ...]:
    """Deletes the files of a run with patient data and returns them. Raises LedgerError or OutputError.

    It is recorded first, so that no file ever disappears without a record; what a killed process leaves is deleted by
    the next purge.
    """
    with ledger.lock_run(run):
        return delete_patient_files(ledger, run, reason)
