"""The pictograms of a patient leaflet by name, each with the words that stand for it where it cannot be seen.

And what drawings are called among the assets of a page.
"""

from __future__ import annotations

from types import MappingProxyType

# The drawings are styles/icons/NAME.svg; a pharmacy may put its own in their place, but add none: each needs words.
PICTOGRAMS = MappingProxyType({
    "swallow-whole": "Swallow whole",
    "with-food": "With food",
    "no-alcohol": "No alcohol",
    "pregnancy": "Pregnancy",
    "driving": "Driving",
    "sun": "Sun",
    "refrigerator": "Refrigerator",
    "keep-from-children": "Keep away from children",
    "call-doctor": "Call a doctor",
    "emergency": "Emergency",
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
