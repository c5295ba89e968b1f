"""Syllables, grades, and what counts as a name."""

import re
from pathlib import Path

import pytest
from pyphen import Pyphen

from leaflets.checks.reading.hyphenation import count_parts
from leaflets.checks.reading.readability import TextCounts, count, is_name, syllables, total
from leaflets.lexer import lex


@pytest.mark.parametrize(("word", "count"), [
    ("take", 1), ("tablet", 2), ("medicine", 3), ("water", 2), ("infection", 3), ("the", 1), ("table", 2), ("used", 1),
    ("needed", 2), ("diseases", 3), ("temperature", 4), ("physician", 3), ("hepatic", 3),
    ("hypersensitivity", 7),
])  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_words_are_parted_as_by_the_library_whose_patterns_they_are() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (Path(__file__).parents[1] / "content").glob("*.md")]
    words = set(re.findall(r"[^\W\d_]+", " ".join(texts).lower())) | {"a", "it", "associate", "tables", "x" * 60}
    whole = Pyphen(lang="en_US")
    assert len(words) > 2000
    assert {word: count_parts(word) for word in words} == {word: len(whole.positions(word)) + 1 for word in words}


def test_grade_is_the_formula_of_kincaid() -> None:
    assert TextCounts(sentences=2, words=20, syllables=30).grade == pytest.approx(0.39 * 10 + 11.8 * 1.5 - 15.59)
    assert TextCounts(0, 0, 0).grade == 0


def test_sentences_add_up() -> None:
    assert total([TextCounts(1, 5, 8), TextCounts(1, 3, 4)]) == TextCounts(2, 8, 12)


def test_names_count_like_short_words() -> None:
    sentence = lex("Baricitinib helps")
    assert count(sentence, frozenset({"baricitinib"})).syllables == 3
    assert is_name("tofacitinib", frozenset())
    assert is_name("arthritis", frozenset())
    assert not is_name("infection", frozenset())
    assert not is_name("statin", frozenset()), "the ending alone is no name"
