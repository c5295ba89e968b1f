"""How many letters an edition has room for, and how its lower margin grows with its words."""

import pytest

from leaflets.compose.line_length import column_characters, footer_characters, footer_lines, page_characters
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.paper import Paper

EVERY = [Edition(audience, "en", paper, form) for audience in Audience for paper in Paper for form in TypeSize]


@pytest.mark.parametrize("edition", EVERY, ids=lambda e: f"{e.audience}-{e.type_size}-{e.paper}")
def test_a_column_is_no_broader_than_its_page_and_one_column_is_the_page(edition: Edition) -> None:
    assert 30 <= column_characters(edition) <= page_characters(edition)
    assert (column_characters(edition) == page_characters(edition)) == edition.one_column


@pytest.mark.parametrize("edition", EVERY, ids=lambda e: f"{e.audience}-{e.type_size}-{e.paper}")
def test_the_lower_margin_has_a_line_for_all_its_words(edition: Edition) -> None:
    assert footer_lines(edition, "Short") == 2
    full = " ".join(["x" * (footer_characters(edition) // 2)] * 12)
    assert footer_lines(edition, full) >= 6
    assert footer_lines(edition, full.replace(" ", "\xa0")) == 2  # one word that nothing may part


def test_only_in_large_print_on_a5_the_number_of_the_page_takes_a_line_of_its_own() -> None:
    words = "x" * 36
    taller = [edition for edition in EVERY if footer_lines(edition, f"{words} {words}", words) > 2]
    assert {(edition.paper, edition.type_size) for edition in taller} == {(Paper.A5, TypeSize.LARGE_PRINT)}
