"""Doses above the evidence's maximum for that use, and how often it is taken in one voice and the other."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from leaflets.checks.evidence.matching import SupportingText, SupportingTexts, Verdict, claims
from leaflets.checks.evidence.quantities import FREQUENCY, UPPER, Quantity, quantities, small_letters
from leaflets.checks.evidence.supports import clinician_words, topic_supports
from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import Violation
from leaflets.model.dose import Measure
from leaflets.model.edition import Audience
from leaflets.model.evidence import Statement, StatementKind

DOSING = frozenset({"dosage", "adjustments", "boxed_warning"})
_DOSES = frozenset({"dosage", "adjustments"})
_INTAKE = re.compile(
    r"\b(?:take|taken|taking|use|inject|inhale|swallow|dose|doses|tablets?|capsules?|pills?|puffs?|injections?|apply"
    r"|it is taken|one day|do this)\b"
)
_NOT_INTAKE = re.compile(
    r"\b(?:test\w*|check\w*|inr|blood|weigh\w*|measure\w*|eat|drink|greens|visit\w*|clean\w*|wash\w*|rinse|charge|exercise"
    r"|call|look|painkiller\w*|never|not|don['’]t|acetaminophen|alcohol)\b"
)
_MAXIMUM = re.compile(r"\bmax(?:imum)?\b|\bexceed|\b(?:no|not|never) (?:\w+ ){0,2}more than|\bat most\b|\bmost:")
_NO_DOSE = re.compile(r"\b(?:overdose|placebo|acetaminophen|aspirin|level|concentration|creatinine|vitamin)\b")
_MEASURES = frozenset({Measure.MASS.value, Measure.UNITS.value, "tablet", "capsule", "puff"})
_WORD = re.compile(r"[a-z]{3,}")
_STOP = re.compile(r"[.!?](?= |$)")
_NO_USE = frozenset(
    "once twice daily maximum max dose doses day days week start starting usual total most least exceed more than"
    " adults the and for with not any tablets tablet given give take each every per above below raise increase may can"
    " from recommended maintenance patients mouth oral weeks months month divided times year years".split()
)


@dataclass(frozen=True, slots=True)
class _Limit:
    """The most of a dose that the evidence allows, and the words that say for what use."""

    quantity: Quantity
    uses: frozenset[str]
    place: str


def above_maximum(reading: Reading) -> Iterator[Violation]:
    """A dose that is more than the evidence's maximum for its use."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None or reading.original is not None:
        return
    limits = _limits(evidenced)
    for statement in evidenced.statements:
        if statement.section in _DOSES and statement.audience in (None, reading.audience):
            for claim in _doses(statement):
                limit = _broken(claim, statement, limits)
                if limit:
                    words = f"“{claim.words}” is above the maximum of “{limit.quantity.words}”: {limit.place}"
                    yield Violation(words, line=statement.line, excerpt=claim.words)


def _doses(statement: Statement) -> Iterator[Quantity]:
    if not _NO_DOSE.search(small_letters(statement.text)):
        yield from (claim for claim in claims(statement) if claim.dimension in _MEASURES)


def _broken(claim: Quantity, statement: Statement, limits: Iterable[_Limit]) -> _Limit | None:
    """The limit that a dose breaks: the largest of those for its use; where none is for its use, of all."""
    same = [limit for limit in limits if limit.quantity.dimension == claim.dimension]
    if not same:
        return None
    shared = frozenset.intersection(*(limit.uses for limit in same)) if len(same) > 1 else frozenset()
    words = _uses(statement)
    of_use = [limit for limit in same if (limit.uses - shared) & words]
    largest = max(of_use or same, key=lambda limit: limit.quantity.low)
    return largest if claim.low > largest.quantity.low * 1.0001 else None


@lru_cache(maxsize=4)
def _limits(evidenced: EvidencedMonograph) -> tuple[_Limit, ...]:
    """The maximum doses of the evidence."""
    return tuple(
        _Limit(quantity, _uses(statement), evidenced.place(passage))
        for passage, statements in evidenced.passages
        if passage.topic in _DOSES
        for statement in statements
        for quantity in _maxima(statement)
    )


def _maxima(statement: Statement) -> Iterator[Quantity]:
    small = small_letters(statement.text)
    if _NO_DOSE.search(small):
        return
    for quantity in quantities(statement.text):
        before = small[max(0, quantity.start - 40) : quantity.start]
        if quantity.dimension in _MEASURES and quantity.direction in (0, UPPER) and _MAXIMUM.search(before):
            yield quantity


def _uses(statement: Statement) -> frozenset[str]:
    words = _WORD.findall(small_letters(" ".join((statement.text, *statement.under))))
    return frozenset(word for word in words if word not in _NO_USE)


# ---------------------------------------------------------------- how often


def other_frequency(reading: Reading) -> Iterator[Violation]:
    """How often a patient is told to take it, where the dosing for clinicians, or else the evidence, has another."""
    evidenced = reading.evidenced
    if evidenced is None or reading.audience is not Audience.PATIENT or reading.original is not None:
        return
    own, evidence = _dosing(evidenced)
    for statement in evidenced.statements:
        if statement.audience is Audience.PATIENT:
            for claim in intakes(statement):
                supports, whose = (own, "clinicians") if own.speaks_of(claim) else (evidence, "the evidence")
                if not supports.speaks_of(claim):  # the one says how often in a day, the other in a week
                    supports, whose = own, "clinicians"
                often = dict.fromkeys(each.words for each, _ in supports.by_dimension.get(FREQUENCY, ()))
                if often and supports.verdict(claim, statement) is not Verdict.HELD:
                    message = f"“{claim.words}” for the patient, for {whose} {', '.join(list(often)[:4])}"
                    yield Violation(message, line=statement.line, excerpt=claim.words)


def intakes(statement: Statement) -> Iterator[Quantity]:
    """How often a statement says to take it."""
    small, above = small_letters(statement.text), small_letters(" ".join(statement.under[-1:]))
    for claim in claims(statement):
        if claim.dimension == FREQUENCY:
            start = max((match.end() for match in _STOP.finditer(small, 0, claim.start)), default=0)
            stop = _STOP.search(small, claim.end)
            sentence = f"{above} {small[start : stop.start() if stop else len(small)]}"
            if _INTAKE.search(sentence) and not _NOT_INTAKE.search(sentence):
                yield claim


@lru_cache(maxsize=4)
def _dosing(evidenced: EvidencedMonograph) -> tuple[SupportingTexts, SupportingTexts]:
    """The dosing for clinicians, and that of clinicians and evidence."""
    own = SupportingTexts.of(
        _without_label(statement, words)
        for statement, words in clinician_words(evidenced)
        if statement.section in DOSING | {"counselling", "missed_dose"}
    )
    return own, topic_supports(evidenced, DOSING)


def _without_label(statement: Statement, words: SupportingText) -> SupportingText:
    """What a row says but for its first cell, which says for whom it is: “from NPH twice daily”."""
    first = statement.text.find("; ") if statement.kind is StatementKind.ROW else -1
    return replace(words, quantities=tuple(each for each in words.quantities if each.start > first))
