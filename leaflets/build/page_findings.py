"""What a printer's reader has to say of a finished sheet, with the file of its text, and what its author lets stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from leaflets.model.edition import Edition
from leaflets.model.finding import Finding
from leaflets.model.monograph import Suppression
from leaflets.model.page import Pdf

PAGE = "PG-"
"""What the codes of the page family begin with."""


def proved(pdf: Pdf, edition: Edition, file: str) -> Iterator[Finding]:
    """The findings on the pages of a sheet. Raises PdfError where they cannot be read."""
    from leaflets.proof import proof  # here, as a build loads it beside the work of a child

    for finding in proof(pdf, edition):
        yield replace(finding, file=file)


def still_open(findings: Iterable[Finding], allowed: Sequence[Suppression]) -> tuple[Finding, ...]:
    """The findings on the pages without those that the author lets stand."""
    if not any(allow.code.upper().startswith(PAGE) for allow in allowed):
        return tuple(findings)
    from leaflets.checks import sift  # here, as hardly a text lets one stand

    return sift(findings, allowed)[0]
