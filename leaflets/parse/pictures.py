"""What is drawn: a line that holds a picture and nothing else, a mark such as `:with-food:` before a paragraph.

There is a finding for each that is not drawn; a faulty mark stays text.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Picture, plain
from leaflets.model.pictograms import PICTOGRAMS
from leaflets.parse.inline import inline, links
from leaflets.parse.source_lines import SourceLine

_ALONE = re.compile(r"\s*!\[([^\[\]]{1,400})\]\(\s*([^()\s]{1,200})\s*\)\s*")
_WORDLESS = re.compile(r"!\[\s*\]\([^()]{1,200}\)")


def mark_pictures(lines: Sequence[SourceLine], available: Collection[str]) -> tuple[SourceLine, ...]:
    """The lines, with those marked that hold only a picture whose file is available."""
    return tuple(replace(line, picture=_is_picture(line, available)) if "](" in line.text else line for line in lines)


def _is_picture(line: SourceLine, available: Collection[str]) -> bool:
    match = _ALONE.fullmatch(line.text)
    return bool(match and match[2] in available and match[1].strip())


def picture_of(line: SourceLine) -> Picture | None:
    """The picture that a marked line holds."""
    match = _ALONE.fullmatch(line.text) if line.picture else None
    return Picture(line.number, match[2], plain(inline(match[1]))) if match else None


def picture_findings(line: SourceLine, file: str, available: Collection[str]) -> Iterator[Finding]:
    """A finding for each picture on a line that is not printed as one."""
    if line.picture:
        return
    if _WORDLESS.search(line.text):
        yield Finding(
            Severity.ERROR, "MD12", "a picture has no words", "Write in its brackets what it shows: ![…](file.svg).",
            file, line.number,
        )  # fmt: skip
    for image, target in links(line.text):
        if image:
            hint = "Give it a line of its own." if target in available else "Put its file into content/pictures."
            yield Finding(
                Severity.WARNING, "MD06", f"the picture {target[:60]} is not printed, only its words", hint,
                file, line.number,
            )  # fmt: skip


# ---------------------------------------------------------------- pictograms

_NAMES = "|".join(PICTOGRAMS)
_ICON = re.compile(rf"\s*:({_NAMES}):\s+(?=\S)")
# The mark may follow the bullet or number of a list item.
_ANY_ICON = re.compile(r"^\s*(?:(?:[*+\-•●▪‣◦]|\d{1,3}[.)])\s+)?(?:\[[ xX]\]\s+)?(:([A-Za-z][\w-]{1,40}):)(\s*)(\S?)")
STARTS_WITH_ICON = re.compile(rf"^\s*:(?:{_NAMES}):\s+\S")
"""A line that opens a paragraph with a pictogram of its own."""


def icon_of(words: str) -> tuple[str, str]:
    """The name of the pictogram at the start of a paragraph, empty without one, and the words after its mark."""
    match = _ICON.match(words)
    return (match[1], words[match.end() :]) if match else ("", words)


def icon_finding(line: SourceLine, file: str) -> Finding | None:
    """What is wrong with the mark a line begins with, if it has one: no such pictogram, or no words beside it."""
    match = _ANY_ICON.match(line.text)
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
