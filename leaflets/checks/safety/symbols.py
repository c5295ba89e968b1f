"""Symbols that stand for words and have been read as figures; each function finds the positions of one of them."""

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Part, Position
from leaflets.checks.safety.doses import TokenSpans
from leaflets.lexer import DOSE_UNITS, Token, TokenKind

_PER = frozenset(
    {"day", "kg", "dose", "mL", "ml", "hr", "hrs", "hour", "h", "tablet", "m", "m²", "min", "minute", "week"}
)
_DOSED = DOSE_UNITS - {"L", "l", "dL"}
_VOLUMES = frozenset({"mL", "ml"})
_WHOLE = frozenset({"tablet", "tablets", "capsule", "capsules"})


def slash(reading: Reading) -> TokenSpans:
    """A stroke for "per" (mg/kg/day) or between two doses (5/325 mg)."""
    for position in reading.positions("/"):
        before = position.neighbour(-1)
        if before is None or position.text(-2) == "/":
            continue
        if before.text in _DOSED and position.text(1) in _PER and not _is_rate(position):
            yield position.moved(-1), 5 if position.text(2) == "/" and position.text(3) in _PER else 3
        elif position.kind(1) is TokenKind.NUMBER and _two_doses(before, position.text(2)):
            yield position.moved(-1), 4


def _two_doses(before: Token, unit: str) -> bool:
    """Whether a dose ends before the stroke and this unit ends one after it (5/325 mg, 125 mg/5 mL)."""
    if before.kind is TokenKind.NUMBER:
        return unit in _DOSED - _WHOLE
    return before.text in _DOSED and unit in _VOLUMES


def _is_rate(position: Position) -> bool:
    """Whether it is a measure of the kidneys (mL/min) and not a dose."""
    return position.text(-1) in ("mL", "ml") and position.text(1) in ("min", "minute")


def more_or_less(reading: Reading) -> TokenSpans:
    """< or > before a number."""
    for symbol in "<>":
        for position in reading.positions(symbol):
            equals = 1 if position.text(1) == "=" else 0
            if position.kind(1 + equals) is TokenKind.NUMBER:
                yield position, 2 + equals


def at_symbol(reading: Reading) -> TokenSpans:
    """@ for at; not in an electronic address."""
    for position in reading.positions("@"):
        if not position.glued(0) and not position.glued(1):
            yield position, 1


def ampersand(reading: Reading) -> TokenSpans:
    """& for and; A&E and its like are names, and so are two capitalised words in a sentence (Johnson & Johnson)."""
    for position in reading.positions("&"):
        glued = position.glued(0) and position.glued(1)
        initials = glued and len(position.text(-1)) == 1 and len(position.text(1)) == 1
        if not initials and not _is_name(position):
            yield position, 1


def _is_name(position: Position) -> bool:
    words = position.text(-1), position.text(1)
    return all(word[:1].isupper() and not word.isupper() for word in words) and position.text(-2)[:1].islower()


def plus(reading: Reading) -> TokenSpans:
    """+ for and, between two words; the names of the medicine in the front matter are as they are licensed."""
    for position in reading.positions("+"):
        if position.passage.part is Part.FRONT:
            continue
        apart = not position.glued(0) and not position.glued(1)
        if apart and not {position.kind(-1), position.kind(1)} & {None, TokenKind.SYMBOL}:
            yield position, 1


def bare_degree(reading: Reading) -> TokenSpans:
    """q4°, every 4°, and 25° of no named scale; in 20° to 25°C the second names it for both."""
    for position in reading.positions("°"):
        before = position.neighbour(-1)
        counted = before is not None and (before.kind is TokenKind.NUMBER or before.text[1:].isdigit())
        if counted and not any(position.text(step) in _SCALES for step in range(-6, 6)):
            yield position.moved(-1), 2


_SCALES = frozenset({"C", "F", "Celsius", "Fahrenheit", "celsius", "fahrenheit", "angle", "angles"})


def hash_number(reading: Reading) -> TokenSpans:
    """#2 for number 2."""
    for position in reading.positions("#"):
        if position.kind(1) is TokenKind.NUMBER and position.glued(1):
            yield position, 2


def about(reading: Reading) -> TokenSpans:
    """~ or ± before an amount."""
    for symbol in "~±≈":
        for position in reading.positions(symbol):
            if position.kind(1) is TokenKind.NUMBER:
                yield position, 2
