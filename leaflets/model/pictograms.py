"""The pictograms of a patient leaflet by name, each with its alternative text; the names of drawings among assets."""

from __future__ import annotations

from types import MappingProxyType

from leaflets.languages import msg

# The drawings are styles/icons/NAME.svg; a pharmacy may put its own in their place, but add none: each needs words.
PICTOGRAMS = MappingProxyType({
    "swallow-whole": msg("Swallow whole"),
    "with-food": msg("With food"),
    "no-alcohol": msg("No alcohol"),
    "pregnancy": msg("Pregnancy"),
    "driving": msg("Driving"),
    "sun": msg("Sun"),
    "refrigerator": msg("Refrigerator"),
    "keep-from-children": msg("Keep away from children"),
    "call-doctor": msg("Call a doctor"),
    "emergency": msg("Emergency"),
})  # fmt: skip


def icon_file(name: str) -> str:
    """The name of a pictogram's drawing among the assets of a page."""
    return f"icons/{name}.svg"


def picture_file(name: str) -> str:
    """The name among the assets of a page of a picture that lies with the monographs."""
    return f"content/pictures/{name}"


def logo_file(path: str) -> str:
    """The name of the pharmacy's logo among the assets of a page; empty where it has none."""
    return f"pharmacy/logo{path[path.rindex('.') :].lower()}" if "." in path else ""
