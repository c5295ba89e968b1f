"""A sheet a little too long for its paper is tightened in a fixed order, never below the type its reader needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leaflets.model import Edition, Fit, Html, Pdf

# How much longer than its paper a text may be for each step to have a chance; beyond that the design is left as it is.
_ALL_BUT_EMPTY = 0.3
_REACH = {Fit.SPACING: 1.07, Fit.MARGINS: 1.17}


@dataclass(frozen=True, slots=True)
class Fitted:
    """The page as it was set, how far it had to be tightened, and its PDF."""

    page: Html
    pdf: Pdf
    fit: Fit


def fitted(edition: Edition, compose: Callable[[Fit], Html], typeset: Callable[[Html], Pdf]) -> Fitted:
    """The sheet on the paper planned for its edition where at most two tighter layouts reach it, else as designed.

    A clinician sheet that cannot be one page may be two; and no sheet ends in a page that is all but empty, where
    tightening saves that page.
    """
    page = compose(Fit.DESIGN)
    design = Fitted(page, typeset(page), Fit.DESIGN)
    for goal in _goals(edition, design.pdf) if edition.fitted else ():
        for fit in _steps(design.pdf, goal):
            page = compose(fit)
            tighter = Fitted(page, typeset(page), fit)
            if tighter.pdf.pages <= goal:
                return tighter
        if _steps(design.pdf, goal):
            break  # two more layouts are all that a sheet may cost
    return design


def _goals(edition: Edition, pdf: Pdf) -> tuple[int, ...]:
    """The numbers of pages worth trying for, best first; none where the design is on its planned paper."""
    goals = [pages for pages in (edition.planned_pages, edition.most_pages) if pages < pdf.pages]
    if goals and pdf.fills[-1] < _ALL_BUT_EMPTY:
        goals.append(pdf.pages - 1)
    return tuple(dict.fromkeys(goals))


def _steps(pdf: Pdf, pages: int) -> tuple[Fit, ...]:
    """The steps that could bring a text of this length onto so many pages.

    The pages are added up as they are filled: two lines that the first page of a leaflet runs over by stand alone.
    """
    length = sum(pdf.fills) / pages
    return tuple(fit for fit, reach in _REACH.items() if length <= reach)
