"""Pictograms: beside the words they stand for, on the patient leaflet alone, and never without them."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

import pikepdf
import pytest

from leaflets.model.edition import Audience, Edition
from leaflets.model.finding import Finding
from leaflets.model.paper import Paper
from leaflets.model.pictograms import PICTOGRAMS, icon_file
from leaflets.parse import parse
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder
from leaflets.project.content import source_at
from leaflets.project.standalone_html import standalone_html
from tests.sheets import Letter, letters, page_texts
from tests.verapdf import PROFILES, failures

ICONS = Path(__file__).parent.parent / "styles" / "icons"
ALL = "\n".join(f"- :{name}: These are the words for number {n}." for n, name in enumerate(PICTOGRAMS))
TEXT = f"""---
title: Examplol
---

### Usage

{ALL}
- Plainly said.

:driving: **Driving:** It makes you sleepy.

### Dosage

1. :with-food: A meal first.
2. Then wait.

- [ ] :call-doctor: I know when to call.
- [ ] I know the rest.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "examplol.md").write_text(TEXT, encoding="utf-8")
    return tmp_path


def _built(folder: Path, audience: Audience = Audience.PATIENT) -> BuiltSheet:
    source = source_at(folder / "content" / "examplol.md")
    return build(ProjectFolder(folder), source, Edition(audience), cache=Cache(folder / "cache"))


def _figures(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        elements = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        return [str(element.Alt) for element in elements]


def test_the_icons_are_the_ones_their_origin_names() -> None:
    named = re.findall(r"\| `([\w.-]+)` \| .* \| `([0-9a-f]{64})` \|", (ICONS / "ORIGIN.md").read_text("utf-8"))
    files = {file.name for file in ICONS.iterdir() if file.suffix != ".md"}
    assert {name: hashlib.sha256((ICONS / name).read_bytes()).hexdigest() for name, _ in named} == dict(named)
    assert files == {name for name, _ in named} == {"LICENSE", *(f"{name}.svg" for name in PICTOGRAMS)}


@pytest.mark.parametrize("name", list(PICTOGRAMS))
def test_an_icon_is_black_and_draws_shapes_alone(name: str) -> None:
    drawing = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    assert drawing.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"')
    assert set(re.findall(r"<(\w+)", drawing)) <= {"svg", "g", "path", "circle"}
    assert set(re.findall(r'"(#\w+)"', drawing)) <= {"#000", "#fff"}
    assert len(drawing) < 2_000


def test_every_icon_is_a_figure_with_its_words(folder: Path) -> None:
    figures = _figures(_built(folder).pdf.data)
    assert figures == [*PICTOGRAMS.values(), "Driving", "With food", "Call a doctor"]


def test_the_clinician_reads_the_words_alone(folder: Path) -> None:
    built = _built(folder, Audience.CLINICIAN)
    assert _figures(built.pdf.data) == []
    text = " ".join(page_texts(built.pdf.data)[0].split())
    assert "number 9. Plainly said. Driving: It makes you sleepy." in text


@pytest.mark.parametrize("audience", list(Audience))
def test_no_mark_is_printed(folder: Path, audience: Audience) -> None:
    printed = "".join(page_texts(_built(folder, audience).pdf.data))
    assert not re.search(r":[a-z-]+:", printed)


@pytest.mark.parametrize("profile", list(PROFILES))
def test_a_page_with_icons_conforms(folder: Path, profile: str) -> None:
    assert failures(_built(folder).pdf.data, profile) == []


def _lefts(data: bytes, words: str) -> set[float]:
    """How far from the left each place stands, in points, where these words begin."""
    drawn = list(letters(data))
    text = "".join(letter.text for letter in drawn)
    return {round(drawn[match.start()].left, 1) for match in re.finditer(words, text)}


def test_all_texts_of_a_list_share_one_edge(folder: Path) -> None:
    data = _built(folder).pdf.data
    (edge,) = _lefts(data, "These") | _lefts(data, "Plainly")
    assert edge == pytest.approx(_lefts(data, "Driving:").pop(), abs=0.3)
    assert len(_lefts(data, "Ameal") | _lefts(data, "Then")) <= 2  # the side bearings of two letters
    assert abs(_lefts(data, "Ameal").pop() - _lefts(data, "Then").pop()) < 1
    assert len(_lefts(data, "Iknow")) == 1


def _tops(data: bytes) -> dict[str, tuple[float, float]]:
    """Top and height of every figure by its words, in points."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        figures = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        boxes = [(str(figure.Alt), [float(side) for side in figure.A.BBox]) for figure in figures]
        return {alt: (box[3], box[3] - box[1]) for alt, box in boxes}


def test_an_icon_is_large_and_stands_beside_its_first_line(folder: Path) -> None:
    data = _built(folder).pdf.data
    drawn: list[Letter] = list(letters(data))
    words = "".join(letter.text for letter in drawn)
    line = drawn[words.index("Thesearethewordsfornumber0")]
    top, height = _tops(data)["Swallow whole"]
    assert 9 <= height / 72 * 25.4 <= 11
    assert top - height < line.bottom < line.top < top


@pytest.mark.parametrize(
    ("line", "code", "hint"),
    [
        ("- :drivin: Do not.", "MD10", "Did you mean :driving:?"),
        (":Sun: Keep it dark.", "MD10", "Did you mean :sun:?"),
        ("- :xyzzy: Do not.", "MD10", "Known: swallow-whole"),
        ("- :driving:", "MD11", "Write beside it"),
        ("1. [ ] :driving:Do not.", "MD11", "Write a space after it."),
    ],
)
def test_a_mark_at_fault_is_reported_where_it_stands(line: str, code: str, hint: str) -> None:
    findings = _findings(line)
    assert [(finding.code, finding.line, finding.column) for finding in findings] == [(code, 5, line.index(":") + 1)]
    assert findings[0].hint.startswith(hint)


@pytest.mark.parametrize("line", ["- :driving: Do not.", "At 8:30: one tablet.", "- :) Smile.", ":a:b", "Ratio 1:x: 3"])
def test_what_is_no_mark_at_fault_is_not_reported(line: str) -> None:
    assert _findings(line) == []


def _findings(line: str) -> list[Finding]:
    findings = parse(f"---\ntitle: T\n---\n### Usage\n{line}\n", name="t", file="t.md").findings
    return [finding for finding in findings if finding.code in ("MD10", "MD11")]


def test_a_projects_own_drawing_wins_and_makes_another_sheet(folder: Path) -> None:
    before = _built(folder)
    own = folder / "styles" / "icons" / "sun.svg"
    own.parent.mkdir(parents=True)
    own.write_bytes((ICONS / "driving.svg").read_bytes())
    after = _built(folder)
    assert after.fresh
    assert after.content_id != before.content_id


def test_the_same_page_with_icons_has_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    source = source_at(folder / "content" / "examplol.md")
    edition = Edition(Audience.PATIENT)
    made = [build(ProjectFolder(folder), source, edition, cache=Cache(tmp_path / name)).pdf.data for name in "ab"]
    assert made[0] == made[1]


def test_a_page_for_a_browser_finds_the_drawings(folder: Path) -> None:
    built = _built(folder)
    html = standalone_html(built.html, ProjectFolder(folder), built.source, built.edition.stylesheets, folder)
    paths = re.findall(r'<img class="icon" src="([^"]+)"', html)
    assert len(paths) == 13
    assert {(folder / place).resolve() for place in paths} == {ICONS.parent / icon_file(name) for name in PICTOGRAMS}


def test_icons_and_boxes_to_tick_stand_at_the_right_of_a_page_read_from_the_right(folder: Path) -> None:
    (folder / "styles").mkdir()
    (folder / "styles" / "theme.css").write_text("html { direction: rtl }", encoding="utf-8")
    source = source_at(folder / "content" / "examplol.md")
    edition = Edition(Audience.PATIENT, paper=Paper.A5)
    data = build(ProjectFolder(folder), source, edition, cache=Cache(folder / "cache")).pdf.data
    words = [letter for letter in letters(data) if letter.text == "T"]  # "These are the words …" begins with it
    with pikepdf.open(io.BytesIO(data)) as pdf:
        figures = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        lefts = [float(figure.A.BBox[0]) for figure in figures]
    assert len(lefts) == 13
    assert words
    assert min(lefts) > max(letter.right for letter in words)
