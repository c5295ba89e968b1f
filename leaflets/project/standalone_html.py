"""A page's HTML with its styles in it and its fonts by path, for a browser or another renderer."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from leaflets.project import MonographFile, ProjectFolder

_LOGO = "pharmacy/logo."
_PICTURES = "content/pictures/"
_URL = re.compile(r"leaflet:([\w./-]{1,200})")


def standalone_html(
    markup: str,
    project: ProjectFolder,
    source: MonographFile,
    stylesheets: tuple[str, ...],
    folder: Path,
    pictures: Mapping[str, bytes] = MappingProxyType({}),
) -> str:
    """The page of `source` with every stylesheet in a `<style>` element; `folder` is that of the file to be written.

    `pictures` are SVG pictures that are in no file, by name; they are written into the page.
    """
    assets = project.styles(stylesheets)

    def located(match: re.Match[str]) -> str:
        picture = pictures.get(match[1])
        if picture is not None:
            return f'"data:image/svg+xml,{quote(picture)}"'
        name = match[1].removeprefix(_PICTURES)
        path = project.picture_path(source, name) if name != match[1] else project.style_path(name)
        path = project.logo_path if name.startswith(_LOGO) else path
        return quote(os.path.relpath(path, folder.resolve())) if path else match[0]

    sheets = (f"/* {name} */\n{assets[name].decode('utf-8-sig')}" for name in stylesheets if name in assets)
    styles = _URL.sub(located, "\n".join(sheets))
    return _URL.sub(located, markup).replace("</head>", f"<style>\n{styles}</style>\n</head>", 1)
