"""The SQLite file of the ledger: opened, brought up to date, written in transactions; its errors are ours."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaflets.errors import LedgerError, OutputError
from leaflets.ledger import schema

if TYPE_CHECKING:
    import tempfile

BUSY_S = 10
"""Seconds to wait for another process to end its transaction; ours take milliseconds."""

COPY_ATTEMPTS = 20
"""How often a ledger that another process is changing is copied before we give up."""

DISK_ERRORS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


class Database:
    """An open file of tables. Its methods raise LedgerError (locked, damaged) or OutputError (disk full)."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, copy: "tempfile.TemporaryDirectory[str] | None" = None
    ) -> None:
        self._sql = connection
        self._copy = copy
        self.path = path

    def close(self) -> None:
        """Closes the file; SQLite then merges its journal into it."""
        with _our_errors(self.path):
            self._sql.close()
            if self._copy:
                self._copy.cleanup()

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

    def copy_to(self, path: Path) -> None:
        """Copies the whole file as it is at this moment, while other processes go on, into a new one, mode 0600."""
        with _our_errors(path):
            _make_private(path)
            copy = sqlite3.connect(path)
            try:
                self._sql.backup(copy)
            finally:
                copy.close()

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


def open_database_to_read(path: Path, *, any_version: bool = False) -> Database:
    """The ledger's file, never changed: in its place, or a copy where SQLite cannot read it there.

    That is so on read-only media, as its journal needs files beside it, and for tables of an earlier version, unless
    these are taken as they are (`any_version`). Raises LedgerError or OutputError.
    """
    with _our_errors(path):
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=rw", timeout=BUSY_S, isolation_level=None, uri=True
        )
        try:
            version = _version(connection)
            if version == schema.VERSION or (any_version and version < schema.VERSION):
                connection.execute("PRAGMA query_only = ON")
                return Database(connection, path)
        except sqlite3.Error as error:
            if _code(error) not in DISK_ERRORS:
                connection.close()
                raise
        connection.close()
        return _open_copy(path)


def _open_copy(path: Path) -> Database:
    import tempfile  # here, as a sheet whose maker asks the ledger is to take no longer

    folder = tempfile.TemporaryDirectory(prefix="leaflet-ledger-")
    connection = sqlite3.connect(Path(folder.name) / path.name, isolation_level=None)
    try:
        _copy_with_journal(path, Path(folder.name))
        _prepare(connection, path)
        connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        folder.cleanup()
        raise
    return Database(connection, path, folder)


def _copy_with_journal(path: Path, folder: Path) -> None:
    """Copies a ledger and the journal of what is not merged into it yet, both as they were at one moment."""
    import shutil

    for _ in range(COPY_ATTEMPTS):
        before = _file_times(path)
        with suppress(FileNotFoundError):  # a journal that was merged in this moment
            for file in before:
                shutil.copyfile(file, folder / file.name)
        if _file_times(path) == before:
            return
    raise LedgerError(f"{path}: the ledger changes all the time", "Wait until the run has ended, then run again.")


def _file_times(path: Path) -> dict[Path, int]:
    files = (path, path.with_name(f"{path.name}-wal"))
    return {file: file.stat().st_mtime_ns for file in files if file == path or file.exists()}


class UnusableLedger(LedgerError):
    """The ledger is damaged, emptied or gone, so that another must take its place."""


def damaged(path: Path, what: str) -> LedgerError:
    """The error for a file that is damaged or no ledger."""
    hint = "Put a sound copy back; print files already written are not touched."
    return UnusableLedger(f"{path}: the ledger is damaged or no ledger: {what}", hint)


def _make_private(path: Path) -> None:
    """Makes an empty file, mode 0600, where there is none; a link to nothing is refused, as SQLite would follow it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if path.is_symlink() and not path.exists():
        raise LedgerError(
            f"{path}: the ledger is a link to a file that is not there, and none is made through it",
            "Put back what it leads to, or delete the link.",
        )


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
        raise OutputError(f"{path}: the ledger cannot be read or written: {error.strerror}") from error


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _our_error(path: Path, error: sqlite3.Error) -> LedgerError | OutputError:
    code = _code(error)
    if code == sqlite3.SQLITE_READONLY or (code == sqlite3.SQLITE_CANTOPEN and path.exists()):
        hint = "Look at the rights of the file and of its folder; commands that only read go on."
        return OutputError(f"{path}: the ledger is read-only, nothing was changed: {error}", hint)
    if code in DISK_ERRORS:
        hint = "Make room, or look at the rights of the folder, and run the same command again."
        return OutputError(f"{path}: the ledger cannot be written: {error}", hint)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LedgerError(
            f"{path}: the ledger is locked by another process", "Wait until it has ended, then run again."
        )
    return damaged(path, str(error))
