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
MAX_ITEMS = 2_000
MAX_CELLS = 2_000
MAX_WORD = 1_000

# Characters that are not text: C0 and C1 controls, and those that reorder or hide text on screen but not on paper.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]")
_INVISIBLE = re.compile("[\ufeff\u00ad\u200b\u2060]")
_BACKSLASH_END = re.compile(r"(?<!\\)\\$")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,9}[.)])\s")
# Letters without a place where a line may end: scripts without spaces, dashes and slashes have one after each.
_LONG_WORD = re.compile(
    rf"[^\s/\-–—_=*#|~+.(){{}}<>\[\]\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\uffef]{{{MAX_WORD + 1},}}"
)
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
    _require_few(lines, file)
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
    if _LONG_WORD.search(line.text):
        raise ContentError(
            f"{file}:{line.number}: a word is longer than {MAX_WORD:,} letters",
            "Is it text? Break it, or leave it out.",
        )
    if _DEEP.match(line.text) and not re.fullmatch(r"[\s*\-_+=:|]+", line.text):
        raise ContentError(
            f"{file}:{line.number}: lists or quotations nest deeper than {MAX_NESTING} levels", "Flatten the list."
        )


def _require_few(lines: tuple[SourceLine, ...], file: str) -> None:
    """Raises ContentError where lists or tables are so long that setting them would take minutes and gigabytes."""
    items = cells = 0
    for line in lines:
        items += bool(_ITEM.match(line.text))
        cells += max(line.text.count("|") - 1, 0)
        if items > MAX_ITEMS or cells > MAX_CELLS:
            most = f"{MAX_ITEMS:,} list items" if items > MAX_ITEMS else f"{MAX_CELLS:,} cells of tables"
            raise ContentError(f"{file}:{line.number}: the file has more than {most}", "Split it into several.")


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
