"""A print file reaches its final name only when it is whole: written beside it, synced, then renamed."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from leaflets.errors import OutputError
from leaflets.labels.faces import LabelFonts
from leaflets.printfile.jobs import Copy, PrintJob, SheetSource, Written
from leaflets.printfile.objects import Sink
from leaflets.printfile.writer import write_print_file

_OWNER_ONLY = 0o600


def save_print_file(
    path: Path, copies: Iterable[Copy], sheet: SheetSource, fonts: LabelFonts, job: PrintJob
) -> Written:
    """Write a print file to `path`, readable by its owner alone, and make sure it is on the disk; what was written.

    Raises OutputError where it cannot be written, PdfError as `write_print_file` does; then no part of it is left.
    """
    return save(path, lambda out: write_print_file(out, copies, sheet, fonts, job), sync=True)


def save(path: Path, write: Callable[[Sink], Written], *, sync: bool) -> Written:
    """Let `write` write a file beside `path`, and give it that name. With `sync`, a power cut later cannot undo it."""
    part = path.with_name(f".{path.name}.part")
    with _owned(part) as descriptor:
        written = write(_Descriptor(descriptor, part))
        if sync:
            os.fsync(descriptor)
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
def _owned(part: Path) -> Iterator[int]:
    """A new file open for writing; it is removed on any error, and what an earlier end left there is replaced."""
    try:
        try:
            descriptor = _create(part)
        except FileExistsError:
            part.unlink()
            descriptor = _create(part)
        try:
            yield descriptor
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


def _create(part: Path) -> int:
    return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, _OWNER_ONLY)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
