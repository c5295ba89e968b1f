"""Lines become PDF text operators; the codes a file's label fonts use are kept, to embed those glyphs and no others."""

import re
from typing import NamedTuple

from leaflets.labels.faces import Face, LabelFonts
from leaflets.labels.shaping import Glyph, Line, Piece

# Codes for glyphs that depend on their neighbours begin in a block no label face has simple characters in.
_FIRST_CODE = 0x0800
_NOTED = 512
_ESCAPED = re.compile(rb"[\\()\r]")
_ESCAPES = {b"\\": b"\\\\", b"(": b"\\(", b")": b"\\)", b"\r": b"\\r"}


def literal(data: bytes) -> bytes:
    """A PDF literal string."""
    if b"(" in data or b")" in data or b"\\" in data or b"\r" in data:
        data = _ESCAPED.sub(lambda match: _ESCAPES[match[0]], data)
    return b"(" + data + b")"


class FaceCodes:
    """The codes of one face in one file: a simple character's is its Unicode number, other glyphs get the next free."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.glyphs: dict[tuple[int, str], int] = {}
        self._characters: set[str] = set()
        self._texts: list[str] = []

    @property
    def characters(self) -> set[str]:
        """The simple characters that were set."""
        self._characters.update("".join(self._texts))
        self._texts = []
        return self._characters

    def note(self, text: str) -> None:
        """Remember that the characters of this text were set."""
        self._texts.append(text)
        if len(self._texts) > _NOTED:
            self._characters.update("".join(self._texts))
            self._texts = []

    def code(self, glyph: Glyph) -> int:
        """The code of a glyph that stands for this text."""
        key = (glyph.id, glyph.text)
        code = self.glyphs.get(key)
        if code is None:
            code = _FIRST_CODE if not self.glyphs else next(reversed(self.glyphs.values())) + 1
            while chr(code) in self.face.simple:
                code += 1
            self.glyphs[key] = code
        return code


class _Pen(NamedTuple):
    """A face at one size: the operators that choose it for one-byte codes (if it has any) and for two-byte codes."""

    codes: FaceCodes
    narrow: bytes
    wide: bytes


class Ink:
    """Writes the lines of one file.

    Each face stands in the file under two names: /L0 for two-byte codes, and /N0 for one-byte codes, which hold any
    text of Latin-1 in half the space.
    """

    def __init__(self, fonts: LabelFonts) -> None:
        self.fonts = fonts
        self.codes = tuple(FaceCodes(face) for face in fonts.faces)
        self._pens: dict[tuple[Face, float], _Pen] = {}

    def line(self, line: Line, size: float) -> bytes:
        """Operators that set one line at the current point of a text object, and leave the point at its end."""
        if len(line.pieces) == 1:
            return self._piece(line.pieces[0], size)
        return b"".join([self._piece(piece, size) for piece in line.pieces])

    def used(self) -> tuple[int, ...]:
        """The places of the faces that anything was set in."""
        return tuple(place for place, codes in enumerate(self.codes) if codes.glyphs or codes.characters)

    def _piece(self, piece: Piece, size: float) -> bytes:
        pen = self._pens.get((piece.face, size)) or self._pen(piece.face, size)
        if piece.glyphs:
            return pen.wide + _shaped(piece, pen.codes, size)
        pen.codes.note(piece.text)
        font, encoding = pen.narrow, "latin-1"
        try:
            data = piece.text.encode(encoding) if font else b""
        except UnicodeEncodeError:
            data = b""
        if not data:
            font, encoding = pen.wide, "utf-16-be"
            data = piece.text.encode(encoding)
        if piece.kerns:
            return font + _kerned(piece, encoding)
        return font + literal(data) + b"Tj"

    def _pen(self, face: Face, size: float) -> _Pen:
        place = self.fonts.places[face]
        narrow = b"/N%d %.5g Tf" % (place, size) if face.one_byte else b""
        pen = self._pens[face, size] = _Pen(self.codes[place], narrow, b"/L%d %.5g Tf" % (place, size))
        return pen


def _kerned(piece: Piece, encoding: str) -> bytes:
    parts: list[bytes] = []
    start, upem = 0, piece.face.upem
    for at, kern in enumerate(piece.kerns, 1):
        if kern:
            parts.append(literal(piece.text[start:at].encode(encoding)) + b"%d" % round(-1000 * kern / upem))
            start = at
    return b"[" + b"".join(parts) + literal(piece.text[start:].encode(encoding)) + b"]TJ"


def _shaped(piece: Piece, codes: FaceCodes, size: float) -> bytes:
    """Glyphs one after the other; where HarfBuzz shifts one, the pen is moved there and back."""
    upem = piece.face.upem
    out: list[bytes] = []
    rise = 0
    strings: list[bytes] = []

    def flush() -> None:
        if strings:
            out.append(b"[" + b"".join(strings) + b"]TJ")
            strings.clear()

    for glyph in piece.glyphs:
        if glyph.dy != rise:
            flush()
            rise = glyph.dy
            out.append(b" %.5g Ts" % (rise * size / upem))
        before, after = -glyph.dx, glyph.nominal + glyph.dx - glyph.advance
        strings.append(
            (b"%d" % round(1000 * before / upem) if before else b"")
            + literal(codes.code(glyph).to_bytes(2, "big"))
            + (b" %d" % round(1000 * after / upem) if after else b"")
        )
    flush()
    if rise:
        out.append(b" 0 Ts")
    return b"".join(out)
