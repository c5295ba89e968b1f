"""One process at a time makes a run: a lock the system takes back however the process ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leaflets.errors import LedgerError, OutputError

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, place: int, wait: bool) -> None:
        os.lseek(handle, place, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int, place: int, wait: bool) -> None:
        fcntl.lockf(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB), 1, place)


@contextmanager
def locked(path: Path, place: int, what: str, *, wait: bool = False) -> Iterator[None]:
    """Holds byte `place` of a lock file while the block runs. Raises LedgerError where another process has it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise OutputError(f"{path}: the lock of the ledger cannot be made: {error.strerror}") from error
    try:
        _lock(handle, place, wait)
    except OSError as error:
        os.close(handle)
        raise LedgerError(
            f"{what} is being made by another process", "Wait until it has ended, then run again."
        ) from error
    try:
        yield
    finally:
        os.close(handle)
