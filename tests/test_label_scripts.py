"""Names in every script that we have a font for: shaped, drawn in place, and read back as they were written."""

import hashlib
import io
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pikepdf
import pytest

from leaflets.errors import RenderError
from leaflets.labels import Label, LabelFonts, LabelSetter
from leaflets.labels.embed import embed
from leaflets.labels.faces import Face, new_buffer
from leaflets.labels.layout import Column, LabelSpace
from leaflets.labels.line_breaks import narrowed
from leaflets.labels.script_fonts import SCRIPT_FONTS, by_script
from leaflets.labels.shaping import ShapedLine, Shaper
from leaflets.labels.styles import DIRECTIONS
from leaflets.labels.text_operators import TextWriter
from leaflets.printfile import Copy, PrintJob, write_print_file
from tests.conftest import ROOT
from tests.print_samples import fonts, sheet, texts

FONTS = ROOT / "styles" / "fonts"
NAMES = {
    "Armenian": "Արամ Խաչատրյան",
    "Bengali": "রবীন্দ্রনাথ ঠাকুর",
    "Chinese": "王小明",
    "Devanagari": "क्षितिज विर्क शर्मा",
    "Ethiopic": "አበበ ቢቂላ",
    "Georgian": "ნინო ბერიძე",
    "Gujarati": "નરેન્દ્ર પટેલ",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "Hebrew": "שרה כהן",
    "Japanese": "山田 さくら",
    "Kannada": "ಶ್ರೀಕಾಂತ್ ಗೌಡ",
    "Khmer": "សុខ ស្រីមុំ",
    "Korean": "김민준",
    "Lao": "ສົມສັກ ວົງພະຈັນ",
    "Malayalam": "കൃഷ്ണൻ നായർ",
    "Myanmar": "အောင်ဆန်းစုကြည်",
    "Oriya": "ଶ୍ରୀନିବାସ ଦାଶ",
    "Persian": "علی‌رضا",
    "Sinhala": "ශ්‍රීමතී පෙරේරා",
    "Tamil": "முத்துக்கிருஷ்ணன் கொடி",
    "Telugu": "శ్రీనివాస్ రావు",
    "Thai": "น้ำผึ้ง ก่ำ ใจดี",
}
OF_EXTRAS = {
    **dict.fromkeys(
        ("Ethiopic", "Gujarati", "Kannada", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Telugu"), "scripts"
    ),
    "Chinese": "zh",
    "Japanese": "ja",
    "Korean": "ko",
}
LATIN = {"SourceSans3_400Regular", "SourceSans3_700Bold"}
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def print_file() -> bytes:
    """One copy for each script, of a leaflet with one page."""
    out = io.BytesIO()
    copies = [Copy("1", str(at), "Run 1", Label(name)) for at, name in enumerate(NAMES.values())]
    write_print_file(out, copies, sheet, fonts(), PrintJob("Scripts", duplex=False))
    return out.getvalue()


@pytest.fixture(scope="module")
def read_by_poppler(print_file: bytes) -> list[str]:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext of poppler-utils is not installed")
    done = subprocess.run(["pdftotext", "-", "-"], input=print_file, capture_output=True, check=True)
    return done.stdout.decode().split("\f")


def faces_of(line: ShapedLine) -> set[str]:
    return {run.face.path.stem for run in line.runs if run.text.strip() or run.glyphs}


# ---------------------------------------------------------------- read back


@pytest.mark.parametrize("script", NAMES)
def test_a_name_is_read_back_by_two_readers(script: str, print_file: bytes, read_by_poppler: list[str]) -> None:
    place = list(NAMES).index(script)
    for page in (texts(print_file)[place], read_by_poppler[place]):
        assert NAMES[script] in _DIRECTION_MARKS.sub("", page)


@pytest.mark.parametrize("script", NAMES)
def test_every_glyph_is_drawn_where_harfbuzz_puts_it(script: str) -> None:
    line = Shaper(fonts()).shape(NAMES[script], bold=True, rtl=False)
    advances = [
        sum([glyph.nominal for glyph in run.glyphs] or map(run.face.advances.__getitem__, run.text)) / run.face.upem
        for run in line.runs
    ]
    pdf = pikepdf.new()
    drawn = pdf.make_stream(b"BT " + TextWriter(fonts()).line(line, 10) + b" ET")
    arrays = [one.operands[0] for one in pikepdf.parse_content_stream(drawn) if str(one.operator) == "TJ"]
    shifts = [float(item) for array in arrays for item in array if not isinstance(item, pikepdf.String)]
    moved = sum(advances) - sum(shifts) / 1000
    assert moved == pytest.approx(line.width, abs=0.02)


# ---------------------------------------------------------------- which font


def test_latin_labels_open_no_other_font() -> None:
    fresh = LabelFonts.load(FONTS)
    done, _ = LabelSetter(fresh).label(Label("Zoë Nguyễn", "P-1"), LabelSpace())
    assert done is not None
    opened = {face.path.stem for face in fresh.faces if "face" in vars(face)}
    assert opened == LATIN


def test_a_hebrew_label_opens_no_font_of_another_script() -> None:
    fresh = LabelFonts.load(FONTS)
    Shaper(fresh).shape(NAMES["Hebrew"], bold=True, rtl=True)
    opened = {face.path.stem for face in fresh.faces if "face" in vars(face)}
    assert opened == {*LATIN, "Vazirmatn_700Bold", "NotoSansHebrew[wght]"}


@pytest.mark.parametrize(("script", "extra"), OF_EXTRAS.items())
def test_a_script_without_its_font_names_the_extra(script: str, extra: str) -> None:
    setter = LabelSetter(fonts(installed=False))
    done, findings = setter.label(Label(NAMES[script]), LabelSpace())
    assert done is None
    assert f'pip install "leaflets[{extra}]"' in findings[0].hint
    assert ("Chinese" if script == "Japanese" else script) + " characters" in findings[0].message  # 山 is both


def test_the_extras_bring_the_packages_of_the_fonts() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for font in SCRIPT_FONTS:
        if font.extra:
            (requirement,) = extras[font.extra]
            assert requirement.startswith(font.package.replace("_", "-") + ">=")
            assert requirement in extras["dev"]
        else:
            assert (FONTS / "labels" / font.file).is_file()


@pytest.mark.parametrize(
    ("text", "lang", "font"),
    [
        ("王小明", "en", "NotoSansSC-Regular"),
        ("王小明", "ja", "NotoSansJP-Regular"),
        ("王小明", "ko-KR", "NotoSansKR-Regular"),
        ("山田 さくら", "zh", "NotoSansJP-Regular"),
        ("金 김민준", "en", "NotoSansKR-Regular"),
    ],
)
def test_chinese_characters_take_the_forms_of_their_language(text: str, lang: str, font: str) -> None:
    done, _ = LabelSetter(fonts()).label(Label(text), LabelSpace(lang=lang))
    assert done is not None
    assert faces_of(done.blocks[0].lines[0]) == {font}


def test_marathi_leaflets_draw_letters_in_their_own_form() -> None:
    hindi, marathi = (Shaper(fonts(), language).shape("लशक्ष", bold=False, rtl=False) for language in ("und", "mr"))
    assert [glyph.id for glyph in hindi.runs[0].glyphs] != [glyph.id for glyph in marathi.runs[0].glyphs]


def test_a_pharmacy_s_own_font_is_taken_before_ours(tmp_path: Path) -> None:
    shutil.copy(FONTS / "labels" / "NotoSansHebrew[wght].ttf", tmp_path / "Own.ttf")
    line = Shaper(LabelFonts.load(FONTS, tmp_path)).shape(NAMES["Hebrew"], bold=True, rtl=True)
    assert {(run.face.path.stem, run.face.weight) for run in line.runs} == {("Own", 700)}


def test_names_are_bold_and_both_weights_have_fonts_of_their_own() -> None:
    writer = TextWriter(fonts())
    for bold in (True, False):
        line = Shaper(fonts()).shape("สมชาย", bold=bold, rtl=False)
        assert line.runs[0].face.weight == (700 if bold else 400)
        writer.line(line, 10)
    bodies = [embed(writer.codes[place]).objects[0][0] for place in writer.used()]
    assert len(set(bodies)) == 2


def test_the_language_of_the_machine_decides_nothing() -> None:
    assert new_buffer("Ș").language == "und"


def test_text_is_shaped_script_by_script() -> None:
    assert by_script("राम, রবি 5") == ["राम, ", "রবি 5"]
    assert by_script("さくら カナ、王") == ["さくら ", "カナ、", "王"]


def test_a_mark_after_a_dose_stays_with_its_letter() -> None:
    line = Shaper(fonts()).shape("שרה 5 mg Anna राम", bold=True, rtl=False)
    assert "राम" in [run.text or "".join(glyph.text for glyph in run.glyphs) for run in line.runs]


def test_the_label_fonts_are_the_ones_their_origin_names() -> None:
    folder = FONTS / "labels"
    named = dict(re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", (folder / "ORIGIN.md").read_text(encoding="utf-8")))
    assert named == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.suffix != ".md"
    }


def test_a_damaged_font_is_named_when_it_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "Broken.ttf").write_bytes(b"no font")
    with pytest.raises(RenderError, match=r"Broken\.ttf is not a font"):
        LabelFonts.load(FONTS, tmp_path)
    with pytest.raises(RenderError, match=r"Broken\.ttf is not a font"):
        _ = Face(tmp_path / "Broken.ttf", bold=False).font


# ---------------------------------------------------------------- line ends


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("รับประทานครั้งละ", "รั บ ป ระ ทา น ค รั้ ง ละ"),
        ("ໜຶ່ງເມັດ", "ໜຶ່ ງ ເມັ ດ"),
        ("លេបថ្នាំ", "លេ ប ថ្នាំ"),
        ("အောင်ဆန်းမန္တလေး", "အောင် ဆန်း မန္တ လေး"),
        ("「食後」に。チョコ", "「食 後」 に。 チョ コ"),
        ("하루", "하 루"),
        ("Donau", "Donau"),
        ("कुमार", "कुमार"),
    ],
)
def test_a_word_wider_than_a_line_is_parted_between_clusters(text: str, parts: str) -> None:
    assert narrowed([text], lambda part: False) == parts.split()
    assert narrowed([text], lambda part: True) == [text]


def test_no_line_begins_with_a_mark_or_a_closing_sign_or_ends_with_an_opening_one() -> None:
    assert narrowed([*"「食後」に。あ\u3099"], lambda part: True) == ["「食", "後」", "に。", "あ\u3099"]


def test_thai_directions_break_at_spaces_where_these_suffice() -> None:
    text = "รับประทานครั้งละหนึ่งเม็ด วันละสองครั้ง"
    setter = LabelSetter(fonts())
    wide, narrow = (setter.block(text, DIRECTIONS, 1.0, Column(width)) for width in (182.0, 84.0))
    assert wide is not None
    assert narrow is not None
    read = ["".join(run.text or "".join(g.text for g in run.glyphs) for run in line.runs) for line in wide.lines]
    assert read == text.split()
    assert len(narrow.lines) == 3
    assert all(line.width * narrow.size_pt <= 84 for line in narrow.lines)
