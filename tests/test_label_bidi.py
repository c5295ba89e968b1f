"""The order of left-to-right and right-to-left text on a label, by Unicode's own cases and by those of a pharmacy."""

import io
import unicodedata

import pytest
from bidi import get_display
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leaflets.labels import Label, LabelSetter
from leaflets.labels.bidi import BidiRun, levels, starts_rtl, visual_runs
from leaflets.labels.brackets import CLOSING, MIRRORED
from leaflets.labels.layout import LabelSpace
from leaflets.labels.shaping import ShapedLine, Shaper
from leaflets.printfile import Copy, PrintJob, write_print_file
from leaflets.typography import left_to_right
from tests.conftest import ROOT
from tests.print_samples import fonts, sheet, texts

# Capitals stand for Arabic letters, as in Unicode's own examples, and subscripts for the digits of Persian. A mark
# stands before its letter where the order is that of the paper.
ARABIC = {chr(65 + at): chr(0x628 + at) for at in range(18)} | {chr(83 + at): chr(0x641 + at) for at in range(8)}
STANDS_FOR = ARABIC | {chr(0x2080 + at): chr(0x6F0 + at) for at in range(10)}
SHOWN_AS = {character: sign for sign, character in STANDS_FOR.items()}


def drawn(text: str, *, rtl: bool, mirrored: bool = True) -> str:
    """The text as it stands on paper, from left to right."""
    mirror = str.maketrans(MIRRORED if mirrored else {})
    parts = ((text[run.start : run.end], run.rtl) for run in visual_runs(text, rtl=rtl))
    return "".join(part[::-1].translate(mirror) if turned else part for part, turned in parts)


def drawn_signs(text: str, *, rtl: bool) -> str:
    """As `drawn`, with capitals and subscripts in place of Arabic letters and Persian digits."""
    order = drawn("".join(STANDS_FOR.get(sign, sign) for sign in text), rtl=rtl)
    return "".join(SHOWN_AS.get(character, character) for character in order)


# ---------------------------------------------------------------- by Unicode's cases, and by another implementation


def test_levels_and_order_are_those_of_unicode() -> None:
    lines = (ROOT / "tests/cases/bidi/BidiCharacterTest-excerpt.txt").read_text(encoding="utf-8").splitlines()
    cases = [line.split(";") for line in lines if not line.startswith("#")]
    assert len(cases) > 100
    for characters, direction, paragraph, expected, order in cases:
        text = "".join(chr(int(code, 16)) for code in characters.split())
        assert direction != "2" or starts_rtl(text) == (paragraph == "1"), characters
        given_levels = levels(text, rtl=paragraph == "1")
        assert len(given_levels) == len(text)
        for wanted, level in zip(expected.split(), given_levels, strict=True):
            assert wanted in ("x", str(level)), (characters, direction)
        if "x" not in expected and not list(left_to_right(text)):
            runs = visual_runs(text, rtl=paragraph == "1")
            places = [at for run in runs for at in range(run.start, run.end)[:: -1 if run.rtl else 1]]
            assert places == list(map(int, order.split())), (characters, direction)


# The other implementation looks for the letter before a bracket in the wrong place where something isolated stands
# there, so brackets and isolated doses are compared apart. It does not mirror brackets.
@settings(max_examples=500)
@given(st.text("ab אבعل۲۳٤+-%,:()[]{}〈〉\u2329\u232a\u0301\u0651!·&", max_size=20), st.booleans())
@example("ab (אב) בא", False)
@example("אב \u2329ab〉\u0301 ab", True)
def test_brackets_are_ordered_as_by_another_implementation(text: str, rtl: bool) -> None:
    assert not list(left_to_right(text))
    assert drawn(text, rtl=rtl, mirrored=False) == get_display(text, base_dir="R" if rtl else "L")


@settings(max_examples=500)
@given(st.text("ab אבعل12۳٤+-%.,:/\u0301\u0651!·&", max_size=20), st.booleans())
@example("אב 12 mg בא", False)
def test_doses_are_ordered_as_isolates_by_another_implementation(text: str, rtl: bool) -> None:
    isolated, end = "", 0
    for start, stop in left_to_right(text):
        isolated += f"{text[end:start]}\u2066{text[start:stop]}\u2069"
        end = stop
    order = get_display(isolated + text[end:], base_dir="R" if rtl else "L")
    assert isinstance(order, str)
    assert drawn(text, rtl=rtl) == order.replace("\u2066", "").replace("\u2069", "")


def test_brackets_are_those_of_the_unicode_database() -> None:
    every = map(chr, range(0x110000))
    kinds = {c: unicodedata.category(c) for c in every if unicodedata.mirrored(c)}
    neutral = {c: kind for c, kind in kinds.items() if unicodedata.bidirectional(c) == "ON"}
    assert set(CLOSING) == {c for c, kind in neutral.items() if kind == "Ps"}
    assert set(CLOSING.values()) == {c for c, kind in neutral.items() if kind == "Pe"}


# ---------------------------------------------------------------- what a pharmacist would notice


@pytest.mark.parametrize(
    ("rule", "text", "rtl", "seen"),
    [
        ("W1", "DR MU\u064eH smith", False, "H\u064eUM RD smith"),
        ("W2", "FROM ₁₀-₂₀ NOW", True, "WON ₂₀-₁₀ MORF"),
        ("W3", "DR ALI", True, "ILA RD"),
        ("W4", "FROM ₁₂:₃₀ NOW", True, "WON ₁₂:₃₀ MORF"),
        ("W4", "₁₀-₂₀ NOW", True, "WON ₁₀-₂₀"),
        ("W5", "₅₀٪ DOSE", True, "ESOD ₅₀٪"),
        ("W6", "ali - ALI", False, "ali - ILA"),
        ("W7", "TAKE actrapid ₁₀ NOW", True, "WON actrapid ₁₀ EKAT"),
        ("W7", "actrapid ₁₀ ALI", False, "actrapid ₁₀ ILA"),
        ("W7", "room ₁₂ (ALI)", False, "room ₁₂ (ILA)"),
        ("N0", "ali (ALI) HASAN", False, "ali (ILA) NASAH"),
        ("N0", "ALI (ali) 2 x 500 mg", True, "2 x 500 mg (ali) ILA"),
        ("N0", "ALI [ali (HASAN)] smith", False, "ILA [ali (NASAH)] smith"),
        ("N0", "DR (ALI) smith", False, "(ILA) RD smith"),
        ("N1", "ali DR HASAN", False, "ali NASAH RD"),
        ("N2", "ali · HASAN · smith", True, "smith · NASAH · ali"),
        ("L1", "ALI\tHASAN", False, "ILA\tNASAH"),
        ("L2", "DR ali smith HASAN", True, "NASAH ali smith RD"),
    ],
)
def test_each_rule_is_seen_on_paper(rule: str, text: str, rtl: bool, seen: str) -> None:
    assert drawn_signs(text, rtl=rtl) == seen, rule


@pytest.mark.parametrize(
    ("text", "rtl", "seen"),
    [
        ("take 2 mg now", False, "take 2 mg now"),
        ("TAKE 2 mg NOW", True, "WON 2 mg EKAT"),
        ("TAKE 10–20 mg NOW", True, "WON 10–20 mg EKAT"),
        ("FROM 08:00 TO 20:00", True, "20:00 OT 08:00 MORF"),
        ("BORN 12/03/1961", True, "12/03/1961 NROB"),
        ("name ALI SMITH here", False, "name HTIMS ILA here"),
        ("DR smith, ALI", True, "ILA ,smith RD"),
        ("2.5 mg/ml DOSE", True, "ESOD 2.5 mg/ml"),
        ("DOSE 5 µg/kg/h.", True, ".5 µg/kg/h ESOD"),
        ("NUMBER p-000123 HERE", True, "EREH p-000123 REBMUN"),
        ("NUMBER rx 70 12 HERE", True, "EREH rx 70 12 REBMUN"),
        ("ALI 12 mg", False, "ILA 12 mg"),
        ("TAKE 1-0-1 (2 mg)", True, "(2 mg) 1-0-1 EKAT"),
        ("TAKE (2 mg) ali (ONE)", True, "(ENO) ali (2 mg) EKAT"),
        ("TAKE 50 % NOW", True, "WON 50 % EKAT"),
        ("TAKE 2 × 5 ml NOW", True, "WON 2 × 5 ml EKAT"),
        ("TAKE 1 - 2 tablets NOW", True, "WON 1 - 2 tablets EKAT"),
        ("BELOW -5 ml KEEP", True, "PEEK -5 ml WOLEB"),
        ("IF ≥ 5 mg STOP", True, "POTS ≥ 5 mg FI"),
        ("CALL +1 555 0100 NOW", True, "WON +1 555 0100 LLAC"),
    ],
)
def test_doses_and_dates_keep_their_order(text: str, rtl: bool, seen: str) -> None:
    assert drawn_signs(text, rtl=rtl) == seen


def test_vowel_signs_do_not_part_a_name() -> None:
    """Rule W1: letters join only within one run."""
    assert visual_runs("مُحَمَّد", rtl=False) == [BidiRun(0, 8, True)]


@given(st.text(st.sampled_from("abc 012.,-/()+%אבגدبت٣\u0301\u200c\u202b"), max_size=24), st.booleans())
def test_every_character_is_drawn_once(text: str, rtl: bool) -> None:
    parts = sorted((run.start, run.end) for run in visual_runs(text, rtl=rtl))
    assert [at for start, end in parts for at in range(start, end)] == list(range(len(text)))


# ---------------------------------------------------------------- brackets on the page


def glyphs_and_texts(line: ShapedLine) -> list[tuple[int, str]]:
    """From left to right, the glyphs of a line and what each stands for."""
    out: list[tuple[int, str]] = []
    for run in line.runs:
        out += [(glyph.id, glyph.text) for glyph in run.glyphs]
        out += [(run.face.font.get_nominal_glyph(ord(character)), character) for character in run.text]
    return out


@pytest.mark.parametrize("brackets", ["()", "[]", "{}"])
def test_brackets_in_right_to_left_text_are_mirrored(brackets: str) -> None:
    opening, closing = brackets[0], brackets[1]
    line = Shaper(fonts(installed=False)).line(f"علي {opening}محمد{closing}", bold=True, rtl=True)
    nominal = line.runs[0].face.font.get_nominal_glyph
    (first, first_text), *_ = glyphs_and_texts(line)
    (after, after_text) = next(one for one in glyphs_and_texts(line)[1:] if one[1] in brackets)
    assert (first, first_text) == (nominal(ord(opening)), opening)
    assert (after, after_text) == (nominal(ord(closing)), closing)


def test_a_name_in_two_scripts_is_set_as_it_is_read() -> None:
    done, findings = LabelSetter(fonts(installed=False)).label(Label("Ali (علي) حسن"), LabelSpace())
    assert done is not None
    assert not findings
    (line,) = done.blocks[0].lines
    assert "".join(text for _, text in glyphs_and_texts(line)) == f"Ali ({'علي'[::-1]}) {'حسن'[::-1]}"


def test_a_joiner_at_the_end_of_a_name_stays_with_it() -> None:
    assert levels("Ali علي\u200c", rtl=False) == [0, 0, 0, 0, 1, 1, 1, 1]
    out = io.BytesIO()
    copy = Copy("1", "1 of 1", "run 1", Label("علي\u200c Smith"))
    write_print_file(out, iter([copy]), sheet, fonts(installed=False), PrintJob("Run"))
    assert "علي" in texts(out.getvalue())[0]
