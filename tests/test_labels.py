"""Labels: fitted without cutting, shaped for their script; findings without data of the patient."""

import unicodedata
from dataclasses import replace

import pytest
import uharfbuzz as hb
from hypothesis import given
from hypothesis import strategies as st

from leaflets.labels import LABEL_HEIGHT_PT, LABEL_WIDTH_PT, Label, LabelSetter, check_label
from leaflets.labels.faces import FEATURES
from leaflets.labels.label import LabelRow, clean, label_rows
from leaflets.labels.label_sheet import SEE_LABEL_SHEET, PageSize, box_space, set_stub, sheet_space
from leaflets.labels.layout import (
    CODE_HEIGHT_PT,
    CODE_WIDTH_PT,
    PADDING_PT,
    Column,
    FittedLabel,
    LabelSpace,
)
from leaflets.labels.line_breaks import pieces
from leaflets.labels.shaping import ShapedLine, Shaper
from leaflets.labels.styles import (
    CONTROL_HEIGHT_PT,
    DIRECTIONS,
    LARGE_PRINT,
    LARGE_PRINT_SHEET,
    NAME,
    SHEET,
    STANDARD,
    LabelStyles,
)
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.finding import Finding, Severity
from leaflets.model.paper import Paper
from tests.print_samples import fonts, label

INNER = LABEL_WIDTH_PT - 2 * PADDING_PT
ROOM = LABEL_HEIGHT_PT - 2 * PADDING_PT - CONTROL_HEIGHT_PT
SETTER = LabelSetter(fonts(installed=False))
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenträger"


def fit(one: Label, lang: str = "en", **more: tuple[str, ...]) -> tuple[FittedLabel | None, tuple[Finding, ...]]:
    return SETTER.label(one, LabelSpace(lang=lang), **more)


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
    name = "Maximiliane Alexandra Hohenstein-Witt"
    done, findings = fit(Label(name))
    assert codes(findings) == ["label.small"]
    assert done is not None
    block = done.blocks[0]
    assert len(block.lines) == 1
    assert NAME.floor_pt <= block.size_pt < NAME.size_pt
    assert words(block.lines[0]) == name


def test_a_longer_name_is_wrapped_at_the_floor() -> None:
    name = "Maximiliane Alexandra Hohenstein Wittgenstein de la Fontaine"
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


@pytest.mark.parametrize("large_print", [False, True])
@pytest.mark.parametrize("code", [False, True])
def test_directions_shrink_to_their_floor_and_never_below(large_print: bool, code: bool) -> None:
    """USP <17>: 12 pt; UKAAF: 16 to 18 pt in large print, and 14 at the least."""
    space = box_space("en", large_print=large_print, code=code)
    sizes = []
    for repeats in range(1, 30):
        one = replace(label("Anna Smith"), dose_times="", directions="Take TWO pills. " * repeats)
        done, findings = SETTER.label(one, space)
        if done is None:
            assert codes(findings) == ["label.too-long"]
            break
        assert " ".join(map(words, done.blocks[2].lines)) == one.directions.strip()
        sizes.append(done.blocks[2].size_pt)
    assert sizes[0] == (18.0 if large_print else 14.0)
    assert (14.0 if large_print else 12.0) <= sizes[-1] < sizes[0]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("styles", [STANDARD, LARGE_PRINT, SHEET, LARGE_PRINT_SHEET])
def test_nothing_that_says_how_to_take_a_medicine_may_be_set_under_twelve_points(styles: LabelStyles) -> None:
    floor = 14.0 if styles in (LARGE_PRINT, LARGE_PRINT_SHEET) else 12.0
    essential = [styles.rows[LabelRow.DIRECTIONS], styles.rows[LabelRow.DOSE_TIMES], styles.grid]
    assert all(style.floor_pt >= floor for style in essential)


@pytest.mark.parametrize(("large_print", "paper"), [(False, Paper.A4), (True, Paper.LETTER), (False, Paper.A5)])
def test_directions_too_long_for_their_space_go_on_a_sheet_of_their_own(large_print: bool, paper: Paper) -> None:
    edition = Edition(
        Audience.PATIENT, paper=paper, type_size=TypeSize.LARGE_PRINT if large_print else TypeSize.STANDARD
    )
    one = replace(label("Anna Smith"), directions="Take two tablets with a glass of water. " * 6)
    findings = check_label(one, fonts(installed=False), edition, code=True)
    assert codes(findings) == ["label.sheet"]
    assert findings[0].severity is Severity.INFO
    page = PageSize(*(side * 72 / 25.4 for side in paper.size_mm))
    done, _ = SETTER.label(one, sheet_space(page, "en", large_print=large_print, code=True))
    assert done is not None
    assert " ".join(map(words, done.blocks[2].lines)) == one.directions.strip()
    assert done.blocks[2].size_pt >= (24 if large_print else 20)
    endless = replace(one, directions=one.directions * 20)
    assert codes(check_label(endless, fonts(installed=False), edition)) == ["label.too-long"]


@pytest.mark.parametrize("lang", ["en", "es", "ar", "vi"])
def test_page_1_then_leads_to_the_label_sheet_in_the_language_of_the_leaflet(lang: str) -> None:
    one = replace(label("Anna Smith"), directions="Take two tablets with a glass of water. " * 6)
    done, _ = set_stub(SETTER, one, box_space(lang, large_print=True, code=True), ("Draft", "Checks failed"))
    assert done is not None
    texts_of = [" ".join(map(words, block.lines)) for block in done.blocks]
    assert texts_of[0] == "Anna Smith"
    assert "P-000001" in texts_of[1]
    assert len(texts_of[2]) > 20
    assert "Take two" not in " ".join(texts_of)
    assert (texts_of[2] == SEE_LABEL_SHEET) == (lang == "en")


@pytest.mark.parametrize("large_print", [False, True])
@pytest.mark.parametrize(
    "notes", [(), ("Draft", "Expired", "Older than its source", "Checks failed", "9 in place of 1")]
)
def test_a_long_name_and_many_notes_leave_room_for_the_way_to_the_label_sheet(
    large_print: bool, notes: tuple[str, ...]
) -> None:
    name = "Maria-Magdalena von und zu Hohenlohe-Langenburg-Schillingsfürst"
    one = replace(label(name), directions="Take two tablets with a glass of water. " * 6)
    edition = Edition(Audience.PATIENT, type_size=TypeSize.LARGE_PRINT if large_print else TypeSize.STANDARD)
    assert codes(check_label(one, fonts(installed=False), edition, code=True, notes=notes)) == ["label.sheet"]
    done, _ = set_stub(SETTER, one, box_space("en", large_print=large_print, code=True), notes)
    assert done is not None
    texts_of = [" ".join(map(words, block.lines)) for block in done.blocks]
    assert texts_of[0].replace("- ", "-") == name
    assert texts_of[2] == SEE_LABEL_SHEET
    assert min(block.size_pt for block in done.blocks[:3:2]) >= 8
    assert texts_of[len(texts_of) - len(notes) :] == list(notes)


def test_a_label_without_a_name_or_directions_is_a_warning() -> None:
    def found(one: Label) -> list[str]:
        return codes(check_label(one, fonts(installed=False), Edition(Audience.PATIENT)))

    assert found(Label("Anna Smith", directions="Take one.")) == []
    assert found(Label(directions="Take one.")) == ["label.no-name"]
    assert found(Label("Anna Smith")) == ["label.no-directions"]
    assert found(Label("\u200b\u200e", directions="\u200b\n\u00a0")) == ["label.no-name", "label.no-directions"]


def test_a_note_stands_on_the_label_and_takes_room() -> None:
    done = fitted(replace(label("Anna Smith"), dose_times=""), notes=("Draft: not clinically reviewed",))
    assert words(done.blocks[-1].lines[0]) == "Draft: not clinically reviewed"
    _, findings = fit(label("Anna Smith"), notes=("not reviewed",) * 9)
    assert codes(findings) == ["label.too-long"]


def test_lines_beside_the_code_keep_clear_of_it_and_others_end_above() -> None:
    one = replace(label("Anna Smith"), prescriber="Dr A Smithson-Featherstonehaugh", dose_times="")
    plain, coded = (SETTER.label(one, LabelSpace(code=code))[0] for code in (False, True))
    assert plain is not None
    assert coded is not None
    assert coded.lower == 3
    assert all(line.width * b.size_pt <= INNER - CODE_WIDTH_PT for b in coded.blocks[3:] for line in b.lines)
    assert sum(block.height_pt for block in coded.blocks[:3]) <= LABEL_HEIGHT_PT - 2 * PADDING_PT - CODE_HEIGHT_PT
    assert any(line.width * b.size_pt > INNER - CODE_WIDTH_PT for b in plain.blocks[3:] for line in b.lines)


def test_directions_end_above_the_code_where_nothing_stands_beside_it() -> None:
    room = LABEL_HEIGHT_PT - 2 * PADDING_PT - CODE_HEIGHT_PT
    labels = [Label("Anna Smith", directions="Take TWO pills. " * repeats) for repeats in range(1, 12)]
    plain, coded = ([SETTER.label(one, LabelSpace(code=code))[0] for one in labels] for code in (False, True))
    assert all(sum(block.height_pt for block in one.blocks) <= room for one in coded if one)
    assert any(sum(block.height_pt for block in one.blocks) > room for one in plain if one)


@pytest.mark.parametrize(
    ("text", "lang", "kept"),
    [
        ("Take 1 to 2 tablets (20 mg) at 8 am", "en", ["1 to 2 tablets", "(20 mg)", "8 am"]),
        ("Take ONE tablet or half a tablet", "en", ["ONE tablet", "half a tablet"]),
        ("Tome una tableta cada 12 horas", "es", ["una tableta", "12 horas"]),
        ("Uống một viên 2 lần mỗi ngày", "vi", ["một viên", "2 lần"]),
        ("خذ 2 قرص كل 12 ساعة", "ar", ["2 قرص", "12 ساعة"]),
        ("每次2片，每日3次", "zh", ["2片", "3次"]),
    ],
)
def test_a_dose_is_never_parted_from_its_unit(text: str, lang: str, kept: list[str]) -> None:
    parts = pieces(text, lang)
    assert "".join(parts) == text
    assert all(any(dose in part for part in parts) for dose in kept)


def test_lines_of_directions_are_even_so_that_no_word_stands_alone() -> None:
    done = fitted(Label(directions="Take ONE tablet once a day with food and a glass of water."))
    widths = [line.width for line in done.blocks[0].lines]
    assert len(widths) > 1
    assert min(widths) > 0.6 * max(widths)


def test_a_number_keeps_its_unit_at_a_line_end() -> None:
    for width in range(10, 60):
        block = SETTER.block("Take 20 mg or 5 ml now and 10 % later", DIRECTIONS, 1.0, Column(4.0 * width))
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
    done, findings = LabelSetter(fonts()).label(Label("王小明"), LabelSpace())
    assert findings == ()
    assert done is not None
    assert words(done.blocks[0].lines[0]) == "王小明"


def test_chinese_wraps_between_any_two_characters() -> None:
    pytest.importorskip("pylopdf_fonts_zh_cn")
    block = LabelSetter(fonts()).block("每天一次每次一片饭后服用", DIRECTIONS, 1.0, Column(77.0))
    assert block is not None
    assert [words(line) for line in block.lines] == ["每天一次", "每次一片", "饭后服用"]


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
    one = Label(name, "P-778899", directions="take two " * 30)
    findings = check_label(one, fonts(installed=False), Edition(Audience.PATIENT))
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
