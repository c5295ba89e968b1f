"""JSON from outside that nests without end is refused before Python reads it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.json_depth import MAX_DEPTH, require_shallow

_VALUES = st.recursive(
    st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(st.lists(_VALUES, max_size=60))
def test_what_is_shallow_passes_whatever_its_texts_hold(values: list[object]) -> None:
    require_shallow(json.dumps(values))


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_the_depth_is_that_of_arrays_and_objects(opening: str, closing: str) -> None:
    many = "[" + ",".join(['{"a": "[[[[", "b": [1]}'] * 200) + "]"
    require_shallow(many)
    for depth, passes in ((MAX_DEPTH - 2, True), (MAX_DEPTH + 2, False)):
        text = f"[{many}, {opening * depth}1{closing * depth}]"
        if passes:
            require_shallow(text)
        else:
            with pytest.raises(ValueError, match="nests too deep"):
                require_shallow(text)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, '["' + "[" * 300 + '", ' + "[" * 200])
def test_what_is_never_closed_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nests too deep"):
        require_shallow(text)
