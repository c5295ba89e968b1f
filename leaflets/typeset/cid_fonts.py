"""Renumbers CID-keyed fonts, since WeasyPrint takes the index of a glyph for its CID."""

import io

_OPENTYPE = b"OTTO"
_ONE_RANGE = 2  # the format of a charset that is one long range (CFF, Adobe Technical Note 5176, section 13)


def with_cids_by_index(font: bytes) -> bytes:
    """A CID-keyed CFF font with the CID of every glyph equal to its index; any other font as it is.

    WeasyPrint 70 writes glyph indexes into the PDF, where a reader that follows the standard looks for CIDs: it would
    show other characters (veraPDF, PDF/A 6.2.11.4.1).
    """
    from fontTools.ttLib import TTFont  # takes 20 ms, for OpenType fonts only

    if not font.startswith(_OPENTYPE):
        return font
    with TTFont(io.BytesIO(font), lazy=True) as opened:
        top = opened["CFF "].cff.topDictIndex[0]
        charset, glyphs = top.rawDict.get("charset", 0), top.numGlyphs
        if "ROS" not in top.rawDict or charset < 3:  # 0 to 2 name a standard charset
            return font
        place = opened.reader.tables["CFF "].offset + charset
    one_range = bytes((_ONE_RANGE, 0, 1, *(glyphs - 2).to_bytes(2, "big")))
    return font[:place] + one_range + font[place + len(one_range) :]
