"""Raw text → source lines: checks the limits, normalises line ends, removes control characters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from leaflets.errors import ContentError
from leaflets.model.edition import Audience
from leaflets.model.finding import Finding, Severity

MAX_BYTES = 262_144
MAX_LINE = 8_192
MAX_NESTING = 12
MAX_COLUMNS = 24

# Characters that are not text: C0 and C1 controls, and those that reorder or hide text on screen but not on paper.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]")
_INVISIBLE = re.compile("[\ufeff\u00ad\u200b\u2060]")
_BACKSLASH_END = re.compile(r"(?<!\\)\\$")
_DEEP = re.compile(rf"^\s*(?:(?:[-*+>]|\d{{1,9}}[.)])\s*){{{MAX_NESTING + 1},}}")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the source: its number from 1, its text and its audience (None for both).

    `broken`: two spaces or a backslash at its end ask for a line break. `picture`: it holds a picture and nothing else.
    """

    number: int
    text: str
    audience: Audience | None = None
    broken: bool = False
    picture: bool = False


def read_lines(text: str, file: str) -> tuple[tuple[SourceLine, ...], tuple[Finding, ...]]:
    """The lines of a monograph, and a finding for every line that held control characters.

    Raises ContentError where the text is over the limits of docs/monograph.md, "Limits".
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ContentError(
            f"{file}: the file is larger than {MAX_BYTES:,} bytes", "Split it, or check that it is a monograph at all."
        )
    raw = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n").split("\n")
    lines = tuple(_line(number, line) for number, line in enumerate(raw, 1))
    for line in lines:
        _within_limits(line, file)
    findings = tuple(
        _control_finding(number, line, file) for number, line in enumerate(raw, 1) if _CONTROL.search(line)
    )
    return lines, findings


def _line(number: int, raw: str) -> SourceLine:
    text = printable(raw).expandtabs(4)
    broken = text.endswith("  ") or _BACKSLASH_END.search(text) is not None
    return SourceLine(number, (text[:-1] if text.endswith("\\") and broken else text).rstrip(), broken=broken)


def printable(text: str) -> str:
    """The text without what a printer cannot show: control characters become spaces, invisible ones nothing."""
    return _INVISIBLE.sub("", _CONTROL.sub(" ", text))


def _within_limits(line: SourceLine, file: str) -> None:
    if len(line.text) > MAX_LINE:
        raise ContentError(
            f"{file}:{line.number}: the line is longer than {MAX_LINE:,} characters",
            "Break the paragraph into shorter ones.",
        )
    if _DEEP.match(line.text) and not re.fullmatch(r"[\s*\-_+=:|]+", line.text):
        raise ContentError(
            f"{file}:{line.number}: lists or quotations nest deeper than {MAX_NESTING} levels", "Flatten the list."
        )


def _control_finding(number: int, line: str, file: str) -> Finding:
    codes = ", ".join(sorted({f"U+{ord(character):04X}" for character in _CONTROL.findall(line)}))
    return Finding(
        Severity.WARNING,
        "MD04",
        f"control characters ({codes}) are left out of print",
        "Delete them: they reorder or hide text on a screen.",
        file,
        number,
    )
