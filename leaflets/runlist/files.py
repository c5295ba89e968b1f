"""The file of a list: read once and whole, or found by its hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

from leaflets.errors import UsageError
from leaflets.project.files import read_up_to

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson"})
"""Suffixes of files that may be lists."""

MAX_BYTES = 256 * 1024 * 1024
"""A list larger than this is a mistake: a million rows take about 200 MB."""


def read_list_file(path: Path) -> bytes:
    """The bytes of a list, read once, so that it cannot change under a run. Raises UsageError."""
    try:
        with path.open("rb") as file:
            data = read_up_to(file, MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this is no path"
        raise UsageError(f"the list cannot be read: {reason}", "Check its path and your rights to it.") from error
    if len(data) > MAX_BYTES:
        raise UsageError("the list is larger than 256 MiB", "Is it the right file? Split it if it is.")
    return data


def find_list(folder: Path, sha256: str, run_name: str) -> bytes:
    """The list with this hash among the files of a folder; `run_name` is the run made from it, for the error.

    Raises UsageError where no file has it.
    """
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and path.is_file() and path.stat().st_size <= MAX_BYTES:
            data = read_list_file(path)
            if hashlib.sha256(data).hexdigest() == sha256:
                return data
    raise UsageError(
        f"the list of run {run_name} is not in this folder, or it was changed since",
        "Say where it is with --list; one in which only rejected rows were mended will do.",
    )
