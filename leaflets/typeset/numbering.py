"""Fonts whose glyphs bear numbers other than their places, made equal since the renderer mixes the two up."""

import io

_OPENTYPE = b"OTTO"
_ONE_RANGE = 2  # the format of a charset that is one long range (CFF, Adobe Technical Note 5176, section 13)


def numbered(font: bytes) -> bytes:
    """The font with every glyph numbered by its place, where it is one with numbers (CID-keyed CFF); else as it was.

    WeasyPrint 70 writes places of glyphs into the PDF, and a reader that keeps to the standard looks them up as
    numbers: a page in such a font would show it other characters (veraPDF, PDF/A 6.2.11.4.1).
    """
    from fontTools.ttLib import TTFont  # 20 ms that only a font of this kind has to pay

    if not font.startswith(_OPENTYPE):
        return font
    with TTFont(io.BytesIO(font), lazy=True) as opened:
        top = opened["CFF "].cff.topDictIndex[0]
        charset, glyphs = top.rawDict.get("charset", 0), top.numGlyphs
        if "ROS" not in top.rawDict or charset < 3:  # 0 to 2 name a charset of the standard, which has no place
            return font
        place = opened.reader.tables["CFF "].offset + charset
    one_range = bytes((_ONE_RANGE, 0, 1, *(glyphs - 2).to_bytes(2, "big")))
    return font[:place] + one_range + font[place + len(one_range) :]
