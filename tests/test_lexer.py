"""The lexer: every character kept, numbers and units told apart, in linear work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets.lexer import TokenKind, lex, sentences

TEXTS = st.text(st.sampled_from("aqQ19.,-/ °µ½'()%\n:;@x") | st.characters(), max_size=120)


@given(TEXTS)
def test_tokens_and_spaces_are_the_whole_text(text: str) -> None:
    rebuilt, position = "", 0
    for token in lex(text):
        assert text[position : token.start].strip() == ""
        assert token.text == text[token.start : token.end] != ""
        rebuilt += text[position : token.start] + token.text
        position = token.end
    assert rebuilt + text[position:] == text
    assert text[position:].strip() == ""


@given(TEXTS)
def test_sentences_hold_every_word_once(text: str) -> None:
    tokens = lex(text)
    locked = [i for first, end in sentences(tokens) for i in range(first, end)]
    words = [i for i, token in enumerate(tokens) if token.kind is not TokenKind.SYMBOL]
    assert locked == sorted(set(locked))
    assert set(words) <= set(locked)


@pytest.mark.parametrize(("text", "kinds"), [
    ("10mg", [TokenKind.NUMBER, TokenKind.UNIT]),
    ("mg 10", [TokenKind.WORD, TokenKind.NUMBER]),
    (".5 mg", [TokenKind.NUMBER, TokenKind.UNIT]),
    ("1,000.5", [TokenKind.NUMBER]),
    ("1.2.3", [TokenKind.CHAIN]),
    ("1,5", [TokenKind.CHAIN]),
    ("q.d. COVID-19", [TokenKind.WORD, TokenKind.WORD, TokenKind.SYMBOL, TokenKind.NUMBER]),
    ("T3", [TokenKind.WORD]),
    ("5%", [TokenKind.NUMBER, TokenKind.UNIT]),
    ("see https://a.b/c?d=5mg", [TokenKind.WORD, TokenKind.ADDRESS]),
    ("don't", [TokenKind.WORD]),
])  # fmt: skip
def test_kinds(text: str, kinds: list[TokenKind]) -> None:
    assert [token.kind for token in lex(text)] == kinds


@pytest.mark.parametrize(("text", "count"), [
    ("Take 2.5 mg. Rest, e.g. in bed. Why? Sleep", 4),
    ("Ask Dr. Jones", 1),
    ("Version 1.2.3 is out", 1),
    ("Take 5 mg. by mouth", 1),
    ("...", 0),
])  # fmt: skip
def test_where_sentences_end(text: str, count: int) -> None:
    assert len(sentences(lex(text))) == count
