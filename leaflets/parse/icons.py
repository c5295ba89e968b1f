"""Marks such as `:with-food:` at the start of a paragraph → its pictogram; a faulty mark stays text."""

from __future__ import annotations

import difflib
import re

from leaflets.model.finding import Finding, Severity
from leaflets.model.pictograms import PICTOGRAMS
from leaflets.parse.source_lines import SourceLine

_NAMES = "|".join(PICTOGRAMS)
_MARK = re.compile(rf"\s*:({_NAMES}):\s+(?=\S)")
# The mark may follow the bullet or number of a list item.
_ANY = re.compile(r"^\s*(?:(?:[*+\-•●▪‣◦]|\d{1,3}[.)])\s+)?(?:\[[ xX]\]\s+)?(:([A-Za-z][\w-]{1,40}):)(\s*)(\S?)")
MARKED = re.compile(rf"^\s*:(?:{_NAMES}):\s+\S")
"""A line that opens a paragraph with a pictogram of its own."""


def icon_of(words: str) -> tuple[str, str]:
    """The name of the pictogram at the start of a paragraph, empty without one, and the words after its mark."""
    match = _MARK.match(words)
    return (match[1], words[match.end() :]) if match else ("", words)


def icon_finding(line: SourceLine, file: str) -> Finding | None:
    """What is wrong with the mark a line begins with, if it has one: no such pictogram, or no words beside it."""
    match = _ANY.match(line.text)
    if not match or (match[4] and not match[3] and match[2] not in PICTOGRAMS):
        return None
    mark, position = match[1], (file, line.number, match.start(1) + 1)
    if match[2] not in PICTOGRAMS:
        near = difflib.get_close_matches(match[2].casefold(), PICTOGRAMS, n=2, cutoff=0.5)
        hint = (
            f"Did you mean {' or '.join(f':{name}:' for name in near)}?" if near else f"Known: {', '.join(PICTOGRAMS)}."
        )
        what = f"no pictogram is called {mark}, which is printed as text"
        return Finding(Severity.WARNING, "MD10", what, hint, *position, excerpt=mark)
    if match[3] and match[4]:
        return None
    what = f"the pictogram {mark} stands {'close to' if match[4] else 'without'} its words and is printed as text"
    hint = "Write a space after it." if match[4] else "Write beside it, on the same line, what it means here."
    return Finding(Severity.ERROR, "MD11", what, hint, *position, excerpt=mark)
