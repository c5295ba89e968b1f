"""The words of a Markdown source block by block, read apart from the product's own parser, and a search for them."""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Words = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(\s*<?([^()<>\s]*)>?[^()]*\)")
_MARK = re.compile(r"\[\^[^\]]*\]")
_FENCE = re.compile(r"\s{0,3}/{3,}\s*([a-z-]*)\s*(?:\|\s*(.*))?$")
_BULLET = re.compile(r"^\s*(?:>\s*)*(?:[*+\-•●▪‣◦]|\d{1,3}[.)])\s+")
_HEADING = re.compile(r"^\s{0,3}#{1,6}")
_DELIMITER = re.compile(r"^[\s|:-]+$")
_SITE_ONLY = ("/", "#", ".")
# Where a block runs over the end of a page, its footer and the repeated head of a table stand between two words.
FURNITURE = 80
_BESIDE_TITLE = ("for", "health", "professionals")
_FOOT = re.compile(r"\bpage \d+ of \d+\b")


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of the source that stand together: the first and last line, their words, and whom they are for."""

    first: int
    last: int
    words: Words
    voice: str = ""


def blocks(source: str) -> Iterator[Block]:
    """The blocks of a monograph's body: a heading, a list item or the lines between two blanks; comments left out."""
    voices: list[str] = []
    words: list[str] = []
    first = last = 0
    for number, line in _body(source):
        fence = _FENCE.match(line)
        starts = bool(_BULLET.match(line) or _HEADING.match(line) or fence) or not line.strip()
        if starts and words:
            yield Block(first, last, tuple(words), _voice(voices))
            words = []
        if fence:
            _turn(voices, fence[1])
            line = fence[2] or ""
        if "comment" in voices:
            continue
        first, last = (first if words else number), number
        words += line_words(line)
        if _HEADING.match(line) and words:
            yield Block(first, last, tuple(words), _voice(voices))
            words = []
    if words:
        yield Block(first, last, tuple(words), _voice(voices))


def _body(source: str) -> Iterator[tuple[int, str]]:
    """The numbered lines after the front matter."""
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.replace("\u2028", "\n").replace("\u2029", "\n").split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[start].strip() == "---":
        start = next(i for i in range(start + 1, len(lines)) if lines[i].strip() in ("---", "...")) + 1
    yield from ((i + 1, lines[i]) for i in range(start, len(lines)))


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
    if _DELIMITER.match(line):
        return ()
    text = _MARK.sub(" ", _BULLET.sub("", line))
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
        for place, word in enumerate(self.words):
            for form in self._forms(word):
                self._places.setdefault(form, []).append(place)

    def _forms(self, word: str) -> tuple[str, ...]:
        """A word, and what it is without the small reference numbers set right after it."""
        bare = re.sub(r"(?<=[^\W\d])\d+$", "", word) if self.marks else word
        return (word,) if bare == word else (word, bare)

    def lost(self, words: Words) -> str:
        """An empty text where these words stand on the page in this order, else the first that could not be found."""
        best = 0
        for start in self._places.get(words[0], ()):
            reached = self._follow(words, start)
            if reached == len(words):
                return ""
            best = max(best, reached)
        return f"“{words[best]}” after “{' '.join(words[max(0, best - 5) : best])}”"

    def _follow(self, words: Words, start: int) -> int:
        place = start
        for count, word in enumerate(words[1:], 1):
            following = next(
                (p for p in self._places.get(word, ()) if p > place and self._joins(words, place, p)), None
            )
            if following is None:
                return count
            place = following
        return len(words)

    def _joins(self, words: Words, place: int, following: int) -> bool:
        """Whether only what the page itself adds stands between two words.

        That is the foot of a page, the head of a table repeated on the next, the mark beside a long title, or the
        numbers of references.
        """
        between = self.words[place + 1 : following]
        if not between or between == _BESIDE_TITLE or between == words[: len(between)]:
            return True
        if self.marks and all(word.isdigit() for word in between):
            return True
        return len(between) <= FURNITURE and bool(_FOOT.search(" ".join(between)))
