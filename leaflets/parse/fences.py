"""Voice fences (`/// patient`, `/// clinician`) → lines marked with their audience; box fences stay where they are.

A fence decides who reads what stands in it, so one that is misspelt or never closed is refused: taken for plain text
it would show one reader what is meant for the other.
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

# At any depth: a fence in a list item stands as far in as the item's words.
OPEN = re.compile(r"^\s*/{3,}\s*([a-z][a-z-]*)\s*(?:\|\s*(.*?))?\s*$")
CLOSE = re.compile(r"^\s*/{3,}\s*$")
_FENCE = re.compile(r"^\s*/{3,}\s*([A-Za-z][\w-]*)")
BOXES = {kind.value: kind for kind in BoxKind}
VOICES = {audience.value: audience for audience in Audience}
COMMENT = "comment"
_KNOWN = tuple(sorted((*VOICES, *BOXES, COMMENT)))
# A box that only one audience should see, unless its author put it inside another voice.
OWN_VOICE = {
    BoxKind.KEY_MESSAGE: Audience.PATIENT,
    BoxKind.URGENT: Audience.PATIENT,
    BoxKind.BOXED_WARNING: Audience.CLINICIAN,
}


@dataclass(frozen=True, slots=True)
class Voiced:
    """Lines marked with their audience, the comments taken out of them, and a finding for each fence at fault."""

    lines: tuple[SourceLine, ...]
    comments: tuple[Withheld, ...]
    findings: tuple[Finding, ...]


def voices(lines: Sequence[SourceLine], file: str) -> Voiced:
    """The lines with their audience set; voice fences and comments are blanked out, so that line numbers stay true.

    Raises ContentError where a fence is not known or never closed, or fences nest too deep.
    """
    marked: list[SourceLine] = []
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
        fence = (opened and opened[1] in VOICES) or any(name in VOICES for name, _ in closed)
        if COMMENT in names and line.text.strip() and not opened and not closed:
            comments.append(Withheld(line.number, line.text.strip()[:60], "a comment of its author"))
        text = "" if fence or COMMENT in names else line.text
        marked.append(replace(line, text=text, audience=_audience(names)))
    _require_closed(stack, file)
    return Voiced(tuple(marked), tuple(comments), tuple(findings))


def _opened(line: SourceLine, file: str, *, commented: bool) -> re.Match[str] | None:
    opened, meant = OPEN.match(line.text), _FENCE.match(line.text)
    if opened and opened[1] in _KNOWN:
        return opened
    if meant and not commented:
        near = difflib.get_close_matches(meant[1].casefold(), _KNOWN, n=1, cutoff=0.5)
        hint = f"Write “/// {near[0]}” and nothing else on its line." if near else f"Known: {', '.join(_KNOWN)}."
        raise ContentError(f"{file}:{line.number}: “{line.text.strip()[:40]}” opens no fence that is known", hint)
    return None


def _require_shallow(stack: Sequence[tuple[str, int]], line: SourceLine, file: str) -> None:
    if len(stack) > MAX_NESTING:
        raise ContentError(
            f"{file}:{line.number}: fences nest deeper than {MAX_NESTING} levels", "Close each with a line of slashes."
        )


def _audience(names: Sequence[str]) -> Audience | None:
    for name in reversed(names):
        if name in VOICES:
            return VOICES[name]
    for name in reversed(names):
        if name in BOXES and BOXES[name] in OWN_VOICE:
            return OWN_VOICE[BOXES[name]]
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
