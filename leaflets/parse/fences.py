"""Voice fences (`/// patient`, `/// clinician`) → lines marked with their audience; box fences stay where they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from leaflets.model import Audience, BoxKind, Finding, Severity
from leaflets.parse.clean import Line

OPEN = re.compile(r"^\s{0,3}/{3,}\s*([A-Za-z][A-Za-z-]*)\s*(?:\|\s*(.*?))?\s*$")
CLOSE = re.compile(r"^\s{0,3}/{3,}\s*$")
BOXES = {kind.value: kind for kind in BoxKind}
VOICES = {audience.value: audience for audience in Audience}
# A box that only one audience should see, unless its author put it inside another voice.
OWN_VOICE = {
    BoxKind.KEY_MESSAGE: Audience.PATIENT,
    BoxKind.URGENT: Audience.PATIENT,
    BoxKind.BOXED_WARNING: Audience.CLINICIAN,
}


def voices(lines: Sequence[Line], file: str) -> tuple[tuple[Line, ...], tuple[Finding, ...]]:
    """The lines with their audience set and the voice fences blanked out, and a finding for each fence at fault."""
    marked: list[Line] = []
    findings: list[Finding] = []
    stack: list[tuple[str, int]] = []
    for line in lines:
        opened = OPEN.match(line.text)
        if opened and opened[1] in VOICES | BOXES:
            stack.append((opened[1], line.number))
        elif opened:
            findings.append(_unknown(opened[1], line, file))
        closed = stack.pop() if CLOSE.match(line.text) and stack else None
        audience = _audience(stack + ([closed] if closed else []))
        fence = (opened and opened[1] in VOICES) or (closed and closed[0] in VOICES)
        marked.append(replace(line, text="" if fence else line.text, audience=audience))
    findings += [_unclosed(name, number, file) for name, number in stack]
    return tuple(marked), tuple(findings)


def _audience(stack: Sequence[tuple[str, int]]) -> Audience | None:
    for name, _ in reversed(stack):
        if name in VOICES:
            return VOICES[name]
    for name, _ in reversed(stack):
        if BOXES[name] in OWN_VOICE:
            return OWN_VOICE[BOXES[name]]
    return None


def _unknown(name: str, line: Line, file: str) -> Finding:
    known = ", ".join(sorted(VOICES | BOXES))
    return Finding(
        Severity.WARNING, "MD07", f"the fence “/// {name}” is not known and is printed as text", f"Known: {known}.",
        file, line.number,
    )  # fmt: skip


def _unclosed(name: str, number: int, file: str) -> Finding:
    return Finding(
        Severity.WARNING, "MD08", f"the fence “/// {name}” is never closed", "Close it with a line of three slashes.",
        file, number,
    )  # fmt: skip
