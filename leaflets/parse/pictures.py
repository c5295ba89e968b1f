"""Lines that hold a picture and nothing else, and findings for pictures that are not printed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Picture, plain
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
