"""Reads whole files, and writes them so that none is ever partial: to a temporary file, synced, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import BinaryIO

from leaflets.errors import ContentError, LeafletError, OutputError

MAX_READ_BYTES = 64_000_000
_BLOCK_BYTES = 1_000_000

_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space and run the command again."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space and run the command again."),
    errno.EACCES: ("permission denied", "Choose another folder with -o, or change its permissions."),
    errno.EPERM: ("permission denied", "Choose another folder with -o, or change its permissions."),
    errno.EROFS: ("the file system is read-only", "Choose another folder with -o."),
    errno.ENOENT: ("there is no such file", "Check the path."),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "Choose another folder with -o."),
    errno.EEXIST: ("a file of that name is in the way", "Choose another folder with -o."),
    errno.EISDIR: ("it is a folder", "Give the path of a file."),
    errno.EFBIG: ("the file would be larger than this system allows", "Free some space or raise the limit."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter name or path."),
    errno.ELOOP: ("its links lead in a circle", "Mend the link."),
}
_TO_READ = {
    errno.EACCES: "Change its permissions, or ask whoever owns it.",
    errno.EPERM: "Change its permissions, or ask whoever owns it.",
    errno.ENOTDIR: "Check the path.",
}
"""Hints for a file that is to be read; those above are for one that is to be written."""


def display_path(path: Path) -> str:
    """A path as messages print it: relative to the current folder, where that is no longer than the absolute one."""
    try:
        relative = os.path.relpath(path)
    except (ValueError, OSError):
        return str(path)
    return relative if len(relative) <= len(str(path)) or not path.is_absolute() else str(path)


def reason(error: OSError) -> tuple[str, str]:
    """What went wrong, and what to do about it, as two texts for a message."""
    return _REASONS.get(error.errno or 0, (error.strerror or type(error).__name__, ""))


def read_bytes(path: Path, limit: int = MAX_READ_BYTES) -> bytes:
    """The bytes of a file. Raises ContentError where it cannot be read, is no file or holds more than `limit`."""
    try:
        if not path.is_file() and path.exists() and not path.is_dir():
            raise ContentError(f"{display_path(path)}: it is no regular file", "Give the path of a file.")
        with path.open("rb") as file:
            data = read_up_to(file, limit + 1)
    except OSError as error:
        what, hint = reason(error)
        raise ContentError(
            f"{display_path(path)}: cannot be read: {what}", _TO_READ.get(error.errno or 0, hint)
        ) from error
    except ValueError as error:
        raise ContentError(f"{str(path)!r}: this is no path", "Check the path.") from error
    if len(data) > limit:
        raise ContentError(f"{display_path(path)}: the file is larger than {limit:,} bytes", "Is it the right file?")
    return data


def read_up_to(file: BinaryIO, limit: int) -> bytes:
    """The bytes of an open file, or so many of them; in blocks, as Python sets aside the memory it is asked to read."""
    blocks, left = [], limit
    while left and (block := file.read(min(left, _BLOCK_BYTES))):
        blocks.append(block)
        left -= len(block)
    return b"".join(blocks)


def read_text(path: Path, limit: int = MAX_READ_BYTES) -> str:
    """A UTF-8 text, with or without byte order mark. Raises ContentError, with the line, where it is something else."""
    return decode(read_bytes(path, limit), display_path(path))


def decode(data: bytes, file: str) -> str:
    """UTF-8 bytes as text. Raises ContentError, with file and line of the first byte that is not UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ContentError(f"{file}:1: the file is UTF-16, not UTF-8", "Save it again as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContentError(
            f"{file}:{line}: the file is not UTF-8 (byte 0x{data[error.start]:02X})", "Save it again as UTF-8."
        ) from error


def make_folder(path: Path) -> Path:
    """Creates the folder at `path` unless it is there, and returns it. Raises OutputError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def save(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Writes a whole file or nothing: to a temporary file beside it, synced to disk, then renamed. Raises OutputError.

    A file that is at `path` already stays as it is until the new one is complete.
    """
    make_folder(path.parent)
    temporary = path.parent / f".{os.getpid()}-{os.urandom(4).hex()}.part"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def save_if_changed(path: Path, data: bytes) -> None:
    """Writes a whole file unless it has these very bytes already. Raises OutputError."""
    try:
        same = path.stat().st_size == len(data) and path.read_bytes() == data
    except (OSError, ValueError):
        same = False
    if not same:
        save(path, data)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:  # some file systems cannot sync a folder; the file itself has been synced
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> LeafletError:
    what, hint = reason(error)
    return OutputError(f"{display_path(path)}: cannot be written: {what}", hint)
