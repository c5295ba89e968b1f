"""What runs keep in the cache: compiled leaflets, and an index of the facts about each. All of it may be deleted.

A run whose leaflets are all there loads no PDF library and no checks.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from leaflets.errors import OutputError, PdfError
from leaflets.model.compiled import CompiledLeaflet, pack, unpack
from leaflets.project import packaged_folder, save

INDEX_FILE = "leaflets.json"
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


# ---------------------------------------------------------------- the index


def has_index(folder: Path) -> bool:
    """Whether a leaflet may have been rendered or checked before."""
    return (folder / INDEX_FILE).exists()


def read_index(folder: Path) -> dict[str, dict[str, Any]]:
    """The facts about each leaflet by its key; none where the file is lost or damaged."""
    try:
        facts = json.loads((folder / INDEX_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def write_index(folder: Path, facts: Mapping[str, Mapping[str, Any]]) -> None:
    """Writes the facts. Nothing is raised where that fails: the next run finds them out again."""
    with contextlib.suppress(OutputError):
        save(folder / INDEX_FILE, json.dumps(facts, separators=(",", ":")).encode())
