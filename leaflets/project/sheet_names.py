"""The file names of printed sheets."""

from __future__ import annotations

import hashlib

from leaflets.model.edition import Edition
from leaflets.project.content import MonographFile
from leaflets.project.settings import Settings

MAX_STEM_BYTES = 180


def sheet_name(source: MonographFile, edition: Edition, settings: Settings) -> str:
    """`baricitinib-patient.pdf`; language, type size and paper are named only where they are not the project's own.

    A name too long for a file system is cut, and a hash of the whole name is added to keep it unique.
    """
    lang = "" if edition.lang == settings.language else f"-{edition.lang}"
    type_size = "" if edition.type_size is settings.type_size else f"-{edition.type_size}"
    paper = "" if edition.paper is settings.paper else f"-{edition.paper}"
    booklet = "-booklet" if edition.booklet else ""
    return f"{_stem(source.name)}-{edition.audience}{lang}{type_size}{paper}{booklet}.pdf"


def _stem(name: str) -> str:
    encoded = name.encode("utf-8", "surrogateescape")
    if len(encoded) <= MAX_STEM_BYTES:
        return name
    cut = encoded[: MAX_STEM_BYTES - 9].decode("utf-8", "ignore").rstrip("-. ")
    return f"{cut}-{hashlib.sha256(encoded).hexdigest()[:8]}"
