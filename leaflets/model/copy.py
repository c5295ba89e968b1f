"""What a run makes copies of: a distinct leaflet, one monograph in one edition."""

from __future__ import annotations

from dataclasses import dataclass

from leaflets.model.edition import Edition, TypeSize


def called(drug: str, audience: str, lang: str, paper: str, type_size: str) -> str:
    """A leaflet as people are told of it: "apixaban (patient, en, a4)"; its form only where it is not the usual one."""
    special = "" if type_size == TypeSize.STANDARD else f", {type_size}"
    return f"{drug} ({audience}, {lang}, {paper}{special})"


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A distinct leaflet: one monograph in one form."""

    drug: str
    edition: Edition

    def __str__(self) -> str:
        edition = self.edition
        return called(self.drug, edition.audience, edition.lang, edition.paper, edition.type_size)
