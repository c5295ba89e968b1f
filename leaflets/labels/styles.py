"""How the items of a label are set: sizes, floors and weights, in its space on page 1 and on a sheet of its own.

Directions and dose times are never under 12 pt (USP <17> asks for 11 to 12), in large print never under 14.
"""

from dataclasses import dataclass, replace

from leaflets.labels.label import LabelRow

LEADING = 1.15
DIRECTIONS_LEADING = 1.25
"""USP <17> asks for a gap of 25 to 30 per cent of the size of type between lines of directions."""


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """How one item of a label is set; sizes are in points.

    `shrinks`: it may be set smaller than the rest to stay on one line. `kerned`: false for numbers and codes, which are
    read digit by digit. `mixed`: it has several fields, so its direction is that of the leaflet. `once`: it is hardly
    ever the same on two labels, so it is not cached. `even`: its lines are as long as each other. `grid`: it is a table
    of dose times. `essential`: it says how to take the medicine.
    """

    size_pt: float
    floor_pt: float
    bold: bool = False
    shrinks: bool = False
    kerned: bool = True
    mixed: bool = False
    once: bool = False
    even: bool = False
    grid: bool = False
    essential: bool = False
    leading: float = LEADING


@dataclass(frozen=True, slots=True, eq=False)
class LabelStyles:
    """The styles of one kind of label. `beside_code` are the rows that stand beside the code in the lower corner.

    `scales` are tried from the first until everything fits: that of essential items, and that of all others.
    """

    rows: dict[LabelRow, Style]
    grid: Style
    note: Style
    scales: tuple[tuple[float, float], ...]
    beside_code: frozenset[LabelRow] = frozenset({LabelRow.SUPPLY, LabelRow.ORIGIN})

    @property
    def times(self) -> Style:
        """The style of dose times in words."""
        return self.rows[LabelRow.DOSE_TIMES]


NAME = Style(12.0, 10.0, bold=True, shrinks=True)
DIRECTIONS = Style(14.0, 12.0, bold=True, even=True, essential=True, leading=DIRECTIONS_LEADING)
TIMES = Style(12.0, 12.0, essential=True)
GRID = Style(12.0, 12.0, bold=True, grid=True, essential=True, leading=1.08)
DETAIL = Style(8.0, 7.0, shrinks=True, kerned=False, mixed=True)
NOTE = Style(7.5, 6.5, bold=True)
CONTROL = Style(6.0, 5.0, shrinks=True, kerned=False)
CONTROL_HEIGHT_PT = CONTROL.size_pt * LEADING  # kept free for the control line at the label's lower edge
HEADING = Style(30.0, 12.0, bold=True, shrinks=True)
BODY = Style(14.0, 12.0)


def _rows(name: Style, detail: Style, directions: Style, times: Style) -> dict[LabelRow, Style]:
    numbers = replace(detail, once=True)
    return {
        LabelRow.NAME: name,
        LabelRow.PERSON: numbers,
        LabelRow.DIRECTIONS: directions,
        LabelRow.DOSE_TIMES: times,
        LabelRow.SUPPLY: numbers,
        LabelRow.ORIGIN: detail,
    }


STANDARD = LabelStyles(
    _rows(NAME, DETAIL, DIRECTIONS, TIMES), GRID, NOTE,
    scales=((1.0, 1.0), (0.93, 1.0), (0.86, 1.0), (0.86, 0.93), (0.86, 0.86)),
)  # fmt: skip
LARGE_PRINT = LabelStyles(
    _rows(replace(NAME, size_pt=14.0, floor_pt=12.0), DETAIL, replace(DIRECTIONS, size_pt=18.0, floor_pt=14.0),
          replace(TIMES, size_pt=18.0, floor_pt=14.0)),
    replace(GRID, size_pt=14.0, floor_pt=14.0), NOTE,
    scales=((1.0, 1.0), (0.89, 1.0), (0.78, 1.0), (0.78, 0.93), (0.78, 0.86)),
)  # fmt: skip
_SHEET_DETAIL = replace(DETAIL, size_pt=14.0, floor_pt=10.0, shrinks=False)
_SHEET_SCALES = ((1.0, 1.0), (0.9, 0.9), (0.8, 0.8), (0.7, 0.7), (0.6, 0.7))
SHEET = LabelStyles(
    _rows(replace(NAME, size_pt=20.0, floor_pt=14.0), _SHEET_DETAIL, replace(DIRECTIONS, size_pt=20.0),
          replace(TIMES, size_pt=20.0)),
    replace(GRID, size_pt=16.0), replace(NOTE, size_pt=12.0, floor_pt=10.0), _SHEET_SCALES,
)  # fmt: skip
LARGE_PRINT_SHEET = LabelStyles(
    _rows(replace(NAME, size_pt=24.0, floor_pt=18.0), replace(_SHEET_DETAIL, size_pt=18.0, floor_pt=12.0),
          replace(DIRECTIONS, size_pt=24.0, floor_pt=14.0), replace(TIMES, size_pt=24.0, floor_pt=14.0)),
    replace(GRID, size_pt=18.0, floor_pt=14.0), replace(NOTE, size_pt=14.0, floor_pt=10.0), _SHEET_SCALES,
)  # fmt: skip
STUB = LabelStyles(
    _rows(replace(NAME, floor_pt=8.0), DETAIL, replace(DIRECTIONS, size_pt=10.0, floor_pt=8.0, essential=False), TIMES),
    GRID, NOTE, scales=((1.0, 1.0), (0.9, 0.9), (0.8, 0.8)),
)  # fmt: skip
"""On page 1 of a copy with a label sheet, where names or notes are too long for it: it has no directions."""
TITLE = Style(16.0, 10.0, shrinks=True)
