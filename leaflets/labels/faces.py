"""One font file of a label: which characters it has, and how wide they are."""

import unicodedata
from functools import cached_property
from pathlib import Path

import uharfbuzz as hb

from leaflets.errors import RenderError

# Ligatures would join letters of a name, and names on labels are compared letter by letter.
FEATURES = {"liga": False, "clig": False, "dlig": False}

_SIMPLE_DIRECTIONS = frozenset({"L", "EN", "ES", "ET", "CS", "ON", "WS"})
_SIMPLE_CATEGORIES = frozenset(
    {"Lu", "Ll", "Lt", "Nd", "No", "Nl", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sc", "Sm", "So", "Zs"}
)

# Source Sans 3 draws these differently beside some letters (Ї beside Ї, iota after a capital), so they need shaping.
_CONTEXTUAL = frozenset("ЇїΙι")

_WEIGHT = "wght"
_REGULAR, _BOLD = 400, 700


class Face:
    """One font file at one weight, opened when it is first asked for. Lengths are in font units, `upem` to the size.

    `scripts` are the codes of those it serves for, empty for any. `language` is the one whose forms of Chinese
    characters it draws. Its properties raise RenderError where the file is not a font.
    """

    def __init__(self, path: Path, bold: bool, scripts: frozenset[str] = frozenset(), language: str = "") -> None:
        self.path = path
        self.bold = bold
        self.scripts = scripts
        self.language = language
        self.kerning = Kerning(self)

    @cached_property
    def face(self) -> hb.Face:
        """The opened file."""
        try:
            face = hb.Face(hb.Blob.from_file_path(str(self.path)))
        except (OSError, hb.HarfBuzzError) as error:
            raise RenderError(f"The font {self.path.name} cannot be opened.", "Replace the file.") from error
        if not face.glyph_count or not face.upem:
            raise RenderError(f"{self.path.name} is not a font.", "Replace the file.")
        return face

    @cached_property
    def font(self) -> hb.Font:
        """The file as it is shaped, at this weight."""
        font = hb.Font(self.face)
        if self.weight:
            font.set_variations({_WEIGHT: self.weight})
        return font

    @cached_property
    def weight(self) -> int:
        """The weight that is taken of a variable font, 400 or 700; 0 for a font of one weight."""
        if all(axis.tag != _WEIGHT for axis in self.face.axis_infos):
            return 0
        return _BOLD if self.bold else _REGULAR

    @cached_property
    def upem(self) -> int:
        """Font units to the size of the type."""
        return int(self.face.upem)

    @cached_property
    def one_byte(self) -> bool:
        """Whether it can have one-byte codes: its glyphs are found by Unicode number, which CFF outlines are not."""
        return "glyf" in self.face.table_tags

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters that the face has a glyph for."""
        return frozenset(map(chr, self.face.unicodes))

    @cached_property
    def advances(self) -> dict[str, int]:
        """The widths of the simple characters, which have one glyph each whatever stands beside them."""
        width, glyph = self.font.get_glyph_h_advance, self.font.get_nominal_glyph
        return {c: width(glyph(ord(c))) for c in self.characters if _is_simple(c)}

    @cached_property
    def simple(self) -> frozenset[str]:
        """The characters that need no shaping beyond kerning."""
        return frozenset(self.advances)


class Kerning(dict[tuple[str, str], int]):
    """The distance added between two simple characters, measured by shaping the pair when it first occurs."""

    def __init__(self, face: Face) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, pair: tuple[str, str]) -> int:
        buffer = new_buffer("".join(pair))
        hb.shape(self._face.font, buffer, FEATURES)
        advances = self._face.advances
        width = sum(position.x_advance for position in buffer.glyph_positions)
        self[pair] = int(width - advances[pair[0]] - advances[pair[1]])
        return self[pair]


def new_buffer(text: str, language: str = "und") -> hb.Buffer:
    """The text ready to be shaped, in its script; without a language of its own it is that of no country.

    HarfBuzz would take the language of the machine, and so draw other letters on another machine.
    """
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.language = language
    buffer.guess_segment_properties()
    return buffer


def _is_simple(character: str) -> bool:
    category = unicodedata.category(character)
    if unicodedata.bidirectional(character) not in _SIMPLE_DIRECTIONS or ord(character) > 0xFFFF:
        return False
    if character in _CONTEXTUAL:
        return False
    return category in _SIMPLE_CATEGORIES or (category == "Lo" and unicodedata.east_asian_width(character) in "WF")
