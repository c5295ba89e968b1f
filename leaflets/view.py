"""Monograph → what one audience sees of it: chosen, ordered and titled by a table, with a list of what was withheld."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from leaflets.languages import Language, msg, spoken
from leaflets.model.edition import Audience
from leaflets.model.finding import Withheld
from leaflets.model.monograph import (
    Block,
    Box,
    BoxKind,
    DoseGrid,
    Items,
    Monograph,
    Paragraph,
    Picture,
    Questions,
    Quote,
    Section,
    Subheading,
    Table,
    TableRow,
    Text,
    TextRun,
    Verbatim,
    plain,
)
from leaflets.model.view import Region, View, ViewSection


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a section stands for one audience, and the title it has there."""

    id: str
    place: Region
    title: str


def _seats(*rows: tuple[str, Region, str]) -> MappingProxyType[str, tuple[int, Seat]]:
    return MappingProxyType({id: (order, Seat(id, place, title)) for order, (id, place, title) in enumerate(rows)})


# Order and titles: standards for patient leaflets put signs of danger before common harms, and all that is needed to
# take the medicine on page 1; the clinician sheet follows dose, adjustments, monitoring.
SEATING = MappingProxyType({
    Audience.PATIENT: _seats(
        ("subtitle", Region.NAME, ""),
        ("generic_name", Region.NAME, msg("Generic name")),
        ("key_message", Region.TOP, msg("Most important")),
        ("urgent", Region.TOP, msg("Get help now")),
        ("boxed_warning", Region.FIRST, msg("Serious warnings")),
        ("introduction", Region.FIRST, msg("About this medicine")),
        ("indications", Region.FIRST, msg("What it is for")),
        ("contraindications", Region.FIRST, msg("Do not take it")),
        ("precautions", Region.FIRST, msg("Before you take it")),
        ("pregnancy", Region.FIRST, msg("Pregnancy and breastfeeding")),
        ("interactions", Region.FIRST, msg("Other medicines")),
        ("dosage", Region.FIRST, msg("How to take it")),
        ("adjustments", Region.FIRST, msg("If your dose needs to change")),
        ("missed_dose", Region.FIRST, msg("If you miss a dose")),
        ("overdose", Region.FIRST, msg("If you take too much")),
        ("monitoring", Region.SECOND, msg("Tests and checks")),
        ("counselling", Region.SECOND, msg("While you take it")),
        ("side_effects", Region.SECOND, msg("Side effects")),
        ("storage", Region.SECOND, msg("How to store it")),
        ("mechanism", Region.SECOND, msg("How it works")),
        ("supply", Region.SECOND, msg("What it looks like")),
        ("faqs", Region.SECOND, msg("Questions")),
        ("sources", Region.SECOND, msg("Where this comes from")),
        ("disclaimer", Region.FOOT, msg("Disclaimer")),
    ),
    Audience.CLINICIAN: _seats(
        ("subtitle", Region.NAME, ""),
        ("generic_name", Region.NAME, msg("Generic name")),
        ("boxed_warning", Region.TOP, msg("Boxed warning")),
        ("urgent", Region.TOP, msg("Get help now")),
        ("key_message", Region.TOP, msg("Key message")),
        ("introduction", Region.FIRST, msg("About this medicine")),
        ("indications", Region.FIRST, msg("Indications")),
        ("dosage", Region.FIRST, msg("Dosage")),
        ("adjustments", Region.FIRST, msg("Dose adjustments")),
        ("contraindications", Region.FIRST, msg("Contraindications")),
        ("precautions", Region.FIRST, msg("Precautions")),
        ("monitoring", Region.SECOND, msg("Monitoring")),
        ("interactions", Region.SECOND, msg("Interactions")),
        ("side_effects", Region.SECOND, msg("Side effects")),
        ("pregnancy", Region.SECOND, msg("Pregnancy and breastfeeding")),
        ("mechanism", Region.SECOND, msg("Mechanism")),
        ("supply", Region.SECOND, msg("Supply")),
        ("counselling", Region.SECOND, msg("Counselling points")),
        ("missed_dose", Region.SECOND, msg("Missed dose")),
        ("overdose", Region.SECOND, msg("Overdose")),
        ("storage", Region.SECOND, msg("Storage")),
        ("faqs", Region.SECOND, msg("Questions")),
        ("sources", Region.FOOT, msg("Sources")),
        ("disclaimer", Region.FOOT, msg("Disclaimer")),
    ),
})  # fmt: skip

# Sections whose lead-ins become the rows of a table on the clinician sheet.
_TABLED = frozenset({"dosage", "adjustments"})
_MAX_CELL = 900
_LONGEST_NAME_LINE = 160

Seating = Mapping[str, tuple[int, Seat]]


@cache
def seating(audience: Audience, lang: str) -> Seating:
    """The seats of an audience's sheet, their titles in its language."""
    tongue = spoken(lang)
    seats = SEATING[audience].items()
    return {id: (order, replace(seat, title=tongue.say(seat.title))) for id, (order, seat) in seats}


def view(monograph: Monograph, audience: Audience) -> View:
    """What `audience` sees: its sections in reading order, and everything withheld from it with the reason."""
    seats = seating(audience, monograph.lang)
    seen: list[tuple[tuple[int, int, int], ViewSection]] = []
    withheld: list[Withheld] = list(monograph.comments)
    subjects = _subject_order(monograph.sections)
    order = 0
    for number, section in enumerate(monograph.sections):
        order, seat = seats.get(section.id, (order, Seat("other", _other_place(audience, order), section.heading)))
        blocks = tuple(_choose(section.blocks, audience))
        withheld += _withheld_blocks(section.blocks, audience)
        if not blocks and not _names_something(section, audience):
            if section.heading:
                whose = f" for the {audience}" if section.blocks else ""
                withheld.append(Withheld(section.line, section.heading, f"there is nothing under this heading{whose}"))
            continue
        placed = _placed(section, seat, blocks, audience, monograph)
        seen.append(((subjects[number], order, number), placed))
        withheld += _retitled(section, placed, audience)
    ordered = tuple(placed for _, placed in sorted(seen, key=lambda entry: entry[0]))
    sections = _with_grid(_unbroken_sets(ordered), monograph.front.dose_times, audience, seats)
    return View(audience, monograph.front, sections, monograph.two_voices, tuple(withheld))


def _with_grid(
    sections: tuple[ViewSection, ...], grid: DoseGrid | None, audience: Audience, seats: Seating
) -> tuple[ViewSection, ...]:
    """The sections with the grid of dose times at the head of the first on dosage; it is made where there is none."""
    if grid is None or audience is not Audience.PATIENT:
        return sections
    order, seat = seats["dosage"]
    first = next((number for number, section in enumerate(sections) if section.id == "dosage"), None)
    if first is not None:
        headed = replace(sections[first], blocks=(grid, *sections[first].blocks))
        return (*sections[:first], headed, *sections[first + 1 :])
    before = [number for number, s in enumerate(sections) if s.id in seats and seats[s.id][0] < order]
    place = before[-1] + 1 if before else 0
    return (*sections[:place], ViewSection("dosage", seat.title, seat.place, grid.line, (grid,)), *sections[place:])


def _unbroken_sets(sections: tuple[ViewSection, ...]) -> tuple[ViewSection, ...]:
    """The sets of a combination product follow one another, each whole; nothing of them moves to a second place."""
    if not any(section.subject for section in sections):
        return sections
    return tuple(replace(s, place=Region.FIRST) if s.place is Region.SECOND else s for s in sections)


def _subject_order(sections: Sequence[Section]) -> tuple[int, ...]:
    """The group of each section: what stands before the first component's set, each set, what stands after them."""
    named: dict[str, int] = {}
    for section in sections:
        if section.subject:
            named.setdefault(section.subject, len(named) + 1)
    first = next((i for i, section in enumerate(sections) if section.subject), len(sections))
    return tuple(
        named.get(section.subject, 0 if number < first else len(named) + 1) for number, section in enumerate(sections)
    )


def _other_place(audience: Audience, order: int) -> Region:
    """A section nobody knows stays beside the one its author put it after."""
    before = next((seat for position, seat in SEATING[audience].values() if position == order), None)
    return Region.FIRST if before is None or before.place in (Region.NAME, Region.TOP) else before.place


def _placed(
    section: Section, seat: Seat, blocks: tuple[Block, ...], audience: Audience, monograph: Monograph
) -> ViewSection:
    place = seat.place
    if section.subject or (place is Region.NAME and not _fits_name_block(section)):
        place = Region.FIRST
    if audience is Audience.CLINICIAN:
        title, note = section.heading or seat.title, ""
        if section.id == "sources" and monograph.front.sources:
            title = spoken(monograph.lang).say(msg("References"))  # what it says stands above the list of them
        blocks = _tabled(blocks, spoken(monograph.lang)) if section.id in _TABLED else blocks
    else:
        title = seat.title or section.heading
        note = "" if monograph.two_voices or section.heading.casefold() == title.casefold() else section.heading
    return ViewSection(section.id, title, place, section.line, blocks, note, section.subject)


def _names_something(section: Section, audience: Audience) -> bool:
    """Whether a section without text for this audience still has a heading to print: a component's name, a subtitle."""
    named = section.id == "subtitle" or (section.id == "other" and section.heading == section.subject)
    return named and section.audience in (None, audience)


def _fits_name_block(section: Section) -> bool:
    blocks = section.blocks
    if section.id == "subtitle":
        return True
    only = blocks[0] if len(blocks) == 1 else None
    return isinstance(only, Paragraph) and not only.lead and len(plain(only.text)) <= _LONGEST_NAME_LINE


def _choose(blocks: Sequence[Block], audience: Audience) -> Iterator[Block]:
    for block in blocks:
        if block.audience not in (None, audience):
            continue
        if isinstance(block, (Box, Quote)):
            inner = tuple(_choose(block.blocks, audience))
            if inner or (isinstance(block, Box) and block.title):
                yield replace(block, blocks=inner)
        else:
            yield block


def _withheld_blocks(blocks: Sequence[Block], audience: Audience) -> Iterator[Withheld]:
    for block in blocks:
        if block.audience not in (None, audience):
            yield Withheld(block.line, opening(block), f"marked for the {block.audience}")
        elif isinstance(block, (Box, Quote)):
            yield from _withheld_blocks(block.blocks, audience)


def _retitled(section: Section, placed: ViewSection, audience: Audience) -> Iterator[Withheld]:
    shown = {placed.title.casefold(), placed.note.casefold()}
    if section.heading and section.heading.casefold() not in shown:
        yield Withheld(section.line, section.heading, f"the {audience} sheet calls this section “{placed.title}”")


def opening(block: Block) -> str:
    """The first words of a block, for a list of what was withheld."""
    words = " ".join(_words(block).split())
    return words if len(words) <= 60 else f"{words[:59].rstrip()}…"


def _words(block: Block) -> str:
    match block:
        case Paragraph():
            return f"{plain(block.lead)} {plain(block.text)}"
        case Items():
            return " ".join(_words(inner) for item in block.items for inner in item.blocks)
        case Table():
            return " ".join(plain(cell) for cell in (*block.header, *(block.rows[0].cells if block.rows else ())))
        case Box() | Quote():
            title = plain(block.title) if isinstance(block, Box) else ""
            return " ".join([title, *(_words(inner) for inner in block.blocks)])
        case Questions():
            return plain(block.questions[0].question)
        case Subheading() | Verbatim() | Picture() | DoseGrid():
            return _line_of(block)


def _line_of(block: Subheading | Verbatim | Picture | DoseGrid) -> str:
    if isinstance(block, DoseGrid):
        return " ".join(f"{time} {amount}" for time, amount in block.amounts)
    return block.text if isinstance(block.text, str) else plain(block.text)


def _tabled(blocks: tuple[Block, ...], tongue: Language) -> tuple[Block, ...]:
    """Runs of two or more lead-in paragraphs, or a list of lead-in items, as rows of a dose table."""
    result: list[Block] = []
    led: list[Paragraph] = []
    for position, block in enumerate(blocks):
        if isinstance(block, Paragraph) and _makes_row(block) and not _goes_on(blocks[position + 1 :]):
            led.append(block)
            continue
        result += [*_dose_table(led, tongue), _list_as_table(block, tongue)]
        led = []
    return (*result, *_dose_table(led, tongue))


def _makes_row(block: Paragraph) -> bool:
    return bool(block.lead) and len(plain(block.text)) <= _MAX_CELL


def _goes_on(following: Sequence[Block]) -> bool:
    """Whether what a lead-in says goes on below it, so that in a table the rest would stand below another row.

    The last paragraph of a section is about all of them.
    """
    if not following or isinstance(following[0], Subheading):
        return False
    if isinstance(following[0], Paragraph):
        return not following[0].lead and any(isinstance(block, Paragraph) and block.lead for block in following)
    return isinstance(following[0], (Items, Table, Quote, Verbatim, Picture))


def _dose_table(led: Sequence[Paragraph], tongue: Language) -> Sequence[Block]:
    if len(led) < 2:
        return led
    rows = tuple(TableRow(paragraph.line, (_row_head(paragraph.lead), paragraph.text)) for paragraph in led)
    header = (_words_of(tongue.say("For")), _words_of(tongue.say("Dose")))
    return (Table(led[0].line, header, rows, led[0].audience),)


def _list_as_table(block: Block, tongue: Language) -> Block:
    if not isinstance(block, Items) or block.tick or len(block.items) < 2:
        return block
    firsts = [item.blocks[0] for item in block.items if len(item.blocks) == 1]
    led = [first for first in firsts if isinstance(first, Paragraph) and _makes_row(first)]
    return _dose_table(led, tongue)[0] if len(led) == len(block.items) else block


def _row_head(lead: Text) -> Text:
    words = plain(lead).rstrip().rstrip(":：").rstrip()
    return _words_of(words)


def _words_of(words: str) -> Text:
    return (TextRun(words),)


def boxes(view: View, kind: BoxKind) -> tuple[Box, ...]:
    """The boxes of one kind that stand at the top level of a view's sections."""
    return tuple(
        block for section in view.sections for block in section.blocks if isinstance(block, Box) and block.kind is kind
    )
