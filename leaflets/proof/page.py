"""Reads a finished PDF: runs of text with position, size, colour and background, and the outline."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from leaflets.errors import PdfError

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
_MOST_DIACRITIC_LETTERS = 2
# Buffer types, created once: creating one for each length of text takes longer than reading the text.
_TextBuffer, _NameBuffer = ctypes.c_ushort * 1024, ctypes.c_ushort * 32


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on a page, in points from its bottom left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Width in points."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in points."""
        return self.top - self.bottom

    def common(self, other: Area) -> float:
        """How many square points two areas share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        return wide * high if wide > 0 and high > 0 else 0.0


@dataclass(frozen=True, slots=True)
class PrintedRun:
    """Text in one face on one line. `artifact`: it is a header, footer or other content that is not read aloud."""

    text: str
    area: Area
    size_pt: float
    baseline: float
    colour: Colour
    background: Colour
    bold: bool
    artifact: bool

    @property
    def is_arabic_diacritic(self) -> bool:
        """Whether it is a vowel sign, alone or on at most two letters: PDFium returns these apart from their word."""
        kinds = [unicodedata.bidirectional(character) for character in self.text.strip()]
        return kinds.count("AL") <= _MOST_DIACRITIC_LETTERS and set(kinds) <= {"AL", "NSM"}


@dataclass(frozen=True)
class PrintedLine:
    """The runs on one line of one column, from left to right."""

    runs: tuple[PrintedRun, ...]

    @cached_property
    def text(self) -> str:
        """The words of the line."""
        return "".join(run.text for run in self.runs).strip()

    @cached_property
    def right_to_left(self) -> bool:
        """Whether any of its letters run from right to left."""
        return any(unicodedata.bidirectional(character) in ("R", "AL") for character in self.text)

    @property
    def left(self) -> float:
        """Its left end, in points from the left edge."""
        return self.runs[0].area.left

    @property
    def right(self) -> float:
        """Its right end, in points from the left edge."""
        return self.runs[-1].area.right

    @property
    def baseline(self) -> float:
        """The height of its baseline above the bottom edge, in points."""
        return self.runs[0].baseline

    @cached_property
    def size_pt(self) -> float:
        """The size of its largest type."""
        return max(run.size_pt for run in self.runs)


@dataclass(frozen=True)
class Page:
    """One page; `number` counts from 1."""

    number: int
    width: float
    height: float
    runs: tuple[PrintedRun, ...]

    @cached_property
    def lines(self) -> tuple[PrintedLine, ...]:
        """The lines of text without artifacts, from top to bottom."""
        return tuple(_lines([run for run in self.runs if not run.artifact]))


@dataclass(frozen=True, slots=True)
class PrintedHeading:
    """An entry of the outline and the page (from 1) it points to."""

    title: str
    page: int
    level: int


@dataclass(frozen=True, slots=True)
class Document:
    """The pages of a finished PDF, its outline, and whether it is tagged."""

    pages: tuple[Page, ...]
    outline: tuple[PrintedHeading, ...]
    tagged: bool


def read_document(data: bytes) -> Document:
    """Reads a PDF. Raises PdfError where the bytes are none."""
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise PdfError(f"the PDF cannot be read: {error}") from error
    try:
        pages = tuple(_page(pdf, number) for number in range(len(pdf)))
        outline = tuple(_headings(pdf))
        return Document(pages, outline, bool(pdfium.FPDFCatalog_IsTagged(pdf)))
    finally:
        pdf.close()


def _headings(pdf: Any) -> Iterator[PrintedHeading]:
    for entry in pdf.get_toc():
        target = entry.get_dest()
        index = target.get_index() if target else None
        yield PrintedHeading(entry.get_title(), 0 if index is None else index + 1, entry.level)


def _page(pdf: Any, index: int) -> Page:
    page = pdf[index]
    text = page.get_textpage()
    width, height = page.get_size()
    try:
        return Page(index + 1, width, height, tuple(_runs(page, text)))
    finally:
        text.close()
        page.close()


def _runs(page: Any, text: Any) -> Iterator[PrintedRun]:
    fills: list[tuple[Area, Colour]] = []
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH]):
        area = _area(item)
        if item.type == pdfium.FPDF_PAGEOBJ_PATH:
            if area.width > 2 and area.height > 2 and _filled(item):
                fills.append((area, _colour(item)))
            continue
        words = _words(item, text)
        if words.strip():
            matrix, behind = item.get_matrix(), _behind(area, fills)
            size, colour = _size(item, matrix), _colour(item)
            yield PrintedRun(words, area, size, matrix.f, colour, behind, _bold(item), _artifact(item))


def _area(item: Any) -> Area:
    """The area of an object on the page; coordinates inside a form XObject are those of the form."""
    left, bottom, right, top = item.get_bounds()
    corners = [(left, bottom), (left, top), (right, bottom), (right, top)]
    container = item.container
    while container is not None:
        matrix = container.get_matrix()
        corners = [matrix.on_point(x, y) for x, y in corners]
        container = container.container
    across, up = zip(*corners, strict=True)
    return Area(min(across), min(up), max(across), max(up))


def _behind(area: Area, fills: list[tuple[Area, Colour]]) -> Colour:
    """The colour of the last fill under the middle of an area."""
    x, y = (area.left + area.right) / 2, (area.bottom + area.top) / 2
    for fill, colour in reversed(fills):
        if fill.left <= x <= fill.right and fill.bottom <= y <= fill.top:
            return colour
    return WHITE


def _words(item: Any, text: Any) -> str:
    buffer = _TextBuffer()
    length = pdfium.FPDFTextObj_GetText(item, text, buffer, ctypes.sizeof(buffer))
    if length > ctypes.sizeof(buffer):
        buffer = (ctypes.c_ushort * length)()
        length = pdfium.FPDFTextObj_GetText(item, text, buffer, ctypes.sizeof(buffer))
    return _decoded(buffer, length)


def _decoded(letters: Any, length: int) -> str:
    """The first `length` bytes of a UTF-16 buffer as text, without the final zero."""
    return bytes(letters)[:length].decode("utf-16-le", "replace").rstrip("\0")


def _size(item: Any, matrix: Any) -> float:
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(item, size)
    return round(float(size.value * (matrix.c**2 + matrix.d**2) ** 0.5), 2)


def _colour(item: Any) -> Colour:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, alpha)
    return red.value, green.value, blue.value


def _filled(item: Any) -> bool:
    """Whether it is a filled shape without a hole; a border is a shape with one."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, mode, stroke)
    if mode.value == pdfium.FPDF_FILLMODE_NONE:
        return False
    segments = (pdfium.FPDFPath_GetPathSegment(item, i) for i in range(pdfium.FPDFPath_CountSegments(item)))
    starts = (True for each in segments if pdfium.FPDFPathSegment_GetType(each) == pdfium.FPDF_SEGMENT_MOVETO)
    return next(starts, False) and not next(starts, False)


def _bold(item: Any) -> bool:
    font = pdfium.FPDFTextObj_GetFont(item)
    buffer = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, 128)
    return b"bold" in buffer.value.lower()


def _artifact(item: Any) -> bool:
    name, length = _NameBuffer(), ctypes.c_ulong()
    for number in range(pdfium.FPDFPageObj_CountMarks(item)):
        mark = pdfium.FPDFPageObj_GetMark(item, number)
        pdfium.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), length)
        if _decoded(name, length.value) == "Artifact":
            return True
    return False


def _lines(runs: list[PrintedRun]) -> Iterator[PrintedLine]:
    """Joins runs on one baseline into lines where the gap between them is at most a wide space."""
    line: list[PrintedRun] = []
    for run in sorted(runs, key=lambda run: (-round(run.baseline), run.area.left)):
        if line and not _joins(line[-1], run):
            yield PrintedLine(tuple(line))
            line = []
        line.append(run)
    if line:
        yield PrintedLine(tuple(line))


def _joins(before: PrintedRun, run: PrintedRun) -> bool:
    size = max(before.size_pt, run.size_pt)
    return abs(before.baseline - run.baseline) < size / 2 and -size < run.area.left - before.area.right < 0.6 * size
