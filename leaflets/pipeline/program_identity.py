"""The program as it is installed: the hash of what shapes a page, its files' stamps, the releases of its libraries.

Releases are read from the names of metadata folders, since importlib.metadata takes longer than setting a page.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from leaflets import __version__
from leaflets.project import packaged_folder

# What of our own code and tables shapes a page; the rest may change without a sheet becoming another one.
SHAPING = (
    "booklet.py", "impose.py", "lazy_modules.py", "picture_check.py", "qr.py", "translation.py",
    "typography.py", "view.py", "checks/**/*.py", "checks/data/*", "compose/*.py", "languages/*.py",
    "languages/catalogues/*.po", "model/*.py", "parse/*.py", "pipeline/*.py", "proof/*.py", "seal/*.py",
    "tables/*", "tables/headings/*", "typeset/*", "typeset/patches/*.py",
)  # fmt: skip
_ENGINES = ("babel", "weasyprint", "pydyf", "fontTools", "markdown", "jinja2", "yaml", "segno", "pylopdf_fonts_zh_cn")
_LIBRARY_FOLDERS = (
    f"/usr/lib/{os.uname().machine}-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib", "/lib",
)  # fmt: skip
_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libharfbuzz-subset.so.0")
# Whose release decides the bytes of a page besides the renderer's own, as the folders of their metadata name them.
LIBRARIES = frozenset(
    "babel cssselect2 jinja2 markdown markupsafe pikepdf pillow pyphen pyyaml segno tinycss2 tinyhtml5".split()
)
RENDERER = frozenset({"weasyprint", "pydyf", "fonttools"})
_METADATA = re.compile(r"([A-Za-z0-9_.]+)-([^-]+)\.dist-info")


def digest_of(parts: Iterable[bytes]) -> str:
    """The SHA-256 of some byte strings, each with its length, so that none can run into the next."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


@cache
def code_hash() -> str:
    """The hash of what of our own code and tables shapes a page."""
    package = Path(__file__).resolve().parent.parent
    files = sorted(path for pattern in SHAPING for path in package.glob(pattern) if path.is_file())
    parts = (part for path in files for part in (str(path.relative_to(package)).encode(), path.read_bytes()))
    return digest_of(parts)


@cache
def program_stamp() -> bytes:
    """Our own code and styles, and the libraries they use, as they are installed."""
    package = str(Path(__file__).resolve().parent.parent)
    folders = (folder_stamp(package), folder_stamp(str(packaged_folder("styles"))))
    libraries = (
        *map(_library_stamp, _ENGINES),
        *map(_system_library, _LIBRARIES),
        repr(releases(LIBRARIES | RENDERER)),
    )
    return "\n".join((*folders, *libraries, sys.version, zlib.ZLIB_RUNTIME_VERSION)).encode()


def folder_stamp(folder: str) -> str:
    """Every file below a folder with its size and times of change; empty where there is no folder.

    Two times, since that of its content may be set by hand or by a copy. A file that cannot be read counts by its name.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return ""
    return "\n".join(_entry_stamp(entry) for entry in entries if entry.name != "__pycache__")


def file_stamp(file: Path | None) -> str:
    """The size and times of change of a file; empty where there is none to look at."""
    try:
        stat = file.stat() if file else None
    except OSError:
        return "missing"
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}" if stat else ""


def _entry_stamp(entry: os.DirEntry[str]) -> str:
    try:
        if entry.is_dir(follow_symlinks=False):  # a link may lead in a circle, and none out of the folder is used
            return f"{entry.name}/{folder_stamp(entry.path)}"
        stat = entry.stat()
    except OSError:
        return entry.name
    return f"{entry.name} {stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}"


def _library_stamp(name: str) -> str:
    """A library's size and time of change, found on the path without importing it."""
    for folder in sys.path:
        with contextlib.suppress(OSError):
            stat = Path(folder, name, "__init__.py").stat()
            return f"{name} {stat.st_size} {stat.st_mtime_ns}"
    return f"{name} missing"


def _system_library(name: str) -> str:
    """The file that a system library's name links to; its version is part of that file's name."""
    path = next((f"{folder}/{name}" for folder in _LIBRARY_FOLDERS if os.path.lexists(f"{folder}/{name}")), "")
    return os.path.realpath(path) if path else f"{name} elsewhere"


def releases(names: Iterable[str]) -> Mapping[str, str]:
    """The release of each library that is found on the path, by its name in small letters, in their order."""
    named, releases_found = frozenset(names), dict[str, str]()
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for entry in os.scandir(folder or "."):
                metadata = _METADATA.fullmatch(entry.name)
                if metadata and metadata[1].lower() in named:
                    releases_found.setdefault(metadata[1].lower(), metadata[2])
    return dict(sorted(releases_found.items()))


@cache
def made_with() -> Mapping[str, str]:
    """The releases of everything that can change the bytes of a page."""
    from leaflets.typeset import engine_versions  # loaded by now, and with it the renderer

    return {
        "leaflet": __version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **dict(engine_versions()),
        **releases(LIBRARIES),
    }
