"""Headings without a mark of their own: lines of a plain text that say exactly what a heading of a table says.

They are looked for only where no marked heading of a text is known, since a line of prose may consist of such words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from leaflets.parse.headings import Heading, HeadingReader
from leaflets.parse.source_lines import SourceLine
from leaflets.parse.standards import without_number

_LONGEST = 200
# What is no heading by its form: an item, a row, a quotation, a fence.
_OTHER_BLOCK = re.compile(r"^\s*(?:[-+>|•●▪]|\*\s|/{3}|`{3}|~{3})|\|")
_BRACKETED = re.compile(r"^\s*【([^】]{1,40})】\s*(.*)$")
_WITH_TEXT = re.compile(r"^\s*([^:：]{2,60}[:：])\**\s*(\S.*)$")
_GOES_ON = re.compile(r"[,;(–—-]$|^\s*$")
_WORDS_OF_NOTES = frozenset({"warning", "caution", "note", "important", "use", "name", "action", "safety"})
"""Words that open a sentence as often as a section ("Warning: …"), and so are no heading with text on their line."""


def plain_heading(lines: Sequence[SourceLine], position: int, reader: HeadingReader) -> Heading | None:
    """The heading that an unmarked line is, alone on its line or with text after a colon; None for any other line."""
    text = lines[position].text
    if not text.strip() or _OTHER_BLOCK.search(text):
        return None
    if match := _BRACKETED.match(text):
        heading = reader.read_exact(match[1])
        return replace(heading, rest=match[2]) if heading else None
    if len(text) <= _LONGEST and (heading := reader.read_exact(text)) and _stands_alone(lines, position, reader):
        return heading
    return _with_text(text, reader)


def _with_text(text: str, reader: HeadingReader) -> Heading | None:
    match = _WITH_TEXT.match(text)
    heading = reader.read_exact(match[1]) if match and _begins_a_line(match[1]) else None
    if not match or heading is None or heading.groups or heading.words.casefold() in _WORDS_OF_NOTES:
        return None
    return replace(heading, rest=match[2])


def _stands_alone(lines: Sequence[SourceLine], position: int, reader: HeadingReader) -> bool:
    text = lines[position].text
    above = lines[position - 1].text.rstrip() if position else ""
    below = lines[position + 1].text if position + 1 < len(lines) else ""
    if above and (_GOES_ON.search(above) or below[:1].islower()):
        return False  # a line of a sentence that goes on
    return _begins_a_line(text) and not _in_contents(lines, position, reader)


def _begins_a_line(text: str) -> bool:
    first = text.lstrip(" *_")[:1]
    return not first.islower()


def _in_contents(lines: Sequence[SourceLine], position: int, reader: HeadingReader) -> bool:
    """Whether the next line with words is a heading numbered alike: the two stand in a table of contents."""
    number = _number(lines[position].text)
    following = next((line.text for line in lines[position + 1 :] if line.text.strip()), "")
    return (
        bool(number)
        and number.count(".") == _number(following).count(".")
        and bool(_number(following) and reader.read_exact(following))
    )


def _number(text: str) -> str:
    words = text.strip().strip("*_")
    bare, _ = without_number(words)
    return words[: len(words) - len(bare)].strip().rstrip(".)")
