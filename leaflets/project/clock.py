"""The time of day, for the history of print runs."""

import datetime as dt


def now_utc() -> str:
    """The time as ISO 8601 in UTC, to the millisecond: "2026-11-22T20:15:00.123Z"."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
