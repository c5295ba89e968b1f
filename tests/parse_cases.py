"""A reader of the case files for the parser: monographs in Markdown, each with the outline it must have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "cases" / "parse"
FRONT = "---\ntitle: Testol\n---\n"
_PART = re.compile(
    r"^## (?P<title>[^\n]+)$|^~~~~ (?P<kind>monograph|outline)\n(?P<text>.*?)^~~~~$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Case:
    """A monograph, the outline it must have (empty where it is still to be written), and where the case stands."""

    file: str
    line: int
    title: str
    text: str
    outline: str
    end: int

    @property
    def source(self) -> str:
        """The whole text to parse."""
        return self.text if self.text.startswith("---") else FRONT + self.text


def cases() -> Iterator[Case]:
    """Every case of every file, in order."""
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text("utf-8")
        title, monograph, line, end = "", "", 0, 0
        for part in _PART.finditer(text):
            if part["title"]:
                title = part["title"]
            elif part["kind"] == "outline":
                yield Case(path.name, line, title, monograph, part["text"], end)
                monograph = ""
            else:
                if monograph:
                    yield Case(path.name, line, title, monograph, "", end)
                monograph, line, end = part["text"], text.count("\n", 0, part.start()) + 1, part.end()
        if monograph:
            yield Case(path.name, line, title, monograph, "", end)
