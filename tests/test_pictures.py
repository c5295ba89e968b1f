"""Pictures: beside the step they show, with their words for who cannot see them, and from the content alone."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from leaflets.errors import ContentError
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.monograph import Block, Items, Paragraph, Picture
from leaflets.model.paper import Paper
from leaflets.parse import parse
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder
from leaflets.project.content import source_at
from leaflets.project.standalone_html import standalone_html
from tests.running import Leaflet
from tests.sheets import letters, page_texts
from tests.verapdf import PROFILES, failures

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 90" fill="none" stroke="#000" stroke-width="3">\n'
    '<path d="M40 15h20v30h25l-5 30H35z" fill="#ccc"/>\n</svg>\n'
)
STEPS = "\n".join(f"{n}. Do the thing of step{n:02}.\n   ![Picture of step {n}](shake.svg)" for n in range(1, 16))
TEXT = f"""---
title: Examplol
---

### Usage

For yawning.

![The whole of it](parts.png)

/// clinician
![For eyes that know](shake.svg)
///

### Dosage

{STEPS}
16. The last.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pictures = tmp_path / "content" / "pictures"
    pictures.mkdir(parents=True)
    (pictures / "shake.svg").write_text(SVG, encoding="utf-8")
    Image.new("RGBA", (60, 40), (0, 0, 0, 128)).save(pictures / "parts.png")
    (tmp_path / "content" / "a.md").write_text(TEXT, encoding="utf-8")
    return tmp_path


def _built(
    folder: Path, audience: Audience = Audience.PATIENT, form: TypeSize = TypeSize.STANDARD, paper: Paper = Paper.A4
) -> BuiltSheet:
    source, edition = source_at(folder / "content" / "a.md"), Edition(audience, paper=paper, type_size=form)
    return build(ProjectFolder(folder), source, edition, cache=Cache(folder / "cache"))


def _figures(data: bytes) -> list[tuple[str, int, float, float, float]]:
    """Words, page, left, bottom and top of every figure, in points."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        figures = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        boxes = [(str(f.Alt), pages[f.Pg.objgen], [float(side) for side in f.A.BBox]) for f in figures]
        return [(alt, page, box[0], box[1], box[3]) for alt, page, box in boxes]


def _parsed(body: str) -> tuple[tuple[Block, ...], list[tuple[str, int]]]:
    text = f"---\ntitle: T\n---\n### Usage\n{body}\n"
    read = parse(text, name="t", file="t.md", pictures={"a.svg"})
    return read.sections[0].blocks, [(finding.code, finding.line) for finding in read.findings]


def test_a_picture_is_a_block_of_its_own_or_of_its_step() -> None:
    blocks, findings = _parsed("Before\n![A **bold** hand](a.svg)\nafter\n\n1. One\n   ![Two](a.svg)\n2. Three")
    assert findings == []
    before, picture, after, steps = blocks
    assert isinstance(before, Paragraph)
    assert isinstance(after, Paragraph)
    assert picture == Picture(6, "a.svg", "A bold hand")
    assert isinstance(steps, Items)
    assert [len(item.blocks) for item in steps.items] == [2, 1]
    assert steps.items[0].blocks[1] == Picture(10, "a.svg", "Two")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("![Not there](b.svg)", "MD06"),
        ("![Elsewhere](../a.svg)", "MD06"),
        ("Words ![among words](a.svg) here", "MD06"),
        ("1. ![Where a step has no words](a.svg)", "MD06"),
        ("![](a.svg)", "MD12"),
    ],
)
def test_any_other_picture_keeps_its_words_and_is_reported(body: str, code: str) -> None:
    blocks, findings = _parsed(body)
    assert findings == [(code, 5)]
    assert not any(isinstance(block, Picture) for block in blocks)


def test_every_picture_is_a_figure_with_its_words(folder: Path) -> None:
    steps = [f"Picture of step {n}" for n in range(1, 16)]
    assert [alt for alt, *_ in _figures(_built(folder).pdf.data)] == ["The whole of it", *steps]
    clinician = [alt for alt, *_ in _figures(_built(folder, Audience.CLINICIAN).pdf.data)]
    assert clinician == ["The whole of it", "For eyes that know", *steps]


def test_the_words_of_a_picture_are_not_printed(folder: Path) -> None:
    assert "Picture of step" not in "".join(page_texts(_built(folder).pdf.data))


def test_a_step_and_its_picture_stand_side_by_side_on_one_page(folder: Path) -> None:
    built = _built(folder)
    drawn = list(letters(built.pdf.data))
    text = "".join(letter.text for letter in drawn)
    figures = [figure for figure in _figures(built.pdf.data) if figure[0].startswith("Picture")]
    assert built.pdf.pages > 1
    for number, (_, page, left, bottom, top) in enumerate(figures, 1):
        word = drawn[text.index(f"step{number:02}")]
        assert word.page == page
        assert word.right < left
        assert bottom < word.bottom < top + 2


@pytest.mark.parametrize("paper", list(Paper))
@pytest.mark.parametrize("form", list(TypeSize))
def test_a_step_and_its_picture_are_never_parted(folder: Path, form: TypeSize, paper: Paper) -> None:
    built = _built(folder, form=form, paper=paper)
    drawn = list(letters(built.pdf.data))
    text = "".join(letter.text for letter in drawn)
    figures = [figure for figure in _figures(built.pdf.data) if figure[0].startswith("Picture")]
    where = {number: drawn[text.index(f"step{number:02}")].page for number in range(1, 16)}
    assert {number: page for number, (_, page, *_) in enumerate(figures, 1)} == where


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize("audience", list(Audience))
def test_a_page_with_pictures_conforms(folder: Path, audience: Audience, profile: str) -> None:
    assert failures(_built(folder, audience).pdf.data, profile) == []


def test_another_picture_makes_another_sheet_and_the_same_one_the_same(folder: Path) -> None:
    first = _built(folder)
    assert not _built(folder).fresh
    picture = folder / "content" / "pictures" / "shake.svg"
    picture.write_text(SVG.replace("#ccc", "#eee"), encoding="utf-8")
    second = _built(folder)
    assert second.fresh
    assert second.content_id != first.content_id
    picture.write_text(SVG, encoding="utf-8")
    again = _built(folder)
    assert (again.content_id, again.pdf.data) == (first.content_id, first.pdf.data)


def test_a_picture_taken_away_leaves_its_words(folder: Path) -> None:
    (folder / "content" / "pictures" / "parts.png").unlink()
    built = _built(folder)
    assert "The whole of it (parts.png)" in " ".join(page_texts(built.pdf.data)[0].split())
    assert "MD06" in {finding.code for finding in built.findings}


def test_a_picture_that_may_not_be_printed_stops_build_and_check(folder: Path) -> None:
    picture = folder / "content" / "pictures" / "shake.svg"
    picture.write_text(SVG.replace("<path", "<text>2 mg</text><path"), encoding="utf-8")
    with pytest.raises(ContentError, match=r"shake\.svg:2: the picture has <text>"):
        _built(folder)


def test_check_reads_the_words_of_pictures_that_are_there(leaflet: Leaflet) -> None:
    leaflet.write("content/a.md", TEXT)
    leaflet.write("content/pictures/shake.svg", SVG)
    assert "MD06" in leaflet("check", "a").out  # parts.png
    leaflet.write("content/pictures/shake.svg", SVG.replace("path", "use"))
    ran = leaflet("check", "a")
    assert ran.code == 3
    assert "content/pictures/shake.svg:2: the picture has <use>" in ran.err


def test_no_link_leads_out_of_the_folder(folder: Path) -> None:
    (folder / "secret.svg").write_text(SVG, encoding="utf-8")
    picture = folder / "content" / "pictures" / "shake.svg"
    picture.unlink()
    picture.symlink_to(folder / "secret.svg")
    assert "Picture of step 1 (shake.svg)" in " ".join(page_texts(_built(folder).pdf.data)[0].split())


def test_a_page_for_a_browser_finds_the_pictures(folder: Path) -> None:
    built = _built(folder)
    html = standalone_html(built.html, ProjectFolder(folder), built.source, built.edition.stylesheets, folder)
    assert 'src="content/pictures/shake.svg"' in html
    assert 'src="content/pictures/parts.png"' in html
