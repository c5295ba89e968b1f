"""The two keys of a ledger, each in a file of its own: one hides who the patients are, one vouches for the history.

A key is 32 random bytes, readable by its owner alone. Without the key of patients nobody can tell which pseudonym is
whose. Without that of the history nobody can add an event to its chain of hashes, or compute the chain anew. A ledger
of an earlier release has a plain chain; an event of a kind of its own ends it, and from there on all hashes are keyed.
"""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from leaflets.errors import LedgerError, OutputError
from leaflets.ledger import history
from leaflets.ledger.history import Event
from leaflets.ledger.lock import locked

KEY_BYTES = 32


def key_id(secret: bytes) -> str:
    """Tells keys apart without revealing them."""
    return hashlib.blake2b(b"", key=secret, digest_size=8, person=b"key-mark").hexdigest()


def read_key(path: Path) -> bytes:
    """The key in a file. Raises LedgerError where it is gone, cannot be read or is no key."""
    hint = "Put it back from the backup (`leaflet runs restore`)."
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError as error:
        raise LedgerError(f"{path}: this key of the ledger is gone", hint) from error
    except OSError as error:
        raise LedgerError(f"{path}: this key of the ledger cannot be read: {error.strerror}", hint) from error
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise LedgerError(f"{path}: this is no key", hint)
    return secret


def make_key(path: Path, lock: Path) -> bytes:
    """The key in a file, made there where there is none. Raises LedgerError or OutputError."""
    with locked(lock, 0, "the key of the ledger", wait=True):
        if not path.exists():
            write_new_key(unfinished(path))
            unfinished(path).replace(path)
    return read_key(path)


def write_new_key(path: Path) -> bytes:
    """Writes a new key to a file of its own, synced, mode 0600, in the place of any other. Raises OutputError."""
    secret = secrets.token_bytes(KEY_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secret.hex() + "\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise OutputError(f"{path}: the key of the ledger cannot be made: {error.strerror}") from error
    return secret


def unfinished(path: Path) -> Path:
    """Where a key stands until it is in use."""
    return path.with_name(f".{path.name}.part")


# -------------------------------------------------------------------- patients


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """Turns a patient reference into a hash that says nothing without the key."""

    secret: bytes

    def __repr__(self) -> str:
        return f"PseudonymKey({self.key_id})"

    @property
    def key_id(self) -> str:
        """Tells keys apart without revealing them."""
        return key_id(self.secret)

    def pseudonym(self, reference: str) -> bytes | None:
        """16 bytes for a patient reference; None where it is empty."""
        if not reference:
            return None
        return hashlib.blake2b(reference.encode("utf-8"), key=self.secret, digest_size=16, person=b"patient").digest()

    def row_hash(self, patient: str, prescription: str, date: str) -> bytes:
        """16 bytes by which a row of a list is recognised in another list."""
        facts = "\0".join((patient, prescription, date)).encode("utf-8")
        return hashlib.blake2b(facts, key=self.secret, digest_size=16, person=b"row").digest()

    def path_hash(self, path: Path) -> str:
        """A keyed hash of the path of a list, as its name may be a patient's."""
        name = os.fsencode(path.resolve())
        return hashlib.blake2b(name, key=self.secret, digest_size=16, person=b"list-place").hexdigest()


# -------------------------------------------------------------------- history


@dataclass(frozen=True, slots=True)
class HistoryKey:
    """The key of a history; where there is none, `fault` says why, or the chain is plain still."""

    secret: bytes = field(default=b"", repr=False)
    fault: str = ""

    @property
    def key_id(self) -> str:
        """Tells keys apart without revealing them."""
        return key_id(self.secret)


def find_history_key(path: Path, keyed: Event | None) -> HistoryKey:
    """The key in a file for a history with this event of keying, or None: a chain that is plain, or nothing yet."""
    if keyed:
        _finish(path, keyed)
    elif not path.exists():
        return HistoryKey()
    try:
        key = HistoryKey(read_key(path))
    except LedgerError as error:
        return HistoryKey(fault=error.message)
    if not keyed:
        return HistoryKey(key.secret, f"{path}: this key is there, but the history is not written under it")
    if history.event_facts(keyed).get("key") != key.key_id:
        return HistoryKey(fault=f"{path}: this is not the key that the history was written under")
    return key


def new_history_key(path: Path) -> HistoryKey:
    """A new key, not in its place yet: `put_in_place` does that once the ledger has the event of keying."""
    return HistoryKey(write_new_key(unfinished(path)))


def put_in_place(path: Path) -> None:
    """Gives a new key its final name; another process may have done it."""
    with suppress(FileNotFoundError):
        unfinished(path).replace(path)


def _finish(path: Path, keyed: Event) -> None:
    """Puts a key in its place that a process killed in between has left: the ledger has the event of keying."""
    with suppress(LedgerError, OSError):
        waiting = read_key(unfinished(path))
        own = hmac.compare_digest(str(history.event_facts(keyed).get("key")), key_id(waiting))
        if own and not path.exists():
            put_in_place(path)
