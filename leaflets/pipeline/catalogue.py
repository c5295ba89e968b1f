"""What the front matter of monographs says, stored in the cache so that unchanged monographs are not parsed again.

Only the parser reads front matter. A sheet from the cache, or a run of a thousand monographs, reads the stored entries
and does not load the parser.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from leaflets import __version__
from leaflets.errors import ContentError
from leaflets.model.review import review_of_translation
from leaflets.pipeline.cache import Cache, CacheEntry, read_facts, write_facts
from leaflets.pipeline.program_identity import program_stamp
from leaflets.project import ProjectFolder, read_bytes
from leaflets.project.files import decode

FILE = "catalogue.json"
_VERSION = f"{__version__}, 2"
_TITLE = re.compile(r"^# +(\S.*?)\s*#*\s*$", re.MULTILINE)
_HEADING_LINES = 200
"""How many lines of the text are looked through for a title that the front matter lacks."""

_SETTLED_NS = 2_000_000_000
"""A file that changed later than this before it was read may change once more with the same times: it is read again."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """The facts about a monograph that its front matter gives; `fault` says why it cannot be read at all.

    Dates are ISO dates, empty where there is none. `review_by_line` is the line of the review date, `text_sha256` the
    hash of the text that it was read from, empty where that could not be read.
    """

    title: str = ""
    generic: str = ""
    brands: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    version: str = ""
    review_by: str = ""
    withdrawn: str = ""
    fault: str = ""
    review_by_line: int = 1
    text_sha256: str = ""


Catalogue = Mapping[tuple[str, str], CatalogueEntry]
"""Entries by name and language."""


def read_catalogue(project: ProjectFolder, folder: Path) -> Catalogue:
    """An entry for every monograph. Those whose file is as it was (size, times, place) are not read again.

    A file may change while this reads others: who needs the entry of a text compares its hash with `text_sha256`.
    """
    stored = _load(folder / FILE)
    stamps = {str(source.path): _stamp(source.path) for source in project.sources.values()}
    new = {path for path, stamp in stamps.items() if not stamp or stored.get(path, ("",))[0] != stamp}
    if new or stored.keys() != stamps.keys():
        stored = {path: (stamps[path], _entry_at(Path(path)) if path in new else stored[path][1]) for path in stamps}
        _store(folder / FILE, stored)
    return {key: stored[str(source.path)][1] for key, source in project.sources.items()}


def entry_of(text: bytes, file: str) -> CatalogueEntry:
    """The entry of one monograph, from its front matter; only its title may stand in a heading."""
    # Here and not above: where all monographs have a stored entry no parser is needed.
    from leaflets.parse.front_matter import read_front, take_front
    from leaflets.parse.source_lines import read_lines

    digest = hashlib.sha256(text).hexdigest()
    try:
        lines, _ = read_lines(decode(text, file), file)
        node, body = take_front(lines, file)
        heading = _TITLE.search("\n".join(line.text for line in body[:_HEADING_LINES]))
        front, _ = read_front(node, file, lines[0].number if lines else 1, heading[1] if heading else "")
    except ContentError as error:
        return CatalogueEntry(fault=error.message, text_sha256=digest)
    return CatalogueEntry(
        title=front.title,
        generic=front.generic_name,
        brands=front.brand_names,
        codes=front.codes,
        version=front.version,
        review_by=front.review_by.isoformat() if front.review_by else "",
        withdrawn=front.withdrawn,
        review_by_line=front.lines.get("review_by", 1),
        text_sha256=digest,
    )


def cached_entry(text: bytes, file: str, cache: Cache) -> CatalogueEntry:
    """The entry of one monograph by its bytes, from the cache where they were read before by the same program."""
    key = hashlib.sha256(b"\0".join((b"entry", program_stamp(), text))).hexdigest()
    stored = cache.get(key)
    if stored is not None:
        return _entry(dict(stored.facts))
    entry = entry_of(text, file)
    if not entry.fault:  # a fault names the file, which may be another one next time
        cache.put(key, CacheEntry(asdict(entry), {}))
    return entry


def entry_of_translation(own: CatalogueEntry, source: CatalogueEntry) -> CatalogueEntry:
    """The entry of a translation with what its source decides too."""
    return replace(
        own,
        **review_of_translation(own, source),
        fault=own.fault or source.fault,
    )


def _entry_at(path: Path) -> CatalogueEntry:
    try:
        return entry_of(read_bytes(path), path.name)
    except ContentError as error:
        return CatalogueEntry(fault=error.message)


def _stamp(path: Path) -> str:
    try:
        stat = path.stat()
    except OSError:
        return "gone"
    if time.time_ns() - stat.st_ctime_ns < _SETTLED_NS:
        return ""
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"


def _load(path: Path) -> dict[str, tuple[str, CatalogueEntry]]:
    """What was stored last time; nothing where the file is missing, damaged or of another version of ours."""
    stored = read_facts(path)
    if stored.get("leaflet") != _VERSION:
        return {}
    return {path: (stamp, _entry(entry)) for path, (stamp, entry) in stored["entries"].items()}


def _entry(facts: dict[str, Any]) -> CatalogueEntry:
    brands, codes = facts.pop("brands"), facts.pop("codes")
    return CatalogueEntry(brands=tuple(brands), codes=tuple((system, code) for system, code in codes), **facts)


def _store(path: Path, entries: Mapping[str, tuple[str, CatalogueEntry]]) -> None:
    facts = {name: (stamp, asdict(entry)) for name, (stamp, entry) in entries.items()}
    write_facts(path, {"leaflet": _VERSION, "entries": facts})
