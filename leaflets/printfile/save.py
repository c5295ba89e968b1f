"""Saves print files atomically: written under a temporary name or none, synced, then renamed."""

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from leaflets.errors import OutputError
from leaflets.labels.fonts import LabelFonts
from leaflets.printfile.jobs import Copy, LeafletSource, PrintJob, WrittenFile
from leaflets.printfile.objects import Sink
from leaflets.printfile.writer import write_print_file

_OWNER_ONLY = 0o600
_NO_NAMELESS_FILES = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL})


def save_print_file(
    path: Path, copies: Iterable[Copy], source: LeafletSource, fonts: LabelFonts, job: PrintJob
) -> WrittenFile:
    """Write a print file to `path`, readable by its owner alone, and sync it to disk; returns its facts.

    Raises OutputError where it cannot be written, PdfError as `write_print_file` does; then no part of it is left.
    """
    return save(path, lambda out: write_print_file(out, copies, source, fonts, job), sync=True)


def save(path: Path, write: Callable[[Sink], WrittenFile], *, sync: bool) -> WrittenFile:
    """Save what `write` writes, under the name `path` only once it is complete; with `sync`, also after a power cut.

    Until then the file has no name where the system allows that, so that a killed process leaves nothing behind.
    """
    part = path.with_name(f".{path.name}.part")
    with _owned(part) as (descriptor, nameless):
        written = write(_Descriptor(descriptor, part))
        if sync:
            os.fsync(descriptor)
        if nameless:
            _name(descriptor, part)
        part.replace(path)
        if sync:
            _sync_folder(path.parent)
    return written


class _Descriptor:
    """An open file whose write takes everything or raises."""

    def __init__(self, descriptor: int, part: Path) -> None:
        self._descriptor, self._part = descriptor, part

    def write(self, data: bytes, /) -> None:
        """Write all of the bytes."""
        done = os.write(self._descriptor, data)
        while done < len(data):
            done += os.write(self._descriptor, memoryview(data)[done:])


@contextmanager
def _owned(part: Path) -> Iterator[tuple[int, bool]]:
    """Opens a new file for writing; yields its descriptor and whether it has no name yet. Removes it on any error."""
    try:
        descriptor, nameless = _create(part)
        try:
            yield descriptor, nameless
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise OutputError(
            f"{part.parent / part.name[1:-5]} could not be written: {reason}.", "Make room, or choose another folder."
        ) from error


def _create(part: Path) -> tuple[int, bool]:
    if hasattr(os, "O_TMPFILE"):
        try:
            return os.open(part.parent, os.O_WRONLY | os.O_TMPFILE | os.O_CLOEXEC, _OWNER_ONLY), True
        except OSError as error:
            if error.errno not in _NO_NAMELESS_FILES:
                raise
    part.unlink(missing_ok=True)
    return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, _OWNER_ONLY), False


def _name(descriptor: int, path: Path) -> None:
    """Give a file without a name its first one."""
    path.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Only with a folder's descriptor does Python ask the system to follow the link to the open file.
        os.link(f"/proc/self/fd/{descriptor}", path.name, dst_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
