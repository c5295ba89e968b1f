"""The fonts of our own choice for each script, and the extras of leaflet that bring the large ones."""

import importlib.util
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple


class ScriptFont(NamedTuple):
    """The font for some scripts, which are given by their ISO 15924 codes.

    Its file stands in `styles/fonts/labels`, or in the package that `extra` of leaflet installs. `language` is the one
    whose forms of Chinese characters it draws.
    """

    file: str
    scripts: frozenset[str]
    extra: str = ""
    package: str = ""
    language: str = ""

    @property
    def variable(self) -> bool:
        """Whether it has a bold weight too."""
        return self.file.endswith("[wght].ttf")

    @property
    def packaged_path(self) -> Path | None:
        """The file in the package of the extra; None where that is not installed."""
        folder = _package_folder(self.package) if self.package else None
        path = folder / self.file if folder is not None else None
        return path if path is not None and path.is_file() else None


def _font(file: str, scripts: str, extra: str = "", package: str = "", language: str = "") -> ScriptFont:
    return ScriptFont(file, frozenset(scripts.split()), extra, package, language)


SCRIPT_FONTS = (
    *(
        _font(f"NotoSans{name}[wght].ttf", script)
        for name, script in (
            *(("Armenian", "Armn"), ("Bengali", "Beng"), ("Devanagari", "Deva"), ("Georgian", "Geor")),
            *(("Gurmukhi", "Guru"), ("Hebrew", "Hebr"), ("Khmer", "Khmr"), ("Lao", "Laoo")),
            *(("Tamil", "Taml"), ("Thai", "Thai")),
        )
    ),
    *(
        _font(f"NotoSans{name}[wght].ttf", script, "scripts", "manimgx_fonts")
        for name, script in (
            *(("Ethiopic", "Ethi"), ("Gujarati", "Gujr"), ("Kannada", "Knda"), ("Malayalam", "Mlym")),
            *(("Myanmar", "Mymr"), ("Oriya", "Orya"), ("Sinhala", "Sinh"), ("Telugu", "Telu")),
        )
    ),
    _font("NotoSansSC-Regular.otf", "Hani Bopo", "zh", "pylopdf_fonts_zh_cn", "zh"),
    _font("NotoSansJP-Regular.otf", "Hani Hira Kana", "ja", "pylopdf_fonts_jp", "ja"),
    _font("NotoSansKR-Regular.otf", "Hang Hani", "ko", "pylopdf_fonts_ko", "ko"),
)
"""In order of preference; one of them may also stand in a project's own folder."""

OWN_FORMS = frozenset({"ja", "ko", "mr", "ne"})
"""Languages that draw letters which they share with others in forms of their own, and have fonts for that."""

SHARED = frozenset({"Zyyy", "Zinh", "Zzzz"})
"""The codes of what belongs to no script of its own: figures, punctuation, marks."""

_COMMON_NAMES = {"Hani": "Chinese", "Hang": "Korean", "Hira": "Japanese", "Kana": "Japanese"}


@lru_cache(maxsize=4096)
def scripts_of(character: str) -> frozenset[str]:
    """The codes of the scripts that a character is used in (the Unicode property Script_Extensions)."""
    # Loading the tables takes longer than a whole Latin label.
    from fontTools import unicodedata as tables

    return frozenset(tables.script_extension(character))


def script_name(character: str) -> str:
    """The English name of the script of a character: "Telugu", "Chinese"; "none" for signs that all scripts share."""
    from fontTools import unicodedata as tables

    code = tables.script(character)
    if code in SHARED:
        return "none"
    return _COMMON_NAMES.get(code) or str(tables.script_name(code)).replace("_", " ")


def by_script(text: str) -> list[str]:
    """The text split where its script changes; what several scripts share stays with the text before it."""
    parts: list[str] = []
    current, start = SHARED, 0
    for at, character in enumerate(text):
        scripts = scripts_of(character)
        if scripts & SHARED:
            continue
        if not current & SHARED and not scripts & current:
            parts.append(text[start:at])
            start, current = at, scripts
        elif current & SHARED:
            current = scripts
        else:
            current = scripts & current
    return [*parts, text[start:]]


@cache
def _package_folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None
