"""Findings about a label. Their messages hold no data of the patient."""

from leaflets.labels.script_fonts import script_name
from leaflets.model.finding import Finding, Severity

TOO_LONG, NEEDS_LABEL_SHEET = "label.too-long", "label.sheet"


def too_long(field: str) -> Finding:
    """The finding that a label does not fit at the smallest size. `field` is its name, or "label" for all fields."""
    what = "All fields together do" if field == "label" else f"The text of {field} does"
    return Finding(
        Severity.ERROR,
        TOO_LONG,
        f"{what} not fit onto the label at the smallest readable size.",
        "Shorten it, or print the label separately.",
    )


def missing_character(field: str, character: str, extra: str) -> Finding:
    """The finding that no font draws a character. It names the script, never the character.

    `extra` is the extra of leaflet that brings a font for it; empty where there is none.
    """
    script = script_name(character)
    own_font = "put a font for that script into the project's styles/fonts/labels"
    if extra:
        return Finding(
            Severity.ERROR,
            "label.no-font",
            f"The text of {field} has {script} characters, and no font for them is installed.",
            f'Install it: pip install "leaflets[{extra}]", or {own_font}.',
        )
    return Finding(
        Severity.ERROR,
        "label.no-glyph",
        f"The text of {field} has a character (script: {script}) that no font of the label can draw.",
        f"{own_font[0].upper()}{own_font[1:]}, or give the text in another script.",
    )


def set_small() -> Finding:
    """The finding that the label fits only in smaller type."""
    return Finding(Severity.INFO, "label.small", "The label was set in smaller type to fit its space.")


def needs_label_sheet() -> Finding:
    """The finding that directions in a readable size need a sheet of their own."""
    return Finding(
        Severity.INFO,
        NEEDS_LABEL_SHEET,
        "The directions do not fit the label's space in a readable size, so the copy has a label sheet at its end.",
    )


def no_name() -> Finding:
    """The finding that a label names no patient."""
    return Finding(
        Severity.WARNING, "label.no-name", "the label has no patient's name", "Fill in the column `patient_name`."
    )


def no_directions() -> Finding:
    """The finding that a label has no directions."""
    return Finding(
        Severity.WARNING, "label.no-directions", "the label has no directions", "Fill in the column `directions`."
    )
