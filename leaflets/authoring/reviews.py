"""Reviews of a text: a new one taken, and how far all texts are vouched for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from leaflets.errors import LeafletError, UsageError
from leaflets.model.edition import Audience
from leaflets.model.review import (
    NO_REVIEW,
    BoundStatement,
    Review,
    ReviewRecord,
    Role,
    SheetReview,
    is_expired,
    next_review,
    sheet_hash,
)
from leaflets.pipeline.cache import NoCache
from leaflets.pipeline.catalogue import cached_entry
from leaflets.pipeline.reviews import BOTH, asked_of, require_not_in_future, reviewed_texts, sheet_review, signers_of
from leaflets.pipeline.texts import Texts, read_texts
from leaflets.project import ALLOWED_SIGNERS, MonographFile, ProjectFolder
from leaflets.review import changed_statements, is_vouched_whole, signed_bytes, with_review
from leaflets.review.ssh_signature import fault_of, sign

LONGEST_YEARS = 5
"""A review that is to hold for longer is a slip of the hand: leaflets are reviewed every 2 or 3 years (standards 8)."""


# ---------------------------------------------------------------- a new review


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """Who vouches for a text, in which role, until the end of which day; `audience` is None for both sheets.

    `changed`: for those statements alone that no review in this role, or none that still holds, covers. `key` is the
    file of the SSH key that signs it.
    """

    by: str
    role: Role
    until: dt.date
    audience: Audience | None = None
    note: str = ""
    conflicts: str = ""
    changed: bool = False
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class TakenReview:
    """A review that may be written into the record of a text: the record with it, and the statements that it is of.

    `taken_out`: what changed is that statements which were read are not there any more.
    """

    review: Review
    record: ReviewRecord
    statements: tuple[BoundStatement, ...]
    taken_out: bool = False


def take_review(
    project: ProjectFolder, source: MonographFile, request: ReviewRequest, today: dt.date
) -> TakenReview | None:
    """The review that is asked for, of the text as its files are now; None where nothing has changed. Writes nothing.

    Raises UsageError where it may not be: of a packaged text, for no or too long a time, in a role that this text or
    this person cannot have. Raises ContentError where the text or its record cannot be read.
    """
    if project.is_packaged(source):
        raise UsageError(
            f"{source.file_name} is a packaged text, and nothing is written outside the project",
            f"“leaflet copy {source.name}” makes it your own; then give this command again.",
        )
    _require_time_ahead(request.until, today)
    texts = read_texts(project, source)
    require_not_in_future(texts, today)
    readers = _readers(texts, request)
    text = reviewed_texts(project, texts)[0]
    if project.settings.review_signatures and request.key is None:
        raise UsageError("this project asks for signed reviews", "Name the file of your SSH key with --sign KEY.")
    read = _read(text.statements, text.record, text.counting, request, readers, today)
    whole = is_vouched_whole(text.statements, text.counting, request.role, readers, today)
    if not read and whole:
        return None
    review = Review(
        request.by, request.role, today, request.until, request.audience, dict(sorted(each.key for each in read)),
        request.note, request.conflicts, sheets={reader: sheet_hash(text.statements, reader) for reader in readers},
    )  # fmt: skip
    if request.key:
        review = _signed(project, text.record, review, request.key)
    return TakenReview(review, with_review(text.record, review), read, taken_out=not read)


def _signed(project: ProjectFolder, record: ReviewRecord, review: Review, key: Path) -> Review:
    """The review with its signature. Raises UsageError where the key cannot be used, or is none of the allowed."""
    message = signed_bytes(record, review)
    signature, signers = sign(message, key), signers_of(project)
    fault = fault_of(message, signature, review.by, review.date, signers) if signers else ""
    if fault:
        raise UsageError(f"a signature with this key would not hold: {fault}", f"See {ALLOWED_SIGNERS}.")
    return replace(review, signature=signature)


def _require_time_ahead(until: dt.date, today: dt.date) -> None:
    if until <= today:
        raise UsageError(f"a review cannot end on {until}: that day has come", "Name the last day on which it holds.")
    if until.year - today.year > LONGEST_YEARS:
        raise UsageError(f"a review until {until} is too long", f"Leaflets are read again in {LONGEST_YEARS} years.")


def _readers(texts: Texts, request: ReviewRequest) -> Sequence[Audience]:
    """The audiences whose sheets are reviewed. Raises UsageError where this text has no such sheet or role."""
    file = texts.source.file
    if texts.original is None:
        if request.role is Role.TRANSLATOR:
            raise UsageError(f"{file}: it is no translation", "Name another role, or a translation with --lang.")
        return (request.audience,) if request.audience else BOTH
    if request.audience is Audience.CLINICIAN:
        raise UsageError(f"{file}: a translation has the patient voice alone", "Leave --audience out.")
    return (Audience.PATIENT,)


def _read(
    statements: Sequence[BoundStatement],
    record: ReviewRecord,
    counting: Sequence[Review],
    request: ReviewRequest,
    readers: Sequence[Audience],
    today: dt.date,
) -> tuple[BoundStatement, ...]:
    """The statements that are vouched for. Raises UsageError where those that changed are asked for of no review."""
    if not request.changed:
        return tuple(each for each in statements if set(each.statement.readers) & set(readers))
    if not any(review.role is request.role for review in record.reviews):
        raise UsageError(
            f"nobody has reviewed this text as {request.role.who} yet, so nothing has changed since",
            "Leave --changed out: then all of it is vouched for.",
        )
    return changed_statements(statements, counting, request.role, readers, today)


def unread_statements(project: ProjectFolder, source: MonographFile, today: dt.date) -> frozenset[str]:
    """The hashes of the statements of a text that some role the project asks for does not vouch for today.

    Raises ContentError where the text or its record cannot be read.
    """
    texts = read_texts(project, source)
    text = reviewed_texts(project, texts)[0]
    readers = (Audience.PATIENT,) if texts.original else BOTH
    roles = asked_of(project.settings.review_roles, source, texts)
    unread = (changed_statements(text.statements, text.counting, role, readers, today) for role in roles)
    return frozenset(bound.statement.hash for of_role in unread for bound in of_role)


# ---------------------------------------------------------------- what people are shown of a text


@dataclass(frozen=True, slots=True)
class TextStatus:
    """How far all words of a text are vouched for, for all its readers, and when it is due.

    `withdrawn` says why the text was withdrawn, `problem` why it cannot be read; each empty if not.
    """

    source: MonographFile
    review: SheetReview = NO_REVIEW
    due: dt.date | None = None
    withdrawn: str = ""
    problem: str = ""

    def is_expired(self, today: dt.date) -> bool:
        """Whether it is past its review date, or a review has ended."""
        return is_expired(self.due, today)

    def words(self, today: dt.date) -> str:
        """Its state in a few words: "reviewed 2026-11-01, next 2027-11-01", "draft: not clinically reviewed"."""
        if self.problem or self.withdrawn:
            return "unreadable" if self.problem else "withdrawn"
        if self.is_expired(today):
            return f"expired {self.due}"
        if not self.review.reviewed:
            return f"draft: {self.review.words}"
        return f"{self.review.words}, next {self.due}"


def text_status(project: ProjectFolder, source: MonographFile, today: dt.date) -> TextStatus:
    """The status of a text as its files are now; nothing is written."""
    try:
        texts = read_texts(project, source)
        require_not_in_future(texts, today)
        entries = [cached_entry(text, file, NoCache(project.cache)) for file, text in texts.files]
        review = sheet_review(project, texts, BOTH)
    except LeafletError as fault:
        return TextStatus(source, problem=fault.message)
    withdrawn = next((entry.withdrawn for entry in entries if entry.withdrawn), "")
    problem = next((entry.fault for entry in entries if entry.fault), "")
    first = next_review([review.until, *(entry.review_by for entry in entries)])
    return TextStatus(source, review, first, withdrawn, problem)
