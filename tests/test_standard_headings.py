"""Documents in the headings of published standards, made up, in every form in which people type headings."""

from collections.abc import Callable

import pytest

from leaflets.errors import ContentError
from leaflets.model.edition import Audience
from leaflets.model.finding import Severity
from leaflets.model.monograph import Monograph
from leaflets.parse import parse
from leaflets.parse.headings import SYNONYMS, classify, lookup_key, synonyms
from leaflets.parse.standards import GROUP, HEADINGS, _rows, words_of
from leaflets.view import LAYOUTS, view

TITLE = "Zorblex 5 mg tablets (zorbinol)"

# For each standard its headings in order, each with the section it must become.
DOCUMENTS = {
    "medication guide": """
        boxed_warning What is the most important information I should know about Zorblex?
        indications What is Zorblex?
        contraindications Who should not take Zorblex?
        precautions What should I tell my healthcare provider before taking Zorblex?
        dosage How should I take Zorblex?
        counselling What should I avoid while taking Zorblex?
        side_effects What are the possible side effects of Zorblex?
        storage How should I store Zorblex?
        counselling General information about the safe and effective use of Zorblex
        supply What are the ingredients in Zorblex?""",
    "medlineplus": """
        indications Why is this medication prescribed?
        dosage How should this medicine be used?
        indications Other uses for this medicine
        precautions What special precautions should I follow?
        missed_dose What should I do if I forget a dose?
        side_effects What side effects can this medication cause?
        storage What should I know about storage and disposal of this medication?
        overdose In case of emergency/overdose""",
    "singapore": """
        indications What Is This Medication For?
        dosage How Should I Take Or Use This Medication?
        missed_dose What Should I Do If I Forget To Take Or Use This Medication?
        precautions What Precautions Should I Take When Taking Or Using This Medication?
        side_effects What Are Some Common Side Effects Of This Medication?
        urgent What Are Some Rare But Serious Side-Effects That I Need To Seek Medical Advice Immediately?
        interactions What Food Or Medication Should I Avoid When I Take Or Use This Medication?
        storage How Should I Store This Medication?
        storage How Do I Throw Away This Medication Safely?""",
    "nhs": """
        introduction About zorbinol
        key_message Key facts
        precautions Who can and cannot take zorbinol
        dosage How and when to take zorbinol
        side_effects Side effects
        pregnancy Pregnancy, breastfeeding and fertility while taking zorbinol
        interactions Taking zorbinol with other medicines and herbal supplements
        faqs Common questions about zorbinol""",
    "australia": """
        indications Why am I using Zorblex?
        precautions What should I know before I use Zorblex?
        interactions What if I am taking other medicines?
        dosage How do I use Zorblex?
        counselling What should I know while using Zorblex?
        side_effects Are there any side effects?
        supply Product details""",
    "plr": """
        indications Indications and usage
        dosage Dosage and administration
        supply Dosage forms and strengths
        contraindications Contraindications
        precautions Warnings and precautions
        side_effects Adverse reactions
        interactions Drug interactions
        pregnancy Use in specific populations
        overdose Overdosage
        supply Description
        mechanism Clinical pharmacology
        supply How supplied/storage and handling
        counselling Patient counseling information""",
    "drug facts": """
        supply Active ingredient (in each tablet)
        indications Purpose
        indications Uses
        precautions Warnings
        contraindications Do not use
        precautions Ask a doctor before use if you have
        precautions Stop use and ask a doctor if
        pregnancy If pregnant or breast-feeding
        storage Keep out of reach of children
        dosage Directions
        supply Inactive ingredients""",
    "bnf": """
        dosage Indications and dose
        mechanism Drug action
        contraindications Contra-indications
        precautions Cautions
        side_effects Side-effects
        pregnancy Conception and contraception
        pregnancy Breast feeding
        adjustments Renal impairment
        monitoring Monitoring requirements
        counselling Patient and carer advice
        supply Medicinal forms""",
    "ems": """
        mechanism Mechanism of Action
        indications Indications
        contraindications Contraindications
        dosage Adult dose
        dosage Pediatric dose
        precautions Special considerations
        overdose Treatment of overdose""",
    "qrd en": """
        indications What Zorblex is and what it is used for
        precautions What you need to know before you take Zorblex
        dosage How to take Zorblex
        side_effects Possible side effects
        storage How to store Zorblex
        supply Contents of the pack and other information""",
    "qrd da": """
        indications Virkning og anvendelse
        precautions Det skal du vide, før du begynder at tage Zorblex
        dosage Sådan skal du tage Zorblex
        side_effects Bivirkninger
        storage Opbevaring
        supply Pakningsstørrelser og yderligere oplysninger""",
    "qrd de": """
        indications Was ist Zorblex und wofür wird es angewendet?
        precautions Was sollten Sie vor der Einnahme von Zorblex beachten?
        dosage Wie ist Zorblex einzunehmen?
        side_effects Welche Nebenwirkungen sind möglich?
        storage Wie ist Zorblex aufzubewahren?
        supply Inhalt der Packung und weitere Informationen""",
    "qrd fr": """
        indications Qu’est-ce que Zorblex et dans quels cas est-il utilisé ?
        precautions Quelles sont les informations à connaître avant de prendre Zorblex ?
        dosage Comment prendre Zorblex ?
        side_effects Quels sont les effets indésirables éventuels ?
        storage Comment conserver Zorblex ?
        supply Contenu de l’emballage et autres informations""",
    "qrd it": """
        indications Cos’è Zorblex e a cosa serve
        precautions Cosa deve sapere prima di prendere Zorblex
        dosage Come prendere Zorblex
        side_effects Possibili effetti indesiderati
        storage Come conservare Zorblex
        supply Contenuto della confezione e altre informazioni""",
    "qrd pt": """
        indications O que é Zorblex e para que é utilizado
        precautions O que precisa de saber antes de tomar Zorblex
        dosage Como tomar Zorblex
        side_effects Efeitos indesejáveis possíveis
        storage Como conservar Zorblex
        supply Conteúdo da embalagem e outras informações""",
    "qrd es": """
        indications Qué es Zorblex y para qué se utiliza
        precautions Qué necesita saber antes de empezar a tomar Zorblex
        dosage Cómo tomar Zorblex
        side_effects Posibles efectos adversos
        storage Conservación de Zorblex
        supply Contenido del envase e información adicional""",
    "smpc": """
        supply Qualitative and quantitative composition
        indications Therapeutic indications
        dosage Posology and method of administration
        precautions Special warnings and precautions for use
        interactions Interaction with other medicinal products and other forms of interaction
        pregnancy Fertility, pregnancy and lactation
        side_effects Undesirable effects
        overdose Overdose
        mechanism Pharmacokinetic properties
        storage Special precautions for storage""",
}  # fmt: skip

Form = Callable[[int, str], str]
FORMS: dict[str, Form] = {
    "hashes": lambda number, words: f"## {words}",
    "hashes and number": lambda number, words: f"### {number}. {words}",
    "bold": lambda number, words: f"**{words}**",
    "capitals and colon": lambda number, words: f"{words.upper().rstrip(' ?')}:",
    "plain and numbered": lambda number, words: f"{number}. {words}",
    "alone on a line": lambda number, words: words,
}


def headings(document: str) -> list[tuple[str, str]]:
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in document.strip().splitlines()]


def read(body: str, title: str = TITLE, lang: str = "en") -> Monograph:
    return parse(f"---\ntitle: {title}\n---\n\n{body}", name="case", file="case.md", lang=lang)


def ids(monograph: Monograph) -> list[str]:
    return [section.id for section in monograph.sections]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_standard_is_understood_in_every_form(document: str, form: str) -> None:
    listed = headings(DOCUMENTS[document])
    body = [f"{FORMS[form](n, words)}\n\nText {n} of it.\n" for n, (_, words) in enumerate(listed, 1)]
    monograph = read("\n".join(body))
    assert ids(monograph) == [section for section, _ in listed]
    assert [s.line for s in monograph.sections] == [5 + 4 * n for n in range(len(listed))]
    for audience in Audience:
        shown = [str(block) for section in view(monograph, audience).sections for block in section.blocks]
        assert all(any(f"Text {n} of it." in block for block in shown) for n in range(1, len(listed) + 1))


def test_a_standard_heading_has_one_section_a_source_and_the_form_it_is_looked_up_in() -> None:
    rows = _rows(HEADINGS)
    sections = {*SYNONYMS, "introduction", GROUP}
    assert all(row["standard"] and row["source"] for row in rows)
    assert {row["section"] for row in rows} <= sections
    assert [row["heading"] for row in rows if row["heading"] != words_of(lookup_key(row["heading"])).strip()] == []
    for lang in {row["language"] for row in rows}:
        own = [(row["heading"], row["section"]) for row in rows if row["language"] in (lang, "en")]
        house = [
            (words, id) for table in (SYNONYMS, synonyms(lang)) for id, listed in table.items() for words in listed
        ]
        assert len(dict(own)) == len(set(own))
        assert {words for words, id in own if dict(house).get(words, id) != id} == set()
        assert len({(row["heading"]) for row in rows if row["language"] == lang}) == sum(
            row["language"] == lang for row in rows
        )


def test_every_section_of_a_standard_stands_in_both_layouts() -> None:
    used = {row["section"] for row in _rows(HEADINGS)} - {GROUP}
    assert all(used <= set(LAYOUTS[audience]) for audience in Audience)


@pytest.mark.parametrize(
    "words",
    [
        "What is gout?", "How to take your temperature", "How to store insulin pens", "Do not take chances",
        "What you need to know", "About gout", "12 weeks", "Travel", "If you stop smoking",
        "Who should not take aspirin?", "Children and adolescents", "Adult", "Other information", "Zorblexin",
        "How to take Zorblex with food", "Nebenwirkungen", "Side effects of the trip",
    ],
)  # fmt: skip
def test_what_only_resembles_a_heading_of_a_standard_stays_another(words: str) -> None:
    monograph = read(f"## Usage\n\nPain.\n\n## {words}\n\nText.\n")
    assert ids(monograph) == ["indications", "other"]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Zorblex", "How to take ZORBLEX®"),
        ("Zorblex 5 mg/ml solution", "How to take Zorblex"),
        ("Zorblex (zorbinol)", "How to take zorbinol"),
        ("Zorblex", "How to take Zorblex 5 mg tablets"),
        ("Zorblex", "How to take this medicine"),
        ("Zorb + Blex", "How to take Zorb + Blex"),
        ("Section 12: Zorblex", "How to take Zorblex"),
    ],
)
def test_the_name_of_the_medicine_stands_for_the_placeholder(title: str, words: str) -> None:
    assert ids(read(f"## {words}\n\nText.\n", f'"{title}"')) == ["dosage"]


def test_a_name_that_a_clear_heading_gives_is_one_in_the_others() -> None:
    body = "## 1. What Blixor is and what it is used for\n\nA.\n\n## 3. How to take Blixor\n\nB.\n"
    assert ids(read(body, "zorbinol")) == ["indications", "dosage"]


def test_headings_that_group_others_name_no_component_and_no_medicine() -> None:
    body = "# PACKAGE LEAFLET\n\n# Zorblex\n\n## 4. CLINICAL PARTICULARS\n\n### 4.1 Therapeutic indications\n\nPain.\n"
    monograph = parse(body, name="case", file="case.md")
    assert monograph.front.title == "Zorblex"
    assert {section.subject for section in monograph.sections} == {""}


def test_contents_of_a_leaflet_open_no_sections() -> None:
    listed = [f"{n}. {words}" for n, (_, words) in enumerate(headings(DOCUMENTS["qrd en"]), 1)]
    body = (
        "What is in this leaflet\n\n" + "\n".join(listed) + "\n\n" + "".join(f"{words}\n\nT.\n\n" for words in listed)
    )
    assert ids(read(body)) == ["other", *(section for section, _ in headings(DOCUMENTS["qrd en"]))]


def test_questions_of_patients_stay_questions() -> None:
    body = "## Questions\n\n### How should I store Zorblex?\n\nHere.\n\n### What is Zorblex?\n\nA pill.\n"
    assert ids(read(body)) == ["faqs"]


def test_the_text_of_a_protocol_without_marks_or_blank_lines_is_understood() -> None:
    lines = ("Zorbinol", "193", "Mechanism of Action", "Slows it", "Uses", "PSVT", "Precautions", "Asthma")
    body = "# Section 182: Zorbinol\n\n---\n\n" + "\n".join(lines)
    assert ids(parse(body, name="case", file="case.md"))[-3:] == ["mechanism", "indications", "precautions"]


def test_headings_in_brackets_and_emphasis_are_understood_in_chinese() -> None:
    assert ids(read("【适应症】用于疼痛。\n【用法用量】\n口服。\n", lang="zh")) == ["indications", "dosage"]
    marked = "# Zorbinol\n\n## ZORBLEX 5mg\n\n*藥物代碼*：OZOR\n\n*用法用量*：\n\nOral: 5 mg twice daily.\n"
    assert "dosage" in ids(parse(marked, name="case", file="case.md"))


_LABEL = "## 1 INDICATIONS AND USAGE\n\nPain.\n\n## 2 DOSAGE AND ADMINISTRATION\n\n5 mg once a day.\n"


@pytest.mark.parametrize(
    "words",
    [
        "## WARNING: HEPATOTOXICITY", "**WARNING: HEPATOTOXICITY**", "WARNING: HEPATOTOXICITY",
        "### Warnings: Hepatotoxicity and death", "## **WARNING: HEPATOTOXICITY, and DEATH**",
    ],
)  # fmt: skip
def test_the_boxed_warning_of_a_label_is_named_by_its_subject(words: str) -> None:
    monograph = read(f"{words}\n\nLiver failure occurs.\n\n{_LABEL}")
    assert ids(monograph) == ["boxed_warning", "indications", "dosage"]
    assert "Liver failure occurs." in str(monograph.sections[0].blocks)
    title = words.strip("#* ")
    assert monograph.sections[0].heading == title
    for audience in Audience:
        [boxed] = [section for section in view(monograph, audience).sections if section.id == "boxed_warning"]
        assert title in (boxed.title, boxed.note)


@pytest.mark.parametrize(
    ("body", "section"),
    [
        ("## WARNING: HEPATOTOXICITY\n\nLiver failure.\n\n## Usage\n\nPain.\n", "precautions"),
        (f"## Warning: Do not drive, it makes you sleepy.\n\nAt all.\n\n{_LABEL}", "precautions"),
        (f"**Warning:** It makes you sleepy.\n\n{_LABEL}", "precautions"),
    ],
)
def test_another_warning_is_no_boxed_one(body: str, section: str) -> None:
    assert ids(read(body))[0] == section


def test_a_text_in_another_language_says_so() -> None:
    body = "".join(f"## {words}\n\nTekst.\n\n" for _, words in headings(DOCUMENTS["qrd da"]))
    assert [f.severity for f in read(body).findings if f.code == "MD14"] == [Severity.WARNING]


@pytest.mark.parametrize("lang", ["da", "de", "fr", "it", "pt", "es"])
def test_a_text_in_another_language_keeps_its_own_headings_on_every_sheet(lang: str) -> None:
    listed = headings(DOCUMENTS[f"qrd {lang}"])
    monograph = read("".join(f"## {words}\n\nTekst.\n\n" for _, words in listed))
    for audience in Audience:
        shown = view(monograph, audience).sections
        assert {section.title for section in shown} == {words for _, words in listed}
        assert {section.note for section in shown} == {""}


def test_a_text_in_a_language_we_print_has_our_headings() -> None:
    body = "".join(f"## {words}\n\nTexto.\n\n" for _, words in headings(DOCUMENTS["qrd es"]))
    shown = view(read(body, lang="es"), Audience.PATIENT).sections
    assert "Para qué sirve" in {section.title for section in shown}


def test_a_text_without_a_known_heading_is_printed_under_its_own_with_a_warning() -> None:
    monograph = read("## Travel\n\nPack it.\n\n## Sport\n\nRun.\n")
    assert [f.severity for f in monograph.findings if f.code == "MD13"] == [Severity.WARNING]
    for audience in Audience:
        assert [section.title for section in view(monograph, audience).sections] == ["Travel", "Sport"]


@pytest.mark.parametrize(
    "body",
    [
        "", "## Travel\n", "Prose without any heading.\n",
        "## Note\n\nI cannot provide information on this combination.\n",
        "## Note\n\nI'm sorry, but I can’t help with that.\n",
        "## Request\n\nPlease provide me with the name of the medicine.\n",
    ],
)  # fmt: skip
def test_a_refusal_and_a_text_without_words_under_a_heading_stay_refused(body: str) -> None:
    with pytest.raises(ContentError, match="there is no monograph in it"):
        read(body)


def test_a_sentence_of_a_marked_text_opens_no_section() -> None:
    assert ids(read("## Usage\n\nAsk about your\nSide effects\nand more.\n\nDosage\n\nINDICATIONS: none.\n")) == [
        "indications"
    ]


def test_numbers_and_names_are_read_without_a_front_matter() -> None:
    assert classify("4.2 Posology and method of administration").id == "dosage"
    assert classify("10 OVERDOSAGE").id == "overdose"
    assert classify("Important warning").id == "boxed_warning"
