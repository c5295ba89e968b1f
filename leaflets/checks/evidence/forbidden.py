"""Instructions to a patient that are right with “do not” alone, and stand without."""

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import Violation
from leaflets.model.edition import Audience
from leaflets.model.evidence import Statement

_SENTENCE = re.compile(r"[^.;!?:]+")
_NEGATED = re.compile(r"\b(?:not|never|no|nor|none|avoid\w*|cannot|stop if|instead of|rather than)\b|n['’]t\b")
_DESCRIBED = re.compile(r"\b(?:if|when|whenever|tell|ask|who|whether|before|until|how)\b")
"""Words of what is spoken of and not asked for: tell us if you drink alcohol."""
_BEGINS_ANEW = re.compile(r"\b(?:but|then|instead)\b")
_ALWAYS = re.compile(
    r"\balways (?P<words>double|mix|share|freeze|crush|chew|run out|stop|two\b|at once|a spoon"
    r"|take (?:an? )?(?:extra|double|two)|(?:take|use) it after)\b"
)


def forbidden_instruction(reading: Reading) -> Iterator[Violation]:
    """An instruction that is a warning everywhere, and here has no “not”; for clinicians “always” before one."""
    evidenced = reading.evidenced
    if evidenced is None:
        return
    for statement in evidenced.statements:
        if statement.section == "front" or statement.audience not in (None, reading.audience):
            continue
        always = (match[0] for match in _ALWAYS.finditer(_small(statement.text)))
        of_patient = _forbidden(statement) if reading.audience is Audience.PATIENT else ()
        for words in dict.fromkeys((*always, *of_patient)):
            yield Violation(f"“{words}” is right with “do not” alone", line=statement.line, excerpt=words)


def _forbidden(statement: Statement) -> Iterator[str]:
    above = _small(statement.under[-1]) if statement.under else ""
    if _NEGATED.search(above) or _DESCRIBED.search(above):
        return
    for sentence in _SENTENCE.finditer(_small(statement.text)):
        for match in _instructions().finditer(sentence[0]):
            before = _BEGINS_ANEW.split(sentence[0][: match.start()])[-1]
            if not _NEGATED.search(before) and not _DESCRIBED.search(before):
                yield match["words"]


@cache
def _instructions() -> re.Pattern[str]:
    """All instructions of the table, where a clause begins with them."""
    text = (resources.files("leaflets") / "tables" / "forbidden_instructions.csv").read_text(encoding="utf-8")
    every = "|".join(f"(?:{row['instruction']})" for row in csv.DictReader(text.splitlines()))
    return re.compile(rf"(?:^\W*|\b(?:you (?:can|may|should|must)|and|or|then|please|always) |, )(?P<words>{every})")


def _small(text: str) -> str:
    return text.lower().replace("\u00a0", " ")
