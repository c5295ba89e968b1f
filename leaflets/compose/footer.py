"""The words in the lower margin of every page: what the sheet is, whose rules it follows, and who reviewed it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from leaflets.compose.capacity import foot_letters
from leaflets.languages import Language, msg
from leaflets.model.edition import Audience, Notice, TypeSize
from leaflets.model.monograph import Front, Translation
from leaflets.model.page import Imprint
from leaflets.model.view import View
from leaflets.typography import NBSP

KIND = {Audience.PATIENT: msg("Patient leaflet"), Audience.CLINICIAN: msg("Clinician sheet, for health professionals")}
_ISOLATES, _POP = {"ltr": "\u2066", "rtl": "\u2067"}, "\u2069"
_LONGEST_RUNNING_TITLE = 52
_NOTICES = {
    Notice.EXPIRED: (msg("EXPIRED"), msg("EXPIRED: this text was due for review by {date}.")),
    Notice.STALE: (
        msg("OLDER THAN ITS SOURCE"),
        msg("OLDER THAN ITS SOURCE: the original has changed since this was translated. Ask your pharmacist."),
    ),
}


def footer(view: View, imprint: Imprint, tongue: Language) -> str:
    """The line of the footer, its parts held together where one is short enough to stand on one line."""
    front, say = view.front, tongue.say
    version = say("Version {version}", version=front.version) if front.version else say("No version")
    where = say("{jurisdiction} text", jurisdiction=front.jurisdiction) if front.jurisdiction else ""
    many = imprint.open_safety_findings
    safety = say("Open safety findings: {number}", number=many) if many else ""
    marks = [say(_NOTICES[notice][0]) for notice in imprint.notices]  # on every page, since pages get parted
    large = say("Large print") if imprint.edition.type_size is TypeSize.LARGE_PRINT else ""
    line = min(foot_letters(imprint.edition), _LONGEST_RUNNING_TITLE)
    parts = (
        *marks, _running(front.title), large, say(KIND[view.audience]), where, version, *_review(front, tongue), safety
    )  # fmt: skip
    return " · ".join(part.replace(" ", NBSP) if len(part) <= line else part for part in parts if part)


def notices(imprint: Imprint, tongue: Language) -> list[str]:
    """What page 1 says of a sheet that should not be handed out and was allowed all the same."""
    date = tongue.date(imprint.review_by) if imprint.review_by else ""
    return [tongue.say(_NOTICES[notice][1], date=date) for notice in imprint.notices]


def isolated(feet: Sequence[tuple[str, str]]) -> str:
    """The lines of each language below one another, each in its own direction."""
    if len(feet) == 1:
        return feet[0][0]
    return "\n".join(f"{_ISOLATES[direction]}{words}{_POP}" for words, direction in feet)


def _running(title: str) -> str:
    long = len(title) > _LONGEST_RUNNING_TITLE
    return title[:_LONGEST_RUNNING_TITLE].rstrip(" +,") + "…" if long else title


def _review(front: Front, tongue: Language) -> tuple[str, ...]:
    say = tongue.say
    if front.reviewed is None:
        return _unreviewed(front.translation, say)
    date, by = tongue.date(front.reviewed), tongue.listed(front.reviewers)
    told = say("Reviewed {date} by {names}", date=date, names=by) if by else say("Reviewed {date}", date=date)
    source = front.translation
    draft = (say("Original not clinically reviewed"),) if source and not source.source_reviewed else ()
    following = (say("Next review {date}", date=tongue.date(front.review_by)),) if front.review_by else ()
    return (*draft, told, *following)


def _unreviewed(translation: Translation | None, say: Callable[[str], str]) -> tuple[str, ...]:
    draft = say("Draft: not clinically reviewed")
    if translation is None:
        return (draft,)
    unread = say("Translation not reviewed")
    return (unread,) if translation.source_reviewed else (draft, unread)


def page_number(tongue: Language) -> dict[str, str]:
    """What stands before the number of a page, between it and the number of pages, and after that."""
    before, _, rest = tongue.say("Page {page} of {pages}").partition("{page}")
    between, _, after = rest.partition("{pages}")
    return {"page": before, "of": between, "end": after}
