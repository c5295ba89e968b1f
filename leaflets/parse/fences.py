"""Audience fences (`/// patient`, `/// clinician`) → lines marked with their audience; box fences are left in place.

A fence decides who reads what is in it, so one that is misspelt or never closed is refused: as plain text it would show
one audience what is meant for the other.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from leaflets.errors import ContentError
from leaflets.model.edition import Audience
from leaflets.model.finding import Finding, Severity, Withheld
from leaflets.model.monograph import BoxKind
from leaflets.parse.source_lines import MAX_NESTING, SourceLine

# At any indentation: a fence in a list item is indented as far as the words of the item.
OPEN = re.compile(r"^\s*/{3,}\s*([a-z][a-z-]*)\s*(?:\|\s*(.*?))?\s*$")
CLOSE = re.compile(r"^\s*/{3,}\s*$")
_FENCE = re.compile(r"^\s*/{3,}\s*([A-Za-z][\w-]*)")
BOXES = {kind.value: kind for kind in BoxKind}
AUDIENCES = {audience.value: audience for audience in Audience}
COMMENT = "comment"
_FENCE_NAMES = tuple(sorted((*AUDIENCES, *BOXES, COMMENT)))
# Boxes that only one audience reads, unless an audience fence around them says otherwise.
BOX_AUDIENCES = {
    BoxKind.KEY_MESSAGE: Audience.PATIENT,
    BoxKind.URGENT: Audience.PATIENT,
    BoxKind.BOXED_WARNING: Audience.CLINICIAN,
}


@dataclass(frozen=True, slots=True)
class LinesByAudience:
    """Lines marked with their audience, the comments removed from them, and a finding for each faulty fence."""

    lines: tuple[SourceLine, ...]
    comments: tuple[Withheld, ...]
    findings: tuple[Finding, ...]


def mark_audiences(lines: Sequence[SourceLine], file: str) -> LinesByAudience:
    """The lines with their audience set; audience fences and comments become empty lines, so that numbers stay true.

    Raises ContentError where a fence has an unknown name or is never closed, or fences nest too deep.
    """
    with_audiences: list[SourceLine] = []
    findings: list[Finding] = []
    comments: list[Withheld] = []
    stack: list[tuple[str, int]] = []
    for line in lines:
        opened = _opened(line, file, commented=any(name == COMMENT for name, _ in stack))
        if opened:
            stack.append((opened[1], line.number))
            _require_shallow(stack, line, file)
        closes = bool(CLOSE.match(line.text))
        closed = [stack.pop()] if closes and stack else []
        if closes and not closed:
            findings.append(_stray(line, file))
        names = [name for name, _ in (*stack, *closed)]
        fence = (opened and opened[1] in AUDIENCES) or any(name in AUDIENCES for name, _ in closed)
        if COMMENT in names and line.text.strip() and not opened and not closed:
            comments.append(Withheld(line.number, line.text.strip()[:60], "a comment of its author"))
        text = "" if fence or COMMENT in names else line.text
        with_audiences.append(replace(line, text=text, audience=_audience(names)))
    _require_closed(stack, file)
    return LinesByAudience(tuple(with_audiences), tuple(comments), tuple(findings))


def _opened(line: SourceLine, file: str, *, commented: bool) -> re.Match[str] | None:
    opened, meant = OPEN.match(line.text), _FENCE.match(line.text)
    if opened and opened[1] in _FENCE_NAMES:
        return opened
    if meant and not commented:
        near = difflib.get_close_matches(meant[1].casefold(), _FENCE_NAMES, n=1, cutoff=0.5)
        hint = f"Write “/// {near[0]}” and nothing else on its line." if near else f"Known: {', '.join(_FENCE_NAMES)}."
        raise ContentError(f"{file}:{line.number}: “{line.text.strip()[:40]}” opens no fence that is known", hint)
    return None


def _require_shallow(stack: Sequence[tuple[str, int]], line: SourceLine, file: str) -> None:
    if len(stack) > MAX_NESTING:
        raise ContentError(
            f"{file}:{line.number}: fences nest deeper than {MAX_NESTING} levels", "Close each with a line of slashes."
        )


def _audience(names: Sequence[str]) -> Audience | None:
    for name in reversed(names):
        if name in AUDIENCES:
            return AUDIENCES[name]
    for name in reversed(names):
        if name in BOXES and BOXES[name] in BOX_AUDIENCES:
            return BOX_AUDIENCES[BOXES[name]]
    return None


def _stray(line: SourceLine, file: str) -> Finding:
    return Finding(
        Severity.WARNING, "MD08", "a line of slashes closes no fence", "Delete it, or open a fence above it.",
        file, line.number,
    )  # fmt: skip


def _require_closed(stack: Sequence[tuple[str, int]], file: str) -> None:
    if stack:
        name, number = stack[-1]
        raise ContentError(
            f"{file}:{number}: the fence “/// {name}” is never closed", "Close it with a line of three slashes (///)."
        )
