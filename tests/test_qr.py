"""The square code of a sheet, read back off the page: its words, its size, and the white around it."""

import re
from pathlib import Path

import pytest
import segno

from leaflets.errors import UsageError
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.paper import Paper
from leaflets.pipeline import build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder, Settings
from leaflets.project.content import source_at
from leaflets.qr import code_text, qr
from tests import verapdf
from tests.running import MONOGRAPH, Leaflet
from tests.sheets import ROOT, ProjectMonographs, own_files, page_texts, voices
from tests.square_codes import Seen, read_code

BARICITINIB = ROOT / "content" / "baricitinib.md"
EDITIONS = [
    *(Edition(audience, paper=paper) for audience in Audience for paper in Paper),
    *(Edition(audience, type_size=TypeSize.LARGE_PRINT) for audience in Audience),
]
ADDRESSES = ("https://example.org/{id}", "https://example.org/leaflet/{id}")


def matrix(words: str) -> tuple[tuple[bool, ...], ...]:
    return tuple(tuple(bool(module & 1) for module in row) for row in segno.make(words, error="m", micro=False).matrix)


def seen_on(data: bytes, page: int = 0) -> Seen:
    seen = read_code(data, page)
    assert seen is not None, "no square code on the page"
    return seen


# ---------------------------------------------------------------- on paper


@pytest.mark.parametrize(
    ("edition", "url"),
    [
        *((edition, "") for edition in EDITIONS),
        *((Edition(audience), url) for audience in Audience for url in ADDRESSES),
        (Edition(Audience.CLINICIAN, paper=Paper.A5), ADDRESSES[1]),
    ],
    ids=str,
)
def test_the_code_on_the_page_says_the_id_or_the_address(
    monographs: ProjectMonographs, edition: Edition, url: str
) -> None:
    project = ProjectFolder(monographs.folder / "project", Settings(code_url=url))
    built = build(project, source_at(BARICITINIB), edition, cache=Cache(monographs.folder / "cache"))
    seen = seen_on(built.pdf.data)
    assert seen.matrix == matrix(code_text(built.content_id, url))
    assert seen.module_mm >= 0.395  # the picture has twelve pixels to the millimetre
    assert seen.white_around
    width, height = edition.paper.size_mm
    assert min(seen.left, seen.bottom, width - seen.right, height - seen.top) >= 3.95
    assert f"ID {built.content_id}" in page_texts(built.pdf.data)[0]


@pytest.mark.parametrize("path", own_files(), ids=lambda path: path.stem)
def test_the_first_and_the_last_page_of_every_sheet_bear_the_code_clear_of_its_text(
    monographs: ProjectMonographs, path: Path
) -> None:
    for audience in voices(path):
        built = monographs.sheet(path, audience)
        for page in {0, built.pdf.pages - 1}:
            seen = seen_on(built.pdf.data, page)
            assert seen.matrix == matrix(built.content_id.upper())
            assert seen.white_around, f"{audience}, page {page + 1}"


@pytest.mark.parametrize("audience", Audience)
def test_a_sheet_with_an_address_keeps_its_lines_and_conforms(
    monographs: ProjectMonographs, audience: Audience
) -> None:
    project = ProjectFolder(monographs.folder / "project", Settings(code_url=ADDRESSES[1]))
    cache = Cache(monographs.folder / "cache")
    built = build(project, source_at(BARICITINIB), Edition(audience), cache=cache)
    plain = monographs.sheet(BARICITINIB, audience)
    assert _lines(built.pdf.data) == _lines(plain.pdf.data)
    assert verapdf.failures(built.pdf.data, "3a") == []
    assert verapdf.failures(built.pdf.data, "ua1") == []


def _lines(data: bytes) -> list[str]:
    return [re.sub(r"ID [0-9a-f]{10}", "ID", line.strip()) for page in page_texts(data) for line in page.splitlines()]


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("url", "words", "modules"),
    [
        ("", "9B1A2C3D4E", 21),
        ("https://example.org/{id}", "HTTPS://EXAMPLE.ORG/9B1A2C3D4E", 25),
        ("https://example.org/L/{id}", "HTTPS://EXAMPLE.ORG/L/9B1A2C3D4E", 25),
        ("https://example.org/leaflet/{id}", "https://example.org/leaflet/9b1a2c3d4e", 29),
        ("https://example.org/?q={id}", "https://example.org/?q=9b1a2c3d4e", 29),
    ],
)
def test_capitals_are_used_where_they_change_no_address(url: str, words: str, modules: int) -> None:
    code = qr("9b1a2c3d4e", url, Edition(Audience.PATIENT))
    assert (code.words, code.modules) == (words, modules)


def test_a_code_too_large_for_the_clinician_s_lower_margin_stands_beside_the_name() -> None:
    assert not qr("9b1a2c3d4e", "", Edition(Audience.CLINICIAN)).in_head
    assert qr("9b1a2c3d4e", ADDRESSES[1], Edition(Audience.CLINICIAN)).in_head
    assert not qr("9b1a2c3d4e", ADDRESSES[1], Edition(Audience.PATIENT)).in_head


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("example.org/{id}", "cannot be"),
        ("https://example.org/", "cannot be"),
        ("https://{id}.example.org/", "cannot be"),
        ("https://example.org/{id}/{id}", "cannot be"),
        ("https://example.org/a b/{id}", "cannot be"),
        ("javascript:alert({id})", "cannot be"),
        ("https://example.org/" + "x" * 30 + "{id}", "holds 42"),
        ("https://example.org/" + "X" * 40 + "{id}", "holds 61"),
    ],
)
def test_an_address_that_cannot_be_printed_is_refused_with_its_file(leaflet: Leaflet, url: str, message: str) -> None:
    leaflet.write("leaflet.toml", f'[provenance]\nurl = "{url}"\n')
    leaflet.write("content/a.md", MONOGRAPH)
    ran = leaflet("build", "a", "--audience", "patient")
    assert ran.code == 2
    assert "leaflet.toml: “provenance.url”" in ran.err
    assert message in ran.err


@pytest.mark.parametrize("letter", "xX")
def test_the_longest_address_still_fits(letter: str) -> None:
    room = {"x": 42, "X": 61}[letter] - len("https://example.org/") - 10
    code = qr("9b1a2c3d4e", "https://example.org/" + letter * room + "{id}", Edition(Audience.PATIENT))
    assert code.modules == 29
    with pytest.raises(UsageError):
        qr("9b1a2c3d4e", "https://example.org/" + letter * (room + 1) + "{id}", Edition(Audience.PATIENT))
