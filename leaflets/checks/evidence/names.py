"""Names of medicines that a statement has and its sources do not: one look-alike for another."""

import csv
import difflib
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

from leaflets.checks.evidence.numbers import places
from leaflets.checks.evidence.quantities import small_letters
from leaflets.checks.evidence.supports import all_supports, marks_of, passage_words
from leaflets.checks.reading.evidenced import EvidencedMonograph
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import ERROR, Violation
from leaflets.model.edition import Audience
from leaflets.model.evidence import Statement


def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = (resources.files("leaflets") / "tables" / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


_EXAMPLES = re.compile(r"\b(?:such as|like|for example) [a-z]+(?:(?:, | or | and |, or |, and )[a-z]+)*")
"""Examples of a class of medicines that a source may name as a class alone."""
_CLASS = "|".join(re.escape(row["class"]) for row in _rows("medicine_classes.csv"))
_EXAMPLE = re.compile(
    rf"\b(?:(?P<first>{_CLASS})s? (?:and|or) )?(?P<class>{_CLASS})s?,? ?\(?(?:such as|like|for example)"
    r" (?P<name>[a-z]{5,})"
)
"""The first example of a class; those after it may be other things of the same list."""
_WORD = re.compile(r"[a-z]{5,}")
_SHORTEST_BEFORE = 2
"""Letters before a stem, at least, in the name of a medicine; a stem alone names a class."""


def other_name(reading: Reading) -> Iterator[Violation]:
    """A medicine that a statement with a reference mark names, and none of its passages does."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None:
        return
    own = _own(evidenced)
    for cited in evidenced.cited_for(reading.audience):
        if not cited.passages:
            continue
        there = " ".join(
            one.text.lower() for mark in marks_of(cited.passages) for one in passage_words(evidenced)[mark]
        )
        for name in dict.fromkeys(names_in(cited.statement.text)):
            if name.removesuffix("s") not in there and name not in own:
                message = f"“{name}” is not named in {places(evidenced, cited.passages)}"
                other = _look_alike(name, cited.statement, there)
                severity = ERROR if other else None
                message += f", which names “{other}”" if other else ""
                yield Violation(message, line=cited.statement.line, excerpt=name, severity=severity)


def for_the_patient_alone(reading: Reading) -> Iterator[Violation]:
    """A medicine that the patient is told of, and neither the text for clinicians nor the evidence names."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None or reading.audience is not Audience.PATIENT:
        return
    own = _own(evidenced)
    there = " ".join(one.text.lower() for one in all_supports(evidenced).words)
    for statement in evidenced.statements:
        if statement.audience is Audience.PATIENT:
            for name in dict.fromkeys(names_in(statement.text)):
                if name.removesuffix("s") not in there and name not in own:
                    message = f"“{name}” is named neither for clinicians nor in the evidence"
                    yield Violation(message, line=statement.line, excerpt=name)


def of_another_class(reading: Reading) -> Iterator[Violation]:
    """A medicine that is given as an example of a class to which it does not belong."""
    evidenced = reading.evidenced
    if evidenced is None:
        return
    for statement in evidenced.statements:
        if statement.audience in (None, reading.audience):
            for match in _EXAMPLE.finditer(small_letters(statement.text)):
                name, members = match["name"], _classes()[match["class"]] + _classes().get(match["first"], ())
                if _is_name(name) and not any(_is_member(name, member) for member in members):
                    message = f"“{name}” is given as an example of “{match['class']}”, and is none"
                    yield Violation(message, line=statement.line, excerpt=name)


def _is_member(name: str, member: str) -> bool:
    """Whether a name is a member of a class, or begins (cef-) or ends (-olol) as its members do."""
    if member.startswith("-"):
        return name.endswith(member[1:])
    return name.startswith(member[:-1]) if member.endswith("-") else name == member


@cache
def _classes() -> dict[str, tuple[str, ...]]:
    """The members of each class, by its name."""
    return {row["class"]: tuple(row["members"].split()) for row in _rows("medicine_classes.csv")}


def _look_alike(name: str, statement: Statement, there: str) -> str:
    """A name that is there, not here, and looks like this one; empty where there is none."""
    here = statement.text.lower()
    others = [other for other in dict.fromkeys(names_in(there)) if other not in here]
    return next(iter(difflib.get_close_matches(name, others, n=1, cutoff=0.55)), "")


@lru_cache(maxsize=2048)
def names_in(text: str) -> tuple[str, ...]:
    """The words of a text that are names of medicines, by their stems or by the tables of names."""
    small = _EXAMPLES.sub(" ", small_letters(text))
    return tuple(word for word in _WORD.findall(small) if _is_name(word))


@lru_cache(maxsize=8192)
def _is_name(word: str) -> bool:
    names, stems = _tables()
    if word in names or word.removesuffix("s") in names:
        return True
    before = [len(word.removesuffix("s")) - len(stem) for stem in stems if word.removesuffix("s").endswith(stem)]
    return any(letters == 0 or letters >= _SHORTEST_BEFORE for letters in before)


@cache
def _tables() -> tuple[frozenset[str], tuple[str, ...]]:
    """The names that the project lists, in small letters, and the ends of names that it knows them by."""
    tall = {row["name"].lower() for row in _rows("tallman.csv")}
    rows = _rows("medicine_names.csv")
    listed = {row["name"].lower() for row in rows if row["kind"] != "stem"}
    return frozenset(tall | listed), tuple(row["name"] for row in rows if row["kind"] == "stem")


def _own(evidenced: EvidencedMonograph) -> frozenset[str]:
    """The words of the monograph's own names and class."""
    front = evidenced.monograph.front
    words = " ".join((front.title, front.generic_name, *front.brand_names, front.drug_class)).lower()
    return frozenset(re.findall(r"[a-z]{4,}", words))
