"""The label fonts of a print file as PDF objects: subsets of the glyphs that were used, with their text."""

import hashlib
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import uharfbuzz as hb

from leaflets.labels.faces import Face
from leaflets.labels.text_operators import FaceCodes

# Not needed in a PDF: the text is shaped already, and the PDF has widths and names of its own.
_DROPPED_TABLES = (
    *("BASE", "GDEF", "GPOS", "GSUB", "OS/2", "STAT", "VORG", "cmap", "cvt"),
    *("fpgm", "gasp", "name", "post", "prep", "vhea", "vmtx"),
)


@dataclass(frozen=True, slots=True)
class EncodedGlyph:
    """A code of a font, the glyph it draws, and the text it stands for."""

    code: int
    glyph: int
    text: str


@dataclass(frozen=True, slots=True)
class EmbeddedFont:
    """A font as PDF objects without numbers, streams with their data. `@n` in a body refers to the nth of them."""

    objects: tuple[tuple[bytes, bytes | None], ...]

    def numbered(self, first: int) -> list[tuple[bytes, bytes | None]]:
        """The objects with their references filled in, numbered from `first` on. The first is the font itself."""
        out = []
        for body, data in self.objects:
            for at in range(len(self.objects)):
                body = body.replace(b"@%d" % at, b"%d 0 R" % (first + at))
            out.append((body, data))
        return out


OBJECTS_PER_FONT = 9
"""How many objects `embed` returns for a face."""

ONE_BYTE_FONT = 6
"""The index of the font for one-byte codes among the objects of a face."""


def embed(codes: FaceCodes) -> EmbeddedFont:
    """The font of one face, for the codes that a file has used; always OBJECTS_PER_FONT objects."""
    nominal = codes.face.font.get_nominal_glyph
    drawn = [EncodedGlyph(ord(c), nominal(ord(c)), c) for c in codes.characters]
    drawn += [EncodedGlyph(code, glyph, text) for (glyph, text), code in codes.glyphs.items()]
    return _embed(codes.face, tuple(sorted(drawn, key=lambda one: one.code)))


@lru_cache(maxsize=64)
def _embed(face: Face, drawn: tuple[EncodedGlyph, ...]) -> EmbeddedFont:
    data, glyphs = _subset(face, {one.glyph for one in drawn})
    is_cff = not face.one_byte
    name = _name(face, drawn)
    program = zlib.compress(data, 6)
    file_entry = b"/FontFile3 @3" if is_cff else b"/FontFile2 @3"
    file_body = (
        b"<</Subtype/OpenType/Filter/FlateDecode>>" if is_cff else b"<</Length1 %d/Filter/FlateDecode>>" % len(data)
    )
    mapping = _cmap(drawn, glyphs) if is_cff else _glyph_map(drawn, glyphs)
    encoding = b"@5" if is_cff else b"/Identity-H"
    system = b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    kind, glyph_map = (b"0", b"") if is_cff else (b"2", b"/CIDToGIDMap @5")
    ids = [(glyphs[one.glyph] if is_cff else one.code, one.glyph) for one in drawn]
    descendant = b"<</Type/Font/Subtype/CIDFontType%b/BaseFont/%b%b/FontDescriptor @2/DW 0/W[%b]%b>>" % (
        kind, name, system, _widths(face, sorted(ids)), glyph_map,
    )  # fmt: skip
    map_body = (
        b"<</Type/CMap/CMapName/LeafletCodes%b/Filter/FlateDecode>>" % system if is_cff else b"<</Filter/FlateDecode>>"
    )
    return EmbeddedFont(
        (
            (
                b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding %b/DescendantFonts[@1]/ToUnicode @4>>"
                % (name, encoding),
                None,
            ),
            (descendant, None),
            (_descriptor(face, name, data) + file_entry + b">>", None),
            (file_body, program),
            (b"<</Filter/FlateDecode>>", zlib.compress(_to_unicode(drawn), 6)),
            (map_body, zlib.compress(mapping, 6)),
            *_one_byte_font(name),
        )
    )


def _one_byte_font(name: bytes) -> tuple[tuple[bytes, bytes | None], ...]:
    """The same font for one-byte codes, which are Latin-1; only its encoding differs."""
    body = b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding @7/DescendantFonts[@1]/ToUnicode @8>>" % name
    system = b"<</Type/CMap/CMapName/LeafletLatin1/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>"
    return (body, None), (system, _LATIN1_CMAP), (b"<<>>", _LATIN1_TO_UNICODE)


def _subset(face: Face, glyphs: set[int]) -> tuple[bytes, dict[int, int]]:
    """The font program with these glyphs alone, and the index of each in it."""
    wanted = hb.SubsetInput()
    wanted.glyph_set.update(sorted(glyphs))
    wanted.unicode_set.clear()
    if face.weight:
        wanted.pin_all_axes_to_default(face.face)
        wanted.pin_axis_location(face.face, "wght", face.weight)
    wanted.drop_table_tag_set.update([int.from_bytes(tag.ljust(4).encode(), "big") for tag in _DROPPED_TABLES])
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.CFF_IDENTITY_CHARSET | hb.SubsetFlags.NOTDEF_OUTLINE
    plan = hb.SubsetPlan(face.face, wanted)
    indexes = dict(plan.old_to_new_glyph_mapping)
    return bytes(plan.execute().blob.data), indexes


def _name(face: Face, drawn: Sequence[EncodedGlyph]) -> bytes:
    """A name that no other subset has: six letters computed from its glyphs, and the file name of the face."""
    content = repr([(one.code, one.glyph, one.text) for one in drawn]).encode()
    weight = str(face.weight or "")
    number = int.from_bytes(hashlib.sha256(f"{face.path.name}{weight}".encode() + content).digest()[:8], "big")
    tag = bytes(65 + number // 26**place % 26 for place in range(6))
    plain = "".join(c for c in face.path.stem + weight if c.isascii() and c.isalnum())
    return tag + b"+Label" + plain.encode()


def _widths(face: Face, ids: Sequence[tuple[int, int]]) -> bytes:
    width = face.font.get_glyph_h_advance
    parts = []
    for _, group in groupby(enumerate(ids), key=lambda pair: pair[1][0] - pair[0]):
        run = [one for _, one in group]
        parts.append(b"%d[%b]" % (run[0][0], b" ".join(_per_mille(width(glyph), face.upem) for _, glyph in run)))
    return b"".join(parts)


def _per_mille(length: int, upem: int) -> bytes:
    return f"{1000 * length / upem:.2f}".rstrip("0").rstrip(".").encode()


def _glyph_map(drawn: Sequence[EncodedGlyph], glyphs: dict[int, int]) -> bytes:
    out = bytearray(2 * (drawn[-1].code + 1))
    for one in drawn:
        struct.pack_into(">H", out, 2 * one.code, glyphs[one.glyph])
    return bytes(out)


def _descriptor(face: Face, name: bytes, data: bytes) -> bytes:
    """The font descriptor up to the entry for its font file. The bounding box is that of the whole face."""
    box = struct.unpack(">4h", face.face.reference_table("head").data[36:44])
    extents = face.font.get_font_extents("ltr")
    edges = b" ".join(_per_mille(edge, face.upem) for edge in box)
    ascent, descent = _per_mille(extents.ascender, face.upem), _per_mille(extents.descender, face.upem)
    stem = 140 if face.bold else 80
    head = b"<</Type/FontDescriptor/FontName/%b/Flags 4/FontBBox[%b]/ItalicAngle 0" % (name, edges)
    return head + b"/Ascent %b/Descent %b/CapHeight %b/StemV %d" % (ascent, descent, ascent, stem)


_CMAP_HEAD = (
    b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    b"/CIDSystemInfo <</Registry (Adobe) /Ordering (%b) /Supplement 0>> def\n"
    b"/CMapName /%b def\n/CMapType %d def\n%b1 begincodespacerange\n%b\nendcodespacerange\n"
)
_CMAP_TAIL = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
_TWO_BYTES, _ONE_BYTE = b"<0000><ffff>", b"<00><ff>"
_LATIN1_CMAP = (
    _CMAP_HEAD % (b"Identity", b"LeafletLatin1", 1, b"/WMode 0 def\n", _ONE_BYTE)
    + b"1 begincidrange\n<00><ff> 0\nendcidrange\n"
    + _CMAP_TAIL
)
_LATIN1_TO_UNICODE = (
    _CMAP_HEAD % (b"UCS", b"Adobe-Identity-UCS", 2, b"", _ONE_BYTE)
    + b"1 beginbfrange\n<00><ff><0000>\nendbfrange\n"
    + _CMAP_TAIL
)


def _to_unicode(drawn: Sequence[EncodedGlyph]) -> bytes:
    lines = [b"<%04x><%b>" % (one.code, (one.text or "\u200b").encode("utf-16-be").hex().encode()) for one in drawn]
    head = _CMAP_HEAD % (b"UCS", b"Adobe-Identity-UCS", 2, b"", _TWO_BYTES)
    return head + _in_hundreds(lines, b"bfchar") + _CMAP_TAIL


def _cmap(drawn: Sequence[EncodedGlyph], glyphs: dict[int, int]) -> bytes:
    """The map from codes to glyph indexes, for CFF outlines, which have no CIDToGIDMap."""
    lines = [b"<%04x> %d" % (one.code, glyphs[one.glyph]) for one in drawn]
    head = _CMAP_HEAD % (b"Identity", b"LeafletCodes", 1, b"/WMode 0 def\n", _TWO_BYTES)
    return head + _in_hundreds(lines, b"cidchar") + _CMAP_TAIL


def _in_hundreds(lines: Sequence[bytes], kind: bytes) -> bytes:
    """The lines in sections of at most a hundred, the limit of a CMap."""
    parts = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    return b"".join(b"%d begin%b\n%b\nend%b\n" % (len(part), kind, b"\n".join(part), kind) for part in parts)
