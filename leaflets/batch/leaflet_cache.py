"""What runs keep in the cache: compiled leaflets, and an index of the facts about each. All of it may be deleted.

A run whose leaflets are all there loads no PDF library and no checks.
"""

import contextlib
import hashlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from leaflets.errors import LeafletLost
from leaflets.model.compiled import CompiledLeaflet, is_packed, pack, unpack
from leaflets.pipeline.cache import drop_damaged, read_facts, touch, write_facts
from leaflets.project import packaged_folder, save
from leaflets.project.cache_secret import make_secret, read_secret

INDEX_FILE = "leaflets.json"
MAX_FILES = 10_000
"""Compiled leaflets in a folder, about 40 kB each; one run may need more, and then there are more."""


@dataclass(frozen=True, slots=True)
class CompiledLeaflets:
    """A folder of compiled leaflets in the cache. It may be deleted at any time: a run makes again what it needs."""

    folder: Path

    def __contains__(self, key: str) -> bool:
        return self._path(key).is_file()

    def get(self, key: str) -> CompiledLeaflet:
        """A compiled leaflet. Raises LeafletLost where it is gone or damaged."""
        try:
            data = self._path(key).read_bytes()
        except OSError as error:
            raise LeafletLost(
                "a compiled leaflet is gone from the cache", "Run the same command again; it is made anew."
            ) from error
        secret = read_secret(self.folder.parent)
        if not secret:
            raise LeafletLost("the key of the cache is gone", "Run the same command again; its sheets are made anew.")
        return unpack(data, key, secret)

    def put(self, key: str, leaflet: CompiledLeaflet) -> None:
        """Stores a compiled leaflet. Raises OutputError."""
        save(self._path(key), pack(leaflet, key, make_secret(self.folder.parent)))

    def use(self, key: str) -> bool:
        """Whether a compiled leaflet is there; notes that it is in use, so that other runs delete others first."""
        if key not in self:
            return False
        touch(self._path(key))
        return True

    def lost(self, keys: Collection[str]) -> frozenset[str]:
        """Those of some compiled leaflets that are gone or damaged; damaged ones are deleted."""
        return frozenset(key for key in keys if not self._is_sound(key))

    def _is_sound(self, key: str) -> bool:
        secret = read_secret(self.folder.parent)
        if not secret:
            return False
        try:
            data = self._path(key).read_bytes()
        except OSError:
            return False
        if is_packed(data, key, secret):
            return True
        drop_damaged(self._path(key))
        return False

    def prune(self, needed: Collection[str]) -> None:
        """Deletes those that were not used for longest, where there are too many; none of the keys `needed`."""
        with contextlib.suppress(OSError):
            entries = list(os.scandir(self.folder))
            excess = len(entries) - MAX_FILES
            if excess <= 0:
                return
            names = {self._path(key).name for key in needed}
            others = [(entry.stat().st_mtime_ns, entry.path) for entry in entries if entry.name not in names]
            for _, path in sorted(others)[:excess]:
                Path(path).unlink(missing_ok=True)

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
    return read_facts(folder / INDEX_FILE)


def write_index(folder: Path, facts: Mapping[str, Mapping[str, Any]]) -> None:
    """Writes the facts. Nothing is raised where that fails: the next run finds them out again."""
    write_facts(folder / INDEX_FILE, facts)
