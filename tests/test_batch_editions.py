"""One list, several editions: each is a leaflet of its own, with the label in the space that its own page keeps."""

import json
from pathlib import Path

import pypdfium2
import pytest

from leaflets.batch.options import RunOptions, options_from_json, options_to_json
from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.paper import Paper
from leaflets.pipeline import BuiltSheet, build
from leaflets.project import load_project
from leaflets.runlist.columns import ListRow
from leaflets.runlist.drug_names import DrugName, index_drug_names
from leaflets.runlist.requests import CopyRequest, RowDefaults, RowFault, copy_request
from tests.running import MONOGRAPH, Leaflet
from tests.sheets import letters, page_texts

ALIASES = index_drug_names([DrugName("examplol", "name", "examplol")])
LARGE = Edition(Audience.PATIENT, type_size=TypeSize.LARGE_PRINT)
EDITIONS = {
    "standard,a4": Edition(Audience.PATIENT),
    "large-print,a4": LARGE,
    "standard,a5": Edition(Audience.PATIENT, paper=Paper.A5),
    "Large-Print,a5": Edition(Audience.PATIENT, paper=Paper.A5, type_size=TypeSize.LARGE_PRINT),
}
ALLOW = ("--allow-draft", "--allow-unsafe")
HEAD = "drug,edition,paper,patient_name,rx_number,directions\n"
LIST = HEAD + "".join(
    f"examplol,{cells},Zebedee Quux {number},RX{number},Take one tablet a day\n"
    for number, cells in enumerate(EDITIONS, 1)
)


@pytest.fixture
def leaflet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Leaflet:
    """The command, in a project with one monograph and a list of four patients, each with another edition of it."""
    monkeypatch.chdir(tmp_path)
    command = Leaflet(tmp_path, capsys)
    command.write("content/examplol.md", MONOGRAPH)
    command.write("leaflet.toml", "")
    command.write("tonight.csv", LIST)
    return command


def _request(default: Edition = Edition(Audience.PATIENT), **cells: str) -> CopyRequest | RowFault:  # noqa: B008
    return copy_request(ListRow(2, {"drug": "examplol", **cells}, ""), ALIASES, RowDefaults(default))


def _edition(order: CopyRequest | RowFault) -> Edition:
    assert isinstance(order, CopyRequest)
    return order.leaflet.edition


def test_a_row_says_its_edition_or_has_that_of_the_run() -> None:
    assert _edition(_request(edition="LARGE-PRINT", paper="a5")) == EDITIONS["Large-Print,a5"]
    assert _edition(_request(LARGE)) == LARGE
    assert _edition(_request(LARGE, edition="standard")) == Edition(Audience.PATIENT)


def test_an_edition_that_there_is_not_is_named_by_its_column_alone() -> None:
    fault = _request(edition="enormous")
    assert isinstance(fault, RowFault)
    assert fault.message == "column `edition` holds none of: standard, large-print"


def test_the_wishes_of_a_run_keep_its_edition() -> None:
    options = RunOptions(defaults=RowDefaults(LARGE))
    assert options_from_json(options_to_json(options)) == options
    assert json.loads(options_to_json(RunOptions()))["edition"] == ["patient", "en", "a4"]  # as runs are named by it


@pytest.mark.slow
def test_four_editions_are_four_leaflets_and_each_label_stands_in_its_own_space(leaflet: Leaflet) -> None:
    planned = json.loads(leaflet("batch", "tonight.csv", "--dry-run", "--json", *ALLOW).out.splitlines()[-1])
    assert (planned["leaflets"], planned["new_leaflets"]) == (4, 4)
    assert planned["pages"] == sum(edition.planned_pages for edition in EDITIONS.values())

    assert leaflet("batch", "tonight.csv", "-q", "--workers", "0", *ALLOW).code == 0
    (file,) = (leaflet.folder / "output").glob("*.pdf")
    data = file.read_bytes()
    begins = [number for number, text in enumerate(page_texts(data)) if " of 4" in text and "Zebedee Quux" in text]
    made = [_built(leaflet.folder, edition) for edition in EDITIONS.values()]
    assert len(begins) == 4
    assert len({built.content_id for built in made}) == 4
    for number, (page, built) in enumerate(zip(begins, made, strict=True), 1):
        assert _size_mm(data, page) == pytest.approx(built.edition.paper.size_mm, abs=0.1)
        assert f"Zebedee Quux {number}" in _in_the_space(data, page, built)
        assert built.content_id in page_texts(data)[page]

    plan = json.loads(leaflet("batch", "tonight.csv", "--again", "--dry-run", "--json", *ALLOW).out.splitlines()[-1])
    assert plan["new_leaflets"] == 0
    assert plan["pages"] == sum(built.pdf.pages + built.pdf.pages % 2 for built in made)
    shown = leaflet("runs", "show", "last").out
    assert "a5, large-print" in shown
    assert leaflet("runs", "--verify").code == 0


@pytest.mark.slow
def test_the_settings_and_the_flag_say_the_edition_where_no_row_does(leaflet: Leaflet) -> None:
    leaflet.write("leaflet.toml", 'edition = "large-print"\n')
    leaflet.write("tonight.csv", "drug,patient_name\nexamplol,Zebedee Quux\n")
    assert leaflet("batch", "tonight.csv", "-q", "--workers", "0", *ALLOW).code == 0
    (file,) = (leaflet.folder / "output").glob("*.pdf")
    assert _built(leaflet.folder, LARGE).content_id in page_texts(file.read_bytes())[0]
    otherwise = ("--again", "--dry-run", "--json", "--edition", "standard")
    planned = leaflet("batch", "tonight.csv", *otherwise, *ALLOW).out.splitlines()
    assert json.loads(planned[-1])["pages"] == Edition(Audience.PATIENT).planned_pages


def test_a_clinician_sheet_carries_no_label_of_the_patient_in_its_row(leaflet: Leaflet) -> None:
    rows = (f"examplol,{audience},Zebedee Quux,RX1\n" for audience in Audience)
    leaflet.write("tonight.csv", "drug,audience,patient_name,rx_number\n" + "".join(rows))
    assert leaflet("batch", "tonight.csv", "-q", "--workers", "0", *ALLOW).code == 0
    (file,) = (leaflet.folder / "output").glob("*.pdf")
    texts = page_texts(file.read_bytes())
    patient, clinician = (next(n for n, text in enumerate(texts) if f"· {one} of 2" in text) for one in (1, 2))
    assert [number for number, text in enumerate(texts) if "Quux" in text or "RX1" in text] == [patient]
    assert "Clinician sheet" in "".join(texts[clinician:])


def _built(folder: Path, edition: Edition) -> BuiltSheet:
    project = load_project(folder)
    return build(project, project.source("examplol", "en"), edition)


def _size_mm(data: bytes, page: int) -> tuple[float, float]:
    with pypdfium2.PdfDocument(data) as document:
        width, height = document[page].get_size()
    return width * 25.4 / 72, height * 25.4 / 72


def _in_the_space(data: bytes, page: int, built: BuiltSheet) -> str:
    """The words that stand within the space for the label."""
    (space,) = (rect for rect in built.pdf.rects if rect.name == "label")
    inside = (
        letter.text
        for letter in letters(data)
        if letter.page == page
        and space.x <= letter.left < letter.right <= space.x + space.width
        and space.y <= letter.bottom < letter.top <= space.y + space.height
    )
    return "".join(inside).replace("ZebedeeQuux", "Zebedee Quux ")
