"""What a heading means."""

from collections import Counter

import pytest

from leaflets.languages import LANGUAGES
from leaflets.model.edition import Audience
from leaflets.parse.headings import SYNONYMS, Heading, classify, heading_words, lookup_key, synonyms
from leaflets.view import layout_for

OTHERS = [code for code in LANGUAGES if code != "en"]


@pytest.mark.parametrize(
    ("raw", "section", "words", "rest"),
    [
        ("Usage", "indications", "Usage", ""),
        ("  **Usage:**  ", "indications", "Usage", ""),
        ("USAGE ##", "indications", "USAGE", ""),
        ("Usage: Eases a knee: at once.", "indications", "Usage", "Eases a knee: at once."),
        ("**Usage:** Eases a knee.", "indications", "Usage", "Eases a knee."),
        ("**Usage**: Eases a knee.", "indications", "Usage", "Eases a knee."),
        ("**Usage: Eases a knee.**", "indications", "Usage", "**Eases a knee.**"),
        ("Usage (Testol)", "indications", "Usage (Testol)", ""),
        ("Usage (Testol): Eases a knee.", "indications", "Usage (Testol)", "Eases a knee."),
        ("Testol Usage", "indications", "Testol Usage", ""),
        ("Testol (a hat) side effects:", "side_effects", "Testol (a hat) side effects", ""),
        ("Pregnancy & breastfeeding", "pregnancy", "Pregnancy & breastfeeding", ""),
        ("Pregnancy &amp; breastfeeding", "pregnancy", "Pregnancy & breastfeeding", ""),
        ("FAQs (General for both, ask your doctor)", "faqs", "FAQs (General for both, ask your doctor)", ""),
        ("Travel", "other", "Travel", ""),
        ("Note: take care", "other", "Note: take care", ""),
        ("Testol: what it is", "other", "Testol: what it is", ""),
        ("Name of the inventor", "other", "Name of the inventor", ""),
        ("Brand name", "other", "Brand name", ""),
        ("", "other", "", ""),
    ],
)
def test_heading_is_understood(raw: str, section: str, words: str, rest: str) -> None:
    heading = classify(raw)
    assert (heading.id, heading.words, heading.rest) == (section, words, rest)


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        ("Usage", ""),
        ("Usage (Testol)", "Testol"),
        ("Testol Usage", "Testol"),
        ("Testol + Nil Side Effects", "Testol + Nil"),
    ],
)
def test_component_a_heading_is_about(raw: str, subject: str) -> None:
    assert classify(raw).subject == subject


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_each_synonym_means_one_section_and_is_written_as_it_is_looked_up(lang: str) -> None:
    listed = [words for spellings in synonyms(lang).values() for words in spellings]
    assert [words for words, times in Counter(listed).items() if times > 1] == []
    assert [words for words in listed if words != lookup_key(words) or words != heading_words(words)] == []
    assert set(synonyms(lang)) == set(SYNONYMS)


@pytest.mark.parametrize("lang", OTHERS)
def test_a_table_contradicts_no_english_heading(lang: str) -> None:
    english = {words: section for section, spellings in SYNONYMS.items() for words in spellings}
    own = {words: section for section, spellings in synonyms(lang).items() for words in spellings}
    assert {words for words in own if english.get(words, own[words]) != own[words]} == set()


@pytest.mark.parametrize("lang", OTHERS)
@pytest.mark.parametrize("audience", Audience)
def test_the_titles_we_print_are_understood_as_headings(lang: str, audience: Audience) -> None:
    titles = {id: placement.title for id, (_, placement) in layout_for(audience, lang).items() if id in SYNONYMS}
    assert {id: classify(title, lang).id for id, title in titles.items()} == {id: id for id in titles}


@pytest.mark.parametrize(
    ("lang", "raw", "section", "words", "rest"),
    [
        ("es", "**Dosis:** una al día", "dosage", "Dosis", "una al día"),
        ("es", "CÓMO TOMARLO", "dosage", "CÓMO TOMARLO", ""),
        ("es-MX", "Efectos secundarios", "side_effects", "Efectos secundarios", ""),
        ("es", "Dosis (Testol)", "dosage", "Dosis (Testol)", ""),
        ("es", "Side effects", "side_effects", "Side effects", ""),
        ("es", "Cómo medir la dosis", "other", "Cómo medir la dosis", ""),
        ("en", "Efectos secundarios", "other", "Efectos secundarios", ""),
        ("ar", "اطلب المساعدة فورا", "urgent", "اطلب المساعدة فورا", ""),
        ("ar", "الجرعة: قرص واحد", "dosage", "الجرعة", "قرص واحد"),
        ("vi", "Tác dụng phụ", "side_effects", "Tác dụng phụ", ""),
        ("zh", "用法用量：", "dosage", "用法用量", ""),
        ("zh", "**用法：**饭后服用", "dosage", "用法", "饭后服用"),
        ("zh", "用量（阿司匹林）", "dosage", "用量（阿司匹林）", ""),
        ("fr", "Effets secondaires", "other", "Effets secondaires", ""),
    ],
)
def test_headings_in_other_languages(lang: str, raw: str, section: str, words: str, rest: str) -> None:
    heading = classify(raw, lang)
    assert (heading.id, heading.words, heading.rest) == (section, words, rest)


@pytest.mark.parametrize("section", sorted(SYNONYMS))
def test_every_synonym_is_understood_in_bold_with_a_colon(section: str) -> None:
    assert {classify(f"**{words.title()}:**").id for words in SYNONYMS[section]} == {section}


def test_curly_apostrophe_is_read_as_a_straight_one() -> None:
    assert classify("Don’t know") == Heading("other", "Don’t know")


def test_tidy_keeps_the_words_of_links_and_entities() -> None:
    assert heading_words("*Side*&nbsp;effects of [hats](https://example.org): ##").split() == [
        "Side", "effects", "of", "hats", "(https://example.org)",
    ]  # fmt: skip
