"""The content stream of a label: where it stands on page 1, its items as tagged text, and the control line."""

import math
from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from leaflets.errors import PdfError
from leaflets.labels.layout import (
    CONTROL,
    GRID_ABOVE,
    GRID_BELOW,
    LEADING,
    PADDING_PT,
    LabelSetter,
    TextBlock,
)
from leaflets.labels.shaping import MissingCharacter
from leaflets.labels.text_operators import FaceCodes, TextWriter, literal
from leaflets.model.compiled import CompiledLeaflet
from leaflets.model.finding import Finding, Severity
from leaflets.model.page import Rect
from leaflets.printfile.copy_template import first_free_content
from leaflets.printfile.jobs import Copy

# Where a leaflet keeps no space for it, the control line is set in the lower margin, above the unprintable edge.
_FOOT_X_PT, _FOOT_Y_PT = 36.0, 14.0
_REMEMBERED = 4096
_columns = attrgetter("columns")
_GRID_HEAD_RAISE = 0.15  # by how much the heads of a grid stand above an even distance of its lines, in sizes of type


class LabelContent(NamedTuple):
    """The operators of a label's stream, and how many tagged items are in it."""

    data: bytes
    items: int


class _LabelSpace(NamedTuple):
    """Where the label and control line of a leaflet go, in points from the lower left corner of page 1."""

    label: Rect | None
    first: int  # marked-content number that is free
    control_at: bytes  # operators that begin the control line
    control_width: float


class _ControlPrefix(NamedTuple):
    """The operators of a control line up to its serial, their width in font units, and the codes they are set in."""

    data: bytes
    width: int
    codes: FaceCodes


class LabelWriter:
    """Writes the label streams of one file with one text writer; caches items that recur, such as directions."""

    def __init__(self, text_writer: TextWriter, setter: LabelSetter, *, tagged: bool) -> None:
        self._text_writer, self._setter, self._tagged = text_writer, setter, tagged
        self._spaces: dict[str, _LabelSpace] = {}
        self._blocks: dict[int, tuple[TextBlock, bytes]] = {}
        self._control_prefixes: dict[str, _ControlPrefix | None] = {}

    def content(self, copy: Copy, leaflet: CompiledLeaflet) -> LabelContent:
        """The label and control line of a copy.

        Raises PdfError where they do not fit or cannot be drawn; the message names the serial, never the patient.
        """
        space = self._spaces.get(copy.leaflet_key)
        if space is None:
            space = self._spaces[copy.leaflet_key] = _space(leaflet)
        blocks = self._label(copy, leaflet.lang, space.label) if copy.label or copy.notes else ()
        parts = [b"Q\n"]
        if blocks and space.label is not None:
            top = space.label.y + space.label.height - PADDING_PT
            parts += self.items(blocks, space.label.x + PADDING_PT, top, space.first)
        if copy.notes and not blocks:
            words = [f"{copy.control} · {copy.serial}" if copy.control else "", *copy.notes]
            parts += self._placed_control_line(self._shaped_control_line(" · ".join(words), copy.serial, space), space)
        elif copy.control:
            line = self._prefixed_control_line(copy, space) or self._shaped_control_line(
                f"{copy.control} · {copy.serial}", copy.serial, space
            )
            parts += self._placed_control_line(line, space)
        return LabelContent(b"".join(parts), len(blocks))

    def items(self, blocks: tuple[TextBlock, ...], x: float, top: float, first: int) -> list[bytes]:
        """Items one below the other in the default colour, each a paragraph with the next marked-content number."""
        drawn = self._blocks
        data = [drawn[id(block)][1] if id(block) in drawn else self._block_operators(block) for block in blocks]
        if self._tagged:
            data = [b"/P<</MCID %d>>BDC %b EMC" % (number, part) for number, part in enumerate(data, first)]
        top += 0.2 * blocks[-1].size_pt
        rules = self._rules(blocks, x, top) if any(map(_columns, blocks)) else ()
        return [*rules, _begin_text(x, top), b"\n", b"\n".join(data), b"\nET Q\n"]

    def _rules(self, blocks: tuple[TextBlock, ...], x: float, top: float) -> Iterator[bytes]:
        """The lines of grids; they come before the text, because a text object may not contain paths."""
        for block in blocks:
            if block.columns:
                drawn = _grid_rules(block, x, top)
                yield b"/Artifact BMC %b EMC\n" % drawn if self._tagged else drawn + b"\n"
            top -= block.height_pt

    def _label(self, copy: Copy, lang: str, rect: Rect | None) -> tuple[TextBlock, ...]:
        if rect is None:
            if copy.label is not None:
                raise PdfError(f"Copy {copy.serial}: the leaflet keeps no space for a label.")
            return ()
        placed, findings = self._setter.label(
            copy.label, lang=lang, width_pt=rect.width, height_pt=rect.height, notes=copy.notes
        )
        if placed is None:
            raise _does_not_fit(copy.serial, findings)
        return placed.blocks

    def _block_operators(self, block: TextBlock) -> bytes:
        data = self._block(block)
        if block.once:
            return data
        if len(self._blocks) >= _REMEMBERED:
            self._blocks.clear()
        self._blocks[id(block)] = (block, data)  # the block is kept, so that its id is not used again
        return data

    def _block(self, block: TextBlock) -> bytes:
        if block.columns:
            return self._grid(block)
        size, below = block.size_pt, 0.0
        if len(block.lines) == 1 and not block.rtl and not block.extra:
            return _next_line(size) + self._text_writer.line(block.lines[0], size)
        parts: list[bytes] = []
        for line in block.lines:
            indent = max(0.0, block.width_pt - line.width * size) if block.rtl else 0.0
            parts.append(b"%.6g %.6g Td" % (indent, -size * (LEADING + line.above) - below))
            parts.append(self._text_writer.line(line, size))
            if indent:
                parts.append(b"%.6g 0 Td" % -indent)
            below = size * line.below
        if below:
            parts.append(b"0 %.6g Td" % -below)
        return b" ".join(parts)

    def _grid(self, block: TextBlock) -> bytes:
        """A grid's text column by column, so that a screen reader reads each time with its amount."""
        size, width, step = block.size_pt, block.width_pt / len(block.columns), _step(block)
        parts: list[bytes] = []
        for number, column in enumerate(block.columns):
            left = width * (len(block.columns) - 1 - number if block.rtl else number)
            for row, line in enumerate(column, 1):
                across = left + (width - line.width * size) / 2
                down = GRID_ABOVE * size + row * step - (_GRID_HEAD_RAISE * size if row == 1 else 0)
                parts += [
                    b"%.6g %.6g Td" % (across, -down),
                    self._text_writer.line(line, size),
                    b"%.6g %.6g Td" % (-across, down),
                ]
        return b" ".join([*parts, b"0 %.6g Td" % -block.height_pt])

    def _placed_control_line(self, line: bytes, space: _LabelSpace) -> tuple[bytes, ...]:
        if self._tagged:
            return b"/Artifact<</Type/Pagination>>BDC\n", space.control_at, line, b" ET Q\nEMC\n"
        return space.control_at, line, b" ET Q\n"

    def _prefixed_control_line(self, copy: Copy, space: _LabelSpace) -> bytes:
        """The control line as `_shaped_control_line` sets it, appended to a cached prefix; empty where it cannot."""
        if copy.control not in self._control_prefixes:
            if len(self._control_prefixes) >= _REMEMBERED:
                self._control_prefixes.clear()
            self._control_prefixes[copy.control] = self._control_prefix(f"{copy.control} · ")
        prefix, serial = self._control_prefixes[copy.control], copy.serial
        if prefix is None or not serial.isascii() or not prefix.codes.face.simple.issuperset(serial):
            return b""
        width = prefix.width + sum(map(prefix.codes.face.advances.__getitem__, serial))
        if width * CONTROL.size_pt > space.control_width * prefix.codes.face.upem:
            return b""
        prefix.codes.note(serial)
        return prefix.data + literal(serial.encode())[1:] + b"Tj"

    def _control_prefix(self, text: str) -> _ControlPrefix | None:
        """The prefix of control lines up to the serial; None where it has letters that need shaping."""
        try:
            block = self._setter.uncached_block(text, CONTROL, math.inf)
        except MissingCharacter:
            block = None
        data = self._text_writer.line(block.lines[0], CONTROL.size_pt) if block else b""
        if block is None or not data.startswith(b"/N") or data.count(b"Tj") > 1 or not data.endswith(b")Tj"):
            return None
        face = block.lines[0].runs[0].face
        codes = self._text_writer.codes[self._text_writer.fonts.numbers[face]]
        return _ControlPrefix(data.removesuffix(b")Tj"), sum(map(face.advances.__getitem__, text)), codes)

    def _shaped_control_line(self, line: str, serial: str, space: _LabelSpace) -> bytes:
        try:
            block = self._setter.uncached_block(line, CONTROL, space.control_width)
        except MissingCharacter:
            block = None
        if block is None or len(block.lines) > 1:
            raise PdfError(
                f"Copy {serial}: the control line is too long for its place.",
                "Give the run or the leaflet a shorter name.",
            )
        return self._text_writer.line(block.lines[0], block.size_pt)


@lru_cache
def _begin_text(x: float, y: float) -> bytes:
    """Operators that begin black text at (x, y)."""
    return b"q 0 g BT %.6g %.6g Td" % (x, y)


@lru_cache
def _next_line(size: float) -> bytes:
    """The operator that moves down one line in this size."""
    return b"0 %.6g Td " % (-size * LEADING)


def _step(block: TextBlock) -> float:
    """The distance from one line of a grid to the next, in points."""
    rows = max(len(column) for column in block.columns)
    return (block.extra - GRID_ABOVE - GRID_BELOW) / rows * block.size_pt


def _grid_rules(block: TextBlock, x: float, top: float) -> bytes:
    """The frame of a grid whose first line begins at `top`, the line under its heads, and those between its columns."""
    size, count, across = block.size_pt, len(block.columns), block.width_pt / len(block.columns)
    upper, lower = top - GRID_ABOVE * size, top - block.height_pt - 0.15 * size
    prefix = upper - _step(block) - (0.3 - _GRID_HEAD_RAISE) * size
    between = b" ".join(
        b"%.6g %.6g m %.6g %.6g l" % (left, upper, left, lower) for left in (x + across * n for n in range(1, count))
    )
    return b"q 0 G .5 w %.6g %.6g %.6g %.6g re %.6g %.6g m %.6g %.6g l %b S Q" % (
        x, lower, block.width_pt, upper - lower, x, prefix, x + block.width_pt, prefix, between,
    )  # fmt: skip


def _space(leaflet: CompiledLeaflet) -> _LabelSpace:
    label, control = leaflet.rect("label"), leaflet.rect("control")
    first = first_free_content(leaflet)
    if control is not None:
        at = _begin_text(control.x, control.y + (control.height - CONTROL.size_pt) / 2 + 1)
        return _LabelSpace(label, first, at, control.width)
    if label is not None:
        at = _begin_text(label.x + PADDING_PT, label.y + PADDING_PT + 1)
        return _LabelSpace(label, first, at, label.width - 2 * PADDING_PT)
    return _LabelSpace(
        None, first, _begin_text(_FOOT_X_PT, _FOOT_Y_PT), leaflet.page_templates[0].width_pt - 2 * _FOOT_X_PT
    )


def _does_not_fit(serial: str, findings: tuple[Finding, ...]) -> PdfError:
    worst = next(finding for finding in findings if finding.severity is Severity.ERROR)
    return PdfError(f"Copy {serial}: {worst.message}", worst.hint)
