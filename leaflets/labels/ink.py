"""Lines become PDF text operators; the codes a file's label fonts use are kept, to embed those glyphs and no others."""

from leaflets.labels.faces import Face, LabelFonts
from leaflets.labels.shaping import Glyph, Line, Piece

# Codes for glyphs that depend on their neighbours begin in a block no label face has simple characters in.
_FIRST_CODE = 0x0800
_ESCAPES = ((b"\\", b"\\\\"), (b"(", b"\\("), (b")", b"\\)"), (b"\r", b"\\r"))


def literal(data: bytes) -> bytes:
    """A PDF literal string."""
    for plain, escaped in _ESCAPES:
        if plain in data:
            data = data.replace(plain, escaped)
    return b"(" + data + b")"


class FaceCodes:
    """The two-byte codes of one face in one file: a simple character's is its Unicode number, other glyphs get the next free one."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.characters: set[str] = set()
        self.glyphs: dict[tuple[int, str], int] = {}

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


class Ink:
    """Writes the lines of one file. Fonts are named /L0, /L1 ... by their place among the run's faces."""

    def __init__(self, fonts: LabelFonts) -> None:
        self.fonts = fonts
        self.codes = tuple(FaceCodes(face) for face in fonts.faces)

    def line(self, line: Line, size: float) -> bytes:
        """Operators that set one line at the current point of a text object, and leave the point at its end."""
        return b"".join(self._piece(piece, size) for piece in line.pieces)

    def used(self) -> tuple[int, ...]:
        """The places of the faces that anything was set in."""
        return tuple(place for place, codes in enumerate(self.codes) if codes.characters or codes.glyphs)

    def _piece(self, piece: Piece, size: float) -> bytes:
        place = self.fonts.places[piece.face]
        font = b"/L%d %.5g Tf" % (place, size)
        codes = self.codes[place]
        if piece.glyphs:
            return font + _shaped(piece, codes, size)
        codes.characters.update(piece.text)
        if piece.kerns:
            return font + b"[" + _kerned(piece) + b"]TJ"
        return font + literal(piece.text.encode("utf-16-be")) + b"Tj"


def _kerned(piece: Piece) -> bytes:
    parts: list[bytes] = []
    start, upem = 0, piece.face.upem
    for at, kern in enumerate(piece.kerns, 1):
        if kern:
            parts.append(literal(piece.text[start:at].encode("utf-16-be")) + b"%d" % round(-1000 * kern / upem))
            start = at
    parts.append(literal(piece.text[start:].encode("utf-16-be")))
    return b"".join(parts)


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
