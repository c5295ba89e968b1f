"""A translation is made into a sheet only while it says what its source says about safety."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaflets.errors import CheckFailed, ContentError
from leaflets.languages import language
from leaflets.paper import Audience, Edition
from leaflets.project import Project, Source, read_text
from leaflets.project.content import ORIGINAL

if TYPE_CHECKING:
    from leaflets.model import Monograph


def require_fresh(project: Project, source: Source, edition: Edition) -> None:
    """Nothing for a text of its own. Raises ContentError where a translation lacks the voice or the text it translates,
    CheckFailed where it was never sealed, or where the source has since changed in what it says about safety;
    UsageError where we have no words in its language, since English ones would stand on the page.
    """
    if source.lang == ORIGINAL:
        return
    language(source.lang)
    original = project.original(source)
    theirs = _parsed(source)
    if original is None:
        if theirs.front.translation:
            raise ContentError(
                f"{source.file}: the text it translates is not there", f"Put {source.name}.md beside it."
            )
        return
    if edition.audience is not Audience.PATIENT:
        raise ContentError(
            f"{source.file}: a translation has the patient voice alone", "Make it with --audience patient."
        )
    _require_sealed(theirs, _parsed(original))


def _require_sealed(theirs: Monograph, ours: Monograph) -> None:
    # Here and not above: a text that translates none is built without it.
    from leaflets.translation import stale

    if theirs.front.translation is None:
        raise CheckFailed(
            f"{theirs.file}:1: the translation has no record of its source", "“leaflet translation seal” writes it."
        )
    if ours.front.withdrawn:
        raise CheckFailed(f"{ours.file}: the monograph is withdrawn: {ours.front.withdrawn}", "Hand out no copy of it.")
    grave = [each for each in stale(theirs, ours) if each.safety]
    if grave:
        first = grave[0]
        many = f" and {len(grave) - 1} more" if len(grave) > 1 else ""
        raise CheckFailed(
            f"{theirs.file}:{first.line}: the source has changed since ({ours.file}:{first.source_line}, "
            f"{first.section}){many}",
            "Translate it anew and seal it; “leaflet translation status” lists every such place.",
        )


def _parsed(source: Source) -> Monograph:
    from leaflets.parse import parse

    return parse(read_text(source.path), name=source.name, file=source.file, lang=source.lang)
