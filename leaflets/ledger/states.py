"""Where a copy stands, and where it may go from there."""

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


MOVES: dict[CopyState, frozenset[CopyState]] = {
    CopyState.PLANNED: frozenset({CopyState.RENDERED, CopyState.CANCELLED}),
    CopyState.RENDERED: frozenset({CopyState.WRITTEN, CopyState.CANCELLED}),
    CopyState.WRITTEN: frozenset({CopyState.SENT, CopyState.PRINTED, CopyState.SPOILED, CopyState.CANCELLED}),
    CopyState.SENT: frozenset({CopyState.PRINTED, CopyState.SPOILED, CopyState.CANCELLED}),
    CopyState.PRINTED: frozenset({CopyState.SPOILED}),
    CopyState.SPOILED: frozenset(),
    CopyState.CANCELLED: frozenset(),
}
"""Only forward. A sheet found spoiled after it was confirmed is spoiled; nothing ever comes back from there."""

OPEN = frozenset({CopyState.PLANNED, CopyState.RENDERED, CopyState.WRITTEN, CopyState.SENT})
"""States in which nobody has yet said what became of the sheet."""

MADE = frozenset({CopyState.WRITTEN, CopyState.SENT, CopyState.PRINTED})
"""States in which a sheet is, or may become, paper in somebody's hand."""
