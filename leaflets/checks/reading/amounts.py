"""What a number measures: the unit that belongs to it, and whether it is a level in blood and not a dose."""

from leaflets.checks.reading.passages import Position
from leaflets.lexer import TokenKind

DASHES = frozenset("-–—−")
_PER_VOLUME = frozenset({"dL", "L", "mL", "ml", "l", "mmol", "min"})


def unit_of(number: Position) -> str:
    """The unit of a number, also that of the range (1 to 2 mg) it begins; empty where it has none."""
    for step in (1, 3):
        token = number.neighbour(step)
        if token is not None and token.kind is TokenKind.UNIT:
            return token.text
        if step == 1 and not (number.text(1) in DASHES or number.text(1) in ("to", "or", "and")):
            return ""
    return ""


def is_level(number: Position) -> bool:
    """Whether the amount is a level in blood or a rate (8 g/dL, 8 g per dL, 50 mL/min) and not a dose."""
    for step in (1, 2, 3, 4):
        if number.text(step) in ("/", "per"):
            return number.text(step + 1) in _PER_VOLUME and number.text(step - 1) not in ("mg", "mcg")
    return unit_of(number) in ("mmol", "cm", "mm", "mmHg", "nmol")
