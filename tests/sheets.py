"""Sheets made once and shared: builds through the cache of the whole test session, and looks at the finished PDF."""

import functools
import io
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest

from leaflets.languages import language_or_english
from leaflets.model.edition import Audience, Edition
from leaflets.model.paper import Paper
from leaflets.pipeline import BuiltSheet, build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder, Settings
from leaflets.project.content import ORIGINAL, source_at

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
MADE_UP = ROOT / "tests" / "monographs"
UNUSUAL = ROOT / "tests" / "projects" / "unusual"
# Found texts that hold no monograph: a refusal, or a request for a better name.
REFUSED = frozenset({
    "benzocaine-chlorbutol-paradichlorobenzene-turpentine-oil.md", "cefepime-sulbactam.md",
    "chlorpheniramine-maleate-trithioparamethoxy-phenylpropene.md", "flurbiprofen-phenyl-mercuric-nitrate.md",
    "gynaecological-products.md", "hydrochloride.md", "protein.md",
})  # fmt: skip


@functools.cache
def corpus_files() -> tuple[Path, ...]:
    """Every found monograph beside the checkout; none where there is no corpus."""
    files = (path for path in CORPUS.glob("**/*.md") if path.parent.name != "nasty" and path.name != "README.md")
    return tuple(sorted(files))


@functools.cache
def own_files() -> tuple[Path, ...]:
    """The monographs of this repository in Latin letters, translations too, and unusual texts made up for tests."""
    own = (path for path in (ROOT / "content").glob("*.md") if not language_or_english(source_at(path).lang).script)
    return tuple(sorted([*own, *(UNUSUAL / "content").glob("*.md")]))


def voices(path: Path) -> tuple[Audience, ...]:
    """The readers of a monograph; a translation has the patient voice alone."""
    return tuple(Audience) if source_at(path).lang == ORIGINAL else (Audience.PATIENT,)


@functools.cache
def printable_files() -> tuple[Path, ...]:
    """All monographs there are that make sheets."""
    return tuple(path for path in (*own_files(), *corpus_files()) if path.name not in REFUSED)


@dataclass(frozen=True, slots=True)
class ProjectMonographs:
    """Sheets by file and edition; each is made once in a session, whichever worker asks first."""

    folder: Path

    def sheet(self, path: Path, audience: Audience, paper: Paper = Paper.A4) -> BuiltSheet:
        """The sheet of one file in its own language, with the packaged styles and templates."""
        return self.made(path, Edition(audience, source_at(path).lang, paper))

    def made(self, path: Path, edition: Edition) -> BuiltSheet:
        """The sheet of one file in any edition."""
        project = ProjectFolder(self.folder / "project", Settings())
        return build(project, source_at(path), edition, cache=Cache(self.folder / "cache"))


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of one test session share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@functools.lru_cache(maxsize=4)
def page_texts(data: bytes) -> tuple[str, ...]:
    """The text layer of each page."""
    document = pypdfium2.PdfDocument(data)
    try:
        return tuple(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


@dataclass(frozen=True, slots=True)
class Letter:
    """One character on a page: its place in points from the bottom left corner, and its size of type."""

    text: str
    page: int
    left: float
    bottom: float
    right: float
    top: float
    size: float


def letters(data: bytes) -> Iterator[Letter]:
    """Every visible character, in the order it was set."""
    document = pypdfium2.PdfDocument(io.BytesIO(data))
    try:
        for number, page in enumerate(document):
            yield from _letters_of(page.get_textpage(), number)
    finally:
        document.close()


def _letters_of(text: pypdfium2.PdfTextPage, number: int) -> Iterator[Letter]:
    """By PDFium's own functions, with one record for all characters: hundreds of sheets are read this way."""
    raw, page = pypdfium2.raw, text.raw
    matrix, box = raw.FS_MATRIX(), raw.FS_RECTF()
    for index in range(text.count_chars()):
        character = chr(raw.FPDFText_GetUnicode(page, index))
        if character.strip("\0 \t\r\n\xa0"):
            assert raw.FPDFText_GetMatrix(page, index, matrix)
            assert raw.FPDFText_GetLooseCharBox(page, index, box)
            size = raw.FPDFText_GetFontSize(page, index) * math.hypot(matrix.c, matrix.d)
            yield Letter(character, number, box.left, box.bottom, box.right, box.top, size)
