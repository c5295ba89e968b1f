"""The SQLite file of the ledger: opened, brought up to date, written in transactions; its errors are ours."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from leaflets.errors import LedgerError, OutputError
from leaflets.ledger import schema

BUSY_S = 10
"""Seconds to wait for another process to end its transaction; ours take milliseconds."""

DISK_ERRORS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


class Database:
    """An open file of tables. Its methods raise LedgerError (locked, damaged) or OutputError (disk full)."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._sql = connection
        self.path = path

    def close(self) -> None:
        """Closes the file; SQLite then merges its journal into it."""
        with _our_errors(self.path):
            self._sql.close()

    def query(self, sql: str, *values: object) -> list[Any]:
        """All rows of a query."""
        with _our_errors(self.path):
            return self._sql.execute(sql, values).fetchall()

    def each(self, sql: str, *values: object) -> Iterator[Any]:
        """The rows of a query one by one, for what may be hundreds of thousands."""
        with _our_errors(self.path):
            yield from self._sql.execute(sql, values)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Runs one statement."""
        with _our_errors(self.path):
            return self._sql.execute(sql, values)

    def execute_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Runs one statement for each row of values."""
        with _our_errors(self.path):
            self._sql.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction: all of the block or nothing of it."""
        with _our_errors(self.path):
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._sql.execute("COMMIT")
            except BaseException:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
                raise


def open_database(path: Path) -> Database:
    """The ledger's file, made (mode 0600) where there is none. Raises LedgerError or OutputError."""
    with _our_errors(path):
        _make_private(path)
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return Database(connection, path)


def damaged(path: Path, what: str) -> LedgerError:
    """The error for a file that is damaged or no ledger."""
    hint = "Put a sound copy back; print files already written are not touched."
    return LedgerError(f"{path}: the ledger is damaged or no ledger: {what}", hint)


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Sets the connection up, and makes or updates the tables. The journal takes the mode of the file itself."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if _version(connection) < schema.VERSION:
        connection.execute("BEGIN IMMEDIATE")
        with connection:  # the version is read again, as another process may have updated it meanwhile
            for statement in schema.statements(_version(connection)):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {max(_version(connection), schema.VERSION)}")
    if _version(connection) != schema.VERSION:
        hint = "Use the leaflet it was written with, or a later one."
        raise LedgerError(f"{path}: the ledger is of version {_version(connection)}, not {schema.VERSION}", hint)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _our_errors(path: Path) -> Iterator[None]:
    """Raises SQLite's errors and those of the file system as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _our_error(path, error) from error
    except OSError as error:
        raise OutputError(f"{path}: the ledger cannot be written: {error.strerror}") from error


def _our_error(path: Path, error: sqlite3.Error) -> LedgerError | OutputError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in DISK_ERRORS:
        hint = "Make room, or look at the rights of the folder, and run the same command again."
        return OutputError(f"{path}: the ledger cannot be written: {error}", hint)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LedgerError(
            f"{path}: the ledger is locked by another process", "Wait until it has ended, then run again."
        )
    return damaged(path, str(error))
