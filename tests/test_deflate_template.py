"""Text compressed once is, with any numbers in it, what compressing it would have given back."""

import random
import zlib

from hypothesis import given
from hypothesis import strategies as st

from leaflets.printfile.deflate_template import deflate_template

PLACES = [b"\xf0", b"\x80", b"\x81"]


def with_numbers(text: bytes, numbers: list[bytes]) -> bytes:
    for place, number in zip(PLACES, numbers, strict=True):
        text = text.replace(place, number)
    return text


def digits(width: int) -> st.SearchStrategy[bytes]:
    return st.integers(0, 10**width - 1).map(lambda number: b"%0*d" % (width, number))


@given(
    st.lists(st.sampled_from([*PLACES, b"17", b"8", b"12", b"0 R", b"<</K[", b"\n", b" "]), min_size=40, max_size=400),
    st.tuples(digits(4), digits(3), digits(3)),
    st.tuples(digits(4), digits(3), digits(3)),
)
def test_any_numbers(parts: list[bytes], one: tuple[bytes, ...], other: tuple[bytes, ...]) -> None:
    text = b"".join(parts)
    form = deflate_template(text, PLACES, [4, 3, 3])
    assert form is not None
    for numbers in (list(one), list(other)):
        whole = with_numbers(text, numbers)
        assert zlib.decompress(form.filled(numbers, whole)) == whole


def test_a_long_text_of_many_blocks() -> None:
    chance = random.Random(7)
    text = b" ".join(chance.choice([*PLACES, b"%d" % chance.randrange(10**6)]) for _ in range(60_000))
    form = deflate_template(text, PLACES, [6, 5, 5])
    assert form is not None
    whole = with_numbers(text, numbers := [b"123456", b"98765", b"00042"])
    assert zlib.decompress(form.filled(numbers, whole)) == whole


def test_what_cannot_be_pressed_is_left_to_the_compressor() -> None:
    assert deflate_template(bytes(range(0x80)) + b"\x80", [b"\x80"], [20]) is None  # no letter is free
    assert (
        deflate_template(random.Random(7).randbytes(9_000).translate(None, b"\x80\x01\x02") + b"\x80", [b"\x80"], [2])
        is None
    )
