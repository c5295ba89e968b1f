"""Letters put on the page: the numbers of a line's glyphs are read in one go, and each is spelled once a font."""

import struct
from typing import Any, NamedTuple

from leaflets.typeset.engine import weasyprint
from leaflets.typeset.quick.lines import is_one_line

_draw: Any = weasyprint.draw.text
_ffi: Any = _draw.ffi
_pango: Any = _draw.pango
_FROM: float = _draw.FROM_UNITS
_usual = _draw.draw_first_line
_SIZE: int = _ffi.sizeof("PangoGlyphInfo")
_GLYPH = struct.Struct(f"Iiii{_SIZE - 16}x")
"""Glyph, width, and where it is moved to: PangoGlyphInfo without what follows."""

_TINY = 1e-6
_FIXED_SIZES = 14802
"""Before this Pango the size of a font has to be looked up elsewhere."""


class _Run(NamedTuple):
    pango_font: Any
    font: Any
    size: float
    item: Any
    glyphs: list[tuple[int, int, int, int]]


def _draw_first_line(stream: Any, textbox: Any, text_overflow: Any, block_ellipsis: Any, matrix: Any) -> Any:
    """Draws a line. Returns the emojis in it: none, as those are left to the usual way."""
    text = textbox.text
    layout = textbox.pango_layout
    if not text.strip() or textbox.style["font_size"] < _TINY:
        return []
    plain = text_overflow != "ellipsis" and block_ellipsis == "none" and is_one_line(layout)
    runs = _runs(stream, layout) if plain and _pango.pango_version() >= _FIXED_SIZES else None
    if runs is None:
        return _usual(stream, textbox, text_overflow, block_ellipsis, matrix)
    stream.set_text_matrix(*matrix.values)
    spelled = ""
    last = None
    for run in runs:
        if run.pango_font != last:
            last = run.pango_font
            if spelled:
                stream.show_text(spelled)
            spelled = ""
            stream.set_font_size(run.font.hash, run.size)
        said = "<" + _spelled(stream, layout.text, run)
        spelled += said[:-1] if said.endswith("<") else f"{said}>"
    stream.show_text(spelled)
    return []


def _runs(stream: Any, layout: Any) -> list[_Run] | None:
    """The runs of a line, each in one font, or None where one has glyphs that are moved, missing or pictures."""
    first_line, _ = layout.get_first_line()
    found: list[_Run] = []
    last = font = None
    size = 0.0
    run = first_line.runs[0]
    while run != _ffi.NULL:
        item = run.data
        run = run.next
        pango_font = item.item.analysis.font
        if pango_font != last:
            last = pango_font
            font, size = stream.add_font(pango_font)
            if font.png or font.svg or font.colr or font.bitmap:
                return None
        string = item.glyphs
        glyphs = list(_GLYPH.iter_unpack(_ffi.buffer(string.glyphs, string.num_glyphs * _SIZE)))
        if any(up or aside or glyph >= _pango.PANGO_GLYPH_EMPTY for glyph, _, aside, up in glyphs):
            return None
        found.append(_Run(pango_font, font, size, item, glyphs))
    return found


def _spelled(stream: Any, text: str, run: _Run) -> str:
    """The glyphs of a run as a PDF shows them, with what their widths differ by from those of the font."""
    known: dict[tuple[int, int], str] = run.font.__dict__.setdefault("spelled", {}).setdefault(run.size, {})
    said = []
    for place, (glyph, width, _, _) in enumerate(run.glyphs):
        spelling = known.get((glyph, width))
        if spelling is None:
            spelling = known[glyph, width] = _spelling(stream, text, run, place)
        said.append(spelling)
    return "".join(said)


def _spelling(stream: Any, text: str, run: _Run, place: int) -> str:
    """One glyph, which the font is told of where it is new."""
    font, glyph, width = run.font, *run.glyphs[place][:2]
    if glyph not in font.to_unicode:
        font.to_unicode[glyph] = _letters(text, run, place)
    if glyph not in font.widths:
        _pango.pango_font_get_glyph_extents(run.pango_font, glyph, stream.ink_rect, stream.logical_rect)
        font.widths[glyph] = round(stream.logical_rect.width * 1000 * _FROM / run.size)
    kerning = font.widths[glyph] - width * 1000 * _FROM / run.size
    return f"{glyph:04x}>{int(kerning)}<" if kerning else f"{glyph:04x}"


def _letters(text: str, run: _Run, place: int) -> str:
    """The letters a glyph stands for."""
    item, clusters = run.item.item, run.item.glyphs.log_clusters
    if item.analysis.level % 2:
        end = item.length if place == 0 else clusters[place - 1]
    else:
        end = item.length if place == len(run.glyphs) - 1 else clusters[place + 1]
    return text.encode()[item.offset + clusters[place] : item.offset + end].decode()


STEPS = ((_draw, "draw_first_line", _draw_first_line),)
