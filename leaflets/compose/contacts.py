"""Whom a patient calls and where side effects are reported: by country, unless the settings say otherwise."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from leaflets.languages import Language, msg
from leaflets.model.monograph import Block, Box, DoseGrid, Items, Paragraph, Questions, Quote, Table, TextRun, plain
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.view import ViewSection

POISON_HELP = msg("Poison help")
_SPACING = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class HelpLines:
    """Numbers for one leaflet, empty where not known, and two sentences: on poison help, and on how to report.

    A monograph that has the number of the one, or any of the words `said_by` of the other, says so itself.
    """

    emergency: str = ""
    out_of_hours: str = ""
    poison: str = ""
    poison_number: str = ""
    report: str = ""
    said_by: tuple[str, ...] = ()


def help_lines(jurisdiction: str, pharmacy: Pharmacy, tongue: Language) -> HelpLines:
    """The help lines of a country (none where it is not known), each replaced by what the settings say.

    Our own sentences are in the language of the leaflet, those of the settings in whatever language they were written.
    """
    row = _countries().get(jurisdiction.upper(), {})
    own = {_countries().get(code, {}).get("country", code): sentence for code, sentence in pharmacy.report}
    poison = pharmacy.poison or row.get("poison", "")
    name = "" if pharmacy.poison else row.get("poison_name", "")
    report = own.get(row.get("country", jurisdiction.upper()), tongue.say(row.get("report", "")))
    return HelpLines(
        pharmacy.emergency or row.get("emergency", ""),
        pharmacy.out_of_hours or row.get("out_of_hours", ""),
        tongue.say("{line}: {number}.", line=tongue.say(name or POISON_HELP), number=poison) if poison else "",
        poison,
        report,
        (report, *row.get("said_by", "").split()),
    )


@cache
def _countries() -> Mapping[str, Mapping[str, str]]:
    text = (resources.files("leaflets") / "tables" / "countries.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {name: row for row in rows for name in (row["country"], *row["also"].split())}


def with_help(sections: Sequence[ViewSection], lines: HelpLines) -> tuple[tuple[ViewSection, ...], tuple[str, ...]]:
    """The sections of a leaflet, with the poison help line at the end of “too much” and how to report side effects at
    the end of those; and of both what has no such section. What the monograph says in its own words is not repeated.
    """
    said = _squeezed(" ".join(word for section in sections for word in _words(section.blocks)))
    placed, left = tuple(sections), []
    wanted = (("overdose", lines.poison, (lines.poison_number,)), ("side_effects", lines.report, lines.said_by))
    for id, sentence, known_by in wanted:
        if not sentence or any(_stands_in(said, word) for word in known_by):
            continue
        last = max((number for number, section in enumerate(placed) if section.id == id), default=None)
        if last is None:
            left.append(sentence)
        else:
            placed = (*placed[:last], _ended(placed[last], sentence), *placed[last + 1 :])
    return placed, tuple(left)


def _ended(section: ViewSection, sentence: str) -> ViewSection:
    return replace(section, blocks=(*section.blocks, Paragraph(section.line, (TextRun(sentence),))))


def _squeezed(text: str) -> str:
    return _SPACING.sub("", text.casefold())


def _stands_in(squeezed: str, words: str) -> bool:
    """Whether words stand in a squeezed text; a number does not stand in a longer one, as 111 would in 0111 496."""
    return re.search(rf"(?<!\d){re.escape(_squeezed(words))}(?!\d)", squeezed) is not None


def _words(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Items():
                yield from _words(inner for item in block.items for inner in item.blocks)
            case Table():
                yield from (plain(cell) for row in block.rows for cell in row.cells)
            case Box() | Quote():
                yield from _words(block.blocks)
            case Questions():
                yield from _words(inner for asked in block.questions for inner in asked.answer)
            case Paragraph():
                yield plain((*block.lead, TextRun(" "), *block.text))
            case DoseGrid():
                pass
            case _:
                yield block.text if isinstance(block.text, str) else plain(block.text)
