"""A text → its quantities: every number that says how much, how many, how long, how old, how often, of how many."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from leaflets.checks.evidence.units import ANY_UNIT, BARE, HOURS, PERCENT, UNIT, celsius, dimension
from leaflets.doses.frequencies import frequencies
from leaflets.model.dose import Timing

UPPER, LOWER = -1, 1
FREQUENCY = "times a day"
_STRENGTH = "mass/mL"
_MEASURES = frozenset({"mass", "volume", "units of activity", "kg", PERCENT})
_NUMBERED = re.compile(r"\d\W*$")
RATE = "by time"
"""The dimension of “a week” in 15 mg a week: times a day, of the whole amount."""

_SPELLED = {
    "half": 0.5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "twenty-four": 24, "thirty": 30, "forty": 40,
    "forty-eight": 48, "fifty": 50, "sixty": 60, "seventy": 70, "seventy-two": 72, "eighty": 80, "ninety": 90,
    "hundred": 100, "one hundred": 100, "a hundred": 100,
}  # fmt: skip
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "1/2": 0.5, "1/4": 0.25, "3/4": 0.75, "1/3": 1 / 3, "2/3": 2 / 3}
_FIGURES = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?[½¼¾]?|\.\d+|[½¼¾]"
_WORDS = "|".join(sorted(_SPELLED, key=lambda word: (-len(word), word)))
_NUMBER = re.compile(
    rf"(?<![\w.,#*])(?<!\d/)(?<![a-z]-)(?P<number>[123]/[234](?![\d/])|{_FIGURES}|(?:{_WORDS})\b)"
    r"(?![\d])(?!,\d{3})(?:(?P<of>,?(?P<bound> or (?:more|fewer|less))? (?:in|of|out of|per|of every|in every)"
    r" (?:every )?(?P<all>\d{1,3}(?:,\d{3})*)\b)"
    rf"(?! ?(?:{UNIT}))|[ -]?(?P<unit>{UNIT}))?(?!\w)"
)
_AS_POINT = re.compile(r"(?<=\d)\.(?=$|\s)")
_NOT_COUNTED = re.compile(
    r"\(?(?:\d-)?\(?\d{3}\)?[- ]\d{3}-\d{4}\b|\b\d-\d{3}-[a-z]{3}-\d{4}\b|\b13 11 26\b|\b\d{4}-\d{2}(?:-\d{2})?\b"
    r"|(?<=call )\d{3}\b|(?<=call )(?:911|999|112|111|000)\b|\b911\b(?! ?(?:mg|mcg|ml|people))"
    r"|\b(?:two|2) (?:doses |tablets |pills |capsules |injections )?"
    r"(?=at once|at the same time|together|to catch up|to make up)"
    r"|\bto (?:the nearest )?0\.\d+ ?ml\b|\b(?:19|20)\d\d\b(?! ?(?:mg|mcg|ml|g\b|units|people|iu\b))|https?://\S+|www\.\S+"
)
_NAMED_BEFORE = re.compile(
    r"(?:\b(?:type|grade|stage|table|section|sections|part|phase|class|figure|factor|step|chapter|vitamin|group|level"
    r"|tier|number|version|schedule|cyp|covid|hla|line|page|item|no\.|set id|list|question|strip|edition|row|code)s?"
    r"[ -]?|[a-z]\d?\*|\*\d/)$"
)
_NAMED_AFTER = re.compile(r"-(?:[a-z])|th\b|st\b|nd\b|rd\b|\*| ?(?:a\.?m\b|p\.?m\b|o.clock)")
_LINK = re.compile(r" ?(?:[-,/]|to|or|and|up to|, or|, and|then|to less than|to under|to below|to <) ?(?:up to )?")
_TO = re.compile(r" ?(?:-|to|to less than|to under|to below|to <|up to) ?")

_FILLER = r"(?:(?:(?:or equal to|about|around|approximately|an?|the|of|is|at|age|aged|dose|inr|egfr|crcl|total) )*)"
_BEFORE = re.compile(
    r"(?:(?P<upper>\b(?:no|not|never|n't|cannot|without) (?:\w+ ){0,2}?(?:more|over|above|greater|longer|higher|later"
    r"|older)(?: than)?|\b(?:not|never|n't|no) (?:to )?(?:be )?(?:exceed(?:ed|ing)?)|without exceeding|\bat most"
    r"|\bup to|\bmax(?:imum|\.)?(?: \w+)?(?: of)?|≤)"
    r"|(?P<lower>\b(?:no|not|never) (?:less|under|below|fewer|earlier|sooner|younger|lower|shorter)(?: than)?"
    r"|\bat least|\bmin(?:imum|\.)?(?: of)?|≥|>=)"
    r"|(?P<less>\b(?:less|fewer|lower|smaller|younger|shorter|earlier|sooner) than|\bunder|\bbelow|\bwithin|<=?)"
    r"|(?P<more>\b(?:more|greater|higher|older|longer|later) than|\babove|\bbeyond|\bexceed(?:s|ing|ed)?|>"
    rf"|(?P<over>\bover))) ?{_FILLER}$"
)
_AFTER = re.compile(
    r"(?: of age| old|-old)? ?(?:\+|,? ?(?:and|or) (?P<more>more|over|above|older|higher|greater|longer|later|up"
    r"|upwards?)\b|,? ?(?:and|or) (?P<less>less|under|below|fewer|younger|lower|shorter|earlier)\b"
    r"|(?P<most> (?:is the )?(?:at most|max(?:imum)?)\b))"
)
_WHOLES = {"100": 100.0, "1,000": 1000.0, "1000": 1000.0, "10,000": 10000.0}
_OF_WHOLE = re.compile(r"\b(?:in|of|per|every) (?P<all>100|1,?000|10,000)\b(?!,?\d)")
_UNIT_BEFORE = re.compile(r"\b(?P<unit>days?|weeks?|months?) (?:\d{1,3} ?(?:-|to|and) ?)?$")
_OF_AGE = re.compile(r"\b(?:age[ds]?|patients|people|adults|children|those|anyone|person) over ?(?:age )?$")
_NUMBERED = re.compile(r"[\d½¼¾][ -]?$")
_ANY_NUMBER = re.compile(
    rf"[\d½¼¾]|\b(?:{_WORDS}"
    r"|once|twice|thrice|every|each|per|alternate|[a-z]{2,9}ly|an? (?:day|night|week|month)|[bqt]i?ds?"
    r"|od)\b"
)
_HALVES = re.compile(r"\b(?:half|halve[sd]?|halving)\b(?! ?-?li)")
_TOTAL = re.compile(r"(?:total|max(?:imum)?|recommended|usual|the|of|starting|lowest|highest|largest)\W*$")
_TOTAL_AFTER = re.compile(
    r"[- ](?:dos(?:e|es|age|ing)|maximum|max\b|total|limit|intake|amount|life|living|needs?|requirements?|activities"
    r"|activit|routine)"
)
_NO_TIMES = re.compile(r"\b(?:two|2|both) doses\b|^an? (?:day|week|month|night)$")
_SPACES = str.maketrans({
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "\n": " ", "–": "-", "—": "-", "‑": "-", "−": "-",
    "‐": "-", "×": "x", "º": "°",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text, or a frequency.

    `low` and `high` are in the unit of `dimension`; they differ in frequencies alone, as each end of a range is a
    quantity. `number` is the number as it is written. `direction` is UPPER for “under”, “at most”, LOWER for “over”,
    “at least”, 0 where there is no such word. `times` are the times it is given by (15 mg a week). `step` is the value
    of one in the last digit. `spelled` is set for a number in words without a unit, which may be no number at all.
    `range_of` is the same number for the two ends of a range, 0 for others. Of a table, `in_head` is set in the head of
    a column, and `strength` is what one mL of the column's preparation holds.
    """

    start: int
    end: int
    words: str
    dimension: str
    low: float
    high: float
    number: float = 0
    direction: int = 0
    times: tuple[str, ...] = ()
    step: float = 1
    spelled: bool = False
    range_of: int = 0
    strength: float = 0
    in_head: bool = False


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text in its order; a name with a number in it, a telephone number and a year are none."""
    small = small_letters(text)
    if not _ANY_NUMBER.search(small):
        return ()
    numbers = tuple(_numbers(text, small))
    often = tuple(_frequencies(text, small, numbers))
    return tuple(sorted((*numbers, *often), key=lambda each: (each.start, each.end)))


@lru_cache(maxsize=4096)
def small_letters(text: str) -> str:
    """A text in small letters with plain spaces and hyphens, character for character."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    small = small.translate(_SPACES)
    return _NOT_COUNTED.sub(lambda match: "#" * len(match[0]), small)


def units_in(text: str) -> frozenset[str]:
    """The dimensions of the units that stand in a text without a number, as in a table's head: “Dose, mg”."""
    small = small_letters(text)
    alone = (match for match in ANY_UNIT.finditer(small) if not _NUMBERED.search(small[: match.start()]))
    return frozenset(dimension(match[0].strip())[0] for match in alone)


def whole(text: str) -> float:
    """The number of people of which a text counts its numbers (“In 100: nausea 26”); 0 where it names none."""
    match = _OF_WHOLE.search(text.lower())
    return float(match["all"].replace(",", "")) if match else 0.0


def halves(text: str) -> bool:
    """Whether a text speaks of a half."""
    return bool(_HALVES.search(text.lower()))


def _numbers(text: str, small: str) -> Iterator[Quantity]:
    matches = [match for match in _NUMBER.finditer(small) if not _is_name(small, match)]
    units = _shared_units(small, matches)
    joined = _range_ends(small, matches)
    for place, match in enumerate(matches):
        written = match["number"]
        number = _value(written)
        before = _UNIT_BEFORE.search(small, max(0, match.start() - 24), match.start())
        measured = _measured(number, units[place] or (before["unit"] if before else ""))
        direction = 0 if place in joined else _direction(small, match, measured.dimension)
        step = measured.step * 10.0 ** -len(written.partition(".")[2])
        spelled = written[0].isalpha() and not units[place]
        words = text[match.start("number") : match.end()]
        yield Quantity(
            match.start("number"), match.end(), words, measured.dimension, measured.value, measured.value, number,
            direction, measured.times, step, spelled, joined.get(place, 0),
        )  # fmt: skip


class _Measured(NamedTuple):
    """A number in the unit of its dimension; `step` is the value of one."""

    dimension: str
    value: float
    times: tuple[str, ...]
    step: float


def _measured(number: float, unit: str) -> _Measured:
    """A number and its unit; the unit is “100” in “3 in 100”."""
    if not unit:
        return _Measured(BARE, number, (), 1.0)
    if unit.isdigit():
        share = 100 / float(unit)
        return _Measured(PERCENT, number * share, (), share if number > 1 else share / float(unit))
    name, scale, times = dimension(unit)
    if name == "°C":
        return _Measured(name, celsius(number, unit), (), 1.0)
    if name == HOURS and "week" in times:  # one day a week
        return _Measured(FREQUENCY, number / 7, (), 1.0)
    return _Measured(name, number * scale, times, scale)


def _is_name(small: str, match: re.Match[str]) -> bool:
    """Whether a number is part of a name: type 2, table 3, 4-factor."""
    if match["unit"] or match["all"]:
        return small.endswith(("type ", "other "), 0, match.start())
    before = small[max(0, match.start() - 14) : match.start()]
    if match["number"] in _WHOLES and before.endswith(("in ", "of ", "per ", "every ")):
        return True
    return bool(_NAMED_BEFORE.search(before) or _NAMED_AFTER.match(small, match.end()))


def _shared_units(small: str, matches: Sequence[re.Match[str]]) -> list[str]:
    """The unit of each number, of one that has none that of the next it is linked to: 5 or 10 mg."""
    units = [match["unit"] or (match["all"] or "").replace(",", "") for match in matches]
    for place in range(len(matches) - 2, -1, -1):
        between = small[matches[place].end() : matches[place + 1].start()]
        if not units[place] and units[place + 1] and matches[place]["number"] != "half" and _LINK.fullmatch(between):
            units[place] = units[place + 1]
    return units


def _range_ends(small: str, matches: Sequence[re.Match[str]]) -> Mapping[int, int]:
    """The places of the numbers that are the two ends of a range, each with the number of its range."""
    ends: dict[int, int] = {}
    for place in range(len(matches) - 1):
        if _TO.fullmatch(small[matches[place].end() : matches[place + 1].start()]):
            ends[place] = ends[place + 1] = place + 1
    return ends


def _value(written: str) -> float:
    if written in _FRACTIONS:
        return _FRACTIONS[written]
    if written in _SPELLED:
        return _SPELLED[written]
    fraction = _FRACTIONS.get(written[-1], 0.0)
    return float(written.rstrip("½¼¾").replace(",", "")) + fraction


def _direction(small: str, match: re.Match[str], name: str) -> int:
    if match["bound"]:
        return LOWER if "more" in match["bound"] else UPPER
    after = _AFTER.match(small, match.end())
    if after:
        return UPPER if after["less"] or after["most"] else LOWER
    words = small[max(0, match.start() - 48) : match.start()]
    before = _BEFORE.search(words)
    if not before:
        return 0
    if before["over"] and name == HOURS and not _OF_AGE.search(words):
        return 0  # an infusion over 30 minutes
    return UPPER if before["upper"] or before["less"] else LOWER


def _frequencies(text: str, small: str, numbers: Sequence[Quantity]) -> Iterator[Quantity]:
    """How often, and for amounts by a time (15 mg a week) that time."""
    taken = [(each.start, each.end) for each in numbers if each.dimension not in (BARE, HOURS, "times", "dose")]
    for each in frequencies(small):
        if each.timing is not Timing.COUNTED or _is_total(small, each.start, each.end):
            continue
        if not any(start < each.end and each.start < end for start, end in taken):
            words = text[each.start : each.end]
            yield Quantity(each.start, each.end, words, FREQUENCY, each.low, each.high)
    for amount in numbers:
        for time in amount.times:
            a_day = {"day": 1.0, "week": 1 / 7, "month": 1 / 30}[time]
            yield replace(amount, dimension=RATE, low=a_day, high=a_day, number=0, direction=0, times=())


def _is_total(small: str, start: int, end: int) -> bool:
    """Whether “daily” is part of a name: daily dose, maximum daily, daily living."""
    words = small[start:end]
    if words == "daily" and (_TOTAL_AFTER.match(small, end) or _TOTAL.search(small[max(0, start - 14) : start])):
        return True
    return bool(_NO_TIMES.search(words))


# ---------------------------------------------------------------- the cells of a table


def with_heads(text: str, every: Iterable[Quantity]) -> Iterator[Quantity]:
    """The quantities of a row (“head: cell; head: cell”), those of a bare number with the unit of its column's head."""
    small = small_letters(text)
    for each in every:
        start = small.rfind("; ", 0, each.start) + 2 if "; " in small[: each.start] else 0
        end = small.find(": ", start)
        next_cell = small.find("; ", start)
        headed = end >= 0 and (next_cell < 0 or end < next_cell)
        if headed and each.end <= end:
            yield replace(each, in_head=True)
        elif headed and each.dimension == BARE:
            yield _with_head(each, text[start:end])
        else:
            yield each


def _with_head(each: Quantity, head: str) -> Quantity:
    """A bare number with the one unit of a head; under a strength (125 mg per 5 mL) it is a volume of that."""
    strengths = [quantity for quantity in quantities(head) if quantity.dimension == _STRENGTH]
    if strengths:
        return replace(each, dimension="volume", strength=strengths[0].low)
    small = small_letters(head)
    alone = (match[0].strip() for match in ANY_UNIT.finditer(small) if not _NUMBERED.search(small[: match.start()]))
    units = {measured for unit in alone if (measured := dimension(unit))[0] in _MEASURES}
    if len(units) != 1:
        return each
    name, scale, _ = units.pop()
    value = each.number * scale
    return replace(each, dimension=name, low=value, high=value, step=each.step * scale)
