"""An open ledger: its tables, the key for its pseudonyms, and the lock that keeps a run to one process."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from leaflets.errors import UsageError
from leaflets.ledger.entries import RunEntry
from leaflets.ledger.lock import locked
from leaflets.ledger.pseudonym import PseudonymKey, open_key
from leaflets.ledger.states import CopyState
from leaflets.ledger.store import Clock, LedgerStore, open_store


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger, its key and its lock file."""

    store: LedgerStore
    key: PseudonymKey
    lock_file: Path

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def lock_run(self, run: RunEntry) -> AbstractContextManager[None]:
        """Keeps a run to this process for the block. Raises LedgerError where another process has it."""
        return locked(self.lock_file, run.number, f"run {run.name}")

    def find_run(self, name: str) -> RunEntry:
        """The run of this name, or whose name alone begins so, or the last one for "last". Raises UsageError."""
        runs = self.store.runs()
        matching = runs[-1:] if name == "last" else tuple(run for run in runs if run.name == name)
        matching = matching or tuple(run for run in runs if name and run.name.startswith(name))
        if len(matching) == 1:
            return matching[0]
        many = "more than one run is" if matching else "no run is"
        raise UsageError(f'{many} called "{name}"', "`leaflet runs` lists them.")

    def count_runs(self, list_sha256: str) -> int:
        """How many runs of a list there ever were."""
        return sum(run.list_sha256 == list_sha256 for run in self.store.runs())

    def is_cancelled(self, run: RunEntry) -> bool:
        """Whether every copy of a run was cancelled."""
        counts = self.store.state_counts(run)
        return counts[CopyState.CANCELLED] == counts.total


def open_ledger(folder: Path, clock: Clock) -> Ledger:
    """The ledger in a folder, with its key and lock, made where there is none. Raises LedgerError or OutputError."""
    lock_file = folder / "ledger.lock"
    store = open_store(folder / "ledger.db", clock)
    try:
        key = open_key(folder / "ledger.key", lock_file)
        store.bind_key(key.key_id)
    except BaseException:
        store.close()
        raise
    return Ledger(store, key, lock_file)


def ledger_exists(folder: Path) -> bool:
    """Whether there is a ledger in a folder."""
    return (folder / "ledger.db").exists()
