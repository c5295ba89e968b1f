"""A paragraph of Markdown → text in runs, through Python-Markdown's inline patterns."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from leaflets.model.monograph import Text, TextRun
from leaflets.parse.source_lines import printable

if TYPE_CHECKING:
    from markdown import Markdown

# Links and images are resolved here, before Markdown: paper has no links, so the address is printed after the words;
# raw HTML, entities and references stay text. Both keep the inline step linear and lose no word.
_OFF = (
    "reference", "link", "image_link", "image_reference", "short_reference", "short_image_ref", "autolink", "automail",
    "html", "entity", "linebreak",
)  # fmt: skip
_EMPHASIS = ("em_strong", "em_strong2")
_LINK = re.compile(r"(!?)\[([^\[\]]{1,400})\]\(\s*<?([^()<>\s]{1,600})>?(?:\s+[\"'][^\"'()]{0,200}[\"'])?\s*\)")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,600})>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")
_SOURCE = r"[\w.-]{1,40}(?::[\w.-]{1,40})?"  # "L1", or with a section of it, "L1:2.3"
_MARK = re.compile(rf"\[\^({_SOURCE}(?:\s*,\s*\^?{_SOURCE}){{0,12}})\]")
_BROKEN_MARK = re.compile(r"(?<!\\)\[ ?\^ ?[\w.-]{1,40}[^\]\n`]{0,60}\]")
_CODE_OR_STAR = re.compile(r"(`+)[^`](?:.*?[^`])?\1(?!`)|(?<![\\*])\*(?!\*)", re.DOTALL)
_PRINTED = ("http://", "https://", "mailto:", "tel:")
_MARKUP = re.compile(r"[*_`\\\[&<]")
_MARKUP_OR_SPACE = re.compile(r"[\s*_`\\]")
_MAX_INLINE = 20_000
_MAX_MARKUP = 400
TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]{0,400})?/?>|<!--|<!\[CDATA\[|<[!?][A-Za-z]")


@cache
def _markdown(*, emphasis: bool) -> Markdown:
    from markdown import Markdown  # here, as a front matter is read without it

    md = Markdown()
    for name in (*_OFF, *(() if emphasis else _EMPHASIS)):
        md.inlinePatterns.deregister(name, strict=False)
    return md


def inline(source: str) -> Text:
    """The runs of a paragraph: bold, emphasis and reference marks; everything else as text.

    A paragraph of more than 20,000 characters, or of more than 400 stars, underscores, backticks and backslashes, is
    returned as plain text, so that the time taken stays bounded. One in which markup would lose a letter keeps its
    stars and underscores as text.
    """
    if len(source) > _MAX_INLINE or sum(map(source.count, "*_`\\")) > _MAX_MARKUP:
        return (TextRun(" ".join(source.split())),)
    if not _MARKUP.search(source):
        return _normalised([TextRun(source)])
    text = _stars_within_words_as_text(_links_as_text(source))
    root = _marked_up(text, emphasis=True)
    # Of text such as "_**__*_<" the library drops a part.
    if _MARKUP_OR_SPACE.sub("", _letters(root)) != _MARKUP_OR_SPACE.sub("", text):
        root = _marked_up(text, emphasis=False)
    return _normalised(_runs(root, bold=False, emphasis=False))


def _marked_up(text: str, *, emphasis: bool) -> ET.Element:
    root = ET.Element("div")
    ET.SubElement(root, "p").text = text
    md = _markdown(emphasis=emphasis)
    md.reset()
    md.treeprocessors["inline"].run(root)
    md.treeprocessors["unescape"].run(root)
    return root


def _letters(element: ET.Element) -> str:
    """All text of an element as it stood in the source: code is escaped by the library, the rest is not."""
    own = html.unescape(element.text or "") if element.tag == "code" else element.text or ""
    return own + "".join(_letters(child) + (child.tail or "") for child in element)


def marks(source: str) -> list[str]:
    """The source ids that a paragraph's reference marks name."""
    return [mark.strip().lstrip("^") for match in _MARK.finditer(source) for mark in match[1].split(",")]


def broken_mark(source: str) -> str:
    """The first thing in a line that looks like a reference mark and is none; empty where there is nothing of that."""
    match = _BROKEN_MARK.search(_MARK.sub("", source))
    return match[0] if match else ""


def links(source: str) -> list[tuple[bool, str]]:
    """Each link or image of a paragraph: whether it is an image, and where it points."""
    return [(bool(match[1]), match[3]) for match in _LINK.finditer(source)]


def _links_as_text(source: str) -> str:
    return _AUTOLINK.sub(lambda m: _literal(m[1]), _LINK.sub(_link_as_text, source))


def _stars_within_words_as_text(text: str) -> str:
    """The text with a backslash before each single star that is a letter of its word: 2*3, HLA-B*57:01, mg*h/L.

    Within a word a star opens no emphasis, and closes none before a digit.
    """
    is_open = False

    def escaped(match: re.Match[str]) -> str:
        nonlocal is_open
        if match[0] != "*":
            return match[0]
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if before.isalnum() and after.isalnum() and (not is_open or after.isdigit()):
            return "\\*"
        is_open = not before.isalnum() and bool(after.strip())
        return "*"

    return _CODE_OR_STAR.sub(escaped, text)


def _link_as_text(match: re.Match[str]) -> str:
    words, target = match[2], match[3]
    if words == target or (not match[1] and target.startswith(("/", "#", "."))):
        return words  # a relative address is of no use on paper
    shown = target.removeprefix("mailto:").removeprefix("tel:") if target.startswith(_PRINTED) else target
    return words if words == shown else f"{words} ({_literal(shown)})"


def _literal(address: str) -> str:
    return re.sub(r"([\\`*_{}\[\]()#+\-.!])", r"\\\1", address)


def _runs(element: ET.Element, *, bold: bool, emphasis: bool) -> list[TextRun]:
    runs = _text_runs(element.text, bold, emphasis)
    for child in element:
        inner_bold, inner_emphasis = bold or child.tag == "strong", emphasis or child.tag == "em"
        runs += _runs(child, bold=inner_bold, emphasis=inner_emphasis)
        runs += _text_runs(child.tail, bold, emphasis)
    return runs


def _text_runs(text: str | None, bold: bool, emphasis: bool) -> list[TextRun]:
    if not text:
        return []
    runs: list[TextRun] = []
    position = 0
    for match in _MARK.finditer(text):  # before entities: “&#91;^1]” is text
        runs.append(TextRun(_with_letters(text[position : match.start()]), bold, emphasis))
        runs += [TextRun("", bold, emphasis, mark) for mark in marks(match[0])]
        position = match.end()
    runs.append(TextRun(_with_letters(text[position:]), bold, emphasis))
    return [run for run in runs if run.text or run.mark]


def _with_letters(text: str) -> str:
    """The text with the letter that each entity stands for."""
    return _ENTITY.sub(lambda match: printable(html.unescape(match[0])), text)


def _normalised(runs: list[TextRun]) -> Text:
    """Runs with white space collapsed, neighbours of one style joined, and none empty."""
    joined: list[TextRun] = []
    for run in runs:
        text = re.sub(r"[ \t\n\x0b\x0c\r]+", " ", run.text)
        last = joined[-1] if joined else None
        if last and run.mark:  # no space between a reference mark and the word before it
            joined[-1] = replace(last, text=last.text.rstrip(" "))
        if last and not last.mark and not run.mark and (last.bold, last.emphasis) == (run.bold, run.emphasis):
            joined[-1] = TextRun(re.sub(r" +", " ", last.text + text), run.bold, run.emphasis)
        else:
            joined.append(TextRun(text, run.bold, run.emphasis, run.mark))
    return strip(tuple(joined))


def strip(text: Text) -> Text:
    """A text without white space at either end."""
    runs = list(text)
    while runs and not runs[0].mark and not runs[0].text.strip():
        runs.pop(0)
    while runs and not runs[-1].mark and not runs[-1].text.strip():
        runs.pop()
    if runs and not runs[0].mark:
        runs[0] = TextRun(runs[0].text.lstrip(), runs[0].bold, runs[0].emphasis)
    if runs and not runs[-1].mark:
        runs[-1] = TextRun(runs[-1].text.rstrip(), runs[-1].bold, runs[-1].emphasis)
    return tuple(runs)
