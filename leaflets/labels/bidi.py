"""The order in which left-to-right and right-to-left text on one line is drawn (Unicode Annex 9, no embeddings)."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

from leaflets.typography import left_to_right

_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_RIGHT = ("R", "AL")
_NEUTRAL = ("B", "S", "WS", "ON", "BN")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a text that is drawn in one direction."""

    start: int
    end: int
    rtl: bool


def has_rtl(text: str) -> bool:
    """Whether anything in the text runs from right to left."""
    return _RTL.search(text) is not None


def starts_rtl(text: str) -> bool:
    """Whether the first letter runs from right to left (rules P2 and P3)."""
    if not has_rtl(text):
        return False
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", *_RIGHT)), "L")
    return first in _RIGHT


def stretches(text: str, *, rtl: bool) -> list[Stretch]:
    """The parts of one line from left to right as they are drawn; `rtl` is the direction of the paragraph."""
    units = _units(text)
    kinds = _resolve_neutrals(_resolve_weak([unit.kind for unit in units], rtl), rtl)
    levels = [_level(kind, rtl) for kind in kinds]
    for at in range(len(units) - 1, -1, -1):  # rule L1
        if unicodedata.bidirectional(text[units[at].start]) not in ("WS", "S", "B"):
            break
        levels[at] = int(rtl)
    pairs = groupby(zip(units, levels, strict=True), key=lambda pair: (pair[1], pair[0].alone))
    runs = [_run(list(group)) for _, group in pairs]
    return [Stretch(run.start, run.end, run.rtl) for run in _reorder(runs)]


@dataclass(frozen=True, slots=True)
class _Unit:
    start: int
    end: int
    kind: str
    alone: int = 0  # counts from 1 for what is ordered by itself


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    level: int
    rtl: bool


def _units(text: str) -> list[_Unit]:
    units: list[_Unit] = []
    at = 0
    for count, (start, end) in enumerate(left_to_right(text), 1):
        units += [_Unit(i, i + 1, unicodedata.bidirectional(text[i])) for i in range(at, start)]
        at = end
        units.append(_Unit(start, at, "ON", count))
    return units + [_Unit(i, i + 1, unicodedata.bidirectional(text[i])) for i in range(at, len(text))]


def _run(pairs: list[tuple[_Unit, int]]) -> _Run:
    first, level = pairs[0]
    return _Run(first.start, pairs[-1][0].end, level, bool(level % 2) and not first.alone)


def _resolve_weak(kinds: list[str], rtl: bool) -> list[str]:
    """Rules W1 to W7."""
    start = "R" if rtl else "L"
    kinds = _marks_follow(kinds, start)
    strong = start
    for at, kind in enumerate(kinds):  # W2, W3
        if kind in ("L", *_RIGHT):
            strong = kind
        if kind == "EN" and strong == "AL":
            kinds[at] = "AN"
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    kinds = _separators(kinds)
    strong = start
    for at, kind in enumerate(kinds):  # W6, W7
        if kind in ("ES", "ET", "CS"):
            kinds[at] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"
    return kinds


def _marks_follow(kinds: list[str], start: str) -> list[str]:
    """Rule W1: a combining mark is what it stands on."""
    out: list[str] = []
    for kind in kinds:
        out.append((out[-1] if out else start) if kind == "NSM" else kind)
    return out


def _separators(kinds: list[str]) -> list[str]:
    """Rules W4 and W5: separators between numbers and signs beside them belong to the number."""
    out = list(kinds)
    for at in range(1, len(out) - 1):
        before, after = out[at - 1], out[at + 1]
        if before == after and ((out[at] == "ES" and before == "EN") or (out[at] == "CS" and before in ("EN", "AN"))):
            out[at] = before
    for order in (range(1, len(out)), range(len(out) - 2, -1, -1)):
        step = -1 if order.step > 0 else 1
        for at in order:
            if out[at] == "ET" and out[at + step] == "EN":
                out[at] = "EN"
    return out


def _resolve_neutrals(kinds: list[str], rtl: bool) -> list[str]:
    """Rules N1 and N2: neutral characters follow their neighbours where those agree, else the paragraph."""
    edge = "R" if rtl else "L"
    out: list[str] = []
    groups = [(neutral, list(group)) for neutral, group in groupby(kinds, key=lambda kind: kind in _NEUTRAL)]
    for at, (neutral, group) in enumerate(groups):
        if not neutral:
            out += group
            continue
        before = _direction(groups[at - 1][1][-1]) if at else edge
        after = _direction(groups[at + 1][1][0]) if at + 1 < len(groups) else edge
        out += [before if before == after else edge] * len(group)
    return out


def _direction(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _level(kind: str, rtl: bool) -> int:
    """Rules I1 and I2."""
    if rtl:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)


def _reorder(runs: list[_Run]) -> list[_Run]:
    """Rule L2: from the highest level down, every series of runs at that level or above is turned round."""
    runs = list(runs)
    for level in range(max((run.level for run in runs), default=0), 0, -1):
        series = [(high, list(group)) for high, group in groupby(runs, key=lambda run: run.level >= level)]
        runs = [run for high, group in series for run in (reversed(group) if high else group)]
    return runs
