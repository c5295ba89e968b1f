"""The words of a paragraph: faces, links, reference marks, and what stays as it stands."""

from __future__ import annotations

import pytest

from leaflets.model.monograph import TextRun, plain
from leaflets.parse.inline import inline, links, marks
from tests.outline import runs


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("one **two** three", "one **two** three"),
        ("**one** **two**", "**one** **two**"),
        ("**a *b* c**", "**a *****b***** c**"),
        ("one\n  two\t three", "one two three"),
        ("a\u00a0b", "a\u00a0b"),
        ("one  \ntwo", "one two"),
        ("**open", "**open"),
        ("** not bold **", "** not bold **"),
        ("2*3*4 mg and 5 * 6", "2*3*4 mg and 5 * 6"),
        ("HLA-B*5701, HLA-B*58:01 and CYP2C9*3", "HLA-B*5701, HLA-B*58:01 and CYP2C9*3"),
        ("5 mg*h/L and 7 mg*h/L", "5 mg*h/L and 7 mg*h/L"),
        ("see *note HLA-B*5701* now", "see *note HLA-B*5701* now"),
        ("*word*s `x*y` ``2*3 ` `` 2*3", "*word*s x*y 2*3 ` 2*3"),
        ("snake_case_word", "snake_case_word"),
        (r"\*a\* \_b\_ \[c\] 1\. \\", "*a* _b_ [c] 1. \\"),
        ("`*a*` and ``b ` c``", "*a* and b ` c"),
        ("R&D &amp; A &lt; B &#8804; C &copy; &nosuch; &", "R&D & A < B ≤ C © &nosuch; &"),
        ("<b>x</b> <!-- y --> <script>", "<b>x</b> <!-- y --> <script>"),
        ("<10 mg or >5 mg", "<10 mg or >5 mg"),
        ("[a](https://example.org)", "a (https://example.org)"),
        ("[https://example.org](https://example.org)", "https://example.org"),
        ("[a](/b) [c](#d) [e](../f)", "a c e"),
        ("[a](mailto:b@example.org) [1](tel:+1555)", "a (b@example.org) 1 (+1555)"),
        ("[**a**](https://example.org/a_b_c)", "**a** (https://example.org/a_b_c)"),
        ("[a](https://example.org/a_b_c 'd')", "a (https://example.org/a_b_c)"),
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
        ("[a](file:///etc/passwd)", "a (file:///etc/passwd)"),
        ("![a](b.png)", "a (b.png)"),
        ("<https://example.org/a*b*c> <mailto:a@example.org>", "https://example.org/a*b*c mailto:a@example.org"),
        ("[a][b] [c] [d]: e", "[a][b] [c] [d]: e"),
        ("a[^U1] b [^U1, ^U2]", "a[^U1] b[^U1][^U2]"),
        ("[^] [^ a]", "[^] [^ a]"),
        ("start *b**c*d end &amp; [^U1]", "start *b**c*d end &[^U1]"),
        ("", ""),
    ],
)
def test_inline(source: str, expected: str) -> None:
    assert runs(inline(source)) == expected


def test_neighbours_of_one_face_are_one_run() -> None:
    assert inline("a &amp; b <c> *d*") == (TextRun("a & b <c> "), TextRun("d", emphasis=True))


def test_reference_marks_are_read_with_and_without_carets() -> None:
    assert marks("a[^U1,^U2] [^who.2024] [link](x) [^]") == ["U1", "U2", "who.2024"]


def test_links_are_listed_with_their_kind() -> None:
    assert links("[a](b) ![c](d.png) [e] (f)") == [(False, "b"), (True, "d.png")]


@pytest.mark.parametrize("source", ["**a** " * 4000, "*a " * 500, "`" * 500, "\\a" * 500, "_a_ " * 300])
def test_overlong_and_overmarked_paragraphs_stand_as_they_are(source: str) -> None:
    assert plain(inline(source)) == " ".join(source.split())


def test_nothing_of_one_paragraph_stays_for_the_next() -> None:
    inline("*a* `b` \\* &amp;")
    assert runs(inline("klzzwxh:0000 a")) == "klzzwxh:0000 a"
    assert runs(inline("\x02wzxhzdk:0\x03 *a*")).endswith("*a*")
