"""ONE sheet: from the cache where nothing has changed, else rendered stage by stage (`pipeline.stages`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from leaflets.errors import CheckFailed
from leaflets.model.edition import Edition, Notice
from leaflets.model.finding import Severity, and_more, concerning
from leaflets.pipeline.built_sheet import BuiltSheet
from leaflets.pipeline.cache import Cache, sheet_from_entry, sheet_to_entry
from leaflets.pipeline.cache_key import cache_key
from leaflets.pipeline.page_findings import FAINT
from leaflets.pipeline.policy import notices_of
from leaflets.pipeline.reviews import sheet_review
from leaflets.pipeline.texts import Texts, read_texts
from leaflets.project import MonographFile, ProjectFolder, today

if TYPE_CHECKING:
    from leaflets.pipeline.inputs import Inputs
    from leaflets.pipeline.texts import CheckedText

_LOG = logging.getLogger("leaflets.pipeline")
logging.getLogger("leaflets").addHandler(logging.NullHandler())  # a program that wants no log gets none

__all__ = ["BuiltSheet", "RenderSheet", "build", "build_texts", "render_here", "require_clean", "require_contrast"]

RenderSheet = Callable[["Inputs", Edition], BuiltSheet]
"""Makes a sheet of its inputs, in this process or another; raises what `pipeline.stages.render` does."""


def render_here(inputs: Inputs, edition: Edition, checked: CheckedText | None = None) -> BuiltSheet:
    """The sheet, made in this process. `checked` is the text as it was parsed and checked before, if it was.

    If the text has changed since, that is not used.
    """
    # Here and not above: what is in the cache is built without loading the parser, the templates or the renderer.
    from leaflets.pipeline.stages import render

    return render(inputs, edition, checked)


def build(
    project: ProjectFolder,
    source: MonographFile,
    edition: Edition,
    *,
    allowed: Collection[Notice] = (),
    cache: Cache | None = None,
    render: RenderSheet = render_here,
) -> BuiltSheet:
    """The sheet of a monograph's file as it is now, see `build_texts`; the project's own cache if none is given.

    Raises ContentError where the file cannot be read, besides what `build_texts` raises.
    """
    cache = cache or Cache(project.cache)
    return build_texts(project, read_texts(project, source), edition, allowed=allowed, cache=cache, render=render)


def build_texts(
    project: ProjectFolder,
    texts: Texts,
    edition: Edition,
    *,
    allowed: Collection[Notice],
    cache: Cache,
    render: RenderSheet = render_here,
) -> BuiltSheet:
    """The sheet of some texts in one edition, the same bytes for the same input.

    `render` makes it where it is not in the cache.
    Raises ContentError, CheckFailed (withdrawn; past its review date or older than its source and not `allowed`),
    RenderError or PdfError; nothing is written except to the cache.
    """
    review = sheet_review(project, texts, (edition.audience,), cache)
    notices = notices_of(texts, edition, cache, review, today=today(), allowed=allowed)
    key = cache_key(project, texts.source, texts.hash, edition, notices)
    entry = cache.get(key)
    if entry is not None:
        built = sheet_from_entry(texts, edition, entry)
        _log_details(built)
        return built
    from leaflets.pipeline.inputs import gather_inputs  # here, as what is in the cache needs no pictures and templates

    built = render(gather_inputs(project, edition, texts, notices, review), edition)
    if cache_key(project, texts.source, texts.hash, edition, notices) == key:  # else a style or picture changed since
        cache.put(key, sheet_to_entry(built))
    _log_details(built)
    return built


def require_clean(built: BuiltSheet) -> None:
    """Raises CheckFailed, with the first of them, where errors were found in a sheet."""
    errors = [finding for finding in built.findings if finding.severity is Severity.ERROR]
    if errors:
        first = errors[0]
        raise CheckFailed(
            f"{first.file}:{first.line}: {first.code}: {first.message}{and_more(errors)}",
            "“leaflet check” lists them all.",
        )


def require_contrast(built: BuiltSheet) -> None:
    """Raises CheckFailed where text has too little contrast: white on white is not there for its reader."""
    faint = [finding for finding in built.findings if finding.code == FAINT and finding.severity is Severity.ERROR]
    if faint:
        first = faint[0]
        excerpt = f": “{first.excerpt[:60]}”" if first.excerpt else ""
        raise CheckFailed(
            f"{first.file}: {first.code}: {first.message}{excerpt}{and_more(faint)}",
            "Choose darker ink in the project's own styles, or a lighter background.",
        )


def _log_details(built: BuiltSheet) -> None:
    """Logs the findings of a sheet (the record has each as its `finding`) and what was withheld from its audience."""
    for finding in concerning(built.findings, built.edition.audience):
        level = logging.INFO if finding.severity is Severity.INFO else logging.WARNING
        place = f"{finding.file}:{finding.line}"
        _LOG.log(level, "%s  %s  %s", place, finding.code, finding.message, extra={"finding": finding})
    for item in built.withheld:
        _LOG.info("%s:%s  withheld  “%s”: %s", built.source.file, item.line, item.excerpt, item.reason)
