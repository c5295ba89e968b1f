"""What was asked for, in words → the file of a monograph and the edition it is to have; settings fill in the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, TypeVar, Unpack

from leaflets.errors import ContentError, UsageError
from leaflets.languages import text_lang
from leaflets.model.edition import MOST_SHEETS, Audience, Edition, TypeSize
from leaflets.model.paper import Paper
from leaflets.project import MonographFile, ProjectFolder
from leaflets.project.content import source_of_argument

_Choice = TypeVar("_Choice", Audience, Paper, TypeSize)


class EditionChoices(TypedDict, total=False):
    """What may be said of an edition besides its audience; what is missing or None is as the settings say.

    `lang` is a language or two side by side ("en+es"), `paper` "a4", "letter" or "a5", `type_size` "standard" or
    "large-print". `sheets` is how many sheets of paper it may take, 0 as planned; where `fitted` is false the design
    stays as it is, however long. A `booklet` has its A5 pages two by two on A4, to be folded.
    """

    lang: str | None
    paper: str | None
    type_size: str | None
    sheets: int | None
    fitted: bool | None
    booklet: bool | None


def monograph_file(project: ProjectFolder, name: str, lang: str | None = None) -> MonographFile:
    """The file of a monograph by its name, or by a path; `lang` is the project's own if none is given.

    Raises ContentError where there is none, with near names, or where a file's own name says another language.
    """
    lang = lang or project.settings.language
    source = source_of_argument(name) or project.source(name, lang)
    if source.lang != text_lang(lang):
        raise ContentError(
            f"{source.file}: by its name this text is in “{source.lang}”, and sheets in “{lang}” were asked for",
            f"Say --lang {source.lang}.",
        )
    return source


def requested_edition(project: ProjectFolder, audience: str, **choices: Unpack[EditionChoices]) -> Edition:
    """The edition that some words name.

    Raises UsageError where one means nothing, or a booklet is not on A5; TypeError where there is no such choice.
    """
    unknown = choices.keys() - EditionChoices.__annotations__.keys()
    if unknown:  # as Python says it of a function that names its arguments
        words = ", ".join(EditionChoices.__annotations__)
        raise TypeError(f"unexpected keyword argument “{min(unknown)}”; there is: {words}")
    settings = project.settings
    paper = _choice(Paper, choices.get("paper") or settings.paper, "paper")
    booklet = bool(choices.get("booklet"))
    if booklet and paper is not Paper.A5:
        raise UsageError(f"build: a booklet is A4, folded: its pages are A5, not {paper}", "Say --paper a5.")
    return Edition(
        _choice(Audience, audience, "audience"),
        choices.get("lang") or settings.language,
        paper,
        _choice(TypeSize, choices.get("type_size") or settings.type_size, "type size"),
        _sheets(choices.get("sheets") or 0),
        choices.get("fitted") is not False,
        booklet,
    )


def audiences_of(project: ProjectFolder, sources: Sequence[MonographFile]) -> tuple[Audience, ...]:
    """The audiences that all these texts are written for: a translation is for patients alone."""
    return (Audience.PATIENT,) if all(project.original(source) for source in sources) else tuple(Audience)


def _sheets(number: int) -> int:
    if not isinstance(number, int) or not 0 <= number <= MOST_SHEETS:
        raise UsageError(
            f"“{number}” is no number of sheets", f"Give one from 1 to {MOST_SHEETS}, or 0 for as planned."
        )
    return number


def _choice(kind: type[_Choice], text: str, what: str) -> _Choice:
    try:
        return kind(text)
    except ValueError:
        words = ", ".join(one.value for one in kind)
        raise UsageError(f"“{text}” is no {what}", f"There is: {words}.") from None
