"""A real run whose print files are read back: each copy, found by its serial, has the label of its own row alone."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2
import pytest

from leaflets.batch.environment import open_environment
from leaflets.cli import main
from leaflets.labels import LABEL_FIELDS
from leaflets.model.finding import counted
from leaflets.model.page import Rect
from leaflets.project import load_project
from tests.read_labels import lines_within

MONOGRAPH = """\
---
title: {title}
version: "1.0"
---

# {title}

### Uses

It treats pain.

### Dosage

Swallow it whole.

### Side effects

Tell your doctor about a rash.
"""
NAMES = (
    "Zebedee Quux", "Nguyễn Thị Minh Khai", "محمد عبدالله", "Øystein Åse", "Αλέξανδρος Νίκας", "Жанна Щукина",
    "Łukasz Żółć", "فاطمة الزهراء", "Oğuz Çiğdem", "Jürgen Groß", "Szőke Ödön", "Ieva Šķēle",
)  # fmt: skip
PRESCRIBERS = (
    "Moreau", "Okafor", "Tanaka", "Silva", "Haddad", "Novak", "Larsen", "Ivanova", "Costa", "Meyer", "Popescu", "Walsh",
)  # fmt: skip
PLACES = (
    "window", "kitchen", "bedside", "garden", "balcony", "sofa", "desk", "hearth", "stairs", "porch", "bench", "attic",
)  # fmt: skip
MORE = " Shake the bottle well, count the drops aloud, and drink a whole glass of water with them every time." * 2
CLINICIAN_ROW = 4
LONG_ROW = 6
"""Its directions do not fit the space on page 1, so the whole label is on a label sheet."""
ALLOW = ("--allow-draft", "--allow-unsafe")


def row(number: int) -> dict[str, str]:
    """A row of the list; each value of it occurs in no other row."""
    return {
        "drug": ("examplin", "placebol")[number % 2],
        "audience": "clinician" if number == CLINICIAN_ROW else "patient",
        "destination": ("Ward 3", "Counter")[number % 3 == 2],
        "copies": "2" if number in (1, 8) else "1",
        "patient_name": NAMES[number],
        "patient_ref": f"P-{4100 + number}",
        "dob": f"{11 + number}/03/19{41 + number}",
        "rx_number": f"RX{70010 + number}",
        "directions": f"Take {5 + number} drops at the {PLACES[number]}." + MORE * (number == LONG_ROW),
        "quantity": f"{210 + number} drops",
        "prescriber": f"Dr {PRESCRIBERS[number]}",
        "dispensed_on": f"2025-10-{11 + number}",
        "dose_times": f"07:{21 + number} 19:{41 + number}",
    }


ROWS = tuple(map(row, range(len(NAMES))))
DESTINATIONS = ("Ward 3", "Counter")
ROW_OF_SERIAL = dict(
    enumerate(
        (
            one
            for destination in DESTINATIONS
            for one in ROWS
            if one["destination"] == destination
            for _ in range(int(one["copies"]))
        ),
        1,
    )
)
"""The row of each copy, worked out here by what docs/batch.md says of serials."""

REPRINTED = {3: 15, 10: 16}
"""The new serial for each old one."""

NOTES = ("DRAFT: not clinically reviewed", "CHECKS FAILED")


@dataclass(frozen=True, slots=True)
class ReadCopy:
    """One copy as its pages show it: its serial ("3 of 14"), all its text, and the lines in the space of its label.

    `sheet` are the lines of its label sheet, where it has one.
    """

    serial: str
    text: str
    label: tuple[str, ...]
    sheet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A print file as its pages show it: the text before its first copy, and its copies in the order of their pages."""

    banner: str
    copies: tuple[ReadCopy, ...]

    @property
    def serials(self) -> list[int]:
        return [int(copy.serial.split()[0]) for copy in self.copies]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ReadFile]:
    """The print files of a run and of a reprint of two of its copies, by the end of their names."""
    folder = tmp_path_factory.mktemp("read-back")
    (folder / "content").mkdir()
    for title in ("Examplin", "Placebol"):
        (folder / "content" / f"{title.lower()}.md").write_text(MONOGRAPH.format(title=title))
    text = io.StringIO()
    table = csv.DictWriter(text, ROWS[0])
    table.writeheader()
    table.writerows(ROWS)
    (folder / "list.csv").write_text(text.getvalue(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["batch", "list.csv", "--banner", "--workers", "0", "-q", *ALLOW]) == 0
        assert main(["reprint", "last", "--serials", *map(str, REPRINTED), "-q"]) == 0
        return _read_files()


@pytest.fixture(scope="module")
def copies(files: Mapping[str, ReadFile]) -> dict[int, ReadCopy]:
    """All copies by serial."""
    return {serial: copy for file in files.values() for serial, copy in zip(file.serials, file.copies, strict=True)}


def _read_files() -> dict[str, ReadFile]:
    environment = open_environment(load_project(Path.cwd()))
    with environment.ledger_to_read() as ledger:
        run = ledger.find_run("last")
        keys = {entry.number: entry.sheet for entry in ledger.store.leaflets(run)}
        spaces = {
            str(copy.serial): environment.monographs.compiled_leaflets.get(keys[copy.leaflet]).rect("label")
            for copy in ledger.store.copies(run)
        }
        parts = ledger.store.parts(run)
    return {part.name.removeprefix(f"{run.name}-"): _read(Path(run.folder) / part.name, spaces) for part in parts}


def _read(path: Path, spaces: Mapping[str, Rect | None]) -> ReadFile:
    """The copies of a print file; a copy ends where the control line of the next one gives its serial."""
    banner = ""
    copies: list[ReadCopy] = []
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            text = page.get_textpage().get_text_range()
            control = re.search(r"^run \S+ · \w+ · (\d+ (?:of|in place of) \d+)( · sheet)?", text, re.MULTILINE)
            if control and control[2]:
                assert control[1] == copies[-1].serial
                lines = tuple(line.text for line in lines_within(page, Rect("", 0, 0, 0, *page.get_size())))
                copies[-1] = replace(copies[-1], text=copies[-1].text + text, sheet=lines)
            elif control:
                space = spaces[control[1].split()[0]]
                label = tuple(line.text for line in lines_within(page, space)) if space else ()
                copies.append(ReadCopy(control[1], text, label))
            elif copies:
                copies[-1] = replace(copies[-1], text=copies[-1].text + text)
            else:
                banner += text
    return ReadFile(banner, tuple(copies))


def expected_label(row: Mapping[str, str], *directions: str) -> tuple[str, ...]:
    """The lines of a label below the name, with the captions as docs/batch.md lists them."""
    return (
        f"Born {row['dob']} · Ref {row['patient_ref']}",
        *directions,
        f"Qty {row['quantity']} · Rx {row['rx_number']}",
        f"{row['prescriber']} · Dispensed {row['dispensed_on']}",
        *NOTES,
    )


def row_of(serial: int) -> Mapping[str, str]:
    old = {new: old for old, new in REPRINTED.items()}
    return ROW_OF_SERIAL[old.get(serial, serial)]


PATIENT_SERIALS = [
    serial for serial in (*ROW_OF_SERIAL, *REPRINTED.values()) if row_of(serial)["audience"] == "patient"
]
CLINICIAN_SERIALS = [serial for serial in ROW_OF_SERIAL if row_of(serial)["audience"] == "clinician"]


def test_each_print_file_has_its_serials_in_order_behind_a_banner(files: Mapping[str, ReadFile]) -> None:
    serials = {name: file.serials for name, file in files.items()}
    assert serials == {
        "ward-3.pdf": list(range(1, 10)),
        "counter.pdf": list(range(10, 15)),
        "ward-3-reprint-15.pdf": [15],
        "counter-reprint-15.pdf": [16],
    }
    for name, file in files.items():
        destination = "Ward 3" if name.startswith("ward-3") else "Counter"
        assert file.banner.startswith(destination)
        assert f"Serials {file.serials[0]} to {file.serials[-1]}" in file.banner
        assert {row_of(serial)["destination"] for serial in file.serials} == {destination}
        sheets = 2 * sum(bool(copy.sheet) for copy in file.copies) + sum(not copy.sheet for copy in file.copies)
        assert f"{counted(sheets, 'sheet')} of paper" in file.banner
        assert not any(one[field] in file.banner for one in ROWS for field in LABEL_FIELDS)


@pytest.mark.parametrize("serial", PATIENT_SERIALS)
def test_each_label_field_of_a_copy_is_that_of_its_row_at_its_caption(
    copies: Mapping[int, ReadCopy], serial: int
) -> None:
    copy, row = copies[serial], row_of(serial)
    name, *lines, control = copy.label
    if row is ROWS[LONG_ROW]:
        assert " ".join(lines) == " ".join(expected_label(row, "Directions: on the label sheet, the last page."))
        title, name, *lines, control = copy.sheet
        assert row["drug"].capitalize() in title
        assert control.endswith(f" · {copy.serial} · sheet 2 of 2")
    else:
        assert control.endswith(f" · {copy.serial}")
        assert copy.sheet == ()
    assert " ".join(lines) == " ".join(expected_label(row, row["directions"], row["dose_times"]))
    # On the page an Arabic name runs from the right; as text it is in the order in which it is read.
    assert sorted(name) == sorted(row["patient_name"])
    assert row["patient_name"] in copy.text
    assert row["drug"].capitalize() in copy.text


@pytest.mark.parametrize("serial", [*ROW_OF_SERIAL, *REPRINTED.values()])
def test_nothing_of_another_row_is_on_a_copy(copies: Mapping[int, ReadCopy], serial: int) -> None:
    own = row_of(serial)
    others = [one for one in ROWS if one is not own]
    assert len(others) == len(ROWS) - 1
    assert [one[field] for one in others for field in LABEL_FIELDS if one[field] in copies[serial].text] == []


@pytest.mark.parametrize("serial", CLINICIAN_SERIALS)
def test_a_clinician_sheet_has_no_label(copies: Mapping[int, ReadCopy], serial: int) -> None:
    copy, row = copies[serial], row_of(serial)
    assert copy.label == ()
    assert [row[field] for field in LABEL_FIELDS if row[field] in copy.text] == []
    assert "Clinician sheet" in copy.text
    assert NOTES[0] in copy.text


def test_a_copy_says_of_how_many_it_is_or_which_one_it_replaces(copies: Mapping[int, ReadCopy]) -> None:
    planned = {serial: f"{serial} of {len(ROW_OF_SERIAL)}" for serial in ROW_OF_SERIAL}
    reprinted = {new: f"{new} in place of {old}" for old, new in REPRINTED.items()}
    assert {serial: copy.serial for serial, copy in copies.items()} == planned | reprinted
