"""Letters of other scripts: their fonts where they are used and nowhere else; pages that are read from the right."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from leaflets.build import Built, build
from leaflets.cache import Cache
from leaflets.errors import RenderError
from leaflets.glyphs import printable
from leaflets.languages import LANGUAGES
from leaflets.model import Audience, Edition, Form, Paper
from leaflets.project import Project
from leaflets.project.content import source_at
from tests.sheets import letters

FONTS = {
    "en": {"SourceSans3"}, "es": {"SourceSans3"}, "vi": {"SourceSans3"}, "ar": {"SourceSans3", "Vazirmatn"},
    "zh": {"SourceSans3", "NotoSansSC-Regular.otf"},
}  # fmt: skip
FACE = b'@font-face { font-family: "%b"; src: url(leaflet:%b) }'

ARABIC = """---
title: دواء
version: "1"
---

### Key message
/// key-message
- حبة واحدة في اليوم.
///
### Usage
للتثاؤب.
### Side effects
- نعاس.

| متى | كم |
|---|---|
| صباحًا | حبة |
"""


def _sheet(folder: Path, lang: str, text: str, **form: object) -> Built:
    (folder / "content").mkdir(exist_ok=True)
    file = folder / "content" / f"examplol.{lang}.md"
    file.write_text(text, encoding="utf-8")
    edition = Edition(Audience.PATIENT, lang=lang, **form)  # type: ignore[arg-type]
    return build(Project(folder), source_at(file), edition, cache=Cache(folder / "cache"))


# ---------------------------------------------------------------- fonts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_the_fonts_of_the_language_are_loaded(lang: str, tmp_path: Path) -> None:
    if lang == "zh":
        pytest.importorskip("pylopdf_fonts_zh_cn")
    styles = Project(tmp_path).styles(Edition(Audience.PATIENT, lang=lang).stylesheets)
    files = {Path(name).name.partition("_")[0] for name in styles if name.endswith((".ttf", ".otf"))}
    assert files == FONTS[lang]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("es", "¿Qué dosis? ¡Atención! Según, añada, lingüística, artículo 1.º"),
        ("vi", "ạảãàáăằẳẵắặâầẩẫấậẹẻẽèéêềểễếệịỉĩìíọỏõòóôồổỗốộơờởỡớợụủũùúưừửữứựỵỷỹỳýđ"),
        ("ar", "الأدوية: ١٢٣ ٪ ً ٌ ٍ َ ُ ِ ّ ْ ء آ أ ؤ إ ئ ة ى «لا»، هل؛ ما؟"),
        ("zh", "每日一次，每次 2 mg。如有疑问，请咨询药师；《说明书》“警告”、？！"),
    ],
)
def test_every_letter_of_a_language_can_be_printed(lang: str, words: str, tmp_path: Path) -> None:
    if lang == "zh":
        pytest.importorskip("pylopdf_fonts_zh_cn")
    covered = printable(Project(tmp_path).styles(Edition(Audience.PATIENT, lang=lang).stylesheets))
    assert [letter for letter in words + words.upper() if not letter.isspace() and ord(letter) not in covered] == []


def test_a_letter_is_printable_where_one_family_has_it_in_all_its_weights(root: Path) -> None:
    fonts = root / "styles" / "fonts"
    latin, arabic = (
        path.read_bytes()
        for path in (fonts / "SourceSans3_400Regular.ttf", fonts / "labels" / "Vazirmatn_400Regular.ttf")
    )
    apart = {"a.css": FACE % (b"One", b"latin.ttf") + FACE % (b"Other", b"arabic.ttf")}
    as_one = {"a.css": apart["a.css"].replace(b"Other", b"One")}
    files = {"latin.ttf": latin, "arabic.ttf": arabic, "unnamed.ttf": arabic}
    assert {ord("ب"), ord("β"), ord("a")} <= printable({**files, **apart})
    both = printable({**files, **as_one})
    assert ord("a") in both
    assert not {ord("ب"), ord("β")} & both


def test_without_its_extra_chinese_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RenderError, match=re.escape("NotoSansSC-Regular.otf")) as told:
        Project(tmp_path).styles(Edition(Audience.PATIENT, lang="zh").stylesheets)
    assert told.value.hint == 'Install it: pip install "leaflets[zh]"'


# ---------------------------------------------------------------- pages read from the right


@pytest.mark.parametrize("paper", [Paper.A4, Paper.A5])
@pytest.mark.parametrize("form", Form)
def test_a_page_read_from_the_right_is_a_mirror(paper: Paper, form: Form, tmp_path: Path) -> None:
    turned = _sheet(tmp_path, "ar", ARABIC, paper=paper, form=form)
    wide = paper.size_mm[0] / 25.4 * 72
    (label,) = turned.pdf.rects
    assert label.x < 50
    first = [letter for letter in letters(turned.pdf.data) if letter.page == 0]
    bullet = next(letter for letter in first if letter.text == "•")
    assert bullet.left > wide * 0.6
    foot = [letter for letter in first if letter.bottom < 60]
    assert max(letter.right for letter in foot) > wide - 60
    assert min(letter.left for letter in foot) < wide / 2
