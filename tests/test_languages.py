"""Our own words in every language: none missing, none left over, each with the facts it is to be filled with."""

from __future__ import annotations

import datetime as dt
import importlib
import re
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from leaflets import languages
from leaflets.errors import RenderError, UsageError
from leaflets.languages import ENGLISH, LANGUAGES, catalogue_file, language, msg
from leaflets.languages.missing import missing, words

ROOT = Path(__file__).parent.parent
OTHERS = [code for code in LANGUAGES if code != "en"]
_FACT = re.compile(r"\{\w+\}")


def test_the_template_holds_what_code_and_templates_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    sys.modules.pop("catalogues", None)
    messages = importlib.import_module("catalogues").messages()  # a script, not a module of the package
    assert words() == tuple(sorted({each for each, _ in messages})), "run scripts/catalogues.py"


@pytest.mark.parametrize("code", OTHERS)
def test_no_language_lacks_a_word(code: str) -> None:
    assert missing(code) == ()


@pytest.mark.parametrize("code", OTHERS)
def test_every_entry_keeps_its_facts_and_is_still_used(code: str) -> None:
    with catalogue_file(code).open("rb") as file:
        entries = [entry for entry in read_po(file, locale=code) if entry.id]
    assert {entry.id for entry in entries} == set(words())
    for entry in entries:
        translated = str(entry.string)
        assert sorted(_FACT.findall(translated)) == sorted(_FACT.findall(str(entry.id))), entry.id
        assert translated == translated.strip()


def test_a_date_in_every_language() -> None:
    day = dt.date(2026, 4, 3)
    dates = {code: language.date(day) for code, language in LANGUAGES.items()}
    assert dates == {
        "en": "3 April 2026",
        "es": "3 de abril de 2026",
        "ar": "3 أبريل 2026",
        "vi": "3 tháng 4, 2026",
        "zh": "2026年4月3日",
    }


def test_facts_are_filled_in() -> None:
    assert ENGLISH.say("Call {number}.", number="911") == "Call 911."
    assert language("es").say("Call {number}.", number="911") == "Llame al 911."


def test_a_list_has_the_commas_of_its_language() -> None:
    lists = {code: language.listed(("1 mg", "2 mg", "4 mg")) for code, language in LANGUAGES.items()}
    latin = "1 mg, 2 mg, 4 mg"
    assert lists == {"en": latin, "es": latin, "ar": "1 mg، 2 mg، 4 mg", "vi": latin, "zh": "1 mg、2 mg、4 mg"}
    assert ENGLISH.listed(()) == ""


def test_words_without_a_translation_are_an_error_and_never_english() -> None:
    with pytest.raises(RenderError, match="no words in Español for “Nobody said this”"):
        language("es").say(msg("Nobody said this"))


def test_an_uncertain_translation_is_not_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = ('#, fuzzy\nmsgid "Sun"\nmsgstr "Luna"', 'msgid "Driving"\nmsgstr "Conducir"')
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"'
    (tmp_path / "es.po").write_text("\n\n".join((head, *entries)) + "\n", "utf-8")
    monkeypatch.setattr(languages, "CATALOGUES", tmp_path)
    monkeypatch.setattr(languages, "_catalogue", languages._catalogue.__wrapped__)  # not the catalogues read before
    assert language("es").say("Driving") == "Conducir"
    with pytest.raises(RenderError, match="no words in Español for “Sun”"):
        language("es").say("Sun")


def test_an_unknown_language_says_which_there_are() -> None:
    with pytest.raises(UsageError, match="“tlh”") as error:
        language("tlh")
    assert error.value.hint == "There is: en, es, ar, vi, zh."
