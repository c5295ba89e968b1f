"""A copy of a ledger with its keys in a folder of its own, and the way back from it.

The copy is made by SQLite itself, so it is of one moment, also while runs go on. A manifest has the hash of every file
and the last hash of the history.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from leaflets.errors import LedgerError, OutputError, UsageError
from leaflets.ledger.audit import verify
from leaflets.ledger.ledger import Ledger, open_ledger_to_read
from leaflets.project.files import read_bytes, save

MANIFEST = "manifest.json"
LEDGER, PATIENT_KEY, HISTORY_KEY = "ledger.db", "ledger.key", "history.key"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was found sound: its folder, when it was made, and the hashes of all events, the oldest first."""

    folder: Path
    at: str
    files: tuple[str, ...]
    hashes: tuple[str, ...]

    @property
    def head(self) -> str:
        """The hash that its history ends in."""
        return self.hashes[-1] if self.hashes else ""


def back_up(ledger: Ledger, history_key: Path, folder: Path, at: str) -> Backup:
    """Copies a ledger and its keys into a new folder, which appears whole or not at all, readable by its owner alone.

    Raises UsageError where the folder is in use, LedgerError where the ledger is not sound, OutputError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: there is something already", "Give a new folder; a backup never replaces another.")
    unfinished = folder.absolute().with_name(f".{folder.absolute().name}.part")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700, parents=True)
        ledger.store.copy_to(unfinished / LEDGER)
        for name, file in ((PATIENT_KEY, ledger.folder / PATIENT_KEY), (HISTORY_KEY, history_key)):
            if file.exists():
                save(unfinished / name, read_bytes(file), mode=0o600)
        hashes = _sound_hashes(unfinished, "the ledger")
        digests = _digests(unfinished)
        made = Backup(folder, at, tuple(digests), hashes)
        facts = {"leaflet_backup": 1, "at": at, "head": made.head, "files": digests}
        save(unfinished / MANIFEST, json.dumps(facts, indent=2).encode("ascii") + b"\n", mode=0o600)
        unfinished.rename(folder)
    except OSError as error:
        raise OutputError(f"{folder}: the backup cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return made


def read_backup(folder: Path) -> Backup:
    """The backup in a folder. Raises UsageError where there is none, LedgerError where a byte of it was changed."""
    try:
        facts = json.loads((folder / MANIFEST).read_text("ascii"))
        at, head, files = str(facts["at"]), str(facts["head"]), dict(facts["files"])
    except OSError as error:
        raise UsageError(f"{folder}: there is no backup: {error.strerror}", "Give the folder of a backup.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerError(f"{folder / MANIFEST}: it is no list of the files of a backup", _OTHER) from error
    _require_files(folder, files)
    hashes = _sound_hashes(folder, "the backup")
    if head != (hashes[-1] if hashes else ""):
        raise LedgerError(f"{folder}: its history does not end in the hash it was made with", _OTHER)
    return Backup(folder, at, tuple(files), hashes)


def restore(backup: Backup, folder: Path, history_key: Path, stamp: str, *, force: bool) -> tuple[str, ...]:
    """Puts the ledger of a backup and its keys into a folder; returns the names of the files put there.

    A ledger that has all the events of the backup and more stays, and gets only keys that are gone. What was in the
    place is kept in a folder named after `stamp`. Raises LedgerError where something would be lost, unless `force`.
    """
    places = {LEDGER: folder / LEDGER, PATIENT_KEY: folder / PATIENT_KEY, HISTORY_KEY: history_key}
    names = [name for name in (PATIENT_KEY, HISTORY_KEY, LEDGER) if name in backup.files]
    if places[LEDGER].exists() and not force and _is_newer(backup, folder, history_key):
        names = [name for name in names if not places[name].exists()]
        if not names:
            raise LedgerError("the ledger here has all the events of the backup; nothing was restored", _FORCE)
    data = {name: read_bytes(backup.folder / name, 1 << 40) for name in names}
    if LEDGER in names:
        _set_aside(places, folder / f"ledger-replaced-{stamp}")
    for name in names:
        save(places[name], data[name], mode=0o600)
    return tuple(names)


_OTHER = "Take another backup."
_FORCE = "With --force the backup takes its place; the files that are here now are kept in a folder beside it."


def _is_newer(backup: Backup, folder: Path, history_key: Path) -> bool:
    """Whether the ledger in a folder goes on where the backup ends; False where it has nothing the backup lacks.

    Raises LedgerError where it is of another history, or cannot be read.
    """
    try:
        with open_ledger_to_read(folder, history_key) as ledger:
            present = tuple(event.hash for event in ledger.store.events())
            empty = not ledger.store.runs()
    except LedgerError as error:
        raise LedgerError(f"{error.message}; nothing was restored", _FORCE) from error
    if present[: len(backup.hashes)] == backup.hashes:
        return True
    if backup.hashes[: len(present)] != present and not empty:
        raise LedgerError("the ledger here has events that the backup has not; nothing was restored", _FORCE)
    return False


def _set_aside(places: Mapping[str, Path], aside: Path) -> None:
    """Moves what is in the place of a ledger into a folder."""
    ledger = places[LEDGER]
    journals = [ledger.with_name(f"{ledger.name}{suffix}") for suffix in ("-wal", "-shm")]
    present = [path for path in (ledger, *journals, places[PATIENT_KEY], places[HISTORY_KEY]) if path.exists()]
    try:
        if present:
            aside.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in present:
            shutil.move(path, aside / path.name)
    except OSError as error:
        raise OutputError(f"{aside}: the ledger cannot be set aside: {error.strerror}") from error


def _sound_hashes(folder: Path, what: str) -> tuple[str, ...]:
    with open_ledger_to_read(folder) as ledger:
        faults = verify(ledger.store)
        if faults:
            raise LedgerError(f"{what} is not sound: {'; '.join(faults)}", "`leaflet runs --verify` says more.")
        return tuple(event.hash for event in ledger.store.events())


def _digests(folder: Path) -> dict[str, str]:
    files = (folder / name for name in (LEDGER, PATIENT_KEY, HISTORY_KEY))
    return {file.name: _digest(file) for file in files if file.exists()}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _require_files(folder: Path, files: Mapping[str, str]) -> None:
    for name, digest in files.items():
        if name not in {LEDGER, PATIENT_KEY, HISTORY_KEY} or not (folder / name).is_file():
            raise LedgerError(f"{folder}: {name} is gone from the backup, or does not belong to it", _OTHER)
        if _digest(folder / name) != digest:
            raise LedgerError(f"{folder / name}: it was changed after the backup was made", _OTHER)
