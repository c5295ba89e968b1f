"""The pictograms of a patient leaflet by name, each with the words that stand for it where it cannot be seen."""

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


def picture(name: str) -> str:
    """The name of a pictogram's drawing among the styles."""
    return f"icons/{name}.svg"
