"""Finished sheets stored by the hash of everything that went in, and facts stored as JSON, each with a keyed digest.

A lost or damaged file is only made again, and so is one that was not written under the cache's own key (see
`project.cache_secret`); it is deleted, and logged under `CACHE_LOG`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from leaflets.errors import OutputError
from leaflets.model.edition import Audience, Edition
from leaflets.model.finding import Finding, Severity, Withheld
from leaflets.model.page import Pdf, Rect, SectionLines
from leaflets.pipeline.built_sheet import BuiltSheet
from leaflets.pipeline.texts import Texts, evidence_file_name
from leaflets.project import MonographFile, save
from leaflets.project.cache_secret import make_secret, read_secret

CACHE_LOG = "leaflets.cache"
"""The name of the log of what was found damaged in the cache; `-v` prints it."""

KEPT_ENTRIES = 2_000
_MAGIC = b"leaflet-cache-4\n"
_DIGEST = b'{"digest":"'
_FACTS_START = len(_DIGEST) + 64
_LOG = logging.getLogger(CACHE_LOG)


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A stored sheet: the facts about it, and its files by name (the PDF, the HTML it was made of)."""

    facts: Mapping[str, Any]
    parts: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of entries; everything in it may be deleted at any time."""

    folder: Path

    def get(self, key: str) -> CacheEntry | None:
        """The entry stored under `key`, or None where there is none or its bytes are not the ones stored."""
        path, secret = self.folder / f"{key}.sheet", read_secret(self.folder)
        if not secret:
            return None
        try:
            data = path.read_bytes()
        except OSError:
            return None
        entry = _unpack(key, data, secret)
        if entry is None:
            drop_damaged(path)
        else:
            touch(path)
        return entry

    def put(self, key: str, entry: CacheEntry) -> None:
        """Stores an entry. Nothing is raised where it cannot be written: the sheet is made anew next time."""
        with contextlib.suppress(OSError, OutputError):
            secret = make_secret(self.folder)
            _write(self.folder, self.folder / f"{key}.sheet", _pack(key, entry, secret))
            _prune(self.folder)


class NoCache(Cache):
    """Keeps nothing."""

    def get(self, key: str) -> CacheEntry | None:
        """Nothing is there."""
        return None

    def put(self, key: str, entry: CacheEntry) -> None:
        """Nothing is stored."""


def drop_damaged(path: Path) -> None:
    """Deletes a damaged file of the cache and logs it."""
    _LOG.info("%s in the cache was damaged or of another version; it is made again", path.name)
    with contextlib.suppress(OSError):
        path.unlink()


def touch(path: Path) -> None:
    """Notes that a file of the cache is in use: the files that were not used for longest are deleted first."""
    with contextlib.suppress(OSError):
        os.utime(path)


def _write(folder: Path, path: Path, data: bytes) -> None:
    beside = folder / f".{os.getpid()}-{os.urandom(4).hex()}.part"
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _prune(folder: Path) -> None:
    entries = [entry for entry in os.scandir(folder) if entry.name.endswith(".sheet")]
    if len(entries) <= KEPT_ENTRIES:
        return
    oldest = sorted(entries, key=lambda entry: entry.stat().st_mtime)[: len(entries) - KEPT_ENTRIES]
    for entry in oldest:
        with contextlib.suppress(OSError):
            Path(entry.path).unlink()


def _digest(secret: bytes, name: str, body: bytes) -> bytes:
    """The digest of what is stored under a name: of the name too, as a file under another's name is none."""
    total = hashlib.blake2b(name.encode() + b"\n", key=secret, digest_size=32, person=b"leaflet-cache")
    total.update(body)
    return total.hexdigest().encode()


def _pack(key: str, entry: CacheEntry, secret: bytes) -> bytes:
    head = json.dumps({"facts": entry.facts, "parts": {name: len(part) for name, part in entry.parts.items()}}).encode()
    body = b"\n".join([head, b"".join(entry.parts.values())])
    return _MAGIC + _digest(secret, key, body) + b"\n" + body


def _unpack(key: str, data: bytes, secret: bytes) -> CacheEntry | None:
    if not data.startswith(_MAGIC):
        return None
    digest, _, body = data[len(_MAGIC) :].partition(b"\n")
    if _digest(secret, key, body) != digest:
        return None
    head, _, rest = body.partition(b"\n")
    header = json.loads(head)
    parts: dict[str, bytes] = {}
    position = 0
    for name, length in header["parts"].items():
        parts[name] = rest[position : position + length]
        position += length
    return CacheEntry(header["facts"], parts)


# ---------------------------------------------------------------- facts


def read_facts(path: Path) -> dict[str, Any]:
    """What `write_facts` wrote; nothing where the file is missing, damaged or of an older version."""
    secret = read_secret(path.parent)
    if not secret:
        return {}
    try:
        data = path.read_bytes()
    except OSError:
        return {}
    facts = data[_FACTS_START:]
    if data[:_FACTS_START] != _DIGEST + _digest(secret, path.name, facts):
        drop_damaged(path)
        return {}
    read: dict[str, Any] = json.loads(data)["facts"]
    return read


def write_facts(path: Path, facts: Mapping[str, Any]) -> None:
    """Writes facts as JSON that begins with a keyed digest. Nothing is raised where that fails: they are read anew."""
    text = b'","facts":' + json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode() + b"}"
    with contextlib.suppress(OutputError):
        save(path, _DIGEST + _digest(make_secret(path.parent), path.name, text) + text)


# ---------------------------------------------------------------- sheets


def sheet_to_entry(built: BuiltSheet) -> CacheEntry:
    """A sheet as the cache keeps it."""
    facts = {
        "content_id": built.content_id,
        "title": built.title,
        "version": built.version,
        "pages": built.pdf.pages,
        "rects": [asdict(rect) for rect in built.pdf.rects],
        "fills": list(built.pdf.fills),
        "stretches": [asdict(lines) for lines in built.pdf.stretches],
        "findings": [asdict(finding) for finding in built.findings],
        "withheld": [asdict(withheld) for withheld in built.withheld],
    }
    return CacheEntry(facts, {"pdf": built.pdf.data, "html": built.html.encode()})


def sheet_from_entry(texts: Texts, edition: Edition, entry: CacheEntry) -> BuiltSheet:
    """A sheet as `sheet_to_entry` kept it, though its texts may lie in another folder today."""
    facts = entry.facts
    evidence = {_name_in_content(texts.evidence.file): texts.evidence.file} if texts.evidence else {}
    files = {**evidence, **{_name_in_content(file): file for file, _ in reversed(texts.files)}}
    rects = tuple(Rect(**rect) for rect in facts["rects"])
    stretches = tuple(SectionLines(**lines) for lines in facts["stretches"])
    return BuiltSheet(
        texts.source, edition, facts["content_id"], facts["title"], facts["version"],
        Pdf(entry.parts["pdf"], facts["pages"], rects, tuple(facts["fills"]), stretches),
        entry.parts["html"].decode(),
        tuple(_finding(each, texts.source, files) for each in facts["findings"]),
        tuple(Withheld(**each) for each in facts["withheld"]),
        fresh=False,
    )  # fmt: skip


def _name_in_content(file: str) -> str:
    """The name of a text's file below `content/`, wherever that lies: its own, or that of its evidence."""
    path = Path(file)
    return evidence_file_name(path.stem) if path.parent.name == "evidence" else path.name


def _finding(facts: Mapping[str, Any], source: MonographFile, files: Mapping[str, str]) -> Finding:
    audience = Audience(facts["audience"]) if facts["audience"] else None
    file = files.get(_name_in_content(facts["file"]), source.file) if facts["file"] else ""
    return Finding(**{**facts, "severity": Severity(facts["severity"]), "audience": audience, "file": file})
