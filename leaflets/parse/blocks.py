"""Lines of one section → blocks, each with the line it began on.

The block structure is scanned here and not by Python-Markdown because that library keeps no line numbers, drops table
cells that have no header above them, and takes link definitions out of the text. It parses the words inside a block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from leaflets.errors import ContentError
from leaflets.model.edition import Audience
from leaflets.model.monograph import (
    Block,
    Box,
    BoxKind,
    Item,
    Items,
    Paragraph,
    Quote,
    Subheading,
    Table,
    TableRow,
    Text,
    Verbatim,
)
from leaflets.parse.code_blocks import CODE_FENCE, WRAPPERS, closing_line
from leaflets.parse.fences import BOXES, CLOSE, OPEN
from leaflets.parse.headings import without_markup
from leaflets.parse.inline import inline
from leaflets.parse.pictures import STARTS_WITH_ICON, icon_of, picture_of
from leaflets.parse.source_lines import MAX_COLUMNS, MAX_NESTING, SourceLine

SourceLines = Sequence[SourceLine]
BlocksAndEnd = tuple[tuple[Block, ...], int]

_RULE_LINE = re.compile(r"^\s{0,3}(?:([-*_=])(?:\s*\1){2,}|#{1,6})\s*$")
_MARKER = re.compile(r"^(\s*)([*+\-•●▪‣◦]|\d{1,3}[.)])(\s+|$)(.*)$")
_TICK = re.compile(r"^\[[ xX]\]\s+")
_DELIMITER = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
# ">34 kg: 80 mg" and ">= 65 years" are doses, not quotations.
_QUOTE = re.compile(r"^\s{0,3}>(?!\s*[=\d.½¼¾])\s?(.*)$")
# A box as note-taking programs write it: "> [!warning] Title".
_CALLOUT = re.compile(r"^\s*\[!([A-Za-z][\w-]{0,30})\][+-]?\s*(.*)$")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})(?:\s+|(?=[^\W\d_]|\*))(.*?)\s*$")
# Points numbered in a way that is no list in Markdown: "a) …", "(2) …", "iv. …".
_LETTERED = re.compile(r"^\s*(?:\(?(?:[a-z]|[ivx]{1,4}|\d{1,2})\)|[ivx]{1,4}\.)\s+\S")
# A bold lead-in at the start of a line begins a paragraph of its own.
_LED = re.compile(r"^\s*\*\*[^*]{2,80}(?:(?::\*\*|\*\*:)\s|：\*\*|\*\*：)")
# A row of a table in another notation (no line of dashes, plus signs, columns separated by spaces) and the line of a
# definition list stay paragraphs of their own.
_LONE_ROW = re.compile(r"^\s*(?:\|.*\|$|\+[-=+]+\+$|:\s+\S|\S+(?: \S+){0,8} {3,}\S)")
_FOOTNOTE = re.compile(r"^\s{0,3}\[\^[\w.-]{1,40}\]:\s")
# Each line with a question and its answer is a paragraph of its own.
_ASKED = re.compile(r"^\s*\**Q\s?\d{0,3}[:.)]")
_CELL_EDGE = re.compile(r"(?<!\\)\|")


def scan(lines: SourceLines, depth: int = 0) -> tuple[Block, ...]:
    """The blocks of these lines, in order. Raises ContentError where lists or quotations nest too deep."""
    if depth > MAX_NESTING:
        raise ContentError(
            f"line {lines[0].number}: lists or quotations nest deeper than {MAX_NESTING} levels", "Flatten the list."
        )
    blocks: list[Block] = []
    position = 0
    while position < len(lines):
        if not lines[position].text.strip():
            position += 1
            continue
        read, position = _read_block(lines, position, depth)
        blocks += read
    return tuple(blocks)


def _read_block(lines: SourceLines, start: int, depth: int) -> BlocksAndEnd:
    for reader in _READERS:
        result = reader(lines, start, depth)
        if result is not None:
            blocks, end = result
            audience = lines[start].audience
            return tuple(_for(audience, block) for block in blocks), end
    raise AssertionError("the paragraph reader takes any line")


def _for(audience: Audience | None, block: Block) -> Block:
    return block if block.audience is not None else replace(block, audience=audience)


def _box(lines: SourceLines, start: int, depth: int) -> BlocksAndEnd | None:
    opening = OPEN.match(lines[start].text)
    if not opening or opening[1] not in BOXES:
        return None
    end, level = start + 1, 1
    while end < len(lines) and level:
        inner = OPEN.match(lines[end].text)
        level += bool(inner and inner[1] in BOXES) - bool(CLOSE.match(lines[end].text))
        end += 1
    body = lines[start + 1 : end - 1 if level == 0 else end]
    title = inline(opening[2] or "")
    return (Box(lines[start].number, BOXES[opening[1]], title, scan(body, depth + 1)),), end


def _verbatim(lines: SourceLines, start: int, depth: int) -> BlocksAndEnd | None:
    opening = CODE_FENCE.match(lines[start].text)
    if not opening:
        return None
    end = closing_line(lines, start, opening[1])
    if not end:  # a fence that is never closed may hide no section: it is dropped and its lines are read as usual
        rest = lines[start].text.strip().strip("`~ ")
        plain_line = Paragraph(lines[start].number, inline(rest))
        return ((plain_line,) if plain_line.text and rest not in WRAPPERS else ()), start + 1
    text = "\n".join(line.text for line in lines[start + 1 : end])
    first = lines[start].text.strip().strip("`~").strip()
    text = f"{first}\n{text}" if first else text
    return ((Verbatim(lines[start].number, text.rstrip()),) if text.strip() else ()), end + 1


def _picture(lines: SourceLines, start: int, depth: int) -> BlocksAndEnd | None:
    picture = picture_of(lines[start])
    return ((picture,), start + 1) if picture else None


def _rule(lines: SourceLines, start: int, depth: int) -> BlocksAndEnd | None:
    return ((), start + 1) if _RULE_LINE.match(lines[start].text) or CLOSE.match(lines[start].text) else None


def _table(lines: SourceLines, start: int, depth: int) -> BlocksAndEnd | None:
    if not _opens_table(lines, start):
        return None
    end = start + 2
    while end < len(lines) and "|" in lines[end].text and lines[end].audience == lines[start].audience:
        end += 1
    header = cells(lines[start].text)
    body = [(line.number, cells(line.text)) for line in lines[start + 2 : end]]
    width = max([len(header), *(len(row) for _, row in body)])
    if width > MAX_COLUMNS:
        raise ContentError(f"line {lines[start].number}: the table is wider than {MAX_COLUMNS} columns", "Split it.")
    rows = tuple(TableRow(number, _wide(row, width)) for number, row in body)
    head = _wide(header, width)
    if not rows:  # words at the head of nothing are its only row: a head is not printed where no row follows it
        rows, head = (TableRow(lines[start].number, head),), ((),) * width
    return (Table(lines[start].number, head, rows),), end


def _opens_table(lines: SourceLines, start: int) -> bool:
    if start + 1 >= len(lines) or "|" not in lines[start].text:
        return False
    below = lines[start + 1].text
    return "|" in below and bool(_DELIMITER.match(below))


def cells(line: str) -> list[Text]:
    """The cells of one table row."""
    inner = line.strip()
    inner = inner.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [inline(cell.strip().replace("\\|", "|")) for cell in _CELL_EDGE.split(inner)]


def _wide(row: list[Text], width: int) -> tuple[Text, ...]:
    return tuple(row + [()] * (width - len(row)))


def _quote(lines: SourceLines, start: int, depth: int) -> BlocksAndEnd | None:
    if not _QUOTE.match(lines[start].text):
        return None
    body: list[SourceLine] = []
    end = start
    while end < len(lines) and (match := _QUOTE.match(lines[end].text)):
        body.append(replace(lines[end], text=match[1]))
        end += 1
    callout = _CALLOUT.match(body[0].text)
    if callout:
        title = inline(": ".join(part for part in (callout[1].capitalize(), callout[2]) if part))
        return (Box(lines[start].number, BoxKind.NOTE, title, scan(body[1:], depth + 1)),), end
    return (Quote(lines[start].number, scan(body, depth + 1)),), end


def _subheading(lines: SourceLines, start: int, depth: int) -> BlocksAndEnd | None:
    match = _HEADING.match(lines[start].text)
    if not match:
        return None
    text = inline(without_markup(match[2]))
    return ((Subheading(lines[start].number, text),) if text else ()), start + 1


def _items(lines: SourceLines, start: int, depth: int) -> BlocksAndEnd | None:
    first = _MARKER.match(lines[start].text)
    if not first:
        return None
    indent, ordered = len(first[1]), first[2][0].isdigit()
    end = _end_of_list(lines, start, indent, ordered)
    bodies = _bodies(lines[start:end], indent)
    tick = all(_TICK.match(body[0].text) for body in bodies)
    items = tuple(item for body in bodies if (item := _item(body, depth, tick=tick)).blocks)
    number = int(first[2][:-1]) if ordered else None
    return ((Items(lines[start].number, items, number, tick),) if items else ()), end


def _end_of_list(lines: SourceLines, start: int, indent: int, ordered: bool) -> int:
    end = start + 1
    while end < len(lines):
        line, after_blank = lines[end], not lines[end - 1].text.strip()
        if line.audience != lines[start].audience:
            break
        if line.text.strip() and not _continues(line, indent, ordered, after_blank):
            break
        end += 1
    while not lines[end - 1].text.strip():
        end -= 1
    return end


def _continues(line: SourceLine, indent: int, ordered: bool, after_blank: bool) -> bool:
    marker = _MARKER.match(line.text)
    own_indent = len(line.text) - len(line.text.lstrip())
    if own_indent >= indent + 2:
        return True
    if marker:
        return marker[2][0].isdigit() == ordered and not _RULE_LINE.match(line.text)
    return not after_blank and not _starts_block(line)


def _bodies(lines: SourceLines, indent: int) -> list[list[SourceLine]]:
    """The lines of each item, with the indentation of its marker removed."""
    bodies: list[list[SourceLine]] = []
    offset = 0
    for line in lines:
        marker = _MARKER.match(line.text)
        if marker and len(marker[1]) < indent + 2:
            offset = len(marker[1]) + len(marker[2]) + min(max(len(marker[3]), 1), 4)
            bodies.append([replace(line, text=marker[4])])
        else:
            lead = len(line.text) - len(line.text.lstrip())
            bodies[-1].append(replace(line, text=line.text[min(lead, offset) :]))
    return bodies


def _item(body: list[SourceLine], depth: int, *, tick: bool) -> Item:
    first = replace(body[0], text=_TICK.sub("", body[0].text)) if tick else body[0]
    return Item(first.number, scan([first, *body[1:]], depth + 1))


def _paragraph(lines: SourceLines, start: int, depth: int) -> BlocksAndEnd:
    end = start + 1
    while end < len(lines) and lines[end].text.strip() and lines[end].audience == lines[start].audience:
        if lines[end - 1].broken or _starts_block(lines[end]) or _opens_table(lines, end):
            break  # doses on two lines must not run together
        end += 1
    icon, words = icon_of("\n".join(line.text.strip() for line in lines[start:end]))
    text = inline(words)
    return ((Paragraph(lines[start].number, text, icon=icon),) if text else ()), end


def _starts_block(line: SourceLine) -> bool:
    """Whether this line ends a paragraph above it; of numbers only 1 does, so that a wrapped "20. May" does not."""
    text = line.text
    marker = _MARKER.match(text)
    opens_list = bool(marker and marker[4] and (not marker[2][0].isdigit() or marker[2][:-1] == "1"))
    return opens_list or line.picture or any(pattern.match(text) for pattern in _STARTS)


_STARTS = (
    CODE_FENCE,
    _RULE_LINE,
    _HEADING,
    _QUOTE,
    _ASKED,
    _LETTERED,
    _LED,
    _LONE_ROW,
    _FOOTNOTE,
    STARTS_WITH_ICON,
    OPEN,
    CLOSE,
)
_READERS: tuple[Callable[[SourceLines, int, int], BlocksAndEnd | None], ...] = (
    _box, _verbatim, _picture, _rule, _table, _subheading, _items, _quote, _paragraph,
)  # fmt: skip
