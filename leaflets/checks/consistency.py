"""What two audiences, or two parts of one text, must both have: contraindications, and indications with doses."""

from collections.abc import Iterator

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Part, Passage, PassageIndex, Position
from leaflets.checks.reading.readability import is_medicine, names_of
from leaflets.checks.reading.word_tables import lists
from leaflets.checks.rule import ERROR, WARNING, Family, Rule, Violation, violation_at
from leaflets.model.edition import Audience

_AGAINST = frozenset({"contraindications"})
_OF_HARMS = frozenset(
    {"contraindications", "precautions", "pregnancy", "interactions", "boxed_warning", "urgent", "monitoring"}
)


def one_sided(reading: Reading) -> Iterator[Violation]:
    """A contraindication in this audience's text that the other audience's text never speaks of."""
    if not reading.monograph.two_audiences:
        return
    other = "clinician" if reading.audience is Audience.PATIENT else "patient"
    other_words = _words(reading.other_index, _OF_HARMS)
    for name, synonyms in lists("contraindications").items():
        if other_words.isdisjoint(synonyms):
            position = _first(reading, frozenset(synonyms))
            if position:
                yield violation_at(position, message=f"the contraindication “{name}” is not in the {other} text")
    for position in _medicines(reading):
        name = position.token.text
        if name.lower() not in other_words:
            yield violation_at(position, message=f"the contraindication “{name}” is not in the {other} text")


def _medicines(reading: Reading) -> Iterator[Position]:
    """The medicines not to be taken with this one, each once, recognised by the endings of their names."""
    seen = {word for synonyms in lists("contraindications").values() for word in synonyms}
    seen |= names_of(reading.front)
    for passage in _contraindications(reading):
        for index, token in enumerate(passage.tokens):
            word = token.text.lower()
            if word not in seen and is_medicine(word):
                seen.add(word)
                yield Position(passage, index)


def _words(index: PassageIndex, sections: frozenset[str]) -> frozenset[str]:
    return frozenset(token.text.lower() for s in index.passages if s.section in sections for token in s.tokens)


def _first(reading: Reading, wanted: frozenset[str]) -> Position | None:
    return next((position for passage in _contraindications(reading) for position in passage.find(wanted)), None)


def _contraindications(reading: Reading) -> Iterator[Passage]:
    return (s for s in reading.passages if s.section in _AGAINST and s.audience is reading.audience)


_NOT_NAMES = frozenset({
    "adults", "adult", "children", "severe", "moderate", "active", "disease", "with", "from", "years",
    "patients", "only", "emergency", "over", "under", "and", "the", "for", "all", "other", "use", "indication",
    "treatment", "more", "than",
})  # fmt: skip


def undosed(reading: Reading) -> Iterator[Violation]:
    """An indication that has no row in the dose table (where there is one)."""
    rows = _rows(reading)
    if not rows:
        return
    dosing = reading.in_sections("dosage")
    dosed = frozenset(token.text.lower() for passage in dosing for token in passage.tokens)
    short = frozenset(form for passage in dosing for form in _short_forms(passage))
    for passage in reading.in_sections("indications"):
        names = _names(passage) | _short_forms(passage)
        if passage.part is Part.ITEM and names and dosed.isdisjoint(names) and short.isdisjoint(_initials(passage)):
            yield Violation(
                f"the indication “{passage.text[:60].strip()}” has no dose", passage, 0, 1, excerpt=passage.text[:60]
            )


def unindicated(reading: Reading) -> Iterator[Violation]:
    """A row of the dose table whose indication the text does not list."""
    uses = reading.in_sections("indications")
    listed = frozenset(token.text.lower() for passage in uses for token in passage.tokens)
    initials = frozenset(form for passage in uses for form in _initials(passage))
    for passage in _rows(reading) if listed else ():
        short = _short_forms(passage)
        if listed.isdisjoint(names := _names(passage) | short) and names and initials.isdisjoint(short):
            message = f"the dose table has “{passage.text}”, which is not among the indications"
            yield Violation(message, passage, 0, len(passage.tokens))


def _rows(reading: Reading) -> tuple[Passage, ...]:
    """The first cells of the rows of the tables that give doses by indication."""
    first_cells = [s for s in reading.in_sections("dosage") if s.cell_number == 1]
    tables = {
        s.group_line
        for s in first_cells
        if s.part is Part.HEAD_CELL and {token.text.lower() for token in s.tokens} & _INDICATION_HEADS
    }
    return tuple(s for s in first_cells if s.part is Part.CELL and s.group_line in tables)


_INDICATION_HEADS = frozenset({"indication", "indications", "condition", "use", "disease"})


def _names(passage: Passage) -> frozenset[str]:
    return frozenset(token.text.lower() for token in passage.words() if len(token.text) > 3) - _NOT_NAMES


def _short_forms(passage: Passage) -> frozenset[str]:
    """Initials such as RA, in small letters."""
    return frozenset(token.text.lower() for token in passage.words() if token.text.isupper() and len(token.text) > 1)


def _initials(passage: Passage) -> Iterator[str]:
    """The first letters of each two, three or four words in a row, for which RA or COPD may stand."""
    letters = "".join(token.text[0].lower() for token in passage.words())
    return (letters[i : i + size] for size in (2, 3, 4) for i in range(len(letters) - size + 1))


_ONE_USE = "### Uses\n\n* Gout\n\n### Dosage\n\n"
_TWO_USES = "### Uses\n\n* Gout\n* Psoriasis\n\n### Dosage\n\n"
_ONE_DOSE = "| Indication | Start |\n|---|---|\n| Gout | 2 mg |"
_OTHER_DOSE = "\n| Psoriasis | 4 mg |"

RULES: tuple[Rule, ...] = (
    Rule(
        "CO-15", Family.COMPLETENESS, "A contraindication in one voice only",
        "A patient who is not told takes the medicine; a clinician who is not told cannot warn.",
        "US 21 CFR 208.20: not in conflict with approved labeling",
        "it in both voices, each in its own words",
        "### Do not use\n\n/// clinician\nSevere asthma.\n///\n\n/// patient\nDo not take it with milk.\n///",
        "### Do not use\n\n/// clinician\nSevere asthma.\n///\n\n/// patient\nDo not take it if you have asthma.\n///",
        one_sided, patient=WARNING, clinician=ERROR,
    ),
    Rule(
        "CO-16", Family.COMPLETENESS, "An indication without a dose",
        "The clinician finds the use and then no dose for it.",
        "BNF monograph headings: indications and dose stand together",
        "a row in the dose table, or a word on its dose",
        _TWO_USES + _ONE_DOSE,
        _ONE_USE + _ONE_DOSE,
        undosed, clinician=ERROR,
    ),
    Rule(
        "CO-17", Family.COMPLETENESS, "A dose for something that is no indication",
        "A dose without its indication is a use nobody has declared.",
        "BNF monograph headings: indications and dose stand together",
        "the indication in its section, or the row out of the table",
        _ONE_USE + _ONE_DOSE + _OTHER_DOSE,
        _TWO_USES + _ONE_DOSE + _OTHER_DOSE,
        unindicated, clinician=ERROR,
    ),
)  # fmt: skip
