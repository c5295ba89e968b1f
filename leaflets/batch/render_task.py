"""Makes one distinct leaflet, anywhere: a job goes in, an outcome comes out, and what was made lies in the cache."""

from functools import lru_cache
from pathlib import Path

from leaflets.batch.compiled_store import Sheets, sheet_key
from leaflets.errors import CheckFailed, LeafletError, RenderError
from leaflets.model.edition import Audience, Edition, Notice, Paper, TypeSize
from leaflets.model.finding import Severity
from leaflets.model.objection import Objection
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder, load_project
from leaflets.workers.protocol import Job, Result

STALE = "TR-02"
"""The code of the finding that a translation is older than its source, which has an objection of its own."""

SHEETS = "sheets"
"""The folder of compiled leaflets in the cache."""


def do(root: str, settings_file: str, cache_folder: str, job: Job) -> Result:
    """Makes a leaflet and compiles it for copies. Never raises: whatever goes wrong is in the outcome."""
    try:
        return _made(_project(root, settings_file), Path(cache_folder), job)
    except LeafletError as error:
        return Result(job.number, fault=type(error).__name__, message=error.message, exit_code=error.exit_code)
    except MemoryError:
        return _failed(job, "it needs more memory than a leaflet may take")
    except RecursionError:
        return _failed(job, "it nests too deep")
    except Exception as error:  # a poisoned monograph must cost its own sheet and no other
        return _failed(job, f"the renderer failed with {type(error).__name__}")


def edition_of(job: Job) -> Edition:
    """The edition a job asks for."""
    return Edition(Audience(job.audience), job.lang, Paper(job.paper), TypeSize(job.type_size))


def _made(project: ProjectFolder, folder: Path, job: Job) -> Result:
    from leaflets.stamp import compile_leaflet  # here, so that a run with nothing to make does not load pikepdf

    sheets = Sheets(folder / SHEETS)
    built = build(
        project,
        project.source(job.drug, job.lang),
        edition_of(job),
        allowed=[notice for notice in Notice if notice in job.allowed],
        cache=Cache(folder),
        checked=job.checked,
    )
    _require_sound(built, job)
    key = sheet_key(built.pdf.data)
    if key not in sheets:
        sheets.put(key, compile_leaflet(built.pdf))
    return Result(job.number, built.content_id, key, built.pdf.pages)


def _require_sound(built: BuiltSheet, job: Job) -> None:
    """What the plan could not know: the proof of the finished page may have errors of its own.

    A sheet older than its source is here only where that was allowed.
    """
    errors = [found for found in built.findings if found.severity is Severity.ERROR and found.code != STALE]
    if errors and Objection.UNSAFE not in job.allowed:
        first = errors[0]
        raise CheckFailed(f"{first.file or job.drug}:{first.line}: {first.code} {first.message}", first.hint)


def _failed(job: Job, why: str) -> Result:
    message = f"{job} could not be made: {why}"
    return Result(job.number, fault=RenderError.__name__, message=message, exit_code=RenderError.exit_code)


@lru_cache(maxsize=4)
def _project(root: str, settings_file: str) -> ProjectFolder:
    return load_project(Path(root), Path(settings_file) if settings_file else None)
