"""The CDC Clear Communication Index and AHRQ's PEMAT-P over a patient text: what a program can judge of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from leaflets.checks import jargon, plain_language
from leaflets.checks.lexer import TokenKind
from leaflets.checks.reading import Part, Reading
from leaflets.checks.tables import rows, words
from leaflets.model.finding import Severity
from leaflets.model.monograph import BoxKind


class ItemVerdict(StrEnum):
    """What came of one item."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "does not apply"
    PERSON = "needs a person"


@dataclass(frozen=True, slots=True)
class IndexItem:
    """One item of an index: its number, what it asks, and the verdict."""

    index: str
    number: int
    asks: str
    verdict: ItemVerdict


Judge = Callable[[Reading], bool | None]
"""Whether an item is met, None where it does not apply."""


def judge(reading: Reading) -> tuple[IndexItem, ...]:
    """Every item of both indexes for a patient text, in their order."""
    return tuple(_items(reading))


def score(items: tuple[IndexItem, ...], index: str) -> tuple[int, int]:
    """How many of the items a program can judge are met, and how many of those apply."""
    judged = [item.verdict for item in items if item.index == index]
    met = judged.count(ItemVerdict.YES)
    return met, met + judged.count(ItemVerdict.NO)


def _items(reading: Reading) -> Iterator[IndexItem]:
    for row in rows("indexes"):
        yield IndexItem(row["index"], int(row["number"]), row["asks"], _verdict(reading, row["judge"]))


def _verdict(reading: Reading, name: str) -> ItemVerdict:
    if not name:
        return ItemVerdict.PERSON
    met = JUDGES[name](reading)
    if met is None:
        return ItemVerdict.NOT_APPLICABLE
    return ItemVerdict.YES if met else ItemVerdict.NO


def _main_message(reading: Reading) -> bool:
    said = [s for s in reading.prose if s.section == "key_message" or s.box is BoxKind.KEY_MESSAGE]
    return 1 <= len(said) <= 7


def _message_first(reading: Reading) -> bool:
    sections = [s.section for s in reading.stretches if s.section not in ("front", "introduction", "generic_name")]
    return bool(sections) and sections[0] == "key_message"


def _message_boxed(reading: Reading) -> bool:
    return any(stretch.box is BoxKind.KEY_MESSAGE for stretch in reading.stretches)


def _has_action(reading: Reading) -> bool:
    return any(True for s in reading.of("key_message", "urgent", "dosage") for _ in s.find(words("actions") | _DOING))


_DOING = frozenset({"take", "use", "swallow", "apply", "inject", "keep", "drink"})


def _known_words(reading: Reading) -> bool:
    return all(hit.severity is Severity.INFO for hit in jargon.medical_word(reading))


def _active(reading: Reading) -> bool:
    return not any(hit.severity is Severity.WARNING for hit in plain_language.passive(reading))


def _lists(reading: Reading) -> bool:
    return any(s.part is Part.ITEM for s in reading.stretches) and not any(plain_language.long_list(reading))


def _chunked(reading: Reading) -> bool:
    headings = sum(s.part in (Part.TITLE, Part.HEADING) for s in reading.stretches)
    return headings * 12 >= len(reading.prose)


def _known_unknown(reading: Reading) -> bool:
    places = (place for word in ("know", "known") for place in reading.places(word))
    return any("not" in (place.text(-1).lower(), place.text(-2).lower()) for place in places)


def _how(reading: Reading) -> bool:
    sections = {stretch.section for stretch in reading.stretches}
    return "dosage" in sections and bool(reading.places("call") or reading.places("ask") or reading.places("tell"))


def _whole_numbers(reading: Reading) -> bool | None:
    if not reading.numbers:
        return None
    return not any(plain_language.decimal_percent(reading))


def _no_sums(reading: Reading) -> bool | None:
    if not reading.numbers:
        return None
    return not any(plain_language.mixed_denominators(reading))


def _both_sides(reading: Reading) -> bool:
    sections = {stretch.section for stretch in reading.stretches}
    return {"indications", "side_effects"} <= sections


def _numbers_with_words(reading: Reading) -> bool | None:
    percents = reading.places("%")
    return None if not percents else all(place.kind(-1) is not TokenKind.NUMBER for place in percents)


def _addresses_reader(reading: Reading) -> bool:
    return bool(reading.places("you") or reading.places("your"))


def _tool(reading: Reading) -> bool:
    return any(s.part is Part.CELL for s in reading.of("dosage", "monitoring", "counselling", "faqs"))


JUDGES: Mapping[str, Judge] = {
    "main_message": _main_message,
    "message_first": _message_first,
    "message_boxed": _message_boxed,
    "has_action": _has_action,
    "active": _active,
    "known_words": _known_words,
    "lists": _lists,
    "chunked": _chunked,
    "known_unknown": _known_unknown,
    "how": _how,
    "whole_numbers": _whole_numbers,
    "no_sums": _no_sums,
    "both_sides": _both_sides,
    "numbers_with_words": _numbers_with_words,
    "addresses_reader": _addresses_reader,
    "tool": _tool,
}
"""The items a program can judge, by the name the table knows them by."""
