"""A lock that keeps a run to one process; the system releases it however the process ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leaflets.errors import LedgerError, OutputError

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, byte: int, wait: bool, count: int) -> None:
        os.lseek(handle, byte, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, count)
else:
    import fcntl

    def _lock(handle: int, byte: int, wait: bool, count: int) -> None:
        fcntl.lockf(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB), count, byte)


ALL_RUNS = 1 << 30
"""More bytes than there are runs in a ledger."""


@contextmanager
def locked(path: Path, byte: int, what: str, *, wait: bool = False, count: int = 1) -> Iterator[None]:
    """Locks bytes of a lock file for the block. Raises LedgerError where another process has one, or OutputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise OutputError(f"{path}: the lock of the ledger cannot be made: {error.strerror}") from error
    try:
        _lock(handle, byte, wait, count)
    except OSError as error:
        os.close(handle)
        raise LedgerError(
            f"{what} is being made by another process", "Wait until it has ended, then run again."
        ) from error
    try:
        yield
    finally:
        os.close(handle)
