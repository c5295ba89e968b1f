"""Doses that do not agree with each other: between the two audiences, between text and table, within a range."""

from collections.abc import Iterator, Mapping

from leaflets.checks.reading.amounts import DASHES, is_level
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.lexer import Token, TokenKind, value
from leaflets.checks.reading.passages import Part, PassageIndex, Position
from leaflets.checks.rule import ERROR, Family, Rule, Violation, violation_at

_SCALES: Mapping[str, tuple[str, float]] = {
    "kg": ("weight of a body", 1), "g": ("mass", 1e6), "gram": ("mass", 1e6), "grams": ("mass", 1e6),
    "mg": ("mass", 1e3), "milligram": ("mass", 1e3), "milligrams": ("mass", 1e3),
    "mcg": ("mass", 1), "µg": ("mass", 1), "μg": ("mass", 1), "microgram": ("mass", 1), "micrograms": ("mass", 1),
    "ng": ("mass", 1e-3), "nanogram": ("mass", 1e-3), "nanograms": ("mass", 1e-3),
    "L": ("volume", 1e3), "mL": ("volume", 1), "ml": ("volume", 1),
    "unit": ("units", 1), "units": ("units", 1), "U": ("units", 1), "IU": ("units", 1),
}  # fmt: skip
_DOSING = ("dosage", "adjustments", "missed_dose")


def _amount(unit: Position, number: int = -1) -> tuple[str, float] | None:
    """The kind of a dose, and its amount in micrograms, millilitres or units; None where it is no dose.

    `number` is the step from the unit to its number.
    """
    scale = _SCALES.get(unit.token.text)
    if scale is None or is_level(unit.moved(-1)):
        return None
    return scale[0], round(value(unit.text(number)) * scale[1], 6)


def _amounts(index: PassageIndex) -> frozenset[tuple[str, float]]:
    amounts = {_amount(unit) for unit in index.units}
    lower_ends = {_amount(unit, -3) for unit in index.units if _in_range(unit)}
    return frozenset(amount for amount in amounts | lower_ends if amount)


def _in_range(unit: Position) -> bool:
    joined = unit.text(-2) in DASHES or unit.text(-2) in ("to", "or", "and")
    return joined and unit.kind(-3) is TokenKind.NUMBER


def only_for_patients(reading: Reading) -> Iterator[Violation]:
    """A dose in the patient text that is nowhere in the clinician text."""
    if not reading.monograph.two_audiences:
        return
    clinician_amounts = _amounts(reading.other_index)
    for unit in reading.units:
        for step in (-3, -1) if _in_range(unit) else (-1,):
            amount = _amount(unit, step)
            if amount and amount not in clinician_amounts:
                words = unit.quote(step, 1)
                message = f"the patient is told “{words}”, which the clinician text never says"
                yield violation_at(unit, start=step, message=message)
                break


def unlike_table(reading: Reading) -> Iterator[Violation]:
    """The same number with another unit in the dosing text than in the dosing table."""
    in_table: dict[tuple[float, str], set[str]] = {}
    dosing = [unit for unit in reading.units if unit.passage.section in _DOSING and _amount(unit)]
    for unit in dosing:
        if unit.passage.part is Part.CELL:
            in_table.setdefault(_key(unit), set()).add(unit.token.text)
    for unit in dosing:
        tabled = in_table.get(_key(unit), set())
        same = {_SCALES[text] for text in tabled}
        if unit.passage.part is not Part.CELL and tabled and _SCALES[unit.token.text] not in same:
            words = unit.quote(-1, 1)
            table = f"{unit.text(-1)} {min(tabled)}"
            yield violation_at(unit, start=-1, message=f"the text says “{words}” where the table says “{table}”")


def _key(unit: Position) -> tuple[float, str]:
    return value(unit.text(-1)), _SCALES[unit.token.text][0]


_LOWERING = frozenset({
    "from", "reduce", "reduced", "reducing", "lower", "lowered", "decrease", "decreased", "taper", "tapered", "halve",
    "drop", "down", "back",
})  # fmt: skip


def downwards(reading: Reading) -> Iterator[Violation]:
    """A range that begins with the larger number (20 to 10 mg)."""
    for unit in reading.units:
        first = _first_number(unit)
        if not first or unit.text(-2) in ("or", "and") or unit.text(first - 1) in DASHES:
            continue
        before = {unit.text(step).lower() for step in range(first - 6, first)}
        if value(unit.text(first)) > value(unit.text(-1)) and not before & _LOWERING:
            range_ = unit.quote(first, 1)
            yield violation_at(unit, start=first, message=f"the range “{range_}” runs downwards")


def _first_number(unit: Position) -> int:
    """Where the first number of a range (10-20 mg, 10 mg to 20 mg) stands from its last unit on; 0 in no range."""
    if _in_range(unit):
        return -3
    twice = unit.text(-3) == unit.token.text and unit.kind(-4) is TokenKind.NUMBER
    return -4 if twice and (unit.text(-2) in DASHES or unit.text(-2) == "to") else 0


_UNIT_WORDS = frozenset(unit.lower() for unit in _SCALES) | {"tablets", "capsules", "mmol", "%"}
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
