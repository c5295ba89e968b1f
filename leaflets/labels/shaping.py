"""Lines of a label as glyphs: split by face and direction, shaped by HarfBuzz, in the order in which they are drawn."""

import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import uharfbuzz as hb

from leaflets.labels.bidi import BidiRun, has_rtl, visual_runs
from leaflets.labels.brackets import MIRRORED
from leaflets.labels.faces import FEATURES, Face, new_buffer
from leaflets.labels.fonts import LabelFonts
from leaflets.labels.script_fonts import by_script

_CACHE_SIZE = 2048
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


class FaceRun(NamedTuple):
    """Part of a line in one face: text with its kerning where every character is simple, otherwise glyphs."""

    face: Face
    text: str = ""
    kerns: tuple[int, ...] = ()
    glyphs: tuple[Glyph, ...] = ()

    def __repr__(self) -> str:
        return "FaceRun(...)"  # the text may be a patient's name, which must not reach a log


class ShapedLine(NamedTuple):
    """A line as it is drawn from left to right.

    Lengths are in units of the size of type. `above` and `below` say how far the line extends beyond the space that
    Latin letters take.
    """

    runs: tuple[FaceRun, ...]
    width: float
    above: float = 0.0
    below: float = 0.0


class MissingCharacter(Exception):
    """No face has a character. `character` serves to choose a message and must not be printed in it.

    `extra` is the extra of leaflet that brings a font for it; empty where there is none.
    """

    def __init__(self, character: str, extra: str = "") -> None:
        super().__init__("no face has a character")
        self.character = character
        self.extra = extra


class Shaper:
    """Shapes lines; caches the last few thousand.

    `language` is that of text that does not show its own, and decides between forms of one letter.
    """

    def __init__(self, fonts: LabelFonts, language: str = "und") -> None:
        self._fonts = fonts
        self._language = language
        self._lines: dict[tuple[str, bool, bool, bool], ShapedLine] = {}
        self._latin = tuple((face, face.simple) for face in fonts.pairs[0])

    def line(self, text: str, *, bold: bool, rtl: bool, kerned: bool = True) -> ShapedLine:
        """As `shape`, from the cache where the line was shaped before."""
        key = (text, bold, rtl, kerned)
        line = self._lines.get(key)
        if line is None:
            if len(self._lines) >= _CACHE_SIZE:
                self._lines.clear()
            line = self._lines[key] = self.shape(text, bold=bold, rtl=rtl, kerned=kerned)
        return line

    def shape(self, text: str, *, bold: bool, rtl: bool, kerned: bool = True) -> ShapedLine:
        """A line of clean text; `rtl` is the direction of the paragraph. Raises MissingCharacter."""
        face, simple = self._latin[bold]
        if not rtl and simple.issuperset(text):
            if kerned:
                run, advance = _simple(face, text)
                return ShapedLine((run,), advance / face.upem)
            return ShapedLine((FaceRun(face, text),), sum(map(face.advances.__getitem__, text)) / face.upem)
        fonts = self._fonts.for_text(text)
        runs: list[FaceRun] = []
        width = above = below = 0.0
        for bidi_run in visual_runs(text, rtl=rtl) if rtl or has_rtl(text) else [BidiRun(0, len(text), False)]:
            parts = list(_parts(fonts, text[bidi_run.start : bidi_run.end], bold))
            for face, part in reversed(parts) if bidi_run.rtl else parts:
                run, advance = _shape_run(face, part, bidi_run.rtl, self._language)
                runs.append(run)
                width += advance / face.upem
                up, down = _vertical_extent(run) if run.glyphs else (0.0, 0.0)
                above, below = max(above, up - LATIN_ABOVE), max(below, down - LATIN_BELOW)
        return ShapedLine(tuple(runs), width, above, below)


def _parts(fonts: LabelFonts, text: str, bold: bool) -> Iterator[tuple[Face, str]]:
    """The text split by face, and by script where it needs shaping. Raises MissingCharacter."""
    for face, part in _by_face(fonts, text, bold):
        if face.simple.issuperset(part):
            yield face, part
        else:
            yield from ((face, piece) for piece in by_script(part))


def _by_face(fonts: LabelFonts, text: str, bold: bool) -> Iterator[tuple[Face, str]]:
    """The text split by face. Spaces and signs take the face before them where that has them.

    Digits do not, so that a number looks like its unit. Raises MissingCharacter for a mark that the face of its
    letter lacks, since it would be drawn beside the letter.
    """
    start, current = 0, _first_face(fonts, text, bold)
    for at, character in enumerate(text):
        own = character.isalpha() or (character.isascii() and character != " ")
        stays = character in _JOINERS or (not own and character in current.characters)
        if not stays and at > start and unicodedata.category(character).startswith("M"):
            raise MissingCharacter(character, fonts.extra_for(character))
        face = current if stays else _face_for(fonts, character, bold)
        if face is not current:
            if at > start:
                yield current, text[start:at]
            start, current = at, face
    yield current, text[start:]


def _first_face(fonts: LabelFonts, text: str, bold: bool) -> Face:
    letter = next((c for c in text if c.isalpha()), text[:1] or " ")
    return _face_for(fonts, letter, bold)


def _face_for(fonts: LabelFonts, character: str, bold: bool) -> Face:
    face = fonts.face_for(character, bold)
    if face is None:
        raise MissingCharacter(character, fonts.extra_for(character))
    return face


def _vertical_extent(run: FaceRun) -> tuple[float, float]:
    """How far the outlines of shaped glyphs extend above and below the baseline, in sizes of type."""
    up = down = 0
    for glyph in run.glyphs:
        extents = run.face.font.get_glyph_extents(glyph.id)
        if extents is not None:
            up = max(up, extents.y_bearing + glyph.dy)
            down = min(down, extents.y_bearing + extents.height + glyph.dy)
    return up / run.face.upem, -down / run.face.upem


def _simple(face: Face, text: str) -> tuple[FaceRun, int]:
    kerning = face.kerning
    kerns = [kerning[pair] for pair in pairwise(text)]
    return FaceRun(face, text, tuple(kerns) if any(kerns) else ()), sum(map(face.advances.__getitem__, text)) + sum(
        kerns
    )


def _shape_run(face: Face, text: str, rtl: bool, language: str) -> tuple[FaceRun, int]:
    if not rtl and face.simple.issuperset(text):
        return _simple(face, text)
    buffer = new_buffer(text, language)
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.flags = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    buffer.direction = "rtl" if rtl else "ltr"
    hb.shape(face.font, buffer, FEATURES)
    glyphs = tuple(_glyphs(face, text.translate(_MIRRORED) if rtl else text, buffer))
    if any(glyph.id == 0 for glyph in glyphs):
        raise MissingCharacter(text[0])
    replaced = not rtl and not all(map(_is_plain, glyphs))
    return FaceRun(face, text if replaced else "", glyphs=glyphs), sum(glyph.advance for glyph in glyphs)


def _is_plain(glyph: Glyph) -> bool:
    """Whether a glyph is one character that stands on the line after the one before it."""
    return len(glyph.text) == 1 and glyph.advance > 0 and not glyph.dx and not glyph.dy


def _glyphs(face: Face, text: str, buffer: hb.Buffer) -> Iterator[Glyph]:
    step = (
        -1 if str(buffer.direction) == "rtl" else 1
    )  # programs that read the PDF reverse the text of a joined glyph too
    starts = sorted({info.cluster for info in buffer.glyph_infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    clusters_with_text: set[int] = set()
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        stands_for = ""
        if info.cluster not in clusters_with_text:
            stands_for = text[info.cluster : ends[info.cluster]][::step]
        clusters_with_text.add(info.cluster)
        nominal = face.font.get_glyph_h_advance(info.codepoint)
        yield Glyph(info.codepoint, stands_for, position.x_advance, nominal, position.x_offset, position.y_offset)
