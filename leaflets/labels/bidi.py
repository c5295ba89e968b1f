"""The order in which left-to-right and right-to-left text on one line is drawn (Unicode Standard Annex 9).

Labels have no embeddings, overrides or isolates of their own, so the rules for those (X1 to X8) are left out; their
control characters have no effect.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from leaflets.labels.brackets import CLOSING, canonical
from leaflets.typography import left_to_right

_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_RIGHT = ("R", "AL")
_STRONG = ("L", "R", "AL")
_NEUTRAL = ("B", "S", "WS", "ON")
_IGNORED = ("BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")  # rule X9
_OBJECT = "\ufffc"
_MAX_OPEN_BRACKETS = 63  # definition BD16


@dataclass(frozen=True, slots=True)
class BidiRun:
    """Part of a text, from `start` to before `end`, that is drawn in one direction."""

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
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in _STRONG), "L")
    return first in _RIGHT


def visual_runs(text: str, *, rtl: bool) -> list[BidiRun]:
    """The parts of one line from left to right as they are drawn; `rtl` is the direction of the paragraph.

    Doses, dates and phone numbers (`typography.left_to_right`) are isolated: each is one object to the text around it,
    as if it stood between the control characters LRI and PDI, and is drawn from left to right within.
    """
    units = list(_units(text))
    line = "".join(_OBJECT if unit.isolated else text[unit.start] for unit in units)
    groups = groupby(zip(units, levels(line, rtl=rtl), strict=True), key=_run_key)
    runs = [_run([unit for unit, _ in group], level) for (level, _), group in groups]
    return [BidiRun(run.start, run.end, run.rtl) for run in _reorder(runs)]


def levels(text: str, *, rtl: bool) -> list[int]:
    """The level of every character of one line: even ones are drawn from left to right, odd ones from right to left.

    `rtl` is the direction of the paragraph. A character that has no effect (X9) has the level of the one before it.
    """
    kinds = [unicodedata.bidirectional(character) or "L" for character in text]
    visible = [at for at, kind in enumerate(kinds) if kind not in _IGNORED]
    resolved = iter(_resolved("".join(text[at] for at in visible), [kinds[at] for at in visible], rtl))
    out: list[int] = []
    for kind in kinds:
        out.append((out[-1] if out else int(rtl)) if kind in _IGNORED else next(resolved))
    return out


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is ordered as a whole: a character, or a dose that is isolated."""

    start: int
    end: int
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    level: int
    rtl: bool


def _units(text: str) -> Iterator[_Unit]:
    at = 0
    for start, end in left_to_right(text):
        yield from (_Unit(i, i + 1) for i in range(at, start))
        yield _Unit(start, end, isolated=True)
        at = end
    yield from (_Unit(i, i + 1) for i in range(at, len(text)))


def _run_key(pair: tuple[_Unit, int]) -> tuple[int, int]:
    """Equal for neighbours that are drawn together: those of one level, but isolated units alone."""
    unit, level = pair
    return level, unit.end if unit.isolated else 0


def _run(units: list[_Unit], level: int) -> _Run:
    return _Run(units[0].start, units[-1].end, level, level % 2 == 1 and not units[0].isolated)


def _resolved(text: str, kinds: list[str], rtl: bool) -> list[int]:
    """The levels of characters whose bidirectional classes are `kinds`, by rules W1 to L1."""
    base = "R" if rtl else "L"
    resolved = _resolve_marks(kinds, base)
    _resolve_numbers(resolved, base)
    _resolve_separators(resolved)
    _resolve_terminators(resolved)
    _numbers_after_latin(resolved, base)
    _resolve_brackets(text, kinds, resolved, base)
    _resolve_neutrals(resolved, base)
    out = [_level(kind, rtl) for kind in resolved]
    trailing = True
    for at in range(len(out) - 1, -1, -1):  # rule L1
        trailing = kinds[at] in ("S", "B") or (trailing and kinds[at] == "WS")
        if trailing:
            out[at] = int(rtl)
    return out


def _resolve_marks(kinds: list[str], base: str) -> list[str]:
    """Rule W1: a combining mark has the class of the character before it."""
    out: list[str] = []
    for kind in kinds:
        out.append((out[-1] if out else base) if kind == "NSM" else kind)
    return out


def _resolve_numbers(kinds: list[str], base: str) -> None:
    """Rules W2 and W3: European digits after an Arabic letter are Arabic numbers; then Arabic letters are class R."""
    strong = base
    for at, kind in enumerate(kinds):
        if kind in _STRONG:
            strong = kind
        if kind == "EN" and strong == "AL":
            kinds[at] = "AN"
        if kind == "AL":
            kinds[at] = "R"


def _resolve_separators(kinds: list[str]) -> None:
    """Rule W4: one separator between two numbers of the same class belongs to them."""
    for at in range(1, len(kinds) - 1):
        before, after = kinds[at - 1], kinds[at + 1]
        joins = {"ES": ("EN",), "CS": ("EN", "AN")}.get(kinds[at], ())
        if before == after and before in joins:
            kinds[at] = before


def _resolve_terminators(kinds: list[str]) -> None:
    """Rules W5 and W6: signs such as % beside European digits belong to them; what else is no number is neutral."""
    for at in range(1, len(kinds)):
        if kinds[at] == "ET" and kinds[at - 1] == "EN":
            kinds[at] = "EN"
    for at in range(len(kinds) - 2, -1, -1):
        if kinds[at] == "ET" and kinds[at + 1] == "EN":
            kinds[at] = "EN"
    kinds[:] = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in kinds]


def _numbers_after_latin(kinds: list[str], base: str) -> None:
    """Rule W7: European digits after a left-to-right letter are class L."""
    strong = base
    for at, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"


def _resolve_brackets(text: str, kinds: list[str], resolved: list[str], base: str) -> None:
    """Rule N0: the brackets of a pair have one class, and so have the marks on them."""
    for opening, closing in _bracket_pairs(text, resolved):
        direction = _bracket_direction(resolved, opening, closing, base)
        if direction:
            for at in (opening, closing):
                resolved[at] = direction
                for mark in range(at + 1, len(kinds)):
                    if kinds[mark] != "NSM":
                        break
                    resolved[mark] = direction


def _bracket_pairs(text: str, resolved: list[str]) -> list[tuple[int, int]]:
    """The places of brackets that belong together, in the order of the opening ones (definition BD16)."""
    pairs: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    for at, bracket in enumerate(map(canonical, text)):
        if resolved[at] != "ON":
            continue
        if bracket in CLOSING:
            if len(stack) == _MAX_OPEN_BRACKETS:
                return []
            stack.append((CLOSING[bracket], at))
            continue
        depth = next((depth for depth in range(len(stack) - 1, -1, -1) if stack[depth][0] == bracket), None)
        if depth is not None:
            pairs.append((stack[depth][1], at))
            del stack[depth:]
    return sorted(pairs)


def _bracket_direction(resolved: list[str], opening: int, closing: int, base: str) -> str:
    """The class of the brackets of a pair (N0 b to d); empty where no letter or number stands between them."""
    within = set(_directions(resolved[opening + 1 : closing]))
    if not within or base in within:
        return base if within else ""
    return next(_directions(reversed(resolved[:opening])), base)


def _directions(kinds: Iterable[str]) -> Iterator[str]:
    """The direction of each letter and number; numbers count as right-to-left (N0, N1)."""
    return ("L" if kind == "L" else "R" for kind in kinds if kind not in _NEUTRAL)


def _resolve_neutrals(kinds: list[str], base: str) -> None:
    """Rules N1 and N2: neutral characters have the direction of both neighbours where those agree, else `base`."""
    at = 0
    for neutral, group in groupby(list(kinds), key=lambda kind: kind in _NEUTRAL):
        end = at + len(list(group))
        if neutral:
            before = next(_directions(kinds[at - 1 : at]), base)
            after = next(_directions(kinds[end : end + 1]), base)
            kinds[at:end] = [before if before == after else base] * (end - at)
        at = end


def _level(kind: str, rtl: bool) -> int:
    """Rules I1 and I2."""
    if rtl:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)


def _reorder(runs: list[_Run]) -> list[_Run]:
    """Rule L2: from the highest level down, every series of runs at that level or above is reversed."""
    for level in range(max((run.level for run in runs), default=0), 0, -1):
        series = [(high, list(group)) for high, group in groupby(runs, key=lambda run: run.level >= level)]
        runs = [run for high, group in series for run in (reversed(group) if high else group)]
    return runs
