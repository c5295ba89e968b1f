"""A page's HTML with its styles inside and its fonts found by path, for a browser or another renderer."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from leaflets.project import Project, Source

_PICTURES = "content/pictures/"
_URL = re.compile(r"leaflet:([\w./-]{1,200})")


@dataclass(frozen=True, slots=True)
class Whole:
    """A page: its markup, the names of its stylesheets, and by name the drawings that lie in no file."""

    markup: str
    stylesheets: tuple[str, ...]
    drawings: Mapping[str, bytes]


def standalone(page: Whole, project: Project, source: Source, folder: Path) -> str:
    """The page of `source` with every stylesheet in a `<style>` element; `folder` is where the file will lie."""
    assets = project.styles(page.stylesheets)

    def located(match: re.Match[str]) -> str:
        drawing = page.drawings.get(match[1])
        if drawing is not None:
            return f'"data:image/svg+xml,{quote(drawing)}"'
        name = match[1].removeprefix(_PICTURES)
        path = project.picture_path(source, name) if name != match[1] else project.style_path(name)
        return quote(os.path.relpath(path, folder.resolve())) if path else match[0]

    sheets = (f"/* {name} */\n{assets[name].decode('utf-8-sig')}" for name in page.stylesheets if name in assets)
    styles = _URL.sub(located, "\n".join(sheets))
    return _URL.sub(located, page.markup).replace("</head>", f"<style>\n{styles}</style>\n</head>", 1)
