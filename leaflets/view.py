"""Monograph → View: its sections as one audience sees them, ordered and titled by a table, and what was withheld."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from leaflets.languages import Language, language_or_english, msg
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
class Placement:
    """The region of the sheet that a section has for one audience, and its title there."""

    id: str
    region: Region
    title: str


def _in_order(*rows: tuple[str, Region, str]) -> MappingProxyType[str, tuple[int, Placement]]:
    return MappingProxyType(
        {id: (order, Placement(id, region, title)) for order, (id, region, title) in enumerate(rows)}
    )


# Order and titles: standards for patient leaflets put signs of danger before common harms, and all that is needed to
# take the medicine on page 1; the clinician sheet has dose, adjustments and monitoring, in this order.
LAYOUTS = MappingProxyType({
    Audience.PATIENT: _in_order(
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
    Audience.CLINICIAN: _in_order(
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
_DOSE_TABLE_SECTIONS = frozenset({"dosage", "adjustments"})
_MAX_CELL = 900
# What a heading says besides its section, as in “Generic name (not for children under 12)”: it is never left out.
_QUALIFIED = re.compile(r"[(（\[][^)）\]]*\w")
_LONGEST_NAME_LINE = 160

Layout = Mapping[str, tuple[int, Placement]]
"""For each section id its rank on the sheet and its placement."""


@cache
def layout_for(audience: Audience, lang: str) -> Layout:
    """The layout of an audience's sheet, its titles in the language of the sheet."""
    say = language_or_english(lang).say
    layout = LAYOUTS[audience]
    return {id: (rank, replace(placement, title=say(placement.title))) for id, (rank, placement) in layout.items()}


def view(monograph: Monograph, audience: Audience) -> View:
    """What `audience` sees: its sections in reading order, and all that is withheld from it, with the reasons."""
    layout = layout_for(audience, monograph.lang)
    ranked: list[tuple[tuple[int, int, int], ViewSection]] = []
    withheld: list[Withheld] = list(monograph.comments)
    subjects = _subject_order(monograph.sections)
    rank = 0
    for number, section in enumerate(monograph.sections):
        other = Placement("other", _region_after(audience, rank), section.heading)
        rank, placement = layout.get(section.id, (rank, other))
        blocks = tuple(_blocks_for(section.blocks, audience))
        withheld += _withheld_blocks(section.blocks, audience)
        if not blocks and not _has_heading_to_print(section, audience):
            if section.heading:
                whose = f" for the {audience}" if section.blocks else ""
                withheld.append(Withheld(section.line, section.heading, f"there is nothing under this heading{whose}"))
            continue
        shown_section = _view_section(section, placement, blocks, audience, monograph)
        ranked.append(((subjects[number], rank, number), shown_section))
        withheld += _withheld_heading(section, shown_section, audience)
    ordered = tuple(shown_section for _, shown_section in sorted(ranked, key=lambda entry: entry[0]))
    sections = _with_dose_grid(_sets_kept_together(ordered), monograph.front.dose_times, audience, layout)
    return View(audience, monograph.front, sections, monograph.two_audiences, tuple(withheld))


def _with_dose_grid(
    sections: tuple[ViewSection, ...], grid: DoseGrid | None, audience: Audience, layout: Layout
) -> tuple[ViewSection, ...]:
    """The sections with the grid of dose times at the head of the first on dosage, which is added where none exists."""
    if grid is None or audience is not Audience.PATIENT:
        return sections
    rank, placement = layout["dosage"]
    first = next((number for number, section in enumerate(sections) if section.id == "dosage"), None)
    if first is not None:
        headed = replace(sections[first], blocks=(grid, *sections[first].blocks))
        return (*sections[:first], headed, *sections[first + 1 :])
    before = [number for number, s in enumerate(sections) if s.id in layout and layout[s.id][0] < rank]
    position = before[-1] + 1 if before else 0
    added = ViewSection("dosage", placement.title, placement.region, grid.line, (grid,))
    return (*sections[:position], added, *sections[position:])


def _sets_kept_together(sections: tuple[ViewSection, ...]) -> tuple[ViewSection, ...]:
    """The sections of a combination product, without those of a component being parted between two regions."""
    if not any(section.subject for section in sections):
        return sections
    return tuple(replace(s, region=Region.FIRST) if s.region is Region.SECOND else s for s in sections)


def _subject_order(sections: Sequence[Section]) -> tuple[int, ...]:
    """A sort key for each section: 0 before the first component, a number for each component, the last after them."""
    named: dict[str, int] = {}
    for section in sections:
        if section.subject:
            named.setdefault(section.subject, len(named) + 1)
    first = next((i for i, section in enumerate(sections) if section.subject), len(sections))
    return tuple(
        named.get(section.subject, 0 if number < first else len(named) + 1) for number, section in enumerate(sections)
    )


def _region_after(audience: Audience, order: int) -> Region:
    """The region of a section that the table does not list: that of the section before it in the monograph."""
    before = next((placement for position, placement in LAYOUTS[audience].values() if position == order), None)
    return Region.FIRST if before is None or before.region in (Region.NAME, Region.TOP) else before.region


def _view_section(
    section: Section, placement: Placement, blocks: tuple[Block, ...], audience: Audience, monograph: Monograph
) -> ViewSection:
    region = placement.region
    says_more = _QUALIFIED.search(section.heading) is not None
    if section.subject or (region is Region.NAME and (says_more or not _fits_name_block(section))):
        region = Region.FIRST
    if audience is Audience.CLINICIAN:
        language = language_or_english(monograph.lang)
        title, note = section.heading or placement.title, ""
        if section.id == "sources" and monograph.front.sources:
            title = language.say(msg("References"))  # its text is printed above the list of references
        blocks = _with_dose_tables(blocks, language) if section.id in _DOSE_TABLE_SECTIONS else blocks
    else:
        ours, own = placement.title, section.heading
        title = own or ours if monograph.other_language else ours or own
        is_said = section.heading.casefold() == title.casefold() or region is Region.NAME
        note = "" if is_said or (monograph.two_audiences and not says_more) else section.heading
    return ViewSection(section.id, title, region, section.line, blocks, note, section.subject)


def _has_heading_to_print(section: Section, audience: Audience) -> bool:
    """Whether a section without text for this audience has a heading to print: a component's name or a subtitle."""
    named = section.id == "subtitle" or (section.id == "other" and section.heading == section.subject)
    return named and section.audience in (None, audience)


def _fits_name_block(section: Section) -> bool:
    blocks = section.blocks
    if section.id == "subtitle":
        return True
    only = blocks[0] if len(blocks) == 1 else None
    return isinstance(only, Paragraph) and not only.lead and len(plain(only.text)) <= _LONGEST_NAME_LINE


def _blocks_for(blocks: Sequence[Block], audience: Audience) -> Iterator[Block]:
    for block in blocks:
        if block.audience not in (None, audience):
            continue
        if isinstance(block, (Box, Quote)):
            inner = tuple(_blocks_for(block.blocks, audience))
            if inner or (isinstance(block, Box) and block.title):
                yield replace(block, blocks=inner)
        else:
            yield block


def _withheld_blocks(blocks: Sequence[Block], audience: Audience) -> Iterator[Withheld]:
    for block in blocks:
        if block.audience not in (None, audience):
            yield Withheld(block.line, first_words(block), f"marked for the {block.audience}")
        elif isinstance(block, (Box, Quote)):
            yield from _withheld_blocks(block.blocks, audience)


def _withheld_heading(section: Section, shown_section: ViewSection, audience: Audience) -> Iterator[Withheld]:
    shown = {shown_section.title.casefold(), shown_section.note.casefold()}
    if section.heading and section.heading.casefold() not in shown:
        yield Withheld(
            section.line, section.heading, f"the {audience} sheet calls this section “{shown_section.title}”"
        )


def first_words(block: Block) -> str:
    """The first words of a block, for a list of what was withheld."""
    words = " ".join(_block_words(block).split())
    return words if len(words) <= 60 else f"{words[:59].rstrip()}…"


def _block_words(block: Block) -> str:
    match block:
        case Paragraph():
            return f"{plain(block.lead)} {plain(block.text)}"
        case Items():
            return " ".join(_block_words(inner) for item in block.items for inner in item.blocks)
        case Table():
            return " ".join(plain(cell) for cell in (*block.header, *(block.rows[0].cells if block.rows else ())))
        case Box() | Quote():
            title = plain(block.title) if isinstance(block, Box) else ""
            return " ".join([title, *(_block_words(inner) for inner in block.blocks)])
        case Questions():
            return plain(block.questions[0].question)
        case Subheading() | Verbatim() | Picture() | DoseGrid():
            return _single_text(block)


def _single_text(block: Subheading | Verbatim | Picture | DoseGrid) -> str:
    if isinstance(block, DoseGrid):
        return " ".join(f"{time} {amount}" for time, amount in block.amounts)
    return block.text if isinstance(block.text, str) else plain(block.text)


def _with_dose_tables(blocks: tuple[Block, ...], language: Language) -> tuple[Block, ...]:
    """The blocks with two or more lead-in paragraphs in a row, or a list of lead-in items, turned into a dose table."""
    result: list[Block] = []
    lead_ins: list[Paragraph] = []
    for position, block in enumerate(blocks):
        if isinstance(block, Paragraph) and _fits_row(block) and not _continues(blocks[position + 1 :]):
            lead_ins.append(block)
            continue
        result += [*_dose_table(lead_ins, language), _list_as_dose_table(block, language)]
        lead_ins = []
    return (*result, *_dose_table(lead_ins, language))


def _fits_row(block: Paragraph) -> bool:
    return bool(block.lead) and len(plain(block.text)) <= _MAX_CELL


def _continues(following: Sequence[Block]) -> bool:
    """Whether the blocks after a lead-in paragraph continue it, so that in a table they would follow the wrong row.

    A last paragraph without a lead-in is taken to be about all rows.
    """
    if not following or isinstance(following[0], Subheading):
        return False
    if isinstance(following[0], Paragraph):
        return not following[0].lead and any(isinstance(block, Paragraph) and block.lead for block in following)
    return isinstance(following[0], (Items, Table, Quote, Verbatim, Picture))


def _dose_table(lead_ins: Sequence[Paragraph], language: Language) -> Sequence[Block]:
    if len(lead_ins) < 2:
        return lead_ins
    rows = tuple(TableRow(paragraph.line, (_row_heading(paragraph.lead), paragraph.text)) for paragraph in lead_ins)
    header = (_text_of(language.say("For")), _text_of(language.say("Dose")))
    return (Table(lead_ins[0].line, header, rows, lead_ins[0].audience),)


def _list_as_dose_table(block: Block, language: Language) -> Block:
    if not isinstance(block, Items) or block.tick or len(block.items) < 2:
        return block
    firsts = [item.blocks[0] for item in block.items if len(item.blocks) == 1]
    lead_ins = [first for first in firsts if isinstance(first, Paragraph) and _fits_row(first)]
    return _dose_table(lead_ins, language)[0] if len(lead_ins) == len(block.items) else block


def _row_heading(lead: Text) -> Text:
    words = plain(lead).rstrip().rstrip(":：").rstrip()
    return _text_of(words)


def _text_of(words: str) -> Text:
    return (TextRun(words),)


def boxes(view: View, kind: BoxKind) -> tuple[Box, ...]:
    """The boxes of one kind at the top level of a view's sections."""
    return tuple(
        block for section in view.sections for block in section.blocks if isinstance(block, Box) and block.kind is kind
    )
