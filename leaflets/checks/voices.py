"""Where the two voices, or two parts of one voice, must say the same: contraindications, and indications with doses."""

from collections.abc import Iterator

from leaflets.checks.readability import is_medicine, names_of
from leaflets.checks.reading import Part, Passage, Reading, Words
from leaflets.checks.rule import ERROR, WARNING, Family, Hit, Rule
from leaflets.checks.tables import lists
from leaflets.model.edition import Audience

_AGAINST = frozenset({"contraindications"})
_WHOLE = frozenset(
    {"contraindications", "precautions", "pregnancy", "interactions", "boxed_warning", "urgent", "monitoring"}
)


def one_sided(reading: Reading) -> Iterator[Hit]:
    """A contraindication in this audience's text that the other audience's text never speaks of."""
    if not reading.monograph.two_voices:
        return
    other = "clinician" if reading.audience is Audience.PATIENT else "patient"
    elsewhere = _spoken(reading.other, _WHOLE)
    for name, synonyms in lists("contraindications").items():
        if elsewhere.isdisjoint(synonyms):
            hit = _first(reading, frozenset(synonyms))
            if hit:
                message = f"the contraindication “{name}” is not in the {other} text"
                yield Hit(message, hit[0], hit[1], hit[1] + 1)
    for stretch, at in _medicines(reading):
        name = stretch.tokens[at].text
        if name.lower() not in elsewhere:
            yield Hit(f"the contraindication “{name}” is not in the {other} text", stretch, at, at + 1)


def _medicines(reading: Reading) -> Iterator[tuple[Passage, int]]:
    """The medicines that are not to be taken with this one, each once, known by the endings of their names."""
    known = {word for synonyms in lists("contraindications").values() for word in synonyms}
    known |= names_of(reading.front)
    for stretch in _own(reading):
        for at, token in enumerate(stretch.tokens):
            word = token.text.lower()
            if word not in known and is_medicine(word):
                known.add(word)
                yield stretch, at


def _spoken(words: Words, sections: frozenset[str]) -> frozenset[str]:
    return frozenset(token.text.lower() for s in words.stretches if s.section in sections for token in s.tokens)


def _first(reading: Reading, wanted: frozenset[str]) -> tuple[Passage, int] | None:
    return next(((place.stretch, place.at) for stretch in _own(reading) for place in stretch.find(wanted)), None)


def _own(reading: Reading) -> Iterator[Passage]:
    return (s for s in reading.stretches if s.section in _AGAINST and s.audience is reading.audience)


_PLAIN = frozenset({
    "adults", "adult", "children", "severe", "moderate", "active", "disease", "with", "from", "years",
    "patients", "only", "emergency", "over", "under", "and", "the", "for", "all", "other", "use", "indication",
    "treatment", "more", "than",
})  # fmt: skip


def undosed(reading: Reading) -> Iterator[Hit]:
    """An indication that has no row in the dose table (where there is one)."""
    rows = _rows(reading)
    if not rows:
        return
    dosing = reading.of("dosage")
    dosed = frozenset(token.text.lower() for stretch in dosing for token in stretch.tokens)
    short = frozenset(form for stretch in dosing for form in _short_forms(stretch))
    for stretch in reading.of("indications"):
        names = _names(stretch) | _short_forms(stretch)
        if stretch.part is Part.ITEM and names and dosed.isdisjoint(names) and short.isdisjoint(_initials(stretch)):
            yield Hit(
                f"the indication “{stretch.text[:60].strip()}” has no dose", stretch, 0, 1, words=stretch.text[:60]
            )


def unindicated(reading: Reading) -> Iterator[Hit]:
    """A row of the dose table whose indication the text does not list."""
    uses = reading.of("indications")
    listed = frozenset(token.text.lower() for stretch in uses for token in stretch.tokens)
    initials = frozenset(form for stretch in uses for form in _initials(stretch))
    for stretch in _rows(reading) if listed else ():
        short = _short_forms(stretch)
        if listed.isdisjoint(names := _names(stretch) | short) and names and initials.isdisjoint(short):
            message = f"the dose table has “{stretch.text}”, which is not among the indications"
            yield Hit(message, stretch, 0, len(stretch.tokens))


def _rows(reading: Reading) -> tuple[Passage, ...]:
    """The first cells of the rows of the tables that give doses by indication."""
    tables = {
        s.group for s in reading.of("dosage")
        if s.part is Part.HEAD_CELL and s.bars == 1 and {token.text.lower() for token in s.tokens} & _INDICATION_HEADS
    }  # fmt: skip
    return tuple(s for s in reading.of("dosage") if s.part is Part.CELL and s.bars == 1 and s.group in tables)


_INDICATION_HEADS = frozenset({"indication", "indications", "condition", "use", "disease"})


def _names(stretch: Passage) -> frozenset[str]:
    said = frozenset(token.text.lower() for token in stretch.words() if len(token.text) > 3)
    return said - _PLAIN


def _short_forms(stretch: Passage) -> frozenset[str]:
    """Initials such as RA, in small letters."""
    return frozenset(token.text.lower() for token in stretch.words() if token.text.isupper() and len(token.text) > 1)


def _initials(stretch: Passage) -> Iterator[str]:
    """The first letters of each two, three or four words in a row, for which RA or COPD may stand."""
    letters = "".join(token.text[0].lower() for token in stretch.words())
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
