"""The content stream of a label: where it stands on page 1, its items as tagged text, and the control line."""

from collections.abc import Iterator
from typing import NamedTuple

from leaflets.errors import PdfError
from leaflets.labels.ink import Ink
from leaflets.labels.setting import (
    CONTROL,
    GRID_ABOVE,
    GRID_BELOW,
    LEADING,
    PADDING_PT,
    Block,
    LabelSetter,
)
from leaflets.labels.shaping import MissingCharacter
from leaflets.paper import Finding, Rect, Severity
from leaflets.printfile.form import first_free_content
from leaflets.printfile.jobs import Copy
from leaflets.sheet import Sheet

# Where a sheet keeps no space for it, the control line stands in the lower margin, above what printers cannot reach.
_FOOT_X_PT, _FOOT_Y_PT = 36.0, 14.0
_REMEMBERED = 2048
_HEAD_UP = 0.15  # by how much the heads of a grid stand above an even distance of its lines, in sizes of type


class LabelContent(NamedTuple):
    """The operators of a label's stream, and how many tagged items are in it."""

    data: bytes
    items: int


class _Space(NamedTuple):
    """Where a leaflet's label and control line stand, in points from the lower left corner of page 1."""

    label: Rect | None
    first: int  # marked-content number that is free
    control_x: float
    control_y: float
    control_width: float


class LabelWriter:
    """Sets the labels of one file with one ink; remembers items that come again, such as directions."""

    def __init__(self, ink: Ink, setter: LabelSetter, *, tagged: bool) -> None:
        self._ink, self._setter, self._tagged = ink, setter, tagged
        self._spaces: dict[str, _Space] = {}
        self._blocks: dict[int, tuple[Block, bytes]] = {}

    def content(self, copy: Copy, sheet: Sheet) -> LabelContent:
        """The label and control line of a copy.

        Raises PdfError where they do not fit or cannot be drawn; the message names the serial, never the patient.
        """
        space = self._spaces.get(copy.sheet)
        if space is None:
            space = self._spaces[copy.sheet] = _space(sheet)
        blocks = self._label(copy, sheet.lang, space.label) if copy.label or copy.notes else ()
        line = f"{copy.control} · {copy.serial}" if copy.control else ""
        if copy.notes and not blocks:
            line = " · ".join([line, *copy.notes])
        parts = [b"Q\n"]
        if blocks and space.label is not None:
            top = space.label.y + space.label.height - PADDING_PT
            parts += self.items(blocks, space.label.x + PADDING_PT, top, space.first)
        if line:
            parts.append(self._control(line, copy.serial, space))
        return LabelContent(b"".join(parts), len(blocks))

    def items(self, blocks: tuple[Block, ...], x: float, top: float, first: int) -> list[bytes]:
        """Items one below the other in the default colour, each a paragraph with the next marked-content number."""
        data = [self._remembered(block) for block in blocks]
        if self._tagged:
            data = [b"/P<</MCID %d>>BDC %b EMC" % (number, part) for number, part in enumerate(data, first)]
        top += 0.2 * blocks[-1].size_pt
        return [*self._rules(blocks, x, top), b"q 0 g BT %.6g %.6g Td\n" % (x, top), b"\n".join(data), b"\nET Q\n"]

    def _rules(self, blocks: tuple[Block, ...], x: float, top: float) -> Iterator[bytes]:
        """The lines of grids, which no path can be among the operators of text."""
        for block in blocks:
            if block.columns:
                drawn = _ruled(block, x, top)
                yield b"/Artifact BMC %b EMC\n" % drawn if self._tagged else drawn + b"\n"
            top -= block.height_pt

    def _label(self, copy: Copy, lang: str, rect: Rect | None) -> tuple[Block, ...]:
        if rect is None:
            if copy.label is not None:
                raise PdfError(f"Copy {copy.serial}: the leaflet keeps no space for a label.")
            return ()
        done, findings = self._setter.label(
            copy.label, lang=lang, width_pt=rect.width, height_pt=rect.height, notes=copy.notes
        )
        if done is None:
            raise _unfit(copy.serial, findings)
        return done.blocks

    def _remembered(self, block: Block) -> bytes:
        known = self._blocks.get(id(block))
        if known is None:
            if len(self._blocks) >= _REMEMBERED:
                self._blocks.clear()
            known = self._blocks[id(block)] = (
                block,
                self._block(block),
            )  # the block is kept, so that its id is not used again
        return known[1]

    def _block(self, block: Block) -> bytes:
        if block.columns:
            return self._grid(block)
        size, below = block.size_pt, 0.0
        parts: list[bytes] = []
        for line in block.lines:
            indent = max(0.0, block.width_pt - line.width * size) if block.rtl else 0.0
            parts.append(b"%.6g %.6g Td" % (indent, -size * (LEADING + line.above) - below))
            parts.append(self._ink.line(line, size))
            if indent:
                parts.append(b"%.6g 0 Td" % -indent)
            below = size * line.below
        if below:
            parts.append(b"0 %.6g Td" % -below)
        return b" ".join(parts)

    def _grid(self, block: Block) -> bytes:
        """Column by column, so that a time and its amount are read together."""
        size, width, step = block.size_pt, block.width_pt / len(block.columns), _step(block)
        parts: list[bytes] = []
        for number, column in enumerate(block.columns):
            left = width * (len(block.columns) - 1 - number if block.rtl else number)
            for row, line in enumerate(column, 1):
                across = left + (width - line.width * size) / 2
                down = GRID_ABOVE * size + row * step - (_HEAD_UP * size if row == 1 else 0)
                parts += [
                    b"%.6g %.6g Td" % (across, -down),
                    self._ink.line(line, size),
                    b"%.6g %.6g Td" % (-across, down),
                ]
        return b" ".join([*parts, b"0 %.6g Td" % -block.height_pt])

    def _control(self, line: str, serial: str, space: _Space) -> bytes:
        try:
            block = self._setter.fresh(line, CONTROL, space.control_width)
        except MissingCharacter:
            block = None
        if block is None or len(block.lines) > 1:
            raise PdfError(
                f"Copy {serial}: the control line is too long for its place.",
                "Give the run or the leaflet a shorter name.",
            )
        data = b"q 0 g BT %.6g %.6g Td" % (space.control_x, space.control_y) + self._ink.line(
            block.lines[0], block.size_pt
        )
        return b"/Artifact<</Type/Pagination>>BDC\n" + data + b" ET Q\nEMC\n" if self._tagged else data + b" ET Q\n"


def _step(block: Block) -> float:
    """From one line of a grid to the next, in points."""
    rows = max(len(column) for column in block.columns)
    return (block.extra - GRID_ABOVE - GRID_BELOW) / rows * block.size_pt


def _ruled(block: Block, x: float, top: float) -> bytes:
    """The frame of a grid whose first line begins at `top`, the line under its heads, and those between its columns."""
    size, count, across = block.size_pt, len(block.columns), block.width_pt / len(block.columns)
    upper, lower = top - GRID_ABOVE * size, top - block.height_pt - 0.15 * size
    head = upper - _step(block) - (0.3 - _HEAD_UP) * size
    between = b" ".join(
        b"%.6g %.6g m %.6g %.6g l" % (left, upper, left, lower) for left in (x + across * n for n in range(1, count))
    )
    return b"q 0 G .5 w %.6g %.6g %.6g %.6g re %.6g %.6g m %.6g %.6g l %b S Q" % (
        x, lower, block.width_pt, upper - lower, x, head, x + block.width_pt, head, between,
    )  # fmt: skip


def _space(sheet: Sheet) -> _Space:
    label, control = sheet.rect("label"), sheet.rect("control")
    first = first_free_content(sheet)
    if control is not None:
        return _Space(label, first, control.x, control.y + (control.height - CONTROL.size_pt) / 2 + 1, control.width)
    if label is not None:
        return _Space(label, first, label.x + PADDING_PT, label.y + PADDING_PT + 1, label.width - 2 * PADDING_PT)
    return _Space(None, first, _FOOT_X_PT, _FOOT_Y_PT, sheet.forms[0].width_pt - 2 * _FOOT_X_PT)


def _unfit(serial: str, findings: tuple[Finding, ...]) -> PdfError:
    worst = next(finding for finding in findings if finding.severity is Severity.ERROR)
    return PdfError(f"Copy {serial}: {worst.message}", worst.hint)
