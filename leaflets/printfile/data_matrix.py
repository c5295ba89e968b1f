"""The code on a label as a Data Matrix of 20 by 20 modules (ISO/IEC 16022, ECC 200), drawn as one small picture.

Every copy has another code, so it has to cost next to nothing. Error correction is linear and there is no mask: a code
is the exclusive or of one pattern for each of its codewords, and the patterns are cached. No library makes use of that.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import accumulate, repeat

from leaflets.errors import PdfError

SIDE = 20
_REGION = SIDE - 2
_DATA, _CORRECTION = 22, 18
_PAD = 129
_PARTS = re.compile("[0-9]{2}|.")
_TAIL = 3  # the characters that are not the same in a hundred copies
_BITS_A_ROW = 24  # rows of a picture are whole bytes
_BITS = _BITS_A_ROW * SIDE
_POLYNOMIAL = 301  # x^8 + x^5 + x^3 + x^2 + 1 (5.7.1)
_DRAWING = b"q %.6g 0 0 %.6g %.6g %.6g cm BI/W 20/H 20/BPC 1/IM true/F/AHx ID %b> EI Q\n"


def drawing(text: str, x: float, y: float, side_pt: float) -> bytes:
    """Operators that draw the code of a text with its lower left corner at (x, y).

    Raises PdfError where the text is too long.
    """
    white = ~modules(text) & (1 << _BITS) - 1
    return _DRAWING % (side_pt, side_pt, x, y, white.to_bytes(_BITS // 8, "big").hex().encode())


def modules(text: str) -> int:
    """The modules of the code of a text in capitals and figures, row by row from the top, 24 bits a row; 1 is black."""
    pattern, place = _beginning(text[:-_TAIL])
    for codeword in _codewords(text[-_TAIL:]):
        pattern ^= _pattern(place, codeword)
        place += 1
    return pattern ^ _padding(place)


@lru_cache(maxsize=16)
def _beginning(text: str) -> tuple[int, int]:
    """The modules of the codewords of a text at the beginning, and the place of the next codeword."""
    codewords = _codewords(text)
    pattern = _frame()
    for place, codeword in enumerate(codewords):
        pattern ^= _pattern(place, codeword)
    return pattern, len(codewords)


@cache
def _padding(first: int) -> int:
    """The modules of the padding from this place on (5.2.4.2). Raises PdfError where the text is too long."""
    if first > _DATA:
        raise PdfError("The code of a copy is too long for its symbol.", "Give the run a shorter name.")
    pattern = 0
    for place in range(first, _DATA):
        pattern ^= _pattern(place, _PAD if place == first else (_PAD + 149 * (place + 1) % 253) % 254 + 1)
    return pattern


def _codewords(text: str) -> list[int]:
    """The text in ASCII encodation (5.2.3): two figures or one character in a codeword."""
    parts = _PARTS.findall(text)
    return [130 + int(part) if len(part) == 2 else ord(part) + 1 for part in parts]


@lru_cache(maxsize=4096)
def _pattern(place: int, codeword: int) -> int:
    """The modules that a codeword at this place makes black, its own and those of its error correction."""
    pattern = 0
    for bit in range(8):
        if codeword >> bit & 1:
            pattern ^= _bit_pattern(place, 1 << bit)
    return pattern


@cache
def _bit_pattern(place: int, codeword: int) -> int:
    """The same for a codeword of one bit."""
    corrections = (_product(codeword, factor) for factor in _correction(place))
    pattern = 0
    for number, value in ((place, codeword), *enumerate(corrections, _DATA)):
        for bit, module in enumerate(_places()[number]):
            pattern |= (value >> 7 - bit & 1) << module
    return pattern


@cache
def _correction(place: int) -> tuple[int, ...]:
    """The error correction of codeword 1 at this place, and nothing at all others (5.7.1, annex E)."""
    rest = [0] * _CORRECTION
    for at in range(place, _DATA):
        first = rest[0] ^ (at == place)
        rest = [before ^ _product(first, factor) for before, factor in zip([*rest[1:], 0], _generator(), strict=True)]
    return tuple(rest)


@cache
def _generator() -> tuple[int, ...]:
    """The factors of the generator polynomial without the first, which is 1: its roots are 2 to the powers 1 to 18."""
    factors = [1]
    for root in accumulate(repeat(2, _CORRECTION), _product):
        factors = [one ^ _product(other, root) for one, other in zip([*factors, 0], [0, *factors], strict=True)]
    return tuple(factors[1:])


def _product(one: int, other: int) -> int:
    """The product of two numbers of the field of 256."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one <<= 1
        if one & 256:
            one ^= _POLYNOMIAL
        other >>= 1
    return product


def _bit(row: int, column: int) -> int:
    """The bit of a module of the whole symbol, counted from the last of the picture."""
    return _BITS - 1 - row * _BITS_A_ROW - column


@cache
def _frame() -> int:
    """The modules that every code has: solid at the left and below, alternating above and at the right (5.1.2).

    The last corner of the region is not used up by codewords and has a pattern of its own (annex F).
    """
    solid = [(row, 0) for row in range(SIDE)] + [(SIDE - 1, column) for column in range(SIDE)]
    alternating = [(0, column) for column in range(0, SIDE, 2)] + [(row, SIDE - 1) for row in range(1, SIDE, 2)]
    corner = [(_REGION, _REGION), (_REGION - 1, _REGION - 1)]
    return sum(1 << _bit(row, column) for row, column in {*solid, *alternating, *corner})


@cache
def _places() -> tuple[tuple[int, ...], ...]:
    """The bits of the eight modules of each codeword, the highest bit first (annex F)."""
    taken: dict[tuple[int, int], int] = {}
    places: list[tuple[int, ...]] = []
    for corner in _corners():
        cells = [_wrapped(*cell) for cell in _cells(*corner)]
        if cells[-1] not in taken:
            taken.update(dict.fromkeys(cells, len(places)))
            places.append(tuple(_bit(row + 1, column + 1) for row, column in cells))
    return tuple(places)


def _corners() -> Iterator[tuple[int, int]]:
    """The lower right corner of each codeword in order: diagonals up to the right and down to the left by turns."""
    row, column = 4, 0
    while row < _REGION or column < _REGION:
        if row == _REGION - 2 and column == 0:
            yield -1, -1
        while row >= 0 and column < _REGION:
            if row < _REGION and column >= 0:
                yield row, column
            row, column = row - 2, column + 2
        row, column = row + 1, column + 3
        while row < _REGION and column >= 0:
            if row >= 0 and column < _REGION:
                yield row, column
            row, column = row + 2, column - 2
        row, column = row + 3, column + 1


def _cells(row: int, column: int) -> list[tuple[int, int]]:
    """The eight cells of a codeword by its lower right corner; (-1, -1) is the one that the corners share."""
    if row < 0:
        last = _REGION - 1
        lower = [(last - 2, 0), (last - 1, 0), (last, 0)]
        return [*lower, (0, last - 3), (0, last - 2), (0, last - 1), (0, last), (1, last)]
    offsets = ((2, 2), (2, 1), (1, 2), (1, 1), (1, 0), (0, 2), (0, 1), (0, 0))
    return [(row - up, column - left) for up, left in offsets]


def _wrapped(row: int, column: int) -> tuple[int, int]:
    """The cell itself, or for one outside the region the cell on the other side that takes its place."""
    shift = 4 - (_REGION + 4) % 8
    if row < 0:
        row, column = row + _REGION, column + shift
    if column < 0:
        row, column = row + shift, column + _REGION
    return row, column
