"""Shapes of doses, times and dates that are easily misread; each function returns the places of one of them."""

from collections.abc import Iterator

from leaflets.checks.lexer import DOSE_UNITS, MASS_UNITS, UNITS, VOLUME_UNITS, Kind, Token
from leaflets.checks.reading import Place, Reading

Found = Iterator[tuple[Place, int]]
DASHES = frozenset("-–—−")
_PER_VOLUME = frozenset({"dL", "L", "mL", "ml", "l", "mmol", "min"})


def unit_of(place: Place) -> str:
    """The unit that measures a number, also where a range (1 to 2 mg) or a plural of numbers comes before it."""
    for step in (1, 3):
        token = place.near(step)
        if (token is not None and token.kind is Kind.UNIT) and token is not None:
            return token.text
        if step == 1 and not (place.text(1) in DASHES or place.text(1) in ("to", "or", "and")):
            return ""
    return ""


def _is_level(place: Place) -> bool:
    """Whether the amount is a level in blood or the like (8 g/dL, 8 g per dL) and not a dose."""
    for step in (1, 2, 3, 4):
        if place.text(step) in ("/", "per"):
            return place.text(step + 1) in _PER_VOLUME and place.text(step - 1) not in ("mg", "mcg")
    return unit_of(place) in ("%", "mmol", "cm", "mm", "mmHg", "nmol")


def stop_after_unit(reading: Reading) -> Found:
    """A full stop after a unit in the middle of a sentence."""
    for place in reading.units:
        following = place.near(2)
        if place.token.text in ("mg", "mcg", "mL", "kg") and place.text(1) == "." and place.glued(1):
            if following and following.start > place.token.end + 1 and following.text[0].islower():
                yield place, 2


def multiplier(reading: Reading) -> Found:
    """M, K or MM for millions or thousands of units."""
    for word in ("m", "k", "mm"):
        for place in reading.places(word):
            if place.token.text.isupper() and place.kind(-1) is Kind.NUMBER and place.text(1) in ("unit", "units"):
                yield place, 1


_SPOONS = ("tsp", "tbsp", "teaspoon", "teaspoons", "teaspoonful", "teaspoonfuls", "tablespoon", "tablespoons",
           "tablespoonful", "tablespoonfuls")  # fmt: skip


def spoon(reading: Reading) -> Found:
    """A kitchen spoon as a measure."""
    for word in _SPOONS:
        for place in reading.places(word):
            before = place.near(-1)
            if (before is not None and before.kind is Kind.NUMBER) or place.text(-1).lower() in ("a", "one", "two", "half", "level", "½"):
                yield place, 1


def _every(reading: Reading, hours: bool) -> Found:
    for word, places in reading.index.items():
        tail = word[1:].rstrip("hpmas")
        if word[0] == "q" and tail.isdigit() and len(word) > len(tail) + 1:
            clock = word.endswith(("am", "pm"))
            yield from ((place, 1) for place in places if clock != hours and word.endswith(("h", "hs", "am", "pm")))


def at_the_hour(reading: Reading) -> Found:
    """q6PM."""
    return _every(reading, hours=False)


def every_hours(reading: Reading) -> Found:
    """q6h."""
    return _every(reading, hours=True)


def times_days(reading: Reading) -> Found:
    """x3d, x 3 d."""
    for word, places in reading.index.items():
        if word[0] in "x×" and word.endswith("d") and word[1:-1].isdigit():
            yield from ((place, 1) for place in places)
    for word in ("x", "×"):
        for place in reading.places(word):
            if place.kind(1) is Kind.NUMBER and place.text(2) == "d":
                yield place, 3


_BEFORE_FRACTION = frozenset({"for", "every", "x", "daily", "mg", "course", "take"})


def australian_fraction(reading: Reading) -> Found:
    """6/24, 5/7, 2/52: hours, days and weeks as fractions."""
    for slash in reading.places("/"):
        place = slash.moved(-1)
        if not (slash.kind(-1) is Kind.NUMBER and slash.text(1) in ("24", "7", "52", "12")):
            continue
        if slash.text(-2).lower() in _BEFORE_FRACTION and slash.text(2) != "/" and not slash.kind(2) is Kind.UNIT:
            yield place, 3


def per_d(reading: Reading) -> Found:
    """mg/kg/d."""
    for place in reading.spelled("d"):
        if place.text(-1) == "/" and place.text(-2) in UNITS | {"dose"} and place.glued(0):
            yield place.moved(-1), 2


def trailing_zero(reading: Reading) -> Found:
    """1.0 mg, 2.50 mg. Levels in blood may keep the zero that shows how exact they are."""
    for place in reading.numbers:
        if "." in place.token.text and place.token.text.endswith("0") and unit_of(place) in DOSE_UNITS:
            if not _is_level(place):
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
            before = place.near(-1)
            if before and before.kind is Kind.WORD and before.text[-1].isdigit() and before.text.rstrip("0123456789").isalpha():
                if len(before.text.rstrip("0123456789")) >= 4:
                    yield place.moved(-1), 2


def ratio(reading: Reading) -> Found:
    """1:1,000."""
    for place in reading.places(":"):
        right = place.text(1).replace(",", "")
        if place.text(-1) == "1" and len(right) >= 3 and right[0] == "1" and not right[1:].strip("0") and place.text(-2) != ":":
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
        if place.text(-1) == "1" and place.text(1) in ("2", "4") and {place.text(2), place.text(3)} & set(_TABLET):
            yield place.moved(-1), 3


def roman(reading: Reading) -> Found:
    """Take ii tablets."""
    for verb in ("take", "give"):
        for place in reading.places(verb):
            if place.text(1) in ("i", "ii", "iii", "iv", "v", "x", "II", "III") and place.text(2) in _TABLET:
                yield place.moved(1), 1


_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(reading: Reading) -> Found:
    """10^6, 10**6, 10⁶."""
    for place in reading.spelled("10"):
        following = place.text(1)
        if place.glued(1) and (following in ("^", "*") or (following and set(following) <= _RAISED)):
            yield place, 2


def dashed_range(reading: Reading) -> Found:
    """10-20 mg."""
    for place in reading.units:
        if place.token.text not in UNITS or not place.kind(-1) is Kind.NUMBER or place.text(-2) not in DASHES:
            continue
        if place.token.text not in DOSE_UNITS | {"%"}:
            continue
        first = place.near(-3)
        if (first is not None and first.kind is Kind.NUMBER) and place.text(-4) not in DASHES:
            yield place.moved(-3), 4
        elif (first is not None and first.kind is Kind.UNIT) and place.kind(-4) is Kind.NUMBER:
            yield place.moved(-4), 5


def two_numbers(reading: Reading) -> Found:
    """Take 2 5 mg tablets."""
    for place in reading.units:
        if place.token.text in MASS_UNITS and place.kind(-1) is Kind.NUMBER and place.kind(-2) is Kind.NUMBER:
            yield place.moved(-2), 3


def numeric_date(reading: Reading) -> Found:
    """03/04/2026, 03.04.2026."""
    for place in reading.places("/"):
        parts = (place.text(-1), place.text(1), place.text(3))
        if place.text(2) == "/" and _is_date(parts) and place.text(4) != "/":
            yield place.moved(-1), 5
    for stretch in reading.stretches:
        for at, token in enumerate(stretch.tokens):
            if token.kind is Kind.CHAIN and token.text.count(".") == 2 and "," not in token.text:
                if _is_date(tuple(token.text.split("."))):
                    yield Place(stretch, at), 1


def _is_date(parts: tuple[str, ...]) -> bool:
    if not all(part.isdigit() and part.isascii() and len(part) <= 4 for part in parts):
        return False
    first, second, year = (int(part) for part in parts)
    years = len(parts[2]) == 4 or (len(parts[2]) == 2 and all(len(part) == 2 for part in parts[:2]))
    return years and 1 <= min(first, second) <= 12 and 1 <= max(first, second) <= 31 and (year < 100 or 1900 < year < 2100)


def clock(reading: Reading) -> Found:
    """1800 hrs, 5.30pm."""
    for word in ("hrs", "hours", "am", "pm"):
        for place in reading.places(word):
            number = place.text(-1)
            dotted = word in ("am", "pm") and number.count(".") == 1 and len(number.partition(".")[2]) == 2
            if dotted or (word in ("hrs", "hours") and len(number) == 4 and number.isdigit() and number < "2400"):
                yield place.moved(-1), 2


_KEPT = frozenset({"store", "stored", "keep", "kept", "storage", "dispose"})


def as_directed(reading: Reading) -> Found:
    """Take as directed: no direction at all."""
    for place in reading.places("directed"):
        if place.text(-1).lower() == "as":
            before = place.stretch.tokens[max(0, place.at - 12) : place.at]
            if not any(token.text.lower() in _KEPT for token in before):
                yield place.moved(-1), 2


_LIQUIDS = frozenset({"solution", "injection", "infusion", "drops", "syrup", "suspension"})


def percent_alone(reading: Reading) -> Found:
    """5% solution, with no amount per volume in the same stretch."""
    for place in reading.places("%"):
        near = [place.near(step) for step in range(1, 12)]
        if place.text(1).lower() in _LIQUIDS and not any(token and token.text == "mg" for token in near):
            yield place.moved(-1), 3
