"""Custom properties of stylesheets: where they are set, and those of a project that no rule uses."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from leaflets.errors import RenderError
from leaflets.project.files import display_path, read_text

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARED = re.compile(r"(?<![\w-])(--[\w-]+)\s*:")
_USED = re.compile(r"var\(\s*(--[\w-]+)")


def declared(css: str) -> list[tuple[str, int]]:
    """The custom properties that a stylesheet sets, each with its line."""
    plain = _without_comments(css)
    return [(match[1], plain.count("\n", 0, match.start()) + 1) for match in _DECLARED.finditer(plain)]


def used(css: str) -> set[str]:
    """The custom properties that the rules of a stylesheet ask for."""
    return set(_USED.findall(_without_comments(css)))


def _without_comments(css: str) -> str:
    """A stylesheet with a space for each character of its comments, so that lines stay."""
    return _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), css)


def require_known_properties(own: Path, packaged: Path) -> None:
    """Raises RenderError, with file and line, where a stylesheet in `own` sets a custom property that no rule uses.

    A rule is one of any packaged stylesheet or of the project's own.
    """
    if not own.is_dir():
        return
    sheets = {path: read_text(path) for path in sorted(own.glob("*.css")) if path.is_file()}
    if not any("--" in css for css in sheets.values()):
        return
    asked = {name for css in (*sheets.values(), *map(read_text, packaged.glob("*.css"))) for name in used(css)}
    for path, css in sheets.items():
        for name, line in declared(css):
            if name not in asked:
                raise _unknown(f"{display_path(path)}:{line}", name, asked)


def _unknown(place: str, name: str, asked: set[str]) -> RenderError:
    near = difflib.get_close_matches(name, asked, n=1, cutoff=0.6)
    hint = f"Did you mean “{near[0]}”? " if near else ""
    return RenderError(
        f"{place}: the property “{name}” is used by no rule, and changes nothing",
        f"{hint}“leaflet help theme” lists those that do.",
    )
