"""Whether a text holds a quantity: the same value in the same unit, however it is written."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from leaflets.checks.evidence.quantities import (
    FREQUENCY,
    RATE,
    Quantity,
    halves,
    quantities,
    units_in,
    whole,
    with_heads,
)
from leaflets.checks.evidence.units import BARE, HOURS, PERCENT
from leaflets.model.evidence import EvidencePassage, Statement, StatementKind

_A_DAY = 24.0
_ALWAYS_NAMED = frozenset({"volume/min", "dose", "times", "kg"})
"""Dimensions that a bare number in a source may be of: eGFR below 30, 2 doses."""
_OF_AGE = re.compile(r"\b(?:age[ds]?|old|older|younger|years?|children|adults?)\b", re.IGNORECASE)


class Verdict(Enum):
    """How a text stands to a quantity."""

    HELD = "held"
    OTHER_DIRECTION = "held with the other comparison"
    OTHER_UNIT = "held with another unit"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class SupportingText:
    """A statement of a source (or of the other voice) as it may support another: its quantities, its units, and those
    of the words above it."""

    text: str
    quantities: tuple[Quantity, ...]
    units: frozenset[str]
    passage: EvidencePassage | None = None
    halves: bool = False


def words_of(statement: Statement, passage: EvidencePassage | None = None) -> SupportingText:
    """A statement as a support."""
    title = (passage.title,) if passage else ()
    above = " ; ".join((*title, *statement.under))
    both = f"{statement.text} ; {above}"
    every = quantities(both)
    of = whole(both)
    shares = tuple(share for each in every if of and (share := as_share(each, of)))
    return SupportingText(both, (*every, *shares), units_in(both), passage, halves(both))


def as_share(each: Quantity, of: float) -> Quantity | None:
    """A bare number as the percentage it is of so many people; None where it is none."""
    if each.dimension != BARE or each.number > of:
        return None
    share = each.number * 100 / of
    return replace(each, dimension=PERCENT, low=share, high=share, step=each.step * 100 / of)


@dataclass(frozen=True, eq=False)
class SupportingTexts:
    """The statements that may hold a quantity."""

    words: tuple[SupportingText, ...]
    by_dimension: Mapping[str, tuple[tuple[Quantity, SupportingText], ...]]

    @classmethod
    def of(cls, words: Iterable[SupportingText]) -> "SupportingTexts":
        """The supports of statements, by dimension."""
        every = tuple(words)
        by: dict[str, list[tuple[Quantity, SupportingText]]] = {}
        for one in every:
            for quantity in one.quantities:
                by.setdefault(quantity.dimension, []).append((quantity, one))
        return cls(every, {dimension: tuple(pairs) for dimension, pairs in by.items()})

    def verdict(self, claim: Quantity, statement: Statement) -> Verdict:
        """Whether these statements hold a quantity of a statement."""
        if claim.dimension == FREQUENCY:
            return Verdict.HELD if self._holds_frequency(claim) else Verdict.ABSENT
        if claim.dimension == RATE:
            return Verdict.HELD if self._holds_rate(claim) else Verdict.ABSENT
        same = tuple(self._same(claim, statement))
        if same:
            agree = any(each.direction == claim.direction for each in same)
            opposite = any(each.direction == -claim.direction for each in same)
            return Verdict.OTHER_DIRECTION if claim.direction and opposite and not agree else Verdict.HELD
        if self._derived(claim, statement):
            return Verdict.HELD
        return Verdict.OTHER_UNIT if self._other_unit(claim) else Verdict.ABSENT

    def speaks_of(self, claim: Quantity) -> bool:
        """Whether a text says how often in a day, where the claim does; how often in longer, where the claim does."""
        often = self.by_dimension.get(FREQUENCY, ()) if claim.dimension == FREQUENCY else ()
        return any((each.low >= 1) == (claim.low >= 1) for each, _ in often)

    # ------------------------------------------------------------ how often

    def _holds_frequency(self, claim: Quantity) -> bool:
        often = [each for each, _ in self.by_dimension.get(FREQUENCY, ())]
        if any(_is_in(claim.low, (each.low,)) and _is_in(claim.high, (each.high,)) for each in often):
            return True
        single = [each.low for each in often if each.low == each.high]
        if claim.low != claim.high and _is_in(claim.low, single) and _is_in(claim.high, single):
            return True
        rates = [each.low for each, _ in self.by_dimension.get(RATE, ())]
        if claim.low == claim.high and _is_in(claim.low, rates):
            return True
        if claim.low == claim.high == 1 and claim.words.lower() in ("every day", "each day", "daily", "a day"):
            return any(each.low >= 1 for each in often)
        return self._holds_period(claim)

    def _holds_period(self, claim: Quantity) -> bool:
        """Whether the time between is there, for what is due every so often: every 3 months, 12 hours apart."""
        if not claim.words.lower().startswith(("every ", "each ", "year", "annual")):
            return False
        times = [each.low for each, words in self.by_dimension.get(HOURS, ()) if not _is_how_often(each, words)]
        return all(_is_in(_A_DAY / often, times, 0.02) for often in (claim.low, claim.high))

    def _holds_rate(self, claim: Quantity) -> bool:
        """Whether something is due by the same time: 15 mg a week of 7.5 mg twice a week."""
        often = (FREQUENCY, RATE)
        every = [each for dimension in often for each, _ in self.by_dimension.get(dimension, ())]
        ends = [end for each in every for end in (each.low, each.high)]
        if claim.low >= 1:
            return not ends or any(end >= 0.99 for end in ends)
        upper = 1.0 if claim.low > 0.1 else 0.142
        return any(claim.low * 0.99 <= end < upper for end in ends)

    # ------------------------------------------------------------ values

    def _same(self, claim: Quantity, statement: Statement) -> Iterator[Quantity]:
        """The quantities here that are the claim's value."""
        if claim.dimension == BARE:
            own = " ; ".join((statement.text, *statement.under))
            dimensions = {BARE, HOURS, *_ALWAYS_NAMED, *units_in(own), *(each.dimension for each in quantities(own))}
            dimensions -= {FREQUENCY, RATE}
            every = (pair for dimension in dimensions for pair in self.by_dimension.get(dimension, ()))
            yield from (each for each, _ in every if _equal(each.number, claim.number))
            of = whole(" ; ".join((statement.text, *statement.under)))
            share = as_share(claim, of) if of else None
            if share:
                yield from self._same(share, statement)
            return
        if claim.dimension == "times":
            yield from self._same(replace(claim, dimension=BARE), statement)
            others = (pair for name in ("spray", "puff") for pair in self.by_dimension.get(name, ()))
            yield from (each for each, _ in others if _equal(each.number, claim.number))
        for each, _ in self.by_dimension.get(claim.dimension, ()):
            if _equal(each.low, claim.low) or (_rounds(claim) and _is_rounded(claim, each)):
                yield each
        for each, words in self.by_dimension.get(BARE, ()):
            if _equal(each.number, claim.number) and not each.spelled and _may_be(claim, words):
                yield each

    def _other_unit(self, claim: Quantity) -> bool:
        numbers = (each.number for pairs in self.by_dimension.values() for each, _ in pairs)
        return claim.dimension != BARE and any(_equal(number, claim.number) for number in numbers)

    # ------------------------------------------------------------ what can be computed

    def _derived(self, claim: Quantity, statement: Statement) -> bool:
        if claim.dimension == HOURS:  # no time is a total of doses, or half of another
            return False
        of_day = "day" in claim.times or "daily" in statement.text.lower()
        return (
            self._is_half(claim)
            or (of_day and self._is_total(claim))
            or self._is_by_weight(claim, statement)
            or self._is_volume(claim, statement)
        )

    def _is_half(self, claim: Quantity) -> bool:
        """Half of an amount that is to be halved; 50% of what is to be halved."""
        if claim.dimension == PERCENT:
            return _equal(claim.low, 50) and any(words.halves for words in self.words)
        amounts = self.by_dimension.get(claim.dimension, ())
        halved = any(words.halves for words in self.words) or any(
            _equal(each.low, 50) for each, _ in self.by_dimension.get(PERCENT, ())
        )
        return halved and any(_equal(each.low, 2 * claim.low) for each, _ in amounts)

    def _is_total(self, claim: Quantity) -> bool:
        """The total of a day, or one of the doses it is given in."""
        for each, words in self.by_dimension.get(claim.dimension, ()):
            often = {end for one in words.quantities if one.dimension == FREQUENCY for end in (one.low, one.high)}
            if any(_equal(each.low * times, claim.low) or _equal(claim.low * times, each.low) for times in often):
                return True
        return False

    def _is_by_weight(self, claim: Quantity, statement: Statement) -> bool:
        """An amount computed for the weight that stands beside it, from one by kilogram; or that weight."""
        every = claims(statement)
        if claim.dimension == "kg":
            return any(each.dimension == "mass" and self._is_by_weight(each, statement) for each in every)
        weights = [each.low for each in every if each.dimension == "kg"]
        by_kg = [each.low for each, _ in self.by_dimension.get(f"{claim.dimension}/kg", ())]
        if not weights or not by_kg:
            return False
        often = {1.0, *self._daily(statement)}
        lightest, heaviest = min(weights) * 0.93, max(weights) * 1.07
        return any(lightest * one <= claim.low * times <= heaviest * one for one in by_kg for times in often)

    def _daily(self, statement: Statement) -> Iterator[float]:
        """How many times a day, here or in the statement."""
        own = quantities(" ; ".join((statement.text, *statement.under)))
        there = (each for each, _ in self.by_dimension.get(FREQUENCY, ()))
        yield from (each.low for each in (*own, *there) if each.dimension == FREQUENCY and each.low >= 1)

    def _is_volume(self, claim: Quantity, statement: Statement) -> bool:
        """A volume that holds an amount of the same statement, by a strength that is here or there."""
        if claim.dimension != "volume":
            return False
        every = claims(statement)
        masses = [each.low for each in every if each.dimension == "mass"]
        own = [each.low for each in every if each.dimension == "mass/mL"]
        there = [each.low for each, _ in self.by_dimension.get("mass/mL", ())]
        strengths = [claim.strength] if claim.strength else [*own, *there]
        return any(
            abs(claim.low * strength - mass) <= max(0.051 * strength, 0.01 * mass)
            for strength in strengths
            for mass in masses
        )


def _is_how_often(each: Quantity, words: SupportingText) -> bool:
    """Whether a time is part of a frequency: the weeks of “every 1 to 4 weeks”."""
    often = (other for other in words.quantities if other.dimension == FREQUENCY)
    return any(other.start <= each.start < other.end for other in often)


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other), 1e-9)


def _is_in(value: float, ends: Iterable[float], tolerance: float = 1e-3) -> bool:
    return any(abs(value - end) <= tolerance * max(value, end) for end in ends)


def _rounds(claim: Quantity) -> bool:
    return claim.dimension in (PERCENT, "°C")


def _is_rounded(claim: Quantity, each: Quantity) -> bool:
    """Whether a percentage is the source's, rounded: 53 of 53.2, 1 in 20 of 4.9%."""
    if claim.dimension == "°C":
        return abs(claim.low - each.low) < 0.6
    coarser = claim.step > each.step
    return coarser and abs(claim.low - each.low) <= claim.step / 2 * 1.0001


def _may_be(claim: Quantity, words: SupportingText) -> bool:
    """Whether a bare number of a source may be of a dimension: its table's head, or its kind, says so."""
    if claim.dimension == HOURS and "year" in claim.words:
        return bool(_OF_AGE.search(words.text))
    return claim.dimension in words.units or claim.dimension in _ALWAYS_NAMED


def claims(statement: Statement) -> tuple[Quantity, ...]:
    """The quantities of a statement that must have a source: not the numbers within “every 12 hours” once more, not
    words such as “one” that may be no number, and not the head of a column without words of its own."""
    every = quantities(statement.text)
    spans = [(each.start, each.end) for each in every if each.dimension == FREQUENCY]
    own = (
        each
        for each in every
        if each.dimension == FREQUENCY or not any(start <= each.start < end for start, end in spans)
    )
    counted = (each for each in own if not each.spelled and not _is_one(each))
    return tuple(with_heads(statement.text, counted) if statement.kind is StatementKind.ROW else counted)


def _is_one(each: Quantity) -> bool:
    """Whether it only says that there is one of something: a day, one dose."""
    return each.number == 1 and each.words.lower().startswith("one ") and each.dimension in ("dose", "times")
