"""What a source forbids and the sheet allows, or the other way round: a “not” that was lost."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from leaflets.checks.evidence.matching import SupportingText
from leaflets.checks.evidence.numbers import places
from leaflets.checks.evidence.quantities import small_letters
from leaflets.checks.evidence.supports import all_supports, marks_of, passage_words
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import Violation
from leaflets.model.edition import Audience
from leaflets.model.evidence import Statement

_CLAUSE = re.compile(r"[^.;:!?()\n]+")
_NEGATED = re.compile(
    r"\b(?:not|never|no|nor|without|avoid\w*|cannot|neither|none|contraindicated|stop\w*"
    r"|instead of|rather than|forbidden"
    r"|risk|harm\w*|unless|only if|weigh)\b|n['’]t\b"
)
_VERBS = re.compile(
    r"\b(?P<verb>recommend|advis|doubl|crush|chew|split|breastfe|exceed|bridg|share|indicat|necessar|studied|establish"
    r"|approv|adjust|need|initiat|restart|repeat|chang|remov|affect|requir|interact|drink|rais|lower)\w*"
)
_SAME = {"advis": "recommend", "necessar": "need", "requir": "need"}
_OF_PATIENTS = frozenset({"doubl", "crush", "chew", "split", "breastfe", "share"})
"""The verbs by which a patient's sheet is held against all that is said."""


def lost_negation(reading: Reading) -> Iterator[Violation]:
    """A verb that the statement has without “not”, and all that it rests on with one."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None:
        return
    words = passage_words(evidenced)
    for cited in evidenced.cited_for(reading.audience):
        if cited.passages:
            there = tuple(one for mark in marks_of(cited.passages) for one in words[mark])
            where = places(evidenced, cited.passages)
            yield from _lost(cited.statement, there, where)
        elif cited.statement.audience is Audience.PATIENT:
            yield from _lost(
                cited.statement, all_supports(evidenced).words, "all that clinicians and evidence say", _OF_PATIENTS
            )


def _lost(
    statement: Statement, there: tuple[SupportingText, ...], where: str, only: Iterable[str] | None = None
) -> Iterator[Violation]:
    above = small_letters(statement.under[-1]) if statement.under else ""
    if _NEGATED.search(above):
        return
    for verb, negated, form in _verbs(statement.text):
        if negated or (only is not None and verb not in only):
            continue
        others = [other for one in there for other in _verbs(one.text) if other[0] == verb]
        if others and all(other[1] for other in others):
            message = f"“{form}” has no “not” here, and has one in {where}"
            yield Violation(message, line=statement.line, excerpt=form)


@lru_cache(maxsize=2048)
def _verbs(text: str) -> tuple[tuple[str, bool, str], ...]:
    """The verbs of a text, whether their clause has a negation, and their form."""
    small = small_letters(text)
    return tuple(
        (_SAME.get(match["verb"], match["verb"]), bool(_NEGATED.search(clause[0])), match[0])
        for clause in _CLAUSE.finditer(small)
        for match in _VERBS.finditer(clause[0])
    )
