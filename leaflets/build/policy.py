"""A translation is made into a sheet only while it says what its source says about safety."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaflets.build.inputs import Texts, parsed
from leaflets.errors import CheckFailed, ContentError, UsageError
from leaflets.languages import language
from leaflets.model.edition import Audience, Edition, Paper, TypeSize
from leaflets.project.content import ORIGINAL

if TYPE_CHECKING:
    from leaflets.model.monograph import Monograph


def outdated(texts: Texts, edition: Edition) -> str:
    """What the source of a translation says otherwise about safety now, in one sentence; empty where nothing.

    Raises ContentError where a translation lacks the voice or the text it translates, CheckFailed where it was never
    sealed, UsageError where we have no words in its language, since English ones would stand on the page.
    """
    source = texts.source
    if edition.bilingual and (edition.paper is Paper.A5 or edition.type_size is TypeSize.LARGE_PRINT):
        raise UsageError(
            f"{source.name}: two languages side by side have no room on A5 or in large print",
            "Print them on A4 or Letter in the standard edition, or each language by itself.",
        )
    if source.lang == ORIGINAL:
        return ""
    language(source.lang)
    theirs, ours = parsed(texts)
    if ours is None:
        if theirs.front.translation:
            raise ContentError(
                f"{source.file}: the text it translates is not there", f"Put {source.name}.md beside it."
            )
        return ""
    if edition.audience is not Audience.PATIENT:
        raise ContentError(
            f"{source.file}: a translation has the patient voice alone", "Make it with --audience patient."
        )
    return _changed(theirs, ours)


def _changed(theirs: Monograph, ours: Monograph) -> str:
    # Here and not above: a text that translates none is built without it.
    from leaflets.translation import stale

    if theirs.front.translation is None:
        raise CheckFailed(
            f"{theirs.file}:1: the translation has no record of its source", "“leaflet translation seal” writes it."
        )
    grave = [each for each in stale(theirs, ours) if each.safety]
    if not grave:
        return ""
    first = grave[0]
    many = f" and {len(grave) - 1} more" if len(grave) > 1 else ""
    return (
        f"{theirs.file}:{first.line}: the source has changed since ({ours.file}:{first.source_line}, "
        f"{first.section}){many}"
    )
