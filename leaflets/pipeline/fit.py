"""A sheet a little too long for its paper is tightened in a fixed order, never below the type its reader needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.page import Fit, Html, Pdf

_NEARLY_EMPTY = 0.3
_A_FEW_LINES = 0.15
# How much longer than its paper a text may be for each step to have a chance (measured: content/ and tests/); beyond
# that the design is left as it is. The last layout that may be tried is not the one that only just might do.
_REACH = {Fit.DESIGN: 1.0, Fit.SPACING: 1.06, Fit.MARGINS: 1.12, Fit.TYPE: 1.18, Fit.FLOOR: 1.28}
_SURE = 1.03


@dataclass(frozen=True, slots=True)
class Fitted:
    """The page as it was set, how far it had to be tightened, and its PDF."""

    page: Html
    pdf: Pdf
    fit: Fit


def fit_to_paper(edition: Edition, compose: Callable[[Fit], Html], typeset: Callable[[Html], Pdf]) -> Fitted:
    """The sheet on the paper planned for its edition where at most two tighter layouts reach it, else as designed.

    Spacing comes first, then the margins, then the type, at last down to the reader's floor. A clinician sheet that
    cannot be one page may be two; and no sheet ends in a nearly empty page where tightening saves that page.
    A text that has room to spare is left as designed.
    """

    def made(fit: Fit) -> Fitted:
        page = compose(fit)
        return Fitted(page, typeset(page), fit)

    design = made(Fit.DESIGN)
    for goal in _goals(edition, design.pdf) if edition.fitted else ():
        first = _step(edition, design, goal)
        if first is None:
            continue
        tighter = made(first)
        if tighter.pdf.pages > goal and (second := _step(edition, tighter, goal)):
            tighter = made(second)
        # Two more layouts are all that a sheet may cost.
        return tighter if tighter.pdf.pages <= goal else design
    return design


def steps(edition: Edition) -> tuple[Fit, ...]:
    """The steps there are: only a clinician's type is larger than its floor."""
    smaller = edition.audience is Audience.CLINICIAN and edition.type_size is TypeSize.STANDARD
    return (Fit.SPACING, Fit.MARGINS, Fit.TYPE, Fit.FLOOR) if smaller else (Fit.SPACING, Fit.MARGINS)


def _goals(edition: Edition, pdf: Pdf) -> tuple[int, ...]:
    """The numbers of pages worth trying for, best first; none where the design is on its planned paper.

    Even there a last page of a few lines is not worth turning to.
    """
    goals = [pages for pages in (edition.planned_pages, edition.most_pages) if pages < pdf.pages]
    if pdf.pages > 1 and pdf.fills[-1] < (_NEARLY_EMPTY if goals else _A_FEW_LINES):
        goals.append(pdf.pages - 1)
    return tuple(dict.fromkeys(goals))


def _step(edition: Edition, sheet: Fitted, pages: int) -> Fit | None:
    """The first of the steps still to come that could bring a sheet of this length onto so many pages.

    The length of the text is the sum of how full each page is, since a last page may hold two lines alone.
    """
    length = _REACH[sheet.fit] * sum(sheet.pdf.fills) / pages
    able = [fit for fit in steps(edition) if max(length, _REACH[sheet.fit]) < _REACH[fit]]
    if sheet.fit is Fit.DESIGN or not able:
        return able[0] if able else None
    return next((fit for fit in able if length * _SURE < _REACH[fit]), able[-1])
