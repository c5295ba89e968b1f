"""Lines → sections: where each begins, its canonical id, and the component of a combination it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from leaflets.model import Audience
from leaflets.parse.clean import Line
from leaflets.parse.fences import BOXES, CLOSE, OPEN
from leaflets.parse.headings import Heading, section_id, tidy, understand

_ATX = re.compile(r"^\s{0,3}(#{1,6})(?:\s+|(?=[A-Za-z*]))(.*?)\s*$")
_SETEXT = re.compile(r"^\s{0,3}(=+|-+)\s*$")
_BOLD_LINE = re.compile(r"^\s{0,3}\*\*((?:[^*]|\*(?!\*))+?)\*\*\s*:?\s*$")
_BOLD_LEAD = re.compile(r"^\s{0,3}\*\*((?:[^*]|\*(?!\*))+?)(?::\s*\*\*|\*\*\s*:)\s*(.*)$")
_CODE = re.compile(r"^\s{0,3}(```|~~~)")
_TABLE_OR_LIST = re.compile(r"^\s*(?:[*+-]\s|\d+[.)]\s|>)|\|")
BOLD_LEVEL = 7
_ALWAYS = frozenset({"disclaimer"})


@dataclass(frozen=True, slots=True)
class RawSection:
    """A section before its blocks are read. `level` is its heading's level, 7 where bold type served as the heading."""

    heading: Heading
    line: int
    level: int
    lines: tuple[Line, ...]
    audience: Audience | None = None
    subject: str = ""


def split(lines: Sequence[Line], *, two_voices: bool) -> tuple[RawSection, ...]:
    """The sections in source order; text before the first heading is one of id "introduction"."""
    sections = [RawSection(Heading("introduction", ""), lines[0].number if lines else 1, 0, ())]
    body: list[Line] = []
    for position, line, level, raw in _headings(lines):
        if level == 0:
            body.append(line)
            continue
        heading = understand(raw)
        if not _opens_section(heading, level, sections, two_voices=two_voices):
            body.append(line if level != BOLD_LEVEL else lines[position])
            continue
        sections[-1] = replace(sections[-1], lines=tuple(body))
        body = [replace(line, text=heading.rest)] if heading.rest else []
        sections.append(RawSection(heading, line.number, level, (), line.audience))
    sections[-1] = replace(sections[-1], lines=tuple(body))
    return _with_subjects(sections)


def _headings(lines: Sequence[Line]) -> Iterator[tuple[int, Line, int, str]]:
    """Each line with its heading level (0: it is none) and the heading's raw words; boxes and code hold no headings."""
    inside, code, skip = 0, False, False
    for position, line in enumerate(lines):
        opened = OPEN.match(line.text)
        inside += bool(opened and opened[1] in BOXES) - bool(inside and CLOSE.match(line.text))
        code ^= bool(_CODE.match(line.text))
        if skip:
            skip = False
            continue
        level, raw = (0, "") if inside or code else _heading_at(lines, position)
        skip = level in (1, 2) and not _ATX.match(line.text)
        yield position, replace(line, text=f"#### {raw}") if skip else line, level, raw


def _heading_at(lines: Sequence[Line], position: int) -> tuple[int, str]:
    text = lines[position].text
    if match := _ATX.match(text):
        return len(match[1]), match[2]
    if not text.strip():
        return 0, ""
    alone_above = position == 0 or not lines[position - 1].text.strip()
    if alone_above and _underlined(lines, position):
        return (1 if "=" in lines[position + 1].text else 2), text.strip()
    if alone_above and (match := _BOLD_LEAD.match(text)) and section_id(tidy(match[1])):
        return BOLD_LEVEL, f"{match[1]}: {match[2]}"
    if alone_above and (match := _BOLD_LINE.match(text)):
        known = section_id(tidy(match[1])) or _names_component(lines, position)
        return (BOLD_LEVEL if known else 0), match[1]
    return 0, ""


def _underlined(lines: Sequence[Line], position: int) -> bool:
    below = lines[position + 1].text if position + 1 < len(lines) else ""
    return bool(below and _SETEXT.match(below)) and not _TABLE_OR_LIST.search(lines[position].text)


def _names_component(lines: Sequence[Line], position: int) -> bool:
    """Whether a bold line stands right before a "Generic name" heading, and so names the component the set is about."""
    following = next((line.text for line in lines[position + 1 :] if line.text.strip()), "")
    match = _ATX.match(following)
    return match is not None and understand(match[2]).id == "generic_name"


def _opens_section(heading: Heading, level: int, sections: Sequence[RawSection], *, two_voices: bool) -> bool:
    current = sections[-1]
    if heading.id in _ALWAYS:
        return True
    if level == BOLD_LEVEL:
        return current.heading.id in {"introduction", "other"} or current.level == BOLD_LEVEL or heading.id == "other"
    if heading.id != "other":
        return not (two_voices and level > max(current.level, 3))
    return level <= current.level or current.level <= 1


def _with_subjects(sections: Sequence[RawSection]) -> tuple[RawSection, ...]:
    """Sections of a combination product tied to the component they are about.

    A component begins at a heading with no text of its own ("### Propranolol"), or at each "Generic name" where the
    whole set is repeated; it ends at the next one, or at a heading as high as its own.
    """
    repeated = sum(section.heading.id == "generic_name" for section in sections) > 1
    tied: list[RawSection] = []
    subject, level = "", 0
    for section in sections:
        empty = not any(line.text.strip() for line in section.lines)
        if section.heading.id == "other" and empty:
            subject, level = section.heading.words, section.level
            tied.append(replace(section, subject=subject))
            continue
        if section.heading.id in _ALWAYS or (subject and level < BOLD_LEVEL and section.level <= level):
            subject = ""
        if section.heading.id == "generic_name" and repeated and not _just_named(tied):
            subject, level = _named(section), BOLD_LEVEL
        tied.append(replace(section, subject=subject))
    return tuple(tied)


def _just_named(tied: Sequence[RawSection]) -> bool:
    return bool(tied) and tied[-1].heading.id == "other" and bool(tied[-1].subject)


def _named(section: RawSection) -> str:
    words = next((line.text for line in section.lines if line.text.strip()), "")
    return tidy(words)[:120]
