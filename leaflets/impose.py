"""Sheets of paper: how many a copy takes, the blank backs between copies, and the order of the pages of a booklet."""

_PAGES_A_FOLDED_SHEET = 4


def blanks_after(pages: int, duplex: bool = True) -> int:
    """How many blank pages follow a copy of `pages` pages, so that the next copy starts on a front."""
    return pages % 2 if duplex else 0


def paper_sheets(pages: int, duplex: bool = True) -> int:
    """How many sheets of paper a copy of `pages` pages takes."""
    return -(-pages // 2) if duplex else pages


def booklet_sides(pages: int, right_to_left: bool = False) -> tuple[tuple[int, int], ...]:
    """The pages (from 0) on the left and right of each printed side of a booklet; fronts and backs alternate.

    Printed on both sides, stacked and folded, the pages are in reading order. Those from `pages` on are blank: they
    come last and make the number a multiple of four. A right-to-left booklet is bound on the right.
    """
    last = -(-pages // _PAGES_A_FOLDED_SHEET) * _PAGES_A_FOLDED_SHEET - 1
    outer = ((last - first, first) if first % 2 == 0 else (first, last - first) for first in range((last + 1) // 2))
    return tuple((right, left) if right_to_left else (left, right) for left, right in outer)
