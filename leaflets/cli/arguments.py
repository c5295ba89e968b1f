"""What the arguments of several commands have in common."""

from __future__ import annotations

import argparse
from enum import StrEnum

from leaflets.errors import UsageError

NO_MONOGRAPHS = "no monographs: “leaflet new NAME” starts one"
"""What a command about all monographs prints where there is none."""


def values(kind: type[StrEnum]) -> list[str]:
    """The values that an argument of this kind may have."""
    return [each.value for each in kind]


def require_names_or_all(args: argparse.Namespace, command: str) -> None:
    """Raises UsageError unless a command was given either names or `--all`."""
    if args.all == bool(args.names):
        raise UsageError(
            f"{command}: name at least one monograph, or --all and none", "“leaflet list” shows the names there are."
        )
