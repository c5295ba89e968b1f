"""The content stream of a label: where it stands on page 1, its items as tagged text, and the control line."""

from typing import NamedTuple

from leaflets.errors import PdfError
from leaflets.labels.ink import Ink
from leaflets.labels.setting import CONTROL, LEADING, PADDING_PT, Block, LabelSetter
from leaflets.labels.shaping import MissingCharacter
from leaflets.model import Finding, Rect, Severity
from leaflets.printfile.form import first_free_content
from leaflets.printfile.jobs import Copy
from leaflets.sheet import Sheet

# Where a sheet keeps no space for it, the control line stands in the lower margin, above what printers cannot reach.
_FOOT_X_PT, _FOOT_Y_PT = 36.0, 14.0
_REMEMBERED = 8192


class LabelContent(NamedTuple):
    """The operators of a label's stream, and how many tagged items are in it."""

    data: bytes
    items: int


class LabelWriter:
    """Sets the labels of one file with one ink; remembers items that come again, such as directions."""

    def __init__(self, ink: Ink, setter: LabelSetter, *, tagged: bool) -> None:
        self._ink, self._setter, self._tagged = ink, setter, tagged
        self._blocks: dict[int, tuple[Block, bytes]] = {}

    def content(self, copy: Copy, sheet: Sheet) -> LabelContent:
        """The label and control line of a copy.

        Raises PdfError where they do not fit or cannot be drawn; the message names the serial, never the patient.
        """
        blocks, rect = self._label(copy, sheet)
        line = f"{copy.control} · {copy.serial}" if copy.control else ""
        if copy.notes and rect is None:
            line = " · ".join([line, *copy.notes])
        parts = [b"Q\n"]
        if rect is not None and blocks:
            parts += self.items(blocks, rect.x + PADDING_PT, rect.y + rect.height - PADDING_PT, first_free_content(sheet))
        if line:
            parts.append(self._control(line, copy, sheet))
        return LabelContent(b"".join(parts), len(blocks))

    def items(self, blocks: tuple[Block, ...], x: float, top: float, first: int) -> list[bytes]:
        """Items one below the other in the default colour, each a paragraph with the next marked-content number."""
        data = [self._remembered(block) for block in blocks]
        if self._tagged:
            data = [b"/P<</MCID %d>>BDC %b EMC" % (number, part) for number, part in enumerate(data, first)]
        return [b"q 0 g BT %.6g %.6g Td\n" % (x, top + 0.2 * blocks[-1].size_pt), b"\n".join(data), b"\nET Q\n"]

    def _label(self, copy: Copy, sheet: Sheet) -> tuple[tuple[Block, ...], Rect | None]:
        rect = sheet.rect("label")
        if rect is None:
            if copy.label is not None:
                raise PdfError(f"Copy {copy.serial}: the leaflet keeps no space for a label.")
            return (), None
        if copy.label is None and not copy.notes:
            return (), rect
        done, findings = self._setter.label(
            copy.label, lang=sheet.lang, width_pt=rect.width, height_pt=rect.height, notes=copy.notes
        )
        if done is None:
            raise _unfit(copy.serial, findings)
        return done.blocks, rect

    def _remembered(self, block: Block) -> bytes:
        known = self._blocks.get(id(block))
        if known is None:
            if len(self._blocks) >= _REMEMBERED:
                self._blocks.clear()
            known = self._blocks[id(block)] = (block, self._block(block))  # the block is kept, so that its id is not used again
        return known[1]

    def _block(self, block: Block) -> bytes:
        lead = block.size_pt * LEADING
        out = []
        for line in block.lines:
            indent = max(0.0, block.width_pt - line.width * block.size_pt) if block.rtl else 0.0
            out.append(b"%.6g %.6g Td" % (indent, -lead) + self._ink.line(line, block.size_pt))
            if indent:
                out.append(b"%.6g 0 Td" % -indent)
        return b" ".join(out)

    def _control(self, line: str, copy: Copy, sheet: Sheet) -> bytes:
        place, label = sheet.rect("control"), sheet.rect("label")
        if place is not None:
            x, y, width = place.x, place.y + (place.height - CONTROL.size_pt) / 2 + 1, place.width
        elif label is not None:
            x, y, width = label.x + PADDING_PT, label.y + PADDING_PT + 1, label.width - 2 * PADDING_PT
        else:
            x, y, width = _FOOT_X_PT, _FOOT_Y_PT, sheet.forms[0].width_pt - 2 * _FOOT_X_PT
        try:
            block = self._setter.fresh(line, CONTROL, width)
        except MissingCharacter:
            block = None
        if block is None or len(block.lines) > 1:
            raise PdfError(
                f"Copy {copy.serial}: the control line is too long for its place.", "Give the run or the leaflet a shorter name."
            )
        data = b"q 0 g BT %.6g %.6g Td" % (x, y) + self._ink.line(block.lines[0], block.size_pt) + b" ET Q\n"
        return b"/Artifact<</Type/Pagination>>BDC\n" + data + b"EMC\n" if self._tagged else data


def _unfit(serial: str, findings: tuple[Finding, ...]) -> PdfError:
    worst = next(finding for finding in findings if finding.severity is Severity.ERROR)
    return PdfError(f"Copy {serial}: {worst.message}", worst.hint)


