"""Words that patients do not use, with the plain word to offer; accepted once they are explained in brackets."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Part, PassageIndex, Position
from leaflets.checks.reading.word_tables import rows, split_phrase
from leaflets.checks.rule import INFO, WARNING, Family, Rule, Violation

JargonRow = Mapping[str, str]


def medical_word(reading: Reading) -> Iterator[Violation]:
    """A medical word that is not explained at its first use."""
    return _unexplained(reading, "jargon")


def heavy_word(reading: Reading) -> Iterator[Violation]:
    """A long word where a short one would do."""
    return _unexplained(reading, "style")


def _unexplained(reading: Reading, level: str) -> Iterator[Violation]:
    for row, positions in _used(reading.index).values():
        if row["level"] != level:
            continue
        first, size = min(positions, key=lambda use: (use[0].passage.number, use[0].token_index))
        term = first.quote(0, size)
        plain = row["plain_us"] if reading.front.jurisdiction == "US" and row["plain_us"] else row["plain"]
        explained = _explained(first, size, plain)
        times = f" (used {len(positions)} times)" if len(positions) > 1 else ""
        verdict = "explained where it is first used" if explained else f"a plain word is “{plain}”{times}"
        hint = f"Write “{plain}”, or explain it at first use: {plain.split(',')[0]} ({term.lower()})."
        yield Violation(
            f"“{term}”: {verdict}",
            first.passage,
            first.token_index,
            first.token_index + size,
            hint="Nothing to change." if explained else hint,
            severity=INFO if explained else None,
        )


@lru_cache(maxsize=2)
def _used(index: PassageIndex) -> Mapping[str, tuple[JargonRow, list[tuple[Position, int]]]]:
    """The rows of the table whose words are used, with the places; a longer term hides the shorter ones inside it."""
    taken: set[tuple[int, int]] = set()
    used: dict[str, tuple[JargonRow, list[tuple[Position, int]]]] = {}
    for form, row in _FORMS:
        for position in index.positions(form[0]):
            if position.passage.part in (Part.FRONT, Part.TITLE):  # not printed for patients
                continue
            spots = [(position.passage.number, position.token_index + i) for i in range(len(form))]
            if taken.isdisjoint(spots) and all(position.text(i).lower() == text for i, text in enumerate(form)):
                taken.update(spots)
                used.setdefault(row["id"], (row, []))[1].append((position, len(form)))
    return used


def _explained(first: Position, size: int, plain: str) -> bool:
    """Whether it is explained: nausea (feeling sick), feeling sick (nausea), nausea means …"""
    if any(first.text(step) == "(" for step in range(-4, 0)):
        return any(first.text(step) in (")", ",", ";") for step in range(size, size + 3))
    if first.text(size).lower() in ("means", "is") or (first.text(size) == "," and first.text(size + 1) == "which"):
        return True
    opens = next((step for step in (size, size + 1, size + 2) if first.text(step) == "("), None)
    return opens is not None and _explains([first.text(opens + step) for step in range(1, 9)], plain)


def _explains(bracketed: Sequence[str], plain: str) -> bool:
    """Whether words in brackets say what something is, and not where it was seen, how often or by which initials."""
    words = [word for word in bracketed[: bracketed.index(")")] if word] if ")" in bracketed else list(bracketed)
    shared = {word.lower() for word in words} & set(split_phrase(plain)) - _SMALL
    return bool(shared) or (len(words) > 1 and words[0].isalpha() and words[0].islower() and words[0] not in _ASIDES)


_SMALL = frozenset({"a", "the", "of", "in", "and", "or", "to", "with", "that", "which", ","})
_ASIDES = frozenset({
    "across", "all", "very", "in", "common", "for", "with", "see", "especially", "including", "particularly", "such",
    "if", "or", "and", "rare", "rarely", "more", "less", "from", "at", "as", "due", "when", "potentially",
})  # fmt: skip

_FORMS = sorted(
    ((split_phrase(form), row) for row in rows("plain_words") for form in row["forms"].split("|")),
    key=lambda entry: -len(entry[0]),
)
"""Every form of every term, split into tokens, the longest first."""

_SOURCES = "CDC Clear Communication Index item 7; AHRQ PEMAT-P items 3 and 4; the table names a source for each word"

RULES: tuple[Rule, ...] = (
    Rule(
        "PL-07", Family.PLAIN_LANGUAGE, "A medical word that is not explained",
        "The reader does not know it, or takes it for something else.", _SOURCES,
        "the plain word, or the plain word with the medical one in brackets",
        "You may have neutropenia.", "You may have few white blood cells (neutropenia).",
        medical_word, patient=WARNING,
    ),
    Rule(
        "PL-08", Family.PLAIN_LANGUAGE, "A long word where a short one would do",
        "Short words are read faster and by more people.", _SOURCES,
        "the short word",
        "Discontinue the tablets.", "Stop the tablets.",
        heavy_word, patient=INFO,
    ),
)  # fmt: skip
