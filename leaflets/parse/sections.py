"""Lines → sections: where each begins, its canonical id, and the component of a combination that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from leaflets.model.edition import Audience
from leaflets.parse.code_blocks import lines_in_code
from leaflets.parse.fences import BOXES, CLOSE, OPEN
from leaflets.parse.headings import CONTENT, Heading, HeadingReader, heading_reader, heading_words
from leaflets.parse.plain_headings import plain_heading
from leaflets.parse.source_lines import SourceLine
from leaflets.parse.standards import languages

_ATX = re.compile(r"^\s{0,3}(#{1,6})(?:\s+|(?=[^\W\d_]|\*))(.*?)\s*$")
_SETEXT = re.compile(r"^\s{0,3}(={2,}|-{2,})\s*$")
_LONGEST_UNDERLINED = 80
_LONGEST_HEADING = 240
_BOLD_LINE = re.compile(r"^\s{0,3}\*\*((?:[^*]|\*(?!\*))+?)\*\*\s*[:：]?\s*$")
_BOLD_LEAD = re.compile(r"^\s{0,3}\*\*((?:[^*]|\*(?!\*))+?)(?:[:：]\s*\*\*|\*\*\s*[:：])\s*(.*)$")
# Bold words that open the text on a combination as a whole, after the sections of its components.
_OF_ALL = re.compile(r"\bcombined use(?: of\b.*)?$|^(?:in )?(?:summary|conclusion)$", re.IGNORECASE)
# How a disclaimer without a heading begins.
_DISCLAIMS = re.compile(
    r"^(?:[*_]{1,3})?(?:please |remember,? |note:? )*(?:this|the|all|these) (?:information|content|document|text)s?"
    r"(?: \w+){0,6}? (?:for (?:general|informational|educational)|not (?:a substitute|substitute|constitute|intended))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^(\d{1,2})\.\s")
_TABLE_OR_LIST = re.compile(r"^\s*(?:[*+-]\s|\d+[.)]\s|>)|\|")
BOLD_LEVEL = 7
_MARKED = ("#", "**", "WARNING")  # how lines begin that may be headings, the title of a boxed warning among them
_MOST_IN_SETS = 200
_ALWAYS = frozenset({"disclaimer"})


@dataclass(frozen=True, slots=True)
class RawSection:
    """A section before its blocks are read. `level` is its heading's level, 7 where the heading is a line in bold."""

    heading: Heading
    line: int
    level: int
    lines: tuple[SourceLine, ...]
    audience: Audience | None = None
    subject: str = ""


def understood_sections(
    lines: Sequence[SourceLine], titles: Sequence[str], *, two_audiences: bool, lang: str = "en"
) -> tuple[tuple[RawSection, ...], str]:
    """The sections in source order, and the language their headings are in; `titles` are names of the medicine.

    Where no marked heading is known, lines without a mark are read too, and then the headings of other languages: two
    of them must be known, or one in letters of its own.
    """
    reader = _reader(lines, titles, lang)
    raw = split_sections(lines, two_audiences=two_audiences, reader=reader)
    if _topics(raw):
        return raw, lang
    best, most = (raw, lang), 1
    for other in dict.fromkeys((lang, *languages())):
        loose = replace(_reader(lines, titles, other, loose=True), loose=True)
        attempt = split_sections(lines, two_audiences=two_audiences, reader=loose)
        topics = len(_topics(attempt)) + any(_own_letters(section) for section in attempt)
        if topics > most:
            best, most = (attempt, other), topics
    return best


def _reader(lines: Sequence[SourceLine], titles: Sequence[str], lang: str, *, loose: bool = False) -> HeadingReader:
    """A reader that also knows the names in marked headings, or in any line of a plain text, and of the first title."""
    marked = (line.text.lstrip("# ") for line in lines if loose or line.text.startswith(_MARKED))
    title = next((match[2] for line in lines if (match := _ATX.match(line.text))), "")
    short = (heading for heading in marked if len(heading) <= _LONGEST_HEADING)
    return heading_reader(lang, (*titles, title), short)


def _topics(sections: Sequence[RawSection]) -> frozenset[str]:
    return frozenset(section.heading.id for section in sections if section.heading.id in CONTENT)


def _own_letters(section: RawSection) -> bool:
    """Whether a known heading is in other than Latin letters, and so no word of a text in Latin ones."""
    return section.heading.id in CONTENT and any(letter > "\u0370" for letter in section.heading.words)


def split_sections(
    lines: Sequence[SourceLine], *, two_audiences: bool, reader: HeadingReader
) -> tuple[RawSection, ...]:
    """The sections in source order; text before the first heading is one of id "introduction"."""
    sections = [RawSection(Heading("introduction", ""), lines[0].number if lines else 1, 0, ())]
    body: list[SourceLine] = []
    for line, level, heading in _headings(lines, reader):
        if heading is None or not _opens_section(heading, level, sections, two_audiences=two_audiences):
            body.append(line)
            continue
        sections[-1] = replace(sections[-1], lines=tuple(body))
        body = [replace(line, text=heading.rest)] if heading.rest else []
        sections.append(RawSection(heading, line.number, level, (), line.audience))
    sections[-1] = replace(sections[-1], lines=tuple(body))
    return _with_subjects(sections)


def _headings(lines: Sequence[SourceLine], reader: HeadingReader) -> Iterator[tuple[SourceLine, int, Heading | None]]:
    """Each line with the level and meaning of the heading it may be; boxes and code hold no headings."""
    open_boxes, skip, code_lines = 0, False, lines_in_code(lines)
    last = max((position for position, line in enumerate(lines) if _ATX.match(line.text)), default=0)
    for position, line in enumerate(lines):
        opened = OPEN.match(line.text)
        open_boxes += bool(opened and opened[1] in BOXES) - bool(open_boxes and CLOSE.match(line.text))
        if skip:
            skip = False
            continue
        level, heading = (
            (0, None)
            if open_boxes or position in code_lines
            else _heading_at(lines, position, reader, after_all=position > last)
        )
        skip = level in (1, 2) and not _ATX.match(line.text)
        yield replace(line, text=f"#### {line.text.strip()}") if skip else line, level, heading


def _heading_at(
    lines: Sequence[SourceLine], position: int, reader: HeadingReader, *, after_all: bool
) -> tuple[int, Heading | None]:
    text = lines[position].text
    if match := _ATX.match(text):
        return len(match[1]), reader.read(match[2])
    if reader.loose and (heading := plain_heading(lines, position, reader)):
        return BOLD_LEVEL, heading
    if not text.strip() or (position and lines[position - 1].text.strip()):
        return 0, None
    if after_all and _DISCLAIMS.match(text.lstrip()):
        return BOLD_LEVEL, Heading("disclaimer", "", rest=text)
    if _underlined(lines, position):
        return (1 if "=" in lines[position + 1].text else 2), reader.read(text)
    return BOLD_LEVEL, _bold_heading(lines, position, reader)


def _bold_heading(lines: Sequence[SourceLine], position: int, reader: HeadingReader) -> Heading | None:
    """What a bold line or lead-in means if it is a heading; `_opens_section` decides whether one may stand there."""
    text = lines[position].text
    if text.isupper() and (titled := reader.boxed_warning(text)):
        return titled
    if match := _BOLD_LINE.match(text):
        heading = reader.read(match[1])
        is_heading = heading.exact or heading.id == "faqs" or _OF_ALL.search(heading.words)
        return heading if is_heading or _names_component(lines, position, reader) else None
    if match := _BOLD_LEAD.match(text):
        heading = replace(reader.read(match[1]), rest=match[2])
        is_heading = heading.id != "other" or _OF_ALL.search(heading.words) or _NUMBERED.match(heading.words)
        return heading if is_heading else None
    return None


def _underlined(lines: Sequence[SourceLine], position: int) -> bool:
    below = lines[position + 1].text if position + 1 < len(lines) else ""
    above = lines[position].text.strip()
    # A sentence with a line of dashes below it is a paragraph before a rule.
    a_sentence = len(above) > _LONGEST_UNDERLINED or above.endswith(tuple(".!,;。！，；،؛"))
    return bool(below and _SETEXT.match(below)) and not a_sentence and not _TABLE_OR_LIST.search(above)


def _names_component(lines: Sequence[SourceLine], position: int, reader: HeadingReader) -> bool:
    """Whether a bold line stands right before a "Generic name" heading, and so names the component the set is about."""
    following = next((line.text for line in lines[position + 1 :] if line.text.strip()), "")
    match = _ATX.match(following)
    return match is not None and reader.read(match[2]).id == "generic_name"


def _opens_section(heading: Heading, level: int, sections: Sequence[RawSection], *, two_audiences: bool) -> bool:
    current = sections[-1]
    if heading.id in _ALWAYS:
        return True
    if level == BOLD_LEVEL:
        return _bold_opens(heading, sections)
    if level > current.level and current.level and _stays_inside(heading, current.heading):
        return False
    if heading.id != "other":
        return not (two_audiences and level > max(current.level, 3))
    return level <= current.level or current.level <= 1


def _stays_inside(heading: Heading, above: Heading) -> bool:
    """Whether a deeper heading is part of the section above it: a question among questions, or its own topic again."""
    if above.id == "faqs":
        return heading.words.endswith(("?", "؟", "？"))
    return heading.id == above.id != "other" and not heading.subject and heading.exact


def _bold_opens(heading: Heading, sections: Sequence[RawSection]) -> bool:
    current = sections[-1]
    if current.heading.id == "faqs" and heading.words.endswith(("?", "؟", "？")):
        return False
    if heading.groups:
        return current.heading.id in {"introduction", "other"} or current.level == BOLD_LEVEL
    if heading.id == "other":
        return _opens_after_set(heading, sections) if heading.rest or _OF_ALL.search(heading.words) else True
    if not heading.exact and heading.rest:  # "Dosage (Iodine): …" below "Dosage (Tinidazole)"
        both_qualified = bool(heading.subject and current.heading.subject)
        return both_qualified and heading.id == current.heading.id
    return current.heading.id in {"introduction", "other"} or current.level == BOLD_LEVEL or heading.id == "faqs"


def _opens_after_set(heading: Heading, sections: Sequence[RawSection]) -> bool:
    """Whether a bold lead-in goes on with the components ("5. Thiamine: …") or speaks of them all."""
    named = (s for s in sections[max(1, len(sections) - _MOST_IN_SETS) : -1] if s.heading.id == "other" and s.level > 1)
    components = [section.heading.words for section in named if not _has_text(section)]
    if not components:
        return False
    number, last = _NUMBERED.match(heading.words), _NUMBERED.match(components[-1])
    return not number or (last is not None and int(number[1]) > int(last[1]))


def _has_text(section: RawSection) -> bool:
    return any(line.text.strip() for line in section.lines)


def _with_subjects(sections: Sequence[RawSection]) -> tuple[RawSection, ...]:
    """The sections of a combination product, each with the component that it is about as its subject.

    A component begins at a heading with no text of its own ("### Propranolol"), or at each "Generic name" where the
    whole set is repeated; it ends at the next one, or at a heading as high as its own.
    """
    repeated = sum(section.heading.id == "generic_name" for section in sections) > 1
    done: list[RawSection] = []
    subject, level = "", 0
    title = next((section for section in sections if section.level and not section.heading.groups), None)
    for section in sections:
        is_title = section is title and section.level == 1
        if section.heading.id == "other" and not (is_title or section.heading.groups or _has_text(section)):
            subject, level = section.heading.words, section.level
            done.append(replace(section, subject=subject))
            continue
        if _ends_set(section) or (subject and level < BOLD_LEVEL and section.level <= level):
            subject = ""
        if section.heading.id == "generic_name" and repeated and not _just_named(done):
            subject, level = _named(section), BOLD_LEVEL
        done.append(replace(section, subject=subject))
    return tuple(done)


def _ends_set(section: RawSection) -> bool:
    """A disclaimer, or bold words below the last component, are about the whole product."""
    return section.heading.id in _ALWAYS or (section.level == BOLD_LEVEL and section.heading.id in {"other", "faqs"})


def _just_named(done: Sequence[RawSection]) -> bool:
    return bool(done) and done[-1].heading.id == "other" and bool(done[-1].subject)


def _named(section: RawSection) -> str:
    words = next((line.text for line in section.lines if line.text.strip()), "")
    return heading_words(words)[:120]
