"""Whom to call in an emergency and where to report side effects: by country, unless the settings say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from leaflets.countries import countries
from leaflets.languages import Language, msg
from leaflets.model.monograph import Block, Box, DoseGrid, Items, Paragraph, Questions, Quote, Table, TextRun, plain
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.view import ViewSection

POISON_HELP = msg("Poison help")
_SPACING = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Contacts:
    """The emergency numbers of one leaflet, and sentences on poison help and on reporting; empty where not known.

    A monograph that has the poison number, or any of `report_words`, gives that information in its own words.
    """

    emergency: str = ""
    out_of_hours: str = ""
    poison: str = ""
    poison_number: str = ""
    report: str = ""
    report_words: tuple[str, ...] = ()


def contacts_for(jurisdiction: str, pharmacy: Pharmacy, language: Language) -> Contacts:
    """The contacts of a country (none where we have no data on it), each replaced by the settings where they have one.

    Our own sentences are in the language of the leaflet, those of the settings in the language they were written in.
    """
    row = countries().get(jurisdiction.upper(), {})
    settings_sentences = {
        countries().get(code, {}).get("country", code): sentence for code, sentence in pharmacy.report
    }
    poison = pharmacy.poison or row.get("poison", "")
    name = "" if pharmacy.poison else row.get("poison_name", "")
    report = settings_sentences.get(row.get("country", jurisdiction.upper()), language.say(row.get("report", "")))
    return Contacts(
        pharmacy.emergency or row.get("emergency", ""),
        pharmacy.out_of_hours or row.get("out_of_hours", ""),
        language.say("{line}: {number}.", line=language.say(name or POISON_HELP), number=poison) if poison else "",
        poison,
        report,
        (report, *row.get("report_words", "").split()),
    )


def with_contacts(
    sections: Sequence[ViewSection], contacts: Contacts
) -> tuple[tuple[ViewSection, ...], tuple[str, ...]]:
    """The sections of a leaflet with both sentences added, and the sentences for which there is no section.

    Poison help ends the section on overdose, reporting the one on side effects. A sentence is left out where the
    monograph gives the information in its own words.
    """
    monograph_text = _letters_and_digits(" ".join(word for section in sections for word in _words(section.blocks)))
    extended, unplaced = tuple(sections), []
    additions = (
        ("overdose", contacts.poison, (contacts.poison_number,)),
        ("side_effects", contacts.report, contacts.report_words),
    )
    for id, sentence, own_words in additions:
        if not sentence or any(_contains(monograph_text, word) for word in own_words):
            continue
        last = max((number for number, section in enumerate(extended) if section.id == id), default=None)
        if last is None:
            unplaced.append(sentence)
        else:
            extended = (*extended[:last], _with_last_paragraph(extended[last], sentence), *extended[last + 1 :])
    return extended, tuple(unplaced)


def _with_last_paragraph(section: ViewSection, sentence: str) -> ViewSection:
    return replace(section, blocks=(*section.blocks, Paragraph(section.line, (TextRun(sentence),))))


def _letters_and_digits(text: str) -> str:
    return _SPACING.sub("", text.casefold())


def _contains(squeezed: str, words: str) -> bool:
    """Whether a text of `_letters_and_digits` contains words; digits must match whole, so that 0111 496 has no 111."""
    return re.search(rf"(?<!\d){re.escape(_letters_and_digits(words))}(?!\d)", squeezed) is not None


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
