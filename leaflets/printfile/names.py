"""Names of print files: from run, destination and serial, never from a patient."""

import re
import unicodedata
from collections.abc import Sequence

MAX_SLUG = 40


def part_names(run: str, destinations: Sequence[str], *, folder: bool, ending: str = "") -> tuple[str, ...]:
    """One name for each print file of a run, all different: "261123-9f2c1ab4-ward-3.pdf"; no ".pdf" for a `folder`."""
    taken: set[str] = set()
    names = []
    for destination in destinations:
        slug = _slug(destination)
        name, again = slug, 1
        while name in taken:
            again += 1
            name = f"{slug}-{again}"
        taken.add(name)
        names.append(f"{run}-{name}{ending}" + ("" if folder else ".pdf"))
    return tuple(names)


def copy_name(run: str, serial: int) -> str:
    """The name of the file of one copy."""
    return f"{run}-{serial:06d}.pdf"


def unfinished(name: str) -> str:
    """What a print file is called while it is being written; nothing that prints looks at names with a dot in front."""
    return f".{name}.part"


def _slug(text: str) -> str:
    """Letters and digits of a destination that every file system can hold."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].strip("-") or "destination"
