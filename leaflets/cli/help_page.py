"""The layout of help: descriptions and examples as they are written, in the width of the terminal."""

from __future__ import annotations

import argparse
import os
import sys

_NARROWEST, _USUAL = 40, 80


class HelpPage(argparse.RawDescriptionHelpFormatter):
    """A help formatter that asks for the width itself: that of argparse loads `shutil` for it, with archive tools."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=max(columns() - 2, _NARROWEST))


def columns() -> int:
    """The width of the terminal in characters, 80 where there is none."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _USUAL
    except (OSError, ValueError):
        return _USUAL
