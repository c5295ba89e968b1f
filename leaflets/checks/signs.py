"""Signs that stand for words and have been read as figures; each function returns the places of one of them."""

from leaflets.checks.doses import Found
from leaflets.checks.lexer import DOSE_UNITS, Token, TokenKind
from leaflets.checks.reading import Part, Position, Reading

_PER = frozenset(
    {"day", "kg", "dose", "mL", "ml", "hr", "hrs", "hour", "h", "tablet", "m", "m²", "min", "minute", "week"}
)
_DOSED = DOSE_UNITS - {"L", "l", "dL"}
_VOLUMES = frozenset({"mL", "ml"})
_WHOLE = frozenset({"tablet", "tablets", "capsule", "capsules"})


def slash(reading: Reading) -> Found:
    """A stroke for "per" (mg/kg/day) or between two doses (5/325 mg)."""
    for place in reading.places("/"):
        before = place.near(-1)
        if before is None or place.text(-2) == "/":
            continue
        if before.text in _DOSED and place.text(1) in _PER and not _is_rate(place):
            yield place.moved(-1), 5 if place.text(2) == "/" and place.text(3) in _PER else 3
        elif place.kind(1) is TokenKind.NUMBER and _two_doses(before, place.text(2)):
            yield place.moved(-1), 4


def _two_doses(before: Token, unit: str) -> bool:
    """Whether a dose ends before the stroke and this unit ends one after it (5/325 mg, 125 mg/5 mL)."""
    if before.kind is TokenKind.NUMBER:
        return unit in _DOSED - _WHOLE
    return before.text in _DOSED and unit in _VOLUMES


def _is_rate(place: Position) -> bool:
    """Whether it is a measure of the kidneys (mL/min) and not a dose."""
    return place.text(-1) in ("mL", "ml") and place.text(1) in ("min", "minute")


def more_or_less(reading: Reading) -> Found:
    """< or > before a number."""
    for sign in "<>":
        for place in reading.places(sign):
            equals = 1 if place.text(1) == "=" else 0
            if place.kind(1 + equals) is TokenKind.NUMBER:
                yield place, 2 + equals


def at_sign(reading: Reading) -> Found:
    """@ for at; not in an electronic address."""
    for place in reading.places("@"):
        if not place.glued(0) and not place.glued(1):
            yield place, 1


def ampersand(reading: Reading) -> Found:
    """& for and; A&E and its like are names."""
    for place in reading.places("&"):
        initials = place.glued(0) and place.glued(1) and len(place.text(-1)) == 1 and len(place.text(1)) == 1
        if not initials:
            yield place, 1


def plus(reading: Reading) -> Found:
    """+ for and, between two words; the names of the medicine in the front matter are as they are licensed."""
    for place in reading.places("+"):
        if place.stretch.part is Part.FRONT:
            continue
        left, right = place.near(-1), place.near(1)
        if left and right and TokenKind.SIGN not in (left.kind, right.kind) and not (place.glued(0) or place.glued(1)):
            yield place, 1


def bare_degree(reading: Reading) -> Found:
    """q4°, every 4°, and 25° of no named scale; in 20° to 25°C the second names it for both."""
    for place in reading.places("°"):
        before = place.near(-1)
        counted = before is not None and (before.kind is TokenKind.NUMBER or before.text[1:].isdigit())
        if counted and not any(place.text(step) in _SAID for step in range(-6, 6)):
            yield place.moved(-1), 2


_SAID = frozenset({"C", "F", "Celsius", "Fahrenheit", "celsius", "fahrenheit", "angle", "angles"})


def hash_number(reading: Reading) -> Found:
    """#2 for number 2."""
    for place in reading.places("#"):
        if place.kind(1) is TokenKind.NUMBER and place.glued(1):
            yield place, 2


def about(reading: Reading) -> Found:
    """~ or ± before an amount."""
    for sign in "~±≈":
        for place in reading.places(sign):
            if place.kind(1) is TokenKind.NUMBER:
                yield place, 2
