"""ONE leaflet: from the cache where nothing has changed, else parse → check → view → compose → typeset."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leaflets.build.cache import Cache, CachedSheet
from leaflets.build.cache_key import gathered, wanted
from leaflets.build.inputs import Texts
from leaflets.build.sheet import BuiltSheet
from leaflets.errors import CheckFailed
from leaflets.model.edition import Audience, Edition, Notice
from leaflets.model.finding import Finding, Severity, Withheld
from leaflets.model.page import Pdf, Rect, SectionLines
from leaflets.project import MonographFile, Project, today

if TYPE_CHECKING:
    from leaflets.build.checked_text import CheckedText

__all__ = ["BuiltSheet", "build", "default_edition", "require_clean"]


def build(
    project: Project,
    source: MonographFile,
    edition: Edition,
    *,
    allowed: Collection[Notice] = (),
    cache: Cache | None = None,
    checked: CheckedText | None = None,
) -> BuiltSheet:
    """The sheet of one monograph in one edition, the same bytes for the same input.

    Raises ContentError, CheckFailed (withdrawn; past its review date or older than its source and not `allowed`),
    RenderError or PdfError; nothing is written except to the cache. `perused` is the text as it was parsed and checked
    before, if it was; if it has changed since, that is not used.
    """
    cache = cache or Cache(project.cache)
    asked = wanted(project, source, edition, today=today(), allowed=allowed)
    entry = cache.get(asked.key)
    if entry is not None:
        return _restored(asked.texts, edition, entry)
    # Here and not above: what is in the cache is built without loading the parser, the templates or the renderer.
    from leaflets.build.render import make

    ingredients = gathered(project, edition, asked)
    built = make(source, edition, ingredients, checked)
    cache.put(ingredients.key, _stored(built))
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


def _stored(built: BuiltSheet) -> CachedSheet:
    facts = {
        "content_id": built.content_id,
        "title": built.title,
        "version": built.version,
        "pages": built.pdf.pages,
        "rects": [asdict(rect) for rect in built.pdf.rects],
        "fills": list(built.pdf.fills),
        "stretches": [asdict(stretch) for stretch in built.pdf.stretches],
        "findings": [asdict(finding) for finding in built.findings],
        "withheld": [asdict(withheld) for withheld in built.withheld],
    }
    return CachedSheet(facts, {"pdf": built.pdf.data, "html": built.html.encode()})


def _restored(texts: Texts, edition: Edition, entry: CachedSheet) -> BuiltSheet:
    facts = entry.facts
    # The cache knows contents, not places: the same texts may lie in another folder today.
    files = {Path(file).name: file for file in texts.by_file}
    rects = tuple(Rect(**rect) for rect in facts["rects"])
    stretches = tuple(SectionLines(**stretch) for stretch in facts["stretches"])
    return BuiltSheet(
        texts.source, edition, facts["content_id"], facts["title"], facts["version"],
        Pdf(entry.parts["pdf"], facts["pages"], rects, tuple(facts["fills"]), stretches),
        entry.parts["html"].decode(),
        tuple(_finding(told, texts.source, files) for told in facts["findings"]),
        tuple(Withheld(**told) for told in facts["withheld"]),
        fresh=False,
    )  # fmt: skip


def _finding(told: Mapping[str, Any], source: MonographFile, files: Mapping[str, str]) -> Finding:
    audience = Audience(told["audience"]) if told["audience"] else None
    file = files.get(Path(told["file"]).name, source.file) if told["file"] else ""
    return Finding(**{**told, "severity": Severity(told["severity"]), "audience": audience, "file": file})


def default_edition(project: Project, audience: Audience) -> Edition:
    """An audience's sheet on the project's own paper, in its own language."""
    return Edition(audience, project.settings.language, project.settings.paper, project.settings.type_size)
