"""Writes the table of sections in docs/monograph.md anew from the headings and titles the program knows."""

import re
from collections.abc import Iterator
from pathlib import Path

from leaflets.model.edition import Audience
from leaflets.parse.headings import SYNONYMS
from leaflets.view import LAYOUTS

MANUAL = Path(__file__).resolve().parent.parent / "docs" / "monograph.md"


def rows() -> Iterator[str]:
    """One row for each section: its id, the headings understood, title and place for patients, place for clinicians."""
    for section, synonyms in SYNONYMS.items():
        patient, clinician = (LAYOUTS[audience][section][1] for audience in Audience)
        words = ", ".join(word[:1].upper() + word[1:] for word in synonyms)
        yield f"| `{section}` | {words} | {patient.title}, {patient.region} | {clinician.region} |"


if __name__ == "__main__":
    text = MANUAL.read_text(encoding="utf-8")
    head, rest = text.split("## Sections", 1)
    table = "\n".join(rows()).replace("\\", r"\\")
    rest = re.sub(r"(\|---\|---\|---\|---\|\n)(?:\|.*\n)+", rf"\1{table}\n", rest, count=1)
    MANUAL.write_text(f"{head}## Sections{rest}", encoding="utf-8")
