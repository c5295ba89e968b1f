"""What `leaflet doctor` finds of a project: its settings, and its folders with their permissions."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from leaflets.cli.installed_part import InstalledPart, needed, optional
from leaflets.cli.report import counted
from leaflets.errors import LeafletError
from leaflets.ledger.ledger import ledger_exists, open_ledger_to_read
from leaflets.project import ProjectFolder, display_path, load_project
from leaflets.project.settings import SETTINGS_FILE
from leaflets.project.user import user_name

_GROUP = "project"
_LEAST_FREE_MB = 200
_LEDGER_FILES = ("ledger.db", "ledger.key", "history.key")


def folder_parts(folder: Path) -> Iterator[InstalledPart]:
    """The project that a folder is in, part by part."""
    yield _temporary()
    try:
        project = load_project(folder)
    except LeafletError as error:
        yield needed(_GROUP, SETTINGS_FILE, error.message, error.hint or f"mend {SETTINGS_FILE}")
        return
    for name, look in (
        ("folder", _root), ("content", _content), ("output", _output), ("cache", _cache), ("ledger", _ledger),
    ):  # fmt: skip
        yield _looked_at(name, look, project)


def _looked_at(name: str, look: Callable[[ProjectFolder], InstalledPart], project: ProjectFolder) -> InstalledPart:
    try:
        return look(project)
    except LeafletError as error:
        return needed(_GROUP, name, error.message, error.hint or f"mend {name}")
    except OSError as error:
        return needed(_GROUP, name, f"{name}: {error.strerror}", f"give yourself the right to read {name}")


def _temporary() -> InstalledPart:
    """The folder where the renderer keeps fonts while it works."""
    try:
        return needed(_GROUP, "temporary files", tempfile.gettempdir())
    except FileNotFoundError:
        return needed(_GROUP, "temporary files", "no folder can be written to", "export TMPDIR=FOLDER")


def _root(project: ProjectFolder) -> InstalledPart:
    root = display_path(project.root)
    if (project.root / SETTINGS_FILE).is_file():
        return optional(_GROUP, "folder", root)
    return optional(_GROUP, "folder", f"{root}: no {SETTINGS_FILE}, all defaults", "leaflet init")


def _content(project: ProjectFolder) -> InstalledPart:
    """The texts there are. A folder that can be read alone makes sheets; `new` and `copy` cannot write there."""
    own = sum(not project.is_packaged(source) for source in project.sources.values())
    seen = f"{counted(own, 'text')} of its own, {len(project.sources) - own} packaged"
    folder = project.root / "content"
    if folder.is_dir() and not _may_write(folder):
        return optional(_GROUP, "content", f"{seen}; no permission to write", _permit(folder))
    return optional(_GROUP, "content", seen)


def _output(project: ProjectFolder) -> InstalledPart:
    """The nearest folder of the output that exists: whether it can be written to, and has room."""
    there = next(each for each in (project.output, *project.output.absolute().parents) if each.exists())
    if not there.is_dir():
        return needed(
            _GROUP, "output", f"{display_path(there)} is no folder", f"mv {_shell(there)} {_shell(there)}.old"
        )
    if not _may_write(there):
        return needed(_GROUP, "output", f"{display_path(there)}: no permission to write", _permit(there))
    free = shutil.disk_usage(there).free // 1_000_000
    seen = f"{display_path(project.output)}, {free:,} MB free"
    little = "free some of the disk: a run of 1,000 copies takes about 100 MB"
    return needed(_GROUP, "output", seen, little if free < _LEAST_FREE_MB else "")


def _cache(project: ProjectFolder) -> InstalledPart:
    """The cached sheets; where none can be kept, each is made anew."""
    folder = project.cache
    if not folder.exists():
        return optional(_GROUP, "cache", "none yet: the first sheet begins it")
    if not _may_write(folder):
        return optional(_GROUP, "cache", f"{display_path(folder)}: no permission to write", _permit(folder))
    sheets = [entry for entry in os.scandir(folder) if entry.name.endswith(".sheet")]
    return optional(_GROUP, "cache", f"{display_path(folder)}, {counted(len(sheets), 'sheet')}")


def _ledger(project: ProjectFolder) -> InstalledPart:
    """The ledger, read as `leaflet runs` reads it, and the files that a run must be able to change or to read."""
    if not ledger_exists(project.output):
        return needed(_GROUP, "ledger", "none yet: the first run begins it")
    named = project.settings.history_key
    history_key = project.root / named if named else project.output / "history.key"
    with open_ledger_to_read(project.output, history_key) as ledger:
        count = counted(len(ledger.store.runs()), "run")
        if ledger.store.key_id():
            _ = ledger.key  # raises LedgerError where it is gone or another
    files = [path for path in (*(project.output / name for name in _LEDGER_FILES), history_key) if path.exists()]
    locked = next((path for path in files if not os.access(path, os.R_OK | os.W_OK)), None)
    if locked:
        return needed(_GROUP, "ledger", f"{display_path(locked)}: no permission to write", _permit(locked))
    shared = next((path for path in files if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)), None)
    if shared:
        others = f"{count}; other accounts may read {display_path(shared)}"
        return optional(_GROUP, "ledger", others, f"chmod go= {_shell(shared)}")
    return needed(_GROUP, "ledger", count)


def _may_write(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def _permit(path: Path) -> str:
    """The line that lets this account write: where the path is another's, it must be given first."""
    if path.stat().st_uid != os.geteuid():
        return f"sudo chown -R {shlex.quote(user_name())} {_shell(path)}"
    return f"chmod u+rw{'x' if path.is_dir() else ''} {_shell(path)}"


def _shell(path: Path) -> str:
    return shlex.quote(display_path(path))
