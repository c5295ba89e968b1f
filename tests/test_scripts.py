"""Letters of other scripts: their fonts where they are used and nowhere else; pages that are read from the right."""

from __future__ import annotations

import ctypes
import importlib.util
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest

from leaflets.compose.line_length import footer_lines, width_in_characters
from leaflets.errors import RenderError
from leaflets.languages import LANGUAGES
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.finding import Severity
from leaflets.model.paper import Paper
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder
from leaflets.project.content import source_at
from leaflets.typeset.glyphs import printable
from leaflets.typography import left_to_right
from tests.sheets import ROOT, letters, page_texts
from tests.source_words import Block, blocks, words_of
from tests.verapdf import PROFILES, failures

SCRIPTS = ROOT / "tests" / "projects" / "scripts" / "content"

FONTS = {
    "en": {"SourceSans3"}, "es": {"SourceSans3"}, "vi": {"SourceSans3"}, "ar": {"SourceSans3", "Vazirmatn"},
    "zh": {"SourceSans3", "NotoSansSC-Regular.otf"},
}  # fmt: skip
FACE = b'@font-face { font-family: "%b"; src: url(leaflet:%b) }'

_ARABIC = re.compile("[\u0621-\u0652]+")
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


def _sheet(folder: Path, lang: str, text: str, **form: object) -> BuiltSheet:
    (folder / "content").mkdir(exist_ok=True)
    file = folder / "content" / f"examplol.{lang}.md"
    file.write_text(text, encoding="utf-8")
    edition = Edition(Audience.PATIENT, lang=lang, **form)  # type: ignore[arg-type]
    return build(ProjectFolder(folder), source_at(file), edition, cache=Cache(folder / "cache"))


# ---------------------------------------------------------------- fonts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_only_the_fonts_of_the_language_are_loaded(lang: str, tmp_path: Path) -> None:
    if lang == "zh":
        pytest.importorskip("pylopdf_fonts_zh_cn")
    styles = ProjectFolder(tmp_path).styles(Edition(Audience.PATIENT, lang=lang).stylesheets)
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
    covered = printable(ProjectFolder(tmp_path).styles(Edition(Audience.PATIENT, lang=lang).stylesheets))
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
    with pytest.raises(RenderError, match=re.escape("NotoSansSC-Regular.otf")) as error:
        ProjectFolder(tmp_path).styles(Edition(Audience.PATIENT, lang="zh").stylesheets)
    assert error.value.hint == 'Install it: pip install "leaflets[zh]"'


# ---------------------------------------------------------------- pages read from the right


@pytest.mark.parametrize("paper", [Paper.A4, Paper.A5])
@pytest.mark.parametrize("form", TypeSize)
def test_a_page_read_from_the_right_is_a_mirror(paper: Paper, form: TypeSize, tmp_path: Path) -> None:
    turned = _sheet(tmp_path, "ar", ARABIC, paper=paper, type_size=form)
    wide = paper.size_mm[0] / 25.4 * 72
    (label,) = turned.pdf.rects
    assert label.x < 50
    first = [letter for letter in letters(turned.pdf.data) if letter.page == 0]
    bullet = next(letter for letter in first if letter.text == "•")
    assert bullet.left > wide * 0.6
    foot = [letter for letter in first if letter.bottom < 60]
    assert max(letter.right for letter in foot) > wide - 60
    assert min(letter.left for letter in foot) < wide / 2


# ---------------------------------------------------------------- doses keep their order

DOSES = (
    "2 mg", "10 to 20 mg", "10–20 mg", "1/2", "3 × 2 mg", "8:30", "1-800-222-1222", "+1 555 0100", "1-800-FDA-1088",
    "≥ 5 mg", "5%", "0.5 mL/kg", "-5 °C", "www.example.org/a1", "https://example.org/medwatch",
)  # fmt: skip


def _drawn(built: BuiltSheet) -> list[str]:
    """The lines of all pages, each with its letters from left to right as they stand on paper, without spaces."""
    lines: dict[tuple[int, int], list[tuple[float, str]]] = {}
    document = pypdfium2.PdfDocument(built.pdf.data)
    try:
        for number, page in enumerate(document):
            text = page.get_textpage()
            for index in range(text.count_chars()):
                left, baseline = ctypes.c_double(), ctypes.c_double()
                pypdfium2.raw.FPDFText_GetCharOrigin(text, index, left, baseline)
                letter = text.get_text_range(index, 1)
                if letter.strip():
                    lines.setdefault((number, round(baseline.value)), []).append((left.value, letter))
    finally:
        document.close()
    return ["".join(letter for _, letter in sorted(line)) for line in lines.values()]


@pytest.mark.parametrize("form", TypeSize)
def test_doses_times_and_phone_numbers_keep_their_order_in_arabic(form: TypeSize, tmp_path: Path) -> None:
    words = "\n\n".join(f"تناول {dose} ثم عد." for dose in DOSES)
    text = ARABIC.replace("للتثاؤب.", words).replace("version:", 'strengths: ["7 mg", "9 mg"]\nversion:')
    drawn = _drawn(_sheet(tmp_path, "ar", text, type_size=form, paper=Paper.A4, sheets=9))
    lost = [dose for dose in DOSES if not any(dose.replace(" ", "") in line for line in drawn)]
    assert lost == []
    assert any(re.fullmatch(r"9mg،7mg", line) for line in drawn), "from the right, each in its own order"


def test_a_dose_that_is_bold_in_part_is_drawn_in_order(tmp_path: Path) -> None:
    drawn = _drawn(_sheet(tmp_path, "ar", ARABIC.replace("للتثاؤب.", "تناول **3** mg ثم 10 to **27 mg** فقط.")))
    assert any("3mg" in line and "10to27mg" in line for line in drawn)


def test_a_number_stands_right_of_its_arabic_unit(tmp_path: Path) -> None:
    drawn = _drawn(_sheet(tmp_path, "ar", ARABIC.replace("للتثاؤب.", "تناول 10–20 ملغ.")))
    (line,) = (line for line in drawn if "10–20" in line)
    unit, verb = line.split("10–20")
    assert set("ملغ") <= set(unit)
    assert set("تناول") <= set(verb)


def test_the_page_number_is_read_from_the_right(tmp_path: Path) -> None:
    drawn = _drawn(_sheet(tmp_path, "ar", ARABIC))
    assert any(re.search(r"2\D+1\D*ة", line) for line in drawn), "page 1 of 2"


@pytest.mark.parametrize("words", ["كوفيد-19", "Poison Help", "2 mg", "(2 mg), 4 mg", "من 1 إلى 2"])
def test_what_keeps_the_order_from_the_left(words: str) -> None:
    runs = [words[start:end] for start, end in left_to_right(words)]
    assert runs == re.findall(r"\d+(?: mg)?", words)


# ---------------------------------------------------------------- what is read from a finished sheet


SAMPLES = [*sorted(SCRIPTS.glob("examplol.*.md")), *sorted((ROOT / "content").glob("*.ar.md"))]


@pytest.fixture(
    scope="module",
    params=[(path, paper) for path in SAMPLES for paper in (Paper.A4, Paper.LETTER)],
    ids=lambda param: f"{param[0].stem}-{param[1]}",
)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BuiltSheet:
    """A made-up text in each language and our own in Arabic, on A4 and Letter."""
    path, paper = request.param
    if path.stem.endswith(".zh"):
        pytest.importorskip("pylopdf_fonts_zh_cn")
    return _sample(tmp_path_factory.mktemp("sample"), path, paper)


def _sample(folder: Path, path: Path, paper: Paper) -> BuiltSheet:
    source = source_at(path)
    edition = Edition(Audience.PATIENT, lang=source.lang, paper=paper)
    return build(ProjectFolder(folder), source, edition, cache=Cache(folder / "cache"))


def test_there_is_a_text_in_every_language_but_english() -> None:
    assert {source_at(path).lang for path in SAMPLES} == set(LANGUAGES) - {"en"}


def _source_blocks(built: BuiltSheet) -> list[Block]:
    text = built.source.path.read_text("utf-8")
    return [block for block in blocks(text) if not text.split("\n")[block.first - 1].startswith("#")]


def test_the_text_that_is_copied_or_read_aloud_is_the_text_of_the_source(sample: BuiltSheet) -> None:
    printed = "".join(words_of("\n".join(page_texts(sample.pdf.data))))
    if sample.edition.lang == "ar":
        pytest.skip("readers put Arabic in order each in its own way: see below")
    lost = [block for block in _source_blocks(sample) if "".join(block.words) not in printed]
    assert lost == []


def test_every_arabic_letter_is_read_and_words_without_vowel_signs_are_whole(sample: BuiltSheet) -> None:
    """Readers turn the two letters of a ligature round and set vowel signs apart, so that letters are compared."""
    if sample.edition.lang != "ar":
        pytest.skip("exact in every other language")
    text = unicodedata.normalize("NFKC", "\n".join(page_texts(sample.pdf.data)))
    lines = sample.source.path.read_text("utf-8").split("\n")
    numbers = {number for block in _source_blocks(sample) for number in range(block.first - 1, block.last)}
    due = [word for number in numbers for word in _ARABIC.findall(lines[number])]
    read = {"".join(sorted(word)) for word in _ARABIC.findall(text)}
    assert len(due) > 40
    assert [word for word in due if word.isalpha() and "".join(sorted(word)) not in read] == []
    assert Counter("".join(due)) - Counter(text) == Counter()


def test_each_language_is_archival_and_accessible(sample: BuiltSheet) -> None:
    assert [fault for flavour in PROFILES for fault in failures(sample.pdf.data, flavour)] == []


def test_each_language_comes_out_the_same_twice(sample: BuiltSheet, tmp_path: Path) -> None:
    again = _sample(tmp_path, sample.source.path, sample.edition.paper)
    assert again.fresh
    assert again.pdf.data == sample.pdf.data


def test_nothing_on_these_pages_is_amiss(sample: BuiltSheet) -> None:
    shown = [finding for finding in sample.findings if finding.severity is not Severity.INFO]
    assert [finding for finding in shown if finding.code.startswith("PG")] == []
    assert sample.pdf.pages <= 2


def test_form_and_strengths_have_the_commas_and_colon_of_the_language(sample: BuiltSheet) -> None:
    if sample.edition.lang != "zh":
        pytest.skip("parted as in English, or from the right")
    assert "片剂：1 mg、2 mg" in page_texts(sample.pdf.data)[0].replace("\xa0", " ")


def test_chinese_characters_are_counted_as_broad_as_they_are() -> None:
    assert width_in_characters("2 mg") == 4
    assert width_in_characters("草稿：未经") == 10
    assert footer_lines(Edition(Audience.PATIENT, lang="zh", type_size=TypeSize.LARGE_PRINT), "大字版 " * 14) == 3
