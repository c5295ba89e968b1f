"""The pictures that a monograph asks for, read and looked through before anything is made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from leaflets.errors import ContentError, UsageError
from leaflets.model.pictograms import logo_file
from leaflets.picture_check import require_printable
from leaflets.project import MonographFile, ProjectFolder, display_path, read_bytes

# Found in the bytes, since a sheet from the cache is never parsed; what only looks like one does no harm.
_ASKED = re.compile(rb"!\[[^\[\]\n]{1,400}\]\(\s*([\w-][\w.-]{0,150}\.(?:svg|png))\s*\)")


def pictures_of(project: ProjectFolder, source: MonographFile, text: bytes) -> Mapping[str, bytes]:
    """The pictures in a monograph's text whose files are there, by name.

    Raises ContentError, with file and line, where one may not be printed.
    """
    found: dict[str, bytes] = {}
    for name in sorted({name.decode() for name in _ASKED.findall(text)}):
        path = project.picture_path(source, name)
        if path:
            found[name] = read_bytes(path)
            require_printable(display_path(path), found[name])
    return found


def logo_of(project: ProjectFolder) -> Mapping[str, bytes]:
    """The pharmacy's logo by its name among the assets; nothing where the settings name none.

    Raises UsageError where it is not there or may not be printed.
    """
    path = project.logo_path
    if path is None:
        return {}
    try:
        data = read_bytes(path)
        require_printable(display_path(path), data)
    except ContentError as fault:
        raise UsageError(f"the logo that the settings name: {fault.message}", fault.hint) from fault
    return {logo_file(project.settings.pharmacy.logo): data}
