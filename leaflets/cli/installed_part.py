"""One part of an installation or a project, as `leaflet doctor` finds it."""

from dataclasses import dataclass
from enum import StrEnum


class PartState(StrEnum):
    """How a part was found. Only what is missing ends the command with another code than 0."""

    OK = "ok"
    MISSING = "missing"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class InstalledPart:
    """What was seen of a part, and what mends it: a line for the shell or a sentence, empty where it is sound."""

    group: str
    name: str
    state: PartState
    seen: str = ""
    mend: str = ""


def needed(group: str, name: str, seen: str, mend: str = "") -> InstalledPart:
    """A part without which no sheet is made: sound where nothing mends it."""
    return InstalledPart(group, name, PartState.MISSING if mend else PartState.OK, seen, mend)


def optional(group: str, name: str, seen: str, mend: str = "") -> InstalledPart:
    """A part that some sheets or people need: sound where nothing mends it."""
    return InstalledPart(group, name, PartState.OPTIONAL if mend else PartState.OK, seen, mend)
