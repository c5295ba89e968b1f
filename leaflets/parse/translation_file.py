"""The text of a translation file: a new one made from its source, and one whose record of the source is replaced."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence

from leaflets.model.edition import Audience
from leaflets.model.monograph import Front, Translation
from leaflets.parse.fences import CLOSE, OPEN, mark_audiences
from leaflets.parse.front_matter import take_front
from leaflets.parse.headings import Heading
from leaflets.parse.sections import RawSection, understood_sections
from leaflets.parse.source_lines import SourceLine, read_lines

_KEY = re.compile(r"translation[ \t]*:")
_WIDTH = 100
_NAMES = ("title", "generic_name", "say_it_as")
_LISTS = ("brand_names", "forms", "strengths")


def with_record(text: str, record: Translation) -> str:
    """The text with this record in its front matter, and no other character changed."""
    lines = text.splitlines(keepends=True)
    end_of_line = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    written = [f"{line}{end_of_line}" for line in _record(record)]
    opening = next((n for n, line in enumerate(lines) if line.strip("\ufeff \t\r\n")), len(lines))
    if opening == len(lines) or lines[opening].strip("\ufeff \t\r\n") != "---":
        return "".join([f"---{end_of_line}", *written, f"---{end_of_line}", *lines])
    closing = next(n for n in range(opening + 1, len(lines)) if lines[n].strip() in ("---", "..."))
    start = next((n for n in range(opening + 1, closing) if _KEY.match(lines[n])), closing)
    stop = next((n for n in range(start + 1, closing) if lines[n][:1].strip()), closing) if start < closing else start
    return "".join([*lines[:start], *written, *lines[stop:]])


def _record(record: Translation) -> Iterator[str]:
    yield "translation:"
    yield f'  of: "{record.of}"'
    yield "  blocks:"
    for section, hashes in record.blocks:
        yield from textwrap.wrap(
            f"{section}: {' '.join(hashes)}", _WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 6
        )


def new_translation(source: str, front: Front, file: str, heading: Callable[[str, str], str]) -> str:
    """A translation to fill in: the front matter to translate, and each heading with the patient's text in a comment.

    `heading` gives the heading of a section in the other language, by its id and its words in the source. A heading is
    written even for a section with nothing to translate where a section of no known kind follows, which belongs to it.
    """
    lines, _ = read_lines(source, file)
    _, body = take_front(lines, file)
    names = (front.title, front.generic_name, *front.brand_names)
    sections, _ = understood_sections(mark_audiences(body, file).lines, names, two_audiences=True)
    after = (*(section.heading.id for section in sections[1:]), "")
    parts = (
        _section(section, heading, leads=following == "other")
        for section, following in zip(sections, after, strict=True)
    )
    return "\n".join([*_front(front), *(line for part in parts for line in part)])


def _front(front: Front) -> Iterator[str]:
    yield "---"
    for key in _NAMES:
        if getattr(front, key):
            yield f'{key}: "{_quoted(getattr(front, key))}"'
    for key in _LISTS:
        if getattr(front, key):
            yield f"{key}: [{', '.join(_quoted_word(each) for each in getattr(front, key))}]"
    if front.dose_times:
        amounts = ", ".join(f"{time}: {_quoted_word(amount)}" for time, amount in front.dose_times.amounts)
        yield f"dose_times: {{{amounts}}}" if amounts else "dose_times: blank"
    yield f'version: "{_quoted(front.version)}"'
    yield "---"
    yield ""


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _quoted_word(text: str) -> str:
    return f'"{_quoted(text)}"'


def _section(section: RawSection, heading: Callable[[str, str], str], *, leads: bool) -> Iterator[str]:
    texts = _trimmed([line for line in section.lines if line.audience in (None, Audience.PATIENT)])
    texts = [] if section.audience is Audience.CLINICIAN else texts
    if texts or leads:
        yield f"### {_translated_heading(section.heading, heading)}" if section.level else ""
        yield ""
    if not texts:
        return
    yield from ("/// comment", *texts, "///", "")
    fences = [text for text in texts if OPEN.match(text)]
    yield from (fences[0] if fences else "/// patient", "", "///", "")


def _translated_heading(source: Heading, heading: Callable[[str, str], str]) -> str:
    """A heading in the other language, with the component of a combination product it is about in brackets."""
    words = heading(source.id, source.words)
    return f"{words} ({source.subject})" if source.subject and words != source.words else words


def _trimmed(lines: Sequence[SourceLine]) -> list[str]:
    """The lines without empty ones at either end, and no more than one empty line between two."""
    texts: list[str] = []
    for line in lines:
        if line.text or (texts and texts[-1]):
            texts.append(line.text)
    while texts and not texts[-1]:
        texts.pop()
    return texts if any(text and not CLOSE.match(text) for text in texts) else []
