"""Findings about a label. Their messages hold no data of the patient."""

import unicodedata

from leaflets.model.finding import Finding, Severity

_HAN = ("CJK", "KANGXI")


def too_long(field: str) -> Finding:
    """The finding that a label does not fit at the smallest size. `field` is its name, or "label" for all fields."""
    what = "All fields together do" if field == "label" else f"The text of {field} does"
    return Finding(
        Severity.ERROR,
        "label.too-long",
        f"{what} not fit into the label's space at the smallest readable size.",
        "Shorten it, or print the label separately.",
    )


def missing_character(field: str, character: str, has_han: bool) -> Finding:
    """The finding that no font draws a character. It names the script, never the character."""
    script = unicodedata.name(character, "unknown").split()[0]
    if script in _HAN and not has_han:
        return Finding(
            Severity.ERROR,
            "label.no-font",
            f"The text of {field} has Chinese characters, and no font for them is installed.",
            "Install leaflets[zh], or put a Chinese font into the project's styles/fonts/labels.",
        )
    return Finding(
        Severity.ERROR,
        "label.no-glyph",
        f"The text of {field} has a character (script: {script.title()}) that no font of the label can draw.",
        "Add a font for that script to the project's styles/fonts/labels, or give the text in another script.",
    )


def set_small() -> Finding:
    """The finding that the label fits only in smaller type."""
    return Finding(Severity.INFO, "label.small", "The label was set in smaller type to fit its space.")
