"""Splits a text into numbers, units, words and symbols, with their offsets, in one pass from left to right."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class TokenKind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    """A count or an amount: 2, 2.5, .5, 1,000."""
    CHAIN = "chain"
    """Digits parted by several points: a version, a dotted date, a section number (1.2.3); or by a comma that parts no
    thousands (0,5)."""
    UNIT = "unit"
    """A word of measure that follows a number."""
    WORD = "word"
    """Letters, with digits and apostrophes inside; dotted abbreviations (e.g.) are one word."""
    SYMBOL = "symbol"
    """Any other character."""
    ADDRESS = "address"
    """A web address."""


class Token(NamedTuple):
    """A piece of a text: its characters from `start` up to `end`, counted from 0."""

    kind: TokenKind
    text: str
    start: int
    end: int


MASS_UNITS = frozenset({"mg", "mcg", "µg", "μg", "ug", "g", "kg", "ng", "microgram", "micrograms", "milligram",
                        "milligrams", "gram", "grams", "nanogram", "nanograms", "kilogram", "kilograms"})  # fmt: skip
VOLUME_UNITS = frozenset({"mL", "ml", "ML", "L", "l", "dL", "cc", "litre", "litres", "liter", "liters", "millilitre",
                          "millilitres", "milliliter", "milliliters"})  # fmt: skip
COUNT_UNITS = frozenset({"unit", "units", "U", "u", "IU", "tablet", "tablets", "capsule", "capsules", "drop", "drops",
                         "puff", "puffs", "mmol", "mEq", "mCi", "MBq", "%"})  # fmt: skip
LOOSE_UNITS = frozenset({"gm", "gr", "gtt", "gtts", "mgs", "mcgs", "mLs", "mls", "kgs", "Ng", "MCG", "MG", "Mg", "KG",
                         "cm", "mm", "nm", "mmHg", "mol", "nmol", "kcal", "kDa"})  # fmt: skip
UNITS = MASS_UNITS | VOLUME_UNITS | COUNT_UNITS | LOOSE_UNITS
DOSE_UNITS = MASS_UNITS | VOLUME_UNITS | COUNT_UNITS - {"%"}

_PIECE = re.compile(
    r"(?P<address>(?:https?://|www\.)\S+)"
    r"|(?P<number>(?<![\w.)])\.\d+|\d+(?:[.,]\d+)*)"
    r"|(?P<word>[A-Za-z](?:\.[A-Za-z])+(?![A-Za-z])\.?|[^\W\d_]\w*(?:['’][^\W\d_]+)*)"
    r"|(?P<symbol>\S)"
)
_KINDS: Mapping[str | None, TokenKind] = {kind.value: kind for kind in TokenKind}
_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+")
_DECIMAL_COMMA = re.compile(r"\d+,\d+")


def lex(text: str) -> tuple[Token, ...]:
    """The tokens of a text in order; together with the white space between them they are the whole text.

    Takes time linear in the length of the text.
    """
    tokens: list[Token] = []
    measured = False
    for match in _PIECE.finditer(text):
        piece = match.group()
        kind = _KINDS[match.lastgroup]
        if kind is TokenKind.NUMBER:
            kind = TokenKind.NUMBER if piece.isdigit() or _AMOUNT.fullmatch(piece) else TokenKind.CHAIN
        elif measured and piece in UNITS:
            kind = TokenKind.UNIT
        measured = kind is TokenKind.NUMBER or (kind is TokenKind.CHAIN and _DECIMAL_COMMA.fullmatch(piece) is not None)
        tokens.append(Token(kind, piece, *match.span()))
    return tuple(tokens)


def value(number: str) -> float:
    """The amount of a number token, whose commas part thousands."""
    return float(number.replace(",", ""))


def sentences(tokens: tuple[Token, ...]) -> tuple[tuple[int, int], ...]:
    """Where each sentence begins and ends, as indices into the tokens (the end not included).

    A sentence ends at a stop, question or exclamation mark; a stop inside an abbreviation or a number is none.
    """
    spans: list[tuple[int, int]] = []
    first = 0
    for i, token in enumerate(tokens):
        if token.text in _STOPS and _ends_sentence(tokens, i):
            spans.append((first, i + 1))
            first = i + 1
    if first < len(tokens):
        spans.append((first, len(tokens)))
    return tuple(span for span in spans if any(tokens[i].kind is not TokenKind.SYMBOL for i in range(*span)))


_STOPS = frozenset(".!?")
_SHORTENED = frozenset({"dr", "mr", "mrs", "ms", "vs", "approx", "fig"})


def _ends_sentence(tokens: tuple[Token, ...], i: int) -> bool:
    if i + 1 == len(tokens):
        return True
    following = tokens[i + 1]
    if following.start == tokens[i].end:
        return False
    if tokens[i].text == "." and i and tokens[i - 1].text.lower() in _SHORTENED:
        return False
    return not following.text[0].islower()
