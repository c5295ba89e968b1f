"""What a section on dosage must say and may leave out: an amount, how often, and the figures of an adjustment."""

from collections.abc import Iterator

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Part, Passage, Position, first_in_sentences
from leaflets.checks.reading.word_tables import lists, words
from leaflets.checks.rule import ERROR, WARNING, Family, Rule, Violation, violation_at
from leaflets.lexer import TokenKind
from leaflets.model.edition import Audience

_HEADS = frozenset({Part.TITLE, Part.HEADING})


def without_amount(reading: Reading) -> Iterator[Violation]:
    """A section on dosage that gives no amount at all: no number of a unit, and no measure such as a thin layer."""
    dosing = _dosing(reading)
    if dosing and not any(_has_amount(passage) for passage in dosing):
        lacks = "no amount" if _says_how_often(dosing) else "neither an amount nor how often"
        yield _of_section(reading, f"“{dosing[0].heading}” gives {lacks}")


def without_frequency(reading: Reading) -> Iterator[Violation]:
    """A section on dosage that gives amounts and never says how often, nor that it is a single dose.

    A dose for a picture of the body is given once, and a concentration by itself is no dose.
    """
    dosing = _dosing(reading)
    if any(_has_dose(passage) for passage in dosing) and not (_says_how_often(dosing) or _is_for_a_picture(reading)):
        yield _of_section(reading, f"“{dosing[0].heading}” never says how often")


def _dosing(reading: Reading) -> tuple[Passage, ...]:
    """The passages of the section on dosage, without headings.

    None for patients whose leaflet is one of two: the clinician's sheet has the doses, theirs is on their label.
    """
    if reading.monograph.two_audiences and reading.audience is Audience.PATIENT:
        return ()
    return tuple(passage for passage in reading.in_sections("dosage") if passage.part not in _HEADS)


def _has_amount(passage: Passage) -> bool:
    if passage.doses.doses:
        return True
    small = {token.text.lower() for token in passage.tokens}
    return bool(small & words("amount_words"))


def _has_dose(passage: Passage) -> bool:
    return any(not dose.amount.is_strength for dose in passage.doses.doses)


def _is_for_a_picture(reading: Reading) -> bool:
    return any(next(passage.find(words("imaging")), None) for passage in reading.in_sections("dosage"))


def _says_how_often(dosing: tuple[Passage, ...]) -> bool:
    readings = (passage.doses for passage in dosing)
    return any(each.frequencies or any(dose.amount.is_rate for dose in each.doses) for each in readings)


def _of_section(reading: Reading, message: str) -> Violation:
    """A violation at the heading of the section on dosage."""
    title = next(passage for passage in reading.in_sections("dosage") if passage.part is Part.TITLE)
    return Violation(message, title, 0, len(title.tokens))


_NEEDED = frozenset({
    "needed", "necessary", "required", "recommended", "crucial", "made", "considered", "require", "requires", "need",
    "needs", "may", "should",
})  # fmt: skip
_ADJUSTING = frozenset({"adjustment", "adjustments", "reduction", "reductions", "modification", "modifications"})


def unfigured_adjustment(reading: Reading) -> Iterator[Violation]:
    """A dose adjustment for kidney or liver is called for, and no figure is given anywhere for that organ."""
    has_figure: dict[str, bool] = {}
    for position, sentence in first_in_sentences(_adjustments(reading)):
        if not sentence & _NEEDED or _denies(sentence):
            continue
        organs = {organ: frozenset(names) for organ, names in lists("organs").items() if sentence.intersection(names)}
        for organ in organs.keys() - has_figure.keys():
            has_figure[organ] = _has_figure(reading, organs[organ])
        lacking = [organ for organ in organs if not has_figure[organ]]
        if lacking:
            message = f"an adjustment of the dose for {' and '.join(lacking)} is called for, with no figure anywhere"
            yield violation_at(position, start=-1, message=message)


def _denies(sentence: frozenset[str]) -> bool:
    """Whether a sentence says that something is not so: no, not, aren't."""
    return bool(sentence & {"no", "not", "without"}) or any(word.endswith(("n't", "n’t")) for word in sentence)


def _adjustments(reading: Reading) -> Iterator[Position]:
    for word in _ADJUSTING:
        for position in reading.positions(word):
            if position.text(-1).lower() in ("dose", "dosage", "doses"):
                yield position


def _has_figure(reading: Reading, organ: frozenset[str]) -> bool:
    """Whether some sentence or table row about an organ has a dose, how often, or a plain instruction in it."""
    rows: dict[int, tuple[set[str], list[bool]]] = {}
    for passage in reading.passages:
        if passage.part is Part.CELL:
            row_words, figures = rows.setdefault(passage.line, (set(), []))
            row_words |= _words(passage, 0, len(passage.tokens))
            figures.append(_figures(passage, 0, len(passage.tokens)))
    if any(row_words & organ and any(figures) for row_words, figures in rows.values()):
        return True
    return any(
        (_words(passage, first, end) | set(passage.words_before.lower().rstrip(":").split())) & organ
        and _figures(passage, first, end)
        for passage in reading.prose
        for first, end in passage.sentences
    )


def _words(passage: Passage, first: int, end: int) -> set[str]:
    return {token.text.lower() for token in passage.tokens[first:end]}


def _figures(passage: Passage, first: int, end: int) -> bool:
    """Whether the tokens give a dose or an instruction: halve it, avoid it. "To avoid toxicity" gives none."""
    position = Position(passage, first)
    if any(_instructs(position.moved(step)) for step in range(end - first)):
        return True
    if not any(token.kind in (TokenKind.UNIT, TokenKind.NUMBER) for token in passage.tokens[first:end]):
        return False
    start, stop = passage.tokens[first].start, passage.tokens[end - 1].end
    doses = (dose for dose in passage.doses.doses if start <= dose.start < stop)
    intervals = (each for each in passage.doses.frequencies if start <= each.start < stop)
    return any("min" not in dose.amount.per for dose in doses) or any(each.low >= _OFTEN for each in intervals)


_OFTEN = 0.3
"""Times a day: what is done less often than every third day is a check-up, and no dose."""


def _instructs(position: Position) -> bool:
    word, following = position.token.text.lower(), position.text(1).lower()
    if word == "avoid":
        return following in _AVOIDED and position.text(-1).lower() not in ("to", "help", "helps", "and")
    if word in ("half", "halve", "halved"):
        return following not in ("-", "–", "life", "lives")
    return word == "contraindicated"


_AVOIDED = frozenset(
    {"use", "using", "it", "in", "the", "this", "giving", "if", "when", "with", "for", ".", ";", ",", ""}
)

RULES: tuple[Rule, ...] = (
    Rule(
        "CO-11", Family.COMPLETENESS, "A dose adjustment without a figure",
        "“Adjust the dose” cannot be acted on at the counter.",
        "US 21 CFR 201.57 sections 8.6 and 8.7; BNF monograph headings",
        "the dose for each range of kidney or liver function, or that none is needed",
        "### Dosage\n\nDosage adjustments are needed in renal impairment.",
        "### Dosage\n\nDosage adjustments are needed in renal impairment: 1 mg if eGFR is under 60 mL per minute.",
        unfigured_adjustment, clinician=ERROR,
    ),
    Rule(
        "CO-18", Family.COMPLETENESS, "A section on dosage without any amount",
        "The reader comes to it for the dose, and guesses or takes it from somewhere else.",
        "BNF monograph headings: indications and dose; US 21 CFR 201.57 section 2; EU QRD section 3",
        "the usual dose, and the largest",
        "### Dosage\n\nThe dose depends on your condition. Ask your doctor.",
        "### Dosage\n\nThe usual dose is 5 mg once a day.",
        without_amount, patient=WARNING, clinician=WARNING,
    ),
    Rule(
        "CO-19", Family.COMPLETENESS, "A section on dosage that never says how often",
        "An amount without a frequency can be given once or every hour.",
        "US 21 CFR 201.57 section 2: the recommended dose and dosing interval; USP <17> asks for explicit times",
        "how often, or that it is a single dose",
        "### Dosage\n\nThe usual dose is 5 mg by mouth.", "### Dosage\n\nThe usual dose is 5 mg once a day.",
        without_frequency, patient=WARNING, clinician=WARNING,
    ),
)  # fmt: skip
