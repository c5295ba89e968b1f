"""The fonts in the box, and what can be printed with them."""

import hashlib
import re
from pathlib import Path

import pytest

from leaflets.errors import RenderError
from leaflets.typeset.glyphs import common_coverage, coverage, described, uncovered
from tests.pages import font_assets

FONTS = {name: data for name, data in font_assets().items() if name.endswith(".ttf")}
NEEDED = "≥≤→☐✓½¼¾²³°αβγµμé ï–—‘’“”…•×±−™®¼\u00a0\u202f\u2009\u2011\u200b\u00ad"


@pytest.fixture(scope="module")
def covered() -> frozenset[int]:
    return common_coverage(FONTS.values())


def test_every_weight_has_every_sign_a_leaflet_needs() -> None:
    missing = {name: uncovered(NEEDED, coverage(data)) for name, data in FONTS.items()}
    assert len(missing) == 3
    assert set(missing.values()) == {()}


def test_the_fonts_are_the_ones_their_origin_names(root: Path) -> None:
    folder = root / "styles" / "fonts"
    named = re.findall(r"\| `([\w.]+)` \| `([0-9a-f]{64})` \|", (folder / "ORIGIN.md").read_text(encoding="utf-8"))
    files = {file for file in folder.iterdir() if file.is_file() and file.suffix != ".md"}
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name, _ in named} == dict(named)
    assert {file.name for file in files} == {name for name, _ in named}


def test_a_missing_character_is_found_once_in_order(covered: frozenset[int]) -> None:
    assert uncovered("⚠ dose ⚠ 服 2 mg", covered) == ("⚠", "服")


@pytest.mark.parametrize("text", ["line\nand\ttab", "soft\u00adhyphen", "\u2066 2 mg\u2069", "word\u2060joiner", "ǩ"])
def test_what_needs_no_glyph_of_its_own_is_not_missing(text: str, covered: frozenset[int]) -> None:
    assert uncovered(text, covered) == ()


@pytest.mark.parametrize("character", ["\x0c", "\x01", "\u0600", "\ufffd\U0010ffff", "\ue000"])
def test_what_would_print_as_a_box_is_missing(character: str, covered: frozenset[int]) -> None:
    assert character[-1] in uncovered(f"a{character}b", covered)


def test_with_no_font_nothing_is_covered() -> None:
    assert uncovered("ab", common_coverage([])) == ("a", "b")


@pytest.mark.parametrize("data", [b"", b"not a font", b"wOF2" + bytes(60), b"\0\1\0\0" + bytes(8)])
def test_a_file_that_is_no_font_is_refused(data: bytes) -> None:
    with pytest.raises(RenderError, match="damaged"):
        coverage(data)


@pytest.mark.parametrize("name", sorted(FONTS))
def test_a_font_cut_short_is_refused_or_read(name: str) -> None:
    with pytest.raises(RenderError):
        coverage(FONTS[name][:400])


def test_a_character_is_described_by_code_point_and_name() -> None:
    assert described("⚠") == '"⚠" (U+26A0, warning sign)'
    assert described("\x0c") == "the invisible character U+000C"
