"""`leaflet translation`: a file to fill in, its seal, and what is out of date."""

import json

import pytest

from leaflets.model.edition import Audience
from leaflets.parse import parse
from leaflets.translation import units
from tests.reviews import vouch
from tests.running import Leaflet
from tests.sheets import ROOT, page_texts
from tests.test_translation import SOURCE, SPANISH

PATIENT = ("examplol", "--lang", "es", "--audience", "patient")


def _words(leaflet: Leaflet, *words: str) -> list[str]:
    """The text of each page of a sheet that is made now."""
    made = leaflet("build", *words)
    assert made.code == 0, made.err
    (sheet,) = (leaflet.folder / "output").glob("*.pdf")
    return [" ".join(text.replace("\xa0", " ").split()) for text in page_texts(sheet.read_bytes())]


@pytest.fixture
def texts(leaflet: Leaflet) -> Leaflet:
    leaflet.write("content/examplol.md", SOURCE)
    leaflet.write("content/examplol.es.md", SPANISH)
    return leaflet


def test_a_started_translation_shows_each_block_and_prints_none_of_it(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", SOURCE)
    assert leaflet("translation", "start", "examplol", "es").code == 0
    text = (leaflet.folder / "content" / "examplol.es.md").read_text("utf-8")
    for words in (
        "chest pain",
        "Take it with food for 14 days.",
        'strengths: ["2 mg", "4 mg"]',
        "**Call 911 if you have:**",
    ):
        assert words in text
    assert "2 mg once daily" not in text  # for clinicians
    filled = text.replace("/// patient\n", "/// patient\nTexto.\n")
    monograph = parse(filled, name="examplol", file="examplol.es.md", lang="es")
    assert [unit.text.strip() for unit in units(monograph)["dosage"]] == ["Texto."]
    assert all(block.audience is Audience.PATIENT for section in monograph.sections for block in section.blocks)


def test_a_section_of_its_own_keeps_its_place_in_a_started_translation(leaflet: Leaflet) -> None:
    """It stands beside the section before it, even where that has nothing for a patient."""
    clinicians_only = "### Monitoring\n\n/// clinician\n\nINR weekly.\n\n///\n\n"
    own = "### How to measure\n\n/// patient\n\nShake it.\n\n///\n"
    leaflet.write("content/examplol.md", SOURCE + clinicians_only + own)
    leaflet("translation", "start", "examplol", "es")
    text = (leaflet.folder / "content" / "examplol.es.md").read_text("utf-8")
    assert "### Análisis y controles\n\n### How to measure\n" in text
    assert "INR" not in text


def test_headings_are_written_in_the_other_language_where_we_have_its_words(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", SOURCE.replace("### Dosage", "### Dosage (Examplol)"))
    for lang, heading in {"es": "### Cómo tomarlo (Examplol)", "vi": "### Cách dùng (Examplol)"}.items():
        assert leaflet("translation", "start", "examplol", lang).code == 0
        path = leaflet.folder / "content" / f"examplol.{lang}.md"
        assert f"{heading}\n" in path.read_text("utf-8")
        filled = path.read_text("utf-8").replace("/// patient\n", "/// patient\nTexto.\n")
        read = parse(filled, name="examplol", file=path.name, lang=lang)
        assert set(units(read)) == set(units(parse(SOURCE, name="examplol", file="examplol.md")))


def test_a_language_that_cannot_be_printed_is_refused_at_the_start(leaflet: Leaflet) -> None:
    leaflet.write("content/examplol.md", SOURCE)
    refused = leaflet("translation", "start", "examplol", "fr")
    assert (refused.code, "“fr”" in refused.err) == (2, True)
    assert not (leaflet.folder / "content" / "examplol.fr.md").exists()


@pytest.mark.parametrize("action", ["start", "seal"])
def test_a_packaged_translation_is_neither_written_to_nor_replaced(leaflet: Leaflet, action: str) -> None:
    packaged = {path: path.read_bytes() for path in (ROOT / "content").glob("metformin*")}
    refused = leaflet("translation", action, "metformin", "es")
    assert refused.code == 2
    assert "leaflet copy metformin" in refused.err
    assert leaflet.files() == set()
    assert leaflet("copy", "metformin").code == 0
    assert leaflet("translation", "seal", "metformin", "es").code == 0
    assert {path: path.read_bytes() for path in packaged} == packaged
    again = leaflet("copy", "metformin")
    assert (again.code, "content/metformin.md: the text is the project's own" in again.err) == (2, True)


def test_start_overwrites_nothing(texts: Leaflet) -> None:
    refused = texts("translation", "start", "examplol", "es")
    assert refused.code == 2
    assert "content/examplol.es.md: it is there already" in refused.err
    assert (texts.folder / "content" / "examplol.es.md").read_text("utf-8") == SPANISH


def test_seal_writes_the_record_once(texts: Leaflet) -> None:
    ran = texts("translation", "seal", "examplol", "es")
    assert (ran.code, ran.err) == (0, "sealed content/examplol.es.md: 10 blocks of content/examplol.md, version 3\n")
    once = (texts.folder / "content" / "examplol.es.md").read_bytes()
    assert texts("translation", "seal", "examplol", "es").code == 0
    assert (texts.folder / "content" / "examplol.es.md").read_bytes() == once
    assert texts("check", "content/examplol.es.md", "--json").code in (0, 4)
    (file,) = json.loads(texts("check", "content/examplol.es.md", "--json").out)["files"]
    assert not [finding for finding in file["findings"] if finding["code"].startswith("TR-")]


def test_a_picture_counts_as_it_does_in_a_check(texts: Leaflet) -> None:
    texts.write(
        "content/pictures/cup.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7"/></svg>'
    )
    for name, words in (("examplol.md", "A cup"), ("examplol.es.md", "Una taza")):
        text = (texts.folder / "content" / name).read_text("utf-8")
        texts.write(f"content/{name}", f"{text}\n![{words}](cup.svg)\n")
    assert texts("translation", "seal", "examplol", "es").code == 0
    (file,) = json.loads(texts("check", "content/examplol.es.md", "--json").out)["files"]
    assert not [finding for finding in file["findings"] if finding["code"].startswith("TR-")]
    assert json.loads(texts("translation", "status", "examplol", "--json").out)["translations"][0]["stale"] == []


def test_a_text_that_is_not_built_like_its_source_is_not_sealed(texts: Leaflet) -> None:
    texts.write("content/examplol.es.md", SPANISH.replace("- fiebre\n", ""))
    refused = texts("translation", "seal", "examplol", "es")
    assert refused.code == 4
    assert "content/examplol.es.md:14: the two texts are not built alike in “urgent”" in refused.err


def test_status_names_what_has_changed(texts: Leaflet) -> None:
    assert "examplol  es  not sealed" in texts("translation", "status", "examplol").out
    texts("translation", "seal", "examplol", "es")
    assert texts("translation", "status", "examplol", "es").out == "examplol  es  not reviewed  of version 3, now 3\n"
    texts.write("content/examplol.md", SOURCE.replace("a fever", "a high fever").replace('"3"', '"4"'))
    printed = texts("translation", "status", "examplol").out
    assert "examplol  es  out of date  of version 3, now 4" in printed
    assert "urgent, safety: changed at content/examplol.md:18" in printed
    (facts,) = json.loads(texts("translation", "status", "examplol", "--json").out)["translations"]
    assert [(each["section"], each["change"]) for each in facts["stale"]] == [("urgent", "changed")]


def test_what_is_not_there_is_said(texts: Leaflet) -> None:
    assert texts("translation", "seal", "examplol", "ar").code == 3
    assert texts("translation", "seal", "examplol", "en").code == 2
    assert texts("translation", "status", "examplol", "ar").code == 3
    texts.write("content/lonelol.es.md", SPANISH)
    assert "lonelol.md beside it" in texts("translation", "seal", "lonelol", "es").err


def test_a_sheet_is_made_of_a_sealed_translation_only_and_of_no_stale_one(texts: Leaflet) -> None:
    build = ("build", "examplol", "--lang", "es", "--audience", "patient")
    unsealed = texts(*build)
    assert (unsealed.code, "no record of its source" in unsealed.err) == (4, True)
    texts("translation", "seal", "examplol", "es")
    texts.write("content/examplol.md", SOURCE.replace("a fever", "a high fever"))
    refused = texts(*build)
    assert refused.code == 4
    assert "the source has changed since (content/examplol.md:18, urgent)" in refused.err
    assert not [name for name in texts.files() if name.endswith(".pdf")]


def test_a_stale_translation_that_is_allowed_says_so_on_its_first_page_and_in_every_footer(texts: Leaflet) -> None:
    texts("translation", "seal", "examplol", "es")
    long = "\n".join(f"- línea {number}\n" for number in range(70))
    spanish = texts.folder / "content/examplol.es.md"
    spanish.write_text(spanish.read_text("utf-8").replace("- Tome", f"{long}\n- Tome", 1), "utf-8")
    assert "OLDER" not in _words(texts, *PATIENT)[0]
    texts.write("content/examplol.md", SOURCE.replace("a fever", "a high fever"))
    assert "or allow it with --allow-stale" in texts("build", *PATIENT).err
    pages = _words(texts, *PATIENT, "--allow-stale")
    assert len(pages) > 1
    assert "MÁS ANTIGUO QUE SU ORIGINAL: el original cambió después de esta traducción" in pages[0]
    assert all("MÁS ANTIGUO QUE SU ORIGINAL · Ejemplol" in page for page in pages)
    assert texts("build", *PATIENT).code == 4, "a sheet in the cache is refused as well"
    strictly = texts("build", *PATIENT, "--allow-stale", "--strict")
    assert (strictly.code, "TR-02" in strictly.err) == (4, True)


def test_what_is_stale_in_storage_is_told_and_printed(texts: Leaflet) -> None:
    texts("translation", "seal", "examplol", "es")
    texts.write("content/examplol.md", SOURCE.replace("20 to 25", "15 to 25"))
    ran = texts("build", *PATIENT, "-v")
    assert (ran.code, "TR-02" in ran.err) == (0, True)
    assert "MÁS ANTIGUO" not in _words(texts, *PATIENT)[0]


def test_a_translation_is_withdrawn_and_expires_with_its_source(texts: Leaflet) -> None:
    texts("translation", "seal", "examplol", "es")
    texts.write("content/examplol.md", SOURCE.replace('version: "3"', 'version: "3"\nreview_by: 2021-01-31'))
    refused = texts("build", *PATIENT)
    assert (refused.code, "content/examplol.md:7: the review date 2021-01-31" in refused.err) == (4, True)
    (page, *_) = _words(texts, *PATIENT, "--allow-expired")
    assert "VENCIDO: este texto debía revisarse antes del 31 de enero de 2021." in page
    texts.write("content/examplol.md", SOURCE.replace('version: "3"', "withdrawn: recalled"))
    withdrawn = texts("build", *PATIENT, "--allow-expired", "--allow-stale")
    assert (withdrawn.code, "content/examplol.md:6: the monograph is withdrawn: recalled" in withdrawn.err) == (4, True)


def test_side_by_side_both_languages_say_when_the_first_of_them_was_due(texts: Leaflet) -> None:
    texts.write("content/examplol.es.md", SPANISH.replace("version:", "review_by: 2021-01-31\nversion:"))
    texts("translation", "seal", "examplol", "es")
    texts.write("content/examplol.md", SOURCE.replace("a fever", "a high fever"))
    (page, *_) = _words(
        texts, "examplol", "--lang", "en+es", "--audience", "patient", "--allow-expired", "--allow-stale"
    )
    for words in (
        "EXPIRED: this text was due for review by 31 January 2021.",
        "VENCIDO: este texto debía revisarse antes del 31 de enero de 2021.",
        "OLDER THAN ITS SOURCE: the original has changed",
        "MÁS ANTIGUO QUE SU ORIGINAL: el original cambió",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("source", "translation", "footer"),
    [
        (False, False, "Borrador: sin revisión clínica · Traducción sin revisar"),
        (True, False, "Traducción sin revisar"),
        (True, True, "Revisado: 5 de enero de 2026, por A. Hatter"),
        (False, True, "Original sin revisión clínica · Revisado: 5 de enero de 2026, por A. Hatter"),
    ],
)
def test_the_footer_says_who_reviewed_the_translation(
    texts: Leaflet, source: bool, translation: bool, footer: str
) -> None:
    for name, reviewed in (("examplol.md", source), ("examplol.es.md", translation)):
        if reviewed:
            vouch(texts.folder / "content" / name)
    texts("translation", "seal", "examplol", "es")
    for page in _words(texts, *PATIENT):
        assert footer in page
        assert ("Traducción sin revisar" in page, "Borrador" in page) == (not translation, not (source or translation))


def test_side_by_side_the_first_review_that_falls_due_counts_whichever_language_is_first(texts: Leaflet) -> None:
    texts.write("content/examplol.es.md", SPANISH.replace("version:", "review_by: 2021-01-31\nversion:"))
    texts("translation", "seal", "examplol", "es")
    for lang in ("en+es", "es+en"):
        assert texts("build", "examplol", "--lang", lang, "--allow-expired").code == 0
        ran = texts("verify", f"output/examplol-patient-{lang}.pdf")
        assert (ran.code, "its review was due by 2021-01-31" in ran.out) == (4, True)


def test_side_by_side_a_finding_names_its_own_text_from_the_cache_too(texts: Leaflet) -> None:
    texts("translation", "seal", "examplol", "es")
    made = [json.loads(texts("build", "examplol", "--lang", "en+es", "--json").out)["sheets"][0] for _ in range(2)]
    assert [sheet["cached"] for sheet in made] == [False, True]
    assert made[0]["findings"] == made[1]["findings"]
    assert {finding["file"] for finding in made[1]["findings"]} == {"content/examplol.md", "content/examplol.es.md"}


def test_a_translation_is_printed_with_our_words_in_its_language(texts: Leaflet) -> None:
    texts("translation", "seal", "examplol", "es")
    assert texts("build", "examplol", "--lang", "es", "--audience", "patient", "--html").code == 0
    (page,) = (texts.folder / "output").glob("*.html")
    words = page.read_text("utf-8")
    assert "El folleto de su medicamento" in words
    assert "Your medicine leaflet" not in words


def test_no_sheet_mixes_a_translation_with_english_words_of_ours(texts: Leaflet) -> None:
    texts.write("content/examplol.de.md", SPANISH)
    texts("translation", "seal", "examplol", "de")
    refused = texts("build", "examplol", "--lang", "de", "--audience", "patient")
    assert (refused.code, "no words of ours in “de”" in refused.err) == (2, True)
