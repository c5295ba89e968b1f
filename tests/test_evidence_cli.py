"""`leaflet evidence`: what each statement rests on."""

import json

from tests.running import Leaflet

MONOGRAPH = """\
---
title: Examplol
version: "1"
---

### Dosage

/// clinician
Start with 5 mg once daily.[^L1:2]

- 10 mg a day at most.[^L1:9]
///

/// patient
Take it in the morning.
///
"""
EVIDENCE = """\
---
sources:
  - {id: L1, kind: label, title: "Examplol, US label"}
---

## L1:2.1 Dosage

5 mg once daily.
"""


def test_each_statement_stands_with_its_passages(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("content/evidence/examplol.md", EVIDENCE)
    ran = leaflet("evidence", "examplol")
    assert ran.code == 0
    assert [line.strip() for line in ran.out.split("Dosage\n")[1].splitlines()] == [
        "line 9, clinician: Start with 5 mg once daily.", "→ L1:2.1 Dosage, line 6",
        "line 11, clinician: 10 mg a day at most.", "→ L1:9 is nowhere in the evidence",
        "line 15, patient: Take it in the morning.", "→ rests on nothing",
        "", "examplol: 4 statements; 1 rests on a passage, 3 rest on none",
    ]  # fmt: skip


def test_those_that_rest_on_none_alone(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("content/evidence/examplol.md", EVIDENCE)
    shown = json.loads(leaflet("evidence", "examplol", "--unsupported", "--json").out)
    assert [(each["line"], each["unknown_marks"]) for each in shown["statements"]] == [
        (2, []),
        (11, ["L1:9"]),
        (15, []),
    ]
    assert shown["counts"] == {"statements": 4, "supported": 1, "unsupported": 3}


def test_a_path_may_be_named_and_flags_may_come_first(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    leaflet.write("content/evidence/examplol.md", EVIDENCE)
    assert json.loads(leaflet("evidence", "--json", "content/examplol.md").out)["name"] == "examplol"
    assert leaflet("evidence", "show", "examplol").code == 0


def test_a_monograph_without_evidence_says_how_to_make_some(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    ran = leaflet("evidence", "examplol")
    assert (ran.code, "it would be content/evidence/examplol.md" in ran.out) == (0, True)


def test_a_wrong_name_and_none_are_errors(leaflet: Leaflet) -> None:
    assert leaflet("evidence", "warfarni").code == 3
    assert leaflet("evidence").code == 2
    assert leaflet("evidence", "--help").code == 0
