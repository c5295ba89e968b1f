"""Which releases of other people's libraries lie beside our own code, read off the names of folders.

To ask Python's own machinery takes longer than to set a page.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Mapping

# Whose release decides the bytes of a page besides the renderer's own, as the folders of their metadata name them.
LIBRARIES = frozenset(
    "babel cssselect2 jinja2 markdown markupsafe pikepdf pillow pyphen pyyaml segno tinycss2 tinyhtml5".split()
)
RENDERER = frozenset({"weasyprint", "pydyf", "fonttools"})
_METADATA = re.compile(r"([A-Za-z0-9_.]+)-([^-]+)\.dist-info")


def releases(names: Iterable[str]) -> Mapping[str, str]:
    """The release of each library that is found on the path, by its name in small letters, in their order."""
    wanted, found = frozenset(names), dict[str, str]()
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for entry in os.scandir(folder or "."):
                told = _METADATA.fullmatch(entry.name)
                if told and told[1].lower() in wanted:
                    found.setdefault(told[1].lower(), told[2])
    return dict(sorted(found.items()))
