"""Markdown text → `Monograph`, with the source line of every section and block."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from leaflets.errors import ContentError
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Monograph, Section
from leaflets.parse.blocks import scan
from leaflets.parse.fences import mark_audiences
from leaflets.parse.front_matter import names_in_front, read_front, take_front
from leaflets.parse.headings import CONTENT, Heading
from leaflets.parse.inline import TAG, broken_mark, links, marks
from leaflets.parse.pictures import icon_finding, mark_pictures, picture_findings
from leaflets.parse.recognise import recognise
from leaflets.parse.sections import RawSection, understood_sections
from leaflets.parse.source_lines import SourceLine, read_lines

_BOLD_TITLE = re.compile(r"^\s{0,3}\*\*([^*:：?؟？.。]{2,80})\*\*$")


# How a text begins that was asked for a monograph and is none; no leaflet says "I" of its author.
_REFUSES = re.compile(
    r"\bI(?:['’]m| am)? (?:can ?not|can['’]t|could not|couldn['’]t|do not have|don['’]t have|unable|sorry|apologi[sz]e"
    r"|need)\b|\bprovide me\b|\bas an AI\b",
    re.IGNORECASE,
)


def parse(
    text: str, *, name: str, file: str, lang: str = "en", pictures: Collection[str] = (), sources: Collection[str] = ()
) -> Monograph:
    """The monograph in a Markdown text.

    `file` is the path that findings and errors name; `pictures` are the names of the picture files there are, `sources`
    the ids of those in the register of its evidence. Raises ContentError where the text is over the limits, its front
    matter is broken, or it holds no monograph.
    """
    lines, control = read_lines(text, file)
    node, body = take_front(lines, file)
    by_audience = mark_audiences(mark_pictures(body, pictures), file)
    two_audiences = any(line.audience for line in by_audience.lines)
    split, written_in = understood_sections(
        by_audience.lines, names_in_front(node), two_audiences=two_audiences, lang=lang
    )
    raw, heading = _titled(split)
    offset = lines[0].number if node is None else next(line.number for line in lines if line.text.strip())
    front, key_findings = read_front(node, file, offset, heading.heading.words if heading else "")
    read = (_section(section, file) for section in raw)
    sections = tuple(section for section in read if section.heading or section.blocks)
    _require_monograph(front.title, sections, by_audience.lines, file)
    house = (*_unknown_kind(sections, file), *_other_language(lang, written_in, file))
    cited = frozenset((*sources, *(source.id for source in front.sources)))
    of_lines = _findings(raw, by_audience.lines, file, cited, pictures)
    findings = (*control, *key_findings, *by_audience.findings, *house, *of_lines)
    with_subtitle = _with_subtitle(sections, heading, front.title)
    other = written_in if written_in != lang else ""
    return Monograph(name, file, lang, front, with_subtitle, two_audiences, findings, by_audience.comments, other)


def _titled(raw: tuple[RawSection, ...]) -> tuple[tuple[RawSection, ...], RawSection | None]:
    """The sections without the title heading, and the title heading.

    The title is a level 1 heading that comes first and is no question, or one of level 2 below a group heading such as
    “Medication Guide”; else a line in bold before all sections.
    """
    first = next((i for i, section in enumerate(raw) if section.level and not section.heading.groups), None)
    below = 2 if first and any(section.level == 1 for section in raw[:first]) else 1
    if first is None or not _may_be_title(raw[first], below):
        return _bold_titled(raw)
    title = raw[first]
    introduction = replace(raw[0], lines=(*raw[0].lines, *title.lines))
    return (introduction, *raw[1:first], *raw[first + 1 :]), title


def _may_be_title(section: RawSection, lowest: int) -> bool:
    return (
        section.level <= lowest
        and section.heading.id not in CONTENT
        and not section.heading.words.endswith(("?", "؟", "？"))
    )


def _bold_titled(raw: tuple[RawSection, ...]) -> tuple[tuple[RawSection, ...], RawSection | None]:
    introduction = raw[0]
    first = next((i for i, line in enumerate(introduction.lines) if line.text.strip()), None)
    match = None if first is None or introduction.level else _BOLD_TITLE.match(introduction.lines[first].text)
    if first is None or not match:
        return raw, None
    line = introduction.lines[first]
    rest = (*introduction.lines[:first], *introduction.lines[first + 1 :])
    return (replace(introduction, lines=rest), *raw[1:]), RawSection(Heading("other", match[1]), line.number, 1, ())


def _section(raw: RawSection, file: str) -> Section:
    try:
        blocks = scan(raw.lines)
    except ContentError as error:
        raise ContentError(f"{file}, {error.message}", error.hint) from error
    heading = raw.heading
    recognised = recognise(blocks, questions=heading.id == "faqs")
    return Section(heading.id, heading.words, raw.line, recognised, raw.subject, raw.audience)


def _with_subtitle(sections: tuple[Section, ...], heading: RawSection | None, title: str) -> tuple[Section, ...]:
    """The sections, with the words of the title heading before them where the front matter has another title."""
    if heading is None or heading.heading.words.casefold() == title.casefold():
        return sections
    return (Section("subtitle", heading.heading.words, heading.line, ()), *sections)


def _require_monograph(title: str, sections: Sequence[Section], lines: Sequence[SourceLine], file: str) -> None:
    recognised = [section for section in sections if section.id in CONTENT]
    if not (recognised or _has_own_headings(sections, lines)):
        raise ContentError(
            f"{file}: there is no monograph in it: no section such as Usage, Dosage or Side effects was found",
            "Give each section a heading, for example “### Dosage”; “leaflet help monograph” lists the known ones.",
        )
    if recognised and not any(section.blocks for section in recognised):
        raise ContentError(f"{file}: none of its sections has any text", "Write at least one of them.")
    if not title:
        raise ContentError(
            f"{file}:1: the monograph has no title", "Write “title: Name of the medicine” in its front matter."
        )


def _has_own_headings(sections: Sequence[Section], lines: Sequence[SourceLine]) -> bool:
    """Whether a text without a known section is still one to print: it has text under a heading, and is no refusal."""
    own = any(section.id == "other" and section.blocks for section in sections)
    return own and not any(_REFUSES.search(line.text) for line in lines)


def _unknown_kind(sections: Sequence[Section], file: str) -> Iterator[Finding]:
    if not any(section.id in CONTENT for section in sections):
        yield Finding(
            Severity.WARNING, "MD13", "none of its headings is a known section: all are printed in their own order",
            "“leaflet help monograph” lists the known headings.", file, sections[0].line,
        )  # fmt: skip


def _other_language(lang: str, written_in: str, file: str) -> Iterator[Finding]:
    if written_in != lang:
        yield Finding(
            Severity.WARNING, "MD14",
            f"its headings are in another language (“{written_in}”) than our own words on the sheet (“{lang}”)",
            f"Where `leaflet languages` lists it, name the file NAME.{written_in}.md.", file, 1,
        )  # fmt: skip


def _findings(
    raw: Sequence[RawSection], lines: Sequence[SourceLine], file: str, cited: frozenset[str], pictures: Collection[str]
) -> Iterator[Finding]:
    for section in raw:
        if section.heading.id == "other" and section.heading.words != section.subject and not section.heading.groups:
            yield Finding(
                Severity.INFO, "MD02",
                f"heading “{section.heading.words[:60]}” is not a known section and keeps its own words",
                "“leaflet help monograph” lists the known headings.", file, section.line,
            )  # fmt: skip
    for line in lines:
        yield from _line_findings(line, file)
        yield from picture_findings(line, file, pictures) if "](" in line.text else ()
        for mark in marks(line.text) if "[^" in line.text else ():
            if mark.partition(":")[0] not in cited:
                yield Finding(
                    Severity.ERROR, "MD09", f"reference mark “{mark}” has no source",
                    "Add it to the sources in the front matter.", file, line.number,
                    line.text.index("[^") + 1, excerpt=mark,
                )  # fmt: skip


def _line_findings(line: SourceLine, file: str) -> Iterator[Finding]:
    broken = broken_mark(line.text) if "^" in line.text else ""
    if broken:
        yield Finding(
            Severity.WARNING, "MD15", f"the reference mark {broken[:40]} is not understood and is printed as text",
            "Write [^L1], [^L1:2.3], or several parted by commas.", file, line.number, line.text.find(broken) + 1,
            excerpt=broken[:40],
        )  # fmt: skip
    icon = icon_finding(line, file) if ":" in line.text else None
    if icon:
        yield icon
    tag = TAG.search(line.text) if "<" in line.text else None
    if tag:
        yield Finding(
            Severity.WARNING, "MD03", f"raw HTML is printed as text: {tag[0][:40]}", "Use Markdown instead.",
            file, line.number, tag.start() + 1, excerpt=tag[0][:40],
        )  # fmt: skip
    for image, target in links(line.text) if "](" in line.text else ():
        if not image and not target.startswith(("http://", "https://", "mailto:", "tel:")):
            yield Finding(
                Severity.INFO, "MD05", f"the link to {target[:60]} leads nowhere on paper",
                "Print a full address, or none.", file, line.number,
            )  # fmt: skip
