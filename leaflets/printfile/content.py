"""The content streams of a copy's own: its label as tagged text, the code, and the control line of every sheet."""

import math
from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from leaflets.errors import PdfError
from leaflets.impose import Sides
from leaflets.labels.label import Label, clean
from leaflets.labels.label_sheet import FRAME_PT, PageSize, box_space, set_stub, sheet_label_height, sheet_space
from leaflets.labels.layout import (
    CODE_PT,
    CODE_WIDTH_PT,
    GRID_ABOVE,
    GRID_BELOW,
    PADDING_PT,
    Column,
    FittedLabel,
    LabelSetter,
    TextBlock,
    is_rtl_language,
)
from leaflets.labels.shaping import MissingCharacter
from leaflets.labels.styles import CONTROL, CONTROL_HEIGHT_PT, LEADING, TITLE
from leaflets.labels.text_operators import FaceCodes, TextWriter, literal
from leaflets.model.compiled import CompiledLeaflet
from leaflets.model.finding import Finding, Severity
from leaflets.model.page import Rect
from leaflets.printfile.copy_template import first_free_content
from leaflets.printfile.data_matrix import drawing
from leaflets.printfile.jobs import Copy

# Where a leaflet keeps no space for it, the control line is set in the lower margin, above the unprintable edge.
_FOOT_X_PT, _FOOT_Y_PT = 36.0, 14.0
_REMEMBERED = 4096
_columns = attrgetter("columns")
_GRID_HEAD_RAISE = 0.15  # by how much the heads of a grid stand above an even distance of its lines, in sizes of type


class CopyContent(NamedTuple):
    """The streams of a copy's own: for page 1, for the front of each later sheet, for the label sheet where it has one.

    `items` and `sheet_items` count the tagged items of the label on page 1 and on the label sheet.
    """

    items: int
    sheet_items: int
    streams: tuple[bytes, ...]


class _LabelSpace(NamedTuple):
    """Where the label and control line of a leaflet go, in points from the lower left corner of page 1."""

    label: Rect | None
    first: int  # marked-content number that is free
    control_at: bytes  # operators that begin the control line
    control_width: float
    code_at: tuple[float, float]


class _ControlPrefix(NamedTuple):
    """The operators of a control line up to its serial, their width in font units, and the codes they are set in."""

    data: bytes
    width: int
    codes: FaceCodes


class LabelWriter:
    """Writes the label streams of one file with one text writer; caches items that recur, such as directions."""

    def __init__(self, text_writer: TextWriter, setter: LabelSetter, *, tagged: bool, duplex: bool = True) -> None:
        self._text_writer, self._setter, self._tagged, self._duplex = text_writer, setter, tagged, duplex
        self._spaces: dict[tuple[str, bool], _LabelSpace] = {}
        self._sides: dict[tuple[str, bool], Sides] = {}
        self._blocks: dict[int, tuple[TextBlock, bytes]] = {}
        self._control_prefixes: dict[str, _ControlPrefix | None] = {}

    def content(self, copy: Copy, leaflet: CompiledLeaflet) -> CopyContent:
        """What is written on the pages of a copy besides its leaflet: label, code and control lines.

        Raises PdfError where they do not fit or cannot be drawn; the message names the serial, never the patient.
        """
        key = (copy.leaflet_key, bool(copy.code))
        space = self._spaces.get(key)
        if space is None:
            space = self._spaces[key] = _space(leaflet, code=bool(copy.code))
        fitted = self._label(copy, leaflet.lang, space.label) if copy.label or copy.notes else None
        blocks = fitted.blocks if fitted else ()
        parts = [b"Q\n"]
        if fitted and space.label is not None:
            parts += self._placed_label(fitted, space.label, space.first)
        if copy.code and space.label is not None:
            parts += self._artifact(drawing(copy.code, *space.code_at, CODE_PT))
        if copy.notes and not blocks:
            words = [f"{copy.control} · {copy.serial}" if copy.control else "", *copy.notes]
            parts += self._placed_control_line(self._shaped_control_line(" · ".join(words), copy.serial, space), space)
        elif copy.control:
            line = self._prefixed_control_line(copy, space) or self._shaped_control_line(
                f"{copy.control} · {copy.serial}", copy.serial, space
            )
            parts += self._placed_control_line(line, space)
        content = CopyContent(len(blocks), 0, (b"".join(parts),))
        place = (copy.leaflet_key, copy.label_sheet)
        sides = self._sides.get(place)
        if sides is None:
            sides = self._sides[place] = Sides(leaflet.pages, self._duplex, copy.label_sheet)
        return self._with_later_sheets(copy, leaflet, content, sides) if sides.sheets > 1 else content

    def _with_later_sheets(
        self, copy: Copy, leaflet: CompiledLeaflet, content: CopyContent, sides: Sides
    ) -> CopyContent:
        later = [b"Q\n" + self._foot(copy, leaflet, number, sides) for number, _ in enumerate(sides.later_fronts, 2)]
        if not copy.label_sheet:
            return content._replace(streams=(*content.streams, *later))
        items, sheet = self._label_sheet(copy, leaflet, sides)
        return CopyContent(content.items, items, (*content.streams, *later, sheet))

    def _foot(self, copy: Copy, leaflet: CompiledLeaflet, number: int, sides: Sides) -> bytes:
        """The control line of a later sheet, in the lower margin."""
        return self._numbered_line(copy, number, sides, _foot_space(leaflet.page_templates[0].width_pt))

    def _numbered_line(self, copy: Copy, number: int, sides: Sides, space: _LabelSpace) -> bytes:
        if not copy.control:
            return b""
        words = f"{copy.control} · {copy.serial} · sheet {number} of {sides.sheets}"
        return b"".join(self._placed_control_line(self._shaped_control_line(words, copy.serial, space), space))

    def _label_sheet(self, copy: Copy, leaflet: CompiledLeaflet, sides: Sides) -> tuple[int, bytes]:
        """The page with the whole label below the name of the leaflet: how many items it has, and its operators."""
        page = PageSize(leaflet.page_templates[0].width_pt, leaflet.page_templates[0].height_pt)
        room = sheet_space(page, leaflet.lang, large_print=copy.large_print, code=bool(copy.code))
        fitted, findings = self._setter.label(copy.label, room, copy.notes)
        title = self._title(leaflet, room.width_pt - 2 * PADDING_PT, copy.serial)
        if fitted is None:
            raise _does_not_fit(copy.serial, findings)
        top = page.height_pt - page.margin_pt
        height = sheet_label_height(fitted, room)
        lower = top - title.height_pt - 2 * FRAME_PT - height
        rect = Rect("label sheet", leaflet.pages, page.margin_pt, lower, room.width_pt, height)
        space = _label_space(leaflet, rect, 1, code=bool(copy.code))
        parts = [b"Q\n", *self._artifact(_frame(rect))]
        parts += self.items((title,), rect.x + PADDING_PT, top, 0)
        parts += self._placed_label(fitted, rect, space.first)
        if copy.code:
            parts += self._artifact(drawing(copy.code, *space.code_at, CODE_PT))
        parts.append(self._numbered_line(copy, sides.sheets, sides, space))
        return 1 + len(fitted.blocks), b"".join(parts)

    def _title(self, leaflet: CompiledLeaflet, width_pt: float, serial: str) -> TextBlock:
        try:
            block = self._setter.block(
                clean(leaflet.title), TITLE, 1.0, Column(width_pt, is_rtl_language(leaflet.lang))
            )
        except MissingCharacter:
            block = None
        if block is None or len(block.lines) > 2:
            raise PdfError(f"Copy {serial}: the name of the leaflet does not fit onto its label sheet.")
        return block

    def _artifact(self, drawn: bytes) -> tuple[bytes, ...]:
        return (b"/Artifact BMC ", drawn, b"EMC\n") if self._tagged else (drawn,)

    def items(self, blocks: tuple[TextBlock, ...], x: float, top: float, first: int) -> list[bytes]:
        """Items one below the other in the default colour, each a paragraph with the next marked-content number."""
        drawn = self._blocks
        data = [drawn[id(block)][1] if id(block) in drawn else self._block_operators(block) for block in blocks]
        if self._tagged:
            data = [b"/P<</MCID %d>>BDC %b EMC" % (number, part) for number, part in enumerate(data, first)]
        top += 0.2 * blocks[0].size_pt
        rules = self._rules(blocks, x, top) if any(map(_columns, blocks)) else ()
        return [*rules, _begin_text(x, top), b"\n", b"\n".join(data), b"\nET Q\n"]

    def _rules(self, blocks: tuple[TextBlock, ...], x: float, top: float) -> Iterator[bytes]:
        """The lines of grids; they come before the text, because a text object may not contain paths."""
        for block in blocks:
            if block.columns:
                drawn = _grid_rules(block, x, top)
                yield b"/Artifact BMC %b EMC\n" % drawn if self._tagged else drawn + b"\n"
            top -= block.height_pt

    def _label(self, copy: Copy, lang: str, rect: Rect | None) -> FittedLabel | None:
        if rect is None:
            if copy.label is not None:
                raise PdfError(f"Copy {copy.serial}: the leaflet keeps no space for a label.")
            return None
        space = box_space(
            lang, large_print=copy.large_print, code=bool(copy.code), width_pt=rect.width, height_pt=rect.height
        )
        if copy.label_sheet:
            placed, findings = set_stub(self._setter, copy.label or Label(), space, copy.notes)
        else:
            placed, findings = self._setter.label(copy.label, space, copy.notes)
        if placed is None:
            raise _does_not_fit(copy.serial, findings)
        return placed

    def _placed_label(self, label: FittedLabel, rect: Rect, first: int) -> list[bytes]:
        """A label's items: name and directions from the upper edge down, the others above the control line."""
        x, upper, lower = rect.x + PADDING_PT, label.blocks[: label.lower], label.blocks[label.lower :]
        parts = self.items(upper, x, rect.y + rect.height - PADDING_PT, first) if upper else []
        if lower:
            top = rect.y + PADDING_PT + CONTROL_HEIGHT_PT + sum(block.height_pt for block in lower)
            parts += self.items(lower, x, top, first + label.lower)
        return parts

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
            only = _next_line(size * LEADING) + self._text_writer.line(block.lines[0], size)
            return only if block.leading == LEADING else only + _next_line(size * (block.leading - LEADING))
        parts: list[bytes] = []
        leading = LEADING
        for line in block.lines:
            indent = max(0.0, block.width_pt - line.width * size) if block.rtl else 0.0
            parts.append(b"%.6g %.6g Td" % (indent, -size * (leading + line.above) - below))
            parts.append(self._text_writer.line(line, size))
            if indent:
                parts.append(b"%.6g 0 Td" % -indent)
            below, leading = size * line.below, block.leading
        below += size * (block.leading - LEADING)  # half of the gap between lines stands below the last one
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
def _next_line(step: float) -> bytes:
    """The operator that moves down by so much."""
    return b" 0 %.6g Td " % -step


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


def _space(leaflet: CompiledLeaflet, *, code: bool) -> _LabelSpace:
    """The places on page 1."""
    label, control = leaflet.rect("label"), leaflet.rect("control")
    place = _label_space(leaflet, label, first_free_content(leaflet), code=code)
    if control is not None:
        at = _begin_text(control.x, control.y + (control.height - CONTROL.size_pt) / 2 + 1)
        place = place._replace(control_at=at, control_width=control.width)
    return place


def _label_space(leaflet: CompiledLeaflet, label: Rect | None, first: int, *, code: bool) -> _LabelSpace:
    """The places in a label: the control line at its lower edge, the code where lines of its language end."""
    place = _foot_space(leaflet.page_templates[0].width_pt)._replace(label=label, first=first)
    if label is None:
        return place
    at_left, beside = is_rtl_language(leaflet.lang), CODE_WIDTH_PT if code else 0.0
    left, lower = label.x + PADDING_PT, label.y + PADDING_PT
    return place._replace(
        control_at=_begin_text(left + (beside if at_left else 0.0), lower + 1),
        control_width=label.width - 2 * PADDING_PT - beside,
        code_at=(left if at_left else label.x + label.width - PADDING_PT - CODE_PT, lower),
    )


def _frame(rect: Rect) -> bytes:
    """A line around the label on its own sheet."""
    return b"q 0 G .75 w %.6g %.6g %.6g %.6g re S Q\n" % (
        rect.x - FRAME_PT, rect.y - FRAME_PT, rect.width + 2 * FRAME_PT, rect.height + 2 * FRAME_PT,
    )  # fmt: skip


@lru_cache
def _foot_space(page_width_pt: float) -> _LabelSpace:
    """The control line's place in the lower margin of a page."""
    return _LabelSpace(None, 0, _begin_text(_FOOT_X_PT, _FOOT_Y_PT), page_width_pt - 2 * _FOOT_X_PT, (0.0, 0.0))


def _does_not_fit(serial: str, findings: tuple[Finding, ...]) -> PdfError:
    worst = next(finding for finding in findings if finding.severity is Severity.ERROR)
    return PdfError(f"Copy {serial}: {worst.message}", worst.hint)
