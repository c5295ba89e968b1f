"""A translation against its source: block beside block, and which block of the source has changed since."""

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
"""Where the record keeps what the front matter prints."""

HASH_DIGITS = 8

# A change in one of these may hurt a patient who is told the old text; so may one in a box, wherever it stands.
SAFETY = frozenset({
    FRONT, "key_message", "urgent", "boxed_warning", "contraindications", "precautions", "pregnancy", "interactions",
    "dosage", "adjustments", "missed_dose", "overdose", "monitoring",
})  # fmt: skip
_SAFETY_BOXES = frozenset({BoxKind.KEY_MESSAGE, BoxKind.URGENT, BoxKind.BOXED_WARNING})

_SAID = "say_it_as"

TAKEN = ("jurisdiction", "legal_status", "sources", "codes")
"""Keys of the front matter that a translation takes from its source, and may not have itself."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest piece that is translated as one: a paragraph, an item, a row. `kind` is its form, `line` its place.

    `boxed`: it stands in a box that warns.
    """

    line: int
    kind: str
    text: str
    boxed: bool = False

    @property
    def hash(self) -> str:
        """A short hash of its form and words; line breaks, faces and reference marks make no difference."""
        words = " ".join(unicodedata.normalize("NFC", self.text).split())
        return hashlib.sha256(f"{self.kind}\0{words}".encode()).hexdigest()[:HASH_DIGITS]


Units = Mapping[str, tuple[Unit, ...]]
"""The units of a text by section; a section that comes again has a number after its name."""


def units(monograph: Monograph) -> Units:
    """What a patient reads of a monograph, as units by section, with what the front matter prints under FRONT."""
    found: dict[str, tuple[Unit, ...]] = {FRONT: tuple(_front(monograph.front))}
    seen: Counter[str] = Counter()
    for section in monograph.sections:
        inside = tuple(_units(section.blocks)) if section.audience in (None, Audience.PATIENT) else ()
        if inside:
            seen[section.id] += 1
            found[section.id if seen[section.id] == 1 else f"{section.id}-{seen[section.id]}"] = inside
    return found


def _front(front: Front) -> Iterator[Unit]:
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
            yield from _enclosed(block)
        case Questions():
            for asked in block.questions:
                yield Unit(asked.line, "question", plain(asked.question))
                yield from _units(asked.answer)
        case _:
            yield from _lines(block)


def _enclosed(block: Box | Quote) -> Iterator[Unit]:
    if isinstance(block, Box):
        yield Unit(block.line, f"box {block.kind}", plain(block.title))
    yield from _units(block.blocks, boxed=isinstance(block, Box) and block.kind in _SAFETY_BOXES)


def _lines(block: Subheading | Verbatim | Picture | DoseGrid) -> Iterator[Unit]:
    if isinstance(block, Subheading):
        yield Unit(block.line, "heading", plain(block.text))
    elif isinstance(block, Verbatim):
        yield Unit(block.line, "verbatim", block.text)
    elif isinstance(block, Picture):  # a grid of doses stands in the front matter
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
        tuple((section, tuple(unit.hash for unit in found)) for section, found in units(source).items()),
    )


@dataclass(frozen=True, slots=True)
class Stale:
    """A block whose translation no longer fits: its section, the lines in both texts (0 where it has none)."""

    section: str
    change: BlockChange
    line: int
    source_line: int
    safety: bool


def stale(translation: Monograph, source: Monograph) -> tuple[Stale, ...]:
    """Every block of the source that has changed since the translation was sealed; nothing where it never was."""
    record = translation.front.translation
    if record is None:
        return ()
    recorded, now, theirs = dict(record.blocks), units(source), units(translation)
    sections = dict.fromkeys([*recorded, *now])
    return tuple(
        found
        for section in sections
        for found in _changes(section, recorded.get(section, ()), now.get(section, ()), theirs.get(section, ()))
    )


def _changes(
    section: str, recorded: tuple[str, ...], now: tuple[Unit, ...], theirs: tuple[Unit, ...]
) -> Iterator[Stale]:
    hashes = tuple(unit.hash for unit in now)
    same = next((n for n, (old, new) in enumerate(zip_longest(recorded, hashes)) if old != new), None)
    if same is None:
        return
    tail = 0
    while tail < min(len(recorded), len(hashes)) - same and recorded[-1 - tail] == hashes[-1 - tail]:
        tail += 1
    old, new = range(same, len(recorded) - tail), range(same, len(hashes) - tail)
    for before, after in zip_longest(old, new):
        unit = now[after] if after is not None else None
        there = theirs[min(before if before is not None else same, len(theirs) - 1)] if theirs else None
        change = BlockChange.ADDED if before is None else BlockChange.REMOVED if after is None else BlockChange.CHANGED
        boxed = (unit is not None and unit.boxed) or (there is not None and there.boxed)
        safety = boxed or section.split("-")[0] in SAFETY
        yield Stale(section, change, there.line if there else 0, unit.line if unit else 0, safety)


# ---------------------------------------------------------------- alignment


@dataclass(frozen=True, slots=True)
class UnitPair:
    """Units of both texts that say the same; a section whose forms differ is one pair as a whole, not `aligned`."""

    section: str
    theirs: tuple[Unit, ...]
    ours: tuple[Unit, ...]
    aligned: bool = True


def pairs(translation: Monograph, source: Monograph) -> Iterator[UnitPair]:
    """Each unit of the translation with that of the source it stands for, in the order of the source."""
    theirs, ours = units(translation), units(source)
    yield from _front_pairs(theirs[FRONT], ours[FRONT])
    for section in dict.fromkeys([*ours, *theirs]):
        left, right = theirs.get(section, ()), ours.get(section, ())
        if section == FRONT:
            continue
        if [unit.kind for unit in left] != [unit.kind for unit in right]:
            yield UnitPair(section, left, right, aligned=False)
        else:
            yield from (UnitPair(section, (one,), (other,)) for one, other in zip(left, right, strict=True))


def _front_pairs(theirs: tuple[Unit, ...], ours: tuple[Unit, ...]) -> Iterator[UnitPair]:
    left, right = {unit.kind: unit for unit in theirs}, {unit.kind: unit for unit in ours}
    for kind in dict.fromkeys([*right, *left]):
        both = tuple(filter(None, [left.get(kind)])), tuple(filter(None, [right.get(kind)]))
        if kind != _SAID or all(both):  # how a name is said may go without saying in another language
            yield UnitPair(FRONT, *both, aligned=all(both))


def parting(pair: UnitPair) -> tuple[Unit | None, Unit | None]:
    """Where the forms of two sections part: the first unit of each that has no like in the other (None at an end)."""
    both = zip_longest(pair.theirs, pair.ours)
    return next(((one, other) for one, other in both if not one or not other or one.kind != other.kind), (None, None))


# ---------------------------------------------------------------- what a translation takes from its source


def completed(translation: Monograph, source: Monograph) -> Monograph:
    """The translation with what it takes from its source: whose rules it follows, sources, codes, and any withdrawal.

    It is to be reviewed again when the first of the two is.
    """
    own, theirs = translation.front, source.front
    front = replace(
        own,
        **{key: getattr(theirs, key) for key in TAKEN},
        **review_of_translation(own, theirs),
        translation=replace(own.translation, source_reviewed=bool(theirs.reviewed)) if own.translation else None,
    )
    return replace(translation, front=front)
