"""One list, several languages: each is a leaflet of its own, every word around the patient's in that language."""

import json
from pathlib import Path

import pytest

from tests.reviews import vouch
from tests.running import Leaflet
from tests.sheets import page_texts
from tests.test_translation import SOURCE, SPANISH

ALLOW = ("--allow-draft", "--allow-unsafe")
HEAD = "drug,lang,patient_name,dob,rx_number,directions,dose_times\n"
PATIENT = "Zebedee Quux,1961-03-12,RX7,Take one,morning 1\n"


@pytest.fixture
def environment(leaflet: Leaflet) -> Leaflet:
    """A project with a monograph, its sealed translation, and a list that asks for both."""
    leaflet.write("leaflet.toml", "")
    leaflet.write("content/examplol.md", SOURCE)
    leaflet.write("content/examplol.es.md", SPANISH)
    assert leaflet("translation", "seal", "examplol", "es").code == 0
    leaflet.write("tonight.csv", HEAD + "".join(f"examplol,{lang},{PATIENT}" for lang in ("", "es", "en")))
    return leaflet


def _run(environment: Leaflet, *flags: str) -> tuple[str, ...]:
    """The text of each page of the print file of a run, first pages of leaflets alone."""
    made = environment("batch", "tonight.csv", "--workers", "0", *ALLOW, *flags)
    assert made.code == 0, made.err
    (file,) = (environment.folder / "output").glob("*.pdf")
    pages = (" ".join(text.replace("\xa0", " ").split()) for text in page_texts(file.read_bytes()))
    return tuple(page for page in pages if "Zebedee Quux" in page)


def _refused(environment: Leaflet, *flags: str) -> str:
    ran = environment("batch", "tonight.csv", "--dry-run", *ALLOW, *flags)
    assert ran.code == 4
    return ran.err


def test_each_language_is_a_leaflet_of_its_own_and_its_label_speaks_it(environment: Leaflet) -> None:
    english, spanish, again = _run(environment)
    assert "Born 1961-03-12" in english
    assert "Born 1961-03-12" in again
    for words in ("El folleto de su medicamento", "Nac. 1961-03-12", "Mañana", "BORRADOR: sin revisión clínica"):
        assert words in spanish
    for words in ("Born", "Morning", "DRAFT"):
        assert words not in spanish
    plan = environment("batch", "tonight.csv", "--dry-run", "--json", *ALLOW).out.splitlines()
    (facts,) = [event for event in map(json.loads, plan) if event["event"] == "plan"]
    assert (facts["copies"], facts["leaflets"]) == (3, 2)


def test_a_language_that_is_not_there_is_told_with_those_that_are(environment: Leaflet) -> None:
    environment.write("tonight.csv", f"{HEAD}examplol,ar,{PATIENT}")
    assert (
        "examplol (patient, ar, a4): there is no such translation; there is: en, es; asked for on line 2"
        in _refused(environment)
    )


def test_a_translation_older_than_its_source_needs_a_flag_of_its_own_and_says_so(environment: Leaflet) -> None:
    environment.write("content/examplol.md", SOURCE.replace("a fever", "a high fever"))
    errors = _refused(environment)
    assert "line 3: error: examplol (patient, es, a4): content/examplol.es.md:" in errors
    assert "the source has changed since (content/examplol.md:18, urgent)" in errors
    assert "allow it with --allow-stale" in errors
    english, spanish, _ = _run(environment, "--allow-stale")
    assert spanish.count("MÁS ANTIGUO QUE SU ORIGINAL") == 3  # label, notice, footer
    assert "ORIGINAL" not in english


def test_no_flag_prints_a_translation_of_what_was_withdrawn(environment: Leaflet) -> None:
    environment.write("content/examplol.md", SOURCE.replace('version: "3"', "withdrawn: recalled"))
    environment.write("tonight.csv", f"{HEAD}examplol,es,{PATIENT}")
    errors = _refused(environment, "--allow-stale", "--allow-expired")
    assert "the monograph is withdrawn: recalled" in errors


@pytest.mark.parametrize(
    ("lang", "expected"), [("es", "BORRADOR: sin revisión clínica"), ("en+es", "DRAFT: not clinically")]
)
def test_a_reviewed_translation_of_a_draft_is_a_draft(environment: Leaflet, lang: str, expected: str) -> None:
    vouch(environment.folder / "content" / "examplol.es.md")
    environment.write("tonight.csv", f"{HEAD}examplol,{lang},{PATIENT}")
    refused = environment("batch", "tonight.csv", "--dry-run", "--allow-unsafe")
    assert (refused.code, "the monograph is a draft: its source: not clinically reviewed" in refused.err) == (4, True)
    (page,) = _run(environment)
    assert expected in page


def test_side_by_side_the_plan_knows_what_the_checks_have_against_the_source(environment: Leaflet) -> None:
    environment.write("tonight.csv", f"{HEAD}examplol,en+es,{PATIENT}")
    environment.write("content/examplol.md", SOURCE.replace("once a day", "QD"))
    environment("translation", "seal", "examplol", "es")
    refused = environment("batch", "tonight.csv", "--dry-run", "--allow-draft")
    assert (refused.code, "the checks fail: examplol.md:" in refused.err) == (4, True)


def test_a_translation_expires_with_its_source(environment: Leaflet) -> None:
    environment.write("content/examplol.md", SOURCE.replace('version: "3"', 'version: "3"\nreview_by: 2021-01-31'))
    environment.write("tonight.csv", f"{HEAD}examplol,es,{PATIENT}")
    assert "the review was due by 2021-01-31" in _refused(environment)
    (page,) = _run(environment, "--allow-expired")
    assert "VENCIDO: pasó la fecha de revisión" in page


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"examplol,es,{PATIENT}", "has no record of its source"),
        (f"examplol,es+ar,{PATIENT}", "“es+ar” names no text and its source"),
        (f"examplol,de,{PATIENT}", "there are no words of ours in “de”"),
    ],
)
def test_what_no_build_would_make_is_refused_in_the_plan(environment: Leaflet, row: str, expected: str) -> None:
    environment.write("content/examplol.es.md", SPANISH)
    environment.write("content/examplol.de.md", SPANISH)
    environment.write("tonight.csv", HEAD + row)
    assert expected in _refused(environment, "--allow-stale")


def test_a_print_file_is_outdated_once_the_source_of_its_translation_changes(environment: Leaflet) -> None:
    environment.write("tonight.csv", f"{HEAD}examplol,es,{PATIENT}")
    _run(environment)
    (file,) = (path.relative_to(environment.folder) for path in Path(environment.folder, "output").glob("*.pdf"))
    assert environment("verify", file).code == 0
    environment.write("content/examplol.md", SOURCE.replace("2 mg once daily", "4 mg once daily"))
    assert environment("verify", file).code == 4
