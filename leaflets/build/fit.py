"""A sheet a little too long for its paper is tightened in a fixed order, never below the type its reader needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leaflets.paper import Audience, Fit, Html, Pdf

# One sheet of paper for a patient, both sides; one page for a clinician, two at the most (standards 8, item 14).
PLANNED_PAGES = {Audience.PATIENT: 2, Audience.CLINICIAN: 1}
MOST_PAGES = {Audience.PATIENT: 2, Audience.CLINICIAN: 2}
# How much longer than its paper a text may be for each step to have a chance; beyond that the design is left as it is.
_REACH = {Fit.SPACING: 1.07, Fit.MARGINS: 1.17}


@dataclass(frozen=True, slots=True)
class Fitted:
    """The page as it was set, how far it had to be tightened, and its PDF."""

    page: Html
    pdf: Pdf
    fit: Fit


def fitted(audience: Audience, compose: Callable[[Fit], Html], typeset: Callable[[Html], Pdf]) -> Fitted:
    """The sheet on the paper planned for its audience where at most two tighter layouts reach it, else as designed.

    A clinician sheet that cannot be one page may be two; it is tightened to two where the design takes three.
    """
    page = compose(Fit.DESIGN)
    design = Fitted(page, typeset(page), Fit.DESIGN)
    for pages in dict.fromkeys((PLANNED_PAGES[audience], MOST_PAGES[audience])):
        if design.pdf.pages <= pages:
            return design
        for fit in _steps(design.pdf, pages):
            page = compose(fit)
            tighter = Fitted(page, typeset(page), fit)
            if tighter.pdf.pages <= pages:
                return tighter
    return design


def _steps(pdf: Pdf, pages: int) -> tuple[Fit, ...]:
    """The steps that could bring a text of this length onto so many pages."""
    length = (pdf.pages - 1 + pdf.last_page_fill) / pages
    return tuple(fit for fit, reach in _REACH.items() if length <= reach)
