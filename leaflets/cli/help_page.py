"""How help is laid out: descriptions and examples as written, as wide as the terminal."""

from __future__ import annotations

import argparse
import os
import sys

_NARROWEST, _USUAL = 40, 80


class HelpPage(argparse.RawDescriptionHelpFormatter):
    """A help formatter for argparse, which would load its tools for archives only to ask for a terminal's width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=max(_columns() - 2, _NARROWEST))


def _columns() -> int:
    told = os.environ.get("COLUMNS", "")
    if told.isdigit() and int(told) > 0:
        return int(told)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or _USUAL
    except (OSError, ValueError):
        return _USUAL
