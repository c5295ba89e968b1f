"""Shapes of doses, times and dates that are easily misread; each function returns the places of one of them."""

import re
from collections.abc import Iterator

from leaflets.checks.lexer import DOSE_UNITS, MASS_UNITS, UNITS, VOLUME_UNITS, TokenKind
from leaflets.checks.reading import Position, Reading

Found = Iterator[tuple[Position, int]]
DASHES = frozenset("-–—−")
_PER_VOLUME = frozenset({"dL", "L", "mL", "ml", "l", "mmol", "min"})


def unit_of(place: Position) -> str:
    """The unit that measures a number, also where a range (1 to 2 mg) or a plural of numbers comes before it."""
    for step in (1, 3):
        token = place.near(step)
        if token is not None and token.kind is TokenKind.UNIT:
            return token.text
        if step == 1 and not (place.text(1) in DASHES or place.text(1) in ("to", "or", "and")):
            return ""
    return ""


def is_level(place: Position) -> bool:
    """Whether the amount is a level in blood or a rate (8 g/dL, 8 g per dL, 50 mL/min) and not a dose."""
    for step in (1, 2, 3, 4):
        if place.text(step) in ("/", "per"):
            return place.text(step + 1) in _PER_VOLUME and place.text(step - 1) not in ("mg", "mcg")
    return unit_of(place) in ("mmol", "cm", "mm", "mmHg", "nmol")


def stop_after_unit(reading: Reading) -> Found:
    """A full stop after a unit in the middle of a sentence."""
    for place in reading.units:
        stopped = place.token.text in ("mg", "mcg", "mL", "kg") and place.text(1) == "." and place.glued(1)
        if stopped and not place.glued(2) and place.text(2)[:1].islower():
            yield place, 2


def multiplier(reading: Reading) -> Found:
    """M, K or MM for millions or thousands of units."""
    for place in reading.spelled("M", "K", "MM"):
        if place.kind(-1) is TokenKind.NUMBER and place.text(1) in ("unit", "units"):
            yield place, 1


_SPOONS = ("tsp", "tbsp", "teaspoon", "teaspoons", "teaspoonful", "teaspoonfuls", "tablespoon", "tablespoons",
           "tablespoonful", "tablespoonfuls")  # fmt: skip


def spoon(reading: Reading) -> Found:
    """A kitchen spoon as a measure."""
    for word in _SPOONS:
        for place in reading.places(word):
            before = place.near(-1)
            if (before is not None and before.kind is TokenKind.NUMBER) or place.text(-1).lower() in (
                "a",
                "one",
                "two",
                "half",
                "level",
                "½",
            ):
                yield place, 1


def _every(reading: Reading, endings: frozenset[str]) -> Found:
    """q6h, q 6 h, q4-6h: a q, hours and one of the endings, together or apart."""
    for word in reading.words.vocabulary:
        hour = word[1:].rstrip("hrsapm")
        if word == "q" or (word[0] == "q" and hour.isdigit()):
            for place in reading.places(word):
                size = _hours(place, endings) if word[1:] in ("", hour) else int(word[1 + len(hour) :] in endings)
                if size:
                    yield place, size


def _hours(place: Position, endings: frozenset[str]) -> int:
    """How many tokens it is from a q (or q4) to the ending after its numbers, 0 where none follows."""
    end = 1
    while end < 4 and (place.kind(end) is TokenKind.NUMBER or place.text(end) in DASHES):
        end += 1
    numbered = end > 1 or len(place.text(0)) > 1
    return end + 1 if numbered and place.text(end).lower() in endings else 0


def at_the_hour(reading: Reading) -> Found:
    """q6PM."""
    return _every(reading, frozenset({"am", "pm"}))


def every_hours(reading: Reading) -> Found:
    """q6h."""
    return _every(reading, frozenset({"h", "hr", "hrs"}))


def times_days(reading: Reading) -> Found:
    """x3d, x 3 d."""
    for word in reading.words.vocabulary:
        if word[0] in "x×" and word.endswith("d") and word[1:-1].isdigit():
            yield from ((place, 1) for place in reading.places(word))
    for word in ("x", "×"):
        for place in reading.places(word):
            if place.kind(1) is TokenKind.NUMBER and place.text(2) == "d":
                yield place, 3


_BEFORE_FRACTION = frozenset({"for", "every", "x", "daily", "mg", "course", "take"})


def australian_fraction(reading: Reading) -> Found:
    """6/24, 5/7, 2/52: hours, days and weeks as fractions."""
    for slash in reading.places("/"):
        fraction = slash.kind(-1) is TokenKind.NUMBER and slash.text(1) in ("24", "7", "52", "12")
        whole = slash.text(2) != "/" and slash.kind(2) is not TokenKind.UNIT
        if fraction and whole and slash.text(-2).lower() in _BEFORE_FRACTION:
            yield slash.moved(-1), 3


def per_d(reading: Reading) -> Found:
    """mg/kg/d."""
    for place in reading.spelled("d"):
        if place.text(-1) == "/" and place.text(-2) in UNITS | {"dose"} and place.glued(0):
            yield place.moved(-1), 2


def trailing_zero(reading: Reading) -> Found:
    """1.0 mg, 2.50 mg. Levels in blood may keep the zero that shows how exact they are."""
    for place in reading.numbers:
        zero = "." in place.token.text and place.token.text.endswith("0")
        if zero and unit_of(place) in DOSE_UNITS and not is_level(place):
            yield place, 1


def naked_decimal(reading: Reading) -> Found:
    """.5 mg."""
    for place in reading.numbers:
        if place.token.text[0] == "." and unit_of(place):
            yield place, 1


def no_thousands_comma(reading: Reading) -> Found:
    """10000 units."""
    for place in reading.numbers:
        digits = place.token.text.partition(".")[0]
        unit = unit_of(place)
        if unit in DOSE_UNITS and digits.isdigit() and len(digits) >= (4 if unit in ("unit", "units") else 5):
            yield place, 1


_RUN_ON = (MASS_UNITS | VOLUME_UNITS | {"unit", "units", "mmol", "mEq", "IU", "U", "mCi", "MBq"}) - {"l"}


def unit_run_on(reading: Reading) -> Found:
    """10mg."""
    for place in reading.units:
        if place.token.text in _RUN_ON and place.glued(0):
            yield place.moved(-1), 2


def name_run_on(reading: Reading) -> Found:
    """Inderal40 mg."""
    for unit in ("mg", "mcg", "g", "ml"):
        for place in reading.places(unit):
            name = place.text(-1).rstrip("0123456789")
            if place.kind(-1) is TokenKind.WORD and name != place.text(-1) and name.isalpha() and len(name) >= 4:
                yield place.moved(-1), 2
    for word in reading.words.vocabulary:
        if word.endswith(("mg", "mcg", "ml", "g")) and _RUN_TOGETHER.fullmatch(word):
            yield from ((place, 1) for place in reading.places(word))


_RUN_TOGETHER = re.compile(r"[^\W\d_]{4,}\d+(?:mg|mcg|ml|g)")


def ratio(reading: Reading) -> Found:
    """1:1,000."""
    for place in reading.places(":"):
        right = place.text(1).replace(",", "")
        thousands = len(right) >= 3 and right[0] == "1" and not right[1:].strip("0")
        if thousands and place.text(-1) == "1" and place.text(-2) != ":":
            yield place.moved(-1), 3


_SMALL = ("½", "¼", "¾")
_TABLET = ("tablet", "tablets", "tab", "tabs", "capsule")


def fraction(reading: Reading) -> Found:
    """1/2 tablet, ½ tablet."""
    for sign in _SMALL:
        for place in reading.places(sign):
            if place.text(1) in _TABLET or (place.text(1) == "a" and place.text(2) in _TABLET):
                yield place, 2
    for place in reading.places("/"):
        part = place.text(-1) == "1" and place.text(1) in ("2", "4")
        if part and (place.text(2) in _TABLET or place.text(3) in _TABLET):
            yield place.moved(-1), 3


def roman(reading: Reading) -> Found:
    """Take ii tablets."""
    for verb in ("take", "give"):
        for place in reading.places(verb):
            if place.text(1) in ("i", "ii", "iii", "iv", "v", "x", "II", "III") and place.text(2) in _TABLET:
                yield place.moved(1), 1


_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(reading: Reading) -> Found:
    """10^6, 10**6, 10⁶, x10e6."""
    for place in (*reading.spelled("10"), *reading.spelled("x10")):
        following = place.text(1)
        if place.glued(1) and (following in ("^", "*") or (following and set(following) <= _RAISED)):
            yield place, 2
    for word in reading.words.vocabulary:
        if word.startswith("x10e") and word[4:].isdigit():
            yield from ((place, 1) for place in reading.places(word))
        elif word[0] == "e" and word[1:].isdigit():
            yield from ((p.moved(-1), 2) for p in reading.places(word) if p.text(-1) == "10" and p.glued(0))


def dashed_range(reading: Reading) -> Found:
    """10-20 mg."""
    for place in reading.units:
        if place.token.text not in DOSE_UNITS | {"%"} or place.text(-2) not in DASHES or is_level(place.moved(-1)):
            continue
        if place.kind(-3) is TokenKind.NUMBER and place.text(-4) not in DASHES:
            yield place.moved(-3), 4
        elif place.kind(-3) is TokenKind.UNIT and place.kind(-4) is TokenKind.NUMBER:
            yield place.moved(-4), 5


def two_numbers(reading: Reading) -> Found:
    """Take 2 5 mg tablets."""
    for place in reading.units:
        if place.token.text in MASS_UNITS and place.kind(-2) is TokenKind.NUMBER:
            yield place.moved(-2), 3


def numeric_date(reading: Reading) -> Found:
    """03/04/2026, 03.04.2026."""
    for sign in ("/", "-"):
        for place in reading.places(sign):
            parts = (place.text(-1), place.text(1), place.text(3))
            ends = place.text(4) not in ("/", "-") and place.kind(4) is not TokenKind.UNIT
            if place.text(2) == sign and _is_date(parts, sign) and ends:
                yield place.moved(-1), 5
    for place in reading.words.chains:
        if place.token.text.count(".") == 2 and _is_date(tuple(place.token.text.split(".")), "."):
            yield place, 1


def _is_date(parts: tuple[str, ...], sign: str) -> bool:
    if not all(part.isdigit() and part.isascii() and len(part) <= 4 for part in parts):
        return False
    first, second, year = (int(part) for part in parts)
    written_short = len(parts[2]) == 2 and sign != "-"  # 10-12-14 is more often a range
    short = written_short and (all(len(part) == 2 for part in parts[:2]) or (sign == "/" and 20 <= year < 50))
    in_year = 1 <= min(first, second) <= 12 and 1 <= max(first, second) <= 31
    return in_year and (short or (len(parts[2]) == 4 and 1900 < year < 2100))


def clock(reading: Reading) -> Found:
    """1800 hrs, 5.30pm."""
    for word in ("hrs", "hours", "am", "pm"):
        for place in reading.places(word):
            number = place.text(-1)
            dotted = word in ("am", "pm") and number.count(".") == 1 and len(number.partition(".")[2]) == 2
            if dotted or (word in ("hrs", "hours") and len(number) == 4 and number.isdigit() and number < "2400"):
                yield place.moved(-1), 2
    for place in reading.places(":"):
        hour, minute = place.text(-1), place.text(1)
        written = hour.isdigit() and minute.isdigit() and len(hour) == len(minute) == 2 and place.glued(1)
        if written and place.glued(0) and (hour[0] == "0" or 12 < int(hour) < 24) and int(minute) < 60:
            yield place.moved(-1), 3


_DIRECTING = frozenset(
    {"take", "taken", "taking", "use", "used", "using", "apply", "applied", "inject", "give", "given"}
)
_NOT_DOSES = frozenset({"store", "stored", "keep", "kept", "storage", "dispose", "only", "exactly", "not"})


def as_directed(reading: Reading) -> Found:
    """Take as directed: no direction at all. Words on storage and "only as directed" are none either, but harmless."""
    for place in reading.places("directed"):
        near = {token.text.lower() for token in place.stretch.tokens[max(0, place.at - 16) : place.at]}
        if place.text(-1).lower() == "as" and near & _DIRECTING and not near & _NOT_DOSES:
            yield place.moved(-1), 2


_LIQUIDS = frozenset({"solution", "injection", "infusion", "drops", "syrup", "suspension"})


def percent_alone(reading: Reading) -> Found:
    """5% solution, with no amount per volume in the same stretch."""
    for place in reading.places("%"):
        near = [place.near(step) for step in range(1, 12)]
        if place.text(1).lower() in _LIQUIDS and not any(token and token.text == "mg" for token in near):
            yield place.moved(-1), 3
