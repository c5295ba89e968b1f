"""ONE sheet: from the cache where nothing has changed, else rendered stage by stage (`pipeline.render`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from leaflets.errors import CheckFailed
from leaflets.model.edition import Edition, Notice
from leaflets.model.finding import Severity
from leaflets.pipeline.cache import Cache
from leaflets.pipeline.cache_key import cache_key
from leaflets.pipeline.policy import notices_of
from leaflets.pipeline.sheet import BuiltSheet, from_cache, log_details, to_cache
from leaflets.pipeline.texts import Texts, read_texts
from leaflets.project import MonographFile, ProjectFolder, today

if TYPE_CHECKING:
    from leaflets.pipeline.texts import CheckedText

__all__ = ["BuiltSheet", "build", "build_texts", "require_clean"]


def build(
    project: ProjectFolder,
    source: MonographFile,
    edition: Edition,
    *,
    allowed: Collection[Notice] = (),
    cache: Cache | None = None,
    checked: CheckedText | None = None,
) -> BuiltSheet:
    """The sheet of a monograph's file as it is now, see `build_texts`; the project's own cache if none is given.

    Raises ContentError where the file cannot be read, besides what `build_texts` raises.
    """
    cache = cache or Cache(project.cache)
    return build_texts(project, read_texts(project, source), edition, allowed=allowed, cache=cache, checked=checked)


def build_texts(
    project: ProjectFolder,
    texts: Texts,
    edition: Edition,
    *,
    allowed: Collection[Notice],
    cache: Cache,
    checked: CheckedText | None = None,
) -> BuiltSheet:
    """The sheet of some texts in one edition, the same bytes for the same input.

    `checked` is the text as it was parsed and checked before, if it was; if it has changed since, that is not used.
    Raises ContentError, CheckFailed (withdrawn; past its review date or older than its source and not `allowed`),
    RenderError or PdfError; nothing is written except to the cache.
    """
    notices = notices_of(texts, edition, cache, today=today(), allowed=allowed)
    key = cache_key(project, texts, edition, notices)
    entry = cache.get(key)
    if entry is not None:
        built = from_cache(texts, edition, entry)
        log_details(built)
        return built
    # Here and not above: what is in the cache is built without loading the parser, the templates or the renderer.
    from leaflets.pipeline.inputs import gather_inputs
    from leaflets.pipeline.render import render

    built = render(gather_inputs(project, edition, texts, notices), edition, checked)
    cache.put(key, to_cache(built))
    log_details(built)
    return built


def require_clean(built: BuiltSheet) -> None:
    """Raises CheckFailed, with the first of them, where errors were found in a sheet."""
    errors = [finding for finding in built.findings if finding.severity is Severity.ERROR]
    if errors:
        first = errors[0]
        many = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
        raise CheckFailed(
            f"{first.file}:{first.line}: {first.code}: {first.message}{many}", "“leaflet check” lists them all."
        )
