"""Lines that hold a picture and nothing else, and what is said of those that are not printed."""

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


def pictured(lines: Sequence[SourceLine], known: Collection[str]) -> tuple[SourceLine, ...]:
    """The lines, those marked that are a picture whose file is there."""
    return tuple(replace(line, picture=_is_picture(line, known)) if "](" in line.text else line for line in lines)


def _is_picture(line: SourceLine, known: Collection[str]) -> bool:
    found = _ALONE.fullmatch(line.text)
    return bool(found and found[2] in known and found[1].strip())


def picture_of(line: SourceLine) -> Picture | None:
    """The picture that a marked line holds."""
    found = _ALONE.fullmatch(line.text) if line.picture else None
    return Picture(line.number, found[2], plain(inline(found[1]))) if found else None


def picture_findings(line: SourceLine, file: str, known: Collection[str]) -> Iterator[Finding]:
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
            hint = "Give it a line of its own." if target in known else "Put its file into content/pictures."
            yield Finding(
                Severity.WARNING, "MD06", f"the picture {target[:60]} is not printed, only its words", hint,
                file, line.number,
            )  # fmt: skip
