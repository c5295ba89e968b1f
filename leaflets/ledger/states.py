"""The states of a copy, and which may follow which."""

from enum import StrEnum


class CopyState(StrEnum):
    """The states of one copy, in order."""

    PLANNED = "planned"
    RENDERED = "rendered"
    WRITTEN = "written"
    SENT = "sent"
    PRINTED = "printed"
    SPOILED = "spoiled"
    CANCELLED = "cancelled"


TRANSITIONS: dict[CopyState, frozenset[CopyState]] = {
    CopyState.PLANNED: frozenset({CopyState.RENDERED, CopyState.CANCELLED}),
    CopyState.RENDERED: frozenset({CopyState.WRITTEN, CopyState.CANCELLED}),
    CopyState.WRITTEN: frozenset({CopyState.SENT, CopyState.PRINTED, CopyState.SPOILED, CopyState.CANCELLED}),
    CopyState.SENT: frozenset({CopyState.PRINTED, CopyState.SPOILED, CopyState.CANCELLED}),
    CopyState.PRINTED: frozenset({CopyState.SPOILED}),
    CopyState.SPOILED: frozenset(),
    CopyState.CANCELLED: frozenset(),
}
"""Only forward. A sheet found spoiled after it was confirmed as printed is spoiled; that state is final."""

OPEN = frozenset({CopyState.PLANNED, CopyState.RENDERED, CopyState.WRITTEN, CopyState.SENT})
"""States in which it is not recorded yet what became of the sheet."""
