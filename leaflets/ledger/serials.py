"""Serial numbers as people write them ("1-120 125") ⇄ numbers."""

import re
from collections.abc import Iterable, Sequence

from leaflets.errors import UsageError

MAX_SERIAL = 10_000_000


def parse_serials(words: Iterable[str]) -> tuple[int, ...]:
    """The serials in "1-120 125" or "1-120,125", in ascending order, each once. Raises UsageError."""
    numbers: set[int] = set()
    for word in " ".join(words).replace(",", " ").split():
        match = re.fullmatch(r"(\d{1,8})(?:-(\d{1,8}))?", word, re.ASCII)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= MAX_SERIAL:
            raise UsageError(f'"{word}" is no serial and no range of serials', 'Write serials as "1-120 125".')
        numbers.update(range(first, last + 1))
    return tuple(sorted(numbers))


def parse_chosen(words: Sequence[str]) -> tuple[int, ...] | None:
    """The numbers that somebody chose, or None for "all". Raises UsageError where a word is empty or no number."""
    if list(words) == ["all"]:
        return None
    for word in words:
        if not word.replace(",", "").strip():
            raise UsageError("a list of serials or lines is empty", 'Write "1-120 125", or "all".')
    return parse_serials(words)


def ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The first and last of every unbroken range of numbers, ascending."""
    unbroken: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if unbroken and unbroken[-1][1] == number - 1:
            unbroken[-1] = (unbroken[-1][0], number)
        else:
            unbroken.append((number, number))
    return tuple(unbroken)


def format_serials(numbers: Iterable[int]) -> str:
    """Numbers as people write them: "1-120,125"; the inverse of `parse_serials`."""
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges(numbers))
