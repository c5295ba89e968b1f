"""A translation compared with its source: which unit translates which, and what has changed in the source since."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest

from leaflets.model.change import BlockChange
from leaflets.model.edition import Audience
from leaflets.model.monograph import (
    Block,
    Box,
    BoxKind,
    DoseGrid,
    Front,
    Items,
    Monograph,
    Paragraph,
    Picture,
    Questions,
    Quote,
    Subheading,
    Table,
    Translation,
    Verbatim,
    plain,
)
from leaflets.model.review import review_of_translation

FRONT = "front"
"""The section under which the record holds the printed values of the front matter."""

HASH_DIGITS = 8

# A change in one of these may hurt a patient who reads the old text; so may one in a box, whatever its section.
SAFETY_SECTIONS = frozenset({
    FRONT, "key_message", "urgent", "boxed_warning", "contraindications", "precautions", "pregnancy", "interactions",
    "dosage", "adjustments", "missed_dose", "overdose", "monitoring",
})  # fmt: skip
_SAFETY_BOXES = frozenset({BoxKind.KEY_MESSAGE, BoxKind.URGENT, BoxKind.BOXED_WARNING})

_PRONUNCIATION = "say_it_as"

INHERITED = ("jurisdiction", "legal_status", "sources", "codes")
"""Keys of the front matter that a translation inherits from its source, and may not have itself."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest piece of text that is translated as one: a paragraph, an item, a row of a table.

    `line` is its line in the source file, `kind` its form, and `boxed` says that it stands in a box that warns.
    """

    line: int
    kind: str
    text: str
    boxed: bool = False

    @property
    def hash(self) -> str:
        """A short hash of its form and words; line breaks, bold, emphasis and reference marks make no difference."""
        words = " ".join(unicodedata.normalize("NFC", self.text).split())
        return hashlib.sha256(f"{self.kind}\0{words}".encode()).hexdigest()[:HASH_DIGITS]


Units = Mapping[str, tuple[Unit, ...]]
"""The units of a text by section; the name of a repeated section has its number at the end."""


def units(monograph: Monograph) -> Units:
    """What a patient reads of a monograph, as units by section; the printed values of the front matter under FRONT."""
    by_section: dict[str, tuple[Unit, ...]] = {FRONT: tuple(_front_units(monograph.front))}
    repeats: Counter[str] = Counter()
    for section in monograph.sections:
        section_units = tuple(_units(section.blocks)) if section.audience in (None, Audience.PATIENT) else ()
        if section_units:
            repeats[section.id] += 1
            count = repeats[section.id]
            by_section[section.id if count == 1 else f"{section.id}-{count}"] = section_units
    return by_section


def _front_units(front: Front) -> Iterator[Unit]:
    printed = {
        "title": front.title, "generic_name": front.generic_name, "brand_names": ", ".join(front.brand_names),
        "forms": ", ".join(front.forms), "strengths": ", ".join(front.strengths), "say_it_as": front.say_it_as,
    }  # fmt: skip
    yield from (Unit(front.lines.get(key, 1), key, text) for key, text in printed.items() if text)
    if front.dose_times:
        amounts = " ".join(f"{time}: {amount}" for time, amount in front.dose_times.amounts)
        yield Unit(front.dose_times.line, "dose_times", amounts)


def _units(blocks: Iterable[Block], *, boxed: bool = False) -> Iterator[Unit]:
    for block in blocks:
        if block.audience in (None, Audience.PATIENT):
            yield from (replace(unit, boxed=unit.boxed or boxed) for unit in _of_block(block))


def _of_block(block: Block) -> Iterator[Unit]:
    match block:
        case Paragraph():
            yield _paragraph(block, "paragraph")
        case Items():
            yield from _items(block)
        case Table():
            yield Unit(block.line, "head", _cells(block.header))
            yield from (Unit(row.line, "row", _cells(row.cells)) for row in block.rows)
        case Box() | Quote():
            yield from _nested(block)
        case Questions():
            for question in block.questions:
                yield Unit(question.line, "question", plain(question.question))
                yield from _units(question.answer)
        case _:
            yield from _single(block)


def _nested(block: Box | Quote) -> Iterator[Unit]:
    if isinstance(block, Box):
        yield Unit(block.line, f"box {block.kind}", plain(block.title))
    yield from _units(block.blocks, boxed=isinstance(block, Box) and block.kind in _SAFETY_BOXES)


def _single(block: Subheading | Verbatim | Picture | DoseGrid) -> Iterator[Unit]:
    if isinstance(block, Subheading):
        yield Unit(block.line, "heading", plain(block.text))
    elif isinstance(block, Verbatim):
        yield Unit(block.line, "verbatim", block.text)
    elif isinstance(block, Picture):  # a DoseGrid is no block of a section: its values are among the front matter's
        yield Unit(block.line, f"picture {block.name}", block.text)


def _paragraph(block: Paragraph, kind: str) -> Unit:
    icon = f" :{block.icon}:" if block.icon else ""
    return Unit(block.line, kind + icon, f"{plain(block.lead)} {plain(block.text)}")


def _items(block: Items) -> Iterator[Unit]:
    kind = "tick" if block.tick else "item" if block.start is None else "step"
    for item in block.items:
        for number, inner in enumerate(item.blocks):
            if isinstance(inner, Paragraph) and number == 0:
                yield _paragraph(inner, kind)
            else:
                yield from _units((inner,))


def _cells(cells: Iterable[Iterable[object]]) -> str:
    return " | ".join(plain(cell) for cell in cells)  # type: ignore[arg-type]  # cells are texts


# ---------------------------------------------------------------- the record


def record_of(source: Monograph) -> Translation:
    """The record of a translation made from this source as it is now."""
    return Translation(
        source.front.version,
        tuple((section, tuple(unit.hash for unit in of_section)) for section, of_section in units(source).items()),
    )


@dataclass(frozen=True, slots=True)
class SourceChange:
    """A unit of the source that has changed since it was translated.

    `line` is its line in the translation and `source_line` that in the source, each 0 where it is missing there.
    `safety` says that the old text may hurt a patient.
    """

    section: str
    change: BlockChange
    line: int
    source_line: int
    safety: bool


def source_changes(translation: Monograph, source: Monograph) -> tuple[SourceChange, ...]:
    """Every change of the source since the translation was sealed; none where it never was."""
    record = translation.front.translation
    if record is None:
        return ()
    recorded, source_units, translated = dict(record.blocks), units(source), units(translation)
    return tuple(
        change
        for section in dict.fromkeys([*recorded, *source_units])
        for change in _changes(
            section, recorded.get(section, ()), source_units.get(section, ()), translated.get(section, ())
        )
    )


def _changes(
    section: str, recorded: tuple[str, ...], source: tuple[Unit, ...], translated: tuple[Unit, ...]
) -> Iterator[SourceChange]:
    """The changes of one section: the units between the first and the last that differ are paired in order."""
    hashes = tuple(unit.hash for unit in source)
    first = next((n for n, (old, new) in enumerate(zip_longest(recorded, hashes)) if old != new), None)
    if first is None:
        return
    tail = 0
    while tail < min(len(recorded), len(hashes)) - first and recorded[-1 - tail] == hashes[-1 - tail]:
        tail += 1
    old, new = range(first, len(recorded) - tail), range(first, len(hashes) - tail)
    for before, after in zip_longest(old, new):
        unit = source[after] if after is not None else None
        here = translated[min(before if before is not None else first, len(translated) - 1)] if translated else None
        change = BlockChange.ADDED if before is None else BlockChange.REMOVED if after is None else BlockChange.CHANGED
        boxed = (unit is not None and unit.boxed) or (here is not None and here.boxed)
        safety = boxed or section.split("-")[0] in SAFETY_SECTIONS
        yield SourceChange(section, change, here.line if here else 0, unit.line if unit else 0, safety)


# ---------------------------------------------------------------- alignment


@dataclass(frozen=True, slots=True)
class UnitPair:
    """Units of a translation and those of the source that they translate.

    A section whose units have other kinds than the source's is one pair as a whole, not `aligned`.
    """

    section: str
    translated: tuple[Unit, ...]
    source: tuple[Unit, ...]
    aligned: bool = True


def unit_pairs(translation: Monograph, source: Monograph) -> Iterator[UnitPair]:
    """Each unit of the translation with the unit of the source that it translates, in the order of the source."""
    translated_units, source_units = units(translation), units(source)
    yield from _front_pairs(translated_units[FRONT], source_units[FRONT])
    for section in dict.fromkeys([*source_units, *translated_units]):
        here, there = translated_units.get(section, ()), source_units.get(section, ())
        if section == FRONT:
            continue
        if [unit.kind for unit in here] != [unit.kind for unit in there]:
            yield UnitPair(section, here, there, aligned=False)
        else:
            yield from (UnitPair(section, (one,), (other,)) for one, other in zip(here, there, strict=True))


def _front_pairs(translated: tuple[Unit, ...], source: tuple[Unit, ...]) -> Iterator[UnitPair]:
    here, there = {unit.kind: unit for unit in translated}, {unit.kind: unit for unit in source}
    for kind in dict.fromkeys([*there, *here]):
        both = tuple(filter(None, [here.get(kind)])), tuple(filter(None, [there.get(kind)]))
        if kind != _PRONUNCIATION or all(both):  # another language may need no help with pronunciation
            yield UnitPair(FRONT, *both, aligned=all(both))


def first_mismatch(pair: UnitPair) -> tuple[Unit | None, Unit | None]:
    """The first units of two sections whose kinds differ, of the translation and of the source (None past an end)."""
    both = zip_longest(pair.translated, pair.source)
    return next(((one, other) for one, other in both if not one or not other or one.kind != other.kind), (None, None))


# ---------------------------------------------------------------- what a translation inherits from its source


def with_inherited(translation: Monograph, source: Monograph) -> Monograph:
    """The translation with what it inherits from its source: the keys of INHERITED, and any withdrawal.

    Its next review is due on the earlier of the two dates.
    """
    own, inherited = translation.front, source.front
    front = replace(
        own,
        **{key: getattr(inherited, key) for key in INHERITED},
        **review_of_translation(own, inherited),
    )
    return replace(translation, front=front)
