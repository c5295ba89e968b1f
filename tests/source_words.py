"""The words of a Markdown source block by block, read apart from the product's own parser, and a search for them."""

import html
import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from leaflets.languages import LANGUAGES
from leaflets.model.pictograms import PICTOGRAMS

Words = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(\s*<?([^()<>\s]*)>?[^()]*\)")
_MARK = re.compile(r"\[\^[^\]]*\]")
_FENCE = re.compile(r"\s{0,3}/{3,}\s*([a-z-]*)\s*(?:\|\s*(.*))?$")
_BULLET = re.compile(r"^\s*(?:>\s*)*(?:[*+\-•●▪‣◦]|\d{1,3}[.)])\s+")
_PICTOGRAM = re.compile(rf"^\s*:(?:{'|'.join(PICTOGRAMS)}):\s+(?=\S)")
_PICTURE = re.compile(r"^\s*!\[[^\[\]]+\]\(([\w.-]+)\)\s*$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}")
_DELIMITER = re.compile(r"^[\s|:-]+$")
_SITE_ONLY = ("/", "#", ".")
_PICTURES = Path(__file__).resolve().parent.parent / "content" / "pictures"
# Where a block runs over the end of a page, its footer and the repeated head of a table stand between two words.
FURNITURE = 80
CUT_WORD = 30
_BESIDE_TITLE = ("for", "health", "professionals")
_PAGES = (each.say("Page {page} of {pages}").casefold() for each in LANGUAGES.values())
_FOOT = re.compile(rf"\b(?:{'|'.join(words.format(page=r'[0-9]+', pages=r'[0-9]+') for words in _PAGES)})\b")


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of the source that stand together: the first and last line, their words, and whom they are for.

    The cells at the head of a table are blocks of their own; `head` are their words where the rows follow.
    """

    first: int
    last: int
    words: Words
    voice: str = ""
    head: Words = ()


def blocks(source: str) -> Iterator[Block]:
    """The blocks of a monograph's body: a heading, a list item or the lines between two blanks; comments left out."""
    voices: list[str] = []
    body = tuple(_body(source))
    below = {number - 1: line for number, line in body}
    gathered: list[tuple[int, str]] = []
    for number, line in body:
        fence = _FENCE.match(line)
        if fence or _starts(line) or (gathered and _HEADING.match(gathered[0][1])):
            yield from _read(gathered, below, _voice(voices))
            gathered = []
        if fence:
            _turn(voices, fence[1])
        elif "comment" not in voices:
            gathered.append((number, line))
        if fence and fence[2]:
            gathered.append((number, fence[2]))
    yield from _read(gathered, below, _voice(voices))


def _starts(line: str) -> bool:
    return bool(_BULLET.match(line) or _HEADING.match(line)) or not line.strip()


def _read(lines: Sequence[tuple[int, str]], below: Mapping[int, str], voice: str) -> Iterator[Block]:
    words: list[str] = []
    head: Words = ()
    for number, line in lines:
        if "|" in line and _DELIMITER.match(below.get(number) or "text"):
            yield from (Block(number, number, cell, voice) for cell in _cells(line) if cell)
            head = line_words(line)
        else:
            words += line_words(line)
    if words:
        first = next(number for number, line in lines if line_words(line))
        yield Block(first, lines[-1][0], tuple(words), voice, head)


def _body(source: str) -> Iterator[tuple[int, str]]:
    """The numbered lines after the front matter."""
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.replace("\u2028", "\n").replace("\u2029", "\n").split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[start].strip() == "---":
        start = next(i for i in range(start + 1, len(lines)) if lines[i].strip() in ("---", "...")) + 1
    yield from ((i + 1, lines[i]) for i in range(start, len(lines)))


def _cells(line: str) -> Iterator[Words]:
    return (line_words(cell) for cell in re.split(r"(?<!\\)\|", line))


def _turn(voices: list[str], name: str) -> None:
    if name:
        voices.append(name)
    elif voices:
        voices.pop()


def _voice(voices: Sequence[str]) -> str:
    named = [voice for voice in voices if voice in ("patient", "clinician")]
    if named:
        return named[-1]
    boxes = {"key-message": "patient", "urgent": "patient", "boxed-warning": "clinician"}
    return next((boxes[voice] for voice in reversed(voices) if voice in boxes), "")


def line_words(line: str) -> Words:
    """The words of one line: no marks of Markdown, no list number, no address that names a place inside a web site."""
    picture = _PICTURE.match(line)
    if _DELIMITER.match(line) or (picture and (_PICTURES / picture[1]).is_file()):
        return ()
    text = _MARK.sub(" ", _PICTOGRAM.sub("", _BULLET.sub("", line)))
    text = _LINK.sub(lambda m: m[1] if m[2].startswith(_SITE_ONLY) or m[1] == m[2] else f"{m[1]} {m[2]}", text)
    return words_of(html.unescape(text))


def words_of(text: str) -> Words:
    """Words as a reader takes them: without case, ligatures, invisible marks or the place where a line ends."""
    shown = "".join("" if _is_invisible(c) else " " if unicodedata.category(c) == "Cc" else c for c in text)
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", shown).casefold()))


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cf" and character not in "\u202a\u202b\u202c\u202d\u202e"


class Printed:
    """The words of a page's text layer in the order they were set, ready to be searched."""

    def __init__(self, text: str, *, marks: bool = False) -> None:
        self.words = words_of(text)
        self.marks = marks
        self._places: dict[str, list[int]] = {}
        for place in range(len(self.words)):
            for form in self._forms(place):
                self._places.setdefault(form, []).append(place)

    def _forms(self, place: int) -> Iterator[str]:
        """A word as it stands, and without the reference numbers set right after it."""
        word = self.words[place]
        yield word
        bare = re.sub(r"(?<=[^\W\d])\d+$", "", word) if self.marks else word
        if bare != word:
            yield bare

    def lost(self, words: Words, head: Words = ()) -> str:
        """An empty text where these words stand on the page in this order, else the first that could not be found.

        `head` are the words at the head of a table, which may be set again before any of its rows and cells.
        """
        best = 0
        for place in self._beginnings(words[0]):
            reached = self._follow(words, head, place)
            if reached == len(words):
                return ""
            best = max(best, reached)
        return f"“{words[best]}” after “{' '.join(words[max(0, best - 5) : best])}”"

    def _beginnings(self, word: str) -> Iterator[int]:
        yield from self._places.get(word, ())
        if len(word) >= CUT_WORD:
            ends = (self._cut(word, place) for place in range(len(self.words)))
            yield from (end for end in ends if end is not None)

    def _follow(self, words: Words, head: Words, place: int) -> int:
        places = {place}
        for count, word in enumerate(words[1:], 1):
            places = {following for one in places for following in self._next(word, head, one)}
            if not places:
                return count
        return len(words)

    def _next(self, word: str, head: Words, place: int) -> Iterator[int]:
        """Wherever a word may go on: one of a table's head can be the same as one of the cell below it."""
        near = (p for p in self._places.get(word, ()) if place < p <= place + FURNITURE + len(head))
        joining = [p for p in near if self._joins(head, place, p)]
        cut = None if joining else self._cut(word, place + 1)
        yield from joining if cut is None else [cut]

    def _cut(self, word: str, place: int) -> int | None:
        """Where a word ends that begins here and is cut up: one too long for its line or cell is, without a hyphen."""
        joined = ""
        while place < len(self.words) and len(joined) < len(word) and word.startswith(joined + self.words[place]):
            joined += self.words[place]
            place += 1
        return place - 1 if joined == word else None

    def _joins(self, head: Words, place: int, following: int) -> bool:
        """Whether only what the page itself adds stands between two words.

        That is the foot of a page, words from the head of a table, or the mark beside a long title; the numbers of
        references stand before them, or alone.
        """
        between = self.words[place + 1 : following]
        if self.marks:
            between = tuple(itertools.dropwhile(str.isdigit, between))
        if not between or between == _BESIDE_TITLE or _holds(head, between):
            return True
        return len(between) <= FURNITURE and bool(_FOOT.search(" ".join(between)))


def _holds(words: Words, part: Words) -> bool:
    return any(words[place : place + len(part)] == part for place in range(len(words) - len(part) + 1))
