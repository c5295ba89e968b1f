"""Everything that goes into a sheet, gathered and hashed: its content id, and the key it has in the cache."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.util
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from leaflets import __version__
from leaflets.errors import CheckFailed
from leaflets.paper import Edition, Pharmacy
from leaflets.project import Project, Source, read_bytes

ID_DIGITS = 10
_REVIEW_BY = re.compile(rb"^review_by:[ \t]*[\"']?(\d{4}-\d\d-\d\d)", re.MULTILINE)
MAX_SOURCE_BYTES = 262_144
# What of our own code and tables shapes a page; the rest may change without a sheet becoming another one.
_SHAPING = (
    "model.py", "paper.py", "typography.py", "view.py", "compose.py", "finish.py", "fetch.py", "glyphs.py",
    "parse/*.py", "typeset/*", "tables/*", "checks/*.py", "checks/data/*", "proof/*.py", "build/prepare.py", "build/pipeline.py",
    "build/fit.py",
)  # fmt: skip
_ENGINES = ("weasyprint", "pydyf", "fontTools", "markdown", "jinja2", "yaml")
_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libharfbuzz-subset.so.0")


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a sheet is made of. `content_id` is the same on every machine; `key` names the engine's version too."""

    source: bytes
    assets: Mapping[str, bytes]
    templates: Mapping[str, str]
    pharmacy: Pharmacy
    notices: tuple[str, ...]
    content_id: str
    key: str


def gather(
    project: Project, source: Source, edition: Edition, *, today: dt.date, allow_expired: bool = False
) -> Ingredients:
    """The ingredients of one sheet, read and hashed.

    Raises ContentError where the source cannot be read, CheckFailed where its review date has passed unallowed.
    """
    text = read_bytes(source.path, MAX_SOURCE_BYTES)
    notices = _expired(text, source.file, today, allowed=allow_expired)
    assets = project.styles(edition.stylesheets)
    templates = project.templates()
    pharmacy = project.settings.pharmacy
    told = json.dumps([asdict(edition), asdict(pharmacy), source.lang, notices, __version__], sort_keys=True)
    digest = _digest(
        [told.encode(), text, *_pairs(assets), *_pairs({n: t.encode() for n, t in templates.items()}), _code()]
    )
    key = _digest([digest.encode(), _engines()])
    return Ingredients(text, assets, templates, pharmacy, notices, digest[:ID_DIGITS], key)


def _expired(text: bytes, file: str, today: dt.date, *, allowed: bool) -> tuple[str, ...]:
    """The notice for a monograph past its review date (standards 8, item 16: refused unless allowed, then marked).

    The date is looked for in the bytes, since a sheet from the cache is never parsed.
    """
    front = text[: text.find(b"\n---", 4)]
    found = _REVIEW_BY.search(front)
    if not found or found[1].decode() >= today.isoformat():
        return ()
    if not allowed:
        line = front.count(b"\n", 0, found.start(1)) + 1
        raise CheckFailed(
            f"{file}:{line}: the review date {found[1].decode()} has passed",
            "Have it reviewed, or allow it with --allow-expired.",
        )
    return (f"EXPIRED: this text was due for review by {found[1].decode()}.",)


def _pairs(parts: Mapping[str, bytes]) -> Iterable[bytes]:
    for name in sorted(parts):
        yield name.encode()
        yield parts[name]


def _digest(parts: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


@cache
def _code() -> bytes:
    package = Path(__file__).resolve().parent.parent
    files = sorted(path for pattern in _SHAPING for path in package.glob(pattern) if path.is_file())
    parts = (part for path in files for part in (str(path.relative_to(package)).encode(), path.read_bytes()))
    return _digest(parts).encode()


@cache
def _engines() -> bytes:
    """The versions of the libraries that decide the bytes of a page, without loading any of them."""
    return "\n".join([*(_stamp(name) for name in _ENGINES), *(_library(name) for name in _LIBRARIES)]).encode()


def _stamp(name: str) -> str:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return f"{name} missing"
    told = Path(spec.origin).stat()
    return f"{name} {told.st_size} {told.st_mtime_ns}"


def _library(name: str) -> str:
    folders = ("usr/lib/*-linux-gnu*", "usr/lib64", "usr/lib", "usr/local/lib", "lib")
    found = next((path for folder in folders for path in sorted(Path("/").glob(f"{folder}/{name}"))), None)
    return found.resolve().name if found else f"{name} elsewhere"
