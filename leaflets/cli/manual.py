"""The pages of the manual, which travel with the program, and how they look in a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from leaflets.cli.help_page import columns
from leaflets.project import packaged_folder, read_text

_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)]*)\)")
_PAGE = re.compile(r"^(?:docs/)?([a-z]+)\.md(?:#.*)?$")
_EMPHASIS = re.compile(r"\*\*(.+?)\*\*|(?<![\w`])`([^`]+)`")
_TABLE_RULE = re.compile(r"^\|[\s|:-]+\|$")
_CELL = re.compile(r"(?<!\\)\|")
_WIDEST = 100
_WIDEST_FIRST_CELL = 30


def topics() -> list[str]:
    """The names of the pages, in alphabetical order."""
    return sorted(path.stem for path in packaged_folder("docs").glob("*.md") if path.stem != "gallery")


def page(topic: str) -> str:
    """The Markdown of a page."""
    return read_text(packaged_folder("docs") / f"{topic}.md")


def title(topic: str) -> str:
    """The first heading of a page."""
    return page(topic).partition("\n")[0].lstrip("# ").strip().replace("`", "")


def plain(markdown: str) -> Iterator[str]:
    """The lines of a page for a terminal: paragraphs broken at its width, tables as lists, code as it stands."""
    width = min(columns() - 1, _WIDEST)
    in_code = False
    paragraph: list[str] = []
    for line in (*markdown.splitlines(), ""):
        if line.startswith("```"):
            yield from _wrapped(paragraph, width)
            in_code, paragraph = not in_code, []
        elif in_code:
            yield f"    {line}"
        elif line.strip() and not line.startswith(("#", "|", "- ", "* ")) and not re.match(r"\d+\. ", line):
            paragraph.append(line)
        else:
            yield from _wrapped(paragraph, width)
            paragraph = []
            yield from _single(line, width, paragraph)


def _single(line: str, width: int, paragraph: list[str]) -> Iterator[str]:
    """The lines of a heading, a table row or an empty line; an item of a list begins a paragraph."""
    if line.startswith("#"):
        yield _words(line.lstrip("# ")).upper()
    elif line.startswith("|"):
        yield from () if _TABLE_RULE.match(line) else _row(line, width)
    elif line.strip():
        paragraph.append(line)
    else:
        yield ""


def _row(line: str, width: int) -> Iterator[str]:
    """The cells of a row of a table: the first, then the others beside or below it."""
    first, *others = (_words(cell.strip().replace("\\|", "|")) for cell in _CELL.split(line.strip().strip("|")))
    rest = "; ".join(filter(None, others))
    head = f"  {first:<22}"
    if len(first) > _WIDEST_FIRST_CELL:
        yield f"  {first}"
        head = " " * 24
    yield from textwrap.wrap(rest, width, initial_indent=f"{head}  ", subsequent_indent=" " * 26) or [head.rstrip()]


def _wrapped(paragraph: list[str], width: int) -> Iterator[str]:
    words = _words(" ".join(line.strip() for line in paragraph))
    hang = "  " if words.startswith(("- ", "* ")) or re.match(r"\d+\. ", words) else ""
    yield from textwrap.wrap(words, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)


def _words(text: str) -> str:
    """The words of a text without Markdown; a link to another page names its topic."""
    return _EMPHASIS.sub(lambda match: match[1] or match[2], _LINK.sub(_linked, text))


def _linked(match: re.Match[str]) -> str:
    target = _PAGE.match(match[2])
    if match[0].startswith("!"):
        return match[1]
    return (
        f"{match[1]} (leaflet help {target[1]})"
        if target and not match[1].endswith(".md")
        else (f"“leaflet help {target[1]}”" if target else match[1])
    )
