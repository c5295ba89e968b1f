"""Draws lines of text with fewer calls: the glyphs of a run are read from memory at once, and each is encoded once.

Lines with moved or missing glyphs, pictures for glyphs, or an ellipsis are left to WeasyPrint.
"""

import struct
from typing import Any, NamedTuple

from leaflets.typeset.engine import weasyprint
from leaflets.typeset.patches.text_layout import is_one_line

_draw: Any = weasyprint.draw.text
_ffi: Any = _draw.ffi
_pango: Any = _draw.pango
_FROM: float = _draw.FROM_UNITS
_original_draw_first_line = _draw.draw_first_line
_GLYPH_INFO_SIZE: int = _ffi.sizeof("PangoGlyphInfo")
_GLYPH_INFO = struct.Struct(f"Iiii{_GLYPH_INFO_SIZE - 16}x")
"""PangoGlyphInfo: glyph, width, and the offset of the glyph in x and y; the rest is skipped."""

_SMALLEST_FONT_SIZE = 1e-6
_PANGO_WITH_FONT_SIZES = 14802  # 1.48.2; WeasyPrint works sizes out in another way before it


class _Run(NamedTuple):
    """Glyphs of a line that share a font; each glyph as number, width, and offset in x and y, in Pango units."""

    pango_font: Any
    font: Any
    size: float
    item: Any
    glyphs: list[tuple[int, int, int, int]]


def _draw_first_line(stream: Any, textbox: Any, text_overflow: Any, block_ellipsis: Any, matrix: Any) -> Any:
    """Draw a line. Returns its emojis: none, since lines with emojis are left to WeasyPrint."""
    text = textbox.text
    layout = textbox.pango_layout
    if not text.strip() or textbox.style["font_size"] < _SMALLEST_FONT_SIZE:
        return []
    is_simple = text_overflow != "ellipsis" and block_ellipsis == "none" and is_one_line(layout)
    runs = _runs(stream, layout) if is_simple and _pango.pango_version() >= _PANGO_WITH_FONT_SIZES else None
    if runs is None:
        return _original_draw_first_line(stream, textbox, text_overflow, block_ellipsis, matrix)
    stream.set_text_matrix(*matrix.values)
    encoded = ""
    last_font = None
    for run in runs:
        if run.pango_font != last_font:
            last_font = run.pango_font
            if encoded:
                stream.show_text(encoded)
            encoded = ""
            stream.set_font_size(run.font.hash, run.size)
        glyphs = "<" + _encoded(stream, layout.text, run)
        encoded += glyphs[:-1] if glyphs.endswith("<") else f"{glyphs}>"
    stream.show_text(encoded)
    return []


def _runs(stream: Any, layout: Any) -> list[_Run] | None:
    """The runs of a line; None where one has glyphs that are moved, missing or pictures."""
    first_line, _ = layout.get_first_line()
    runs: list[_Run] = []
    last_font = font = None
    size = 0.0
    run = first_line.runs[0]
    while run != _ffi.NULL:
        item = run.data
        run = run.next
        pango_font = item.item.analysis.font
        if pango_font != last_font:
            last_font = pango_font
            font, size = stream.add_font(pango_font)
            if font.png or font.svg or font.colr or font.bitmap:
                return None
        string = item.glyphs
        glyphs = list(_GLYPH_INFO.iter_unpack(_ffi.buffer(string.glyphs, string.num_glyphs * _GLYPH_INFO_SIZE)))
        if any(x or y or glyph >= _pango.PANGO_GLYPH_EMPTY for glyph, _, x, y in glyphs):
            return None
        runs.append(_Run(pango_font, font, size, item, glyphs))
    return runs


def _encoded(stream: Any, text: str, run: _Run) -> str:
    """The glyphs of a run for the operator TJ (ISO 32000-1, 9.4.3), with the differences from the font's widths."""
    cache: dict[tuple[int, int], str] = run.font.__dict__.setdefault("encoded_glyphs", {}).setdefault(run.size, {})
    encoded = []
    for index, (glyph, width, _, _) in enumerate(run.glyphs):
        code = cache.get((glyph, width))
        if code is None:
            code = cache[glyph, width] = _encoded_glyph(stream, text, run, index)
        encoded.append(code)
    return "".join(encoded)


def _encoded_glyph(stream: Any, text: str, run: _Run, index: int) -> str:
    """One glyph of a run; a glyph that is new to its font is added with its characters and width."""
    font, glyph, width = run.font, *run.glyphs[index][:2]
    if glyph not in font.to_unicode:
        font.to_unicode[glyph] = _characters(text, run, index)
    if glyph not in font.widths:
        _pango.pango_font_get_glyph_extents(run.pango_font, glyph, stream.ink_rect, stream.logical_rect)
        font.widths[glyph] = round(stream.logical_rect.width * 1000 * _FROM / run.size)
    kerning = font.widths[glyph] - width * 1000 * _FROM / run.size
    return f"{glyph:04x}>{int(kerning)}<" if kerning else f"{glyph:04x}"


def _characters(text: str, run: _Run, index: int) -> str:
    """The characters that a glyph stands for."""
    item, clusters = run.item.item, run.item.glyphs.log_clusters
    if item.analysis.level % 2:
        end = item.length if index == 0 else clusters[index - 1]
    else:
        end = item.length if index == len(run.glyphs) - 1 else clusters[index + 1]
    return text.encode()[item.offset + clusters[index] : item.offset + end].decode()


REPLACEMENTS = ((_draw, "draw_first_line", _draw_first_line),)
