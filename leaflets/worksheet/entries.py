"""The statements of a text, each with what a reviewer lays beside it: passages, the clinician text, the original."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from leaflets.evidence import cited_statements, statements
from leaflets.evidence.statements import passage_statements
from leaflets.model.edition import Audience
from leaflets.model.evidence import Evidence, EvidencePassage, Statement
from leaflets.model.monograph import Monograph

_WHOLE = 320
"""Letters up to which a passage is shown whole beside a statement; of a longer one, the lines that fit it best."""
_LINES = 3
_LIKE, _LIKE_ELSEWHERE = 2.0, 4.0
"""How much a clinician statement of the same section, or of another, must have in common with a patient's to stand
beside it: see `_likeness`."""
_MOST_PASSAGES = 2
"""Of the passages of the statement beside it, so many that fit best stand beside one without marks of its own."""
_NUMBER_WEIGHT = 2.0
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]{4,}")
_STEM = 5
_COMMON = frozenset(
    "with from that this have when your take does into than then they will more most some been were also only each "
    "medicine doctor patient patients".split()
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage as it is shown beside a statement: its lines, all of them or those that fit best."""

    passage: EvidencePassage
    lines: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class WorksheetEntry:
    """One statement of a worksheet, numbered from 1, and what stands beside it.

    `beside` are statements it comes from: of a patient statement those of the clinician text, of a translation the
    original. `excerpts` are passages of its own marks or, where it has none, of the statements beside it.
    """

    number: int
    statement: Statement
    excerpts: tuple[Excerpt, ...]
    beside: tuple[Statement, ...] = ()
    unknown: tuple[str, ...] = ()


def entries(
    monograph: Monograph,
    evidence: Evidence | None,
    original: Monograph | None = None,
    only: Collection[str] | None = None,
) -> tuple[WorksheetEntry, ...]:
    """The entries of a text in its order; `only` keeps the statements with these hashes, under their numbers."""
    own = statements(monograph)
    beside = _originals(own, original) if original else _clinician_statements(own)
    found = (_entry(number, each, beside.get(number, ()), evidence) for number, each in enumerate(own, 1))
    return tuple(entry for entry in found if only is None or entry.statement.hash in only)


def _entry(
    number: int, statement: Statement, beside: tuple[Statement, ...], evidence: Evidence | None
) -> WorksheetEntry:
    if evidence is None:
        return WorksheetEntry(number, statement, (), beside, statement.marks)
    resting = cited_statements((statement,) if statement.marks else beside, evidence)
    passages: dict[EvidencePassage, None] = {}
    unknown: list[str] = []
    for cited in resting:
        passages |= dict.fromkeys(cited.passages)
        unknown += cited.unknown
    chosen = tuple(passages) if statement.marks else _nearest(passages, statement)
    excerpts = tuple(excerpt(passage, statement) for passage in chosen)
    return WorksheetEntry(number, statement, excerpts, beside, tuple(dict.fromkeys(unknown)))


def _nearest(passages: Iterable[EvidencePassage], statement: Statement) -> tuple[EvidencePassage, ...]:
    words = _words(" ".join((*statement.under, statement.text)))
    by_likeness = sorted(passages, key=lambda each: -_likeness(words, _words(" ".join(passage_lines(each)))))
    return tuple(by_likeness[:_MOST_PASSAGES])


def passage_lines(passage: EvidencePassage) -> tuple[str, ...]:
    """The words of a passage, a line for each statement in it, with what stands above that."""
    lines: list[str] = []
    above: tuple[str, ...] = ()
    for each in passage_statements(passage.blocks):
        lines += [words for words in each.under if words not in above and words.rstrip(":") not in each.text]
        lines.append(each.text)
        above = each.under
    return tuple(lines)


def excerpt(passage: EvidencePassage, statement: Statement) -> Excerpt:
    """What of a passage is shown beside a statement: all of a short one, else the lines that fit best, in order."""
    lines = passage_lines(passage)
    if sum(map(len, lines)) <= _WHOLE:
        return Excerpt(passage, lines, whole=True)
    words = _words(" ".join((*statement.under, statement.text)))
    likeness = [_likeness(words, _words(line)) for line in lines]
    best = sorted(range(len(lines)), key=lambda number: (-likeness[number], number))[:_LINES]
    chosen: list[int] = []
    for number in best:
        if not chosen or sum(len(lines[each]) for each in (*chosen, number)) <= _WHOLE:
            chosen.append(number)
    return Excerpt(passage, tuple(lines[number] for number in sorted(chosen)), whole=len(chosen) == len(lines))


# ---------------------------------------------------------------- what a statement comes from


def _clinician_statements(own: Sequence[Statement]) -> Mapping[int, tuple[Statement, ...]]:
    """For each patient statement, by its number, the clinician statement most like it: of its section, else of all."""
    clinician = [(each, _words(each.text)) for each in own if each.audience is Audience.CLINICIAN]
    result: dict[int, tuple[Statement, ...]] = {}
    for number, each in enumerate(own, 1):
        if each.audience is Audience.PATIENT:
            words = _words(" ".join((*each.under, each.text)))
            near = _most_like(words, (one for one in clinician if one[0].section == each.section), _LIKE)
            result[number] = near or _most_like(words, clinician, _LIKE_ELSEWHERE)
    return result


def _most_like(
    words: frozenset[str], candidates: Iterable[tuple[Statement, frozenset[str]]], least: float
) -> tuple[Statement, ...]:
    scored = [(_likeness(words, of), statement) for statement, of in candidates]
    best = max(scored, key=lambda pair: pair[0], default=None)
    return (best[1],) if best and best[0] >= least else ()


def _originals(own: Sequence[Statement], original: Monograph) -> Mapping[int, tuple[Statement, ...]]:
    """For each statement of a translation, by its number, that of the original: the same in order in its section.

    Where a section has not as many statements as the original's, all of the original's stand beside its first.
    """
    of_original = _by_section(each for each in statements(original) if each.audience is not Audience.CLINICIAN)
    numbered = _by_section(own)
    numbers = {id(each): number for number, each in enumerate(own, 1)}
    result: dict[int, tuple[Statement, ...]] = {}
    for section, here in numbered.items():
        there = of_original.get(section, ())
        if len(here) == len(there):
            result |= {numbers[id(one)]: (other,) for one, other in zip(here, there, strict=True)}
        else:
            result[numbers[id(here[0])]] = there
    return result


def _by_section(all_statements: Iterable[Statement]) -> Mapping[str, tuple[Statement, ...]]:
    ordered = sorted(all_statements, key=lambda each: each.section)
    return {section: tuple(group) for section, group in groupby(ordered, key=lambda each: each.section)}


# ---------------------------------------------------------------- likeness


def _words(text: str) -> frozenset[str]:
    """The numbers of a text, and the beginnings of its longer words."""
    return frozenset(_stems(text))


def _stems(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.lower()):
        if word not in _COMMON:
            yield word if word[0].isdigit() else word[:_STEM]


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two texts have in common: a number counts as two words."""
    return sum(_NUMBER_WEIGHT if word[0].isdigit() else 1.0 for word in one & other)
