"""Words that patients do not use, with the plain word to offer; accepted once they are explained in brackets."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from leaflets.checks.reading import Part, Position, Reading, Words
from leaflets.checks.rule import INFO, WARNING, Family, Hit, Rule
from leaflets.checks.tables import cut, rows

JargonRow = Mapping[str, str]


def medical_word(reading: Reading) -> Iterator[Hit]:
    """A medical word that is not explained at its first use."""
    return _unexplained(reading, "jargon")


def heavy_word(reading: Reading) -> Iterator[Hit]:
    """A long word where a short one would do."""
    return _unexplained(reading, "style")


def _unexplained(reading: Reading, level: str) -> Iterator[Hit]:
    for row, places in _used(reading.words).values():
        if row["level"] != level:
            continue
        first, size = min(places, key=lambda found: (found[0].stretch.number, found[0].at))
        said = first.stretch.quote(first.at, first.at + size)
        plain = row["plain_us"] if reading.front.jurisdiction == "US" and row["plain_us"] else row["plain"]
        explained = _explained(first, size, plain)
        times = f" (used {len(places)} times)" if len(places) > 1 else ""
        verdict = "explained where it is first used" if explained else f"a plain word is “{plain}”{times}"
        hint = f"Write “{plain}”, or explain it at first use: {plain.split(',')[0]} ({said.lower()})."
        yield Hit(
            f"“{said}”: {verdict}",
            first.stretch,
            first.at,
            first.at + size,
            write="Nothing to change." if explained else hint,
            severity=INFO if explained else None,
        )


@lru_cache(maxsize=2)
def _used(words: Words) -> Mapping[str, tuple[JargonRow, list[tuple[Position, int]]]]:
    """The rows of the table whose words are used, with the places; a longer term hides the shorter ones inside it."""
    taken: set[tuple[int, int]] = set()
    used: dict[str, tuple[JargonRow, list[tuple[Position, int]]]] = {}
    for form, row in _FORMS:
        for place in words.places(form[0]):
            if place.stretch.part in (Part.FRONT, Part.TITLE):  # not printed for patients
                continue
            spots = [(place.stretch.number, place.at + i) for i in range(len(form))]
            if taken.isdisjoint(spots) and all(place.text(i).lower() == text for i, text in enumerate(form)):
                taken.update(spots)
                used.setdefault(row["id"], (row, []))[1].append((place, len(form)))
    return used


def _explained(first: Position, size: int, plain: str) -> bool:
    """Whether it is explained: nausea (feeling sick), feeling sick (nausea), nausea means …"""
    if any(first.text(step) == "(" for step in range(-4, 0)):
        return any(first.text(step) in (")", ",", ";") for step in range(size, size + 3))
    if first.text(size).lower() in ("means", "is") or (first.text(size) == "," and first.text(size + 1) == "which"):
        return True
    opens = next((step for step in (size, size + 1, size + 2) if first.text(step) == "("), None)
    return opens is not None and _explains([first.text(opens + step) for step in range(1, 9)], plain)


def _explains(inside: Sequence[str], plain: str) -> bool:
    """Whether words in brackets tell what something is, and not where it was seen, how often or by which initials."""
    said = [word for word in inside[: inside.index(")")] if word] if ")" in inside else list(inside)
    shared = {word.lower() for word in said} & set(cut(plain)) - _SMALL
    return bool(shared) or (len(said) > 1 and said[0].isalpha() and said[0].islower() and said[0] not in _ASIDES)


_SMALL = frozenset({"a", "the", "of", "in", "and", "or", "to", "with", "that", "which", ","})
_ASIDES = frozenset({
    "across", "all", "very", "in", "common", "for", "with", "see", "especially", "including", "particularly", "such",
    "if", "or", "and", "rare", "rarely", "more", "less", "from", "at", "as", "due", "when", "potentially",
})  # fmt: skip

_FORMS = sorted(
    ((cut(form), row) for row in rows("plain_words") for form in row["forms"].split("|")),
    key=lambda entry: -len(entry[0]),
)
"""Every form of every term, cut into tokens, the longest first."""

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
