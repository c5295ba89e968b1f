"""Two texts of one medicine compared block by block: doses first, then what else concerns safety, then the rest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from leaflets.model.change import BlockChange
from leaflets.model.edition import Audience
from leaflets.model.evidence import EvidencePassage
from leaflets.model.monograph import (
    Block,
    Box,
    DoseGrid,
    Front,
    Items,
    Monograph,
    Paragraph,
    Picture,
    Questions,
    Quote,
    Section,
    Subheading,
    Table,
    Text,
    Verbatim,
    plain,
)

_DOSES = ("dosage", "adjustments", "missed_dose", "overdose")
_SAFETY = (
    "urgent", "key_message", "boxed_warning", "contraindications", "precautions", "interactions", "pregnancy",
    "before_starting", "monitoring", "side_effects",
)  # fmt: skip
_DOSE_FACTS = frozenset({"strengths", "forms", "route"})
FRONT = "front"
_LEAST_LIKENESS = 0.4
"""The least likeness (0 to 1) of two blocks for the new one to count as a change of the old one."""
_NUMBER = re.compile(r"\d+(?:[.,/:]\d+)*(?:\s*(?:%|[A-Za-zµμ]+))?")


class Rank(StrEnum):
    """How grave a change is, the gravest first."""

    DOSE = "dose"
    SAFETY = "safety"
    OTHER = "other"


class WordChange(StrEnum):
    """Whether some words are in both texts, only in the old one, or only in the new one."""

    KEPT = "kept"
    WAS = "was"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class ChangedWords:
    """Some words of a block, and which of the two texts has them."""

    change: WordChange
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """A block that differs; lines count from 1, 0 where a text has no such line.

    `was` and `now` are the numbers, with what follows them, that only the old or only the new block has.
    """

    rank: Rank
    section: str
    heading: str
    kind: BlockChange
    pieces: tuple[ChangedWords, ...]
    line_was: int
    line_now: int
    audience: Audience | None = None
    was: tuple[str, ...] = ()
    now: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes, the gravest first, and how many blocks are the same."""

    changes: tuple[Change, ...]
    same: int


@dataclass(frozen=True, slots=True)
class _Unit:
    """A block as plain text."""

    line: int
    words: str
    audience: Audience | None


@dataclass(frozen=True, slots=True)
class _Part:
    """The blocks of one section."""

    id: str
    heading: str
    units: tuple[_Unit, ...]


_Key = tuple[str, str, str]
_NOTHING = _Part("", "", ())


def compare(old: Monograph, new: Monograph) -> Comparison:
    """What changed from one text to the other."""
    return _compared(dict(_parts(old)), dict(_parts(new)))


def compare_passages(old: Iterable[EvidencePassage], new: Iterable[EvidencePassage]) -> Comparison:
    """What changed in the passages of a source; the heading of a change is the mark of its passage."""
    return _compared(dict(map(_of_passage, old)), dict(map(_of_passage, new)))


def _of_passage(passage: EvidencePassage) -> tuple[_Key, _Part]:
    section = Section(passage.topic, passage.mark, passage.line, passage.blocks)
    return ("", passage.mark, ""), _Part(passage.topic, passage.mark, tuple(_section_units(section)))


def _compared(before: Mapping[_Key, _Part], after: Mapping[_Key, _Part]) -> Comparison:
    changes: list[Change] = []
    same = 0
    for key in [*after, *(key for key in before if key not in after)]:
        one, other = before.get(key, _NOTHING), after.get(key, _NOTHING)
        part_changes, unchanged = _of_part(one, other)
        changes += part_changes
        same += unchanged
    return Comparison(tuple(sorted(changes, key=lambda change: list(Rank).index(change.rank))), same)


# ---------------------------------------------------------------- blocks as words


def _parts(monograph: Monograph) -> Iterator[tuple[_Key, _Part]]:
    yield (FRONT, "", ""), _Part(FRONT, "About this medicine", tuple(_facts(monograph.front)))
    seen: dict[_Key, int] = {}
    for section in monograph.sections:
        key = (section.id, section.subject, section.heading if section.id == "other" else "")
        seen[key] = seen.get(key, 0) + 1
        nth = "" if seen[key] == 1 else f"#{seen[key]}"
        yield (key[0], key[1], key[2] + nth), _Part(section.id, section.heading, tuple(_section_units(section)))


def _facts(front: Front) -> Iterator[_Unit]:
    facts = {
        "title": front.title, "generic_name": front.generic_name, "brand_names": ", ".join(front.brand_names),
        "class": front.drug_class, "forms": ", ".join(front.forms), "strengths": ", ".join(front.strengths),
        "route": front.route, "jurisdiction": front.jurisdiction, "legal_status": front.legal_status,
        "say_it_as": front.say_it_as, "version": front.version, "reviewed": str(front.reviewed or ""),
        "review_by": str(front.review_by or ""), "reviewers": ", ".join(front.reviewers), "withdrawn": front.withdrawn,
    }  # fmt: skip
    for name, words in facts.items():
        if words:
            yield _Unit(front.lines.get(name, 0), f"{name}: {words}", None)
    for source in front.sources:
        words = ". ".join(part for part in (source.title, source.where, source.date) if part)
        yield _Unit(front.lines.get("sources", 0), f"source {source.id}: {words}", None)


def _section_units(section: Section) -> Iterator[_Unit]:
    for block in section.blocks:
        audience = getattr(block, "audience", None) or section.audience
        for line, words in _lines(block):
            if words.strip():
                yield _Unit(line, " ".join(words.split()), audience)


def _lines(block: Block) -> Iterator[tuple[int, str]]:
    """The plain text of a block: one line for a paragraph, an item without blocks of its own, a row of a table."""
    if isinstance(block, Paragraph):
        yield block.line, f"{plain(block.lead)} {plain(block.text)}"
    elif isinstance(block, Subheading):
        yield block.line, plain(block.text)
    elif isinstance(block, Table):
        yield from _rows(block)
    elif isinstance(block, Items):
        yield from _all_lines(inner for item in block.items for inner in item.blocks)
    elif isinstance(block, (Box, Quote)):
        yield block.line, plain(getattr(block, "title", ()))
        yield from _all_lines(block.blocks)
    elif isinstance(block, Questions):
        for asked in block.questions:
            yield asked.line, plain(asked.question)
            yield from _all_lines(asked.answer)
    else:
        yield block.line, _other_words(block)


def _all_lines(blocks: Iterable[Block]) -> Iterator[tuple[int, str]]:
    for block in blocks:
        yield from _lines(block)


def _rows(table: Table) -> Iterator[tuple[int, str]]:
    yield table.line, _row(table.header)
    yield from ((row.line, _row(row.cells)) for row in table.rows)


def _row(cells: Sequence[Text]) -> str:
    return " | ".join(plain(cell) for cell in cells)


def _other_words(block: Block) -> str:
    if isinstance(block, Verbatim):
        return block.text
    if isinstance(block, Picture):
        return f"Picture {block.name}: {block.text}"
    amounts = block.amounts if isinstance(block, DoseGrid) else ()
    return "Dose times: " + (", ".join(f"{time} {amount}" for time, amount in amounts) or "to be written in")


# ---------------------------------------------------------------- differences


def _of_part(one: _Part, other: _Part) -> tuple[list[Change], int]:
    """The changes of a section in the order of the new text, and how many of its blocks are the same."""
    id_, heading = other.id or one.id, other.heading or one.heading
    old, new = one.units, other.units
    matcher = SequenceMatcher(
        None, [_identity(unit) for unit in old], [_identity(unit) for unit in new], autojunk=False
    )
    changes: list[Change] = []
    same = 0
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            same += b - a
        else:
            changes += [_change(id_, heading, *pair) for pair in _paired(old[a:b], new[c:d])]
    return changes, same


def _identity(unit: _Unit) -> tuple[str, Audience | None]:
    return unit.words, unit.audience


def _paired(old: Sequence[_Unit], new: Sequence[_Unit]) -> Iterator[tuple[_Unit | None, _Unit | None]]:
    """Pairs of old and new blocks in order; None beside a block without a counterpart that is like enough."""
    rest = list(old)
    for unit in new:
        alike = [_likeness(before, unit) for before in rest]
        best = max(range(len(rest)), key=lambda place: alike[place], default=-1)
        if best < 0 or alike[best] < _LEAST_LIKENESS:
            yield None, unit
            continue
        yield from ((removed, None) for removed in rest[:best])
        yield rest[best], unit
        del rest[: best + 1]
    yield from ((removed, None) for removed in rest)


def _likeness(one: _Unit, other: _Unit) -> float:
    if one.words.partition(":")[0] == other.words.partition(":")[0] and ":" in one.words:
        return 1.0  # a fact of the front matter, or a lead-in, of the same name
    return SequenceMatcher(None, one.words.split(), other.words.split(), autojunk=False).ratio()


def _change(section: str, heading: str, old: _Unit | None, new: _Unit | None) -> Change:
    before, after = old.words if old else "", new.words if new else ""
    kind = BlockChange.ADDED if not old else BlockChange.REMOVED if not new else BlockChange.CHANGED
    pieces = tuple(_pieces(before, after))
    was, now = _numbers(before, after)
    either = new or old
    audience = either.audience if either else None
    lines = (old.line if old else 0, new.line if new else 0)
    return Change(_rank(section, after or before), section, heading, kind, pieces, *lines, audience, was, now)


def _numbers(before: str, after: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The numbers that one side has more often than the other; all of both where only their order changed."""
    old, new = _NUMBER.findall(before), _NUMBER.findall(after)
    removed, added = Counter(old) - Counter(new), Counter(new) - Counter(old)
    if old != new and not removed and not added:
        return tuple(old), tuple(new)
    return tuple(removed.elements()), tuple(added.elements())


def _rank(section: str, words: str) -> Rank:
    fact = words.partition(":")[0]
    if section in _DOSES or (section == FRONT and fact in _DOSE_FACTS):
        return Rank.DOSE
    return Rank.SAFETY if section in _SAFETY or (section == FRONT and fact == "withdrawn") else Rank.OTHER


def _pieces(before: str, after: str) -> Iterator[ChangedWords]:
    """The words of both texts, each with its change, in reading order."""
    old, new = before.split(), after.split()
    parts: list[tuple[WordChange, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts += [(WordChange.KEPT, word) for word in old[a:b]]
        else:
            parts += [(WordChange.WAS, word) for word in old[a:b]] + [(WordChange.NOW, word) for word in new[c:d]]
    for change, group in groupby(parts, key=lambda part: part[0]):
        yield ChangedWords(change, " ".join(word for _, word in group))
