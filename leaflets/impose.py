"""Sheets of paper: how many a copy takes, and the blank backs that make the next copy start on a new one."""


def blanks_after(pages: int, duplex: bool = True) -> int:
    """How many blank pages follow a copy of so many pages, so that the next one starts on a front."""
    return pages % 2 if duplex else 0


def paper_sheets(pages: int, duplex: bool = True) -> int:
    """How many sheets of paper one copy of so many pages takes."""
    return -(-pages // 2) if duplex else pages
