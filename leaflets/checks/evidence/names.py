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
from leaflets.checks.reading.evidenced import Evidenced
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.rule import ERROR, Violation
from leaflets.model.edition import Audience
from leaflets.model.evidence import Statement

_STEMS = (
    "pril sartan statin mycin micin cillin azole conazole azepam zolam olol alol dipine oxacin cycline prazole tidine"
    " triptan xaban parin navir tegravir ciclovir buvir tinib ximab zumab limab lumab rcept glitazone gliptin"
    " gliflozin formin semide thiazide lukast caine azine ridone rone sone solone tamide sulfamide pram"
    " oxetine barbital"
    " phylline terol tropium nide profen oxicam coxib kacin rubicin platin trexate purine prine limus toin zepine"
    " dronate setron thyronine thyroxine quine quinine zoline phrine fungin glinide gliclazide glyburide glipizide"
    " rifampin rifabutin warfarin heparin aspirin ibuprofen naproxen digoxin lithium morphine codone morphone fentanyl"
    " tramadol methadone clonidine clonazepam hydralazine hydroxyzine amiodarone dronedarone verapamil diltiazem"
    " colchicine allopurinol probenecid theophylline phenytoin fosphenytoin ketamine insulin cyclosporine tacrolimus"
    " sirolimus mirabegron clopidogrel ticagrelor prasugrel dipyridamole cilostazol fibrate fibrozil niacin orlistat"
    " sevelamer sucralfate cholestyramine colestipol colesevelam iron calcium"
).split()
_NAME = re.compile(rf"\b[a-z]*(?:{'|'.join(sorted(set(_STEMS), key=len, reverse=True))})s?\b")
_EXAMPLES = re.compile(r"\b(?:such as|like|for example) [a-z]+(?:(?:, | or | and |, or |, and )[a-z]+)*")
"""Examples of a class of medicines that a source may name as a class alone."""
_NO_NAMES = frozenset({"iron", "environ", "calcium"})


def other_name(reading: Reading) -> Iterator[Violation]:
    """A medicine that a statement with a reference mark names, and none of its passages does."""
    evidenced = reading.evidenced
    if evidenced is None or evidenced.evidence is None:
        return
    own = _own(evidenced)
    for rest in evidenced.rests_for(reading.audience):
        if not rest.passages:
            continue
        there = " ".join(one.text.lower() for mark in marks_of(rest.passages) for one in passage_words(evidenced)[mark])
        for name in dict.fromkeys(names_in(rest.statement.text)):
            if name.removesuffix("s") not in there and name not in own:
                message = f"“{name}” is not named in {places(evidenced, rest.passages)}"
                other = _look_alike(name, rest.statement, there)
                severity = ERROR if other else None
                message += f", which names “{other}”" if other else ""
                yield Violation(message, line=rest.statement.line, excerpt=name, severity=severity)


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


def _look_alike(name: str, statement: Statement, there: str) -> str:
    """A name that is there, not here, and looks like this one; empty where there is none."""
    here = statement.text.lower()
    others = [other for other in dict.fromkeys(names_in(there)) if other not in here]
    return next(iter(difflib.get_close_matches(name, others, n=1, cutoff=0.55)), "")


@lru_cache(maxsize=2048)
def names_in(text: str) -> tuple[str, ...]:
    """The words of a text that are names of medicines, by their stems or as one of the names that look alike."""
    small = small_letters(text)
    small = _EXAMPLES.sub(" ", small)
    by_stem = (match[0] for match in _NAME.finditer(small) if match[0] not in _NO_NAMES)
    return (*by_stem, *(word for word in re.findall(r"[a-z]{5,}", small) if word in _look_alikes()))


@cache
def _look_alikes() -> frozenset[str]:
    """The names that the lists of tall-man letters tell apart, in small letters."""
    text = (resources.files("leaflets") / "tables" / "tallman.csv").read_text(encoding="utf-8")
    return frozenset(row["name"].lower() for row in csv.DictReader(text.splitlines()))


def _own(evidenced: Evidenced) -> frozenset[str]:
    """The words of the monograph's own names and class."""
    front = evidenced.monograph.front
    words = " ".join((front.title, front.generic_name, *front.brand_names, front.drug_class)).lower()
    return frozenset(re.findall(r"[a-z]{4,}", words))
