"""The copies that went to one destination → the page that calls them back, in each language they were printed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from leaflets.languages import BESIDE, ENGLISH, LANGUAGES, Language, first_language, msg
from leaflets.ledger.entries import IssuedCopies
from leaflets.ledger.serials import format_serials
from leaflets.ledger.states import CopyState
from leaflets.model.edition import Audience
from leaflets.model.page import Html
from leaflets.model.paper import Paper

_KINDS = {Audience.PATIENT: msg("patient leaflet"), Audience.CLINICIAN: msg("clinician sheet")}
_GROUPS = (
    (msg("Printed: take these sheets back."), frozenset({CopyState.PRINTED})),
    (msg("Perhaps not printed yet: stop the print job."), frozenset({CopyState.WRITTEN, CopyState.SENT})),
)
"""The copies by what is to be done with them; whatever is in no group is not on paper."""
_NOT_ON_PAPER = msg("Do not look for these: they were destroyed or never printed.")
_NOT_THE_MEDICINE = msg(
    "Only the printed sheet is called back, not the medicine. Nobody should stop the medicine because of this notice."
)
_HEADING_SHEETS, _HEADING_STEPS = msg("The sheets"), msg("What to do")
_COLUMNS = (msg("Run"), msg("Numbers of the sheets"), msg("Kind"), msg("How many"))
_TO_WRITE_ON = (msg("Numbers that are missing"), msg("How many were destroyed"), msg("Name and date"))
_STEPS = (
    msg("From now on, give nobody a sheet with one of these numbers. The number stands on the sheet after the run."),
    msg("Collect the sheets that are still here and compare their numbers with the table."),
    msg("Write down which numbers are missing and return this page to the pharmacy."),
    msg("Destroy the collected sheets, so that none of them is read by mistake."),
)


@dataclass(frozen=True, slots=True)
class RecallNotice:
    """What a recall tells one destination: the medicine's titles by language, its copies, and why, if somebody says."""

    drug: str
    titles: Mapping[str, str]
    destination: str
    issued: tuple[IssuedCopies, ...]
    day: dt.date
    reason: str = ""

    def title(self, language: Language) -> str:
        """The medicine's title in a language; in English, or as its file is called, where it has none in it."""
        return self.titles.get(language.code) or self.titles.get(ENGLISH.code) or self.drug

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages of its copies, of two side by side both, as they first come; English where we have no words."""
        codes = (code for one in self.issued for code in one.lang.split(BESIDE))
        return tuple(dict.fromkeys(LANGUAGES.get(first_language(code), ENGLISH) for code in codes))


def notice_page(notice: RecallNotice, paper: Paper) -> Html:
    """The page of a notice: the same in each of its languages, one after the other."""
    languages = notice.languages
    first = languages[0]
    heading = first.say("Recall of a leaflet: {title}", title=notice.title(first))
    sections = "".join(_section(notice, language) for language in languages)
    markup = (
        f'<!DOCTYPE html><html lang="{first.tag}" dir="{first.direction}"><head><title>{escape(heading)}</title></head>'
        f'<body><div class="imprint" data-left="{escape(f"{notice.destination} · {notice.day.isoformat()}")}"></div>'
        f"{sections}</body></html>"
    )
    fonts = dict.fromkeys(sheet for language in languages for sheet in language.fonts)
    return Html(markup, (*fonts, "recall.css", f"{paper}.css"), heading, first.tag)


def _section(notice: RecallNotice, language: Language) -> str:
    say = language.say
    facts = [
        (say("Destination"), escape(notice.destination)),
        (say("Medicine"), escape(notice.title(language))),
        (say("Version"), escape(_versions(notice.issued, language))),
        (say("Date"), escape(language.date(notice.day))),
        *([(say("Reason"), escape(notice.reason))] if notice.reason else []),
    ]
    rows = "".join(f"<tr><th scope='row'>{name}</th><td>{value}</td></tr>" for name, value in facts)
    heading = escape(say("Recall of a leaflet: {title}", title=notice.title(language)))
    return (
        f'<section lang="{language.tag}" dir="{language.direction}"><h1>{heading}</h1>'
        f'<table class="facts">{rows}</table>'
        f'<p class="first">{escape(say(_NOT_THE_MEDICINE))}</p>'
        f"<h2>{escape(say(_HEADING_STEPS))}</h2><ol>{_items(_STEPS, language)}</ol>"
        f"<h2>{escape(say(_HEADING_SHEETS))}</h2>{''.join(_groups(notice.issued, language))}"
        f"{_answer(language)}</section>"
    )


def _versions(issued: Iterable[IssuedCopies], language: Language) -> str:
    return language.listed(dict.fromkeys(one.version or language.say("no version") for one in issued))


def _items(words: Iterable[str], language: Language) -> str:
    return "".join(f"<li>{escape(language.say(each))}</li>" for each in words)


def _groups(issued: Sequence[IssuedCopies], language: Language) -> Iterator[str]:
    """The copies by what is to be done with them, those that are not on paper last, so that nobody looks for them."""
    collected = frozenset().union(*(states for _, states in _GROUPS))
    for words, states in (*_GROUPS, (_NOT_ON_PAPER, frozenset(CopyState) - collected)):
        copies = [one for one in issued if one.state in states]
        if copies:
            yield f"<h3>{escape(language.say(words))}</h3>{_table(copies, language)}"


def _table(issued: Iterable[IssuedCopies], language: Language) -> str:
    heads = "".join(f'<th scope="col">{escape(language.say(name))}</th>' for name in _COLUMNS)
    rows = "".join(_row(one, language) for one in issued)
    return f'<table class="sheets"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _row(one: IssuedCopies, language: Language) -> str:
    """A row of the table; run and numbers are read from the left in every language."""
    numbers = format_serials(one.serials).replace(",", ", ")
    as_written = "".join(f'<td dir="ltr">{escape(text)}</td>' for text in (one.run, numbers))
    kind = f"{language.say(_KINDS[Audience(one.audience)])}, {_language_name(one.lang)}"
    return f"<tr>{as_written}{''.join(f'<td>{escape(cell)}</td>' for cell in (kind, str(len(one.serials))))}</tr>"


def _language_name(lang: str) -> str:
    names = (LANGUAGES[code].name if code in LANGUAGES else code for code in lang.split(BESIDE))
    return " + ".join(names)


def _answer(language: Language) -> str:
    """Lines to write on."""
    lines = "".join(f'<tr><th scope="row">{escape(language.say(name))}</th><td></td></tr>' for name in _TO_WRITE_ON)
    return f'<table class="answer">{lines}</table>'
