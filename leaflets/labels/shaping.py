"""A line of a label becomes glyphs: split by face and direction, shaped by HarfBuzz, in the order it is drawn."""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import uharfbuzz as hb

from leaflets.labels.bidi import BidiRun, has_rtl, visual_runs
from leaflets.labels.brackets import MIRRORED
from leaflets.labels.faces import FEATURES, Face, LabelFonts

_REMEMBERED = 2048
_JOINERS = "\u200c\u200d"
LATIN_ABOVE, LATIN_BELOW = 0.95, 0.25
# Programs that read a PDF mirror the brackets of right-to-left text, so each glyph is recorded as what it looks like.
_MIRRORED = str.maketrans({**MIRRORED, "<": ">", ">": "<", "«": "»", "»": "«", "‹": "›", "›": "‹"})


class Glyph(NamedTuple):
    """A drawn glyph, the text it stands for, its advance and its shift, in font units."""

    id: int
    text: str
    advance: int
    nominal: int
    dx: int
    dy: int


class Piece(NamedTuple):
    """Part of a line in one face: text with its kerning where every character is simple, otherwise glyphs."""

    face: Face
    text: str = ""
    kerns: tuple[int, ...] = ()
    glyphs: tuple[Glyph, ...] = ()

    def __repr__(self) -> str:
        return "Piece(...)"  # its text may be a patient's name


class Line(NamedTuple):
    """A line as it is drawn from left to right. `width` is in units of the size of the type, as is what stands out
    `above` and `below` the room that Latin letters take.
    """

    pieces: tuple[Piece, ...]
    width: float
    above: float = 0.0
    below: float = 0.0


class MissingCharacter(Exception):
    """A character that no face draws; `character` is for choosing the message, not for printing it."""

    def __init__(self, character: str) -> None:
        super().__init__("no face has a character")
        self.character = character


class Shaper:
    """Shapes lines and remembers the last few thousand."""

    def __init__(self, fonts: LabelFonts) -> None:
        self._fonts = fonts
        self._lines: dict[tuple[str, bool, bool, bool], Line] = {}
        self._latin = tuple((face, face.simple) for face in fonts.pairs[0])

    def line(self, text: str, *, bold: bool, rtl: bool, kerned: bool = True) -> Line:
        """As `shape`, for lines that are tried again and again."""
        key = (text, bold, rtl, kerned)
        line = self._lines.get(key)
        if line is None:
            if len(self._lines) >= _REMEMBERED:
                self._lines.clear()
            line = self._lines[key] = self.shape(text, bold=bold, rtl=rtl, kerned=kerned)
        return line

    def shape(self, text: str, *, bold: bool, rtl: bool, kerned: bool = True) -> Line:
        """A line of clean text; `rtl` is the direction of the paragraph. Raises MissingCharacter."""
        face, simple = self._latin[bold]
        if not rtl and simple.issuperset(text):
            if kerned:
                piece, advance = _simple(face, text)
                return Line((piece,), advance / face.upem)
            return Line((Piece(face, text),), sum(map(face.advances.__getitem__, text)) / face.upem)
        pieces: list[Piece] = []
        width = above = below = 0.0
        for run in visual_runs(text, rtl=rtl) if rtl or has_rtl(text) else [BidiRun(0, len(text), False)]:
            parts = list(self._runs(text[run.start : run.end], bold))
            for face, part in reversed(parts) if run.rtl else parts:
                piece, advance = _shape_run(face, part, run.rtl)
                pieces.append(piece)
                width += advance / face.upem
                up, down = _reach(piece) if piece.glyphs else (0.0, 0.0)
                above, below = max(above, up - LATIN_ABOVE), max(below, down - LATIN_BELOW)
        return Line(tuple(pieces), width, above, below)

    def _runs(self, text: str, bold: bool) -> Iterator[tuple[Face, str]]:
        """The text split by face; spaces and signs stay with the face before them where that has them.

        Figures do not, so that a number looks like its unit. A mark that the face of its letter lacks is not drawn.
        """
        start, current = 0, self._first_face(text, bold)
        for at, character in enumerate(text):
            own = character.isalpha() or (character.isascii() and character != " ")
            stays = character in _JOINERS or (not own and character in current.characters)
            if not stays and at > start and unicodedata.category(character).startswith("M"):
                raise MissingCharacter(character)
            face = current if stays else self._face_for(character, bold)
            if face is not current:
                if at > start:
                    yield current, text[start:at]
                start, current = at, face
        yield current, text[start:]

    def _first_face(self, text: str, bold: bool) -> Face:
        letter = next((c for c in text if c.isalpha()), text[:1] or " ")
        return self._face_for(letter, bold)

    def _face_for(self, character: str, bold: bool) -> Face:
        face = self._fonts.face_for(character, bold)
        if face is None:
            raise MissingCharacter(character)
        return face


def _reach(piece: Piece) -> tuple[float, float]:
    """How far the ink of shaped glyphs reaches up and down from the line they stand on, in sizes of type."""
    up = down = 0
    for glyph in piece.glyphs:
        ink = piece.face.font.get_glyph_extents(glyph.id)
        if ink is not None:
            up = max(up, ink.y_bearing + glyph.dy)
            down = min(down, ink.y_bearing + ink.height + glyph.dy)
    return up / piece.face.upem, -down / piece.face.upem


def _simple(face: Face, text: str) -> tuple[Piece, int]:
    kerning = face.kerning
    kerns = [kerning[pair] for pair in pairwise(text)]
    return Piece(face, text, tuple(kerns) if any(kerns) else ()), sum(map(face.advances.__getitem__, text)) + sum(kerns)


def _shape_run(face: Face, text: str, rtl: bool) -> tuple[Piece, int]:
    if not rtl and face.simple.issuperset(text):
        return _simple(face, text)
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.flags = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if rtl else "ltr"
    hb.shape(face.font, buffer, FEATURES)
    glyphs = tuple(_glyphs(face, text.translate(_MIRRORED) if rtl else text, buffer))
    if any(glyph.id == 0 for glyph in glyphs):
        raise MissingCharacter(text[0])
    return Piece(face, glyphs=glyphs), sum(glyph.advance for glyph in glyphs)


def _glyphs(face: Face, text: str, buffer: hb.Buffer) -> Iterator[Glyph]:
    turned = -1 if str(buffer.direction) == "rtl" else 1  # readers turn round the text of a joined glyph too
    starts = sorted({info.cluster for info in buffer.glyph_infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    told: set[int] = set()
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        stands_for = "" if info.cluster in told else text[info.cluster : ends[info.cluster]].strip(_JOINERS)[::turned]
        told.add(info.cluster)
        nominal = face.font.get_glyph_h_advance(info.codepoint)
        yield Glyph(info.codepoint, stands_for, position.x_advance, nominal, position.x_offset, position.y_offset)
