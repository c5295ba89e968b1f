"""An argument that is empty, as "$NAME" of a script may be, is refused: it never means all, or this folder."""

import pytest

from tests.running import Leaflet


@pytest.mark.parametrize(
    "words",
    [
        ["build", ""], ["build", " "], ["build", "metformin", ""], ["build", "metformin", "-o", ""], ["check", ""],
        ["explain", ""], ["explain", "--json", ""], ["batch", ""], ["batch", "list.csv", "-o", ""], ["verify", ""],
        ["diff", "metformin", ""], ["diff", "metformin", "metformin", "--pdf", ""], ["recall", ""], ["new", ""],
        ["copy", ""], ["init", ""], ["languages", ""], ["help", ""], ["translation", "start", "metformin", ""],
        ["runs", "show", ""], ["runs", "confirm", "last", ""], ["runs", "backup", ""],
        ["reprint", "", "--serials", "1"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_an_empty_argument_is_refused(leaflet: Leaflet, words: list[str]) -> None:
    ran = leaflet(*words)
    assert ran.code == 2
    assert " is empty" in ran.err + ran.out
    assert leaflet.files() == set()


def test_a_flag_whose_value_may_be_empty_takes_an_empty_one(leaflet: Leaflet) -> None:
    assert "is empty" not in leaflet("build", "nonesuch", "--pharmacy", "").err
