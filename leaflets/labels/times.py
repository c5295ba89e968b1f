"""Dose times that read as times of the day with an amount each → the cells of a grid; anything else stays words."""

import re
from functools import lru_cache

from leaflets.languages import msg, spoken

TIMES = ("morning", "midday", "evening", "bedtime")

# As the leaflet's own grid says them.
_HEADS = (msg("Morning"), msg("Midday"), msg("Evening"), msg("Bedtime"))
_ONE = r"(morning|midday|noon|evening|bedtime)"
_PARTS = re.compile(rf"\s*[,;\n]\s*(?={_ONE}\b)", re.IGNORECASE)
_PART = re.compile(rf"{_ONE}\s*[: ]\s*(\S.*)", re.IGNORECASE | re.DOTALL)
# An amount that goes on with another time, or with a choice, is no amount: the words must stand as they are.
_MORE = re.compile(rf"{_ONE}|\b(?:night|and|or|then|if)\b|[;\n]", re.IGNORECASE)


@lru_cache
def cells(text: str, lang: str) -> str:
    """The grid as four lines of a head, a tab and an amount; empty where the text is to stand in its own words.

    "morning 1, evening 1" and "morning: 1 tablet; bedtime: 2 tablets" are read, each time once. A time that is not
    named says so: an empty cell might be filled in by anyone.
    """
    amounts: dict[str, str] = {}
    for part in (_PARTS.split(text) if text else [])[::2]:
        found = _PART.fullmatch(part.strip())
        time = found[1].lower().replace("noon", "midday") if found else ""
        if not found or time in amounts or _MORE.search(found[2]):
            return ""
        amounts[time] = found[2].strip()
    say = spoken(lang).say
    rows = (f"{say(head)}\t{amounts.get(time) or say('none')}" for head, time in zip(_HEADS, TIMES, strict=True))
    return "\n".join(rows) if amounts else ""
