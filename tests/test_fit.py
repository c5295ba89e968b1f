"""A sheet a little too long is set tighter; one that is much too long is left as it was designed."""

import pytest

from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.page import Fit, Html, Pdf, SectionLines
from leaflets.model.paper import Paper
from leaflets.pipeline.fit import fit_to_paper
from leaflets.proof.overrun import overrun

TIGHTENED = (0.9, 0.9)


@pytest.mark.parametrize(
    ("fills", "tightened"),
    [
        ((0.9, 0.9), False),
        ((1.0, 0.05, 0.9), True),  # the first page runs over by two lines, and the second page begins afresh
        ((1.0, 1.0, 0.1), True),
        ((1.0, 1.0, 0.9), False),
        ((1.0, 0.05), True),  # within its paper, and yet nobody turns a page for two lines
        ((1.0, 0.15), False),
    ],
)
def test_a_leaflet_is_tightened_where_its_words_would_fill_two_pages(fills: tuple[float, ...], tightened: bool) -> None:
    pages = {Fit.DESIGN: fills}
    tightest = TIGHTENED[: max(len(fills) - 1, 1)]

    def typeset(page: Html) -> Pdf:
        set_as = pages.get(Fit(page.title), tightest)
        return Pdf(b"", len(set_as), fills=set_as)

    sheet = fit_to_paper(Edition(Audience.PATIENT), lambda fit: Html("", (), str(fit), "en"), typeset)
    assert (sheet.fit is not Fit.DESIGN) is tightened
    assert sheet.pdf.fills == (tightest if tightened else fills)


class _Press:
    """Sets a text of so many pages; each step makes it shorter by so much."""

    def __init__(self, length: float, **shorter: float) -> None:
        self.length, self.shorter, self.tried = length, shorter, list[Fit]()

    def typeset(self, page: Html) -> Pdf:
        fit = Fit(page.title)
        self.tried.append(fit)
        length = self.length / self.shorter.get(fit.value, 1)
        whole, rest = int(length), round(length % 1, 3)
        fills = (1.0,) * whole + ((rest,) if rest else ())
        return Pdf(b"", len(fills), fills=fills)

    def fitted(self, edition: Edition) -> Fit:
        return fit_to_paper(edition, lambda fit: Html("", (), str(fit), "en"), self.typeset).fit


CLINICIAN = Edition(Audience.CLINICIAN)
USUAL = {"spacing": 1.04, "margins": 1.09, "type": 1.15, "floor": 1.22}


@pytest.mark.parametrize(
    ("length", "tried"),
    [
        (0.4, [Fit.DESIGN]),  # room to spare is left as it is
        (1.03, [Fit.DESIGN, Fit.SPACING]),
        (1.08, [Fit.DESIGN, Fit.MARGINS]),
        (1.05, [Fit.DESIGN, Fit.SPACING, Fit.MARGINS]),
        (1.11, [Fit.DESIGN, Fit.MARGINS, Fit.TYPE]),
        (1.17, [Fit.DESIGN, Fit.TYPE, Fit.FLOOR]),
        (1.22, [Fit.DESIGN, Fit.FLOOR]),
        (1.6, [Fit.DESIGN]),  # beyond all reach, no layout is spent on it
    ],
)
def test_the_steps_come_in_order_and_are_three_layouts_at_most(length: float, tried: list[Fit]) -> None:
    monographs = _Press(length, **USUAL)
    reached = monographs.fitted(CLINICIAN)
    assert monographs.tried == tried
    assert reached is tried[-1]


def test_a_patients_type_and_large_print_are_never_made_smaller() -> None:
    for edition in (Edition(Audience.PATIENT), *(Edition(one, type_size=TypeSize.LARGE_PRINT) for one in Audience)):
        monographs = _Press(edition.planned_pages * 1.2, type=2, floor=2)
        assert monographs.fitted(edition) is Fit.DESIGN
        assert not {Fit.TYPE, Fit.FLOOR} & set(monographs.tried)


def test_the_bare_design_is_left_however_long_it_is() -> None:
    monographs = _Press(1.03, **USUAL)
    assert monographs.fitted(Edition(Audience.CLINICIAN, fitted=False)) is Fit.DESIGN
    assert monographs.tried == [Fit.DESIGN]


def test_a_number_of_sheets_stands_in_the_place_of_what_is_planned() -> None:
    assert Edition(Audience.PATIENT, sheets=3).planned_pages == 6
    assert _Press(2.15, **USUAL).fitted(Edition(Audience.PATIENT)) is Fit.MARGINS
    assert _Press(2.15, **USUAL).fitted(Edition(Audience.PATIENT, sheets=2)) is Fit.DESIGN


def test_an_a5_sheet_may_be_folded_from_one_sheet_of_a4() -> None:
    assert {Edition(audience, paper=Paper.A5).planned_pages for audience in Audience} == {4}


# ---------------------------------------------------------------- what is over


def _stretches(*facts: tuple[str, int, int, int]) -> tuple[SectionLines, ...]:
    return tuple(SectionLines(title, page, lines, part) for title, page, lines, part in facts)


@pytest.mark.parametrize(
    ("stretches", "planned", "titles"),
    [
        (_stretches(("Uses", 0, 30, 0), ("Storage", 1, 30, 0)), 2, []),
        (_stretches(("Uses", 0, 30, 0), ("Storage", 1, 30, 0), ("Sources", 2, 4, 0)), 2, ["Sources"]),
        # The first side runs over by two lines: nothing of the second side would win the page back.
        (_stretches(("Uses", 0, 30, 0), ("Doses", 1, 2, 0), ("Storage", 2, 30, 1)), 2, ["Doses"]),
        (_stretches(("Uses", 0, 30, 0), ("Doses", 1, 9, 0), ("Storage", 2, 30, 1), ("FAQ", 3, 5, 1)), 3, ["FAQ"]),
        (
            _stretches(("Uses", 0, 30, 0), ("Doses", 1, 9, 0), ("Storage", 2, 30, 1), ("FAQ", 3, 5, 1)),
            2,
            ["Doses", "FAQ"],
        ),
        (_stretches(("Uses", 0, 30, 0), ("Storage", 1, 5, 1)), 1, ["Storage"]),
    ],
)
def test_the_fewest_lines_that_must_go(stretches: tuple[SectionLines, ...], planned: int, titles: list[str]) -> None:
    assert [stretch.title for stretch in overrun(stretches, planned)] == titles
