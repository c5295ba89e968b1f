"""Everything that goes into a sheet, gathered and hashed: its content id, and the key it has in the cache."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import re
import sys
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from leaflets import __version__
from leaflets.build.inputs import Texts, texts_of
from leaflets.build.pictures import logo_of, pictures_of
from leaflets.build.policy import outdated
from leaflets.build.releases import LIBRARIES, RENDERER, releases
from leaflets.errors import CheckFailed
from leaflets.model.edition import Edition, Notice
from leaflets.model.page import ID_DIGITS
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.pictograms import PICTOGRAMS, icon_file, picture_file
from leaflets.project import MonographFile, Project, packaged

_FRONT = re.compile(rb"(?:\xef\xbb\xbf)?\s*+---[ \t]*$(.*?)^[ \t]*(?:---|\.\.\.)[ \t]*$", re.MULTILINE | re.DOTALL)
_REVIEW_BY = re.compile(rb"^[ \t]*[\"']?review_by[\"']?[ \t]*:[ \t]*[\"']?(\d{4}-\d\d-\d\d)", re.MULTILINE)
# What of our own code and tables shapes a page; the rest may change without a sheet becoming another one.
_SHAPING = (
    "booklet.py", "impose.py", "lazy_modules.py", "picture_check.py", "qr.py", "typography.py", "view.py", "build/*.py",
    "checks/*.py", "checks/data/*", "compose/*.py", "languages/*.py", "languages/catalogues/*.po", "model/*.py",
    "parse/*.py", "proof/*.py", "seal/*.py", "tables/*", "tables/headings/*", "typeset/*", "typeset/quick/*.py",
)  # fmt: skip
_APART = ("content/", "pharmacy/")  # assets that do not lie among the styles
_ENGINES = ("babel", "weasyprint", "pydyf", "fontTools", "markdown", "jinja2", "yaml", "segno", "pylopdf_fonts_zh_cn")
_LIBRARY_FOLDERS = (
    f"/usr/lib/{os.uname().machine}-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib", "/lib",
)  # fmt: skip
_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libharfbuzz-subset.so.0")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a sheet is made of. `digest` is the same on every machine; `key` is that of this machine's cache.

    `hashes` are those of the parts, by what they are of (see `record`).
    """

    texts: Texts
    assets: Mapping[str, bytes]
    pictures: frozenset[str]
    templates: Mapping[str, str]
    pharmacy: Pharmacy
    code_url: str
    notices: tuple[Notice, ...]
    hashes: Mapping[str, str]
    digest: str
    key: str

    @property
    def content_id(self) -> str:
        """The beginning of the digest, which the sheet prints."""
        return self.digest[:ID_DIGITS]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sheet that is asked for: its texts, the notices it would carry, and its key in the cache."""

    texts: Texts
    notices: tuple[Notice, ...]
    key: str


def wanted(
    project: Project, source: MonographFile, edition: Edition, *, today: dt.date, allowed: Collection[Notice] = ()
) -> Wanted:
    """What is asked for, known without reading styles, fonts or code: those count by size and time of change.

    Raises ContentError where a text cannot be read, CheckFailed where its review date has passed, or the source of a
    translation has changed, unallowed; besides what `outdated` raises.
    """
    texts = texts_of(project, source)
    notices = (*_stale(texts, edition, allowed), *_expired(texts, today, allowed))
    return Wanted(texts, notices, key_of(project, texts, edition, notices))


def key_of(project: Project, texts: Texts, edition: Edition, notices: tuple[Notice, ...]) -> str:
    """The key that a sheet of these texts has in the cache of this machine."""
    folders = (project.root / "styles", project.root / "templates", *project.picture_folders(texts.source))
    lying = (*(_signature(str(folder)) for folder in folders), _signature_of(project.logo_path))
    told = _told(project, texts.source, edition, notices)
    return _digest([told, *texts.by_name.values(), *(each.encode() for each in lying), _ours()])


def gather(
    project: Project, source: MonographFile, edition: Edition, *, today: dt.date, allowed: Collection[Notice] = ()
) -> Inputs:
    """The ingredients of one sheet, read and hashed. Raises as `wanted` does."""
    return gathered(project, edition, wanted(project, source, edition, today=today, allowed=allowed))


def gathered(project: Project, edition: Edition, asked: Wanted) -> Inputs:
    """The ingredients of a sheet whose texts are at hand; their files are not read again."""
    texts, source = asked.texts, asked.texts.source
    pictures = pictures_of(project, source, texts.text)
    theirs = texts.original if edition.bilingual else None  # its drawings stand on the page as well
    shown = {**pictures_of(project, theirs.source, theirs.text), **pictures} if theirs else pictures
    drawn = {**{picture_file(name): data for name, data in shown.items()}, **logo_of(project)}
    icons = _icons(texts.text + theirs.text if theirs else texts.text)
    assets = {**project.styles((*edition.stylesheets, *icons)), **drawn}
    templates = project.templates()
    told = _told(project, source, edition, asked.notices)
    hashes = _hashes(texts, assets, templates)
    digest = _digest([told, *(part.encode() for pair in sorted(hashes.items()) for part in pair)])
    settings = project.settings
    return Inputs(
        texts, assets, frozenset(pictures), templates, settings.pharmacy, settings.code_url, asked.notices, hashes,
        digest, asked.key,
    )  # fmt: skip


def _hashes(texts: Texts, assets: Mapping[str, bytes], templates: Mapping[str, str]) -> Mapping[str, str]:
    parts = {f"source/{name}": text for name, text in texts.by_name.items()}
    parts |= {f"{'' if name.startswith(_APART) else 'styles/'}{name}": data for name, data in assets.items()}
    parts |= {f"templates/{name}": template.encode() for name, template in templates.items()}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(parts.items())}
    return {**digests, "program": code_hash()}


def _icons(text: bytes) -> Iterable[str]:
    """The drawings of the pictograms that a monograph may bear, known without parsing it."""
    return (icon_file(name) for name in PICTOGRAMS if f":{name}:".encode() in text)


def _told(project: Project, source: MonographFile, edition: Edition, notices: tuple[Notice, ...]) -> bytes:
    settings = project.settings
    facts = (edition, settings.pharmacy, settings.code_url, source.file_name, notices, __version__)
    return repr(facts).encode()


def _expired(texts: Texts, today: dt.date, allowed: Collection[Notice]) -> tuple[Notice, ...]:
    """The notice for a text past its review date (standards 8, item 16: refused unless allowed, then marked).

    The date is looked for in the bytes, since a sheet from the cache is never parsed; that of a translation's source
    counts for both.
    """
    for file, text in texts.by_file.items():
        by, line = review_by(text)
        if by and by < today.isoformat():
            if Notice.EXPIRED not in allowed:
                raise CheckFailed(
                    f"{file}:{line}: the review date {by} has passed",
                    "Have it reviewed, or allow it with --allow-expired.",
                )
            return (Notice.EXPIRED,)
    return ()


def _stale(texts: Texts, edition: Edition, allowed: Collection[Notice]) -> tuple[Notice, ...]:
    """The notice for a translation whose source says something else about safety by now."""
    changed = outdated(texts, edition)
    if changed and Notice.STALE not in allowed:
        raise CheckFailed(
            changed,
            "Translate it anew and seal it (“leaflet translation status” lists every such place), or allow it with "
            "--allow-stale.",
        )
    return (Notice.STALE,) if changed else ()


def review_by(text: bytes) -> tuple[str, int]:
    """The date a monograph is to be reviewed by, and its line; empty and 0 where its front matter has none.

    `prepare` holds it against what the parser reads, so that no way of writing the date is overlooked.
    """
    lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    front = _FRONT.match(lines)
    found = _REVIEW_BY.search(front[1]) if front else None
    if not front or not found:
        return "", 0
    return found[1].decode(), lines.count(b"\n", 0, front.start(1) + found.start(1)) + 1


def _digest(parts: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


@cache
def code_hash() -> str:
    """The hash of what of our own code and tables shapes a page."""
    package = Path(__file__).resolve().parent.parent
    files = sorted(path for pattern in _SHAPING for path in package.glob(pattern) if path.is_file())
    parts = (part for path in files for part in (str(path.relative_to(package)).encode(), path.read_bytes()))
    return _digest(parts)


@cache
def _ours() -> bytes:
    """Our own code and styles and what lies under them on this machine: all that a record names, and more."""
    package = str(Path(__file__).resolve().parent.parent)
    folders = (_signature(package), _signature(str(packaged("styles"))))
    libraries = (*map(_stamp, _ENGINES), *map(_library, _LIBRARIES), repr(releases(LIBRARIES | RENDERER)))
    return "\n".join((*folders, *libraries, sys.version, zlib.ZLIB_RUNTIME_VERSION)).encode()


def _signature(folder: str) -> str:
    """Every file below a folder with its size and times of change; empty where there is no folder.

    Two times, since that of its text may be set by hand or by a copy; what cannot be looked at counts by name.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return ""
    return "\n".join(_told_of(entry) for entry in entries if entry.name != "__pycache__")


def _signature_of(file: Path | None) -> str:
    try:
        told = file.stat() if file else None
    except OSError:
        return "missing"
    return f"{told.st_size} {told.st_mtime_ns} {told.st_ctime_ns}" if told else ""


def _told_of(entry: os.DirEntry[str]) -> str:
    try:
        if entry.is_dir(follow_symlinks=False):  # a link may lead in a circle, and none out of the folder is used
            return f"{entry.name}/{_signature(entry.path)}"
        told = entry.stat()
    except OSError:
        return entry.name
    return f"{entry.name} {told.st_size} {told.st_mtime_ns} {told.st_ctime_ns}"


def _stamp(name: str) -> str:
    """A library's size and time of change, found on the path without the machinery of imports."""
    for folder in sys.path:
        with contextlib.suppress(OSError):
            told = Path(folder, name, "__init__.py").stat()
            return f"{name} {told.st_size} {told.st_mtime_ns}"
    return f"{name} missing"


def _library(name: str) -> str:
    """The file a system library's name leads to, which bears its version."""
    found = next((f"{folder}/{name}" for folder in _LIBRARY_FOLDERS if os.path.lexists(f"{folder}/{name}")), "")
    return os.path.realpath(found) if found else f"{name} elsewhere"
