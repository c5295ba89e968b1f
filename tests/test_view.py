"""What each audience sees of a monograph: order, titles, tables, and a reason for everything withheld."""

from __future__ import annotations

from itertools import pairwise

import pytest

from leaflets.model.edition import Audience
from leaflets.model.finding import Withheld
from leaflets.model.monograph import Paragraph, Subheading, Table, plain
from leaflets.model.view import Region, View
from leaflets.parse import parse
from leaflets.view import LAYOUTS, view
from tests.view_words import view_words, words

FRONT = "---\ntitle: Testol\n---\n"
BOTH = pytest.mark.parametrize("audience", list(Audience))


def seen(text: str, audience: Audience) -> View:
    return view(parse(FRONT + text, name="case", file="case.md"), audience)


def titles(text: str, audience: Audience) -> list[str]:
    return [section.title for section in seen(text, audience).sections]


SEED = """# Testol
### Generic Name
Testol
### Usage
Eases a sore elbow.
### Dosage
**Important Note:** Chew.

**Sore elbow (SE):** 1 mg.

**Sore knee:** 2 mg.
### Side Effects
* A cold nose
### How it Works
Nobody knows.
### Precautions
* **Hats:** Wear one.
### FAQs
* **Why?** No reason.
* **When?** Now.

**Disclaimer:** Made up.
"""


def test_patient_reads_our_titles_in_our_order_and_the_author_s_beside_them() -> None:
    sections = seen(SEED, Audience.PATIENT).sections
    assert [(s.title, s.note) for s in sections] == [
        ("Generic name", ""),
        ("What it is for", "Usage"),
        ("Before you take it", "Precautions"),
        ("How to take it", "Dosage"),
        ("Side effects", ""),
        ("How it works", ""),
        ("Questions", "FAQs"),
        ("Disclaimer", ""),
    ]
    assert [s.region for s in sections] == [Region.NAME] + [Region.FIRST] * 3 + [Region.SECOND] * 3 + [Region.FOOT]


@pytest.mark.parametrize(
    ("heading", "regions"),
    [
        ("Get help now", (Region.TOP, Region.TOP)),
        ("Key message", (Region.TOP, Region.TOP)),
        ("Boxed warning", (Region.FIRST, Region.TOP)),
        ("Dosage", (Region.FIRST, Region.FIRST)),
        ("Missed dose", (Region.FIRST, Region.SECOND)),
        ("Overdose", (Region.FIRST, Region.SECOND)),
        ("Side effects", (Region.SECOND, Region.SECOND)),
    ],
)
def test_what_is_needed_first_stands_on_the_first_page(heading: str, regions: tuple[Region, Region]) -> None:
    text = f"# Testol\n### Usage\nPain.\n### {heading}\nWords.\n"
    line = FRONT.count("\n") + 4
    of_section = [{section.line: section.region for section in seen(text, audience).sections} for audience in Audience]
    assert tuple(regions_by_line[line] for regions_by_line in of_section) == regions


def test_clinician_reads_the_author_s_titles_dose_first() -> None:
    assert titles(SEED, Audience.CLINICIAN) == [
        "Generic Name", "Usage", "Dosage", "Precautions", "Side Effects", "How it Works", "FAQs", "Disclaimer",
    ]  # fmt: skip


@BOTH
def test_unmarked_text_reaches_both_whole(audience: Audience) -> None:
    sheet = seen(SEED, audience)
    assert sheet.withheld == ()
    assert set(words(SEED)) - {"testol"} <= set(view_words(sheet))


@BOTH
def test_every_section_of_the_table_has_a_title_of_its_own(audience: Audience) -> None:
    layout = LAYOUTS[audience]
    assert set(layout) == set(LAYOUTS[Audience.PATIENT])
    named = [placement.title for _, placement in layout.values() if placement.title]
    assert len(named) == len(set(named)) == len(layout) - 1


# ---------------------------------------------------------------- dose tables


def dose_blocks(body: str, audience: Audience = Audience.CLINICIAN) -> list[str]:
    drawn = []
    for block in seen(f"### Dosage\n{body}\n", audience).sections[0].blocks:
        match block:
            case Table():
                drawn.append("; ".join(" = ".join(plain(cell) for cell in row.cells) for row in block.rows))
            case Paragraph():
                drawn.append(f"p {plain(block.lead)} {plain(block.text)}")
            case Subheading():
                drawn.append(f"h {plain(block.text)}")
            case _:
                drawn.append(type(block).__name__)
    return drawn


def test_lead_ins_become_the_rows_of_a_dose_table_for_clinicians_only() -> None:
    body = "First.\n\n**Elbow (E):** 1 mg.\n\n**Knee**: 2 mg.\n\nLast."
    assert dose_blocks(body) == ["p  First.", "Elbow (E) = 1 mg.; Knee = 2 mg.", "p  Last."]
    assert dose_blocks(body, Audience.PATIENT) == ["p  First.", "p Elbow (E): 1 mg.", "p Knee: 2 mg.", "p  Last."]


def test_a_list_of_lead_ins_becomes_a_dose_table() -> None:
    assert dose_blocks("* **Elbow:** 1 mg.\n* **Knee:** 2 mg.") == ["Elbow = 1 mg.; Knee = 2 mg."]
    assert dose_blocks("* **Elbow:** 1 mg.\n* Knee: 2 mg.") == ["Items"]
    assert dose_blocks("* **Elbow:** 1 mg.") == ["Items"]
    assert dose_blocks("* **Elbow:** 1 mg.\n    * at noon\n* **Knee:** 2 mg.") == ["Items"]
    assert dose_blocks("- [ ] **Elbow:** 1 mg.\n- [ ] **Knee:** 2 mg.") == ["Items"]


def test_one_lead_in_is_no_table() -> None:
    assert dose_blocks("**Elbow:** 1 mg.") == ["p Elbow: 1 mg."]


def test_a_dose_that_goes_on_below_its_lead_in_stays_out_of_the_table() -> None:
    body = (
        "**Ear:** 3 mg.\n\n**Elbow:** By weight.\n\n* >34 kg: 1 mg\n\n**Knee:** 2 mg.\n\nThen 4 mg.\n\n**Toe:** 5 mg."
    )
    assert dose_blocks(body) == [
        "p Ear: 3 mg.", "p Elbow: By weight.", "Items", "p Knee: 2 mg.", "p  Then 4 mg.", "p Toe: 5 mg.",
    ]  # fmt: skip


def test_a_very_long_dose_is_no_cell() -> None:
    assert dose_blocks(f"**Elbow:** 1 mg.\n\n**Knee:** {'2 mg. ' * 200}\n\n**Toe:** 5 mg.")[0] == "p Elbow: 1 mg."


def test_sections_that_are_not_about_doses_keep_their_lead_ins() -> None:
    sheet = seen("### Precautions\n**Hat:** One.\n\n**Coat:** Two.\n", Audience.CLINICIAN)
    assert [type(block) for block in sheet.sections[0].blocks] == [Paragraph, Paragraph]


# ---------------------------------------------------------------- two voices

VOICES = """### Dosage
For both.

/// clinician
Give 1 mg.

* once
///

/// patient
Take one tablet.
///

/// note | Mind
/// clinician
The kidney.
///
The hat.
///
/// comment
Ask the hatter.
///
### Storage
/// patient
In a drawer.
///
"""


def test_each_audience_sees_its_own_voice_and_the_rest_is_listed_with_the_reason() -> None:
    patient, clinician = seen(VOICES, Audience.PATIENT), seen(VOICES, Audience.CLINICIAN)
    assert set(words("For both. Take one tablet. Mind The hat. In a drawer.")) <= set(view_words(patient))
    assert set(words("For both. Give 1 mg once. Mind The kidney. The hat.")) <= set(view_words(clinician))
    assert not {"give", "kidney", "hatter"} & set(view_words(patient))
    assert not {"tablet", "drawer", "hatter"} & set(view_words(clinician))
    assert [(w.line, w.excerpt, w.reason) for w in patient.withheld] == [
        (24, "Ask the hatter.", "a comment of its author"),
        (8, "Give 1 mg.", "marked for the clinician"),
        (10, "once", "marked for the clinician"),
        (19, "The kidney.", "marked for the clinician"),
        (4, "Dosage", "the patient sheet calls this section “How to take it”"),
        (26, "Storage", "the patient sheet calls this section “How to store it”"),
    ]
    assert [w.reason for w in clinician.withheld][-1] == "there is nothing under this heading for the clinician"


@BOTH
def test_every_block_is_printed_or_listed(audience: Audience) -> None:
    sheet = seen(VOICES, audience)
    withheld_words = {word for withheld in sheet.withheld for word in words(withheld.excerpt)}
    assert set(words("give 1 mg once take one tablet mind kidney hat drawer hatter both")) <= withheld_words | set(
        view_words(sheet)
    )


def test_boxes_with_a_voice_of_their_own() -> None:
    text = (
        "### Precautions\nRead.\n/// boxed-warning\nFire.\n///\n/// urgent\nSmoke.\n///\n/// key-message\nHat.\n///\n"
    )
    assert set(view_words(seen(text, Audience.PATIENT))) >= {"smoke", "hat"}
    assert "fire" not in view_words(seen(text, Audience.PATIENT))
    assert "fire" in view_words(seen(text, Audience.CLINICIAN))


@BOTH
def test_heading_without_text_is_listed(audience: Audience) -> None:
    sheet = seen("### Usage\nOne.\n### Storage\n### Dosage\nTwo.\n", audience)
    assert [w for w in sheet.withheld if w.line == 6] == [Withheld(6, "Storage", "there is nothing under this heading")]


# ---------------------------------------------------------------- places

SETS = """# Testol + Nil
Both.

**Testol**

### Generic Name
Testol
### Side Effects
A cold nose.
### Usage
Elbow.

**Nil**

### Generic Name
Nil
### Usage
Nothing.

**Combined use:**

Never.

### Storage
In a drawer.

**Disclaimer:** Made up.
"""


@BOTH
def test_sets_of_a_combination_stay_whole_and_in_the_author_s_order(audience: Audience) -> None:
    sections = seen(SETS, audience).sections
    assert [s.subject for s in sections] == [
        "",
        "",
        "Testol",
        "Testol",
        "Testol",
        "Testol",
        "Nil",
        "Nil",
        "Nil",
        "",
        "",
        "",
    ]
    own = [s.id for s in sections if s.subject == "Testol" and s.blocks]
    assert own == ["generic_name", "indications", "side_effects"]
    assert {s.region for s in sections} == {Region.NAME, Region.FIRST, Region.FOOT}
    after = [s.id for s in sections if not s.subject]
    assert after[:2] == ["subtitle", "introduction"]
    assert set(after[2:]) == {"other", "storage", "disclaimer"}


@BOTH
def test_unknown_section_stays_beside_the_one_before_it(audience: Audience) -> None:
    ids = [s.id for s in seen("### Storage\nOne.\n### Travel\nTwo.\n### Usage\nThree.\n", audience).sections]
    assert ("storage", "other") in pairwise(ids)


@BOTH
def test_generic_name_that_says_more_than_a_name_is_a_section_of_the_page(audience: Audience) -> None:
    for text in ("Testol.\n\nMade up.", "**INN:** Testol", "x" * 200):
        sheet = seen(f"### Generic Name\n{text}\n### Usage\nOne.\n", audience)
        assert sheet.sections[0].region is Region.FIRST
    assert seen("### Generic Name\nTestol\n### Usage\nOne.\n", audience).sections[0].region is Region.NAME


@pytest.mark.parametrize("front", ["", "/// patient\nFor all.\n///\n"])
@pytest.mark.parametrize("heading", ["Generic Name (not for children under 12)", "Dosage (adults only)"])
def test_what_a_heading_says_in_brackets_is_on_both_sheets(heading: str, front: str) -> None:
    source = f"---\ntitle: Testol\n---\n\n### Usage\n\nX.\n\n{front}\n### {heading}\n\nTestolum\n"
    monograph = parse(source, name="case", file="case.md")
    for audience in Audience:
        seen = view(monograph, audience)
        [section] = [
            section for section in seen.sections if section.blocks and section.line == monograph.sections[-1].line
        ]
        assert heading in (section.title, section.note)
        assert section.region is not Region.NAME
