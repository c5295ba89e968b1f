"""Shows the way of one monograph's text through the code: each call that hands it on from one file to another.

    .venv/bin/python bench/walk.py

It builds the baricitinib patient leaflet in this process with nothing cached, and follows every call in which an
argument is the text, or what was made of it (parsed, seen by an audience, composed, set). A stage counts as one file,
since what goes on inside it is its own; the types of `model` and the words of `languages` do not count. A call to a
module of a higher layer than the caller's (the layers of pyproject.toml) is a climb.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from functools import cache
from pathlib import Path
from types import CodeType, FrameType

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "leaflets"
STAGES = frozenset({"parse", "checks", "view", "compose", "typeset", "proof"})
NOT_COUNTED = frozenset({"model", "languages", "typography"})
TYPES = frozenset(
    "Texts TranslatedText Inputs CheckedText Monograph View ViewSection Imprint Html Draft Fitted Pdf Attachment "
    "BuiltSheet CacheEntry".split()
)
LONG = 3_000
"""A string of more letters than this that begins like a monograph or a page is one."""


def is_text(value: object, depth: int = 0) -> bool:
    """Whether a value is a monograph's text or what was made of it, or a tuple that begins with one."""
    if type(value).__name__ in TYPES:
        return True
    if isinstance(value, bytes | str) and len(value) > LONG:
        start = value[:300] if isinstance(value, str) else value[:300].decode("utf-8", "replace")
        return "title:" in start or "<html" in start
    return isinstance(value, tuple) and depth < 2 and any(is_text(part, depth + 1) for part in value[:3])


@cache
def place_of(code: CodeType) -> str:
    """The file of some code as the walk counts it; empty outside the package."""
    try:
        path = Path(code.co_filename).resolve().relative_to(PACKAGE)
    except ValueError:
        return ""
    room = path.parts[0].removesuffix(".py")
    return room if room in STAGES | NOT_COUNTED else str(path.with_suffix(""))


class Walk:
    """The calls that hand the text on, in the order in which they were made."""

    def __init__(self) -> None:
        self.calls: dict[tuple[str, str, str], None] = {}

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """A profile function: notes a call from one of our files to another with the text among its arguments."""
        if event != "call" or not (here := place_of(frame.f_code)) or frame.f_code.co_name.startswith("<"):
            return
        back = frame.f_back
        while back is not None and not place_of(back.f_code):
            back = back.f_back
        there = place_of(back.f_code) if back else ""
        if there in ("", here) or here in NOT_COUNTED or there in NOT_COUNTED:
            return
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if any(is_text(frame.f_locals.get(name)) for name in names):
            self.calls[there, here, code.co_name] = None


def layers() -> dict[str, int]:
    """The layer of each module by its name, the highest is 0."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return {name: level for level, row in enumerate(contracts[0]["layers"]) for name in row.split(" | ")}


def main() -> int:
    """Builds one leaflet and prints the way of its text."""
    from leaflets.pipeline import build
    from leaflets.pipeline.request import monograph_file, requested_edition
    from leaflets.project import ProjectFolder

    walk = Walk()
    with tempfile.TemporaryDirectory() as folder:
        project = ProjectFolder(Path(folder))
        source, edition = monograph_file(project, "baricitinib"), requested_edition(project, "patient")
        sys.setprofile(walk)
        try:
            build(project, source, edition)
        finally:
            sys.setprofile(None)
    level = layers()
    files = dict.fromkeys(place for there, here, _ in walk.calls for place in (there, here))
    climbs = [call for call in walk.calls if level[Path(call[1]).parts[0]] < level[Path(call[0]).parts[0]]]
    for there, here, function in walk.calls:
        print(f"{there} → {here}: {function}")
    print(f"{len(files)} files, {len(climbs)} climbs{''.join(f'; {there} → {here}' for there, here, _ in climbs)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
