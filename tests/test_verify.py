"""`leaflet verify` and `leaflet rebuild`: what a finished PDF still tells of itself, whatever happened since."""

import datetime as dt
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from leaflets.model.review import Role
from leaflets.pipeline.program_identity import made_with
from leaflets.seal.digest import with_seal
from tests.reviews import vouch
from tests.running import MONOGRAPH, Leaflet, Ran, environment, process
from tests.sheets import ROOT
from tests.test_translation import SOURCE, SPANISH

TEXT = MONOGRAPH.replace("title:", 'version: "1"\nreview_by: 2030-01-05\ntitle:')
SHEET = "output/a-patient.pdf"
LIST = "drug,patient_name,patient_ref,rx_number,destination,directions\na,Zebedee Quux,MRN-7,RX7,Ward 3,Take one\n"
ALLOW = ("--allow-unsafe", "--allow-draft")


@pytest.fixture
def sheet(leaflet: Leaflet) -> Leaflet:
    """A project with one monograph, which is reviewed, and its leaflet."""
    vouch(leaflet.write("content/a.md", TEXT))
    assert leaflet("build", "a", "--audience", "patient").code == 0
    return leaflet


def facts_of(ran: Ran) -> dict[str, object]:
    (facts,) = json.loads(ran.out)
    assert isinstance(facts, dict)
    assert facts["exit_code"] == ran.code
    return facts


def rewrite(path: Path, change: Callable[[pikepdf.Pdf], None]) -> None:
    """Change a PDF on purpose, and seal it again as a forger would."""
    out = io.BytesIO()
    with pikepdf.open(path) as pdf:
        change(pdf)
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    data = re.sub(rb"/ID \[<[0-9a-f]+><([0-9a-f]{32})> ?\]", rb"/ID[<\1><\1>]", out.getvalue())
    path.write_bytes(with_seal(data))


@pytest.fixture
def translated(leaflet: Leaflet) -> Leaflet:
    """A project with a monograph, its translation, and the leaflet of that."""
    leaflet.write("content/a.md", SOURCE)
    leaflet.write("content/a.es.md", SPANISH)
    leaflet("translation", "seal", "a", "es")
    assert leaflet("build", "a", "--lang", "es", "--audience", "patient").code == 0
    return leaflet


TRANSLATED = "output/a-patient-es.pdf"

# ---------------------------------------------------------------- verify


def test_a_sheet_as_it_was_made_is_current(sheet: Leaflet) -> None:
    ran = sheet("verify", SHEET)
    assert ran.code == 0
    assert ran.out.startswith("output/a-patient.pdf: whole and current\n")
    vouched = "vouched for by A. Hatter (first reviewer, en) on 2026-01-05, until 2030-01-05"
    for words in (
        "Examplol (a), version 1, patient en a4, ID ",
        vouched,
        "reviewed 2026-01-05, next 2030-01-05",
        "weasyprint",
    ):
        assert words in ran.out
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert (facts["state"], facts["whole"], facts["reasons"]) == ("current", True, [])
    assert isinstance(facts["record"], dict)
    assert facts["record"]["version"] == "1"


def test_a_sheet_whose_words_were_reviewed_since_is_outdated(sheet: Leaflet) -> None:
    vouch(sheet.folder / "content" / "a.md", by="Bo Ek", role=Role.SECOND)
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert facts["reasons"] == ["its words were reviewed since, or a review was taken back"]
    assert facts["state"] == "outdated"


CHANGES: dict[str, tuple[str, str, str, str]] = {
    "new version": ('version: "1"', 'version: "2"', "outdated", "it is version 1; the project has 2"),
    "same version": ("2 mg", "20 mg", "outdated", "under the same version (1)"),
    "withdrawn": (
        'version: "1"',
        'version: "1"\nwithdrawn: replaced by b',
        "withdrawn",
        "because the monograph is withdrawn: replaced by b",
    ),
}


@pytest.mark.parametrize(("old", "new", "state", "reason"), CHANGES.values(), ids=CHANGES)
def test_what_became_of_the_text_since_is_told(sheet: Leaflet, old: str, new: str, state: str, reason: str) -> None:
    sheet.write("content/a.md", TEXT.replace(old, new))
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert (facts["exit_code"], facts["state"], facts["whole"]) == (4, state, True)
    assert reason in sheet("verify", SHEET).out


def test_a_translation_bears_both_texts_and_what_it_takes_from_its_source(translated: Leaflet) -> None:
    facts = facts_of(translated("verify", TRANSLATED, "--json"))
    record = facts["record"]
    assert isinstance(record, dict)
    assert (facts["state"], record["jurisdiction"], len(record["sources"])) == ("current", "US", 1)
    assert {name for name in record["hashes"] if name.startswith("source/")} == {"source/a.md", "source/a.es.md"}
    with pikepdf.open(translated.folder / TRANSLATED) as pdf:
        assert pdf.attachments["a.md"].get_file().read_bytes() == SOURCE.encode()


@pytest.mark.parametrize(
    ("old", "new", "state", "reason"),
    [
        ("2 mg once daily", "4 mg once daily", "outdated", "the text that it translates has changed since"),
        ('version: "3"', "withdrawn: recalled", "withdrawn", "the monograph is withdrawn: recalled"),
    ],
)
def test_a_translation_is_no_more_current_than_its_source(
    translated: Leaflet, old: str, new: str, state: str, reason: str
) -> None:
    before = (translated.folder / TRANSLATED).read_bytes()
    translated.write("content/a.md", SOURCE.replace(old, new))
    facts = facts_of(translated("verify", TRANSLATED, "--json"))
    assert (facts["state"], facts["exit_code"]) == (state, 4)
    assert reason in str(facts["reasons"])
    if state == "outdated":
        assert translated("build", "a", "--lang", "es", "--audience", "patient").code == 0, "a clinician's dose"
        assert (translated.folder / TRANSLATED).read_bytes() != before


def test_a_sheet_older_than_its_source_is_never_current(translated: Leaflet) -> None:
    translated.write("content/a.md", SOURCE.replace("a fever", "a high fever"))
    assert translated("build", "a", "--lang", "es", "--audience", "patient", "--allow-stale").code == 0
    assert facts_of(translated("verify", TRANSLATED, "--json"))["state"] == "outdated"
    assert translated("rebuild", TRANSLATED).code == 0


def test_a_translation_is_made_again_from_both_texts_inside_it(translated: Leaflet) -> None:
    translated.write("content/a.md", SOURCE.replace("jurisdiction: US", "jurisdiction: GB"))
    translated.write("content/a.es.md", SPANISH)
    assert translated("rebuild", TRANSLATED).code == 0
    same = translated("diff", TRANSLATED, TRANSLATED)
    assert same.code == 0


def test_a_sheet_past_its_review_date_is_expired(sheet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leaflets.cli.verify.today", lambda: dt.date(2030, 1, 6))
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert (facts["exit_code"], facts["state"]) == (4, "expired")
    assert facts["reasons"] == ["its review was due by 2030-01-05"]


def test_a_sheet_of_another_project_is_unknown_here(sheet: Leaflet) -> None:
    (sheet.folder / "content/a.md").unlink()
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert (facts["exit_code"], facts["state"], facts["whole"]) == (3, "unknown", True)


def test_a_sheet_is_expired_by_its_own_record_where_nobody_knows_it(
    sheet: Leaflet, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sheet.folder / "content/a.md").unlink()
    monkeypatch.setattr("leaflets.cli.verify.today", lambda: dt.date(2030, 1, 6))
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert (facts["exit_code"], facts["state"], len(str(facts["reasons"]).split("', "))) == (4, "expired", 2)


def test_a_sheet_is_judged_where_the_text_of_the_project_cannot_be_read(sheet: Leaflet) -> None:
    sheet.write("content/a.md", "No headings.")
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert (facts["exit_code"], facts["state"], facts["whole"]) == (3, "unknown", True)
    assert "cannot be read: content/a.md: there is no monograph in it" in str(facts["reasons"])


@pytest.mark.parametrize("place", [0, 40, 0.25, 0.5, 0.75, 0.99, -1])
def test_a_changed_byte_is_seen_wherever_it_is(sheet: Leaflet, place: float) -> None:
    data = bytearray((sheet.folder / SHEET).read_bytes())
    at = int(place * len(data)) if isinstance(place, float) else place
    data[at] ^= 1
    (sheet.folder / SHEET).write_bytes(data)
    ran = sheet("verify", SHEET)
    assert ran.code == 6
    assert "current" not in ran.out
    assert sheet("rebuild", SHEET).code == 6


@pytest.mark.parametrize("added", [b"x", b"\n", b"\nx" * 80])
def test_a_byte_added_behind_a_sheet_breaks_it(sheet: Leaflet, added: bytes) -> None:
    path = sheet.folder / SHEET
    path.write_bytes(path.read_bytes() + added)
    ran = sheet("verify", path)
    assert (ran.code, facts_of(sheet("verify", path, "--json"))["state"]) == (6, "broken")


def test_a_sheet_saved_by_another_program_is_foreign(sheet: Leaflet) -> None:
    with pikepdf.open(sheet.folder / SHEET, allow_overwriting_input=True) as pdf:
        pdf.save(sheet.folder / SHEET)
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert (facts["exit_code"], facts["state"], facts["whole"]) == (6, "foreign", False)


def test_a_text_that_does_not_fit_its_record_is_seen(sheet: Leaflet) -> None:
    def swap(pdf: pikepdf.Pdf) -> None:
        name = next(name for name in pdf.attachments if name.endswith(".md"))
        pdf.attachments[name].obj.EF.F.write(TEXT.replace("2 mg", "20 mg").encode())

    rewrite(sheet.folder / SHEET, swap)
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert (facts["exit_code"], facts["state"]) == (6, "broken")


def white_box(pdf: pikepdf.Pdf) -> None:
    """Cover page 1."""
    pdf.pages[0].contents_add(b"q 1 g 0 0 600 850 re f Q\n")


@pytest.mark.parametrize("cached", [True, False])
def test_a_white_box_over_a_page_is_seen_though_the_file_was_sealed_again(sheet: Leaflet, cached: bool) -> None:
    """A seal is no signature, so the page is compared with the one that its text makes."""
    if not cached:
        shutil.rmtree(sheet.folder / "output" / "cache")
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert (facts["state"], facts["pages_compared"]) == ("current", True)
    rewrite(sheet.folder / SHEET, white_box)
    facts = facts_of(sheet("verify", SHEET, "--json"))
    assert (facts["exit_code"], facts["state"], facts["pages_compared"]) == (6, "broken", False)
    assert "its pages are not what its text makes" in str(facts["reasons"])


def test_verify_says_where_it_did_not_look_at_the_pages(sheet: Leaflet) -> None:
    """With another style the page cannot be made as it was, and a box over it cannot be told from that."""
    rewrite(sheet.folder / SHEET, white_box)
    sheet.write("styles/theme.css", "h1 { color: #111 }")
    ran = sheet("verify", SHEET)
    assert ran.code == 0
    assert "its seal and its text were looked at, not what is drawn on its pages" in ran.out
    assert ran.out.startswith(f"{SHEET}: sealed, and of the current text; its pages were not looked at\n")
    assert "whole and current" not in ran.out


def test_a_page_forged_and_sealed_again_does_not_survive_a_rebuild(sheet: Leaflet) -> None:
    rewrite(sheet.folder / SHEET, white_box)
    ran = sheet("rebuild", SHEET)
    assert ran.code == 4
    assert "may have been forged" in ran.out


ODD_RECORDS: tuple[tuple[str, object], ...] = (
    ("name", "../../secret"), ("edition.lang", 5), ("edition.lang", "en+es+ar"), ("edition.lang", "../x"),
    ("edition.sheets", "9"), ("edition.sheets", 10**9), ("edition.booklet", "yes"), ("edition.audience", "doctor"),
    ("edition.paper", {}), ("edition.column", 2), ("notices", ["urgent"]),
    ("settings.code_url", "https://e.org/{id}" * 9),
    ("settings.pharmacy", {"name": "A" * 100_000}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("place", "part"), ODD_RECORDS, ids=[f"{place} {str(part)[:12]}" for place, part in ODD_RECORDS]
)
def test_a_record_that_leaflet_does_not_write_is_refused_in_a_sentence(
    sheet: Leaflet, place: str, part: object
) -> None:
    def forge(pdf: pikepdf.Pdf) -> None:
        stream = pdf.attachments["leaflet-record.json"].obj.EF.F
        record = json.loads(stream.read_bytes())
        table, _, name = place.rpartition(".")
        (record[table] if table else record)[name] = part
        stream.write(json.dumps(record).encode())

    rewrite(sheet.folder / SHEET, forge)
    for command in ("verify", "rebuild"):
        ran = sheet(command, SHEET)
        assert (ran.code, ran.err[:7]) == (6, "error: "), (command, ran)


@pytest.mark.parametrize("data", [b"", b"no pdf at all", b"%PDF-1.7\n%%EOF\n", b"%PDF-1.7\nstartxref\n3\n%%EOF\n"])
def test_what_is_no_pdf_is_refused(leaflet: Leaflet, data: bytes) -> None:
    leaflet.write("x.pdf", data)
    for command in ("verify", "rebuild"):
        ran = leaflet(command, "x.pdf")
        assert ran.code == 6
        assert "x.pdf: this is no PDF" in ran.err
    assert leaflet("verify", "none.pdf").code == 3


def test_a_sheet_locked_with_a_password_is_named_so(sheet: Leaflet) -> None:
    with pikepdf.open(sheet.folder / SHEET) as pdf:
        pdf.save(sheet.folder / "locked.pdf", encryption=pikepdf.Encryption(user="a", owner="b"))
    for command in ("verify", "rebuild"):
        ran = sheet(command, "locked.pdf")
        assert (ran.code, ran.err.splitlines()[0]) == (6, "error: locked.pdf: it is locked with a password")


def test_many_files_are_judged_and_the_first_bad_one_decides(sheet: Leaflet) -> None:
    sheet.write("x.pdf", b"no pdf")
    ran = sheet("verify", SHEET, "x.pdf", "none.pdf", "--json")
    assert ran.code == 6
    assert [one.get("state") for one in json.loads(ran.out)] == ["current", None, None]
    quiet = sheet("verify", SHEET, "-q")
    assert (quiet.code, quiet.out) == (0, "")


# ---------------------------------------------------------------- runs


def test_a_labelled_copy_is_known_and_nothing_of_its_patient_is_said(sheet: Leaflet) -> None:
    sheet.write("tonight.csv", LIST)
    assert sheet("batch", "tonight.csv", "--split", *ALLOW).code == 0
    copy = next((sheet.folder / "output").glob("*/*.pdf"))
    ran = sheet("verify", copy, "-v")
    assert ran.code == 0
    assert "one labelled copy of a run" in ran.out
    facts = sheet("verify", copy, "--json")
    assert facts_of(facts)["labelled_copy"] is True
    for secret in ("Quux", "Zebedee", "MRN-7", "RX7"):
        assert secret not in ran.out + facts.out
    again = sheet("rebuild", copy)
    assert (again.code, "has the labels of patients on it" in again.err) == (6, True)


def test_a_print_file_names_the_editions_in_it_and_each_reason_once(sheet: Leaflet) -> None:
    large = LIST.replace("drug,", "drug,edition,").replace("\na,", "\na,large-print,")
    sheet.write("tonight.csv", large + large.splitlines()[1].replace("large-print", "standard") + "\n")
    assert sheet("batch", "tonight.csv", *ALLOW).code == 0
    (printed,) = (sheet.folder / "output").glob("*-ward-3*.pdf")
    ran = sheet("verify", printed)
    assert (ran.code, "a (patient, en, a4, large-print), version 1" in ran.out) == (0, True)
    sheet.write("content/a.md", TEXT.replace("2030-01-05", "2020-01-05"))
    facts = facts_of(sheet("verify", printed, "--json"))
    assert (facts["state"], facts["reasons"]) == (
        "outdated",  # the text now is past its date; what was printed is not
        ["a: version 1 was printed; the project has another text now"],
    )


def test_a_print_file_is_known_by_its_run(sheet: Leaflet) -> None:
    sheet.write("tonight.csv", LIST)
    assert sheet("batch", "tonight.csv", *ALLOW).code == 0
    (printed,) = (sheet.folder / "output").glob("*-ward-3*.pdf")
    facts = facts_of(sheet("verify", printed, "--json"))
    assert (facts["exit_code"], facts["state"], facts["record"]) == (0, "current", None)
    assert isinstance(facts["run"], dict)
    assert (facts["run"]["destination"], facts["run"]["leaflets"]) == ("Ward 3", ["a (patient, en, a4), version 1"])
    sheet.write("content/a.md", TEXT.replace("title:", "withdrawn: recalled\ntitle:"))
    later = sheet("verify", printed)
    assert later.code == 4
    assert "a: the monograph is withdrawn: recalled" in later.out
    assert "Quux" not in later.out
    (sheet.folder / "output/ledger.db").unlink()
    assert sheet("verify", printed).code == 9  # there was a ledger
    for key in ("ledger.key", "history.key"):
        (sheet.folder / "output" / key).unlink()
    assert sheet("verify", printed).code == 3


@pytest.mark.parametrize(
    "flags", [(), ALLOW, ("--allow-expired", *ALLOW), ("--keep-going", *ALLOW), ("--again", *ALLOW)]
)
def test_what_was_withdrawn_after_a_run_is_neither_printed_nor_reprinted(
    sheet: Leaflet, flags: tuple[str, ...]
) -> None:
    sheet.write("tonight.csv", LIST)
    assert sheet("batch", "tonight.csv", *ALLOW).code == 0
    before, first = sheet.files(), json.loads(sheet("runs", "--json").out)["run"]
    sheet.write("content/a.md", TEXT.replace("title:", "withdrawn: recalled\ntitle:"))
    sheet.write("tomorrow.csv", LIST.replace("RX7", "RX8"))
    ran = sheet("batch", "tomorrow.csv", *flags)
    assert ran.code != 0
    assert "withdrawn: recalled" in ran.out + ran.err
    again = sheet("reprint", first, "--serials", "1", "--list", "tonight.csv")
    assert again.code == 11
    assert "the monograph is withdrawn: recalled" in again.err
    assert {name for name in sheet.files() - before if name.endswith(".pdf")} == set()
    assert sheet("build", "a", "--allow-expired").code == 4


# ---------------------------------------------------------------- rebuild


def test_a_sheet_is_made_again_to_the_byte(sheet: Leaflet) -> None:
    (sheet.folder / "content/a.md").unlink()
    ran = sheet("rebuild", SHEET, "-o", "again.pdf")
    assert (ran.code, ran.out) == (0, "output/a-patient.pdf: the same bytes again\n")
    assert (sheet.folder / "again.pdf").read_bytes() == (sheet.folder / SHEET).read_bytes()


@pytest.mark.parametrize("paper", ["a4", "letter", "a5"])
def test_edition_and_settings_are_taken_from_the_sheet(leaflet: Leaflet, paper: str) -> None:
    leaflet.write("content/a.md", TEXT.replace("2030-01-05", "2026-02-05"))
    flags = ("--pharmacy", "Corner Pharmacy", "--phone", "555 0100", "--allow-expired", "--audience", "patient")
    assert leaflet("build", "a", "--paper", paper, *flags).code == 0
    (made,) = (leaflet.folder / "output").glob("*.pdf")
    assert leaflet("rebuild", made).code == 0
    facts = facts_of(leaflet("verify", made, "--json"))
    assert facts["state"] == "expired"


def _theme(leaflet: Leaflet) -> None:
    leaflet.write("styles/theme.css", "h1 { letter-spacing: 0.1pt }")


def _template(leaflet: Leaflet) -> None:
    leaflet.write("templates/patient.html", '{% extends "leaflet:patient.html" %}')


def _newer(monkeypatch: pytest.MonkeyPatch, **releases: str) -> None:
    newer = {**made_with(), **releases}
    for module in ("provenance.current_inputs", "pipeline.stages"):
        monkeypatch.setattr(f"leaflets.{module}.made_with", lambda: newer)


@pytest.mark.parametrize(
    ("change", "reason"), [(_theme, "the style theme.css: changed"), (_template, "the template patient.html: changed")]
)
def test_what_has_changed_since_is_named(sheet: Leaflet, change: Callable[[Leaflet], None], reason: str) -> None:
    change(sheet)
    ran = sheet("rebuild", SHEET)
    assert ran.code == 4
    assert f"changed since: {reason}" in ran.out
    assert facts_of(sheet("verify", SHEET, "--json"))["state"] == "current", "the text is what counts"
    facts = json.loads(sheet("rebuild", SHEET, "--json", "-o", "again.pdf").out)
    assert (facts["same"], facts["output"]) == (False, "again.pdf")
    assert reason in facts["changes"]


def test_another_release_that_makes_the_same_bytes_is_named(sheet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    _newer(monkeypatch, python="3.99.1")
    ran = sheet("rebuild", SHEET, "-o", "again.pdf")
    python = ".".join(map(str, sys.version_info[:3]))
    assert ran.out == f"{SHEET}: the same bytes again\n  changed since: python: {python} then, 3.99.1 now\n"
    assert (ran.code, (sheet.folder / "again.pdf").read_bytes()) == (0, (sheet.folder / SHEET).read_bytes())
    facts = json.loads(sheet("rebuild", SHEET, "--json").out)
    assert (facts["same"], facts["changes"]) == (True, [f"python: {python} then, 3.99.1 now"])


def test_another_release_that_makes_other_bytes_is_named(sheet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    _newer(monkeypatch, weasyprint="70.1")
    _template(sheet)
    ran = sheet("rebuild", SHEET, "-o", "again.pdf")
    assert ran.code == 4
    assert "weasyprint: 70.0 then, 70.1 now" in ran.out
    again = json.loads(sheet("verify", "again.pdf", "--json").out)[0]["record"]
    assert again["made_with"]["weasyprint"] == "70.1", "it says what it was made with, not what the first was"


@pytest.mark.parametrize("library", ["segno", "tinycss2", "pyphen", "weasyprint"])
def test_a_sheet_of_another_release_of_a_library_is_not_taken_from_the_cache(sheet: Leaflet, library: str) -> None:
    (sheet.folder / "lib" / f"{library}-99.0.dist-info").mkdir(parents=True)
    newer = environment(PYTHONPATH=os.pathsep.join([str(sheet.folder / "lib"), str(ROOT)]))
    build = ("build", "a", "--audience", "patient")
    assert "unchanged" in process(*build, cwd=sheet.folder).out
    assert "unchanged" not in process(*build, cwd=sheet.folder, env=newer).out
