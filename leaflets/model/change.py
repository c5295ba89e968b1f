"""What became of a block between two texts."""

from __future__ import annotations

from enum import StrEnum


class BlockChange(StrEnum):
    """What became of a block of the older text in the newer one."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
