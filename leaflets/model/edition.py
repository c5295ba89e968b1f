"""In which form a monograph is printed: audience, language, paper, type size, and the notices it must carry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from leaflets.languages import BESIDE, Language, language, text_lang
from leaflets.model.paper import Paper


class Audience(StrEnum):
    """Who reads the sheet."""

    PATIENT = "patient"
    CLINICIAN = "clinician"


class Notice(StrEnum):
    """Why a sheet should not be handed out; one that is made by permission says so on page 1 and in every footer."""

    EXPIRED = "expired"
    STALE = "stale"


class TypeSize(StrEnum):
    """How large a sheet is set: as usual, or in large print, which is laid out anew and never scaled."""

    STANDARD = "standard"
    LARGE_PRINT = "large-print"


# How many pages are planned: one sheet of A4 or Letter, both sides, for a patient and one side for a clinician
# (standards 8, item 14); on A5 one sheet of A4, folded. Large print, in 18 pt for 12 and 9, has three sheets.
_PLANNED_PAGES = {
    (TypeSize.STANDARD, Audience.PATIENT): 2,
    (TypeSize.STANDARD, Audience.CLINICIAN): 1,
    (TypeSize.LARGE_PRINT, Audience.PATIENT): 6,
    (TypeSize.LARGE_PRINT, Audience.CLINICIAN): 6,
}


MOST_SHEETS = 50
"""Sheets of paper that one leaflet may be given; more is a slip of the hand."""
_SIDES = 2


_FOLDED = 4


@dataclass(frozen=True, slots=True)
class Edition:
    """The form in which one monograph is printed.

    `lang` is the code of its language; “en+es” sets two side by side. `sheets` is how many sheets of paper it may
    take, both sides; 0 leaves that to what is planned. Where `fitted` is false the design is left as it is, however
    long it comes out. A `booklet` has its A5 pages two by two on A4, to be folded.
    """

    audience: Audience
    lang: str = "en"
    paper: Paper = Paper.A4
    type_size: TypeSize = TypeSize.STANDARD
    sheets: int = 0
    fitted: bool = True
    booklet: bool = False

    @property
    def languages(self) -> tuple[Language, ...]:
        """Its languages, in the order in which they are read. Raises UsageError where we have no words in one."""
        return tuple(language(code) for code in self.lang.split(BESIDE))

    @property
    def bilingual(self) -> bool:
        """Whether two languages stand side by side."""
        return BESIDE in self.lang

    @property
    def text_lang(self) -> str:
        """The language of the text it is made of. Raises UsageError as `languages.text_lang` does."""
        return text_lang(self.lang)

    @property
    def planned_pages(self) -> int:
        """How many pages it is to have."""
        if self.sheets:
            return self.sheets * (_FOLDED if self.booklet else _SIDES)
        planned = _PLANNED_PAGES[self.type_size, self.audience]
        return max(2 * planned, _FOLDED) if self.paper is Paper.A5 or self.bilingual else planned

    @property
    def most_pages(self) -> int:
        """How many pages it may have before that is a fault: a clinician sheet may be two."""
        return self.planned_pages if self.sheets else max(self.planned_pages, _SIDES)

    @property
    def stylesheets(self) -> tuple[str, ...]:
        """The stylesheets of this edition, in the order of the cascade; `theme.css` is the project's own."""
        column = ("column.css",) if self.one_column else ()
        large = ("large-print.css",) if self.type_size is TypeSize.LARGE_PRINT else ()
        both = ("large-print-a5.css",) if large and self.paper is Paper.A5 else ()
        folded = ("booklet.css",) if self.booklet else ()
        fonts = dict.fromkeys(sheet for language in self.languages for sheet in language.fonts)
        turned = ("right-to-left.css",) if self.languages[0].right_to_left else ()
        beside = ("bilingual.css",) if self.bilingual else ()
        reader = (*fonts, "page.css", f"{self.audience}.css")
        return (*reader, *column, f"{self.paper}.css", *large, *both, *folded, *turned, *beside, "theme.css")

    @property
    def one_column(self) -> bool:
        """Whether the lines are so short that headings stand above their text, in a single column."""
        return self.paper is Paper.A5 or self.type_size is TypeSize.LARGE_PRINT or self.bilingual


def edition_facts(edition: Edition) -> dict[str, Any]:
    """An edition as records of sheets keep it; they call its type size `form`, as the first of them did."""
    return {("form" if name == "type_size" else name): value for name, value in asdict(edition).items()}


def edition_from_facts(facts: Mapping[str, Any]) -> Edition:
    """The inverse of `edition_facts`. Raises KeyError, TypeError or ValueError where the facts are of no edition."""
    other = {name: value for name, value in facts.items() if name not in ("audience", "paper", "form")}
    audience, paper = Audience(facts["audience"]), Paper(facts["paper"])
    edition = Edition(audience, paper=paper, type_size=TypeSize(facts["form"]), **other)
    if not (isinstance(edition.lang, str) and _LANG.fullmatch(edition.lang)):
        raise ValueError("lang")
    if not (type(edition.sheets) is int and 0 <= edition.sheets <= MOST_SHEETS):
        raise ValueError("sheets")
    if not (isinstance(edition.fitted, bool) and isinstance(edition.booklet, bool)):
        raise TypeError("fitted or booklet")
    return edition


_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*(\+[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?")
