"""Files that hold a secret key of the ledger: 32 random bytes, readable by their owner alone, each in its own file."""

import hashlib
import os
import secrets
from pathlib import Path

from leaflets.errors import LedgerError, OutputError
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
