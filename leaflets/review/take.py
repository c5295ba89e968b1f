"""A new review added to a record, where it may be: not by somebody who vouches for the same words in another role."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from leaflets.errors import UsageError
from leaflets.model.review import Review, ReviewRecord, is_expired


def with_review(record: ReviewRecord, new: Review) -> ReviewRecord:
    """The record with one review more, in the order of dates, roles and names.

    Reviews of the same person in the same role that add nothing to the new one are left out. Raises UsageError where
    the person vouches for some of these words in another role, or for all of them in this role for as long.
    """
    _require_one_role(record, new, new.date)
    _require_something_new(record, new)
    kept = tuple(review for review in record.reviews if not _adds_nothing(review, new))
    reviews = sorted((*kept, new), key=lambda one: (one.date, one.role, one.person, one.until))
    return replace(record, reviews=tuple(reviews))


def _require_one_role(record: ReviewRecord, new: Review, today: dt.date) -> None:
    for other in record.reviews:
        same = other.person == new.person and other.role is not new.role and not is_expired(other.until, today)
        words = (other.statements.items(), new.statements.items()), (other.sheets.items(), new.sheets.items())
        if same and not all(one.isdisjoint(another) for one, another in words):
            raise UsageError(
                f"{new.by} vouches for these words as {other.role.who} until {other.until}, "
                f"and one person has one role",
                f"Have somebody else read it as {new.role.who}.",
            )


def _require_something_new(record: ReviewRecord, new: Review) -> None:
    if any(_adds_nothing(new, other) and new.sheets.items() <= other.sheets.items() for other in record.reviews):
        raise UsageError(
            f"{new.by} vouches for all these words as {new.role.who} already, until {new.until} or later",
            "“leaflet review NAME --show” lists who vouches for what.",
        )


def _adds_nothing(review: Review, to: Review) -> bool:
    """Whether another review by the same person in the same role has all its words, for as many and for as long."""
    return (
        (review.person, review.role) == (to.person, to.role)
        and to.audience in (None, review.audience)
        and review.until <= to.until
        and review.statements.items() <= to.statements.items()
    )
