"""The fonts of labels: which face has which character, and how wide it is."""

import hashlib
import importlib.util
import unicodedata
from collections.abc import Sequence
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

# File names of the regular and the bold face of a script; without a bold face, the regular one is used for both.
_SCRIPT_FACES = (
    ("SourceSans3_400Regular.ttf", "SourceSans3_700Bold.ttf"),
    ("Vazirmatn_400Regular.ttf", "Vazirmatn_700Bold.ttf"),
)
_SCRIPT_FAMILIES = ("SourceSans3_", "Vazirmatn_")


class Face:
    """One font file. Lengths are in font units, `upem` of them to the size of the type."""

    def __init__(self, path: Path, bold: bool) -> None:
        self.path = path
        self.bold = bold
        self.blob = hb.Blob.from_file_path(str(path))
        self.face = hb.Face(self.blob)
        self.font = hb.Font(self.face)
        self.upem: int = self.face.upem
        self.kerning = Kerning(self)
        # One-byte codes need glyphs that are found by Unicode number, which CFF outlines have not.
        self.one_byte = "glyf" in self.face.table_tags

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
        buffer = hb.Buffer()
        buffer.add_str("".join(pair))
        buffer.guess_segment_properties()
        hb.shape(self._face.font, buffer, FEATURES)
        advances = self._face.advances
        width = sum(position.x_advance for position in buffer.glyph_positions)
        self[pair] = int(width - advances[pair[0]] - advances[pair[1]])
        return self[pair]


def _is_simple(character: str) -> bool:
    category = unicodedata.category(character)
    if unicodedata.bidirectional(character) not in _SIMPLE_DIRECTIONS or ord(character) > 0xFFFF:
        return False
    if character in _CONTEXTUAL:
        return False
    return category in _SIMPLE_CATEGORIES or (category == "Lo" and unicodedata.east_asian_width(character) in "WF")


class LabelFonts:
    """The faces of a print run. `pairs` are the regular and the bold face of each script, in order of preference."""

    def __init__(self, pairs: Sequence[tuple[Face, Face]]) -> None:
        self.pairs = tuple(pairs)
        unique = dict.fromkeys(face for pair in pairs for face in pair)
        self.faces = tuple(unique)
        self.numbers = {face: place for place, face in enumerate(self.faces)}

    @classmethod
    def load(cls, *folders: Path, installed: bool = True) -> "LabelFonts":
        """The faces for Latin, Greek, Cyrillic and Arabic letters, and all other fonts there are, for other scripts.

        Each folder is searched together with its subfolder `labels`; a file in an earlier folder wins. A pharmacy
        adds Devanagari or Thai by putting a font there. `installed` looks for the optional package with Chinese fonts
        too. Raises RenderError where the Latin face is missing or a font cannot be read.
        """
        font_folders = [place for folder in folders for place in (folder, folder / "labels") if place.is_dir()]
        pairs = [pair for names in _SCRIPT_FACES if (pair := _script_pair(font_folders, *names)) is not None]
        if not pairs or pairs[0][0].path.name != _SCRIPT_FACES[0][0]:
            raise RenderError(
                f"The label's font {_SCRIPT_FACES[0][0]} was not found.",
                "Put it into styles/fonts, or install leaflet again.",
            )
        other_fonts: dict[str, Path] = {}
        for place in [*font_folders, *(_chinese_package() if installed else ())]:
            for path in sorted(place.iterdir()):
                if path.suffix.lower() in (".ttf", ".otf") and not path.name.startswith(_SCRIPT_FAMILIES):
                    other_fonts.setdefault(path.name, path)
        others = [_open(path, bold=False) for path in other_fonts.values()]
        return cls([*pairs, *((face, face) for face in others)])

    @cached_property
    def digest(self) -> str:
        """A hash over the font files, which decide the bytes of a label."""
        total = hashlib.sha256()
        for face in self.faces:
            total.update(hashlib.sha256(face.path.read_bytes()).digest())
        return total.hexdigest()

    @cached_property
    def has_han(self) -> bool:
        """Whether Chinese characters can be drawn."""
        return any("\u738b" in regular.characters for regular, _ in self.pairs)

    def face_for(self, character: str, bold: bool) -> Face | None:
        """The first face that has the character; None where none has it."""
        return next((pair[bold] for pair in self.pairs if character in pair[bold].characters), None)


def _script_pair(font_folders: Sequence[Path], regular: str, bold: str) -> tuple[Face, Face] | None:
    light = next((place / regular for place in font_folders if (place / regular).is_file()), None)
    heavy = next((place / bold for place in font_folders if (place / bold).is_file()), None)
    if light is None:
        return None
    face = _open(light, bold=False)
    return face, face if heavy is None else _open(heavy, bold=True)


def _chinese_package() -> tuple[Path, ...]:
    """The folder of the optional package with Chinese fonts, if it is installed."""
    spec = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    return (Path(spec.origin).parent,) if spec is not None and spec.origin is not None else ()


def _open(path: Path, *, bold: bool) -> Face:
    try:
        face = Face(path, bold)
    except (OSError, hb.HarfBuzzError) as error:
        raise RenderError(f"The font {path.name} cannot be opened.", "Replace the file.") from error
    if not face.face.glyph_count or not face.upem:
        raise RenderError(f"{path.name} is not a font.", "Replace the file.")
    return face
