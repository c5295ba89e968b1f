"""Scores a patient text by the CDC Clear Communication Index and AHRQ's PEMAT-P, as far as a program can judge it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from leaflets.checks import jargon, plain_language
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Part
from leaflets.checks.reading.word_tables import rows, words
from leaflets.lexer import TokenKind
from leaflets.model.finding import Severity
from leaflets.model.monograph import BoxKind


class ItemVerdict(StrEnum):
    """Whether one item is met."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "does not apply"
    PERSON = "needs a person"


@dataclass(frozen=True, slots=True)
class IndexItem:
    """One item of an index: its number, what it asks for, and whether that is met."""

    index: str
    number: int
    asks: str
    verdict: ItemVerdict


ItemTest = Callable[[Reading], bool | None]
"""Whether an item is met, None where it does not apply."""


def index_items(reading: Reading) -> tuple[IndexItem, ...]:
    """Every item of both indexes for a patient text, in their order."""
    return tuple(
        IndexItem(row["index"], int(row["number"]), row["asks"], _verdict(reading, row["judge"]))
        for row in rows("indexes")
    )


def score(items: tuple[IndexItem, ...], index: str) -> tuple[int, int]:
    """How many items of an index are met, and how many apply, of those that a program can judge."""
    judged = [item.verdict for item in items if item.index == index]
    met = judged.count(ItemVerdict.YES)
    return met, met + judged.count(ItemVerdict.NO)


def _verdict(reading: Reading, name: str) -> ItemVerdict:
    if not name:
        return ItemVerdict.PERSON
    met = ITEM_TESTS[name](reading)
    if met is None:
        return ItemVerdict.NOT_APPLICABLE
    return ItemVerdict.YES if met else ItemVerdict.NO


def _main_message(reading: Reading) -> bool:
    message = [s for s in reading.prose if s.section == "key_message" or s.box is BoxKind.KEY_MESSAGE]
    return 1 <= len(message) <= 7


def _message_first(reading: Reading) -> bool:
    sections = [s.section for s in reading.passages if s.section not in ("front", "introduction", "generic_name")]
    return bool(sections) and sections[0] == "key_message"


def _message_boxed(reading: Reading) -> bool:
    return any(passage.box is BoxKind.KEY_MESSAGE for passage in reading.passages)


def _has_action(reading: Reading) -> bool:
    actions = words("actions") | _DOING
    return any(any(passage.find(actions)) for passage in reading.in_sections("key_message", "urgent", "dosage"))


_DOING = frozenset({"take", "use", "swallow", "apply", "inject", "keep", "drink"})


def _familiar_words(reading: Reading) -> bool:
    return all(violation.severity is Severity.INFO for violation in jargon.medical_word(reading))


def _active(reading: Reading) -> bool:
    return not any(violation.severity is Severity.WARNING for violation in plain_language.passive(reading))


def _lists(reading: Reading) -> bool:
    return any(s.part is Part.ITEM for s in reading.passages) and not any(plain_language.long_list(reading))


def _chunked(reading: Reading) -> bool:
    headings = sum(s.part in (Part.TITLE, Part.HEADING) for s in reading.passages)
    return headings * 12 >= len(reading.prose)


def _known_unknown(reading: Reading) -> bool:
    positions = (position for word in ("know", "known") for position in reading.positions(word))
    return any("not" in (position.text(-1).lower(), position.text(-2).lower()) for position in positions)


def _how(reading: Reading) -> bool:
    sections = {passage.section for passage in reading.passages}
    return "dosage" in sections and any(reading.positions(word) for word in ("call", "ask", "tell"))


def _whole_numbers(reading: Reading) -> bool | None:
    if not reading.numbers:
        return None
    return not any(plain_language.decimal_percent(reading))


def _no_sums(reading: Reading) -> bool | None:
    if not reading.numbers:
        return None
    return not any(plain_language.mixed_denominators(reading))


def _both_sides(reading: Reading) -> bool:
    sections = {passage.section for passage in reading.passages}
    return {"indications", "side_effects"} <= sections


def _numbers_with_words(reading: Reading) -> bool | None:
    percents = reading.positions("%")
    return None if not percents else all(position.kind(-1) is not TokenKind.NUMBER for position in percents)


def _addresses_reader(reading: Reading) -> bool:
    return bool(reading.positions("you") or reading.positions("your"))


def _tool(reading: Reading) -> bool:
    return any(s.part is Part.CELL for s in reading.in_sections("dosage", "monitoring", "counselling", "faqs"))


ITEM_TESTS: Mapping[str, ItemTest] = {
    "main_message": _main_message,
    "message_first": _message_first,
    "message_boxed": _message_boxed,
    "has_action": _has_action,
    "active": _active,
    "known_words": _familiar_words,
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
"""The tests of the items that a program can judge, by their names in `data/indexes.csv`."""
