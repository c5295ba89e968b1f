"""What a build gives back."""

from __future__ import annotations

from dataclasses import dataclass

from leaflets.model.edition import Edition
from leaflets.model.finding import Finding, Withheld
from leaflets.model.page import Pdf
from leaflets.project import MonographFile


@dataclass(frozen=True, slots=True)
class BuiltSheet:
    """A finished sheet and what is to be said of it; `fresh` is false where it came from the cache."""

    source: MonographFile
    edition: Edition
    content_id: str
    title: str
    version: str
    pdf: Pdf
    html: str
    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...]
    fresh: bool
