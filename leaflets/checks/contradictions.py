"""Doses that contradict each other: above their own maximum, ten times another, or one number with two units."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from leaflets.checks.dose_places import NEAR, DoseKind, DosePlace, DoseZones, Zone, comparable, dose_places
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.readability import names_of
from leaflets.checks.rule import ERROR, Family, Rule, Violation
from leaflets.model.dose import Measure, Timing

_CONDITION = re.compile(
    r"\b(?:if|unless|when"
    r"|(?:in|for) (?:patients|those|people|cases|combination|severe|moderate|mild|renal|heart|hepatic))\b",
    re.IGNORECASE,
)
_BESIDE_ANOTHER = re.compile(r"\bwith\b(?! (?:food|meals?|water|an?|or|milk)\b)")
_SENTENCE = re.compile(r"[^.;!?\n]*")
_WINDOW = 300
"""How many characters before and after a maximum are searched for a condition."""


def tenfold(reading: Reading) -> Iterator[Violation]:
    """A dose ten or a hundred times one in another part of the text, where each part knows but one of the two."""
    zones = DoseZones(dose_places(reading.index, names_of(reading.front)))
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
    zones: DoseZones, one_at: Mapping[Zone, DosePlace], other_at: Mapping[Zone, DosePlace]
) -> tuple[DosePlace, DosePlace] | None:
    """The first two doses of which each part of the text knows but its own; the one outside the dosing first."""
    for one in one_at.values():
        for other in other_at.values():
            if one.zone != other.zone and comparable(one, other) and _unknown(zones, one, other):
                first, second = sorted((one, other), key=_wrong_one_first)
                return first, second
    return None


def _wrong_one_first(place: DosePlace) -> tuple[bool, int]:
    """The order in which the wrong one of two doses is looked for: what stands outside the dosing, then the later."""
    return place.in_dosing, -place.passage.number


def _unknown(zones: DoseZones, one: DosePlace, other: DosePlace) -> bool:
    """Whether neither part has the other's dose; a section on dosing decides for itself which doses there are."""
    unknown_to_one = not any(zones.covers(one.kind, one.zone, end) for end in other.ends)
    unknown_to_other = not any(zones.covers(other.kind, other.zone, end) for end in one.ends)
    if one.in_dosing is other.in_dosing:
        return unknown_to_one and unknown_to_other
    return unknown_to_one if one.in_dosing else unknown_to_other


def _where(place: DosePlace, here: DosePlace) -> str:
    table = "the table of " if place.zone[1] else ""
    same = place.passage.section == here.passage.section
    return f"in {table or 'the text of '}the same section" if same else f"in {table}“{place.passage.heading}”"


def two_units(reading: Reading) -> Iterator[Violation]:
    """One number with another unit of mass in another part of the text (125 mcg, 125 mg)."""
    places = [
        place
        for place in dose_places(reading.index, names_of(reading.front))
        if place.dose.amount.measure is Measure.MASS
    ]
    zones = DoseZones(places)
    by_number: defaultdict[tuple[DoseKind, float], dict[str, dict[Zone, DosePlace]]] = defaultdict(dict)
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
    places = dose_places(reading.index, names_of(reading.front))
    limits = _Limits(places)
    for place in reversed(places):
        limit = limits.broken_by(place)
        if limit:
            where = "beside it" if limit.passage is place.passage else f"in “{limit.passage.heading}”"
            yield place.violation(f"“{place.words}” is more than the maximum of “{limit.words}” {where}")


class _Limits:
    """The maxima of a text: the least in each passage, the largest of the dosing, and the least outside the dosing."""

    def __init__(self, places: Sequence[DosePlace]) -> None:
        self._zones = DoseZones(places)
        self._beside: dict[tuple[DoseKind, int], DosePlace] = {}
        self._most: dict[DoseKind, DosePlace] = {}
        self._outside: dict[DoseKind, DosePlace] = {}
        for limit in places:
            if limit.dose.is_maximum and not _is_conditional(limit):
                here = limit.kind, limit.passage.number
                self._beside[here] = min(self._beside.get(here, limit), limit, key=_upper_end)
                if limit.in_dosing:
                    self._most[limit.kind] = max(self._most.get(limit.kind, limit), limit, key=_upper_end)
                elif not limit.for_some:
                    self._outside[limit.kind] = min(self._outside.get(limit.kind, limit), limit, key=_upper_end)

    def broken_by(self, place: DosePlace) -> DosePlace | None:
        """The maximum that a dose is above, None where there is none."""
        beside = self._beside.get((place.kind, place.passage.number))
        if beside and place.dose.end <= beside.dose.start and not place.dose.is_maximum and _is_above(place, beside):
            return beside
        most, outside = self._most.get(place.kind), self._outside.get(place.kind)
        if most and not place.dose.is_maximum and _is_above(place, most) and self._is_news(place, most):
            return most
        above = outside and place.in_dosing and place.ends[0] > outside.ends[1] * NEAR and comparable(place, outside)
        return outside if above else None

    def _is_news(self, place: DosePlace, most: DosePlace) -> bool:
        """Whether the dosing gives no such dose, or gives it under the heading that the maximum stands under."""
        if place.in_dosing:
            return place.head == most.head
        return not self._zones.covers(place.kind, most.zone, place.ends[0])


def _upper_end(place: DosePlace) -> float:
    return place.ends[1]


def _is_above(place: DosePlace, limit: DosePlace) -> bool:
    """Whether a dose, or what it comes to in a day, is more than a maximum for the same patients."""
    alike = comparable(place, limit) and _for_the_same(place, limit)
    if not alike or _is_step_or_loading(place) or _is_step_or_loading(limit):
        return False
    low, high = place.ends
    return max(high, low * _times(place, limit)) > limit.ends[1] * NEAR


_STEP_OR_LOADING = re.compile(
    r"\bloading(?: dose)?(?: is| of|:)? ?$|\b(?:steps?|increments?)(?: of)? \(?(?:no more than |up to )?$"
    r"|\bby (?:no more than |up to )?$",
    re.IGNORECASE,
)


def _is_step_or_loading(place: DosePlace) -> bool:
    """Whether it is what a dose is raised by, or a first dose that may be above what is taken each day."""
    text, start, end = place.passage.text, place.dose.start, place.dose.end
    return text.startswith(" loading", end) or bool(_STEP_OR_LOADING.search(text, max(0, start - _WINDOW), start))


def _for_the_same(place: DosePlace, limit: DosePlace) -> bool:
    """Whether a limit for some patients is held against doses for the same patients alone."""
    return limit.for_some <= {band.kind for band in place.bands}


def _is_conditional(limit: DosePlace) -> bool:
    """Whether a maximum holds for some patients alone: "in heart failure, no more than 15 mg"."""
    text, dose = limit.passage.text, limit.dose
    start = max(0, dose.start - _WINDOW)
    first = max(start - 1, *(text.rfind(stop, start, dose.start) for stop in (". ", "; ", "\n")))
    sentence = _SENTENCE.match(text, dose.end, dose.end + _WINDOW)
    after = sentence[0] if sentence else ""
    return bool(
        _CONDITION.search(text, first + 1, dose.start) or _CONDITION.search(after) or _BESIDE_ANOTHER.search(after)
    )


def _times(place: DosePlace, limit: DosePlace) -> float:
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
