"""Renders one distinct leaflet, in any process: takes a task, returns its result, and leaves the sheet in the cache."""

from functools import lru_cache
from pathlib import Path

from leaflets.batch.leaflet_cache import CompiledLeaflets, compiled_key
from leaflets.errors import CheckFailed, LeafletError, RenderError
from leaflets.model.edition import Notice
from leaflets.model.finding import Severity
from leaflets.model.objection import Objection
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder, load_project
from leaflets.workers.protocol import RenderTask, Result

STALE = "TR-02"
"""The code of the finding that a translation is older than its source, which has an objection of its own."""

COMPILED_FOLDER = "sheets"
"""The folder of compiled leaflets in the cache."""


def render(root: str, settings_file: str, cache_folder: str, task: RenderTask) -> Result:
    """Renders a leaflet and compiles it for copies. Never raises: an error is returned in the result."""
    try:
        return _rendered(_project(root, settings_file), Path(cache_folder), task)
    except LeafletError as error:
        return Result(task.number, fault=type(error).__name__, message=error.message, exit_code=error.exit_code)
    except MemoryError:
        return _failed(task, "it needs more memory than a leaflet may take")
    except RecursionError:
        return _failed(task, "it nests too deep")
    except Exception as error:  # a monograph that breaks the renderer must cost its own sheet and no other
        return _failed(task, f"the renderer failed with {type(error).__name__}")


def _rendered(project: ProjectFolder, cache_folder: Path, task: RenderTask) -> Result:
    from leaflets.stamp import compile_leaflet  # here, so that a run with nothing to render does not load pikepdf

    leaflet, allowed = task.leaflet, {objection.value for objection in task.allowed}
    compiled = CompiledLeaflets(cache_folder / COMPILED_FOLDER)
    built = build(
        project,
        project.source(leaflet.drug, leaflet.edition.lang),
        leaflet.edition,
        allowed=[notice for notice in Notice if notice.value in allowed],
        cache=Cache(cache_folder),
        checked=task.checked,
    )
    _require_sound(built, task)
    key = compiled_key(built.pdf.data)
    if key not in compiled:
        compiled.put(key, compile_leaflet(built.pdf))
    return Result(task.number, built.content_id, key, built.pdf.pages)


def _require_sound(built: BuiltSheet, task: RenderTask) -> None:
    """Raises CheckFailed for what the plan could not know: the proof of the finished page may have errors of its own.

    A sheet older than its source comes here only where that was allowed.
    """
    errors = [finding for finding in built.findings if finding.severity is Severity.ERROR and finding.code != STALE]
    if errors and Objection.UNSAFE not in task.allowed:
        first = errors[0]
        place = f"{first.file or task.leaflet.drug}:{first.line}"
        raise CheckFailed(f"{place}: {first.code} {first.message}", first.hint)


def _failed(task: RenderTask, why: str) -> Result:
    message = f"{task.leaflet} could not be made: {why}"
    return Result(task.number, fault=RenderError.__name__, message=message, exit_code=RenderError.exit_code)


@lru_cache(maxsize=4)
def _project(root: str, settings_file: str) -> ProjectFolder:
    return load_project(Path(root), Path(settings_file) if settings_file else None)
