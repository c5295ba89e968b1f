"""Blocks → Markdown that is read back word for word: whatever looks like markup in a text is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from leaflets.model.monograph import Block, Items, Paragraph, Subheading, Table, plain

_ENTITY = re.compile(r"&(?=#\d|#[xX]|[A-Za-z])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_MARKUP = str.maketrans({letter: f"&#{ord(letter)};" for letter in "*_`\\|"})
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff]")
# What a line may begin with and still be a paragraph: letters, figures and signs that open nothing.
_SAFE = re.compile(
    r"(?!Q\s?\d{0,3}[:.)])(?!\d{1,9}[.)](?:\s|$))(?!\(?(?:[a-z]|[ivx]{1,4}|\d{1,2})\))(?![ivx]{1,4}\.)[\w(\"'“‘≥≤<±≈¹²³⁰-⁹]"
)
_LONGEST_LINE = 2_000
_LONGEST_PARAGRAPH = 12_000


def markdown(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown, with an empty line between any two."""
    return "\n\n".join("\n".join(lines) for block in blocks for lines in _of_block(block))


def escaped(text: str) -> str:
    """A text within a line, so that it is printed as it stands."""
    text = " ".join(_CONTROLS.sub(" ", text).split())
    text = _TAG.sub("&lt;", _ENTITY.sub("&amp;", text)).translate(_MARKUP)
    return text.replace("[^", "&#91;^").replace("](", "]&#40;")


def title_escaped(text: str) -> str:
    """A text as a heading, whose end may be no mark of a heading."""
    text = _started(escaped(text))
    return f"{text[:-1]}&#35;" if text.endswith("#") else text


def _of_block(block: Block) -> Iterator[list[str]]:
    match block:
        case Subheading():
            yield [f"### {title_escaped(plain(block.text))}"]
        case Table():
            yield list(_table(block))
        case Items():
            yield [line for item in block.items for line in _item(item.blocks, block.start)]
        case Paragraph():
            yield from (_lines(part) for part in _pieces(plain(block.text), _LONGEST_PARAGRAPH))
        case _:
            raise AssertionError("a label has no other blocks")


def _table(table: Table) -> Iterator[str]:
    yield _row(map(plain, table.header))
    yield "|" + "---|" * len(table.header)
    width = len(table.header)
    for row in table.rows:
        cells = [plain(cell) for cell in row.cells]
        yield _row([*cells, *[""] * (width - len(cells))])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"


def _item(blocks: Iterable[Block], start: int | None) -> Iterator[str]:
    """The lines of an item, its further blocks set in below its mark."""
    marker = "- " if start is None else "1. "
    text = markdown(blocks).split("\n")
    yield f"{marker}{text[0]}"
    yield from (f"{' ' * len(marker)}{line}" if line else "" for line in text[1:])


def _lines(text: str) -> list[str]:
    return [_started(escaped(piece)) for piece in _pieces(text, _LONGEST_LINE)]


def _pieces(text: str, longest: int) -> Iterator[str]:
    """A text cut between words into pieces of at most so many letters; a longer word stays whole."""
    piece: list[str] = []
    length = 0
    for word in text.split():
        if piece and length + len(word) + 1 > longest:
            yield " ".join(piece)
            piece, length = [], 0
        piece.append(word)
        length += len(word) + 1
    if piece:
        yield " ".join(piece)


def _started(line: str) -> str:
    """A line whose first sign begins nothing but a paragraph."""
    if not line or _SAFE.match(line) or line.startswith("&"):
        return line
    if line[0].isdecimal():
        return re.sub(r"^(\d+)([.)])", lambda match: f"{match[1]}&#{ord(match[2])};", line)
    return f"&#{ord(line[0])};{line[1:]}"
