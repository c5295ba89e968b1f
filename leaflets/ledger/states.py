"""Where a copy stands, and where it may go from there."""

from enum import StrEnum


class State(StrEnum):
    """The states of one copy, in order."""

    PLANNED = "planned"
    RENDERED = "rendered"
    WRITTEN = "written"
    SENT = "sent"
    PRINTED = "printed"
    SPOILED = "spoiled"
    CANCELLED = "cancelled"


MOVES: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.RENDERED, State.CANCELLED}),
    State.RENDERED: frozenset({State.WRITTEN, State.CANCELLED}),
    State.WRITTEN: frozenset({State.SENT, State.PRINTED, State.SPOILED, State.CANCELLED}),
    State.SENT: frozenset({State.PRINTED, State.SPOILED, State.CANCELLED}),
    State.PRINTED: frozenset({State.SPOILED}),
    State.SPOILED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""Only forward. A sheet found spoiled after it was confirmed is spoiled; nothing ever comes back from there."""

OPEN = frozenset({State.PLANNED, State.RENDERED, State.WRITTEN, State.SENT})
"""States in which nobody has yet said what became of the sheet."""

MADE = frozenset({State.WRITTEN, State.SENT, State.PRINTED})
"""States in which a sheet is, or may become, paper in somebody's hand."""
