"""The footer of every page: title, kind of sheet, jurisdiction, version, review, and what limits its use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from leaflets.compose.line_length import footer_characters
from leaflets.languages import Language, msg
from leaflets.model.edition import Audience, Notice, TypeSize
from leaflets.model.page import Imprint
from leaflets.model.review import ReviewState, ReviewStatus, next_review
from leaflets.model.view import View
from leaflets.typography import NBSP

SHEET_KINDS = {
    Audience.PATIENT: msg("Patient leaflet"),
    Audience.CLINICIAN: msg("Clinician sheet, for health professionals"),
}
_ISOLATES, _POP = {"ltr": "\u2066", "rtl": "\u2067"}, "\u2069"
_LONGEST_RUNNING_TITLE = 52
_NOTICES = {
    Notice.EXPIRED: (msg("EXPIRED"), msg("EXPIRED: this text was due for review by {date}.")),
    Notice.STALE: (
        msg("OLDER THAN ITS SOURCE"),
        msg("OLDER THAN ITS SOURCE: the original has changed since this was translated. Ask your pharmacist."),
    ),
}


def footer(view: View, imprint: Imprint, language: Language) -> str:
    """The text of the footer; a part that is short enough for one line is not broken."""
    front, say = view.front, language.say
    version = say("Version {version}", version=front.version) if front.version else say("No version")
    where = say("{jurisdiction} text", jurisdiction=front.jurisdiction) if front.jurisdiction else ""
    open_findings = imprint.open_safety_findings
    safety = say("Open safety findings: {number}", number=open_findings) if open_findings else ""
    notice_words = [say(_NOTICES[notice][0]) for notice in imprint.notices]  # on every page, as pages may be separated
    large = say("Large print") if imprint.edition.type_size is TypeSize.LARGE_PRINT else ""
    line = min(footer_characters(imprint.edition), _LONGEST_RUNNING_TITLE)
    parts = (
        *notice_words, _running_title(front.title), large, say(SHEET_KINDS[view.audience]), where, version,
        *_review_parts(view, imprint, language), safety,
    )  # fmt: skip
    return " · ".join(part.replace(" ", NBSP) if len(part) <= line else part for part in parts if part)


def notices(imprint: Imprint, language: Language) -> list[str]:
    """The sentences on page 1 of a sheet that is printed although it should not be handed out."""
    date = language.date(imprint.review_by) if imprint.review_by else ""
    return [language.say(_NOTICES[notice][1], date=date) for notice in imprint.notices]


def in_own_direction(lines: Sequence[tuple[str, str]]) -> str:
    """The footers of the languages, one below the other, each isolated in its own direction."""
    if len(lines) == 1:
        return lines[0][0]
    return "\n".join(f"{_ISOLATES[direction]}{words}{_POP}" for words, direction in lines)


def _running_title(title: str) -> str:
    long = len(title) > _LONGEST_RUNNING_TITLE
    return title[:_LONGEST_RUNNING_TITLE].rstrip(" +,") + "…" if long else title


def _review_parts(view: View, imprint: Imprint, language: Language) -> tuple[str, ...]:
    """Who vouches for the words of one text, or why it is a draft; a translation says what its source is too."""
    review = imprint.review
    of_source = view.front.translation is None and review.original is not None  # on a sheet in two languages
    own = review.original if of_source and review.original else review.own
    source = None if of_source else review.original
    if own.reviewed:
        draft = (language.say("Original not clinically reviewed"),) if source and not source.reviewed else ()
        return (*draft, _reviewed(own, language), *_following(view, imprint, own, language))
    if own.status is ReviewStatus.CHANGED:
        return (_changed(own, language),)
    if source is None:
        return (language.say("Draft: not clinically reviewed"),)
    unread = language.say("Translation not reviewed")
    return (unread,) if source.reviewed else (language.say("Draft: not clinically reviewed"), unread)


def _reviewed(state: ReviewState, language: Language) -> str:
    date = _date(state.date, language) if state.date else ""
    return language.say("Reviewed {date} by {names}", date=date, names=language.listed(state.names))


def _following(view: View, imprint: Imprint, state: ReviewState, language: Language) -> tuple[str, ...]:
    date = next_review((state.until, view.front.review_by, imprint.review.until))
    return (language.say("Next review {date}", date=_date(date, language)),) if date else ()


def _changed(state: ReviewState, language: Language) -> str:
    date = _date(state.date, language) if state.date else ""
    if state.changed == 1:
        return language.say("Draft: 1 statement changed since the review of {date}", date=date)
    return language.say(
        "Draft: {number} statements changed since the review of {date}", number=state.changed, date=date
    )


def _date(date: dt.date, language: Language) -> str:
    """A date that no line end parts."""
    return language.date(date).replace(" ", NBSP)


def page_number(language: Language) -> dict[str, str]:
    """The words before the number of the page, between it and the number of pages, and after that."""
    before, _, rest = language.say("Page {page} of {pages}").partition("{page}")
    between, _, after = rest.partition("{pages}")
    return {"page": before, "of": between, "end": after}
