"""A pharmacy's own: its settings and logo on the leaflet, and whom to call by country."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from leaflets.compose.contacts import contacts_for
from leaflets.errors import UsageError
from leaflets.languages import ENGLISH
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.paper import Paper
from leaflets.model.pharmacy import Pharmacy
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder, Settings, load_project
from leaflets.project.content import source_at
from leaflets.project.standalone_html import standalone_html
from tests.running import Leaflet
from tests.sheets import ROOT, ProjectMonographs, page_texts
from tests.verapdf import PROFILES, failures

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20">\n<path d="M0 0h60v20z" fill="#333"/>\n</svg>'
TEXT = "---\ntitle: Examplol\njurisdiction: {country}\n---\n### Usage\nFor yawning.\n{rest}"
HARMS = "### Side effects\n- sleep\n"
TOO_MUCH = "### Overdose\nCall us.\n"
FDA = "You may report side effects to FDA at 1-800-FDA-1088."
WHOLE = Pharmacy(
    "Corner Pharmacy", "1 Rail Street", "555 0100", hours="Every day", out_of_hours="555 0101", poison="555 0102",
    emergency="113", logo="logo.svg", logo_alt="A train", report=(("BV", "Write to Exampleton."),),
)  # fmt: skip


def _built(
    folder: Path, pharmacy: Pharmacy, country: str = "BV", rest: str = "", audience: Audience = Audience.PATIENT
) -> BuiltSheet:
    file = folder / "content" / "a.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(TEXT.format(country=country, rest=rest), encoding="utf-8")
    project = ProjectFolder(folder, Settings(pharmacy=pharmacy))
    return build(project, source_at(file), Edition(audience), cache=Cache(folder / "cache"))


def _words(built: BuiltSheet) -> str:
    return " ".join(" ".join(page_texts(built.pdf.data)).replace("\u00a0", " ").split())


def _figures(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [str(o.Alt) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "logo.svg").write_text(LOGO, encoding="utf-8")
    return tmp_path


# ---------------------------------------------------------------- on the leaflet


def test_everything_the_settings_say_stands_in_its_place(folder: Path) -> None:
    words = _words(_built(folder, WHOLE, rest=TOO_MUCH + HARMS))
    assert "Corner Pharmacy · 555 0100 In an emergency Call 113. What it is for" in words
    assert "If you take too much Overdose Call us. Poison help: 555 0102. Side effects" in words
    assert "sleep Write to Exampleton. Your pharmacy Corner Pharmacy, 1 Rail Street, 555 0100" in words
    assert "555 0100 Open: Every day When we are closed: 555 0101" in words


def test_without_settings_nothing_is_added(folder: Path) -> None:
    words = _words(_built(folder, Pharmacy(), rest=TOO_MUCH + HARMS))
    assert "Call your local emergency number." in words
    assert not re.search("Your pharmacy|More help|Poison|Open:|closed", words)


def test_the_clinician_sheet_says_nothing_of_it(folder: Path) -> None:
    built = _built(folder, WHOLE, "US", TOO_MUCH + HARMS, Audience.CLINICIAN)
    assert _figures(built.pdf.data) == []
    assert not re.search("555|FDA|Exampleton", _words(built))


@pytest.mark.parametrize(
    ("country", "rest", "words"),
    [
        ("US", HARMS, f"sleep Call your doctor for medical advice about side effects. {FDA}"),
        ("us", TOO_MUCH, "Call us. Poison Help: 1-800-222-1222."),
        ("GB", HARMS, "sleep You can report side effects on a Yellow Card: yellowcard.mhra.gov.uk"),
        ("UK", HARMS, "yellowcard.mhra.gov.uk"),
        ("AU", TOO_MUCH, "Poisons Information Centre: 13 11 26."),
        ("AU", "", "More help Poisons Information Centre: 13 11 26."),
        (
            "US",
            "",
            f"More help Poison Help: 1-800-222-1222. Call your doctor for medical advice about side effects. {FDA}",
        ),
    ],
)
def test_a_country_has_its_own_lines(folder: Path, country: str, rest: str, words: str) -> None:
    assert words in _words(_built(folder, Pharmacy(), country, rest))


@pytest.mark.parametrize(
    ("country", "rest", "unsaid"),
    [
        ("US", HARMS + "\nReport them to the FDA at 1‑800‑FDA‑1088.\n", "You may report"),
        ("US", "### FAQs\n- **Where?** MedWatch knows.\n", "You may report"),
        ("US", TOO_MUCH + "\n| Call | Number |\n|---|---|\n| Poison | 1-800-222-1222 |\n", "Poison Help"),
        ("GB", "/// note\nUse a **Yellow Card**.\n///\n", "You can report"),
    ],
)
def test_what_the_monograph_says_is_not_said_twice(folder: Path, country: str, rest: str, unsaid: str) -> None:
    assert unsaid not in _words(_built(folder, Pharmacy(), country, rest))


def test_a_number_within_a_longer_one_is_not_that_number(folder: Path) -> None:
    built = _built(folder, Pharmacy(poison="111"), rest=TOO_MUCH + "\nOr call 0111 496 0000.\n")
    assert "0111 496 0000. Poison help: 111." in _words(built)


def test_what_is_for_clinicians_does_not_count(folder: Path) -> None:
    rest = f"/// clinician\nFDA 1-800-FDA-1088, Poison Help 1-800-222-1222.\n///\n{HARMS}"
    assert FDA in _words(_built(folder, Pharmacy(), "US", rest))


def test_settings_win_over_the_country() -> None:
    own = contacts_for("us", replace(WHOLE, report=(("US", "Tell us."),)), ENGLISH)
    assert (own.emergency, own.poison, own.out_of_hours, own.report) == (
        "113",
        "Poison help: 555 0102.",
        "555 0101",
        "Tell us.",
    )
    for code, country in (("GB", "UK"), ("UK", "GB")):  # one country under two names
        assert contacts_for(country, Pharmacy(report=((code, "Tell us."),)), ENGLISH).report == "Tell us."
    assert contacts_for("GB", Pharmacy(), ENGLISH).out_of_hours == "NHS 111"


def test_every_country_has_a_source_and_stands_in_the_manual() -> None:
    with (ROOT / "leaflets" / "tables" / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["source"] and row["emergency"] for row in rows)
    assert all(row["poison_name"] for row in rows if row["poison"])
    assert all(row["report_words"] for row in rows if row["report"])
    manual = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for row in rows:
        cells = (row["country"], row["emergency"], f"{row['poison_name']} {row['poison']}".strip(), row["out_of_hours"])
        assert re.sub(" +", " ", f"| {' | '.join(cells)} |") in manual


# ---------------------------------------------------------------- the logo


def test_the_logo_is_a_figure_with_its_words(folder: Path) -> None:
    assert _figures(_built(folder, WHOLE).pdf.data) == ["A train"]
    assert _figures(_built(folder, replace(WHOLE, logo_alt="")).pdf.data) == ["Corner Pharmacy"]


def test_a_logo_may_be_called_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "leaflet.toml").write_text('[pharmacy]\nname = "X"\nlogo = "LOGO.SVG"', encoding="utf-8")
    (tmp_path / "LOGO.SVG").write_text(LOGO, encoding="utf-8")
    assert _figures(_built(tmp_path, load_project(tmp_path).settings.pharmacy).pdf.data) == ["X"]


def test_another_logo_makes_another_sheet(folder: Path) -> None:
    first = _built(folder, WHOLE)
    assert not _built(folder, WHOLE).fresh
    (folder / "logo.svg").write_text(LOGO.replace("#333", "#444"), encoding="utf-8")
    second = _built(folder, WHOLE)
    assert second.fresh
    assert second.content_id != first.content_id


@pytest.mark.parametrize(
    ("logo", "text", "message"),
    [
        ("none.svg", "", "none.svg: cannot be read"),
        ("bad.svg", LOGO.replace("path", "script"), "bad.svg:2: the picture has <script>"),
        ("bad.png", "text", "bad.png: the picture is no whole PNG"),
        ("../logo.svg", "", "lies outside the project"),
    ],
)
def test_a_logo_at_fault_is_refused(folder: Path, logo: str, text: str, message: str) -> None:
    if text:
        (folder / logo).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as fault:
        _built(folder, replace(WHOLE, logo=logo))
    assert message in fault.value.message


def test_a_page_for_a_browser_finds_the_logo(folder: Path) -> None:
    built = _built(folder, WHOLE)
    project = ProjectFolder(folder, Settings(pharmacy=WHOLE))
    html = standalone_html(built.html, project, built.source, built.edition.stylesheets, folder)
    assert '<img class="logo" src="logo.svg" alt="A train">' in html


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('[pharmacy]\nlogo = "logo.gif"\nname = "x"', "“pharmacy.logo” must be SVG or PNG"),
        ('[pharmacy]\nlogo = "logo.svg"', "the logo has no words"),
        ('[pharmacy]\nfax = "1"', "the setting “pharmacy.fax” is not known"),
        ('[report]\nAmerica = "x"', "“report.America” is not the code of a country"),
        ("[report]\nUS = 1", "“report.US” must be text in quotes"),
    ],
)
def test_a_setting_at_fault_is_refused(tmp_path: Path, settings: str, message: str) -> None:
    (tmp_path / "leaflet.toml").write_text(settings, encoding="utf-8")
    with pytest.raises(UsageError) as fault:
        load_project(tmp_path)
    assert message in fault.value.message


def test_the_settings_that_init_writes_name_all_there_is(leaflet: Leaflet) -> None:
    leaflet("init")
    written = (leaflet.folder / "leaflet.toml").read_text(encoding="utf-8")
    names = re.findall(r"^# (\w+) = ", written.split("[pharmacy]")[1].split("[report]")[0], re.M)
    assert set(names) == set(Pharmacy.__dataclass_fields__) - {"report"}
    assert load_project(leaflet.folder).settings == Settings()


# ---------------------------------------------------------------- the example


def _example(edition: Edition, cache: Path) -> BuiltSheet:
    project = load_project(ROOT / "docs" / "theme")
    return build(project, project.source("baricitinib", "en"), edition, cache=Cache(cache))


def test_the_example_theme_is_what_its_manual_says(monographs: ProjectMonographs) -> None:
    built = _example(Edition(Audience.PATIENT), monographs.folder / "cache")
    words = _words(built)
    assert words.startswith("Your medicine, explained by Mortar & Leaf Pharmacy Baricitinib")
    assert "When we are closed: 555 0199, the night pharmacy" in words
    assert _figures(built.pdf.data) == ["A leaf in a mortar"]
    assert [
        finding.code for finding in built.findings if finding.code.startswith("PG-") and finding.code != "PG-00"
    ] == []


@pytest.mark.parametrize("edition", [
    Edition(Audience.PATIENT), Edition(Audience.CLINICIAN), Edition(Audience.PATIENT, paper=Paper.LETTER),
    Edition(Audience.PATIENT, type_size=TypeSize.LARGE_PRINT),
], ids=str)  # fmt: skip
def test_the_example_theme_conforms(monographs: ProjectMonographs, edition: Edition) -> None:
    made = _example(edition, monographs.folder / "cache").pdf.data
    assert [failures(made, profile) for profile in PROFILES] == [[], []]


def test_a_logo_stands_at_the_right_edge_of_a_page_read_from_the_right(folder: Path) -> None:
    (folder / "styles").mkdir()
    (folder / "styles" / "theme.css").write_text("html { direction: rtl }", encoding="utf-8")
    built = _built(folder, WHOLE)  # a picture without a width of its own, in a line, would stop WeasyPrint 70
    with pikepdf.open(io.BytesIO(built.pdf.data)) as pdf:
        figure = next(o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure")
        left, _, right, _ = (float(side) for side in figure.A.BBox)
    assert right > left > Paper.A4.size_mm[0] / 25.4 * 72 / 3
