"""When a medicine is taken → words (hl7.org/fhir/R4/datatypes.html#Timing; R5 has the same elements)."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from leaflets.runlist.fhir.quantities import range_words, span_words, time_unit
from leaflets.runlist.fhir.values import (
    Object,
    UnreadableResource,
    member,
    members,
    number,
    refuse_unknown,
    snomed_words,
    text,
    texts,
    unexpected,
)

_TIMING = frozenset({"event", "repeat", "code"})
_BOUNDS = ("boundsDuration", "boundsRange", "boundsPeriod")
_HOW_OFTEN = ("frequency", "frequencyMax", "period", "periodMax", "periodUnit")
_MOMENTS = ("dayOfWeek", "timeOfDay", "when", "offset")
_REPEAT = frozenset((
    *_BOUNDS, *_HOW_OFTEN, *_MOMENTS, "count", "countMax", "duration", "durationMax", "durationUnit"
))  # fmt: skip

_TIMES_A_DAY = {
    **dict.fromkeys(("TWICE", "TWO TIMES", "2 TIMES"), "2"),
    **dict.fromkeys(("THREE TIMES", "3 TIMES"), "3"),
    **dict.fromkeys(("FOUR TIMES", "4 TIMES"), "4"),
}

_CODES = {
    "BID": ("2", "1", "d"),
    "TID": ("3", "1", "d"),
    "QID": ("4", "1", "d"),
    "QD": ("1", "1", "d"),
    "QOD": ("1", "2", "d"),
    "WK": ("1", "1", "wk"),
    "MO": ("1", "1", "mo"),
    **{f"Q{hours}H": ("1", str(hours), "h") for hours in (1, 2, 3, 4, 6, 8, 12, 24, 36, 48, 72)},
    **dict.fromkeys(("ONCE A DAY", "ONCE DAILY", "DAILY", "EVERY DAY"), ("1", "1", "d")),
    **{f"{words} {day}": (times, "1", "d") for words, times in _TIMES_A_DAY.items() for day in ("A DAY", "DAILY")},
    **dict.fromkeys(("EVERY OTHER DAY", "EVERY 2 DAYS"), ("1", "2", "d")),
    **dict.fromkeys(("ONCE A WEEK", "ONCE WEEKLY", "WEEKLY", "EVERY WEEK"), ("1", "1", "wk")),
    **{f"EVERY {hours} HOURS": ("1", str(hours), "h") for hours in (2, 3, 4, 6, 8, 12, 24, 36, 48, 72)},
}
"""Codes of a timing and the words for them, in capitals: frequency, period and its unit.

The codes are those of terminology.hl7.org/CodeSystem/v3-GTSAbbreviation, and further hours.
"""

_GTS = ("v3-GTSAbbreviation", "v3/GTSAbbreviation")

_CODE_WORDS = {"AM": "every morning", "PM": "every afternoon", "BED": "at bedtime"}
"""Codes of a timing that are tied to a part of the day."""

_CODE_MOMENTS = {
    "AM": frozenset({"MORN", "MORN.early", "MORN.late", "CM", "ACM", "PCM"}),
    "PM": frozenset({"AFT", "AFT.early", "AFT.late"}),
    "BED": frozenset({"HS", "NIGHT"}),
}
"""Moments that say the same as a code."""

_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}

_PARTS_OF_DAY = {
    "MORN": "in the morning",
    "MORN.early": "early in the morning",
    "MORN.late": "late in the morning",
    "NOON": "at noon",
    "AFT": "in the afternoon",
    "AFT.early": "early in the afternoon",
    "AFT.late": "late in the afternoon",
    "EVE": "in the evening",
    "EVE.early": "early in the evening",
    "EVE.late": "late in the evening",
    "NIGHT": "at night",
    "C": "with meals",
    "CM": "with breakfast",
    "CD": "with lunch",
    "CV": "with the evening meal",
}
"""Moments that have no offset (hl7.org/fhir/R4/valueset-event-timing.html)."""

_BEFORE_OR_AFTER = {
    "AC": ("before", "meals"),
    "ACM": ("before", "breakfast"),
    "ACD": ("before", "lunch"),
    "ACV": ("before", "the evening meal"),
    "PC": ("after", "meals"),
    "PCM": ("after", "breakfast"),
    "PCD": ("after", "lunch"),
    "PCV": ("after", "the evening meal"),
    "WAKE": ("after", "waking up"),
    "PHS": ("after", "falling asleep"),
    "HS": ("before", "going to sleep"),
}
"""Moments before or after something; an offset says how long."""

_ONCE = "once only"

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?")
_TIME = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)(:[0-5]\d(?:\.\d+)?)?")


@dataclass(frozen=True, slots=True)
class TimingWords:
    """What is said of the time, in the order of a sentence; `says_when` where it is more than for how long."""

    phrases: tuple[str, ...]
    says_when: bool


def timing_words(timing: Object) -> TimingWords:
    """The words of a timing: "2 times a day", "in the morning", "for 7 days".

    Raises UnreadableResource where a part of it cannot be put into words, or two parts differ.
    """
    refuse_unknown(timing, _TIMING, "timing")
    repeat = member(timing, "repeat")
    refuse_unknown(repeat, _REPEAT, "timing.repeat")
    of_code, repeat = _with_code(member(timing, "code"), repeat)
    events = [_date_words(moment, "event") for moment in texts(timing, "event")]
    when = [
        *_how_often(repeat),
        *of_code,
        *_on_days(repeat),
        *_at_moments(repeat),
        *([f"on {listed(events)}"] if events else []),
    ]
    doses = _how_many(repeat)
    phrases = (*when, *_how_long(repeat), *doses, *_bounds(repeat))
    return TimingWords(phrases, bool(when) or doses == [_ONCE])


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence: "a", "a and b", "a, b and c"."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _with_code(code: Object, repeat: Object) -> tuple[list[str], Object]:
    """The words of a code, and the timing with what the code says.

    A code is a complete statement of the timing but for its bounds, so one of the two is enough.
    """
    if not code:
        return [], repeat
    own, codings = text(code, "text"), members(code, "coding")
    words = own or snomed_words(next(filter(None, (text(one, "display") for one in codings)), ""))
    codes = {text(one, "code") for one in codings if text(one, "system").endswith(_GTS)} & (_CODES.keys() | _CODE_WORDS)
    of_words = words.upper().rstrip(".")
    if of_words in _CODES or of_words in _CODE_WORDS:
        own = ""
        codes.add(of_words)
    if len({_CODES.get(one, one) for one in codes}) > 1:
        raise UnreadableResource("`timing.code` has two codes or words that differ")
    if not codes and not words:
        raise UnreadableResource("`timing.code` is a code without words")
    if not codes:
        return [_uncapitalized(words)], repeat
    phrases, repeat = _of_code(codes.pop(), repeat)
    return [*phrases, *([_uncapitalized(own)] if own else [])], repeat


def _uncapitalized(words: str) -> str:
    return words[:1].lower() + words[1:] if words[1:].islower() else words


def _of_code(code: str, repeat: Object) -> tuple[list[str], Object]:
    return ([], _coded(_CODES[code], repeat)) if code in _CODES else (_part_of_day(code, repeat), repeat)


def _part_of_day(code: str, repeat: Object) -> list[str]:
    """The words of a code for a part of the day; none where the timing has that moment itself."""
    moments = set(texts(repeat, "when"))
    if any(name in repeat for name in _HOW_OFTEN):
        _coded(_CODES["QD"], repeat)
    if not moments <= _CODE_MOMENTS[code]:
        raise UnreadableResource("`timing.code` and `timing.repeat` differ")
    return [] if moments else [_CODE_WORDS[code]]


def _coded(meant: tuple[str, str, str], repeat: Object) -> Object:
    """The timing with the frequency of its code. Raises UnreadableResource where it has another."""
    if not any(name in repeat for name in _HOW_OFTEN):
        return {**repeat, "frequency": int(meant[0]), "period": int(meant[1]), "periodUnit": meant[2]}
    stated = (number(repeat, "frequency") or "1", number(repeat, "period"), text(repeat, "periodUnit"))
    if stated != meant or "frequencyMax" in repeat or "periodMax" in repeat:
        raise UnreadableResource("`timing.code` and `timing.repeat` differ")
    return repeat


def _how_often(repeat: Object) -> list[str]:
    if not any(name in repeat for name in _HOW_OFTEN):
        return []
    times, period, longest = _times(repeat), number(repeat, "period"), number(repeat, "periodMax")
    if period in {"", "0"} or longest == "0":
        raise UnreadableResource("`timing.repeat` says how often without a period")
    unit = time_unit(text(repeat, "periodUnit"), longest or period, "timing.repeat.periodUnit")
    if period == "1" and not longest:
        if _daily(repeat) and texts(repeat, "dayOfWeek"):
            return []
        if not times or (times == "once" and unit in {"second", "minute", "hour"}):
            return [f"every {unit}"]
        return [f"{times} {'an' if unit == 'hour' else 'a'} {unit}"]
    span = f"every {_extent(period, longest)} {unit}"
    return [span if times in {"", "once"} else f"{times} {span}"]


def _times(repeat: Object) -> str:
    """How many times in a period: "once", "2 times", "1 to 2 times"; empty where that is not said."""
    frequency, most = number(repeat, "frequency"), number(repeat, "frequencyMax")
    if "0" in {frequency, most} or "." in frequency + most:
        raise unexpected("timing.repeat.frequency")
    if most and not frequency:
        return f"up to {most} time{'s' * (most != '1')}"
    if not most:
        return "once" if frequency == "1" else frequency and f"{frequency} times"
    return f"{frequency} to {most} times"


def _extent(least: str, most: str) -> str:
    return f"{least} to {most}" if most and most != least else least


def _daily(repeat: Object) -> bool:
    return (number(repeat, "period"), text(repeat, "periodUnit")) == ("1", "d") and "periodMax" not in repeat


def _on_days(repeat: Object) -> list[str]:
    codes = list(dict.fromkeys(texts(repeat, "dayOfWeek")))
    if not codes:
        return []
    if not all(code in _DAYS for code in codes):
        raise unexpected("timing.repeat.dayOfWeek")
    days = listed([_DAYS[code] for code in codes])
    if _daily(repeat) and (times := _times(repeat)):
        return [f"only on {days}", f"{times} on {'that day' if len(codes) == 1 else 'each of these days'}"]
    frequency = number(repeat, "frequency")
    if text(repeat, "periodUnit") == "wk" and frequency and "frequencyMax" not in repeat:
        if Decimal(frequency) < len(codes):
            raise UnreadableResource("`timing.repeat` has more days than doses")
        return [f"on {days}"]
    return [f"only on {days}"]


def _at_moments(repeat: Object) -> list[str]:
    """The moments of the day. Raises UnreadableResource where there are more of them than doses."""
    codes, clock = (list(dict.fromkeys(texts(repeat, name))) for name in ("when", "timeOfDay"))
    offset = number(repeat, "offset")
    if (codes and clock) or (offset and not codes):
        raise UnreadableResource("`timing.repeat` has times that exclude each other")
    moments = [_clock_words(one) for one in clock] + [_when_words(code, offset) for code in codes]
    frequency = number(repeat, "frequency")
    if frequency and "frequencyMax" not in repeat and _daily(repeat) and Decimal(frequency) < len(moments):
        raise UnreadableResource("`timing.repeat` has more times of the day than doses")
    if not moments:
        return []
    return [f"at {listed(moments)}" if clock else listed(moments)]


def _clock_words(time: str) -> str:
    match = _TIME.fullmatch(time)
    if not match:
        raise unexpected("timing.repeat.timeOfDay")
    seconds = match[2] or ""
    return match[1] if re.fullmatch(r"[:0.]*", seconds) else time


def _when_words(code: str, offset: str) -> str:
    if code in _PARTS_OF_DAY and offset in {"", "0"}:
        return _PARTS_OF_DAY[code]
    if code not in _BEFORE_OR_AFTER or "." in offset:
        raise UnreadableResource("`timing.repeat.when` has a code that cannot be put into words")
    side, event = _BEFORE_OR_AFTER[code]
    if offset in {"", "0"}:
        return "at bedtime" if code == "HS" else f"{side} {event}"
    hours, minutes = divmod(int(offset), 60)
    number_of, unit = (hours, "hour") if not minutes else (int(offset), "minute")
    return f"{number_of} {unit}{'s' * (number_of != 1)} {side} {event}"


def _how_long(repeat: Object) -> list[str]:
    """How long one dose takes."""
    duration, longest = number(repeat, "duration"), number(repeat, "durationMax")
    if not duration and not longest and "durationUnit" not in repeat:
        return []
    if not duration:
        raise unexpected("timing.repeat.duration")
    unit = time_unit(text(repeat, "durationUnit"), longest or duration, "timing.repeat.durationUnit")
    return [f"each time for {_extent(duration, longest)} {unit}"]


def _how_many(repeat: Object) -> list[str]:
    """How many doses there are in all."""
    count, most = number(repeat, "count"), number(repeat, "countMax")
    if not count and not most:
        return []
    if not count or "0" in {count, most}:
        raise unexpected("timing.repeat.count")
    return [_ONCE if count == "1" and most in {"", "1"} else f"{_extent(count, most)} times in all"]


def _bounds(repeat: Object) -> list[str]:
    """For how long, or from when until when."""
    if sum(name in repeat for name in _BOUNDS) > 1:
        raise UnreadableResource("`timing.repeat` has two kinds of bounds")
    if length := member(repeat, "boundsDuration"):
        return [f"for {span_words(length, 'boundsDuration')}"]
    if extent := member(repeat, "boundsRange"):
        return [f"for {range_words(extent, 'boundsRange')}"]
    period = member(repeat, "boundsPeriod")
    refuse_unknown(period, {"start", "end"}, "boundsPeriod")
    start, end = text(period, "start"), text(period, "end")
    if end and end[:10] < start[: len(end[:10])]:
        raise UnreadableResource("`boundsPeriod` ends before it begins")
    return [
        *([f"from {_date_words(start, 'boundsPeriod')}"] if start else []),
        *([f"up to and including {_date_words(end, 'boundsPeriod')}"] if end else []),
    ]


def _date_words(moment: str, element: str) -> str:
    """A date with its month in words, and its time with its zone: "3 April 2026 at 08:00 (UTC+02:00)"."""
    match = _DATE.fullmatch(moment)
    if not match:
        raise unexpected(element)
    year, month, day, time, zone = match.groups()
    try:
        date = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise unexpected(element) from None
    words = f"{date.day} {date:%B} {year}" if day else (f"{date:%B} {year}" if month else year)
    return f"{words} at {time} (UTC{zone.replace('Z', '')})" if time else words
