"""A row asks for copies of one leaflet, or it is refused; nothing about it is guessed."""

import datetime as dt
import json
from pathlib import Path

import pytest

from leaflets.batch.monographs import ProjectMonographs
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience, Edition
from leaflets.model.objection import Objection
from leaflets.project import load_project
from leaflets.runlist.columns import ListRow
from leaflets.runlist.drug_names import DrugName, index_drug_names
from leaflets.runlist.read import read_list
from leaflets.runlist.requests import MAX_COPIES, CopyRequest, RowDefaults, RowFault, copy_request

APIXABAN_NDC, BARICITINIB_NDC = "0003-0894-21", "0002-4182-30"
NAMES = index_drug_names(
    [
        DrugName("apixaban", "name", "apixaban"),
        DrugName("apixaban", "ndc", APIXABAN_NDC),
        DrugName("apixaban", "rxcui", "1364430"),
        DrugName("baricitinib", "name", "baricitinib"),
        DrugName("baricitinib", "ndc", BARICITINIB_NDC),
    ]
)


def requested(**cells: str) -> CopyRequest | RowFault:
    return copy_request(ListRow(2, cells, ""), NAMES, RowDefaults())


@pytest.mark.parametrize(
    "cells",
    [
        {"drug": "apixaban", "ndc": BARICITINIB_NDC},
        {"drug": "baricitinib", "rxcui": "1364430"},
        {"rxcui": "1364430", "ndc": BARICITINIB_NDC},
        {"ndc": f"{APIXABAN_NDC}\n{BARICITINIB_NDC}"},
    ],
)
def test_a_row_whose_columns_name_different_drugs_is_refused(cells: dict[str, str]) -> None:
    fault = requested(**cells)
    assert isinstance(fault, RowFault)
    assert fault.code == "list-drug"
    assert "apixaban or baricitinib" in fault.hint


def test_a_row_whose_columns_name_the_same_drug_is_taken() -> None:
    request = requested(drug="apixaban", ndc=APIXABAN_NDC, rxcui="1364430")
    assert isinstance(request, CopyRequest)
    assert request.leaflet.drug == "apixaban"


@pytest.mark.parametrize(("cell", "copies"), [("", 1), ("1", 1), ("07", 7), (str(MAX_COPIES), MAX_COPIES)])
def test_a_row_asks_for_one_copy_or_as_many_as_it_says(cell: str, copies: int) -> None:
    request = requested(drug="apixaban", copies=cell)
    assert isinstance(request, CopyRequest)
    assert request.copies == copies


@pytest.mark.parametrize("cell", ["0", "000", "-1", "1.5", "two", "²", str(MAX_COPIES + 1), "99999"])
def test_a_number_of_copies_that_cannot_be_meant_is_refused(cell: str) -> None:
    fault = requested(drug="apixaban", copies=cell)
    assert isinstance(fault, RowFault)
    assert "from 1 to 500" in fault.message


def dispenses(*statuses: str | None) -> bytes:
    """A bundle with a dispense of each status; None stands for none."""
    entries = [
        {
            "resource": {
                "resourceType": "MedicationDispense",
                "medicationCodeableConcept": {"text": "apixaban"},
                "subject": {"display": f"Patient {number}"},
                "dosageInstruction": [{"text": "One a day"}],
                **({} if status is None else {"status": status}),
            }
        }
        for number, status in enumerate(statuses)
    ]
    return json.dumps({"resourceType": "Bundle", "entry": entries}).encode()


@pytest.mark.parametrize("status", ["declined", "cancelled", "stopped", "entered-in-error", "on-hold"])
def test_a_dispense_that_is_not_handed_out_is_not_printed(status: str) -> None:
    run_list = read_list(dispenses("completed", status))
    assert [row.cells["patient_name"] for row in run_list.parsed.rows] == ["Patient 0"]
    assert [finding.code for finding in run_list.findings] == ["list-dispense-off"]


@pytest.mark.parametrize("status", [None, "preparation", "in-progress", "completed"])
def test_every_other_dispense_is_printed(status: str | None) -> None:
    run_list = read_list(dispenses(status))
    assert len(run_list.parsed.rows) == 1
    assert not run_list.parsed.rows[0].fault
    assert run_list.findings == ()


@pytest.mark.parametrize("status", ["unknown", "active"])
def test_a_dispense_that_may_have_been_stopped_is_refused(status: str) -> None:
    assert "status" in read_list(dispenses(status)).parsed.rows[0].fault


@pytest.mark.parametrize(
    ("today", "expired"), [("2026-11-21", False), ("2026-11-22", False), ("2026-11-23", True), ("2027-01-01", True)]
)
def test_a_leaflet_expires_in_runs_on_the_day_after_its_review_date(tmp_path: Path, today: str, expired: bool) -> None:
    (tmp_path / "content").mkdir()
    front = '---\ntitle: Examplol\nversion: "1.0"\nreview_by: 2026-11-22\n---\n'
    (tmp_path / "content" / "examplol.md").write_text(f"{front}\n# Examplol\n\n### Uses\n\nIt treats pain.\n")
    leaflet = Leaflet("examplol", Edition(Audience.PATIENT))
    assessment = ProjectMonographs(load_project(tmp_path), dt.date.fromisoformat(today)).assess([leaflet])[leaflet]
    assert (Objection.EXPIRED in dict(assessment.objections)) is expired


def test_rows_keep_what_repeats_once() -> None:
    """A list of 300,000 rows would need hundreds of MiB more."""
    run_list = read_list(b"drug,destination,directions\n" + b"apixaban,Ward 3,One a day with food\n" * 2)
    one, other = (copy_request(row, NAMES, RowDefaults()) for row in run_list.parsed.rows)
    assert isinstance(one, CopyRequest)
    assert isinstance(other, CopyRequest)
    assert one.cells["directions"] is other.cells["directions"]
    assert one.leaflet is other.leaflet
    assert one.destination is other.destination
