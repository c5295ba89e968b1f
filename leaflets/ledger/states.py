"""The states of a copy, and which may follow which."""

from enum import StrEnum


class CopyState(StrEnum):
    """The states of one copy, in order."""

    PLANNED = "planned"
    RENDERED = "rendered"
    WRITTEN = "written"
    SENT = "sent"
    UNPRINTED = "unprinted"
    PRINTED = "printed"
    SPOILED = "spoiled"
    CANCELLED = "cancelled"


TRANSITIONS: dict[CopyState, frozenset[CopyState]] = {
    CopyState.PLANNED: frozenset({CopyState.RENDERED, CopyState.CANCELLED}),
    CopyState.RENDERED: frozenset({CopyState.WRITTEN, CopyState.CANCELLED}),
    CopyState.WRITTEN: frozenset(
        {CopyState.SENT, CopyState.UNPRINTED, CopyState.PRINTED, CopyState.SPOILED, CopyState.CANCELLED}
    ),
    CopyState.SENT: frozenset({CopyState.UNPRINTED, CopyState.PRINTED, CopyState.SPOILED, CopyState.CANCELLED}),
    CopyState.UNPRINTED: frozenset({CopyState.SPOILED, CopyState.CANCELLED}),
    CopyState.PRINTED: frozenset({CopyState.SPOILED}),
    CopyState.SPOILED: frozenset({CopyState.CANCELLED}),
    CopyState.CANCELLED: frozenset(),
}
"""Only forward. A sheet may be spoiled after it was confirmed as printed; one that never reached paper may turn up and
be destroyed. A copy that a reprint has replaced is no longer cancelled, as the reprint stands for it.
"""

OPEN = frozenset({CopyState.PLANNED, CopyState.RENDERED, CopyState.WRITTEN, CopyState.SENT})
"""States in which it is not recorded yet what became of the sheet."""

MADE = frozenset({CopyState.PLANNED, CopyState.RENDERED, CopyState.WRITTEN, CopyState.SENT, CopyState.PRINTED})
"""States in which a copy is a sheet for its patient, or will be one."""
