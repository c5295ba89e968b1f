"""Text compressed once for all copies: only the digits that differ are put in, within the compressed bytes.

A deflated text is letters and references to text that came before. Where every letter takes eight bits, as in the fixed
code of RFC 1951 (3.2.6), a digit that is replaced moves nothing. For each digit of each number the text is
compressed with a letter that occurs nowhere else in it, so that a reference covers only what is the same in every copy.
"""

import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_HEADER = b"\x78\x01"
_END = 256
_EIGHT_BITS = 144  # letters below this one have codes of eight bits


class _Hole(NamedTuple):
    """Where a digit of a number belongs: the first of its bits, as byte and bit."""

    number: int
    digit: int
    at: int
    shift: int


class DeflateTemplate(NamedTuple):
    """A compressed text with holes for digits; to fill it takes a tenth of the time that compressing it takes."""

    data: bytes
    holes: tuple[_Hole, ...]

    def filled(self, numbers: Sequence[bytes], text: bytes) -> bytes:
        """The compressed form of `text`, which is the text of the template with these numbers in it."""
        return _HEADER + self.deflated(numbers) + zlib.adler32(text).to_bytes(4, "big")

    def deflated(self, numbers: Sequence[bytes]) -> bytes:
        """The same without header and check."""
        data = bytearray(self.data)
        codes = [number.translate(_CODES) for number in numbers]
        for number, digit, at, shift in self.holes:
            bits = codes[number][digit] << shift
            data[at] |= bits & 255
            data[at + 1] |= bits >> 8
        return bytes(data)


def deflate_template(text: bytes, markers: Sequence[bytes], widths: Sequence[int]) -> DeflateTemplate | None:
    """The template of a text in which each byte of `markers` stands for a number of `widths` digits.

    None where the text leaves too few letters free to stand for the digits.
    """
    stand_ins = _stand_ins(text, markers, widths)
    if stand_ins is None:
        return None
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_FIXED)
    data = bytearray(packer.compress(with_numbers(text, markers, stand_ins)) + packer.flush())
    owners = {letter: (number, digit) for number, own in enumerate(stand_ins) for digit, letter in enumerate(own)}
    holes = tuple(_Hole(*owners[letter], *divmod(bit, 8)) for bit, letter in _letters(data) if letter in owners)
    for number, digit, at, shift in holes:
        bits = _CODES[stand_ins[number][digit]] << shift
        data[at] ^= bits & 255
        data[at + 1] ^= bits >> 8
    template = DeflateTemplate(bytes(data), holes)
    sample = [(b"1234567890" * 2)[number % 10 :][:width] for number, width in enumerate(widths)]
    is_right = zlib.decompress(template.deflated(sample), -zlib.MAX_WBITS) == with_numbers(text, markers, sample)
    return template if is_right else None


def _stand_ins(text: bytes, markers: Sequence[bytes], widths: Sequence[int]) -> list[bytes] | None:
    """For each number as many letters as it has digits, all different and none of the text; None where they run out."""
    free = [letter for letter in range(_EIGHT_BITS) if letter not in text and b"%c" % letter not in markers]
    if sum(widths) > len(free):
        return None
    return [bytes(free.pop() for _ in range(width)) for width in widths]


def with_numbers(text: bytes, markers: Sequence[bytes], numbers: Sequence[bytes]) -> bytes:
    """A text with each of the numbers in place of its marker."""
    for marker, number in zip(markers, numbers, strict=True):
        text = text.replace(marker, number)
    return text


def _letters(data: bytes | bytearray) -> Iterator[tuple[int, int]]:
    """The letters in text deflated with the fixed code, each with the bit where it begins; none in any other text."""
    at, last = 0, 0
    while not last:
        block = data[at >> 3] | data[(at >> 3) + 1] << 8
        last, kind = block >> (at & 7) & 1, block >> (at & 7) + 1 & 3
        at += 3
        if kind != 1:
            return
        while kind != _END:
            window = int.from_bytes(data[at >> 3 : (at >> 3) + 5], "little") >> (at & 7)
            kind, bits = _KINDS[window & 511]
            if kind < _END:
                yield at, kind
            elif kind > _END:
                bits += _DISTANCES[window >> bits & 31]
            at += bits


def _backwards(code: int, bits: int) -> int:
    return int(f"{code:0{bits}b}"[::-1], 2)


def _codes() -> Iterator[tuple[int, int, int]]:
    """Kind, code and number of bits of every symbol of the fixed code."""
    for first, end, code, bits in ((0, 144, 0x30, 8), (144, 256, 0x190, 9), (256, 280, 0, 7), (280, 288, 0xC0, 8)):
        yield from ((kind, _backwards(code + kind - first, bits), bits) for kind in range(first, end))


def _more_bits(kind: int) -> int:
    """How many bits of a length follow its code."""
    return max(0, (kind - 261) // 4) if 265 <= kind < 285 else 0


_KINDS = [(0, 0)] * 512
for _kind, _code, _bits in _codes():
    for _rest in range(1 << 9 - _bits):
        _KINDS[_rest << _bits | _code] = (_kind, _bits + _more_bits(_kind))
_DISTANCES = [5 + max(0, _backwards(code, 5) // 2 - 1) for code in range(32)]
_CODES = bytes(_backwards(0x30 + letter, 8) if letter < _EIGHT_BITS else 0 for letter in range(256))
