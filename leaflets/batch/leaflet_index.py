"""What is known of leaflets from one run to the next: a file in the cache, which may be deleted at any time."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leaflets.errors import OutputError
from leaflets.project import save

FILE = "leaflets.json"


def anything_known(cache: Path) -> bool:
    """Whether a leaflet may have been made or judged before."""
    return (cache / FILE).exists()


def read_known(cache: Path) -> dict[str, dict[str, Any]]:
    """What is known of each leaflet by its key; nothing where the file is lost or damaged."""
    try:
        told = json.loads((cache / FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def keep_known(cache: Path, told: Mapping[str, Mapping[str, Any]]) -> None:
    """Writes what is known; a disk that takes nothing is no fault of the run."""
    with contextlib.suppress(OutputError):
        save(cache / FILE, json.dumps(told, separators=(",", ":")).encode())
