"""Sheets of paper and their sizes."""

from __future__ import annotations

from enum import StrEnum


class Paper(StrEnum):
    """A sheet of paper, by its CSS name."""

    A4 = "a4"
    LETTER = "letter"
    A5 = "a5"

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        return {"a4": (210.0, 297.0), "letter": (215.9, 279.4), "a5": (148.0, 210.0)}[self.value]
