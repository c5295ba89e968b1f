"""A sheet of A5 pages bound as a booklet, its blank pages set like the others."""

from __future__ import annotations

from collections.abc import Callable

from leaflets.model.edition import Edition
from leaflets.model.page import Html, Pdf

_PAGES_A_SHEET = 4


def bound(pdf: Pdf, edition: Edition, typeset: Callable[[Html], Pdf]) -> Pdf:
    """The pages of a sheet, two by two on A4, bound at the side where its first language begins its lines.

    Raises RenderError or PdfError.
    """
    from leaflets.booklet import blank_page, booklet  # only a booklet needs pikepdf

    tongue, blank = edition.languages[0], None
    if pdf.pages % _PAGES_A_SHEET:
        blank = typeset(blank_page(tongue.say("This page is left blank"), edition.stylesheets, tongue))
    return booklet(pdf, blank, right_to_left=tongue.right_to_left)
