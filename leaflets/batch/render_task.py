"""Renders one distinct leaflet, in any process: takes a task, returns its result, and leaves the sheet in the cache.

The texts come with the task, as the plan has read them. All else is read anew, and where any of it is not as it was
when the leaflet was assessed, there is no result.
"""

from functools import partial

from leaflets.batch.leaflet_cache import CompiledLeaflets, compiled_key
from leaflets.errors import CheckFailed, InputsChanged, LeafletError, RenderError
from leaflets.model.edition import Notice
from leaflets.model.finding import Severity
from leaflets.model.objection import Objection
from leaflets.pipeline import BuiltSheet, build_texts, render_here
from leaflets.pipeline.cache import Cache
from leaflets.pipeline.cache_key import shared_key
from leaflets.project import ProjectFolder
from leaflets.workers.protocol import RenderTask, Result, Snapshot

STALE = "TR-02"
"""The code of the finding that a translation is older than its source, which has an objection of its own."""

COMPILED_FOLDER = "sheets"
"""The folder of compiled leaflets in the cache."""


def render(project: ProjectFolder, task: RenderTask) -> Result:
    """Renders a leaflet and compiles it for copies. Never raises: an error is returned in the result."""
    result = _attempt(project, task)
    if task.snapshot and _changed_since(project, task, task.snapshot):
        what = "a style, template or picture, or the program, was changed while the run was being made"
        return _fault(task, InputsChanged(f"{task.leaflet}: {what}"))
    return result


def _attempt(project: ProjectFolder, task: RenderTask) -> Result:
    try:
        if task.snapshot is None:
            raise RenderError(f"{task.leaflet}: the task came without its text")
        return _rendered(project, task, task.snapshot)
    except LeafletError as error:
        return _fault(task, error)
    except MemoryError:
        return _failed(task, "it needs more memory than a leaflet may take")
    except RecursionError:
        return _failed(task, "it nests too deep")
    except Exception as error:  # a monograph that breaks the renderer must cost its own sheet and no other
        return _failed(task, f"the renderer failed with {type(error).__name__}")


def _changed_since(project: ProjectFolder, task: RenderTask, snapshot: Snapshot) -> bool:
    """Whether anything that shapes the sheet besides its texts is not as it was when the leaflet was assessed."""
    try:
        return shared_key(project, task.leaflet.edition) != snapshot.shared_key
    except LeafletError:  # the logo is somewhere else now
        return True


def _rendered(project: ProjectFolder, task: RenderTask, snapshot: Snapshot) -> Result:
    from leaflets.stamp import compile_leaflet  # here, so that a run with nothing to render does not load pikepdf

    allowed = {objection.value for objection in task.allowed}
    compiled = CompiledLeaflets(project.cache / COMPILED_FOLDER)
    built = build_texts(
        project,
        snapshot.texts,
        task.leaflet.edition,
        allowed=[notice for notice in Notice if notice.value in allowed],
        cache=Cache(project.cache),
        render=partial(render_here, checked=snapshot.checked),
    )
    _require_sound(built, task)
    key = compiled_key(built.pdf.data)
    if compiled.lost([key]):
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
    return _fault(task, RenderError(f"{task.leaflet} could not be made: {why}"))


def _fault(task: RenderTask, error: LeafletError) -> Result:
    return Result(
        task.number, fault=type(error).__name__, message=error.message, hint=error.hint, exit_code=error.exit_code
    )
