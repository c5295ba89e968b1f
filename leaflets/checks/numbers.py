"""Doses that do not agree with each other: between the two audiences, between text and table, within a range."""

from collections.abc import Iterator

from leaflets.checks.reading.amounts import DASHES
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Part, Passage, PassageIndex
from leaflets.checks.rule import ERROR, Family, Rule, Violation
from leaflets.lexer import DOSE_UNITS, Token, TokenKind
from leaflets.model.dose import Amount, BandKind, Dose, Measure

_DOSING = ("dosage", "adjustments", "missed_dose")
_MEASURES = frozenset({Measure.MASS, Measure.VOLUME, Measure.UNITS})
_IN_BLOOD = frozenset({"dL", "L", "min", "mmol"})

_Value = tuple[Measure, float]


def _doses(index: PassageIndex) -> Iterator[tuple[Passage, Dose]]:
    """Each dose of a text in mass, volume or units, with the passage it stands in; levels in blood are none."""
    for passage in index.measured:
        for dose in passage.doses.doses:
            if dose.amount.measure in _MEASURES and not _IN_BLOOD.intersection(dose.amount.per):
                yield passage, dose


def _values(amount: Amount) -> tuple[_Value, _Value]:
    """Both ends of an amount, in micrograms, millilitres or units."""
    return (amount.measure, round(amount.low * amount.scale, 6)), (amount.measure, round(amount.high * amount.scale, 6))


def _violation(passage: Passage, dose: Dose, message: str) -> Violation:
    return Violation(message, passage, *passage.tokens_between(dose.start, dose.end))


def _words(passage: Passage, dose: Dose) -> str:
    return passage.text[dose.start : dose.end]


def only_for_patients(reading: Reading) -> Iterator[Violation]:
    """A dose in the patient text that is nowhere in the clinician text."""
    if not reading.monograph.two_audiences:
        return
    clinician_amounts = {value for _, dose in _doses(reading.other_index) for value in _values(dose.amount)}
    for passage, dose in _doses(reading.index):
        if not clinician_amounts.issuperset(_values(dose.amount)):
            message = f"the patient is told “{_words(passage, dose)}”, which the clinician text never says"
            yield _violation(passage, dose, message)


def unlike_table(reading: Reading) -> Iterator[Violation]:
    """The same number with another unit in the dosing text than in the dosing table."""
    in_table: dict[tuple[float, Measure], set[str]] = {}
    dosing = [(passage, dose) for passage, dose in _doses(reading.index) if passage.section in _DOSING]
    for passage, dose in dosing:
        if passage.part is Part.CELL:
            in_table.setdefault((dose.amount.high, dose.amount.measure), set()).add(dose.amount.unit)
    for passage, dose in dosing:
        tabled = in_table.get((dose.amount.high, dose.amount.measure), set())
        if passage.part is not Part.CELL and tabled and dose.amount.unit not in tabled:
            table = f"{dose.amount.high:g} {min(tabled)}"
            message = f"the text says “{_words(passage, dose)}” where the table says “{table}”"
            yield _violation(passage, dose, message)


_LOWERING = frozenset({
    "from", "reduce", "reduced", "reducing", "lower", "lowered", "decrease", "decreased", "taper", "tapered", "halve",
    "drop", "down", "back",
})  # fmt: skip


def downwards(reading: Reading) -> Iterator[Violation]:
    """A range that begins with the larger number (20 to 10 mg)."""
    for passage in reading.index.measured:
        for dose in passage.doses.doses:
            first, _ = passage.tokens_between(dose.start, dose.end)
            before = {token.text.lower() for token in passage.tokens[max(0, first - 6) : first]}
            if dose.amount.written_downwards and not before & _LOWERING and not _is_clearance(passage, dose):
                yield _violation(passage, dose, f"the range “{_words(passage, dose)}” runs downwards")


def _is_clearance(passage: Passage, dose: Dose) -> bool:
    """Whether it is a band of kidney function, which doses are listed by from the healthy end down."""
    return "min" in dose.amount.per and any(band.kind is BandKind.KIDNEY for band in passage.doses.bands)


_UNIT_WORDS = frozenset(unit.lower() for unit in DOSE_UNITS) | {"%"}
_DOSE_HEADS = frozenset(
    {"dose", "start", "starting", "usual", "maximum", "max", "maintenance", "initial", "daily", "amount"}
)
_BESIDE_DOSES = DASHES | {"to", "or", "and", "once", "twice", "a", "per", "each", "every", "day", "daily", "weekly"}


def without_unit(reading: Reading) -> Iterator[Violation]:
    """A bare number in a dose column whose head names no unit."""
    heads: dict[tuple[int, int], frozenset[str]] = {}
    for passage in reading.in_sections("dosage", "adjustments"):
        column = (passage.group_line, passage.cell_number)
        if passage.part is Part.HEAD_CELL:
            heads[column] = frozenset(token.text.lower() for token in passage.tokens)
        elif passage.part is Part.CELL and _is_bare(passage.tokens):
            head = heads.get(column, frozenset())
            if head & _DOSE_HEADS and not head & _UNIT_WORDS:
                yield Violation(f"the dose “{passage.text}” in the table has no unit", passage, 0, len(passage.tokens))


def _is_bare(tokens: tuple[Token, ...]) -> bool:
    """Whether a cell holds a number, a range or "2 once daily", and nothing that says of what."""
    rest = (token for token in tokens if token.kind is not TokenKind.NUMBER)
    return tokens[0].kind is TokenKind.NUMBER and all(token.text.lower() in _BESIDE_DOSES for token in rest)


RULES: tuple[Rule, ...] = (
    Rule(
        "NU-01", Family.NUMBERS, "A dose only the patient is told",
        "The two sheets lie side by side; a dose on one that the other lacks is a mistake in one of them.",
        "House rule: one monograph, one set of doses",
        "the same dose in both voices",
        "/// clinician\nGive 2 mg once a day.\n///\n\n/// patient\nTake 4 mg once a day.\n///",
        "/// clinician\nGive 2 mg once a day.\n///\n\n/// patient\nTake 2 mg once a day.\n///",
        only_for_patients, patient=ERROR,
    ),
    Rule(
        "NU-02", Family.NUMBERS, "Text and table give one number two units",
        "A milligram read for a microgram is a thousandfold overdose.",
        "ISMP list of error-prone dose designations",
        "the unit that is right, in both places",
        "Give 2 mcg once a day.\n\n| Use | Dose |\n|---|---|\n| Adults | 2 mg |",
        "Give 2 mg once a day.\n\n| Use | Dose |\n|---|---|\n| Adults | 2 mg |",
        unlike_table, patient=ERROR, clinician=ERROR,
    ),
    Rule(
        "NU-03", Family.NUMBERS, "A range written downwards",
        "A reader takes the first number as the lower end, or the dash as a minus.",
        "NHS service manual, numbers",
        "the smaller number first; say “lower the dose from … to …” where that is meant",
        "Take 20 to 10 mg once a day.", "Take 10 to 20 mg. Lower the dose from 20 to 10 mg.",
        downwards, patient=ERROR, clinician=ERROR,
    ),
    Rule(
        "NU-04", Family.NUMBERS, "A dose in a table without a unit",
        "A number alone can be read as tablets, milligrams or millilitres.",
        "ISMP guidelines for safe electronic communication of medication information",
        "the unit in the cell, or in the head of its column",
        "| Use | Dose |\n|---|---|\n| Adults | 2 |", "| Use | Dose (mg) |\n|---|---|\n| Adults | 2 |",
        without_unit, patient=ERROR, clinician=ERROR,
    ),
)  # fmt: skip
