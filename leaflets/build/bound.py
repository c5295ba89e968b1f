"""A sheet of A5 pages bound as a booklet, its blank pages set like the others."""

from __future__ import annotations

from collections.abc import Callable

from leaflets.model import Edition, Html, Pdf

LEFT_BLANK = "This page is left blank"
_PAGES_A_SHEET = 4


def bound(pdf: Pdf, edition: Edition, typeset: Callable[[Html], Pdf]) -> Pdf:
    """The pages of a sheet, two by two on A4. Raises RenderError or PdfError."""
    from leaflets.booklet import blank_page, booklet  # only a booklet needs pikepdf

    short = pdf.pages % _PAGES_A_SHEET
    blank = typeset(blank_page(LEFT_BLANK, edition.stylesheets, edition.lang)) if short else None
    return booklet(pdf, blank)
