"""`leaflet worksheet`: each statement beside what it rests on, whole on its page."""

import datetime as dt
import json
from pathlib import Path

import pytest

from leaflets.model.evidence import StatementKind
from leaflets.parse import parse
from leaflets.parse.evidence_file import parse_evidence
from leaflets.worksheet.entries import WorksheetEntry, entries, passage_lines
from tests import verapdf
from tests.running import Leaflet
from tests.sheets import page_texts

LONG = "\n".join(f"- Point {number} of the label, which says a good deal more than its number." for number in range(40))
EVIDENCE = f"""\
---
sources:
  - id: L1
    kind: label
    title: Examplol tablets, US label
    jurisdiction: US
    version: "7"
    date: 2024-05
    where: DailyMed
  - {{id: G2, kind: guideline, title: A guideline}}
gaps: [No section 12 was seen]
---

## L1:2.1 Dosage

Adults take 5 mg once daily, at most 10 mg a day.

## L1:6 Monitoring

- First, the pulse is felt at the wrist.
- Second, the pressure is taken at the arm.
- Third, the weight is written down in kilograms.

## L1:5 Precautions

{LONG}
- A potassium of 5.5 mmol/L or more: stop.
"""
MONOGRAPH = """\
---
title: Examplol
version: "3"
---

# Examplol

### Dosage

/// clinician

Adults: 5 mg once daily.[^L1:2.1] Swallow whole.[^L1:9]

///

/// patient

Take 5 mg once each day, as an adult.

///

### Precautions

/// clinician

- Potassium 5.5 mmol/L or more: stop.[^L1:5]

///

### Storage

Keep it dry.
"""


def of(text: str = MONOGRAPH) -> dict[str, WorksheetEntry]:
    evidence = parse_evidence(EVIDENCE, name="examplol", file="e.md")
    monograph = parse(text, name="examplol", file="m.md", sources=("L1", "G2"))
    return {entry.statement.text: entry for entry in entries(monograph, evidence)}


def test_a_statement_stands_beside_the_passage_that_its_mark_names() -> None:
    entry = of()["Adults: 5 mg once daily."]
    assert [(one.passage.mark, one.lines, one.whole) for one in entry.excerpts] == [
        ("L1:2.1", ("Adults take 5 mg once daily, at most 10 mg a day.",), True)
    ]


def test_a_mark_without_a_passage_is_said_to_have_none() -> None:
    entry = of()["Swallow whole."]
    assert (entry.excerpts, entry.unknown) == ((), ("L1:9",))


def test_a_patient_statement_stands_beside_the_clinician_statement_it_comes_from() -> None:
    entry = of()["Take 5 mg once each day, as an adult."]
    assert [each.text for each in entry.beside] == ["Adults: 5 mg once daily."]
    assert [one.passage.mark for one in entry.excerpts] == ["L1:2.1"]
    assert of()["Keep it dry."].beside == ()


def test_of_a_long_passage_the_lines_that_fit_are_shown() -> None:
    (excerpt,) = of()["Potassium 5.5 mmol/L or more: stop."].excerpts
    assert not excerpt.whole
    assert "A potassium of 5.5 mmol/L or more: stop." in excerpt.lines
    assert len(excerpt.lines) < len(passage_lines(excerpt.passage)) == 41


def test_only_some_statements_keep_their_numbers() -> None:
    evidence = parse_evidence(EVIDENCE, name="examplol", file="e.md")
    monograph = parse(MONOGRAPH, name="examplol", file="m.md", sources=("L1",))
    every = entries(monograph, evidence)
    some = entries(monograph, evidence, only={every[-1].statement.hash})
    assert some == every[-1:]
    assert some[0].number == len(every)


def test_a_translation_stands_beside_its_original() -> None:
    original = parse(MONOGRAPH, name="examplol", file="m.md", sources=("L1",))
    front = "---\ntitle: Examplol\nversion: '3'\n---\n\n"
    spanish = f"{front}### Dosificación\n\nTome 5 mg una vez al día.\n\n### Conservación\n\nA. B.\n"
    own = entries(parse(spanish, name="examplol", file="m.es.md", lang="es"), None, original)
    beside = {entry.statement.text: [each.text for each in entry.beside] for entry in own}
    assert beside["Tome 5 mg una vez al día."] == ["Take 5 mg once each day, as an adult."]
    assert beside["A."] == ["Keep it dry."]  # the section has another number of statements
    assert beside["B."] == []


def words(path: Path) -> list[str]:
    return [" ".join(text.split()) for text in page_texts(path.read_bytes())]


@pytest.fixture
def worksheet(leaflet: Leaflet) -> Path:
    rows = "\n".join(f"- Item {number} is 5 mg for adults, once daily.[^L1:6]" for number in range(60))
    leaflet.write("content/examplol.md", f"{MONOGRAPH}\n### Monitoring\n\n{rows}\n")
    leaflet.write("content/evidence/examplol.md", EVIDENCE)
    assert leaflet("worksheet", "examplol").code == 0
    return leaflet.folder / "output" / "examplol-worksheet.pdf"


def test_a_worksheet_is_whole_and_no_statement_parts_from_its_passage(worksheet: Path) -> None:
    pages = words(worksheet)
    text = " ".join(pages)
    for part in (
        "Review worksheet: Examplol", "version 3", "Conflicts of interest", "Good until", "agree change unsure",
        "Examplol tablets, US label", "May 2024", "no date", "No section 12 was seen", "“L1:9” is in no evidence.",
        "Point 39 of the label",
    ):  # fmt: skip
        assert part in text
    for number in range(60):
        (page,) = (page for page in pages if f"Item {number} is 5 mg" in page)
        row = page.split(f"Item {number} is 5 mg")[1].split("Item ")[0]
        assert "at the wrist" in row
        assert "in kilograms" in row


def test_a_worksheet_is_archival_and_accessible(worksheet: Path) -> None:
    data = worksheet.read_bytes()
    assert verapdf.failures(data, "ua1") == []
    assert verapdf.failures(data, "3a") == []


def test_a_worksheet_says_what_was_written(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    result = leaflet("worksheet", "examplol", "--json", "-o", "w.pdf")
    assert json.loads(result.out) == {"file": "w.pdf", "statements": 6, "without_passage": 6}
    assert "no evidence file" in " ".join(words(leaflet.folder / "w.pdf"))
    assert leaflet("worksheet", "nosuch").code == 3


def test_every_kind_of_statement_is_numbered_in_order() -> None:
    own = list(of().values())
    assert [entry.number for entry in own] == list(range(1, len(own) + 1))
    assert {entry.statement.kind for entry in own} >= {StatementKind.FACT, StatementKind.SENTENCE, StatementKind.ITEM}


def test_the_age_of_a_source_is_counted_to_the_day_of_the_worksheet() -> None:
    from leaflets.model.evidence import EvidenceSource, SourceKind
    from leaflets.worksheet.page import _age

    source = EvidenceSource("L1", SourceKind.LABEL, "A label", 1, date="2024-05")
    assert _age(source, dt.date(2026, 5, 31)) == "May 2024, 2.0 years"
