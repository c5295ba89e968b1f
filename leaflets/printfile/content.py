"""The content stream of a label: where it stands on page 1, its items as tagged text, and the control line."""

import math
from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from leaflets.errors import PdfError
from leaflets.labels.ink import FaceCodes, Ink, literal
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
from leaflets.model.compiled import Sheet
from leaflets.model.finding import Finding, Severity
from leaflets.model.page import Rect
from leaflets.printfile.form import first_free_content
from leaflets.printfile.jobs import Copy

# Where a sheet keeps no space for it, the control line stands in the lower margin, above what printers cannot reach.
_FOOT_X_PT, _FOOT_Y_PT = 36.0, 14.0
_REMEMBERED = 4096
_columns = attrgetter("columns")
_HEAD_UP = 0.15  # by how much the heads of a grid stand above an even distance of its lines, in sizes of type


class LabelContent(NamedTuple):
    """The operators of a label's stream, and how many tagged items are in it."""

    data: bytes
    items: int


class _Space(NamedTuple):
    """Where a leaflet's label and control line stand, in points from the lower left corner of page 1."""

    label: Rect | None
    first: int  # marked-content number that is free
    control_at: bytes  # operators that begin the control line
    control_width: float


class _Head(NamedTuple):
    """The operators of a control line up to its serial, their width in font units, and the codes they are set in."""

    data: bytes
    width: int
    codes: FaceCodes


class LabelWriter:
    """Sets the labels of one file with one ink; remembers items that come again, such as directions."""

    def __init__(self, ink: Ink, setter: LabelSetter, *, tagged: bool) -> None:
        self._ink, self._setter, self._tagged = ink, setter, tagged
        self._spaces: dict[str, _Space] = {}
        self._blocks: dict[int, tuple[Block, bytes]] = {}
        self._heads: dict[str, _Head | None] = {}

    def content(self, copy: Copy, sheet: Sheet) -> LabelContent:
        """The label and control line of a copy.

        Raises PdfError where they do not fit or cannot be drawn; the message names the serial, never the patient.
        """
        space = self._spaces.get(copy.sheet)
        if space is None:
            space = self._spaces[copy.sheet] = _space(sheet)
        blocks = self._label(copy, sheet.lang, space.label) if copy.label or copy.notes else ()
        parts = [b"Q\n"]
        if blocks and space.label is not None:
            top = space.label.y + space.label.height - PADDING_PT
            parts += self.items(blocks, space.label.x + PADDING_PT, top, space.first)
        if copy.notes and not blocks:
            words = [f"{copy.control} · {copy.serial}" if copy.control else "", *copy.notes]
            parts += self._control(self._line(" · ".join(words), copy.serial, space), space)
        elif copy.control:
            line = self._numbered(copy, space) or self._line(f"{copy.control} · {copy.serial}", copy.serial, space)
            parts += self._control(line, space)
        return LabelContent(b"".join(parts), len(blocks))

    def items(self, blocks: tuple[Block, ...], x: float, top: float, first: int) -> list[bytes]:
        """Items one below the other in the default colour, each a paragraph with the next marked-content number."""
        known = self._blocks
        data = [known[id(block)][1] if id(block) in known else self._drawn(block) for block in blocks]
        if self._tagged:
            data = [b"/P<</MCID %d>>BDC %b EMC" % (number, part) for number, part in enumerate(data, first)]
        top += 0.2 * blocks[-1].size_pt
        rules = self._rules(blocks, x, top) if any(map(_columns, blocks)) else ()
        return [*rules, _begun(x, top), b"\n", b"\n".join(data), b"\nET Q\n"]

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

    def _drawn(self, block: Block) -> bytes:
        data = self._block(block)
        if block.once:
            return data
        if len(self._blocks) >= _REMEMBERED:
            self._blocks.clear()
        self._blocks[id(block)] = (block, data)  # the block is kept, so that its id is not used again
        return data

    def _block(self, block: Block) -> bytes:
        if block.columns:
            return self._grid(block)
        size, below = block.size_pt, 0.0
        if len(block.lines) == 1 and not block.rtl and not block.extra:
            return _down(size) + self._ink.line(block.lines[0], size)
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

    def _control(self, line: bytes, space: _Space) -> tuple[bytes, ...]:
        if self._tagged:
            return b"/Artifact<</Type/Pagination>>BDC\n", space.control_at, line, b" ET Q\nEMC\n"
        return space.control_at, line, b" ET Q\n"

    def _numbered(self, copy: Copy, space: _Space) -> bytes:
        """The control line as `_line` sets it, from the words that all copies have in common; empty where it cannot."""
        if copy.control not in self._heads:
            if len(self._heads) >= _REMEMBERED:
                self._heads.clear()
            self._heads[copy.control] = self._head(f"{copy.control} · ")
        head, serial = self._heads[copy.control], copy.serial
        if head is None or not serial.isascii() or not head.codes.face.simple.issuperset(serial):
            return b""
        width = head.width + sum(map(head.codes.face.advances.__getitem__, serial))
        if width * CONTROL.size_pt > space.control_width * head.codes.face.upem:
            return b""
        head.codes.note(serial)
        return head.data + literal(serial.encode())[1:] + b"Tj"

    def _head(self, text: str) -> _Head | None:
        """The beginning of control lines, where its letters are Latin and need no shaping."""
        try:
            block = self._setter.fresh(text, CONTROL, math.inf)
        except MissingCharacter:
            block = None
        data = self._ink.line(block.lines[0], CONTROL.size_pt) if block else b""
        if block is None or not data.startswith(b"/N") or data.count(b"Tj") > 1 or not data.endswith(b")Tj"):
            return None
        face = block.lines[0].pieces[0].face
        codes = self._ink.codes[self._ink.fonts.places[face]]
        return _Head(data.removesuffix(b")Tj"), sum(map(face.advances.__getitem__, text)), codes)

    def _line(self, line: str, serial: str, space: _Space) -> bytes:
        try:
            block = self._setter.fresh(line, CONTROL, space.control_width)
        except MissingCharacter:
            block = None
        if block is None or len(block.lines) > 1:
            raise PdfError(
                f"Copy {serial}: the control line is too long for its place.",
                "Give the run or the leaflet a shorter name.",
            )
        return self._ink.line(block.lines[0], block.size_pt)


@lru_cache
def _begun(x: float, y: float) -> bytes:
    """Operators that begin black text at a point."""
    return b"q 0 g BT %.6g %.6g Td" % (x, y)


@lru_cache
def _down(size: float) -> bytes:
    """The step from one line of this size down to the next."""
    return b"0 %.6g Td " % (-size * LEADING)


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
        at = _begun(control.x, control.y + (control.height - CONTROL.size_pt) / 2 + 1)
        return _Space(label, first, at, control.width)
    if label is not None:
        at = _begun(label.x + PADDING_PT, label.y + PADDING_PT + 1)
        return _Space(label, first, at, label.width - 2 * PADDING_PT)
    return _Space(None, first, _begun(_FOOT_X_PT, _FOOT_Y_PT), sheet.forms[0].width_pt - 2 * _FOOT_X_PT)


def _unfit(serial: str, findings: tuple[Finding, ...]) -> PdfError:
    worst = next(finding for finding in findings if finding.severity is Severity.ERROR)
    return PdfError(f"Copy {serial}: {worst.message}", worst.hint)
