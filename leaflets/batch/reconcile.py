"""What becomes of copies and print files once they are written."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from leaflets.batch.print_files import remove_unrecorded
from leaflets.ledger.entries import PartEntry, RunEntry
from leaflets.ledger.ledger import Ledger
from leaflets.ledger.states import OPEN, CopyState
from leaflets.ledger.store import LedgerStore


class FileState(StrEnum):
    """What has become of a print file since it was written."""

    UNCHANGED = "unchanged"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A print file of a run, and what has become of it."""

    run: str
    part: PartEntry
    state: FileState


def record_state(
    ledger: Ledger, run: RunEntry, serials: Sequence[int], state: CopyState, reason: str = ""
) -> tuple[int, ...]:
    """Records copies as sent, printed, spoiled or cancelled; returns those that were not so already.

    No serials means every copy that is still open. Raises UsageError where one cannot move to that state.
    """
    with ledger.lock_run(run):
        chosen = serials or [copy.serial for copy in ledger.store.copies(run) if copy.state in OPEN - {state}]
        moved = ledger.store.move(run, chosen, state, reason)
        if state is CopyState.CANCELLED:
            remove_unrecorded(ledger, run)
    return moved


def check_files(store: LedgerStore, run: RunEntry) -> tuple[CheckedFile, ...]:
    """The print files of a run that were written, and whether each is still there, as it was."""
    folder = store.folder(run)
    written = [part for part in store.parts(run) if part.written]
    return tuple(CheckedFile(run.name, part, _file_state(folder / part.name, part)) for part in written)


def _file_state(path: Path, part: PartEntry) -> FileState:
    if not path.exists():
        return FileState.GONE
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
