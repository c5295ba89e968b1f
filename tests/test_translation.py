"""A translation against its source: hashes, what is stale, what stands beside what, and numbers that must agree."""

import re
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaflets import checks
from leaflets.checks.reading.quantities import differences, quantities
from leaflets.errors import ContentError
from leaflets.model.change import BlockChange
from leaflets.model.edition import Audience
from leaflets.model.monograph import Monograph
from leaflets.parse import parse
from leaflets.parse.translation_file import with_record
from leaflets.translation import record_of, source_changes, units, with_inherited

SOURCE = """\
---
title: Examplol
brand_names: [Exa]
strengths: ["2 mg", "4 mg"]
jurisdiction: US
version: "3"
sources:
  - {id: U1, title: US label}
---

### Get help now

/// urgent

**Call 911 if you have:**

- chest pain
- a fever

///

### Dosage

/// clinician

2 mg once daily.[^U1]

///

/// patient

- Take 2 mg once a day.
- Take it with food for 14 days.

///

### Storage

/// patient

Keep it at 20 to 25 degrees C.

///
"""
SPANISH = """\
---
title: Ejemplol
brand_names: [Exa]
strengths: ["2 mg", "4 mg"]
version: "1"
---

### Get help now

/// urgent

**Llame al 911 si tiene:**

- dolor de pecho
- fiebre

///

### Dosage

/// patient

- Tome 2 mg una vez al día.
- Tómelo con comida por 14 días.

///

### Storage

/// patient

Guárdelo entre 20 y 25 °C.

///
"""


def _source(text: str = SOURCE) -> Monograph:
    return parse(text, name="examplol", file="examplol.md")


def _spanish(text: str = SPANISH, source: str = SOURCE) -> Monograph:
    sealed_text = with_record(text, record_of(_source(source)))
    return parse(sealed_text, name="examplol", file="examplol.es.md", lang="es")


def _codes(text: str, source: str = SOURCE, now: str = SOURCE) -> list[str]:
    findings = checks.check(_spanish(text, source), "", [Audience.PATIENT], original=_source(now))
    return [finding.code for finding in findings if finding.code.startswith("TR-")]


# ---------------------------------------------------------------- hashes

WORDS = st.lists(st.text(alphabet="abcdefghij0123456789é", min_size=1, max_size=12), min_size=1, max_size=30)


def _hashes(paragraph: str) -> tuple[str, ...]:
    text = f"---\ntitle: T\n---\n\n### Dosage\n\n{paragraph}\n\n### Uses\n\nRest.\n"
    return tuple(unit.hash for unit in units(parse(text, name="t", file="t.md"))["dosage"])


@given(words=WORDS, width=st.integers(10, 80))
def test_a_hash_does_not_change_where_lines_are_broken_anew(words: list[str], width: int) -> None:
    text = " ".join(f"w{word}" for word in words)  # no line may begin like a list
    assert (
        _hashes(textwrap.fill(text, width, break_long_words=False)) == _hashes(text) == _hashes(text.replace(" ", "  "))
    )


@given(words=WORDS, at=st.integers(0, 29))
def test_a_hash_changes_with_any_word_or_number(words: list[str], at: int) -> None:
    other = [*words]
    other[at % len(words)] += "1"
    assert _hashes(" ".join(f"w{word}" for word in words)) != _hashes(" ".join(f"w{word}" for word in other))


BLOCKS = {
    "paragraph": "Take 2 mg.",
    "paragraph with a lead-in": "**Adults:** take 2 mg.",
    "paragraph with a pictogram": ":with-food: Take 2 mg.",
    "bulleted list": "- Take 2 mg.\n- Rest.",
    "numbered list": "1. Take 2 mg.\n2. Rest.",
    "checklist": "- [ ] Take 2 mg.\n- [ ] Rest.",
    "block in a list": "- Take it.\n\n    - At night 2 mg.",
    "head of a table": "| Dose 2 mg | Day |\n|---|---|\n| one | Monday |",
    "row of a table": "| Dose | Day |\n|---|---|\n| 2 mg | Monday |",
    "code block": "```\nTake 2 mg.\n```",
    "code block with tildes": "~~~\nTake 2 mg.\n~~~",
    "code block in a box": "/// note\n\n```\nTake 2 mg.\n```\n\n///",
    "box": "/// note\n\nTake 2 mg.\n\n///",
    "title of a box": "/// note | Take 2 mg\n\nRest.\n\n///",
    "quotation": "> Take 2 mg.",
    "subheading": "**Take 2 mg**\n\nRest.",
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=list(BLOCKS))
def test_a_hash_changes_with_every_kind_of_block(block: str) -> None:
    assert _hashes(f"Rest.\n\n{block}") != _hashes("Rest.\n\n" + block.replace("2 mg", "4 mg"))


def test_a_hash_changes_with_a_question_and_with_its_answer() -> None:
    def hashes(question: str, answer: str) -> tuple[str, ...]:
        text = f"---\ntitle: T\n---\n\n### FAQs\n\n**{question}?**\n\n{answer}\n\n### Uses\n\nRest.\n"
        return tuple(unit.hash for unit in units(parse(text, name="t", file="t.md"))["faqs"])

    first = hashes("May I take 2 mg", "Yes.")
    assert len({first, hashes("May I take 4 mg", "Yes."), hashes("May I take 2 mg", "No.")}) == 3


def test_bold_type_reference_marks_and_places_make_no_difference() -> None:
    assert _hashes("Take **2 mg**.[^U1]") == _hashes("Take 2 mg.")
    shifted = SOURCE.replace("### Dosage", "\n\n### Dosage")
    assert record_of(_source(shifted)) == record_of(_source())


def test_what_only_clinicians_read_is_not_recorded() -> None:
    assert record_of(_source(SOURCE.replace("2 mg once daily", "4 mg once daily"))) == record_of(_source())


def test_an_item_is_not_the_same_as_a_paragraph() -> None:
    assert _hashes("- Take 2 mg.") != _hashes("Take 2 mg.")


# ---------------------------------------------------------------- the record


def test_sealing_changes_nothing_but_the_record() -> None:
    once = with_record(SPANISH, record_of(_source()))
    assert with_record(once, record_of(_source())) == once
    cut = re.sub(r"translation:\n(?: .*\n)+", "", once)
    assert cut == SPANISH


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_stay(newline: str, mark: str) -> None:
    text = mark + SPANISH.replace("\n", newline)
    once = with_record(text, record_of(_source()))
    assert once.startswith(mark)
    assert once.count(newline) == once.count("\n")
    assert once.split("---")[2] == text.split("---")[2]


def test_a_text_without_front_matter_gets_one() -> None:
    assert with_record("# Ejemplol\n", record_of(_source())).endswith("---\n# Ejemplol\n")


def test_the_record_of_an_older_source_is_replaced() -> None:
    old = with_record(SPANISH, record_of(_source(SOURCE.replace("fever", "cough"))))
    assert old != with_record(old, record_of(_source())) == with_record(SPANISH, record_of(_source()))


@pytest.mark.parametrize(
    "record",
    ["translation: yes", "translation: {of: '1'}", "translation: {of: '1', blocks: {dosage: 12}}", "translation:\n- a"],
)
def test_a_record_nobody_wrote_so_is_refused_with_its_line(record: str) -> None:
    text = SPANISH.replace("version:", f"{record}\nversion:")
    with pytest.raises(ContentError, match=r"examplol\.es\.md:[56]: “translation"):
        parse(text, name="examplol", file="examplol.es.md", lang="es")


# ---------------------------------------------------------------- stale


def test_a_fresh_translation_has_nothing_stale() -> None:
    assert source_changes(_spanish(), _source()) == ()
    assert _codes(SPANISH) == []


def test_a_changed_block_is_named_in_both_texts() -> None:
    now = SOURCE.replace("with food for", "without food for")
    (change,) = source_changes(_spanish(), _source(now))
    assert (change.section, change.change, change.safety) == ("dosage", BlockChange.CHANGED, True)
    assert now.splitlines()[change.source_line - 1] == "- Take it without food for 14 days."
    record_lines = len(with_record(SPANISH, record_of(_source())).splitlines()) - len(SPANISH.splitlines())
    assert SPANISH.splitlines()[change.line - 1 - record_lines] == "- Tómelo con comida por 14 días."


def test_blocks_that_were_added_and_removed_are_told() -> None:
    more = source_changes(_spanish(), _source(SOURCE.replace("- a fever\n", "- a fever\n- a rash\n")))
    assert [(each.section, each.change) for each in more] == [("urgent", BlockChange.ADDED)]
    fewer = source_changes(_spanish(), _source(SOURCE.replace("- a fever\n", "")))
    assert [(each.section, each.change) for each in fewer] == [("urgent", BlockChange.REMOVED)]


def test_only_sections_about_safety_are_grave() -> None:
    (change,) = source_changes(_spanish(), _source(SOURCE.replace("Keep it at", "Store it at")))
    assert not change.safety
    (strength,) = source_changes(_spanish(), _source(SOURCE.replace('"4 mg"]', '"4 mg", "8 mg"]')))
    assert strength.section == "front"
    assert strength.safety


# Written out, not taken from the code: a patient who reads the old text of one of these may come to harm.
GRAVE = (
    "key message", "get help now", "boxed warning", "contraindications", "precautions", "pregnancy", "interactions",
    "dosage", "adjustments", "missed dose", "overdose", "monitoring",
)  # fmt: skip


@pytest.mark.parametrize("heading", [*GRAVE, "side effects", "storage", "how it works", "faqs"])
def test_a_change_is_grave_by_its_section(heading: str) -> None:
    text = f"---\ntitle: T\n---\n\n### {heading}\n\nOne tablet.\n"
    (change,) = source_changes(_spanish(text, text), _source(text.replace("One", "Two")))
    assert change.safety is (heading in GRAVE)


@pytest.mark.parametrize(
    ("own", "source", "earlier"),
    [("2027-01-31", "2026-05-31", "2026-05-31"), ("2026-05-31", "2027-01-31", "2026-05-31"),
     ("2026-05-31", "", "2026-05-31"), ("", "2026-05-31", "2026-05-31"), ("", "", "None")],
)  # fmt: skip
def test_a_translation_is_due_for_review_on_the_earlier_of_two_dates(own: str, source: str, earlier: str) -> None:
    def dated(date: str) -> Monograph:
        return _source(f"---\ntitle: T\n{f'review_by: {date}' if date else ''}\n---\n\n### Uses\n\nPain.\n")

    assert str(with_inherited(dated(own), dated(source)).front.review_by) == earlier


def test_check_tells_what_is_stale_with_both_lines() -> None:
    now = SOURCE.replace("chest pain", "severe chest pain")
    findings = checks.check(_spanish(), "", [Audience.PATIENT], original=_source(now))
    (stale,) = [finding for finding in findings if finding.code == "TR-02"]
    assert stale.severity == "error"
    assert f"examplol.md:{now.splitlines().index('- severe chest pain') + 1}" in stale.message


# ---------------------------------------------------------------- form and front matter


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("- fiebre\n", "", ["TR-03"]),
        ("- fiebre\n", "- fiebre\n- tos\n", ["TR-03"]),
        ("- Tómelo con comida por 14 días.", "Tómelo con comida por 14 días.", ["TR-03"]),
        ('strengths: ["2 mg", "4 mg"]\n', "", ["TR-03", "TR-04", "TR-04"]),
        ("brand_names: [Exa]", "brand_names: [Exo]", ["TR-05"]),
        ('version: "1"', 'version: "1"\njurisdiction: EU', ["TR-05"]),
        ("2 mg una vez", "20 mg una vez", ["TR-04", "TR-04"]),
        ("2 mg una vez", "2 mcg una vez", ["TR-04"]),
        ("2 mg una vez", "una vez", ["TR-04"]),
        ("14 días", "14 semanas", ["TR-04"]),
        ("al 911", "al 112", ["TR-04", "TR-04"]),
    ],
)
def test_what_a_translation_gets_wrong_is_found(old: str, new: str, codes: list[str]) -> None:
    assert old in SPANISH
    assert sorted(_codes(SPANISH.replace(old, new))) == codes


def test_a_translation_without_record_or_source_is_an_error() -> None:
    bare = parse(SPANISH, name="examplol", file="examplol.es.md", lang="es")
    assert "TR-01" in {finding.code for finding in checks.check(bare, "", [Audience.PATIENT], original=_source())}
    assert "TR-01" in {finding.code for finding in checks.check(_spanish(), "", [Audience.PATIENT])}
    assert "TR-01" not in {finding.code for finding in checks.check(bare, "", [Audience.PATIENT])}  # a text of its own


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("source", "translated", "lang"),
    [
        ("Take 2 mg twice.", "تناول ٢ ملغ مرتين.", "ar"),
        ("2.5 mg", "٢٫٥ ملغ", "ar"),
        ("10 to 20 mg", "من 10 إلى 20 ملغ", "ar"),
        ("14 days", "١٤ يومًا", "ar"),
        ("Call 1-800-222-1222.", "اتصل بالرقم 1-800-222-1222.", "ar"),
        ("1,000 mg", "1,000 mg", "es"),
        ("14 days", "14 días", "es"),
        ("age 10", "10 años", "es"),
        ("about 12 weeks", "khoảng 12 tuần", "vi"),
        ("2 mg, 14 days", "2毫克，14天", "zh"),
        ("COVID-19", "كوفيد-19", "ar"),
    ],
)
def test_numbers_agree_in_the_digits_of_each_language(source: str, translated: str, lang: str) -> None:
    assert list(differences(quantities(translated, lang), quantities(source, "en"))) == []


@pytest.mark.parametrize(
    ("source", "translated", "lang"),
    [
        ("2.5 mg", "25 mg", "es"),
        ("2.5 mg", "2,5 mg", "es"),  # in a US text a comma parts thousands
        ("1.125 mg", "1,125 mg", "es"),
        ("2 mg", "٢٠ ملغ", "ar"),
        ("2 mg", "2 غرام", "ar"),
        ("2 mg and 4 mg", "2 mg y 2 mg", "es"),
        ("1-800-222-1222", "1-800-222-1223", "es"),
        ("1-800-FDA-1088", "1-800-FDA-1080", "ar"),
        ("14 days", "14 semanas", "es"),
        ("2 mg", "2毫升", "zh"),
    ],
)
def test_a_wrong_dose_or_phone_number_is_found(source: str, translated: str, lang: str) -> None:
    assert list(differences(quantities(translated, lang), quantities(source, "en")))


def test_a_decimal_comma_counts_where_readers_write_it() -> None:
    assert list(differences(quantities("2,5 mg", "es", "EU"), quantities("2.5 mg", "en", "EU"))) == []
    assert list(differences(quantities("1.000 mg", "es", "EU"), quantities("1,000 mg", "en", "EU"))) == []


@given(st.decimals(min_value=0, max_value=9999, places=2), st.decimals(min_value=0, max_value=9999, places=2))
def test_two_doses_agree_only_where_they_are_the_same(one: object, other: object) -> None:
    arabic = str(other).translate(str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫"))
    mismatches = list(differences(quantities(f"{arabic} ملغ", "ar"), quantities(f"{one} mg", "en")))
    assert bool(mismatches) is (one != other)
