"""What earlier runs found out about leaflets: a file in the cache, which may be deleted at any time."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leaflets.errors import OutputError
from leaflets.project import save

FILE = "leaflets.json"


def has_index(cache: Path) -> bool:
    """Whether a leaflet may have been rendered or checked before."""
    return (cache / FILE).exists()


def read_index(cache: Path) -> dict[str, dict[str, Any]]:
    """The facts about each leaflet by its key; none where the file is lost or damaged."""
    try:
        facts = json.loads((cache / FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def write_index(cache: Path, facts: Mapping[str, Mapping[str, Any]]) -> None:
    """Writes the facts; a disk that cannot be written to is no fault of the run."""
    with contextlib.suppress(OutputError):
        save(cache / FILE, json.dumps(facts, separators=(",", ":")).encode())
