"""Voice fences (`/// patient`, `/// clinician`) → lines marked with their audience; box fences stay where they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from leaflets.errors import ContentError
from leaflets.model import Audience, BoxKind, Finding, Severity, Withheld
from leaflets.parse.clean import MAX_NESTING, Line

OPEN = re.compile(r"^\s{0,3}/{3,}\s*([A-Za-z][A-Za-z-]*)\s*(?:\|\s*(.*?))?\s*$")
CLOSE = re.compile(r"^\s{0,3}/{3,}\s*$")
BOXES = {kind.value: kind for kind in BoxKind}
VOICES = {audience.value: audience for audience in Audience}
COMMENT = "comment"
# A box that only one audience should see, unless its author put it inside another voice.
OWN_VOICE = {
    BoxKind.KEY_MESSAGE: Audience.PATIENT,
    BoxKind.URGENT: Audience.PATIENT,
    BoxKind.BOXED_WARNING: Audience.CLINICIAN,
}


@dataclass(frozen=True, slots=True)
class Voiced:
    """Lines marked with their audience, the comments taken out of them, and a finding for each fence at fault."""

    lines: tuple[Line, ...]
    comments: tuple[Withheld, ...]
    findings: tuple[Finding, ...]


def voices(lines: Sequence[Line], file: str) -> Voiced:
    """The lines with their audience set; voice fences and comments are blanked out, so that line numbers stay true.

    Raises ContentError where fences nest too deep.
    """
    marked: list[Line] = []
    findings: list[Finding] = []
    comments: list[Withheld] = []
    stack: list[tuple[str, int]] = []
    for line in lines:
        opened = OPEN.match(line.text)
        if opened and opened[1] in {*VOICES, *BOXES, COMMENT}:
            stack.append((opened[1], line.number))
            _require_shallow(stack, line, file)
        elif opened:
            findings.append(_unknown(opened[1], line, file))
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
    findings += [_unclosed(name, number, file) for name, number in stack]
    return Voiced(tuple(marked), tuple(comments), tuple(findings))


def _require_shallow(stack: Sequence[tuple[str, int]], line: Line, file: str) -> None:
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


def _unknown(name: str, line: Line, file: str) -> Finding:
    known = ", ".join(sorted({*VOICES, *BOXES, COMMENT}))
    return Finding(
        Severity.WARNING, "MD07", f"the fence “/// {name}” is not known and is printed as text", f"Known: {known}.",
        file, line.number,
    )  # fmt: skip


def _stray(line: Line, file: str) -> Finding:
    return Finding(
        Severity.WARNING, "MD08", "a line of slashes closes no fence", "Delete it, or open a fence above it.",
        file, line.number,
    )  # fmt: skip


def _unclosed(name: str, number: int, file: str) -> Finding:
    return Finding(
        Severity.ERROR, "MD08", f"the fence “/// {name}” is never closed", "Close it with a line of three slashes.",
        file, number,
    )  # fmt: skip
