"""Older texts of a monograph, from the history that git keeps of its folder, where there is a git command."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from leaflets.errors import ContentError
from leaflets.project.files import display_path

MOST_REVISIONS = 500
_SECONDS = 30


def text_at_revision(path: Path, revision: str) -> bytes:
    """The text of a file at a revision, such as "HEAD~1". Raises ContentError where git has none or is missing."""
    text = _git(path.parent, "show", f"{revision}:./{path.name}") if _is_revision(revision) else None
    if text is None:
        raise ContentError(
            f"{display_path(path)}: git has no text of it at “{revision}”",
            "“git log” in its folder shows the revisions.",
        )
    return text


def text_at_version(path: Path, version: str) -> bytes | None:
    """The newest text of a file with this `version:` in its front matter, or None.

    Raises ContentError where there is no git command.
    """
    version_line = re.compile(
        rb"^version[ \t]*:[ \t]*[\"']?" + re.escape(version).encode() + rb"[\"']?[ \t]*$", re.MULTILINE
    )
    texts = (_git(path.parent, "show", f"{revision}:./{path.name}") for revision in _revisions(path))
    return next((text for text in texts if text and version_line.search(text.replace(b"\r", b"")[:8_000])), None)


def _revisions(path: Path) -> Iterator[str]:
    hashes = _git(path.parent, "log", "--format=%H", f"-n{MOST_REVISIONS}", "--", path.name)
    yield from (hashes or b"").decode("ascii", "replace").split()


def _is_revision(text: str) -> bool:
    return bool(re.fullmatch(r"[\w@^~][\w./@^~{}-]{0,200}", text))


def _git(folder: Path, *words: str) -> bytes | None:
    """The standard output of a git command, or None where it failed. Raises ContentError where git cannot be run."""
    try:
        command = ["git", "-C", str(folder), "--no-pager", *words]
        process = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS, stdin=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise ContentError(
            "there is no git command, which older texts are read with",
            "Install git, or give two files or two sheets.",
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ContentError("the git command could not be run, or took too long", "Give two files instead.") from error
    return process.stdout if process.returncode == 0 else None
