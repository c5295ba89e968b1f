"""The time of day, for the history of print runs."""

import datetime as dt


def now_utc() -> str:
    """The time as ISO 8601 in UTC, to the millisecond: "2026-11-22T20:15:00.123Z"."""
    return _iso(dt.datetime.now(dt.UTC))


def days_ago(days: int) -> str:
    """The time this many days ago, as `now_utc` has it. Raises OverflowError beyond the calendar."""
    return _iso(dt.datetime.now(dt.UTC) - dt.timedelta(days=days))


def _iso(time: dt.datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
