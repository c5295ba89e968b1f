"""Doses that contradict each other: above their own maximum, ten times another, or one number with two units."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Part, Passage, PassageIndex
from leaflets.checks.reading.readability import is_medicine, names_of
from leaflets.checks.rule import ERROR, Family, Rule, Violation
from leaflets.model.dose import Amount, Band, BandKind, Dose, Measure, Timing

_DOSING = frozenset({"dosage", "adjustments"})
_NO_DOSES = frozenset({
    "overdose", "front", "generic_name", "supply", "strengths", "ingredients", "mechanism", "storage",
    "interactions",
})  # fmt: skip
"""Sections whose amounts are no doses of this medicine for a patient."""
_CONDITION = re.compile(
    r"\b(?:if|unless|when"
    r"|(?:in|for) (?:patients|those|people|cases|combination|severe|moderate|mild|renal|heart|hepatic))\b",
    re.IGNORECASE,
)
_BESIDE_ANOTHER = re.compile(r"\bwith\b(?! (?:food|meals?|water|an?|or|milk)\b)")
_SENTENCE = re.compile(r"[^.;!?\n]*")
_COMPARED = frozenset({Measure.MASS, Measure.VOLUME, Measure.UNITS, Measure.MOLES, Measure.RADIATION})
_HEADS = frozenset({Part.TITLE, Part.HEADING, Part.LEAD, Part.QUESTION})
_OF_DOSES = re.compile(
    r"(?:the )?(?:maximum|max\b|highest|usual|starting|start|initial|maintenance|typical|recommended|daily|standard"
    r"|doses?\b)",
    re.IGNORECASE,
)
"""How a heading begins that names a dose, and neither an illness nor patients."""
_MAXIMUM = re.compile(r"(?:the )?(?:maximum|max\b|highest|largest)", re.IGNORECASE)
_WINDOW = 300
"""How many characters before and after a maximum are searched for a condition."""
_MOST_BANDS = 6
"""How many words for patients are compared of one dose or heading."""
_NEAR = 1.001
"""Two amounts that differ by less than a thousandth are the same."""

_Kind = tuple[Measure, tuple[str, ...]]
_Zone = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class _Place:
    """A dose, where it stands, for whom it is, and of which medicine, where its sentence or its heading says so.

    `head` is the number of the passage that is the heading or lead-in above it.
    """

    passage: Passage
    dose: Dose
    bands: tuple[Band, ...]
    head: int = 0
    medicine: str = ""

    @property
    def zone(self) -> _Zone:
        """The part of the text it belongs to: its section, and whether it stands in a table there."""
        return self.passage.section, self.passage.part in (Part.CELL, Part.HEAD_CELL)

    @property
    def kind(self) -> _Kind:
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
def _places(index: PassageIndex, names: frozenset[str]) -> tuple[_Place, ...]:
    """Every dose of the medicine of these names that can be compared with another, in the order of the text."""
    columns = frozenset(
        (passage.group_line, passage.cell_number)
        for passage in index.passages
        if passage.part is Part.HEAD_CELL and _MAXIMUM.match(passage.text)
    )
    places = (
        _Place(
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


class _Zones:
    """The amounts of each part of a text, to ask which of them hold some amount."""

    def __init__(self, places: Iterable[_Place]) -> None:
        intervals: defaultdict[tuple[_Kind, _Zone], list[tuple[float, float]]] = defaultdict(list)
        self.places: defaultdict[tuple[_Kind, float], dict[_Zone, _Place]] = defaultdict(dict)
        for place in places:
            intervals[place.kind, place.zone].append(place.ends)
            for end in place.ends:
                self.places[place.kind, end].setdefault(place.zone, place)
        self._merged = {key: _merged(sorted(pairs)) for key, pairs in intervals.items()}

    def covers(self, kind: _Kind, zone: _Zone, amount: float) -> bool:
        """Whether some dose or range of a part of the text has this amount in it."""
        return any(low <= amount * _NEAR and amount <= high * _NEAR for low, high in self._merged[kind, zone])


def _merged(pairs: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Ranges without overlaps."""
    merged: list[tuple[float, float]] = []
    for low, high in pairs:
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def tenfold(reading: Reading) -> Iterator[Violation]:
    """A dose ten or a hundred times one in another part of the text, where each part knows but one of the two."""
    zones = _Zones(_places(reading.index, names_of(reading.front)))
    for (kind, amount), smaller_at in tuple(zones.places.items()):
        for factor in (10, 100):
            larger_at = zones.places.get((kind, round(amount * factor, 9)), {})
            pair = _first_contradiction(zones, smaller_at, larger_at)
            if pair:
                here, there = pair
                times = "ten" if factor == 10 else "a hundred"
                message = (
                    f"“{here.words}” here and “{there.words}” {_where(there, here)}: one is {times} times the other"
                )
                yield here.violation(message)


def _first_contradiction(
    zones: _Zones, one_at: Mapping[_Zone, _Place], other_at: Mapping[_Zone, _Place]
) -> tuple[_Place, _Place] | None:
    """The first two doses of which each part of the text knows but its own; the one outside the dosing first."""
    for one in one_at.values():
        for other in other_at.values():
            if one.zone != other.zone and _comparable(one, other) and _unknown(zones, one, other):
                first, second = sorted((one, other), key=_by_weight)
                return first, second
    return None


def _by_weight(place: _Place) -> tuple[bool, int]:
    """The order in which the wrong one of two doses is looked for: what stands outside the dosing, then the later."""
    return place.in_dosing, -place.passage.number


def _unknown(zones: _Zones, one: _Place, other: _Place) -> bool:
    """Whether neither part has the other's dose; a section on dosing decides for itself which doses there are."""
    foreign = [not zones.covers(a.kind, a.zone, b.ends[0]) and not zones.covers(a.kind, a.zone, b.ends[1])
               for a, b in ((one, other), (other, one))]  # fmt: skip
    dosing = [place.in_dosing for place in (one, other)]
    return all(foreign) or (dosing == [True, False] and foreign[0]) or (dosing == [False, True] and foreign[1])


def _comparable(one: _Place, other: _Place) -> bool:
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
        if not any(a.name == b.name and a.low <= b.high and b.low <= a.high for a in here for b in there):
            return True
    return False


def _where(place: _Place, here: _Place) -> str:
    table = "the table of " if place.zone[1] else ""
    same = place.passage.section == here.passage.section
    return f"in {table or 'the text of '}the same section" if same else f"in {table}“{place.passage.heading}”"


def two_units(reading: Reading) -> Iterator[Violation]:
    """One number with another unit of mass in another part of the text (125 mcg, 125 mg)."""
    places = [
        place for place in _places(reading.index, names_of(reading.front)) if place.dose.amount.measure is Measure.MASS
    ]
    zones = _Zones(places)
    by_number: defaultdict[tuple[_Kind, float], dict[str, dict[_Zone, _Place]]] = defaultdict(dict)
    for place in places:
        for number in {place.dose.amount.low, place.dose.amount.high}:
            by_unit = by_number[place.kind, number].setdefault(place.dose.amount.unit, {})
            by_unit.setdefault(place.zone, place)
    for units in by_number.values():
        for one, other in combinations(sorted(units), 2):
            pair = _first_contradiction(zones, units[one], units[other])
            if pair:
                here, there = pair
                yield here.violation(
                    f"“{here.words}” here and “{there.words}” {_where(there, here)}: one number, two units"
                )


def above_maximum(reading: Reading) -> Iterator[Violation]:
    """A dose above a maximum: one that follows in its passage, the largest of the dosing, or one outside the dosing."""
    places = _places(reading.index, names_of(reading.front))
    limits = _Limits(places)
    for place in reversed(places):
        limit = limits.broken_by(place)
        if limit:
            where = "beside it" if limit.passage is place.passage else f"in “{limit.passage.heading}”"
            yield place.violation(f"“{place.words}” is more than the maximum of “{limit.words}” {where}")


class _Limits:
    """The maxima of a text: the least in each passage, the largest of the dosing, and the least outside the dosing."""

    def __init__(self, places: Sequence[_Place]) -> None:
        self._zones = _Zones(places)
        self._beside: dict[tuple[_Kind, int], _Place] = {}
        self._most: dict[_Kind, _Place] = {}
        self._outside: dict[_Kind, _Place] = {}
        for limit in places:
            if limit.dose.is_maximum and not _is_conditional(limit):
                here = limit.kind, limit.passage.number
                self._beside[here] = min(self._beside.get(here, limit), limit, key=_upper_end)
                if limit.in_dosing:
                    self._most[limit.kind] = max(self._most.get(limit.kind, limit), limit, key=_upper_end)
                elif not limit.for_some:
                    self._outside[limit.kind] = min(self._outside.get(limit.kind, limit), limit, key=_upper_end)

    def broken_by(self, place: _Place) -> _Place | None:
        """The maximum that a dose is above, None where there is none."""
        beside = self._beside.get((place.kind, place.passage.number))
        if beside and place.dose.end <= beside.dose.start and not place.dose.is_maximum and _is_above(place, beside):
            return beside
        most, outside = self._most.get(place.kind), self._outside.get(place.kind)
        if most and not place.dose.is_maximum and _is_above(place, most) and self._is_news(place, most):
            return most
        above = outside and place.in_dosing and place.ends[0] > outside.ends[1] * _NEAR and _comparable(place, outside)
        return outside if above else None

    def _is_news(self, place: _Place, most: _Place) -> bool:
        """Whether the dosing gives no such dose, or gives it under the heading that the maximum stands under."""
        if place.in_dosing:
            return place.head == most.head
        return not self._zones.covers(place.kind, most.zone, place.ends[0])


def _upper_end(place: _Place) -> float:
    return place.ends[1]


def _is_above(place: _Place, limit: _Place) -> bool:
    """Whether a dose, or what it comes to in a day, is more than a maximum for the same patients."""
    alike = _comparable(place, limit) and _for_the_same(place, limit)
    if not alike or _is_step_or_loading(place) or _is_step_or_loading(limit):
        return False
    low, high = place.ends
    return max(high, low * _times(place, limit)) > limit.ends[1] * _NEAR


_STEP_OR_LOADING = re.compile(
    r"\bloading(?: dose)?(?: is| of|:)? ?$|\b(?:steps?|increments?)(?: of)? \(?(?:no more than |up to )?$"
    r"|\bby (?:no more than |up to )?$",
    re.IGNORECASE,
)


def _is_step_or_loading(place: _Place) -> bool:
    """Whether it is what a dose is raised by, or a first dose that may be above what is taken each day."""
    text, start, end = place.passage.text, place.dose.start, place.dose.end
    return text.startswith(" loading", end) or bool(_STEP_OR_LOADING.search(text, max(0, start - _WINDOW), start))


def _for_the_same(place: _Place, limit: _Place) -> bool:
    """Whether a limit for some patients is held against doses for the same patients alone."""
    return limit.for_some <= {band.kind for band in place.bands}


def _is_conditional(limit: _Place) -> bool:
    """Whether a maximum holds for some patients alone: "in heart failure, no more than 15 mg"."""
    text, dose = limit.passage.text, limit.dose
    start = max(0, dose.start - _WINDOW)
    first = max(start - 1, *(text.rfind(stop, start, dose.start) for stop in (". ", "; ", "\n")))
    sentence = _SENTENCE.match(text, dose.end, dose.end + _WINDOW)
    after = sentence[0] if sentence else ""
    return bool(
        _CONDITION.search(text, first + 1, dose.start) or _CONDITION.search(after) or _BESIDE_ANOTHER.search(after)
    )


def _times(place: _Place, limit: _Place) -> float:
    """How many times a day the dose is due, at the least, where the limit is that of a day."""
    frequency = place.dose.frequency
    needed = any(each.timing is Timing.NEEDED for each in place.passage.doses.frequencies)
    if not limit.dose.daily or place.dose.daily or needed or frequency is None or place.dose.amount.is_rate:
        return 1
    return max(1, frequency.low)


RULES: tuple[Rule, ...] = (
    Rule(
        "NU-05", Family.NUMBERS, "A dose above its own maximum",
        "One of the two is wrong, and the reader cannot tell which.",
        "BNF monograph headings: a dose stands with its maximum; US 21 CFR 201.57 section 2",
        "the dose or the maximum that is right",
        "Take 20 mg once a day. The maximum is 10 mg a day.", "Take 5 mg twice a day. The maximum is 10 mg a day.",
        above_maximum, patient=ERROR, clinician=ERROR,
    ),
    Rule(
        "NU-06", Family.NUMBERS, "A dose ten or a hundred times another",
        "A decimal point in the wrong place is a tenfold dose, and has killed.",
        "ISMP list of error-prone dose designations: trailing zeros and naked decimals are misread by a factor of ten",
        "the same dose in both places, or for whom each is meant",
        "### Dosage\n\nTake 5 mg once a day.\n\n### FAQs\n\n**Q: How much do I take?** A: 50 mg once a day.",
        "### Dosage\n\nTake 5 mg once a day.\n\n### FAQs\n\n**Q: How much do I take?** A: 5 mg once a day.",
        tenfold, patient=ERROR, clinician=ERROR,
    ),
    Rule(
        "NU-07", Family.NUMBERS, "One number with two units",
        "A milligram read for a microgram is a thousandfold overdose.",
        "ISMP list of error-prone dose designations",
        "the unit that is right, in both places",
        "### Dosage\n\nTake 125 mcg once a day.\n\n### FAQs\n\n**Q: How much do I take?** A: 125 mg once a day.",
        "### Dosage\n\nTake 125 mcg once a day.\n\n### FAQs\n\n**Q: How much do I take?** A: 125 mcg once a day.",
        two_units, patient=ERROR, clinician=ERROR,
    ),
)  # fmt: skip
