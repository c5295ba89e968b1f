"""The label sheet: the page at the end of a copy that has the whole label, where its space on page 1 is too small."""

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from leaflets.labels.findings import NEEDS_LABEL_SHEET, TOO_LONG, needs_label_sheet, no_directions, no_name
from leaflets.labels.fonts import LabelFonts
from leaflets.labels.label import LABEL_HEIGHT_PT, LABEL_WIDTH_PT, Label, clean, clean_lines
from leaflets.labels.layout import CODE_HEIGHT_PT, PADDING_PT, FittedLabel, LabelSetter, LabelSpace, setter_of
from leaflets.labels.styles import CONTROL_HEIGHT_PT, LARGE_PRINT, LARGE_PRINT_SHEET, SHEET, STANDARD, STUB, TITLE
from leaflets.languages import language_or_english, msg
from leaflets.model.edition import Edition, TypeSize
from leaflets.model.finding import Finding

SEE_LABEL_SHEET = msg("Directions: on the label sheet, the last page.")
MARGIN_PT, SMALL_MARGIN_PT = 56.7, 36.9
"""20 mm; 13 mm on A5."""
TITLE_HEIGHT_PT = 2 * 1.15 * TITLE.size_pt
FRAME_PT = 5.0
"""From the label to the line around it."""
_GAP_PT = 10.0
_POINTS_A_MM = 72 / 25.4
_SMALL_PAGE_PT = 500.0


class PageSize(NamedTuple):
    """Width and height of a page in points."""

    width_pt: float
    height_pt: float

    @property
    def margin_pt(self) -> float:
        """The margin of a label sheet at its sides and above."""
        return SMALL_MARGIN_PT if self.width_pt < _SMALL_PAGE_PT else MARGIN_PT


@lru_cache
def box_space(
    lang: str, *, large_print: bool, code: bool, width_pt: float = LABEL_WIDTH_PT, height_pt: float = LABEL_HEIGHT_PT
) -> LabelSpace:
    """The space for a label on page 1 of a leaflet."""
    return LabelSpace(width_pt, height_pt, lang, LARGE_PRINT if large_print else STANDARD, code)


def sheet_space(page: PageSize, lang: str, *, large_print: bool, code: bool) -> LabelSpace:
    """The space for a label on a page of its own, below the name of the leaflet."""
    width = page.width_pt - 2 * page.margin_pt
    height = page.height_pt - 2 * page.margin_pt - TITLE_HEIGHT_PT - 2 * FRAME_PT - _GAP_PT
    return LabelSpace(width, height, lang, LARGE_PRINT_SHEET if large_print else SHEET, code)


def sheet_label_height(label: FittedLabel, space: LabelSpace) -> float:
    """The height in points that a label takes on a page of its own, with its control line and code."""
    heights = [block.height_pt for block in label.blocks]
    lower = max(sum(heights[label.lower :]) + CONTROL_HEIGHT_PT, CODE_HEIGHT_PT if space.code else 0.0)
    return sum(heights[: label.lower]) + _GAP_PT + lower + 2 * PADDING_PT


def set_stub(
    setter: LabelSetter, label: Label, space: LabelSpace, notes: tuple[str, ...]
) -> tuple[FittedLabel | None, tuple[Finding, ...]]:
    """What stands on page 1 of a copy that has a label sheet: the label with words that lead there for directions.

    Where all of that does not fit, the patient's name and identifiers, and these words; at last in smaller type.
    """
    directions = language_or_english(space.lang).say(SEE_LABEL_SHEET)
    stub = replace(label, directions=directions, dose_times="")
    placed, findings = setter.label(stub, space, notes)
    if placed is not None:
        return placed, findings
    person = Label(label.patient_name, label.patient_ref, label.dob, directions=directions)
    placed, findings = setter.label(person, space, notes)
    return (placed, findings) if placed is not None else setter.label(person, space._replace(styles=STUB), notes)


def check_label(
    label: Label, fonts: LabelFonts, edition: Edition, *, code: bool = False, notes: tuple[str, ...] = ()
) -> tuple[Finding, ...]:
    """The findings about a label before it is written; they hold no data of the patient.

    A label without an error among them fits into any space of this size or larger, or onto a label sheet if there is a
    finding that says so.
    """
    setter, large_print = setter_of(fonts), edition.type_size is TypeSize.LARGE_PRINT
    lacking = (
        *(() if clean(label.patient_name) else (no_name(),)),
        *(() if clean_lines(label.directions) else (no_directions(),)),
    )
    space = box_space(edition.lang, large_print=large_print, code=code)
    placed, findings = setter.label(label, space, notes)
    if placed is not None or not any(finding.code == TOO_LONG for finding in findings):
        return (*lacking, *findings)
    width_mm, height_mm = edition.paper.size_mm
    page = PageSize(width_mm * _POINTS_A_MM, height_mm * _POINTS_A_MM)
    placed, findings = setter.label(label, sheet_space(page, edition.lang, large_print=large_print, code=code), notes)
    if placed is not None:
        placed, findings = set_stub(setter, label, space, notes)
    return (*lacking, needs_label_sheet()) if placed is not None else (*lacking, *findings)


def has_label_sheet(findings: tuple[Finding, ...]) -> bool:
    """Whether a label with these findings is printed on a sheet of its own."""
    return any(finding.code == NEEDS_LABEL_SHEET for finding in findings)
