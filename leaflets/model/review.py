"""The rules of review dates and withdrawal: decided here, asked everywhere."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol


class Reviewed(Protocol):
    """What a front matter says of review: dates or, where it was stored as text, ISO dates; empty or None if none."""

    @property
    def review_by(self) -> Any:
        """The date by which the text is to be reviewed again."""

    @property
    def withdrawn(self) -> str:
        """Why the text was withdrawn; empty where it was not."""


def is_expired(review_by: dt.date | str | None, today: dt.date) -> bool:
    """Whether a text is past its review date, a date or an ISO date; on the day itself it is not (standards 8, 16)."""
    return bool(review_by) and str(review_by) < today.isoformat()


def review_of_translation(own: Reviewed, source: Reviewed) -> dict[str, Any]:
    """The fields of a translation that its source decides too: the earlier review date, and either's withdrawal."""
    dates = [date for date in (own.review_by, source.review_by) if date]
    return {
        "review_by": min(dates) if dates else own.review_by,
        "withdrawn": own.withdrawn or source.withdrawn,
    }
