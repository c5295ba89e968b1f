"""What a run makes copies of: a distinct leaflet, one monograph in one edition."""

from __future__ import annotations

from dataclasses import dataclass

from leaflets.model.edition import Edition, TypeSize


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A distinct leaflet: one monograph in one edition."""

    drug: str
    edition: Edition

    def __str__(self) -> str:
        """Its name in messages: "apixaban (patient, en, a4)"; with the type size where that is not the standard one."""
        edition = self.edition
        special = "" if edition.type_size is TypeSize.STANDARD else f", {edition.type_size}"
        return f"{self.drug} ({edition.audience}, {edition.lang}, {edition.paper}{special})"
