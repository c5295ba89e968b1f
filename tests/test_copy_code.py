"""The text in the code of a label: what it says, and that a wrong one is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaflets.errors import UsageError
from leaflets.model.copy import CopyCode, copy_code, read_copy_code
from leaflets.printfile.data_matrix import modules

RUN = "261130-4f1c8a2b"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@settings(max_examples=40)
@given(st.from_regex(r"[0-9]{6}-[0-9a-f]{8}", fullmatch=True), st.integers(1, 9_999_999))
def test_a_code_is_read_back_as_it_was_written(run: str, serial: int) -> None:
    code = copy_code(run, serial)
    assert code.isalnum()
    assert code.isascii()
    assert code.upper() == code
    assert read_copy_code(f" {code.lower()}\n") == CopyCode(run, serial)
    modules(code)


def test_the_code_of_a_copy_stays_as_it_is_on_paper() -> None:
    assert copy_code(RUN, 123) == "LF12611304F1C8A2BS000123P"


@given(st.integers(1, 999_999), st.data())
def test_a_wrong_character_is_never_read_as_another_copy(serial: int, data: st.DataObject) -> None:
    code = copy_code(RUN, serial)
    at = data.draw(st.integers(3, len(code) - 1))
    wrong = data.draw(st.sampled_from(_ALPHABET.replace(code[at], "")))
    with pytest.raises(UsageError):
        read_copy_code(code[:at] + wrong + code[at + 1 :])


@pytest.mark.parametrize(
    "text", ["", "E2F6AB5FC3", "https://example.org/e2f6ab5fc3", "LF1", "LF1261130", "LF2" + "0" * 22]
)
def test_what_is_no_code_of_a_label_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not the code of a label"):
        read_copy_code(text)


def test_two_characters_that_changed_places_are_found() -> None:
    code = copy_code(RUN, 120_345)
    swaps = [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(3, 23)]
    for wrong in {swap for swap in swaps if swap != code}:
        with pytest.raises(UsageError):
            read_copy_code(wrong)


def test_a_run_with_another_kind_of_name_has_no_code() -> None:
    with pytest.raises(ValueError, match="no name of a run"):
        copy_code("tonight", 1)
