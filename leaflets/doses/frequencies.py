"""How often a dose is due: in English, in the Latin of prescriptions, and in the signs of order sheets."""

import re
from collections.abc import Callable, Iterator, Mapping

from leaflets.doses.amounts import DASH, WORDS, number
from leaflets.model.dose import Frequency, Timing

_HOURS: Mapping[str, float] = {
    "min": 1 / 60, "minute": 1 / 60, "h": 1, "hr": 1, "hour": 1, "hourly": 1, "d": 24, "day": 24, "daily": 24,
    "night": 24, "nightly": 24, "morning": 24, "afternoon": 24, "evening": 24, "bedtime": 24, "wk": 168,
    "week": 168, "weekly": 168,
    "fortnight": 336, "fortnightly": 336, "month": 720, "monthly": 720, "quarterly": 2190, "year": 8760, "yearly": 8760,
    "annually": 8760,
}  # fmt: skip
LATIN: Mapping[str, float] = {
    "od": 1, "qd": 1, "q1d": 1, "bd": 2, "bid": 2, "bds": 2, "tds": 3, "tid": 3, "qds": 4, "qid": 4, "qod": 1 / 2,
    "eod": 1 / 2, "biw": 2 / 7, "tiw": 3 / 7, "qam": 1, "qpm": 1, "qhs": 1, "qn": 1, "hs": 1, "nocte": 1, "noct": 1,
    "mane": 1,
}  # fmt: skip
"""Short forms, in small letters and without points, and the times a day they stand for."""
_COUNTS = {**{word: value for word, value in WORDS.items() if value >= 1}, "once": 1.0, "twice": 2.0, "thrice": 3.0}
_N = rf"(?:\d{{1,3}}(?:\.\d{{1,2}})?|{'|'.join(_COUNTS)})"
_RANGE = rf"(?P<low>{_N})(?: ?(?:{DASH}|to|or) ?(?P<high>{_N}))?"
_UNIT = (
    r"(?:hours?|hrs?|h|days?|d|nights?|mornings?|afternoons?|evenings?|bedtime|weeks?|wks?|fortnight|months?"
    r"|years?|minutes?|mins?)"
)
_LY = r"(?:daily|nightly|weekly|fortnightly|monthly|yearly|annually|quarterly)"
_IN = (
    rf"(?: ?[/-] ?| ?(?:(?:a|an|per|each|every|in|within|over|during)(?: a| an| one| the| any| each)? )?)"
    rf"(?:(?P<many>\d{{1,3}})[ -]?)?(?P<unit>{_UNIT}|{_LY})"
)
_MEAL = r"(?:meals?|breakfast|lunch|dinner|supper|feeds?)"
_END = r"(?![^\W_])"


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.])(?:{pattern}){_END}")


_TIMES = _pattern(rf"{_RANGE}(?P<times>[ -]?times?| ?[x×](?: times?)?)?{_IN}")
_DOSES = _pattern(rf"{_RANGE} (?:equal(?:ly)? )?(?:divided |daily |separate )?doses(?:{_IN})?")
_EVERY = _pattern(
    rf"(?:every|each) (?:{_RANGE} ?)?(?P<skip>other |second |alternate )?(?P<unit>{_UNIT})|(?P<hours>{_N})[- ]hourly"
)
_LONG = _pattern(
    rf"(?P<unit>{_LY}|hourly)|(?:per|an?) (?P<per>day|night|week|month)"
    r"(?! (?:later|or|before|after|ago|of)\b)|(?:on )?alternat(?:e|ing) (?:day|night)s"
)
_TIME_OF_DAY = _pattern(
    r"(?:at|before|in|on)(?: the| your| going to| an?| each| every)* (?:bed(?:time)?|night|noon|midday|morning"
    r"|afternoon|evening"
    rf"|waking|sleep)|(?:with|before|after|at)(?: each| every| the| main| major| a| your)* {_MEAL}|(?:each|every"
    rf"|per)(?: main| major)? {_MEAL}"
)
_NEEDED = _pattern(
    r"(?:as|when|if|where|whenever)(?: it is| you| clinically)? (?:needed|need it|need|required|necessary)|as-needed"
    r"|prn|p\.r\.n\.?"
)
_ONCE = _pattern(
    r"(?:(?:one|1|first|second|third|booster|additional|repeat)(?:[- ][a-z]{1,14}){0,2}?"
    r"|single(?:[- ][a-z0-9.]{1,14}){0,4}?)"
    r"[- ](?:doses?"
    r"|application|infusion"
    r"|injection|treatment|administration|vaccination|course)|one[- ]time|single[- ]dose|bolus|booster|once(?= only"
    r"|[.,;)]|$)"
)
_SCHEDULED = _pattern(
    rf"(?:days?|weeks?|months?|cycles?) \d{{1,3}}(?: ?(?:{DASH}|to|and|,) ?\d{{1,3}})*|continuous(?:ly)?|divided doses"
    r"|throughout the day|(?:before|during|after|prior to|preceding)(?: [a-z]{1,9}){0,3} (?:surgery"
    r"|procedures?|exposure"
    r"|travel|exercise|intercourse|operation|an(?:a)?esthesia|chemotherapy|delivery|scan|examination|imaging|induction)"
    rf"|over(?: a period of| about| approximately| at least)? {_N}(?: ?(?:{DASH}|to) ?{_N})? ?(?:hours?|minutes?"
    rf"|mins?|hrs?)"
    r"|on (?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:hours?|minutes?|mins?|days?|weeks?) (?:apart|before"
    r"|prior to|after)|intervals? of|at [a-z]{0,10} ?intervals"
)
_SHORT = re.compile(
    rf"(?<![\w./-])(?:(?P<latin>{'|'.join(sorted(LATIN, key=len, reverse=True))})"
    rf"|(?P<dotted>(?:[a-z]\. ?){{2}}(?:[a-z]\b\.?)?)"
    rf"|q ?(?P<every>\d{{1,2}})(?: ?{DASH} ?(?P<most>\d{{1,2}}))? ?(?:hrs?|h)"
    rf"|[x×] ?(?P<days>\d{{1,2}}) ?d|[x×](?: (?=\d ?(?:/|daily|a day|per|days?\b|doses?|[.,;)]"
    rf"|$)))?(?P<count>[1-9])(?! ?(?:cm|mm|mg|mcg|g|ml|10)\b)){_END}"
)
_BY_A_DOSE = re.compile(
    r"(?:\d|[mnµu]?g|mcg|m?l|mmol|meq|[mg]bq|mci|units?|iu|u|%|tablets?|tabs?|capsules?|drops?|puffs?|daily|dose|doses"
    r"|orally|mouth|po|i\.?v\.?|im|sc|vein|skin|it|apply|food)"
    r"[ (,]{0,2}$"
)
_ALSO_WORDS = frozenset({"od", "bd", "hs", "mane", "bds", "qn"})
"""Short forms with other meanings (overdose, a company, a horse's hair): they count beside a dose alone."""


def frequencies(text: str) -> tuple[Frequency, ...]:
    """Every frequency in a text in small letters, in order; of two that overlap, the one that begins first."""
    matches = (reader(match) for pattern, reader in _READERS for match in pattern.finditer(text))
    return tuple(_without_overlaps(sorted(filter(None, matches), key=lambda each: (each.start, -each.end))))


def _without_overlaps(sorted_: list[Frequency]) -> Iterator[Frequency]:
    end = 0
    for frequency in sorted_:
        if frequency.start >= end:
            yield frequency
            end = frequency.end


def _times(match: re.Match[str]) -> Frequency | None:
    """3 times a day, once daily, 2x/day, 2 doses in 24 hours."""
    times = match["times"] or ""
    if not times and match["low"] not in ("once", "twice", "thrice"):
        return None  # "2 weeks", "10 days": how long, and not how often
    return _counted(match, abbreviated=times.strip()[:1] in ("x", "×"))


def _doses(match: re.Match[str]) -> Frequency:
    """2 doses in 24 hours; in 2 divided doses."""
    return _counted(match) if match["unit"] else _at(match, Timing.SCHEDULED)


def _counted(match: re.Match[str], *, abbreviated: bool = False) -> Frequency:
    days = _hours(match["unit"]) * float(match["many"] or 1) / 24
    low, high = _count(match["low"]), _count(match["high"] or match["low"])
    return Frequency(*match.span(), Timing.COUNTED, low / days, high / days, abbreviated=abbreviated)


def _every(match: re.Match[str]) -> Frequency:
    """Every 4 to 6 hours, every other day, 6-hourly."""
    unit = 1.0 if match["hours"] else _hours(match["unit"]) * (2 if match["skip"] else 1)
    low = _count(match["hours"] or match["low"] or "1")
    high = _count(match["high"]) if match["high"] else low
    return Frequency(*match.span(), Timing.COUNTED, 24 / (max(low, high) * unit), 24 / (min(low, high) * unit))


def _long(match: re.Match[str]) -> Frequency:
    """Daily, weekly, per day, on alternate days."""
    days = 2.0 if match["unit"] is None and "alternat" in match[0] else _hours(match["unit"] or match["per"]) / 24
    return Frequency(*match.span(), Timing.COUNTED, 1 / days, 1 / days)


def _short(match: re.Match[str]) -> Frequency | None:
    """bd, t.d.s., q6h, x3."""
    latin = (match["latin"] or match["dotted"] or "").replace(".", "").replace(" ", "")
    if match["dotted"] and latin not in LATIN:
        return None
    if match["latin"] in _ALSO_WORDS and not _beside_dose(match):
        return None
    if match["days"]:
        return Frequency(*match.span(), Timing.SCHEDULED, abbreviated=True)
    if match["every"]:
        high, low = (24 / max(1, int(match[group] or match["every"])) for group in ("every", "most"))
    elif match["count"]:
        if not _beside_dose(match):
            return None
        low = high = float(match["count"])
    else:
        low = high = LATIN[latin]
    return Frequency(*match.span(), Timing.COUNTED, low, high, abbreviated=True)


def _beside_dose(match: re.Match[str]) -> bool:
    return bool(_BY_A_DOSE.search(match.string, max(0, match.start() - 12), match.start()))


def _at(match: re.Match[str], timing: Timing) -> Frequency:
    return Frequency(*match.span(), timing)


def _hours(unit: str) -> float:
    return _HOURS.get(unit) or _HOURS[unit.removesuffix("s")]


def _count(written: str) -> float:
    return _COUNTS.get(written) or max(number(written), 0.01)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Frequency | None]], ...] = (
    (_TIMES, _times), (_DOSES, _doses), (_EVERY, _every), (_LONG, _long), (_SHORT, _short),
    (_TIME_OF_DAY, lambda match: _at(match, Timing.TIME_OF_DAY)), (_NEEDED, lambda match: _at(match, Timing.NEEDED)),
    (_ONCE, lambda match: _at(match, Timing.ONCE)), (_SCHEDULED, lambda match: _at(match, Timing.SCHEDULED)),
)  # fmt: skip
