"""What a sheet looks like on paper: its size and pages, its footers, its type, and what may not part at a line end."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest

from leaflets.model.edition import Audience, Edition
from leaflets.model.paper import Paper
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder
from leaflets.project.content import source_at
from tests.reviews import vouch
from tests.running import MONOGRAPH
from tests.sheets import ROOT, UNUSUAL, Letter, ProjectMonographs, letters, page_texts, printable_files, voices

BARICITINIB = ROOT / "content" / "baricitinib.md"
SAMPLE = printable_files()[::6]
MM = 72 / 25.4
BODY_SIZES = {Audience.PATIENT: 12.0, Audience.CLINICIAN: 8.0}
FOOTER_TOP = {Audience.PATIENT: 17 * MM, Audience.CLINICIAN: 12.5 * MM}
FOOTER_SIZES = {Audience.PATIENT: 10.0, Audience.CLINICIAN: 8.0}
FULL = [Paper.A4, Paper.LETTER]
EVERY = [(audience, paper) for audience in Audience for paper in FULL]


def _named(path: Path) -> str:
    return path.stem[:40]


def _plain(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())


# ---------------------------------------------------------------- sheets of paper


@pytest.mark.parametrize(("audience", "paper"), EVERY)
def test_every_page_has_the_size_of_its_paper(monographs: ProjectMonographs, audience: Audience, paper: Paper) -> None:
    document = pypdfium2.PdfDocument(monographs.sheet(BARICITINIB, audience, paper).pdf.data)
    sizes = [tuple(side / MM for side in page.get_size()) for page in document]
    document.close()
    assert all(size == pytest.approx(paper.size_mm, abs=0.1) for size in sizes)


@pytest.mark.parametrize("paper", FULL)
def test_baricitinib_is_one_sheet_for_patients_and_one_page_for_clinicians(
    monographs: ProjectMonographs, paper: Paper
) -> None:
    assert monographs.sheet(BARICITINIB, Audience.PATIENT, paper).pdf.pages == 2
    assert monographs.sheet(BARICITINIB, Audience.CLINICIAN, paper).pdf.pages == 1


@pytest.mark.parametrize("paper", FULL)
def test_page_one_of_baricitinib_stands_alone(monographs: ProjectMonographs, paper: Paper) -> None:
    first = _plain(page_texts(monographs.sheet(BARICITINIB, Audience.PATIENT, paper).pdf.data)[0])
    for heading in ("Most important", "Get help now", "What it is for", "Before you take it", "How to take it"):
        assert heading in first
    for heading in ("If you miss a dose", "If you take too much"):
        assert heading in first
    assert "Side effects" not in first


@pytest.mark.parametrize("paper", FULL)
@pytest.mark.parametrize("path", [BARICITINIB, UNUSUAL / "content" / "long-words.md"], ids=_named)
def test_the_space_for_the_label_is_70_by_35_mm_at_the_top_right_of_page_one(
    monographs: ProjectMonographs, path: Path, paper: Paper
) -> None:
    built = monographs.sheet(path, Audience.PATIENT, paper)
    (space,) = [rect for rect in built.pdf.rects if rect.name == "label"]
    width, height = (side * MM for side in paper.size_mm)
    assert space.page == 0
    assert (space.width / MM, space.height / MM) == pytest.approx((70, 35), abs=0.1)
    assert width - (space.x + space.width) < 15 * MM
    assert height - (space.y + space.height) < 15 * MM
    inside = [
        letter.text
        for letter in letters(built.pdf.data)
        if letter.page == 0
        and space.x - 1 < letter.left < space.x + space.width + 1
        and space.y - 1 < (letter.bottom + letter.top) / 2 < space.y + space.height + 1
    ]
    assert inside == []


@pytest.mark.slow
@pytest.mark.parametrize("path", SAMPLE, ids=_named)
def test_all_that_is_printed_stands_within_the_margins(monographs: ProjectMonographs, path: Path) -> None:
    for audience in voices(path):
        width, height = (side * MM for side in Paper.A4.size_mm)
        for letter in letters(monographs.sheet(path, audience).pdf.data):
            assert letter.left > 9.9 * MM, letter
            assert letter.right < width - 9.5 * MM, letter
            assert letter.bottom > 4 * MM, letter
            assert letter.top < height - 7.5 * MM, letter


# ---------------------------------------------------------------- footers


@pytest.mark.parametrize(("audience", "paper"), EVERY)
def test_every_page_has_its_footer(monographs: ProjectMonographs, audience: Audience, paper: Paper) -> None:
    built = monographs.sheet(BARICITINIB, audience, paper)
    texts = page_texts(built.pdf.data)
    whom = {Audience.PATIENT: "Patient leaflet", Audience.CLINICIAN: "Clinician sheet, for health professionals"}
    for number, text in enumerate(texts, 1):
        foot = _plain(text[-400:])
        for part in ("Baricitinib", whom[audience], "Version 2", "Draft: not clinically reviewed"):
            assert part in foot
        assert f"ID {built.content_id}" in foot
        assert foot.endswith(f"Page {number} of {len(texts)}")


def test_the_footer_of_a_reviewed_text_gives_its_dates(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(MONOGRAPH.replace("title: Examplol", "title: Examplol\nversion: '4'"))
    vouch(tmp_path / "a.md", dt.date(2026, 3, 1), until=dt.date(2031, 4, 30))
    built = build(
        ProjectFolder(tmp_path), source_at(tmp_path / "a.md"), Edition(Audience.PATIENT), cache=Cache(tmp_path)
    )
    (text,) = page_texts(built.pdf.data)
    assert "Version 4" in _plain(text)
    assert "March 2026" in _plain(text)
    assert "April 2031" in _plain(text)
    assert "Draft" not in text


# ---------------------------------------------------------------- type


@pytest.mark.slow
@pytest.mark.parametrize("path", SAMPLE, ids=_named)
def test_no_type_is_smaller_than_its_reader_can_read(monographs: ProjectMonographs, path: Path) -> None:
    for audience in voices(path):
        for letter in letters(monographs.sheet(path, audience).pdf.data):
            floor = FOOTER_SIZES[audience] if letter.bottom < FOOTER_TOP[audience] else BODY_SIZES[audience]
            assert letter.size >= floor - 0.01, letter


def test_the_patient_text_itself_is_12_points(monographs: ProjectMonographs) -> None:
    sizes = [letter.size for letter in letters(monographs.sheet(BARICITINIB, Audience.PATIENT).pdf.data)]
    assert max(set(sizes), key=sizes.count) == pytest.approx(12)


@pytest.mark.slow
@pytest.mark.parametrize("path", SAMPLE[::4], ids=_named)
def test_everything_is_black_or_grey_and_dark_enough_to_copy(monographs: ProjectMonographs, path: Path) -> None:
    for audience in voices(path):
        with pdfplumber.open(io.BytesIO(monographs.sheet(path, audience).pdf.data)) as document:
            for page in document.pages:
                assert {_darkness(character["non_stroking_color"]) for character in page.chars} == {1.0}
                for drawn in (*page.rects, *page.lines, *page.curves):
                    inks = list(
                        _inks(drawn)
                    )  # a colour makes `_darkness` fail; pictures may have white and grey in them
                    assert drawn["tag"] == "Figure" or min(inks) >= 0.5, drawn


def _inks(drawn: dict[str, object]) -> Iterator[float]:
    yield 1.0
    if drawn.get("stroke"):
        yield _darkness(drawn["stroking_color"])
    if drawn.get("fill"):
        yield _darkness(drawn["non_stroking_color"])


def _darkness(colour: object) -> float:
    """0 for white and 1 for black; a colour that is no grey fails."""
    parts = colour if isinstance(colour, (tuple, list)) else (colour,)
    values = {float(part) for part in parts if part is not None}
    assert len(values) == 1, f"{colour} is no grey"
    return 1 - values.pop()


@pytest.mark.parametrize("audience", list(Audience))
def test_the_fonts_are_embedded_and_ours(monographs: ProjectMonographs, audience: Audience) -> None:
    with pdfplumber.open(io.BytesIO(monographs.sheet(BARICITINIB, audience).pdf.data)) as document:
        names = {character["fontname"] for page in document.pages for character in page.chars}
    assert all(re.match(r"[A-Z]{6}\+LeafletSans", name) for name in names), names


# ---------------------------------------------------------------- lines


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands on the page, by the place of its letters."""

    text: str
    page: int
    left: float
    bottom: float
    right: float
    size: float


def lines_of(built: BuiltSheet) -> list[Line]:
    """The lines of a sheet in the order they were set."""
    gathered: list[list[Letter]] = []
    for letter in letters(built.pdf.data):
        last = gathered[-1][-1] if gathered else None
        if last and _beside(last, letter):
            gathered[-1].append(letter)
        else:
            gathered.append([letter])
    return [_line(group) for group in gathered]


def _beside(last: Letter, letter: Letter) -> bool:
    same = last.page == letter.page and abs(last.bottom - letter.bottom) < 0.45 * max(last.size, letter.size)
    return same and -1 < letter.left - last.right < 1.2 * last.size


def _line(group: list[Letter]) -> Line:
    text = group[0].text
    for before, letter in pairwise(group):
        text += (" " if letter.left - before.right > 0.12 * letter.size else "") + letter.text
    first = group[0]
    return Line(text, first.page, first.left, first.bottom, group[-1].right, max(letter.size for letter in group))


_UNIT = (
    r"(?:mg|mcg|micrograms?|g|kg|ng|mL|ml|L|dL|units?|IU|mmol|mEq|%|hours?|days?|weeks?|months?|years?|minutes?|°C|"
    r"tablets?)\b"
)
_ENDS_IN_NUMBER = re.compile(r"(?:^|[\s(<>≥≤~])\d[\d.,]*$")
_ENDS_IN_RANGE = re.compile(r"\d(?:[-–]| to)$")


@pytest.mark.slow
@pytest.mark.parametrize("path", printable_files()[::2], ids=_named)
def test_number_and_unit_never_part_at_a_line_end(monographs: ProjectMonographs, path: Path) -> None:
    for audience in voices(path):
        lines = lines_of(monographs.sheet(path, audience))
        parted = [
            f"{line.text} | {following.text}"
            for line, following in pairwise(lines)
            if _is_below(line, following)
            and (
                (_ENDS_IN_NUMBER.search(line.text) and re.match(_UNIT, following.text))
                or (_ENDS_IN_RANGE.search(line.text) and re.match(rf"\d[\d.,]*\s?{_UNIT}", following.text))
            )
        ]
        assert parted == []


def _is_below(line: Line, following: Line) -> bool:
    """Whether a line is the next one of the same paragraph, and not another cell, column or page."""
    near = line.page == following.page and 0 < line.bottom - following.bottom < 1.9 * line.size
    return near and following.left < line.right


@pytest.mark.slow
@pytest.mark.parametrize("path", SAMPLE, ids=_named)
def test_no_word_is_hyphenated(monographs: ProjectMonographs, path: Path) -> None:
    evidence = path.parent / "evidence" / path.name  # its register is the list of references
    files = [path, *([evidence] if evidence.is_file() else [])]
    source = "".join(file.read_bytes().decode("utf-8-sig") for file in files)
    for audience in voices(path):
        lines = lines_of(monographs.sheet(path, audience))
        for line, following in pairwise(lines):
            broken = re.search(r"(\w{2,})[-\u00ad\u2010]$", line.text)
            if broken and _is_below(line, following):
                assert re.search(rf"{re.escape(broken[1])}[-\u2010]", source), f"{line.text} | {following.text}"


@pytest.mark.slow
@pytest.mark.parametrize("path", SAMPLE, ids=_named)
def test_no_heading_is_left_alone_at_the_end_of_a_page_or_column(monographs: ProjectMonographs, path: Path) -> None:
    for audience in voices(path):
        lines = [line for line in lines_of(monographs.sheet(path, audience)) if line.bottom > FOOTER_TOP[audience]]
        headings = [line for line in lines if line.size > HEADING_SIZES[audience]]
        assert headings
        for heading in headings:
            assert any(_follows(heading, line, audience) for line in lines), heading.text


HEADING_SIZES = {Audience.PATIENT: 12.5, Audience.CLINICIAN: 9.25}


def _follows(heading: Line, line: Line, audience: Audience) -> bool:
    """Whether a line of text stands below a heading in its column; beside it where the heading hangs in the margin."""
    if line.page != heading.page or line.size > HEADING_SIZES[audience]:
        return False
    if audience is Audience.PATIENT:
        return line.bottom < heading.bottom + 6
    middle = Paper.A4.size_mm[0] * MM / 2
    return line.bottom < heading.bottom and (line.left < middle) == (heading.left < middle)


@pytest.mark.parametrize("audience", list(Audience))
def test_no_row_of_a_table_is_split_and_its_head_is_repeated(monographs: ProjectMonographs, audience: Audience) -> None:
    built = monographs.sheet(UNUSUAL / "content" / "tables.md", audience)
    assert built.pdf.pages > 1
    texts = [_plain(text) for text in page_texts(built.pdf.data)]
    rows = [
        re.findall(r"Band (\d+)\b.*?once every.*?Recheck after (\d+) days, and again if the count", t) for t in texts
    ]
    assert [int(number) for page in rows for number, _ in page] == list(range(1, 75))
    assert all(number == again for page in rows for number, again in page)
    assert all("Weight Dose How often What to look at" in t for t, page in zip(texts, rows, strict=True) if page)


@pytest.mark.parametrize(("paper", "most"), [(Paper.A4, 35), (Paper.LETTER, 32)])
def test_a_heading_of_two_lines_at_the_end_of_a_page_goes_to_the_next_one_whole(
    monographs: ProjectMonographs, tmp_path: Path, paper: Paper, most: int
) -> None:
    """The second line of a heading, its author's own words, was dropped where the page ended between the two."""
    for lines in range(most - 3, most + 1):
        file = tmp_path / f"{lines}.md"
        filler = "".join(f"- Word {number}.\n" for number in range(lines))
        short = "- Ask us.\n" * 6
        file.write_text(f"---\ntitle: Testol\n---\n\n### Uses\n\n{filler}\n### Contraindications\n\n{short}", "utf-8")
        pages = page_texts(monographs.sheet(file, Audience.PATIENT, paper).pdf.data)
        [page] = [text for text in pages if "Contraindications" in text]
        assert "Do not take it" in page
