"""The packaged baricitinib monograph: each dose, limit and instruction that a pharmacist or a patient would act on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from leaflets.evidence import with_register
from leaflets.model.edition import Audience
from leaflets.model.monograph import (
    Block,
    Box,
    Items,
    Monograph,
    Paragraph,
    Questions,
    Subheading,
    Table,
    TableRow,
    Text,
    plain,
)
from leaflets.parse import parse
from leaflets.parse.evidence_file import parse_evidence

CONTENT = Path(__file__).parent.parent / "content" / "baricitinib.md"
EVIDENCE = CONTENT.parent / "evidence" / CONTENT.name


@pytest.fixture(scope="module")
def monograph() -> Monograph:
    """The monograph with its references, those of its evidence that it cites."""
    register = parse_evidence(EVIDENCE.read_text(encoding="utf-8"), name="baricitinib", file="baricitinib.md")
    text, ids = CONTENT.read_text(encoding="utf-8"), tuple(source.id for source in register.sources)
    return with_register(parse(text, name="baricitinib", file="content/baricitinib.md", sources=ids), register)


def blocks(monograph: Monograph, audience: Audience, section: str = "") -> Iterator[Block]:
    for part in monograph.sections:
        if section in ("", part.id):
            yield from (block for block in part.blocks if block.audience in (None, audience))


def texts(block: Block) -> Iterator[Text]:
    """Every stretch of text of a block; a row, an item and a question with its answer are one each."""
    match block:
        case Paragraph(text=text, lead=lead):
            yield lead + text
        case Table(rows=rows):
            yield from (sum(row.cells, ()) for row in rows)
        case Items(items=items):
            yield from (joined(item.blocks) for item in items)
        case Questions(questions=questions):
            yield from (question.question + joined(question.answer) for question in questions)
        case _:
            yield from other_texts(block)


def other_texts(block: Block) -> Iterator[Text]:
    assert isinstance(block, Subheading | Box), f"not looked for in this monograph: {block}"
    if isinstance(block, Subheading):
        yield block.text
    else:
        yield from (text for inner in block.blocks for text in texts(inner))


def joined(inner: tuple[Block, ...]) -> Text:
    return sum((text for block in inner for text in texts(block)), ())


def text_of(monograph: Monograph, audience: Audience, section: str = "") -> str:
    return "\n".join(plain(text) for block in blocks(monograph, audience, section) for text in texts(block))


def row(monograph: Monograph, section: str, first: str) -> TableRow:
    tables = (block for block in blocks(monograph, Audience.CLINICIAN, section) if isinstance(block, Table))
    matching = [row for table in tables for row in table.rows if plain(row.cells[0]).startswith(first)]
    assert len(matching) == 1, f"{len(matching)} rows begin with {first}"
    return matching[0]


def cells(monograph: Monograph, section: str, first: str) -> list[str]:
    return [plain(cell) for cell in row(monograph, section, first).cells[1:]]


def marks(text: Text) -> set[str]:
    return {run.mark for run in text if run.mark}


def test_the_file_is_read_without_a_finding(monograph: Monograph) -> None:
    assert monograph.findings == ()
    assert monograph.two_audiences


def test_nobody_has_reviewed_it_and_it_does_not_claim_so(monograph: Monograph) -> None:
    assert monograph.front.reviewed is None
    assert monograph.front.reviewers == ()
    assert monograph.front.jurisdiction == "US"


@pytest.mark.parametrize(
    ("indication", "start", "usual", "notes"),
    [
        (
            "RA",
            "2 mg",
            "2 mg; no US text seen for more",
            "Alone or with non-biologic DMARDs such as methotrexate",
        ),
        (
            "AA",
            "2 mg or 4 mg",
            "2 mg; 4 mg if response is inadequate, back to 2 mg once adequate",
            "Start 4 mg if scalp hair loss is nearly complete",
        ),
        ("COVID-19", "4 mg", "4 mg", "For 14 days, or until discharge if sooner"),
    ],
)
def test_doses_by_indication(monograph: Monograph, indication: str, start: str, usual: str, notes: str) -> None:
    columns = cells(monograph, "dosage", indication)
    assert columns[:2] == [start, usual]
    assert columns[2].startswith(notes)


def test_doses_are_once_daily(monograph: Monograph) -> None:
    assert "Once daily, with or without food" in text_of(monograph, Audience.CLINICIAN, "dosage")
    assert "once a day, with or without food" in text_of(monograph, Audience.PATIENT, "dosage")


def test_children_are_named_only_under_the_emergency_authorization(monograph: Monograph) -> None:
    dosage = text_of(monograph, Audience.CLINICIAN, "dosage")
    assert "only COVID-19 under the emergency use authorization" in dosage
    assert "2 to under 9 years 2 mg; 9 years and over 4 mg" in dosage


@pytest.mark.parametrize(
    ("condition", "arthritis", "covid"),
    [
        ("eGFR 60 to 89", "No change", "No change"),
        ("eGFR 30 to 59", "1 mg", "2 mg"),
        ("eGFR 15 to 29", "Not recommended", "1 mg"),
        ("eGFR less than 15, dialysis, AKI", "No dose seen", "Not recommended"),
        ("Liver: mild, moderate", "No change", "No text seen"),
        ("Liver: severe", "Not recommended", "No text seen"),
        ("Probenecid", "1 mg", "No text seen"),
    ],
)
def test_dose_adjustments(monograph: Monograph, condition: str, arthritis: str, covid: str) -> None:
    assert cells(monograph, "adjustments", condition) == [arthritis, covid]


def test_an_adjustment_has_a_source_or_says_that_none_was_seen(monograph: Monograph) -> None:
    table = next(b for b in blocks(monograph, Audience.CLINICIAN, "adjustments") if isinstance(b, Table))
    assert [plain(cell) for cell in table.header] == ["", "RA", "COVID-19, adults"]
    stated = [cell for row in table.rows for cell in row.cells[1:]]
    assert all(bool(marks(cell)) != plain(cell).endswith(" seen") for cell in stated)
    assert "no US text seen for kidney, liver or probenecid" in text_of(monograph, Audience.CLINICIAN, "adjustments")


@pytest.mark.parametrize(
    ("count", "hold", "restart"),
    [
        ("ALC: RA, AA", "less than 500", "500 or more"),
        ("ALC: COVID-19", "less than 200", "200 or more"),
        ("ANC: RA, AA", "less than 1,000", "1,000 or more"),
        ("ANC: COVID-19", "less than 500", "500 or more"),
        ("Hb: RA, AA only", "less than 8 g per dL", "8 g per dL or more"),
    ],
)
def test_blood_count_limits(monograph: Monograph, count: str, hold: str, restart: str) -> None:
    assert cells(monograph, "monitoring", count) == [hold, restart]


def test_counts_name_their_unit(monograph: Monograph) -> None:
    assert "Lymphocytes (ALC), neutrophils (ANC): cells per microliter" in text_of(
        monograph, Audience.CLINICIAN, "monitoring"
    )


def test_lipids_at_twelve_weeks_in_both_voices(monograph: Monograph) -> None:
    assert "lipids about 12 weeks after the start" in text_of(monograph, Audience.CLINICIAN, "monitoring")
    assert "CholesterolAbout 12 weeks after you start" in text_of(monograph, Audience.PATIENT, "monitoring")


def test_boxed_warning_names_all_five_harms(monograph: Monograph) -> None:
    box = next(block for block in blocks(monograph, Audience.CLINICIAN) if isinstance(block, Box))
    words = " ".join(plain(text) for text in texts(box)).casefold()
    assert all(harm in words for harm in ("serious infections", "death", "lymphoma", "cardiovascular", "thrombosis"))
    assert "except in covid-19" in words


def test_nothing_stands_on_memory(monograph: Monograph) -> None:
    words = text_of(monograph, Audience.CLINICIAN) + text_of(monograph, Audience.PATIENT)
    assert "unverified" not in words
    assert "4 days after the last dose" in words


def test_the_patient_text_holds_no_number_but_these(monograph: Monograph) -> None:
    words = (
        text_of(monograph, Audience.PATIENT)
        .replace("1-800-222-1222", "")
        .replace("1-800-FDA-1088", "")
        .replace("COVID-19", "")
    )
    assert sorted(set(re.findall(r"\d[\d.,]*\d|\d", words))) == ["1", "100", "12", "14", "911"]


@pytest.mark.parametrize(
    ("section", "instruction"),
    [
        ("urgent", "Call 911"),
        ("urgent", "fever"),
        ("key_message", "Do not stop or change your dose without asking"),
        ("precautions", "take probenecid, or need a vaccine"),
        ("interactions", "Do not take it with other JAK inhibitors or biologics"),
        ("interactions", "Do not take it with azathioprine, cyclosporine"),
        ("indications", "up to 14 days"),
        ("faqs", "Get it before you start. While you take it, do not get a live one"),
        ("faqs", "TB, and others from a virus, a fungus or other germs"),
        ("faqs", "raise your cholesterol"),
        ("precautions", "allergic to it"),
        ("pregnancy", "unborn baby"),
        ("pregnancy", "Do not breastfeed while you take it"),
        ("missed_dose", "Do not take two doses at once"),
        ("overdose", "1-800-222-1222"),
        ("side_effects", "1-800-FDA-1088"),
        ("storage", "reach of children"),
    ],
)
def test_the_patient_is_told(monograph: Monograph, section: str, instruction: str) -> None:
    assert instruction in text_of(monograph, Audience.PATIENT, section)


def test_european_facts_say_that_they_are(monograph: Monograph) -> None:
    stretches = [text for block in blocks(monograph, Audience.CLINICIAN) for text in texts(block)]
    european = [plain(text) for text in stretches if "E1" in marks(text)]
    assert len(european) == 3
    assert all("EU leaflet" in words for words in european)
    assert "Europe" in text_of(monograph, Audience.PATIENT, "sources")


def test_what_only_the_european_leaflet_forbids_is_told_to_both(monograph: Monograph) -> None:
    against = text_of(monograph, Audience.CLINICIAN, "contraindications")
    assert "None listed. EU leaflet: hypersensitivity, pregnancy." in against
    assert "not while on it (EU leaflet)" in text_of(monograph, Audience.CLINICIAN, "pregnancy")


def test_what_the_us_label_says_needs_no_european_leaflet(monograph: Monograph) -> None:
    assert "no live vaccines" in text_of(monograph, Audience.CLINICIAN, "precautions")
    assert "Gastrointestinal perforation: caution in patients at risk. EU leaflet: diverticulitis" in text_of(
        monograph, Audience.CLINICIAN, "side_effects"
    )
    assert "skip it if it is nearly time for the next; never double" in text_of(
        monograph, Audience.CLINICIAN, "missed_dose"
    )
    assert "room temperature" in text_of(monograph, Audience.PATIENT, "storage")


def test_the_box_asks_for_watching_after_a_negative_test(monograph: Monograph) -> None:
    box = text_of(monograph, Audience.CLINICIAN, "boxed_warning")
    assert "treat it first. Monitor all, even after a negative test" in box
    assert "50 years or over with a cardiovascular risk factor" in box


def test_overdose_is_answered_beside_the_missed_dose(monograph: Monograph) -> None:
    assert "Overdose: Poison Help 1-800-222-1222." in text_of(monograph, Audience.CLINICIAN, "missed_dose")


def test_every_mark_has_a_source_and_every_source_a_mark(monograph: Monograph) -> None:
    used = {mark for block in blocks(monograph, Audience.CLINICIAN) for text in texts(block) for mark in marks(text)}
    assert {mark.partition(":")[0] for mark in used} == {source.id for source in monograph.front.sources}


def test_every_clinician_row_and_item_has_a_source_or_says_it_has_none(monograph: Monograph) -> None:
    with_marks = (block for block in blocks(monograph, Audience.CLINICIAN) if isinstance(block, Table | Items | Box))
    bare = [plain(text) for block in with_marks for text in texts(block) if not marks(text)]
    assert bare == []
