"""Names of print files, made of run, destination and serial, never of a patient's data."""

import re
import unicodedata
from collections.abc import Sequence

MAX_SLUG = 40


def part_names(run: str, destinations: Sequence[str], *, folder: bool, suffix: str = "") -> tuple[str, ...]:
    """One name for each print file of a run, all different: "261123-9f2c1ab4-ward-3.pdf"; no ".pdf" for a `folder`."""
    used: set[str] = set()
    names = []
    for destination in destinations:
        slug = _slug(destination)
        name, number = slug, 1
        while name in used:
            number += 1
            name = f"{slug}-{number}"
        used.add(name)
        names.append(f"{run}-{name}{suffix}" + ("" if folder else ".pdf"))
    return tuple(names)


def copy_name(run: str, serial: int) -> str:
    """The name of the file that holds one copy."""
    return f"{run}-{serial:06d}.pdf"


def unfinished_name(name: str) -> str:
    """The name of a print file while it is written; programs that print ignore names that begin with a dot."""
    return f".{name}.part"


def _slug(text: str) -> str:
    """The letters and digits of a destination that every file system accepts."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].strip("-") or "destination"
