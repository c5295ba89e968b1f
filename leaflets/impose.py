"""Sheets of paper: how many a copy takes, the blank backs between copies, and the order of the pages of a booklet."""

from dataclasses import dataclass

_PAGES_A_FOLDED_SHEET = 4


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides of paper that one copy takes in a print file.

    With `duplex`, every part of it begins on a front: the leaflet, and the `label_sheet` after it. `last_back`: a blank
    back follows where the last page is a front, so that the next copy starts on a sheet of its own.
    """

    pages: int
    duplex: bool = True
    label_sheet: bool = False
    last_back: bool = True

    @property
    def after(self) -> tuple[bool, ...]:
        """The pages after the leaflet's own: true for the label sheet, false for a blank back."""
        last = (False,) if self.duplex and self.last_back else ()
        odd = bool(self.duplex and self.pages % 2)
        if self.label_sheet:
            return (*((False,) if odd else ()), True, *last)
        return last if odd else ()

    @property
    def all_pages(self) -> int:
        """How many pages the copy has in the file, blank ones included."""
        return self.pages + len(self.after)

    @property
    def sheets(self) -> int:
        """How many sheets of paper the copy takes."""
        return paper_sheets(self.pages, self.duplex) + self.label_sheet

    @property
    def later_fronts(self) -> range:
        """The pages (from 0) of the leaflet that begin a sheet of paper after the first."""
        return range(2, self.pages, 2) if self.duplex else range(1, self.pages)


def paper_sheets(pages: int, duplex: bool = True) -> int:
    """How many sheets of paper so many pages take."""
    return -(-pages // 2) if duplex else pages


def booklet_sides(pages: int, right_to_left: bool = False) -> tuple[tuple[int, int], ...]:
    """The pages (from 0) on the left and right of each printed side of a booklet; fronts and backs alternate.

    Printed on both sides, stacked and folded, the pages are in reading order. Those from `pages` on are blank: they
    come last and make the number a multiple of four. A right-to-left booklet is bound on the right.
    """
    last = -(-pages // _PAGES_A_FOLDED_SHEET) * _PAGES_A_FOLDED_SHEET - 1
    outer = ((last - first, first) if first % 2 == 0 else (first, last - first) for first in range((last + 1) // 2))
    return tuple((right, left) if right_to_left else (left, right) for left, right in outer)
