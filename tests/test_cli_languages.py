"""`leaflet languages`: what there is, and what is missing."""

import json
from pathlib import Path

import pytest

import leaflets.languages
from leaflets.languages import CATALOGUES, LANGUAGES
from leaflets.languages.missing import words
from tests.running import Leaflet


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Spanish catalogue in which one word is empty and another not sure."""
    text = (CATALOGUES / "es.po").read_text("utf-8")
    text = text.replace('msgstr "Dosis olvidada"', 'msgstr ""').replace('msgid "Sun"', '#, fuzzy\nmsgid "Sun"')
    (tmp_path / "es.po").write_text(text, encoding="utf-8")
    monkeypatch.setattr(leaflets.languages, "CATALOGUES", tmp_path)


def test_every_language_is_listed_complete(leaflet: Leaflet) -> None:
    ran = leaflet("languages")
    number = len(words())
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"{code}  {number} of {number} words  complete  {language.name}" for code, language in LANGUAGES.items()
    ]


@pytest.mark.usefixtures("lacking")
def test_missing_words_are_listed_and_the_check_fails(leaflet: Leaflet) -> None:
    ran = leaflet("languages", "es", "en")
    number = len(words())
    assert ran.code == 4
    assert ran.out.splitlines() == [
        f"es  {number - 2} of {number} words  2 missing  Español", "    “Missed dose”", "    “Sun”",
        f"en  {number} of {number} words  complete  English",
    ]  # fmt: skip


@pytest.mark.usefixtures("lacking")
def test_the_same_as_json(leaflet: Leaflet) -> None:
    ran = leaflet("languages", "es", "es", "--json")
    (facts,) = json.loads(ran.out)["languages"]
    assert ran.code == 4
    assert (facts["code"], facts["tag"], facts["direction"]) == ("es", "es", "ltr")
    assert facts["missing"] == ["Missed dose", "Sun"]


def test_an_unknown_language_is_refused_with_those_there_are(leaflet: Leaflet) -> None:
    ran = leaflet("languages", "tlh")
    assert ran.code == 2
    assert "There is: en, es, ar, vi, zh." in ran.err
