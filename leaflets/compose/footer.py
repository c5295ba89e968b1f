"""The footer of every page: title, kind of sheet, jurisdiction, version, review, and what limits its use."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from leaflets.compose.line_length import footer_characters
from leaflets.languages import Language, msg
from leaflets.model.edition import Audience, Notice, TypeSize
from leaflets.model.monograph import Front, Translation
from leaflets.model.page import Imprint
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
        *_review_parts(front, language), safety,
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


def _review_parts(front: Front, language: Language) -> tuple[str, ...]:
    say = language.say
    if front.reviewed is None:
        return _unreviewed(front.translation, say)
    date, by = language.date(front.reviewed), language.listed(front.reviewers)
    reviewed = say("Reviewed {date} by {names}", date=date, names=by) if by else say("Reviewed {date}", date=date)
    source = front.translation
    draft = (say("Original not clinically reviewed"),) if source and not source.source_reviewed else ()
    following = (say("Next review {date}", date=language.date(front.review_by)),) if front.review_by else ()
    return (*draft, reviewed, *following)


def _unreviewed(translation: Translation | None, say: Callable[[str], str]) -> tuple[str, ...]:
    draft = say("Draft: not clinically reviewed")
    if translation is None:
        return (draft,)
    unread = say("Translation not reviewed")
    return (unread,) if translation.source_reviewed else (draft, unread)


def page_number(language: Language) -> dict[str, str]:
    """The words before the number of the page, between it and the number of pages, and after that."""
    before, _, rest = language.say("Page {page} of {pages}").partition("{page}")
    between, _, after = rest.partition("{pages}")
    return {"page": before, "of": between, "end": after}
