"""Labels: fitted without cutting, shaped for their script; findings without data of the patient."""

import unicodedata

import pytest
import uharfbuzz as hb
from hypothesis import given
from hypothesis import strategies as st

from leaflets.labels import LABEL_HEIGHT_PT, LABEL_WIDTH_PT, Label, LabelSetter, check_label
from leaflets.labels.faces import FEATURES
from leaflets.labels.label import clean, label_rows
from leaflets.labels.layout import CONTROL_HEIGHT_PT, DIRECTIONS, NAME, PADDING_PT, FittedLabel
from leaflets.labels.shaping import ShapedLine, Shaper
from leaflets.model.finding import Finding, Severity
from tests.print_samples import fonts, label

INNER = LABEL_WIDTH_PT - 2 * PADDING_PT
ROOM = LABEL_HEIGHT_PT - 2 * PADDING_PT - CONTROL_HEIGHT_PT
SETTER = LabelSetter(fonts(installed=False))
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenträger"


def fit(one: Label, lang: str = "en", **more: tuple[str, ...]) -> tuple[FittedLabel | None, tuple[Finding, ...]]:
    return SETTER.label(one, lang=lang, width_pt=LABEL_WIDTH_PT, height_pt=LABEL_HEIGHT_PT, **more)


def fitted(one: Label, lang: str = "en", **more: tuple[str, ...]) -> FittedLabel:
    done, _ = fit(one, lang, **more)
    assert done is not None
    return done


def words(line: ShapedLine) -> str:
    """The text of a line from left to right, shaped glyphs by what they stand for."""
    return "".join(run.text or "".join(glyph.text for glyph in run.glyphs) for run in line.runs)


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


# ---------------------------------------------------------------- fitting


def test_a_common_label_is_set_at_full_size() -> None:
    done, findings = fit(label("Anna Smith"))
    assert findings == ()
    assert done is not None
    assert done.scale == 1
    assert done.blocks[0].size_pt == NAME.size_pt
    assert words(done.blocks[0].lines[0]) == "Anna Smith"
    assert words(done.blocks[1].lines[0]) == "Born 12/03/1961 · Ref P-000001"


def test_a_long_name_is_set_smaller_on_one_line() -> None:
    name = "Maximiliane Alexandra Hohenstein-Wittgenstein"
    done, findings = fit(Label(name))
    assert codes(findings) == ["label.small"]
    assert done is not None
    block = done.blocks[0]
    assert len(block.lines) == 1
    assert NAME.floor_pt <= block.size_pt < NAME.size_pt
    assert words(block.lines[0]) == name


def test_a_longer_name_is_wrapped_at_the_floor() -> None:
    name = "Maximiliane Alexandra Hohenstein-Wittgenstein de la Fontaine y Villanueva del Rosario"
    block = fitted(Label(name)).blocks[0]
    assert block.size_pt == NAME.floor_pt
    assert " ".join(map(words, block.lines)) == name
    assert len(block.lines) == 2


def test_a_name_that_cannot_be_wrapped_is_a_finding_and_is_not_cut() -> None:
    done, findings = fit(Label(LONG_WORD + LONG_WORD))
    assert done is None
    assert codes(findings) == ["label.too-long"]
    assert findings[0].severity is Severity.ERROR
    assert "patient_name" in findings[0].message


def test_long_directions_make_the_whole_label_smaller_before_they_are_refused() -> None:
    sizes = []
    for repeats in range(1, 30):
        one = Label("Anna Smith", directions="Take two tablets with a glass of water. " * repeats)
        done, findings = fit(one)
        if done is None:
            assert codes(findings) == ["label.too-long"]
            break
        assert " ".join(map(words, done.blocks[1].lines)) == one.directions.strip()
        sizes.append(done.blocks[1].size_pt)
    else:
        pytest.fail("no length of directions was refused")
    assert sizes[0] == DIRECTIONS.size_pt
    assert DIRECTIONS.floor_pt <= sizes[-1] < 8.5
    assert sizes == sorted(sizes, reverse=True)


def test_a_note_stands_on_the_label_and_takes_room() -> None:
    done = fitted(label("Anna Smith"), notes=("Draft: not clinically reviewed",))
    assert words(done.blocks[-1].lines[0]) == "Draft: not clinically reviewed"
    _, findings = fit(label("Anna Smith"), notes=("not reviewed",) * 9)
    assert codes(findings) == ["label.too-long"]


def test_a_number_keeps_its_unit_at_a_line_end() -> None:
    for width in range(10, 60):
        block = SETTER.block("Take 20 mg or 5 ml now and 10 % later", DIRECTIONS, 1.0, 4.0 * width, rtl=False)
        if block is not None:
            ends = [words(line) for line in block.lines]
            assert not any(line.endswith(("20", "5", "10")) for line in ends), ends


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=120), st.integers(0, 60))
def test_whatever_is_written_is_set_whole_or_refused(text: str, spaces: int) -> None:
    text = " ".join(text[at : at + spaces + 1] for at in range(0, len(text), spaces + 1))
    done, findings = fit(Label(patient_name=text, directions=text))
    if done is None:
        assert [finding.severity for finding in findings] == [Severity.ERROR]
        return
    for block in done.blocks:
        assert all(line.width * block.size_pt <= INNER + 1e-6 for line in block.lines)
        whole = "".join(map(words, block.lines))
        assert whole.replace(" ", "") == clean(text).replace(" ", "")
    assert sum(block.height_pt for block in done.blocks) <= ROOM + 1e-6


# ---------------------------------------------------------------- characters


def of_one_script(script: str) -> st.SearchStrategy[str]:
    """Texts of the letters of one script, with figures and signs."""
    simple = fonts(installed=False).faces[0].simple
    letters = [c for c in simple if unicodedata.name(c).startswith(script) or not c.isalpha()]
    return st.text(st.sampled_from(sorted(letters)), min_size=1, max_size=30)


@given(st.one_of([of_one_script(script) for script in ("LATIN", "GREEK", "CYRILLIC")]))
def test_kerned_pairs_add_up_to_what_harfbuzz_shapes(text: str) -> None:
    face = fonts(installed=False).faces[0]
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "ltr"
    hb.shape(face.font, buffer, FEATURES)
    line = Shaper(fonts(installed=False)).line(text, bold=False, rtl=False)
    assert [info.codepoint for info in buffer.glyph_infos] == [face.font.get_nominal_glyph(ord(c)) for c in text]
    assert line.width * face.upem == pytest.approx(sum(p.x_advance for p in buffer.glyph_positions))


@pytest.mark.parametrize(
    "text", ["Nguyễn Thị Minh Khai", "Łukasz Żółć", "Ελένη Παπαδοπούλου", "Анна Каренина", "Ángström O’Brien"]
)
def test_letters_of_europe_and_vietnam_are_drawn_one_by_one(text: str) -> None:
    line = fitted(Label(unicodedata.normalize("NFD", text))).blocks[0].lines[0]
    assert words(line) == text


def test_arabic_letters_are_joined_and_drawn_from_the_right() -> None:
    line = fitted(Label("محمد")).blocks[0].lines[0]
    glyphs = line.runs[0].glyphs
    assert "".join(glyph.text for glyph in reversed(glyphs)) == "محمد"
    nominal = line.runs[0].face.font.get_nominal_glyph
    assert any(glyph.id != nominal(ord(glyph.text)) for glyph in glyphs)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ꦱꦸꦂꦪ", "label.no-glyph"),
        ("王小明", "label.no-font"),
        ("Anna 💊", "label.no-glyph"),
    ],
)
def test_a_character_without_a_font_is_a_finding(text: str, code: str) -> None:
    done, findings = fit(Label(patient_name=text))
    assert done is None
    assert codes(findings) == [code]


def test_chinese_is_set_where_its_font_is_installed() -> None:
    pytest.importorskip("pylopdf_fonts_zh_cn")
    done, findings = LabelSetter(fonts()).label(Label("王小明"), lang="en", width_pt=200, height_pt=100)
    assert findings == ()
    assert done is not None
    assert words(done.blocks[0].lines[0]) == "王小明"


def test_chinese_wraps_between_any_two_characters() -> None:
    pytest.importorskip("pylopdf_fonts_zh_cn")
    block = LabelSetter(fonts()).block("每天一次每次一片饭后服用", DIRECTIONS, 1.0, 55.0, rtl=False)
    assert block is not None
    assert [len(words(line)) for line in block.lines] == [5, 5, 2]


@pytest.mark.parametrize(
    "text", ["Anna\nSmith", " Anna  Smith ", "Anna\u00a0Smith", "\u202aAnna\u200e Smith\u202c", "Anna\tSmith"]
)
def test_white_space_and_direction_marks_are_cleaned(text: str) -> None:
    assert clean(text) == "Anna Smith"


# ---------------------------------------------------------------- directions


def test_labels_of_right_to_left_leaflets_stand_at_the_right() -> None:
    done = fitted(Label("Anna Smith", directions="خذ قرصا واحدا"), lang="ar")
    assert all(block.rtl for block in done.blocks)
    assert not any(block.rtl for block in fitted(Label("محمد")).blocks)


def test_captions_are_in_the_language_of_the_leaflet() -> None:
    assert ("dob", "Nac.") in label_rows("es-MX")[1].fields
    assert ("dob", "Born") in label_rows("xx")[1].fields
    assert words(fitted(Label(dob="1961-03-12"), lang="vi").blocks[0].lines[0]) == "Ngày sinh 1961-03-12"


# ---------------------------------------------------------------- privacy, fonts


@pytest.mark.parametrize(
    "name", ["Zzyzx " + LONG_WORD * 2, "ꦱꦸꦂꦪ", "王小明", "Zzyzx 💊", "Zzyzx Maximiliane Hohenstein-Wittgenstein"]
)
def test_no_finding_repeats_what_is_on_the_label(name: str) -> None:
    findings = check_label(Label(name, "P-778899", directions="take two " * 30), fonts(installed=False))
    assert findings
    for finding in findings:
        words_of_finding = f"{finding.message} {finding.hint} {finding.excerpt}"
        assert not any(word in words_of_finding for word in [*name.split(), "P-778899", "take two"])


def test_a_label_does_not_show_its_fields_in_its_repr() -> None:
    assert repr(Label("Zzyzx", "P-1")) == "Label(patient_name, patient_ref)"
    assert "Zzyzx" not in repr(fitted(Label("Zzyzx")))


# ---------------------------------------------------------------- invisible characters, faces, height


@pytest.mark.parametrize(("given", "set_"), [("An\u00adna\u200b\u2060", "Anna"), ("5\u00a0mg", "5 mg")])
def test_invisible_characters_leave_no_gap(given: str, set_: str) -> None:
    assert clean(given) == set_


def test_line_breaks_in_directions_stay_and_in_names_do_not() -> None:
    done = fitted(Label("Anna\nSmith", directions="Day 1: 10\r\n\n5 mg tablets on day 2"))
    assert [words(line) for line in done.blocks[0].lines] == ["Anna Smith"]
    assert [words(line) for line in done.blocks[1].lines] == ["Day 1: 10", "5 mg tablets on day 2"]


def test_a_number_is_set_in_the_face_of_its_unit() -> None:
    for text, rtl in (("قرص واحد 2 mg يوميا", True), ("每次2 mg，每日一次", False)):
        line = Shaper(fonts(installed=True)).line(text, bold=True, rtl=rtl)
        (dose,) = [run for run in line.runs if "mg" in run.text]
        assert "2 mg" in dose.text


def test_a_mark_is_never_drawn_beside_its_letter() -> None:
    assert codes(fit(Label("Ann\u0651a"))[1]) == ["label.no-glyph"]


def test_letters_deeper_than_latin_ones_get_more_height() -> None:
    low, plain = fitted(Label("الهاشمي")).blocks[0], fitted(Label("Hashimi")).blocks[0]
    assert low.height_pt > plain.height_pt
    assert 0.2 < low.lines[0].below < 0.5
