"""Shaped lines as PDF text operators, and the codes that they use in each font, so that only those are embedded."""

import re
from typing import NamedTuple

from leaflets.labels.faces import Face
from leaflets.labels.fonts import LabelFonts
from leaflets.labels.shaping import FaceRun, Glyph, ShapedLine

# Codes of shaped glyphs begin in a range where no label face has simple characters.
_FIRST_CODE = 0x0800
_MAX_TEXTS = 512
_ESCAPED = re.compile(rb"[\\()\r]")
_ESCAPES = {b"\\": b"\\\\", b"(": b"\\(", b")": b"\\)", b"\r": b"\\r"}


def literal(data: bytes) -> bytes:
    """A PDF literal string."""
    if b"(" in data or b")" in data or b"\\" in data or b"\r" in data:
        data = _ESCAPED.sub(lambda match: _ESCAPES[match[0]], data)
    return b"(" + data + b")"


class FaceCodes:
    """The codes of one face in one file: Unicode numbers for simple characters, the next free code for other glyphs."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.glyphs: dict[tuple[int, str], int] = {}
        self._characters: set[str] = set()
        self._texts: list[str] = []

    @property
    def characters(self) -> set[str]:
        """The simple characters that were written."""
        self._characters.update("".join(self._texts))
        self._texts = []
        return self._characters

    def note(self, text: str) -> None:
        """Record that the characters of this text were written."""
        self._texts.append(text)
        if len(self._texts) > _MAX_TEXTS:
            self._characters.update("".join(self._texts))
            self._texts = []

    def code(self, glyph: Glyph) -> int:
        """The code of a glyph for the text that it stands for; a new one where it has none."""
        key = (glyph.id, glyph.text)
        code = self.glyphs.get(key)
        if code is None:
            code = _FIRST_CODE if not self.glyphs else next(reversed(self.glyphs.values())) + 1
            while chr(code) in self.face.simple:
                code += 1
            self.glyphs[key] = code
        return code


class _FontChoice(NamedTuple):
    """The operators that choose a face at one size, for one-byte codes (empty where it has none) and two-byte codes."""

    codes: FaceCodes
    one_byte: bytes
    two_bytes: bytes


class TextWriter:
    """Writes the lines of one file as text operators.

    Each face has two names in the file: /L0 for two-byte codes, and /N0 for one-byte codes, which take half the space
    for text in Latin-1.
    """

    def __init__(self, fonts: LabelFonts) -> None:
        self.fonts = fonts
        self.codes = tuple(FaceCodes(face) for face in fonts.faces)
        self._choices: dict[tuple[Face, float], _FontChoice] = {}

    def line(self, line: ShapedLine, size: float) -> bytes:
        """Operators that write one line from the current point of a text object and leave the point at its end."""
        if len(line.runs) == 1:
            return self._run(line.runs[0], size)
        return b"".join([self._run(run, size) for run in line.runs])

    def used(self) -> tuple[int, ...]:
        """The indexes of the faces that anything was written in."""
        return tuple(place for place, codes in enumerate(self.codes) if codes.glyphs or codes.characters)

    def _run(self, run: FaceRun, size: float) -> bytes:
        choice = self._choices.get((run.face, size)) or self._choice(run.face, size)
        if run.glyphs:
            shaped = _shaped(run, choice.codes, size)
            return choice.two_bytes + (_read_as(run.text, shaped) if run.text else shaped)
        choice.codes.note(run.text)
        font, encoding = choice.one_byte, "latin-1"
        try:
            data = run.text.encode(encoding) if font else b""
        except UnicodeEncodeError:
            data = b""
        if not data:
            font, encoding = choice.two_bytes, "utf-16-be"
            data = run.text.encode(encoding)
        if run.kerns:
            return font + _kerned(run, encoding)
        return font + literal(data) + b"Tj"

    def _choice(self, face: Face, size: float) -> _FontChoice:
        place = self.fonts.numbers[face]
        one_byte = b"/N%d %.5g Tf" % (place, size) if face.one_byte else b""
        choice = self._choices[face, size] = _FontChoice(self.codes[place], one_byte, b"/L%d %.5g Tf" % (place, size))
        return choice


def _kerned(run: FaceRun, encoding: str) -> bytes:
    parts: list[bytes] = []
    start, upem = 0, run.face.upem
    for at, kern in enumerate(run.kerns, 1):
        if kern:
            parts.append(literal(run.text[start:at].encode(encoding)) + b"%d" % round(-1000 * kern / upem))
            start = at
    return b"[" + b"".join(parts) + literal(run.text[start:].encode(encoding)) + b"]TJ"


def _read_as(text: str, operators: bytes) -> bytes:
    """The operators, and the text that a program reads in place of their glyphs, which stand in another order."""
    return b"/Span<</ActualText<feff%b>>>BDC" % text.encode("utf-16-be").hex().encode() + operators + b" EMC"


def _shaped(run: FaceRun, codes: FaceCodes, size: float) -> bytes:
    """Operators for glyphs one after the other; a glyph that HarfBuzz shifts is written at the shifted point."""
    upem = run.face.upem
    out: list[bytes] = []
    rise = 0
    strings: list[bytes] = []

    def flush() -> None:
        if strings:
            out.append(b"[" + b"".join(strings) + b"]TJ")
            strings.clear()

    for glyph in run.glyphs:
        if glyph.dy != rise:
            flush()
            rise = glyph.dy
            out.append(b" %.5g Ts" % (rise * size / upem))
        before, after = -glyph.dx, glyph.nominal + glyph.dx - glyph.advance
        strings.append(
            (b" %d" % round(1000 * before / upem) if before else b"")
            + literal(codes.code(glyph).to_bytes(2, "big"))
            + (b" %d" % round(1000 * after / upem) if after else b"")
        )
    flush()
    if rise:
        out.append(b" 0 Ts")
    return b"".join(out)
