"""Whether a sheet may be made: what refuses it, and the notices it carries where it is made by permission.

A sheet is refused where its text is past its review date or a review of it has ended, where its translation says
otherwise about safety than its source, and where it is withdrawn (standards 8, item 16). The first two may be allowed,
and are then said on the sheet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from leaflets.errors import CheckFailed, ContentError, UsageError
from leaflets.languages import language
from leaflets.model.edition import Audience, Edition, Notice, TypeSize
from leaflets.model.finding import and_more
from leaflets.model.paper import Paper
from leaflets.model.review import SheetReview, is_expired
from leaflets.pipeline.cache import Cache
from leaflets.pipeline.catalogue import cached_entry
from leaflets.pipeline.reviews import require_not_in_future
from leaflets.pipeline.texts import Texts, parse_texts, source_missing
from leaflets.project.content import ORIGINAL

if TYPE_CHECKING:
    from leaflets.model.monograph import Monograph


def notices_of(
    texts: Texts,
    edition: Edition,
    cache: Cache,
    review: SheetReview,
    *,
    today: dt.date,
    allowed: Collection[Notice] = (),
) -> tuple[Notice, ...]:
    """The notices that a sheet of these texts carries today; `cache` knows the review dates of texts read before.

    Raises CheckFailed where it is past its review date, or a review of it has ended, or its translation is older than
    its source, and that is not among the `allowed`; ContentError where a review is of a day to come; besides what
    `outdated_translation` raises.
    """
    require_not_in_future(texts, today)
    return (*_stale(texts, edition, allowed), *_expired(texts, cache, review, today, allowed))


def require_not_withdrawn(*monographs: Monograph | None) -> None:
    """Raises CheckFailed where one of the texts of a sheet is withdrawn; nothing allows that."""
    for text in monographs:
        if text and text.front.withdrawn:
            place = f"{text.file}:{text.front.lines.get('withdrawn', 1)}"
            raise CheckFailed(f"{place}: the monograph is withdrawn: {text.front.withdrawn}", "Hand out no copy of it.")


def outdated_translation(texts: Texts, edition: Edition) -> str:
    """Where the source of a translation says otherwise about safety now, in one sentence; empty where nowhere.

    Raises ContentError where a translation is asked for clinicians or its source is missing, CheckFailed where it was
    never sealed, UsageError where we have no words in its language, since English ones would stand on the page.
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
    translation, original = parse_texts(texts)
    if original is None:
        if translation.front.translation:
            raise source_missing(source)
        return ""
    if edition.audience is not Audience.PATIENT:
        raise ContentError(
            f"{source.file}: a translation has the patient voice alone", "Make it with --audience patient."
        )
    return _changed_since(translation, original)


def _expired(
    texts: Texts, cache: Cache, review: SheetReview, today: dt.date, allowed: Collection[Notice]
) -> tuple[Notice, ...]:
    """The notice of a text past its review date, or whose review has ended; that of a source counts for both."""
    ended = _past_date(texts, cache, today) or _ended_review(texts, review, today)
    if ended and Notice.EXPIRED not in allowed:
        raise CheckFailed(ended, "Have it reviewed, or allow it with --allow-expired.")
    return (Notice.EXPIRED,) if ended else ()


def _past_date(texts: Texts, cache: Cache, today: dt.date) -> str:
    """Where a text is past its own review date, in words; empty where none is."""
    for file, text in texts.files:
        entry = cached_entry(text, file, cache)
        if is_expired(entry.review_by, today):
            return f"{file}:{entry.review_by_line}: the review date {entry.review_by} has passed"
    return ""


def _ended_review(texts: Texts, review: SheetReview, today: dt.date) -> str:
    """Whose review of one of the texts has ended, in words; empty where none has."""
    for source, state in zip(texts.sources, review.states, strict=True):
        for each in state.sign_offs:
            if is_expired(each.until, today):
                return f"{source.file}: the review by {each.by} ({each.role.who}) ended on {each.until}"
    return ""


def _stale(texts: Texts, edition: Edition, allowed: Collection[Notice]) -> tuple[Notice, ...]:
    changed = outdated_translation(texts, edition)
    if changed and Notice.STALE not in allowed:
        raise CheckFailed(
            changed,
            "Translate it anew and seal it (“leaflet translation status” lists every such place), or allow it with "
            "--allow-stale.",
        )
    return (Notice.STALE,) if changed else ()


def _changed_since(translation: Monograph, original: Monograph) -> str:
    # Here and not above: a text that translates none is built without it.
    from leaflets.translation import source_changes

    if translation.front.translation is None:
        raise CheckFailed(
            f"{translation.file}:1: the translation has no record of its source",
            "“leaflet translation seal” writes it.",
        )
    safety_changes = [each for each in source_changes(translation, original) if each.safety]
    if not safety_changes:
        return ""
    first = safety_changes[0]
    return (
        f"{translation.file}:{first.line}: the source has changed since ({original.file}:{first.source_line}, "
        f"{first.section}){and_more(safety_changes)}"
    )
