"""Numbers of statements that their sources do not hold."""

from collections.abc import Iterable, Iterator

from leaflets.checks.evidence.matching import SupportingTexts, Verdict, claims
from leaflets.checks.evidence.quantities import FREQUENCY, RATE, Quantity
from leaflets.checks.evidence.supports import all_supports, marks_of, supports_of, topic_supports
from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import Violation
from leaflets.model.edition import Audience
from leaflets.model.evidence import EvidencePassage, Statement

_MOST_NAMED = 3
"""How many passages, and how many of their numbers, a message names."""
_DOSING = frozenset({"dosage", "adjustments", "boxed_warning"})
_RELATED = {
    "dosage": _DOSING | {"monitoring", "missed_dose", "mechanism", "supply"},
    "missed_dose": _DOSING | {"missed_dose"},
    "overdose": frozenset({"overdose", "dosage"}),
    "storage": frozenset({"storage", "supply"}),
    "supply": frozenset({"storage", "supply", "dosage"}),
    "side_effects": frozenset({"side_effects", "precautions", "boxed_warning", "monitoring"}),
}
"""The topics on which a patient's section may rest; all of them where a section has no topics here."""


def not_in_passages(reading: Reading) -> Iterator[Violation]:
    """A number of a statement with a reference mark that none of its passages holds."""
    evidenced = reading.evidenced
    if evidenced is None:
        return
    for cited in evidenced.cited_for(reading.audience):
        if cited.passages:
            supports = supports_of(evidenced, marks_of(cited.passages))
            heads = all_supports(evidenced)
            for claim, verdict in unheld(cited.statement, supports, heads):
                message = f"“{claim.words}” {_is(verdict)} {places(evidenced, cited.passages)}"
                yield _violation(cited.statement, claim, message + _instead(claim, supports))


def not_in_either_voice(reading: Reading) -> Iterator[Violation]:
    """A number in a patient's statement that neither the text for clinicians nor the evidence holds."""
    evidenced = reading.evidenced
    if evidenced is None or reading.audience is not Audience.PATIENT:
        return
    for cited in evidenced.cited_for(Audience.PATIENT):
        statement = cited.statement
        if statement.audience is not Audience.PATIENT or cited.passages:
            continue
        topics = _RELATED.get(statement.section)
        supports = topic_supports(evidenced, topics) if topics else all_supports(evidenced)
        for claim, verdict in unheld(statement, supports):
            message = f"“{claim.words}” {_is(verdict)} the text for clinicians or the evidence on it"
            yield _violation(statement, claim, message + _instead(claim, supports))


def strengths(reading: Reading) -> Iterator[Violation]:
    """A strength in the front matter that no source has, where one lists them."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None:
        return
    topics = frozenset(passage.topic for passage in evidenced.evidence.passages)
    if "supply" not in topics:
        return
    marks = marks_of(evidenced.evidence.passages)
    for cited in evidenced.cited_for(reading.audience):
        if cited.statement.heading == "strengths":
            for claim, _ in unheld(cited.statement, supports_of(evidenced, marks)):
                yield _violation(cited.statement, claim, f"no source has the strength “{claim.words}”")


def unheld(
    statement: Statement, supports: SupportingTexts, heads: SupportingTexts | None = None
) -> Iterator[tuple[Quantity, Verdict]]:
    """The numbers of a statement that are not held, each of them once; those in the heads of a table by `heads`."""
    seen: set[tuple[str, float, float]] = set()
    for claim in claims(statement):
        elsewhere = heads and claim.in_head and not supports.by_dimension.get(claim.dimension)
        verdict = (heads if heads and elsewhere else supports).verdict(claim, statement)
        key = (claim.dimension, claim.low, claim.high)
        if verdict is not Verdict.HELD and key not in seen:
            seen.add(key)
            yield claim, verdict


def places(evidenced: EvidencedMonograph, passages: Iterable[EvidencePassage]) -> str:
    """Passages as a message names them."""
    every = tuple(passages)
    words = "; ".join(evidenced.place(passage) for passage in every[:_MOST_NAMED])
    return f"{words} and {len(every) - _MOST_NAMED} more" if len(every) > _MOST_NAMED else words


def _is(verdict: Verdict) -> str:
    match verdict:
        case Verdict.OTHER_DIRECTION:
            return "compares the other way round than"
        case Verdict.OTHER_UNIT:
            return "has another unit than in"
        case _:
            return "is not in"


def _instead(claim: Quantity, supports: SupportingTexts) -> str:
    """What is there of the same kind, for the end of a message."""
    pairs = supports.by_dimension.get(FREQUENCY if claim.dimension == RATE else claim.dimension, ())
    words = tuple(dict.fromkeys(quantity.words for quantity, _ in pairs))
    return f", which has {', '.join(words[:_MOST_NAMED])}{' …' if len(words) > _MOST_NAMED else ''}" if words else ""


def _violation(statement: Statement, claim: Quantity, message: str) -> Violation:
    return Violation(message, line=statement.line, excerpt=claim.words)
