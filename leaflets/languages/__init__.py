"""The languages that sheets are printed in: the program's own texts in each, its dates, its script and direction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, reduce
from pathlib import Path
from types import MappingProxyType

from leaflets.errors import RenderError, UsageError

BESIDE = "+"
"""Separates the codes of two languages that are printed side by side."""

CATALOGUES = Path(__file__).resolve().parent / "catalogues"


class Script(StrEnum):
    """The script of a language, by the name of the stylesheet with its fonts; the Latin fonts are always loaded."""

    LATIN = ""
    ARABIC = "arabic"
    CHINESE = "chinese"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of printed sheets: its code in file names, its own name, and its tag in a page (BCP 47)."""

    code: str
    name: str
    tag: str
    script: Script = Script.LATIN
    right_to_left: bool = False

    @property
    def direction(self) -> str:
        """The direction of its lines, as an HTML `dir` attribute."""
        return "rtl" if self.right_to_left else "ltr"

    @property
    def fonts(self) -> tuple[str, ...]:
        """The stylesheets with the fonts of its script."""
        return ("fonts.css", f"{self.script}.css") if self.script else ("fonts.css",)

    def say(self, words: str, /, **facts: object) -> str:
        """The program's own text `words` in this language, with the facts named in braces filled in.

        Raises RenderError where its catalogue lacks the text, as the page would show it in English.
        """
        return self._translated(words).format(**facts) if facts else self._translated(words)

    def _translated(self, words: str) -> str:
        if self.code == ENGLISH.code or not words:
            return words
        translated = _catalogue(self.code).get(words)
        if not translated:
            raise RenderError(
                f"there are no words in {self.name} for “{words}”", "“leaflet languages” lists what is missing."
            )
        return translated

    def listed(self, items: Iterable[str]) -> str:
        """The items joined by the comma of the language: 1 mg, 2 mg; 1 mg、2 mg."""
        first, *others = tuple(items) or ("",)
        return reduce(lambda one, other: self.say("{one}, {other}", one=one, other=other), others, first)

    def date(self, date: dt.date) -> str:
        """A date with its month in words, which cannot be misread: 3 April 2026."""
        if self.code == ENGLISH.code:
            return f"{date.day} {date:%B} {date.year}"
        from babel.dates import format_date  # here, so that an English page need not load it

        return format_date(date, format="long", locale=self.tag.replace("-", "_"))


ENGLISH = Language("en", "English", "en")

LANGUAGES: Mapping[str, Language] = MappingProxyType({
    language.code: language
    for language in (
        ENGLISH,
        Language("es", "Español", "es"),
        Language("ar", "العربية", "ar", Script.ARABIC, right_to_left=True),
        Language("vi", "Tiếng Việt", "vi"),
        Language("zh", "简体中文", "zh-Hans", Script.CHINESE),
    )
})  # fmt: skip


def language(code: str) -> Language:
    """The language of a code. Raises UsageError, which lists the codes there are."""
    supported = LANGUAGES.get(code)
    if supported is None:
        raise UsageError(f"there are no words of ours in “{code}”", f"There is: {', '.join(LANGUAGES)}.")
    return supported


def language_or_english(code: str) -> Language:
    """The language of a code or tag, of two (“en+es”) the first; English where it is not supported.

    For labels, and for pages that are shown and never printed.
    """
    return LANGUAGES.get(first_language(code), ENGLISH)


def first_language(lang: str) -> str:
    """The bare code of a language tag, or of the first of two (“en+es”)."""
    return lang.split(BESIDE)[0].split("-")[0].lower()


def text_lang(lang: str) -> str:
    """The language of the monograph file that a sheet is made of: of two (“en+es”) that of the translation.

    Raises UsageError where the two are not a translation and its source.
    """
    if BESIDE not in lang:
        return lang
    codes = lang.split(BESIDE)
    others = [code for code in codes if code != ENGLISH.code]
    if len(codes) != len((*others, ENGLISH.code)) or len(others) != 1:
        raise UsageError(
            f"“{lang}” names no text and its source", f"Name two languages, one of them {ENGLISH.code}: en+es."
        )
    return others[0]


def msg(words: str) -> str:
    """The words unchanged: marks them for scripts/catalogues as a text that is translated where it is printed."""
    return words


def catalogue_file(code: str) -> Path:
    """The path of a language's catalogue."""
    return CATALOGUES / f"{code}.po"


@cache
def _catalogue(code: str) -> Mapping[str, str]:
    from babel.messages.pofile import read_po  # here, so that an English page need not load it

    with catalogue_file(code).open("rb") as file:
        catalogue = read_po(file, locale=code)
    return {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string and not entry.fuzzy}
