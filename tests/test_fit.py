"""A sheet a little too long is set tighter; one that is much too long is left as it was designed."""

import pytest

from leaflets.build.fit import fitted
from leaflets.model import Audience, Edition, Fit, Html, Pdf

TIGHTENED = (0.9, 0.9)


@pytest.mark.parametrize(
    ("fills", "tightened"),
    [
        ((0.9, 0.9), False),
        ((1.0, 0.05, 0.9), True),  # the first page runs over by two lines, and the second page begins afresh
        ((1.0, 1.0, 0.1), True),
        ((1.0, 1.0, 0.9), False),
    ],
)
def test_a_leaflet_is_tightened_where_its_words_would_fill_two_pages(fills: tuple[float, ...], tightened: bool) -> None:
    pages = {Fit.DESIGN: fills}

    def typeset(page: Html) -> Pdf:
        set_as = pages.get(Fit(page.title), TIGHTENED)
        return Pdf(b"", len(set_as), fills=set_as)

    sheet = fitted(Edition(Audience.PATIENT), lambda fit: Html("", (), str(fit), "en"), typeset)
    assert (sheet.fit is not Fit.DESIGN) is tightened
    assert sheet.pdf.fills == (TIGHTENED if tightened else fills)
