"""Pseudonyms of patients in the ledger: hashes under a key in a file of its own, readable by its owner alone."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from leaflets.errors import LedgerError, OutputError
from leaflets.ledger.lock import locked

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """Turns a patient reference into a hash that says nothing without the key."""

    secret: bytes

    def __repr__(self) -> str:
        return f"PseudonymKey({self.key_id})"

    @property
    def key_id(self) -> str:
        """Tells keys apart without revealing them."""
        return hashlib.blake2b(b"", key=self.secret, digest_size=8, person=b"key-mark").hexdigest()

    def pseudonym(self, reference: str) -> bytes | None:
        """16 bytes for a patient reference; None where it is empty."""
        if not reference:
            return None
        return hashlib.blake2b(reference.encode("utf-8"), key=self.secret, digest_size=16, person=b"patient").digest()

    def path_hash(self, path: Path) -> str:
        """A keyed hash of the path of a list, as its name may be a patient's."""
        name = os.fsencode(path.resolve())
        return hashlib.blake2b(name, key=self.secret, digest_size=16, person=b"list-place").hexdigest()


def open_key(path: Path, lock: Path) -> PseudonymKey:
    """The key in a file, made there (mode 0600) where there is none. Raises LedgerError or OutputError."""
    try:
        if not path.exists():
            with locked(lock, 0, "the key of the ledger", wait=True):
                _make(path)
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except OSError as error:
        raise OutputError(f"{path}: the key of the ledger cannot be read or made: {error.strerror}") from error
    except ValueError as error:
        raise LedgerError(f"{path}: this is no key", "Put the ledger's own key file back.") from error
    if len(secret) != KEY_BYTES:
        raise LedgerError(f"{path}: this is no key", "Put the ledger's own key file back.")
    return PseudonymKey(secret)


def _make(path: Path) -> None:
    """Writes a whole key or none. The caller holds the lock, as another process may be doing the same."""
    if path.exists():
        return
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
