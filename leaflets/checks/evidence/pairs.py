"""Numbers that a source has, but beside something else: a dose with another frequency, a figure of another effect."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from leaflets.checks.evidence.matching import SupportingText, as_share, claims
from leaflets.checks.evidence.numbers import places
from leaflets.checks.evidence.quantities import FREQUENCY, RATE, Quantity, small_letters, whole
from leaflets.checks.evidence.supports import marks_of, passage_words
from leaflets.checks.evidence.units import BARE, HOURS
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import Violation
from leaflets.doses import read_doses
from leaflets.model.dose import Dose, Timing
from leaflets.model.evidence import Statement

_FIGURE = re.compile(r"\d")
_TIMES = {"day": 1.0, "week": 1 / 7, "month": 1 / 30}


@dataclass(frozen=True, slots=True)
class _Rated:
    """An amount and how often a day it is given."""

    amount: tuple[str, float, float, tuple[str, ...]]
    low: float
    high: float
    words: str


def other_pair(reading: Reading) -> Iterator[Violation]:
    """A dose that its passages give at another frequency; a figure that they have beside another word."""
    evidenced = reading.evidenced
    if evidenced is None:
        return
    words = passage_words(evidenced)
    for cited in evidenced.cited_for(reading.audience):
        if not cited.passages:
            continue
        marks = marks_of(cited.passages)
        where = places(evidenced, cited.passages)
        there = tuple(each for mark in marks for one in words[mark] for each in rated(one.text))
        for dose, others in _at_other_frequency(cited.statement, there):
            message = f"“{dose.words}”, and {others} in {where}"
            yield Violation(message, line=cited.statement.line, excerpt=dose.words)
        for ends, others in _other_range(cited.statement, evidenced_words(words, marks)):
            yield Violation(f"“{ends}”, and {others} in {where}", line=cited.statement.line, excerpt=ends)
        for claim, word, others in _beside_other_word(cited.statement, _named(evidenced_words(words, marks))):
            message = f"“{claim.words}” beside “{word}”, and {others} in {where}"
            yield Violation(message, line=cited.statement.line, excerpt=claim.words)


def evidenced_words(words: dict[str, tuple[SupportingText, ...]], marks: Iterable[str]) -> tuple[SupportingText, ...]:
    """The statements of passages."""
    return tuple(one for mark in marks for one in words[mark])


# ---------------------------------------------------------------- doses


@lru_cache(maxsize=2048)
def rated(text: str) -> tuple[_Rated, ...]:
    """The amounts of a text that have a frequency, or a time they are given by."""
    if not _FIGURE.search(text):
        return ()
    return tuple(each for dose in read_doses(text).doses if (each := _rated(dose, text)))


def _rated(dose: Dose, text: str) -> _Rated | None:
    amount = dose.amount
    times = [_TIMES[by] for by in amount.per if by in _TIMES]
    if times:
        low = high = times[0]
        start, end = dose.start, dose.end
    elif dose.frequency and dose.frequency.timing is Timing.COUNTED:
        low, high = dose.frequency.low, dose.frequency.high
        start, end = min(dose.start, dose.frequency.start), max(dose.end, dose.frequency.end)
        if ": " in text[start:end]:  # the head of another column
            return None
    else:
        return None
    rest = tuple(by for by in amount.per if by not in (*_TIMES, "dose"))
    key = (amount.measure.value, round(amount.low * amount.scale, 6), round(amount.high * amount.scale, 6), rest)
    return _Rated(key, low, high, text[start:end][:60])


def _at_other_frequency(statement: Statement, there: Iterable[_Rated]) -> Iterator[tuple[_Rated, str]]:
    for dose in rated(statement.text):
        same = [each for each in there if each.amount == dose.amount]
        if same and not any(_agree(dose, each) for each in same):
            yield dose, ", ".join(dict.fromkeys(f"“{each.words}”" for each in same[:3]))


def _agree(one: _Rated, other: _Rated) -> bool:
    return abs(one.low - other.low) < 0.02 * one.low and abs(one.high - other.high) < 0.02 * one.high


# ---------------------------------------------------------------- ranges


def _other_range(statement: Statement, there: tuple[SupportingText, ...]) -> Iterator[tuple[str, str]]:
    """The ranges of a statement of which one end is that of a range there, and the other is not."""
    ranges = tuple(dict.fromkeys(pair for one in there for pair in _ranges(one.quantities)))
    for low, high in _ranges(claims(statement)):
        same_kind = [pair for pair in ranges if _same_kind(pair[0], low)]
        if any(_equal(pair[0], low) and _equal(pair[1], high) for pair in same_kind):
            continue
        if any(_continues(one, other, low, high) for one in same_kind for other in same_kind):
            continue
        near = [pair for pair in same_kind if _equal(pair[0], low) or _equal(pair[1], high)]
        if near:
            others = ", ".join(dict.fromkeys(f"“{one.words} to {other.words}”" for one, other in near[:3]))
            yield f"{low.words} to {high.words}", others


def _continues(one: tuple[Quantity, Quantity], other: tuple[Quantity, Quantity], low: Quantity, high: Quantity) -> bool:
    """Whether two ranges that follow each other are one from `low` to `high`: 7 to 9 and 10 to 15."""
    gap = other[0].number - one[1].number
    return _equal(one[0], low) and _equal(other[1], high) and 0 <= gap <= 1


def _ranges(numbers: Sequence[Quantity]) -> Iterator[tuple[Quantity, Quantity]]:
    """The two ends of each range."""
    for one, other in pairwise(numbers):
        if one.range_of and one.range_of == other.range_of and one.dimension == other.dimension:
            yield one, other


def _same_kind(one: Quantity, other: Quantity) -> bool:
    return BARE in (one.dimension, other.dimension) or one.dimension == other.dimension


def _equal(one: Quantity, other: Quantity) -> bool:
    if BARE in (one.dimension, other.dimension):
        return one.number == other.number
    return abs(one.low - other.low) <= max(1e-6 * abs(one.low), (one.step + other.step) / 2 * (one.step != other.step))


# ---------------------------------------------------------------- figures


_CUT = re.compile(r"[,;:.|\n]|\band\b|\bor\b|\bwith\b|\bplus\b|\bthen\b")
_IN_NUMBER = re.compile(r"\d[.,]\d")
_NOT_NAMED = frozenset({FREQUENCY, RATE, BARE, HOURS, "dose", "times"})
_WORD = re.compile(r"[a-z]{4,}")
_GENERAL = frozenset(
    "with than more less least over under above below from after before during until daily twice once days weeks"
    " months years hours minutes times dose doses patients people adults children most about only each every both first"
    " then when where start maximum usual range study studies placebo against average total given also that this have"
    " which their these taken take tablet tablets capsule capsules treatment".split()
)


@dataclass(frozen=True, slots=True)
class _Named:
    """A quantity and the words that stand with it between commas."""

    quantity: Quantity
    words: frozenset[str]
    mark: str = ""


@lru_cache(maxsize=2048)
def _names(text: str, numbers: tuple[Quantity, ...]) -> tuple[_Named, ...]:
    small = small_letters(text)
    cuts = [match.start() for match in _CUT.finditer(small) if not _IN_NUMBER.match(small, match.start() - 1)]
    label = _words_of(small.partition("; ")[0].partition(": ")[2]) if "; " in small else frozenset()
    of = whole(text)
    every = ((as_share(each, of) or each) if of else each for each in numbers)
    counted = (each for each in every if each.dimension not in _NOT_NAMED)
    return tuple(_Named(each, _words_with(small, cuts, each) | label) for each in counted)


def _words_with(small: str, cuts: list[int], each: Quantity) -> frozenset[str]:
    first = max((cut for cut in cuts if cut < each.start), default=-1) + 1
    last = min((cut for cut in cuts if cut >= each.end), default=len(small))
    return _words_of(small[first:last])


def _words_of(text: str) -> frozenset[str]:
    return frozenset(word[:6] for word in _WORD.findall(text) if word not in _GENERAL)


def _named(words: Iterable[SupportingText]) -> tuple[_Named, ...]:
    return tuple(
        replace(each, mark=one.passage.mark if one.passage else "")
        for one in words
        for each in _names(one.text, one.quantities)
    )


def _beside_other_word(statement: Statement, there: tuple[_Named, ...]) -> Iterator[tuple[Quantity, str, str]]:
    """The figures of a list that stand, there, beside other words, where their own words stand beside other figures."""
    for claim in _names(statement.text, claims(statement)):
        if not claim.words:
            continue
        same_kind = [each for each in there if each.quantity.dimension == claim.quantity.dimension]
        equal = [each for each in same_kind if _close(each.quantity, claim.quantity)]
        marks = {each.mark for each in equal}
        beside = [each for each in same_kind if each.words & claim.words and each.mark in marks]
        if beside and equal and all(each.words and not each.words & claim.words for each in equal):
            word = sorted(beside[0].words & claim.words)[0]
            others = ", ".join(dict.fromkeys(f"“{each.quantity.words}”" for each in beside[:3]))
            yield claim.quantity, word, others


def _close(one: Quantity, other: Quantity) -> bool:
    return abs(one.low - other.low) <= max(1e-6 * abs(other.low), (one.step + other.step) / 2)
