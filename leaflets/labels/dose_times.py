"""Dose times as a grid, or in the leaflet's language: read from words where each time of the day has one amount."""

import re
from functools import lru_cache

from leaflets.languages import ENGLISH, language_or_english, msg

TIMES = ("morning", "midday", "evening", "bedtime")

# The same words as in the grid on the leaflet.
_HEADINGS = (msg("Morning"), msg("Midday"), msg("Evening"), msg("Bedtime"))
_ONE = r"(morning|midday|noon|evening|bedtime)"
_PARTS = re.compile(rf"\s*[,;\n]\s*(?={_ONE}\b)", re.IGNORECASE)
_PART = re.compile(rf"{_ONE}\s*[: ]\s*(\S.*)", re.IGNORECASE | re.DOTALL)
# An amount with another time or a choice in it ("1 or 2", "1 then bedtime 2") is not one amount, so no grid is drawn.
_NOT_ONE_AMOUNT = re.compile(rf"{_ONE}|\b(?:night|and|or|then|if)\b|[;\n]", re.IGNORECASE)


@lru_cache
def dose_grid(text: str, lang: str) -> str:
    """The grid as four lines, each a heading, a tab and an amount; empty where the text is to be printed as written.

    "morning 1, evening 1" and "morning: 1 tablet; bedtime: 2 tablets" can be read; no time may occur twice. A time
    without an amount says "none": an empty cell could be filled in by hand.
    """
    amounts = _amounts(text)
    say = language_or_english(lang).say
    rows = (
        f"{say(heading)}\t{amounts.get(time) or say('none')}" for heading, time in zip(_HEADINGS, TIMES, strict=True)
    )
    return "\n".join(rows) if amounts else ""


@lru_cache
def dose_words(text: str, lang: str) -> str:
    """Dose times with their times of the day in the leaflet's language, where they can be read; else as written.

    In English they stay as the list has them.
    """
    language, amounts = language_or_english(lang), _amounts(text)
    if language is ENGLISH or not amounts:
        return text
    named = zip(_HEADINGS, TIMES, strict=True)
    return " · ".join(f"{language.say(heading)} {amounts[time]}" for heading, time in named if time in amounts)


def _amounts(text: str) -> dict[str, str]:
    """The amount of each time of the day; empty where the text is not read as such."""
    amounts: dict[str, str] = {}
    for part in (_PARTS.split(text) if text else [])[::2]:
        match = _PART.fullmatch(part.strip())
        time = match[1].lower().replace("noon", "midday") if match else ""
        if not match or time in amounts or _NOT_ONE_AMOUNT.search(match[2]):
            return {}
        amounts[time] = match[2].strip()
    return amounts
