"""The grid of dose times: at the head of “How to take it”, for patients, as a table that says what heads what."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from leaflets.checks import full_report
from leaflets.errors import ContentError
from leaflets.model.edition import Audience, Edition
from leaflets.model.monograph import DoseGrid, DoseTime, Monograph
from leaflets.model.view import View
from leaflets.parse import parse
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder
from leaflets.project.content import source_at
from leaflets.view import view
from tests.sheets import letters, page_texts
from tests.verapdf import PROFILES, failures

BODY = "### Usage\n\nFor yawning.\n\n### Dosage\n\nSwallow it whole.\n\n### Storage\n\nDry.\n"
GRID = "{morning: 1 tablet, bedtime: 2 tablets of 2.5 mg}"


def _monograph(dose_times: str, body: str = BODY) -> Monograph:
    return parse(_text(dose_times, body), name="t", file="t.md")


def _text(dose_times: str, body: str = BODY) -> str:
    return f"---\ntitle: Examplol\ndose_times: {dose_times}\n---\n{body}"


def _built(folder: Path, dose_times: str, audience: Audience = Audience.PATIENT) -> BuiltSheet:
    file = folder / "content" / "t.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(_text(dose_times), encoding="utf-8")
    return build(ProjectFolder(folder), source_at(file), Edition(audience), cache=Cache(folder / "cache"))


def test_the_amounts_are_read_in_the_order_of_the_day() -> None:
    grid = _monograph("{bedtime: 2 tablets, morning: 1.5}").front.dose_times
    assert grid == DoseGrid(3, ((DoseTime.MORNING, "1.5"), (DoseTime.BEDTIME, "2 tablets")))
    assert _monograph("blank").front.dose_times == DoseGrid(3)
    assert parse(f"---\ntitle: T\n---\n{BODY}", name="t", file="t.md").front.dose_times is None


@pytest.mark.parametrize(
    ("dose_times", "line"),
    [
        ("{morning: 1, noon: 2}", 3),
        ("\n  morning: 1\n  night: 2", 5),
        ("\n  morning: 1\n  evening:\n", 5),
        ("\n  morning: [1, 2]\n", 4),
        ("empty", 3),
        ("{}", 3),
        ("[morning]", 3),
        ("", 3),
    ],
)
def test_a_grid_at_fault_is_refused_with_its_line(dose_times: str, line: int) -> None:
    with pytest.raises(ContentError) as fault:
        _monograph(dose_times)
    assert fault.value.message.startswith(f"t.md:{line}: “")
    assert "must be" in fault.value.message


def test_the_grid_stands_at_the_head_of_how_to_take_it() -> None:
    dosage = next(s for s in _seen(GRID).sections if s.id == "dosage")
    assert isinstance(dosage.blocks[0], DoseGrid)
    assert len(dosage.blocks) == 2


def test_a_leaflet_without_that_section_has_one_made_in_its_place() -> None:
    seen = _seen(GRID, BODY.replace("Dosage", "Interactions"))
    assert [(s.id, s.title) for s in seen.sections][1:3] == [
        ("interactions", "Other medicines"),
        ("dosage", "How to take it"),
    ]
    first = _seen(GRID, "### Storage\n\nDry.\n")
    assert [section.id for section in first.sections] == ["dosage", "storage"]


def test_the_clinician_sheet_has_no_grid() -> None:
    blocks = [b for s in _seen(GRID, audience=Audience.CLINICIAN).sections for b in s.blocks]
    assert blocks
    assert not any(isinstance(block, DoseGrid) for block in blocks)


def _seen(dose_times: str, body: str = BODY, audience: Audience = Audience.PATIENT) -> View:
    return view(_monograph(dose_times, body), audience)


def test_amounts_are_bound_and_times_without_one_say_so(tmp_path: Path) -> None:
    text = page_texts(_built(tmp_path, GRID).pdf.data)[0]
    words = " ".join(text.replace("\u00a0", " ").split())
    assert "Morning Midday Evening Bedtime 1 tablet none none 2 tablets of 2.5 mg Swallow it whole." in words


def test_a_blank_grid_has_room_for_a_hand(tmp_path: Path) -> None:
    data = _built(tmp_path, "blank").pdf.data
    assert "none" not in page_texts(data)[0]
    drawn = list(letters(data))
    text = "".join(letter.text for letter in drawn)
    head, below = drawn[text.index("Morning")], drawn[text.index("Swallow")]
    assert (head.bottom - below.top) / 72 * 25.4 > 10


def _tags(data: bytes, kind: str) -> list[pikepdf.Dictionary]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == kind]


@pytest.mark.parametrize("dose_times", [GRID, "blank"])
def test_the_grid_is_a_table_and_its_signs_are_no_figures(tmp_path: Path, dose_times: str) -> None:
    data = _built(tmp_path, dose_times).pdf.data
    assert [len(_tags(data, kind)) for kind in ("/Table", "/TH", "/TD", "/Figure")] == [1, 4, 4, 0]


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize("dose_times", [GRID, "blank"])
def test_a_page_with_a_grid_conforms(tmp_path: Path, dose_times: str, profile: str) -> None:
    assert failures(_built(tmp_path, dose_times).pdf.data, profile) == []


def test_a_dangerous_amount_is_found() -> None:
    text = _text("{morning: 1.0 mg}")
    findings = full_report(parse(text, name="t", file="t.md"), text).findings
    assert any(finding.line == 3 and "1.0" in finding.message for finding in findings)
