"""The doses of a text with their places: in which section, for whom, of which medicine, and which can be compared."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from leaflets.checks.reading.passages import Part, Passage, PassageIndex
from leaflets.checks.reading.readability import is_medicine
from leaflets.checks.rule import Violation
from leaflets.model.dose import Amount, Band, BandKind, Dose, Measure

_DOSING = frozenset({"dosage", "adjustments"})
_NO_DOSES = frozenset({
    "overdose", "front", "generic_name", "supply", "strengths", "ingredients", "mechanism", "storage",
    "interactions",
})  # fmt: skip
"""Sections whose amounts are no doses of this medicine for a patient."""
_COMPARED = frozenset({Measure.MASS, Measure.VOLUME, Measure.UNITS, Measure.MOLES, Measure.RADIATION})
_HEADS = frozenset({Part.TITLE, Part.HEADING, Part.LEAD, Part.QUESTION})
_OF_DOSES = re.compile(
    r"(?:the )?(?:maximum|max\b|highest|usual|starting|start|initial|maintenance|typical|recommended|daily|standard"
    r"|doses?\b)",
    re.IGNORECASE,
)
"""How a heading begins that names a dose, and neither an illness nor patients."""
_MAXIMUM = re.compile(r"(?:the )?(?:maximum|max\b|highest|largest)", re.IGNORECASE)
_MOST_BANDS = 6
"""How many words for patients are compared of one dose or heading."""
NEAR = 1.001
"""Two amounts that differ by less than a thousandth are the same."""

DoseKind = tuple[Measure, tuple[str, ...]]
Zone = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class DosePlace:
    """A dose, where it stands, for whom it is, and of which medicine, where its sentence or its heading says so.

    `head` is the number of the passage that is the heading or lead-in above it.
    """

    passage: Passage
    dose: Dose
    bands: tuple[Band, ...]
    head: int = 0
    medicine: str = ""

    @property
    def zone(self) -> Zone:
        """The part of the text it belongs to: its section, and whether it stands in a table there."""
        return self.passage.section, self.passage.part in (Part.CELL, Part.HEAD_CELL)

    @property
    def kind(self) -> DoseKind:
        """What it may be compared with: the same measure, by the same measure of the body."""
        return self.dose.amount.measure, tuple(each for each in self.dose.amount.per if each in ("kg", "m2"))

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends of its amount in micrograms, millilitres or units."""
        amount = self.dose.amount
        return round(amount.low * amount.scale, 9), round(amount.high * amount.scale, 9)

    @property
    def in_dosing(self) -> bool:
        """Whether it stands in a section on dosing."""
        return self.passage.section in _DOSING

    @property
    def for_some(self) -> frozenset[BandKind]:
        """By what its patients are told from others; nothing where it is for adults at large."""
        return frozenset(band.kind for band in self.bands if band.name != "adults")

    @property
    def words(self) -> str:
        """Its amount as it is written."""
        return self.passage.text[self.dose.start : self.dose.end]

    def violation(self, message: str) -> Violation:
        """A violation at its amount."""
        return Violation(message, self.passage, *self.passage.tokens_between(self.dose.start, self.dose.end))


@lru_cache(maxsize=4)
def dose_places(index: PassageIndex, names: frozenset[str]) -> tuple[DosePlace, ...]:
    """Every dose of the medicine of these names that can be compared with another, in the order of the text."""
    columns = frozenset(
        (passage.group_line, passage.cell_number)
        for passage in index.passages
        if passage.part is Part.HEAD_CELL and _MAXIMUM.match(passage.text)
    )
    places = (
        DosePlace(
            passage,
            dose,
            (dose.bands or (head.doses.bands if head else ()))[:_MOST_BANDS],
            head.number if head else 0,
            _medicine(passage, dose, names),
        )
        for passage, head in _passages_under_heads(index)
        for dose in _doses(passage, columns)
        if _is_dose(dose.amount)
    )
    return tuple(place for place in places if not place.medicine or place.medicine in names)


def _doses(passage: Passage, columns: frozenset[tuple[int, int]]) -> Iterator[Dose]:
    """The doses of a passage; all are maxima after the lead-in "Maximum:", or in one of these columns of tables."""
    in_column = passage.part is Part.CELL and (passage.group_line, passage.cell_number) in columns
    if in_column or _MAXIMUM.match(passage.words_before):
        return (replace(dose, is_maximum=True) for dose in passage.doses.doses)
    return iter(passage.doses.doses)


def _passages_under_heads(index: PassageIndex) -> Iterator[tuple[Passage, Passage | None]]:
    """Each passage that has an amount, with the heading or lead-in above it in its section, or the head of its row."""
    measured = {passage.number for passage in index.measured}
    head: Passage | None = None
    row: Passage | None = None
    for passage in index.passages:
        if passage.part in _HEADS and not _OF_DOSES.match(passage.text):
            head = passage
        if passage.part is not Part.CELL or passage.cell_number == 1:
            row = passage if passage.part is Part.CELL else None
        above = row or head
        if passage.number in measured and passage.section not in _NO_DOSES:
            yield passage, above if above and above.section == passage.section else None


def _medicine(passage: Passage, dose: Dose, names: frozenset[str]) -> str:
    """The medicine that an amount is of (1 g of sulbactam, niacin 1 g); empty where the words beside it name none."""
    first, end = passage.tokens_between(dose.start, dose.end)
    words = [token.text.lower() for token in passage.tokens[max(0, first - 1) : end + 2]]
    before, after = words[:1] if first else [], words[-2:]
    if after[:1] == ["of"] and (after[1] in names or len(after[1]) > 5 or is_medicine(after[1])):
        return after[1]
    return next((word for word in before if word in names or is_medicine(word)), "")


def _is_dose(amount: Amount) -> bool:
    return amount.measure in _COMPARED and not amount.is_strength and not {"hour", "min"}.intersection(amount.per)


class DoseZones:
    """The amounts of each part of a text, to ask which of them hold some amount."""

    def __init__(self, places: Iterable[DosePlace]) -> None:
        intervals: defaultdict[tuple[DoseKind, Zone], list[tuple[float, float]]] = defaultdict(list)
        self.places: defaultdict[tuple[DoseKind, float], dict[Zone, DosePlace]] = defaultdict(dict)
        for place in places:
            intervals[place.kind, place.zone].append(place.ends)
            for end in place.ends:
                self.places[place.kind, end].setdefault(place.zone, place)
        self._merged = {key: _merged(sorted(pairs)) for key, pairs in intervals.items()}

    def covers(self, kind: DoseKind, zone: Zone, amount: float) -> bool:
        """Whether some dose or range of a part of the text has this amount in it."""
        return any(low <= amount * NEAR and amount <= high * NEAR for low, high in self._merged[kind, zone])


def _merged(pairs: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Ranges without overlaps."""
    merged: list[tuple[float, float]] = []
    for low, high in pairs:
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def comparable(one: DosePlace, other: DosePlace) -> bool:
    """Whether nothing in the text says that two doses are of different medicines, by different routes or for others."""
    if one.medicine and other.medicine and one.medicine != other.medicine:
        return False
    both_dosing = one.in_dosing and other.in_dosing
    if both_dosing and {band.kind for band in one.bands} != {band.kind for band in other.bands}:
        return False
    if one.dose.route and other.dose.route and one.dose.route != other.dose.route:
        return False
    return not _bands_differ(one.bands, other.bands)


def _bands_differ(one: tuple[Band, ...], other: tuple[Band, ...]) -> bool:
    """Whether two doses are for patients of different age, weight, kidneys or liver."""
    for kind in {band.kind for band in one} & {band.kind for band in other}:
        here, there = ([band for band in bands if band.kind is kind] for bands in (one, other))
        if any(map(_is_measured, here)) and any(map(_is_measured, there)):
            here, there = list(filter(_is_measured, here)), list(filter(_is_measured, there))
        if not any(a.name == b.name and _overlap(a, b) for a in here for b in there):
            return True
    return False


def _is_measured(band: Band) -> bool:
    """Whether it has a figure: children under 2, and not children at large."""
    return not band.name


def _overlap(one: Band, other: Band) -> bool:
    """Whether somebody is in both bands; under 2 and 2 to 16 only share their end."""
    if one.low == one.high or other.low == other.high:
        return one.low <= other.high and other.low <= one.high
    return one.low < other.high and other.low < one.high
