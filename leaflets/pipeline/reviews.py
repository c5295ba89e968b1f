"""How far the words of a sheet are vouched for.

A text without a record of reviews is a draft, and is not even parsed for that. What a record says of words that are as
they were is kept in the cache, so that a sheet from there is not parsed either.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from leaflets.errors import ContentError
from leaflets.model.edition import Audience
from leaflets.model.review import (
    ReviewRecord,
    ReviewState,
    ReviewStatus,
    Role,
    SheetReview,
    SignOff,
    next_review,
)
from leaflets.pipeline.cache import Cache, CacheEntry, NoCache
from leaflets.pipeline.program_identity import program_stamp
from leaflets.pipeline.texts import ReviewText, Texts, evidence_of, parse_texts, pictures_of
from leaflets.project import ALLOWED_SIGNERS, REVOKED_SIGNERS, MonographFile, ProjectFolder
from leaflets.project.files import decode

if TYPE_CHECKING:
    from leaflets.model.monograph import Monograph
    from leaflets.model.review import BoundStatement, Review
    from leaflets.review.signers import Signers

BOTH = tuple(Audience)
"""The readers of a text that is no translation."""

_CLOCKS_APART = dt.timedelta(days=1)
"""A record may come from where it is tomorrow already."""


class SignatureFault(ContentError):
    """A signature of a review that is not good: of other words, or of a key that may not sign it."""


def sheet_review(
    project: ProjectFolder, texts: Texts, audiences: Sequence[Audience], cache: Cache | None = None
) -> SheetReview:
    """How far the words are vouched for that these audiences read, whatever the day: see `require_not_in_future`.

    Raises ContentError where a record of reviews, or a text that has one, cannot be read.
    """
    roles = project.settings.review_roles
    readers = (Audience.PATIENT,) if texts.original else audiences  # a translation is written for patients alone
    if not texts.reviews:
        missing = ReviewState(missing=asked_of(roles, texts.source, texts))
        return SheetReview(missing, ReviewState(missing=_of_original(roles)) if texts.original else None)
    cache = cache or NoCache(project.cache)
    key = _key(project, texts, readers)
    stored = cache.get(key)
    if stored is not None:
        return _sheet_review(stored.facts)
    review = _fresh(project, texts, readers)
    cache.put(key, CacheEntry(json.loads(json.dumps(asdict(review), default=str)), {}))
    return review


def asked_of(roles: Sequence[Role], source: MonographFile, texts: Texts) -> tuple[Role, ...]:
    """The roles that the project asks for of one text of a sheet: a translator's is taken on translations alone."""
    is_translation = texts.original is not None and source == texts.source
    return tuple(roles) if is_translation else _of_original(roles)


def _of_original(roles: Sequence[Role]) -> tuple[Role, ...]:
    return tuple(role for role in roles if role is not Role.TRANSLATOR)


def require_not_in_future(texts: Texts, today: dt.date) -> None:
    """Raises ContentError where a review of one of the texts is of a day that has not come."""
    for text in texts.reviews:
        for review in record_in(text).reviews:
            if review.date > today + _CLOCKS_APART:
                raise ContentError(
                    f"{text.file}: the review by {review.by} is dated {review.date}, which is to come",
                    "Look at the date of this computer; else take the review out, and review anew.",
                )


def due(review: SheetReview, review_by: dt.date | str | None) -> dt.date | None:
    """The first day on which a sheet is due: that of its text, or that on which a review of it ends."""
    return next_review((review.until, review_by))


# ---------------------------------------------------------------- the texts of a sheet, parsed


@dataclass(frozen=True, slots=True)
class ReviewedText:
    """One text of a sheet for a reviewer: its statements with what they rest on, and its record, empty if none.

    `counting` are the reviews in it that count: where signatures are required, those that are signed.
    """

    source: MonographFile
    monograph: Monograph
    statements: tuple[BoundStatement, ...]
    record: ReviewRecord
    counting: tuple[Review, ...]


def record_in(text: ReviewText) -> ReviewRecord:
    """The record in a file of reviews. Raises ContentError where it is none."""
    from leaflets.review.record import read_record  # here, as most texts have no reviews

    return read_record(text.text, text.file, text.name, text.lang)


def reviewed_texts(project: ProjectFolder, texts: Texts) -> tuple[ReviewedText, ...]:
    """A text as a reviewer reads it, and the one it translates if any.

    Raises ContentError where one of them, or a record of its reviews, cannot be read, or a signature is not good.
    """
    from leaflets.review import bound_statements  # here, as most texts have no reviews

    pictures = _picture_hashes(project, texts)
    monograph, original = parse_texts(texts, pictures[0])
    reviewed: list[ReviewedText] = []
    for source, parsed, hashes in zip(texts.sources, filter(None, (monograph, original)), pictures, strict=True):
        text = next((text for text in texts.reviews if (text.name, text.lang) == (source.name, source.lang)), None)
        record = record_in(text) if text else ReviewRecord(source.name, source.lang)
        counting = counting_reviews(project, record, text.file) if text else ()
        statements = bound_statements(parsed, evidence_of(texts), hashes)
        reviewed.append(ReviewedText(source, parsed, statements, record, counting))
    return tuple(reviewed)


def signers_of(project: ProjectFolder) -> Signers | None:
    """Who may sign reviews of a project; None where it has no such file and asks for no signatures.

    Raises UsageError where a line of the file is not understood, ContentError where the file cannot be read.
    """
    from leaflets.review.signers import read_signers  # here, as most texts have no reviews

    allowed, revoked = project.signer_files
    if not allowed and not project.settings.review_signatures:
        return None
    texts = decode(allowed, ALLOWED_SIGNERS), decode(revoked, REVOKED_SIGNERS)
    return read_signers(texts[0], ALLOWED_SIGNERS, texts[1], REVOKED_SIGNERS)


def counting_reviews(project: ProjectFolder, record: ReviewRecord, file: str) -> tuple[Review, ...]:
    """The reviews of a record that count: all, or the signed ones where the project asks for signatures.

    Raises SignatureFault where a signature is not good: the record was changed, or somebody else signed it.
    """
    from leaflets.review import signed_bytes  # here, as most texts have no reviews
    from leaflets.review.ssh_signature import fault_of

    signers = signers_of(project)
    if signers is None:
        return record.reviews
    for number, review in enumerate(record.reviews, 1):
        message = signed_bytes(record, review)
        fault = fault_of(message, review.signature, review.by, review.date, signers) if review.signature else ""
        if fault:
            raise SignatureFault(
                f"{file}: review {number}, by {review.by}: the signature does not hold: {fault}",
                "Take that review out of the record, or put the file back as it was signed; then review anew.",
            )
    required = project.settings.review_signatures
    return tuple(review for review in record.reviews if review.signature or not required)


def _fresh(project: ProjectFolder, texts: Texts, readers: Sequence[Audience]) -> SheetReview:
    from leaflets.review import state_of  # here, as most texts have no reviews

    roles = project.settings.review_roles
    states = [
        state_of(one.statements, one.counting, asked_of(roles, one.source, texts), readers)
        for one in reviewed_texts(project, texts)
    ]
    return SheetReview(*states)


def _picture_hashes(project: ProjectFolder, texts: Texts) -> list[Mapping[str, str]]:
    """The SHA-256 of the pictures of each text, by name."""
    all_texts = [(texts.source, texts.text)]
    if texts.original:
        all_texts.append((texts.original.source, texts.original.text))
    return [
        {name: hashlib.sha256(data).hexdigest() for name, data in pictures_of(project, source, text).items()}
        for source, text in all_texts
    ]


# ---------------------------------------------------------------- kept in the cache


def _key(project: ProjectFolder, texts: Texts, readers: Sequence[Audience]) -> str:
    facts = (
        texts.hash,
        texts.source.lang,
        tuple(readers),
        project.settings.review_roles,
        project.settings.review_signatures,
        project.signer_files,
        _picture_hashes(project, texts),
    )
    return hashlib.sha256(b"\0".join((b"review", program_stamp(), repr(facts).encode()))).hexdigest()


def _sheet_review(facts: Mapping[str, Any]) -> SheetReview:
    return SheetReview(_state(facts["own"]), _state(facts["original"]) if facts["original"] else None)


def _state(facts: Mapping[str, Any]) -> ReviewState:
    day = dt.date.fromisoformat
    sign_offs = tuple(
        SignOff(each["by"], Role(each["role"]), day(each["date"]), day(each["until"])) for each in facts["sign_offs"]
    )
    date = day(facts["date"]) if facts["date"] else None
    return ReviewState(
        ReviewStatus(facts["status"]), date, sign_offs, facts["changed"], tuple(map(Role, facts["missing"]))
    )
