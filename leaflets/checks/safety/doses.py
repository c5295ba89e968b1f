"""Forms of doses, times and dates that are easily misread; each function finds the positions of one of them."""

import re
from collections.abc import Iterator

from leaflets.checks.reading.amounts import DASHES, is_level, unit_of
from leaflets.checks.reading.indexed_text import Reading
from leaflets.checks.reading.passages import Position
from leaflets.lexer import DOSE_UNITS, MASS_UNITS, UNITS, VOLUME_UNITS, TokenKind

TokenSpans = Iterator[tuple[Position, int]]
"""Positions where a form begins, each with the number of its tokens."""


def stop_after_unit(reading: Reading) -> TokenSpans:
    """A full stop after a unit in the middle of a sentence."""
    for position in reading.units:
        stopped = position.token.text in ("mg", "mcg", "mL", "kg") and position.text(1) == "." and position.glued(1)
        if stopped and not position.glued(2) and position.text(2)[:1].islower():
            yield position, 2


def multiplier(reading: Reading) -> TokenSpans:
    """M, K or MM for millions or thousands of units."""
    for position in reading.spelled("M", "K", "MM"):
        if position.kind(-1) is TokenKind.NUMBER and position.text(1) in ("unit", "units"):
            yield position, 1


_SPOONS = ("tsp", "tbsp", "teaspoon", "teaspoons", "teaspoonful", "teaspoonfuls", "tablespoon", "tablespoons",
           "tablespoonful", "tablespoonfuls")  # fmt: skip


def spoon(reading: Reading) -> TokenSpans:
    """A kitchen spoon as a measure."""
    for word in _SPOONS:
        for position in reading.positions(word):
            before = position.neighbour(-1)
            if (before is not None and before.kind is TokenKind.NUMBER) or position.text(-1).lower() in (
                "a",
                "one",
                "two",
                "half",
                "level",
                "½",
            ):
                yield position, 1


def _every(reading: Reading, endings: frozenset[str]) -> TokenSpans:
    """q6h, q 6 h, q4-6h: a q, hours and one of the endings, together or apart."""
    for word in reading.index.vocabulary:
        hour = word[1:].rstrip("hrsapm")
        if word == "q" or (word[0] == "q" and hour.isdigit()):
            for position in reading.positions(word):
                size = _hours(position, endings) if word[1:] in ("", hour) else int(word[1 + len(hour) :] in endings)
                if size:
                    yield position, size


def _hours(position: Position, endings: frozenset[str]) -> int:
    """The number of tokens from a q (or q4) to the ending after its numbers, 0 where none follows."""
    end = 1
    while end < 4 and (position.kind(end) is TokenKind.NUMBER or position.text(end) in DASHES):
        end += 1
    numbered = end > 1 or len(position.text(0)) > 1
    return end + 1 if numbered and position.text(end).lower() in endings else 0


def at_the_hour(reading: Reading) -> TokenSpans:
    """q6PM."""
    return _every(reading, frozenset({"am", "pm"}))


def every_hours(reading: Reading) -> TokenSpans:
    """q6h."""
    return _every(reading, frozenset({"h", "hr", "hrs"}))


def times_signs(reading: Reading) -> TokenSpans:
    """x3d, x 3 d, x3, 2x/day: the frequencies that the dose grammar reads with a sign for times."""
    signed = (word for word in reading.index.vocabulary if word in ("x", "×") or _TIMES_SIGN.fullmatch(word))
    passages = {position.passage.number: position.passage for word in signed for position in reading.positions(word)}
    for passage in passages.values():
        for frequency in passage.doses.frequencies:
            first, end = passage.tokens_between(frequency.start, frequency.end)
            if frequency.abbreviated and any(token.text[0] in "x×X" for token in passage.tokens[first:end]):
                yield Position(passage, first), end - first


_TIMES_SIGN = re.compile(r"[x×]\d{1,2}d?|\d{1,2}[x×]")


_BEFORE_FRACTION = frozenset({"for", "every", "x", "daily", "mg", "course", "take"})


def australian_fraction(reading: Reading) -> TokenSpans:
    """6/24, 5/7, 2/52: hours, days and weeks as fractions."""
    for slash in reading.positions("/"):
        fraction = slash.kind(-1) is TokenKind.NUMBER and slash.text(1) in ("24", "7", "52", "12")
        whole = slash.text(2) != "/" and slash.kind(2) is not TokenKind.UNIT
        if fraction and whole and slash.text(-2).lower() in _BEFORE_FRACTION:
            yield slash.moved(-1), 3


def per_d(reading: Reading) -> TokenSpans:
    """mg/kg/d."""
    for position in reading.spelled("d"):
        if position.text(-1) == "/" and position.text(-2) in UNITS | {"dose"} and position.glued(0):
            yield position.moved(-1), 2


def trailing_zero(reading: Reading) -> TokenSpans:
    """1.0 mg, 2.50 mg. Levels in blood may keep the zero that shows how exact they are."""
    for position in reading.numbers:
        zero = "." in position.token.text and position.token.text.endswith("0")
        if zero and unit_of(position) in DOSE_UNITS and not is_level(position):
            yield position, 1


def naked_decimal(reading: Reading) -> TokenSpans:
    """.5 mg."""
    for position in reading.numbers:
        if position.token.text[0] == "." and unit_of(position):
            yield position, 1


def no_thousands_comma(reading: Reading) -> TokenSpans:
    """1000 mg, 10000 units."""
    for position in reading.numbers:
        digits = position.token.text.partition(".")[0]
        unit = unit_of(position)
        if unit in DOSE_UNITS and digits.isdigit() and len(digits) >= 4:
            yield position, 1


def decimal_comma(reading: Reading) -> TokenSpans:
    """0,5 mg, in a text in a language that has a point before the decimals."""
    for position in reading.index.chains:
        if "." not in position.token.text and position.token.text.count(",") == 1 and unit_of(position):
            yield position, 1


_RUN_ON = (MASS_UNITS | VOLUME_UNITS | {"unit", "units", "mmol", "mEq", "IU", "U", "mCi", "MBq"}) - {"l"}


def unit_run_on(reading: Reading) -> TokenSpans:
    """10mg."""
    for position in reading.units:
        if position.token.text in _RUN_ON and position.glued(0):
            yield position.moved(-1), 2


def name_run_on(reading: Reading) -> TokenSpans:
    """Inderal40 mg."""
    for unit in ("mg", "mcg", "g", "ml"):
        for position in reading.positions(unit):
            name = position.text(-1).rstrip("0123456789")
            if position.kind(-1) is TokenKind.WORD and name != position.text(-1) and name.isalpha() and len(name) >= 4:
                yield position.moved(-1), 2
    for word in reading.index.vocabulary:
        if word.endswith(("mg", "mcg", "ml", "g")) and _RUN_TOGETHER.fullmatch(word):
            yield from ((position, 1) for position in reading.positions(word))


_RUN_TOGETHER = re.compile(r"[^\W\d_]{4,}\d+(?:mg|mcg|ml|g)")


def ratio(reading: Reading) -> TokenSpans:
    """1:1,000."""
    for position in reading.positions(":"):
        right = position.text(1).replace(",", "")
        thousands = len(right) >= 3 and right[0] == "1" and not right[1:].strip("0")
        if thousands and position.text(-1) == "1" and position.text(-2) != ":":
            yield position.moved(-1), 3


_FRACTIONS = ("½", "¼", "¾")
_TABLET = ("tablet", "tablets", "tab", "tabs", "capsule")


def fraction(reading: Reading) -> TokenSpans:
    """1/2 tablet, ½ tablet."""
    for symbol in _FRACTIONS:
        for position in reading.positions(symbol):
            if position.text(1) in _TABLET or (position.text(1) == "a" and position.text(2) in _TABLET):
                yield position, 2
    for position in reading.positions("/"):
        part = position.text(-1) == "1" and position.text(1) in ("2", "4")
        if part and (position.text(2) in _TABLET or position.text(3) in _TABLET):
            yield position.moved(-1), 3


def roman(reading: Reading) -> TokenSpans:
    """Take ii tablets."""
    for verb in ("take", "give"):
        for position in reading.positions(verb):
            if position.text(1) in ("i", "ii", "iii", "iv", "v", "x", "II", "III") and position.text(2) in _TABLET:
                yield position.moved(1), 1


_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(reading: Reading) -> TokenSpans:
    """10^6, 10**6, 10⁶, x10e6."""
    for position in (*reading.spelled("10"), *reading.spelled("x10")):
        following = position.text(1)
        if position.glued(1) and (following in ("^", "*") or (following and set(following) <= _RAISED)):
            yield position, 2
    for word in reading.index.vocabulary:
        if word.startswith("x10e") and word[4:].isdigit():
            yield from ((position, 1) for position in reading.positions(word))
        elif word[0] == "e" and word[1:].isdigit():
            yield from ((p.moved(-1), 2) for p in reading.positions(word) if p.text(-1) == "10" and p.glued(0))


def dashed_range(reading: Reading) -> TokenSpans:
    """10-20 mg."""
    for position in reading.units:
        if (
            position.token.text not in DOSE_UNITS | {"%"}
            or position.text(-2) not in DASHES
            or is_level(position.moved(-1))
        ):
            continue
        if position.kind(-3) is TokenKind.NUMBER and position.text(-4) not in DASHES:
            yield position.moved(-3), 4
        elif position.kind(-3) is TokenKind.UNIT and position.kind(-4) is TokenKind.NUMBER:
            yield position.moved(-4), 5


def two_numbers(reading: Reading) -> TokenSpans:
    """Take 2 5 mg tablets."""
    for position in reading.units:
        if position.token.text in MASS_UNITS and position.kind(-2) is TokenKind.NUMBER:
            yield position.moved(-2), 3


def numeric_date(reading: Reading) -> TokenSpans:
    """03/04/2026, 03.04.2026."""
    for separator in ("/", "-"):
        for position in reading.positions(separator):
            parts = (position.text(-1), position.text(1), position.text(3))
            ends = position.text(4) not in ("/", "-") and position.kind(4) is not TokenKind.UNIT
            if position.text(2) == separator and _is_date(parts, separator) and ends:
                yield position.moved(-1), 5
    for position in reading.index.chains:
        if position.token.text.count(".") == 2 and _is_date(tuple(position.token.text.split(".")), "."):
            yield position, 1


def _is_date(parts: tuple[str, ...], separator: str) -> bool:
    if not all(part.isdigit() and part.isascii() and len(part) <= 4 for part in parts):
        return False
    first, second, year = (int(part) for part in parts)
    written_short = len(parts[2]) == 2 and separator != "-"  # 10-12-14 is more often a range
    short = written_short and (all(len(part) == 2 for part in parts[:2]) or (separator == "/" and 20 <= year < 50))
    in_year = 1 <= min(first, second) <= 12 and 1 <= max(first, second) <= 31
    return in_year and (short or (len(parts[2]) == 4 and 1900 < year < 2100))


def clock(reading: Reading) -> TokenSpans:
    """1800 hrs, 5.30pm."""
    for word in ("hrs", "hours", "am", "pm"):
        for position in reading.positions(word):
            number = position.text(-1)
            dotted = word in ("am", "pm") and number.count(".") == 1 and len(number.partition(".")[2]) == 2
            if dotted or (word in ("hrs", "hours") and len(number) == 4 and number.isdigit() and number < "2400"):
                yield position.moved(-1), 2
    for position in reading.positions(":"):
        hour, minute = position.text(-1), position.text(1)
        if position.text(-2) == "*":
            continue  # an allele: HLA-A*02:01
        written = hour.isdigit() and minute.isdigit() and len(hour) == len(minute) == 2 and position.glued(1)
        if written and position.glued(0) and (hour[0] == "0" or 12 < int(hour) < 24) and int(minute) < 60:
            yield position.moved(-1), 3


_DIRECTING = frozenset(
    {"take", "taken", "taking", "use", "used", "using", "apply", "applied", "inject", "give", "given"}
)
_NOT_DOSES = frozenset({
    "store", "stored", "keep", "kept", "storage", "dispose", "only", "exactly", "not", "safe", "continue",
})  # fmt: skip


def as_directed(reading: Reading) -> TokenSpans:
    """Take as directed: no direction at all.

    "Only as directed", "safe when used as directed", "when taken as directed" and words on storage direct nothing, and
    are harmless; beside how often, it adds to a direction.
    """
    for position in reading.positions("directed"):
        before = {token.text.lower() for token in position.window(16)}
        supposes = position.text(-3).lower() in ("when", "if")
        directs = position.text(-1).lower() == "as" and before & _DIRECTING and not before & _NOT_DOSES
        if directs and not supposes and not _says_how_often(position):
            yield position.moved(-1), 2


def _says_how_often(position: Position) -> bool:
    """Whether the sentence gives a frequency."""
    first, end = position.sentence
    tokens = position.passage.tokens
    start, stop = tokens[first].start, tokens[end - 1].end
    return any(start <= each.start < stop for each in position.passage.doses.frequencies)


_OUTER_PARTS = frozenset({
    "eye", "eyes", "ophthalmic", "skin", "scalp", "topical", "topically", "ear", "ears", "nose", "nostril", "nostrils",
})  # fmt: skip
_LIQUIDS = frozenset({"solution", "injection", "infusion", "drops", "syrup", "suspension"})


def percent_alone(reading: Reading) -> TokenSpans:
    """5% solution, with no amount per volume in the same passage; what is put on the body is labelled in per cent."""
    outer = {position.passage.number for part in _OUTER_PARTS for position in reading.positions(part)}
    for position in reading.positions("%"):
        if position.passage.number in outer:
            continue
        near = [position.neighbour(step) for step in range(1, 12)]
        if position.text(1).lower() in _LIQUIDS and not any(token and token.text == "mg" for token in near):
            yield position.moved(-1), 3
