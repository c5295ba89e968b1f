"""The fonts of labels: which face draws which character."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from leaflets.errors import RenderError
from leaflets.labels.faces import Face
from leaflets.labels.script_fonts import SCRIPT_FONTS, SHARED, ScriptFont, scripts_of

# File names of the regular and the bold face; without a bold face, the regular one is used for both.
_LATIN = ("SourceSans3_400Regular.ttf", "SourceSans3_700Bold.ttf")
_ARABIC = ("Vazirmatn_400Regular.ttf", "Vazirmatn_700Bold.ttf")
_FAMILIES = ("SourceSans3_", "Vazirmatn_")
_FIRST_LANGUAGE = "zh"
_KANA, _HANGUL = frozenset({"Hira", "Kana"}), frozenset({"Hang"})


class LabelFonts:
    """The faces of a print run. `pairs` are the regular and the bold face of each font, in order of preference.

    `faces` are numbered in their order. `language` is the one whose forms of Chinese characters are preferred.
    """

    def __init__(
        self, pairs: Sequence[tuple[Face, Face]], faces: Sequence[Face] = (), language: str = _FIRST_LANGUAGE
    ) -> None:
        self.pairs = tuple(pairs)
        self.language = language
        self.faces = tuple(faces) or tuple(dict.fromkeys(face for pair in pairs for face in pair))
        self.numbers = {face: place for place, face in enumerate(self.faces)}
        self._ordered: dict[str, LabelFonts] = {}

    @classmethod
    def load(cls, *folders: Path, installed: bool = True) -> "LabelFonts":
        """The faces for Latin, Greek, Cyrillic and Arabic letters, a project's own fonts, and those of other scripts.

        Each folder is searched together with its subfolder `labels`; a file in an earlier folder wins. A pharmacy
        adds a script, or takes another font for one, by putting a font there. `installed` looks for the packages of
        our extras too. Raises RenderError where the Latin face is missing or one of these fonts cannot be read.
        """
        places = [place for folder in folders for place in (folder, folder / "labels") if place.is_dir()]
        files: dict[str, Path] = {}
        for place in places:
            for path in sorted(place.iterdir()):
                if path.suffix.lower() in (".ttf", ".otf"):
                    files.setdefault(path.name, path)
        if _LATIN[0] not in files:
            raise RenderError(
                f"The label's font {_LATIN[0]} was not found.",
                "Put it into styles/fonts, or install leaflet again.",
            )
        pairs = [_named_pair(files, *_LATIN), _named_pair(files, *_ARABIC)]
        ours = {font.file for font in SCRIPT_FONTS}
        pairs += [_own_pair(at) for name, at in files.items() if name not in ours and not name.startswith(_FAMILIES)]
        for font in SCRIPT_FONTS:
            at = files.get(font.file) or (font.packaged_path if installed else None)
            if at is not None:
                pairs.append(_known_pair(at, font))
        return cls([pair for pair in pairs if pair is not None])

    def extra_for(self, character: str) -> str:
        """The extra of leaflet that brings a font for a character no face has: "scripts"; empty where none does."""
        files = {face.path.name for face in self.faces}
        scripts = scripts_of(character)
        extras = {
            font.language: font.extra for font in SCRIPT_FONTS if font.scripts & scripts and font.file not in files
        }
        return extras.get(self.language) or next(iter(extras.values()), "")

    def preferring(self, language: str) -> "LabelFonts":
        """The same faces, in the order for Chinese characters in this language: "zh", "ja", "ko"."""
        if language not in self._ordered:
            others = [pair for pair in self.pairs if pair[0].language != language]
            first = [pair for pair in self.pairs if pair[0].language == language]
            at = next((place for place, pair in enumerate(others) if pair[0].language), len(others))
            self._ordered[language] = LabelFonts([*others[:at], *first, *others[at:]], self.faces, language)
        return self._ordered[language]

    def for_text(self, text: str) -> "LabelFonts":
        """These fonts in the order for this text: Japanese where it has kana, Korean where it has Hangul letters."""
        scripts = frozenset[str]().union(*map(scripts_of, filter(str.isalpha, text)))
        if scripts & _KANA:
            return self.preferring("ja")
        return self.preferring("ko") if scripts & _HANGUL else self

    def face_for(self, character: str, bold: bool) -> Face | None:
        """The first face that has the character; None where none has it."""
        latin = self.pairs[0][bold]
        if character in latin.characters:
            return latin
        scripts = scripts_of(character)
        shared = bool(scripts & SHARED)
        for pair in self.pairs[1:]:
            face = pair[bold]
            if (shared or not face.scripts or scripts & face.scripts) and character in face.characters:
                return face
        return None


def _named_pair(files: Mapping[str, Path], regular: str, bold: str) -> tuple[Face, Face] | None:
    if regular not in files:
        return None
    face = Face(files[regular], bold=False)
    return face, Face(files[bold], bold=True) if bold in files else face


def _own_pair(path: Path) -> tuple[Face, Face]:
    """A font of a project: its two weights where it is variable. It is opened at once, so that a bad file is named."""
    face = Face(path, bold=False)
    return face, Face(path, bold=True) if face.weight else face


def _known_pair(path: Path, font: ScriptFont) -> tuple[Face, Face]:
    """A font of our own choice; it is opened when one of its letters is wanted."""
    # Those of Chinese, Japanese and Korean have wide letters and signs of other scripts too.
    scripts = frozenset[str]() if font.language else font.scripts
    regular = Face(path, bold=False, scripts=scripts, language=font.language)
    return regular, Face(path, bold=True, scripts=scripts) if font.variable else regular
