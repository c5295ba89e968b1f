"""An open ledger: its tables, the key for its pseudonyms, and the lock that keeps a run to one process."""

from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from leaflets.errors import LedgerError, OutputError, UsageError
from leaflets.ledger.database import UnusableLedger
from leaflets.ledger.entries import RunEntry
from leaflets.ledger.history import Actor
from leaflets.ledger.keys import PseudonymKey, make_key, read_key
from leaflets.ledger.lock import locked
from leaflets.ledger.states import CopyState
from leaflets.ledger.store import Clock, LedgerStore, lost, open_store, open_store_to_read
from leaflets.model.finding import counted


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger and the folder with its keys and its lock file."""

    store: LedgerStore
    folder: Path

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    @property
    def key(self) -> PseudonymKey:
        """The key for pseudonyms. Raises LedgerError where it is lost; all that asks for no patient goes on then."""
        path = self.folder / "ledger.key"
        hint = "Put it back from the backup. Runs are shown, confirmed, reconciled and recalled without it."
        try:
            key = PseudonymKey(read_key(path))
        except LedgerError as error:
            raise LedgerError(f"{error.message}: nobody can tell which patient is which", hint) from error
        if key.key_id != self.store.key_id():
            raise LedgerError(f"{path}: this is not the key that the ledger was written under", hint)
        return key

    @property
    def lock_file(self) -> Path:
        """The file of which each run in the making holds a byte."""
        return self.folder / "ledger.lock"

    def lock_run(self, run: RunEntry) -> AbstractContextManager[None]:
        """Keeps a run to this process for the block. Raises LedgerError where another process has it."""
        return locked(self.lock_file, run.number, f"run {run.name}")

    def find_run(self, name: str) -> RunEntry:
        """The run of this name, or whose name alone begins so, or the last one for "last". Raises UsageError."""
        runs = self.store.runs()
        if not runs:
            raise UsageError("no run was made in this project yet", "`leaflet batch LIST.csv` makes one.")
        matching = runs[-1:] if name == "last" else tuple(run for run in runs if run.name == name)
        matching = matching or tuple(run for run in runs if name and run.name.startswith(name))
        if len(matching) == 1:
            return matching[0]
        many = "more than one run is" if matching else "no run is"
        near = [] if matching else get_close_matches(name, ["last", *(run.name for run in runs)], n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f'{many} called "{name}"', f"{hint}`leaflet runs` lists them.")

    def count_runs(self, list_sha256: str) -> int:
        """How many runs of a list there ever were."""
        return sum(run.list_sha256 == list_sha256 for run in self.store.runs())

    def is_cancelled(self, run: RunEntry) -> bool:
        """Whether a run had copies and every one was cancelled."""
        counts = self.store.state_counts(run)
        return 0 < counts[CopyState.CANCELLED] == counts.total


def open_ledger(folder: Path, clock: Clock, actor: Actor | None = None, history_key: Path | None = None) -> Ledger:
    """The ledger in a folder, made with its keys where there is none. Raises LedgerError or OutputError.

    `history_key` is the file of the history's key, where that is to lie elsewhere.
    """
    _refuse_lost(folder, history_key)
    ledger = Ledger(open_store(folder / "ledger.db", clock, actor, history_key), folder)
    try:
        if not ledger.store.key_id():
            ledger.store.bind_key(PseudonymKey(make_key(folder / "ledger.key", ledger.lock_file)).key_id)
    except BaseException:
        ledger.store.close()
        raise
    return ledger


def open_ledger_to_read(folder: Path, history_key: Path | None = None) -> Ledger:
    """The ledger in a folder, to be read alone; nothing is made, and read-only media do. Raises LedgerError."""
    _refuse_lost(folder, history_key)
    return Ledger(open_store_to_read(folder / "ledger.db", history_key), folder)


def ledger_exists(folder: Path) -> bool:
    """Whether there is a ledger in a folder, or was: a key is left of it."""
    return any((folder / name).exists() for name in ("ledger.db", "ledger.key", "history.key"))


def begin_new_ledger(
    folder: Path, clock: Clock, actor: Actor | None = None, history_key: Path | None = None
) -> tuple[Path, ...]:
    """Puts what is left of a lost ledger, keys too, aside under dated names, which it returns, and makes a new one.

    Raises UsageError where the ledger is sound and has runs, LedgerError (locked, of a later version) or OutputError.
    """
    if ledger_exists(folder):
        _refuse_sound(folder, history_key)
    mark = "".join(letter for letter in clock() if letter.isalnum())
    aside = []
    try:
        for path in _files(folder, history_key):
            if path.exists():
                aside.append(path.rename(path.with_name(f"{path.name}-before-{mark}")))
    except OSError as error:
        raise OutputError(f"{folder}: the old ledger cannot be put aside: {error.strerror}") from error
    open_ledger(folder, clock, actor, history_key).store.close()
    return tuple(aside)


def _refuse_sound(folder: Path, history_key: Path | None) -> None:
    with suppress(UnusableLedger), open_ledger_to_read(folder, history_key) as ledger:
        if runs := ledger.store.runs():
            hint = "Go on with it; nobody needs a new one."
            raise UsageError(f"{folder / 'ledger.db'}: the ledger is sound and has {counted(len(runs), 'run')}", hint)


def _files(folder: Path, history_key: Path | None) -> tuple[Path, ...]:
    """The files of a ledger, its keys last, so that a command that is killed between them is simply given again."""
    tables = tuple(folder / f"ledger.db{suffix}" for suffix in ("-wal", "-shm", ""))
    return (*tables, history_key or folder / "history.key", folder / "ledger.key")


def _refuse_lost(folder: Path, history_key: Path | None) -> None:
    """Raises LedgerError where keys are left of a ledger that is gone or cut to nothing."""
    path = folder / "ledger.db"
    keys = [key for key in (folder / "ledger.key", history_key or folder / "history.key") if key.exists()]
    if keys and (not path.exists() or not path.stat().st_size):
        raise lost(path)
