"""What a run makes copies of: a distinct leaflet, one monograph in one edition; and whose texts it is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from leaflets.model.edition import Edition, TypeSize

_WHOSE = ("own", "packaged")


@dataclass(frozen=True, slots=True)
class TextOrigin:
    """Whose a text of a leaflet is, by its language: packaged with the program, or the project's own."""

    lang: str
    packaged: bool


def origins_text(origins: Iterable[TextOrigin]) -> str:
    """Origins in words: "es own, en packaged"."""
    return ", ".join(f"{one.lang} {_WHOSE[one.packaged]}" for one in origins)


def origins_in(text: str) -> tuple[TextOrigin, ...]:
    """The inverse of `origins_text`. Raises ValueError where a word is none of ours."""
    words = (one.split(" ") for one in text.split(", ") if one)
    return tuple(TextOrigin(lang, bool(_WHOSE.index(whose))) for lang, whose in words)


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
