"""Older texts of a monograph, from the history that git keeps of its folder, where there is a git command.

A repository may come from anywhere, and its configuration can name programs to run. So git is asked with its plumbing
alone, which reads the least of that configuration, and may neither fetch what is missing nor ask anything.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from leaflets.errors import ContentError
from leaflets.project.files import display_path

MOST_REVISIONS = 500
_SECONDS = 30
_NO_PROGRAMS = (
    "log.showSignature=false", "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.pager=cat",
    "core.askPass=",
)  # fmt: skip
_NO_FETCH = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
"""The environment in which git takes no missing object from elsewhere, by whatever program the repository names."""


def text_at_revision(path: Path, revision: str) -> bytes:
    """The text of a file at a revision, such as "HEAD~1". Raises ContentError where git has none or is missing."""
    text = _git(path.parent, "cat-file", "blob", f"{revision}:./{path.name}") if _is_revision(revision) else None
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
    texts = (_git(path.parent, "cat-file", "blob", f"{revision}:./{path.name}") for revision in _revisions(path))
    return next((text for text in texts if text and version_line.search(text.replace(b"\r", b"")[:8_000])), None)


def _revisions(path: Path) -> Iterator[str]:
    hashes = _git(path.parent, "rev-list", f"-n{MOST_REVISIONS}", "HEAD", "--", path.name)
    yield from (hashes or b"").decode("ascii", "replace").split()


def _is_revision(text: str) -> bool:
    return bool(re.fullmatch(r"[\w@^~][\w./@^~{}-]{0,200}", text))


def _git(folder: Path, *words: str) -> bytes | None:
    """The standard output of a git command, or None where it failed.

    Raises ContentError where git cannot be run, or does not trust the repository as it belongs to another user.
    """
    options = [word for setting in _NO_PROGRAMS for word in ("-c", setting)]
    command = ["git", "-C", str(folder), "--no-pager", *options, *words]
    environment = {**os.environ, **_NO_FETCH}
    try:
        process = subprocess.run(
            command, capture_output=True, check=False, timeout=_SECONDS, stdin=subprocess.DEVNULL, env=environment
        )
    except FileNotFoundError as error:
        raise ContentError(
            "there is no git command, which older texts are read with",
            "Install git, or give two files or two sheets.",
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ContentError("the git command could not be run, or took too long", "Give two files instead.") from error
    if b"dubious ownership" in process.stderr:
        raise ContentError(
            f"{display_path(folder)}: git does not read it, as it belongs to another user",
            "If you trust it, “git status” in it says how to tell git so.",
        )
    return process.stdout if process.returncode == 0 else None
