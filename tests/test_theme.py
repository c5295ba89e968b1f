"""A theme changes what it means to, piece by piece: every property and every block of the manual is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from leaflets.errors import RenderError
from leaflets.model.edition import Audience, Edition
from leaflets.parse import parse
from leaflets.parse.translation_file import with_record
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder, packaged_folder
from leaflets.translation import record_of
from tests.sheets import ROOT, page_texts

STYLES = {audience: (ROOT / "styles" / f"{audience}.css").read_text("utf-8") for audience in Audience}
MANUAL = (ROOT / "docs" / "theme.md").read_text("utf-8")
TEXT = """---
title: Examplol
sources: [{id: L1, title: The label}]
---

### Key message
/// key-message
- Once a day.
///
### Usage
For yawning.
### Side effects
Sleep.
### Disclaimer
No advice.
"""
SPANISH = TEXT.replace("sources: [{id: L1, title: The label}]\n", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("content", "styles", "templates"):
        (tmp_path / name).mkdir()
    (tmp_path / "content" / "a.md").write_text(TEXT, encoding="utf-8")
    original = parse(TEXT, name="a", file="a.md", lang="en")
    (tmp_path / "content" / "a.es.md").write_text(with_record(SPANISH, record_of(original)), encoding="utf-8")
    return tmp_path


def _built(folder: Path, audience: Audience = Audience.PATIENT, lang: str = "en") -> BuiltSheet:
    source = ProjectFolder(folder).source("a", lang)
    return build(ProjectFolder(folder), source, Edition(audience, lang), cache=Cache(folder / "cache"))


def _words(built: BuiltSheet) -> str:
    return " ".join(" ".join(page_texts(built.pdf.data)).replace("\u00a0", " ").split())


# ---------------------------------------------------------------- properties


def _properties(css: str) -> dict[str, str]:
    """Those a theme may set; margins and footer belong to the editions, which fit a sheet to its paper with them."""
    return dict(re.findall(r"^  (--(?!page-|foot-)[\w-]+): (.*);$", css, re.M))


def _rows() -> Iterator[tuple[str, str, str]]:
    """Each property of the manual with its values for patients and clinicians."""
    table = MANUAL.split("## Properties")[1].split("## Templates")[0]
    for cells in re.findall(r"^\| (`--.*) \|$", table, re.M):
        names, _, patient, clinician = (cell.strip() for cell in cells.split("|"))
        each = re.findall(r"--[\w-]+", names)
        parts = patient.split(", ") if len(each) > 1 else [patient.partition(",")[0]]
        yield from ((name, part, clinician) for name, part in zip(each, parts, strict=True))


def test_the_properties_of_the_manual_are_those_of_the_styles() -> None:
    rows = list(_rows())
    assert {name: value for name, value, _ in rows if value} == _properties(STYLES[Audience.PATIENT])
    assert {name: value for name, _, value in rows if value} == _properties(STYLES[Audience.CLINICIAN])


@pytest.mark.parametrize("audience", list(Audience))
def test_every_property_is_used(audience: Audience) -> None:
    styles = STYLES[audience] + (ROOT / "styles" / "page.css").read_text("utf-8")
    assert {name for name in _properties(styles) if f"var({name})" not in styles} == set()


def test_a_property_changes_the_page(folder: Path) -> None:
    before = _built(folder)
    (folder / "styles" / "theme.css").write_text("html { --title-size: 40pt }", encoding="utf-8")
    after = _built(folder)
    assert before.pdf.data != after.pdf.data


@pytest.mark.parametrize(
    ("css", "words"),
    [
        (".first p { display: none }", "For yawning."),
        (".first p { visibility: hidden }", "For yawning."),
        (".first { opacity: 0.1 }", "What it is for"),
        (".first p { color: rgb(0 0 0 / 10%) }", "For yawning."),
        (".imprint { display: none }", "Examplol · Patient leaflet"),
        ("@page { @bottom-left { content: none } }", "Examplol · Patient leaflet"),
        ("@page { @bottom-left { color: rgb(0 0 0 / 10%) } }", "Examplol · Patient leaflet"),
    ],
)
def test_a_theme_hides_no_words(folder: Path, css: str, words: str) -> None:
    (folder / "styles" / "theme.css").write_text(css, encoding="utf-8")
    with pytest.raises(RenderError) as fault:
        _built(folder)
    assert "Words are lost" in fault.value.message
    assert words in fault.value.message.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("css", "place", "near"),
    [
        (
            "/* --one: 1 */\nhtml { --title-colur: red; }",
            "styles/theme.css:2: the property “--title-colur”",
            "--title-colour",
        ),
        ("html { --rule: 1pt foo }", "styles/theme.css:1: Ignored", ""),
        ("\n\nh1 { colr: red }", "styles/theme.css:3: Ignored", ""),
        ("h1 {\n  font-size: var(--nope) }", "styles/theme.css:2: Ignored", ""),
    ],
)
def test_a_property_that_no_rule_uses_is_named_with_its_line(folder: Path, css: str, place: str, near: str) -> None:
    (folder / "styles" / "theme.css").write_text(css, encoding="utf-8")
    with pytest.raises(RenderError) as fault:
        _built(folder)
    assert place in fault.value.message
    assert near in fault.value.hint


def test_a_theme_may_have_properties_of_its_own_and_of_the_other_sheet(folder: Path) -> None:
    css = "html { --mine: 3pt; --band-rule: 1pt solid #000; --title-colour: #123 } h1 { padding-bottom: var(--mine) }"
    (folder / "styles" / "theme.css").write_text(css, encoding="utf-8")
    for audience in Audience:
        assert _built(folder, audience).pdf.pages


# ---------------------------------------------------------------- templates


def test_a_block_that_ours_does_not_have_is_named_with_its_line(folder: Path) -> None:
    text = '{% extends "leaflet:patient.html" %}\n{% block knd %}<p>Lost</p>{% endblock %}'
    (folder / "templates" / "patient.html").write_text(text, encoding="utf-8")
    with pytest.raises(RenderError) as fault:
        _built(folder)
    assert fault.value.message == "templates/patient.html:2: there is no block “knd” in the template it extends"
    assert "“kind”" in fault.value.hint
    inner = text.replace("knd", "kind").replace("Lost", "{% block mine %}Kept{% endblock %}")
    (folder / "templates" / "patient.html").write_text(inner, encoding="utf-8")
    assert _words(_built(folder)).startswith("Kept")


def _blocks() -> list[tuple[str, str]]:
    return re.findall(r"^\| `(\w+\.html)` \| `(\w+)` \|", MANUAL, re.M)


def test_the_blocks_of_the_manual_are_those_of_the_templates() -> None:
    files = (path for path in packaged_folder("templates").glob("*.html"))
    pairs = [(file.name, name) for file in files for name in re.findall(r"{% block (\w+) %}", file.read_text("utf-8"))]
    in_templates = [pair for pair in pairs if pair != ("page.html", "sheet")]  # empty: each sheet fills it
    assert sorted(in_templates) == sorted(_blocks())


@pytest.mark.parametrize(("template", "block"), _blocks())
def test_each_block_can_be_added_to(folder: Path, template: str, block: str) -> None:
    audience = Audience.CLINICIAN if template == "clinician.html" else Audience.PATIENT
    added = "<meta name=words content=Added>" if block == "head" else "<p>Added words.</p>"
    text = f'{{% extends "leaflet:{template}" %}}{{% block {block} %}}{{{{ super() }}}}{added}{{% endblock %}}'
    lang = "en+es" if template == "bilingual.html" else "en"
    before = _words(_built(folder, audience, lang))
    (folder / "templates" / template).write_text(text, encoding="utf-8")
    built = _built(folder, audience, lang)
    shown = _words(built)
    assert (built.html if block == "head" else shown).count("Added") == 1
    assert [word for word in before.split() if len(word) != 10 and word not in shown] == []  # all but the content id


def test_one_piece_is_put_in_the_place_of_ours(folder: Path) -> None:
    text = '{% extends "leaflet:patient.html" %}{% block kind %}<p class="kind">By Corner</p>{% endblock %}'
    (folder / "templates" / "patient.html").write_text(text, encoding="utf-8")
    assert _words(_built(folder)).startswith("By Corner Examplol Most important")


def test_a_block_may_use_our_macros(folder: Path) -> None:
    text = (
        '{% extends "leaflet:patient.html" %}{% import "blocks.html" as set with context %}'
        '{% block first %}<div class="first">{{ set.sections(places.first) }}</div>{% endblock %}'
    )
    before = _words(_built(folder))
    (folder / "templates" / "patient.html").write_text(text, encoding="utf-8")
    assert _words(_built(folder)).split("ID")[0] == before.split("ID")[0]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{% extends "patient.html" %}', "templates/patient.html: the template calls itself"),
        ('{% extends "leaflet:none.html" %}', "templates/"),
        ('{% extends "leaflet:../patient.html" %}', "templates/"),
        (
            '{% extends "leaflet:patient.html" %}\n{% block first %}{{ missing }}{% endblock %}',
            "templates/patient.html:2",
        ),
    ],
)
def test_a_template_at_fault_is_named(folder: Path, text: str, where: str) -> None:
    (folder / "templates" / "patient.html").write_text(text, encoding="utf-8")
    with pytest.raises(RenderError) as fault:
        _built(folder)
    assert fault.value.message.startswith(where)
