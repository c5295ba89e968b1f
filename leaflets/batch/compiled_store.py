"""Compiled leaflets on the disk, by a hash of PDF and compiler, so that a run of cached ones loads no PDF library."""

import contextlib
import hashlib
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from leaflets.errors import PdfError
from leaflets.model.compiled import CompiledLeaflet, pack, unpack
from leaflets.project import packaged_folder, save

MAX_FILES = 10_000
"""Compiled leaflets in a folder, about 40 kB each; more than any run has."""


@dataclass(frozen=True, slots=True)
class CompiledLeaflets:
    """A folder of compiled leaflets. Everything in it may be deleted while no run is being made."""

    folder: Path

    def __contains__(self, key: str) -> bool:
        return self._path(key).is_file()

    def get(self, key: str) -> CompiledLeaflet:
        """A compiled leaflet. Raises PdfError where it is gone or damaged; a damaged one is deleted."""
        try:
            return unpack(self._path(key).read_bytes())
        except (OSError, PdfError) as error:
            with contextlib.suppress(OSError):
                self._path(key).unlink(missing_ok=True)
            raise PdfError(
                "a compiled leaflet is gone or damaged", "Run the same command again; it is made anew."
            ) from error

    def put(self, key: str, leaflet: CompiledLeaflet) -> None:
        """Stores a compiled leaflet. Raises OutputError."""
        save(self._path(key), pack(leaflet))

    def prune(self) -> None:
        """Deletes the oldest where there are too many."""
        with contextlib.suppress(OSError):
            entries = list(os.scandir(self.folder))
            oldest = sorted(entries, key=lambda entry: entry.stat().st_mtime)[: max(0, len(entries) - MAX_FILES)]
            for entry in oldest:
                Path(entry.path).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.compiled"


def compiled_key(pdf: bytes) -> str:
    """The key of a PDF's compiled form: other bytes or another compiler give another key."""
    return hashlib.sha256(hashlib.sha256(pdf).digest() + _compiler()).hexdigest()


@cache
def _compiler() -> bytes:
    package = packaged_folder("templates").parent
    files = [package / "model" / "compiled.py", *sorted((package / "stamp").glob("*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()
