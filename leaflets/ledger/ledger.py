"""The ledger with what lies beside it: the patient key, and the lock that keeps a run to one process."""

import contextlib
import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from leaflets.errors import LedgerError, RunIncomplete, UsageError
from leaflets.ledger.entries import RunEntry
from leaflets.ledger.lock import locked
from leaflets.ledger.pseudonym import PseudonymKey, open_key
from leaflets.ledger.states import CopyState
from leaflets.ledger.store import Clock, LedgerStore, open_store
from leaflets.printfile.names import unfinished


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger, its key and its lock file."""

    store: LedgerStore
    key: PseudonymKey
    lock: Path

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def hold(self, run: RunEntry) -> AbstractContextManager[None]:
        """Keeps a run to this process for the block. Raises LedgerError where another one has it."""
        return locked(self.lock, run.number, f"run {run.name}")

    def run_named(self, name: str) -> RunEntry:
        """The run of this name, of a beginning of it that no other run has, or "last". Raises UsageError."""
        runs = self.store.runs()
        found = runs[-1:] if name == "last" else tuple(run for run in runs if run.name == name)
        found = found or tuple(run for run in runs if name and run.name.startswith(name))
        if len(found) == 1:
            return found[0]
        many = "more than one run is" if found else "no run is"
        raise UsageError(f'{many} called "{name}"', "`leaflet runs` lists them.")

    def count(self, list_sha256: str) -> int:
        """How many runs of a list there ever were."""
        return sum(run.list_sha256 == list_sha256 for run in self.store.runs())

    def is_cancelled(self, run: RunEntry) -> bool:
        """Whether every copy of a run was cancelled."""
        tally = self.store.tally(run)
        return tally[CopyState.CANCELLED] == tally.planned

    def clear_away(self, run: RunEntry, why: str) -> None:
        """Cancels a half-made run of which no file is in the ledger. Raises RunIncomplete where there is one."""
        if any(part.written for part in self.store.parts(run)):
            raise RunIncomplete(
                f"run {run.name} is half made, and {why}",
                f"Put it back as it was and run again, or end the run with `leaflet runs cancel {run.name}`.",
            )
        with self.hold(run):
            open_copies = [copy.serial for copy in self.store.copies(run) if copy.state is not CopyState.CANCELLED]
            self.store.move(run, open_copies, CopyState.CANCELLED, "replanned")
            self.sweep(run)

    def sweep_stale(self) -> None:
        """Removes the unfinished files of runs that nobody is making: what a killed process left behind."""
        for run in self.store.unfinished_runs():
            with contextlib.suppress(LedgerError), self.hold(run):
                for part in self.store.parts(run):
                    _remove((Path(run.folder) / part.name).with_name(unfinished(part.name)))

    def sweep(self, run: RunEntry) -> None:
        """Removes what an end without warning left: unfinished files, and finished ones the ledger never heard of."""
        for part in self.store.parts(run):
            path = Path(run.folder) / part.name
            _remove(path.with_name(unfinished(part.name)))
            if not part.written:
                _remove(path)


def open_ledger(folder: Path, clock: Clock) -> Ledger:
    """The books in a project's output folder, made where there are none."""
    lock = folder / "ledger.lock"
    store = open_store(folder / "ledger.db", clock)
    try:
        key = open_key(folder / "ledger.key", lock)
        store.guard_key(key.mark)
    except BaseException:
        store.close()
        raise
    return Ledger(store, key, lock)


def ledger_exists(folder: Path) -> bool:
    """Whether there is a ledger in a folder."""
    return (folder / "ledger.db").exists()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
