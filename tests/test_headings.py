"""What a heading means."""

import pytest

from leaflets.parse.headings import BY_WORDS, SYNONYMS, Heading, tidy, understand


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
    heading = understand(raw)
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
    assert understand(raw).subject == subject


def test_each_synonym_means_one_section_and_is_written_as_it_is_looked_up() -> None:
    listed = [words for synonyms in SYNONYMS.values() for words in synonyms]
    assert len(listed) == len(set(listed)) == len(BY_WORDS)
    assert [words for words in listed if words != words.casefold() or "’" in words or words != tidy(words)] == []


@pytest.mark.parametrize("section", sorted(SYNONYMS))
def test_every_synonym_is_understood_in_bold_with_a_colon(section: str) -> None:
    assert {understand(f"**{words.title()}:**").id for words in SYNONYMS[section]} == {section}


def test_curly_apostrophe_is_read_as_a_straight_one() -> None:
    assert understand("Don’t know") == Heading("other", "Don’t know")


def test_tidy_keeps_the_words_of_links_and_entities() -> None:
    assert tidy("*Side*&nbsp;effects of [hats](https://example.org): ##").split() == [
        "Side", "effects", "of", "hats", "(https://example.org)",
    ]  # fmt: skip
