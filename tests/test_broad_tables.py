"""Tables and words too broad for their column: set across the page or row by row, never off the paper."""

import itertools
from pathlib import Path

import pytest

from leaflets.model.edition import Audience
from leaflets.model.paper import Paper
from tests.sheets import ProjectMonographs, letters, page_texts

_ADDRESS = "https://www.example.org/a/very/long/address/of/a/protocol/that/never/ends.pdf"
_COMPOUND = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def _table(columns: int) -> str:
    head = "".join(f"| Band{column} " for column in range(columns))
    rows = "".join(
        "".join(f"| {row},{column:02}0 mg every 8 hours " for column in range(columns)) + "|\n" for row in range(1, 4)
    )
    return f"{head}|\n{'|---' * columns}|\n{rows}"


def _everywhere(columns: int) -> str:
    """A monograph with the table in a section, a box, a quotation, a list and at the foot."""
    table = _table(columns)
    quoted = "\n".join(f"> {line}" for line in table.splitlines())
    listed = "\n".join(f"    {line}" for line in table.splitlines())
    return (
        f"---\ntitle: Testol\n---\n### Usage\n\nPain.\n\n### Dosage\n\n{table}\n\nAfter it.\n\n"
        f"### Precautions\n\n/// note | Mind\n{table}\n///\n\n### Interactions\n\n{quoted}\n\n"
        f"### Storage\n\n- One:\n\n{listed}\n\n### Sources\n\n{table}\n"
    )


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("columns", [4, 7, 20])
def test_no_cell_of_a_broad_table_leaves_the_page(
    monographs: ProjectMonographs, tmp_path: Path, audience: Audience, columns: int
) -> None:
    file = tmp_path / "broad.md"
    file.write_text(_everywhere(columns))
    built = monographs.sheet(file, audience)
    assert not [finding.message for finding in built.findings if finding.code in ("PG-04", "PG-06")]
    words = " ".join(" ".join(page_texts(built.pdf.data)).replace("\xa0", " ").split())
    assert all(words.count(f"{row},{column:02}0 mg") == 5 for row in range(1, 4) for column in range(columns))


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize(
    "words", [_ADDRESS, _COMPOUND, f"**{_COMPOUND}**", f"| a | b |\n|---|---|\n| {_ADDRESS} | {_COMPOUND} |"]
)
def test_a_word_longer_than_its_column_parts_rather_than_run_off(
    monographs: ProjectMonographs, tmp_path: Path, audience: Audience, words: str
) -> None:
    file = tmp_path / "long.md"
    file.write_text(f"---\ntitle: {_COMPOUND}\n---\n### Usage\n\n{words}\n\n### {_COMPOUND}\n\nOne.\n\n- {words}\n")
    assert not [finding.message for finding in monographs.sheet(file, audience).findings if finding.code == "PG-06"]


def test_rows_of_empty_cells_are_high_enough_to_write_in(monographs: ProjectMonographs, tmp_path: Path) -> None:
    file = tmp_path / "plan.md"
    rows = "".join(f"| {step} | | |\n" for step in "QXZJ")
    file.write_text(f"---\ntitle: Testol\n---\n### Dosage\n\n| Step | From | Tablets |\n|---|---|---|\n{rows}")
    data = monographs.sheet(file, Audience.PATIENT).pdf.data
    steps = [letter.bottom for letter in letters(data) if letter.text in "QXZJ"]
    assert len(steps) == 4
    assert all(upper - lower >= 8 * 72 / 25.4 for upper, lower in itertools.pairwise(steps))


@pytest.mark.parametrize("lines", [60, 110, 111, 112, 140])
def test_a_broad_table_at_the_foot_of_a_page_is_not_lost(
    monographs: ProjectMonographs, tmp_path: Path, lines: int
) -> None:
    file = tmp_path / "foot.md"
    filled = "\n\n".join(f"Line {line} of the uses." for line in range(lines))
    file.write_text(
        f"---\ntitle: Testol\n---\n### Usage\n\n{filled}\n\n### Monitoring\n\nBefore it.\n\n{_table(8)}\n\n"
        "### Interactions\n\nAfter it.\n\n### Storage\n\nKeep it dry.\n"
    )
    words = " ".join(page_texts(monographs.sheet(file, Audience.CLINICIAN).pdf.data)).replace("\xa0", " ")
    expected = [
        "Monitoring",
        "Before it.",
        "Band7",
        "1,000 mg",
        "3,070 mg",
        "Interactions",
        "After it.",
        "Keep it dry.",
    ]
    assert [word for word in expected if word not in words] == []


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("columns", [3, 24])
def test_a_table_of_a_head_alone_is_printed(
    monographs: ProjectMonographs, tmp_path: Path, audience: Audience, columns: int
) -> None:
    file = tmp_path / "head.md"
    head = "".join(f"| Alpha{column} " for column in range(columns))
    file.write_text(f"---\ntitle: Testol\n---\n### Usage\n\nPain.\n\n### Precautions\n\n{head}|\n{'|---' * columns}|\n")
    for paper in (Paper.A4, Paper.A5):
        words = " ".join(page_texts(monographs.sheet(file, audience, paper).pdf.data)).split()
        assert [word for word in words if word.startswith("Alpha")] == [f"Alpha{column}" for column in range(columns)]
