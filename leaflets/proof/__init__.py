"""Proofreads a finished PDF: type sizes, line lengths, contrast, breaks, overlaps, pages, tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

from leaflets.model.edition import Audience, Edition, TypeSize
from leaflets.model.finding import Finding, Severity
from leaflets.model.page import Pdf, Rect
from leaflets.proof.overrun import overrun
from leaflets.proof.page import Area, Colour, Document, Page, PrintedLine, PrintedRun, read_document
from leaflets.proof.rules import RULES, PageRule, rule

__all__ = ["RULES", "PageRule", "proof", "rule"]

SMALLEST_PT = {
    (TypeSize.STANDARD, Audience.PATIENT): 12.0,
    (TypeSize.STANDARD, Audience.CLINICIAN): 8.0,
    (TypeSize.LARGE_PRINT, Audience.PATIENT): 18.0,
    (TypeSize.LARGE_PRINT, Audience.CLINICIAN): 18.0,
}
"""UKAAF clear print 12 pt and large print 18 pt; US Highlights 8 pt."""
SMALLEST_FOOT_PT = {TypeSize.STANDARD: 7.0, TypeSize.LARGE_PRINT: 18.0}
"""For the footer. UKAAF: page numbers and labels in the size of the text where possible."""
LONGEST_LINE = {Audience.PATIENT: 80, Audience.CLINICIAN: 100}
"""RNIB 60 to 70 characters, with room for a wide space; PMCPA at most 100."""
NARROW_LETTERS = 1.15
"""How many more Arabic letters than Latin ones fit on a line: they are narrower, and vowel signs have no width."""
LEAST_CONTRAST = {Audience.PATIENT: 7.0, Audience.CLINICIAN: 4.5}
DEAD_ZONE_PT = 12.0
"""Office printers leave the outermost 4.2 mm of the sheet white."""
FEW_LINES = 3
MOST_SECTIONS = 4
_UNITS = frozenset({
    "mg", "mcg", "g", "kg", "mL", "L", "dL", "units", "unit", "micrograms", "microgram", "tablet", "tablets", "capsule",
    "capsules", "hours", "hour", "days", "day", "weeks", "week", "months", "month", "years",
    "mmol", "%", "drops", "puffs",
})  # fmt: skip
_LEADING = 1.7
"""The largest distance between two lines of one paragraph, in sizes of type."""
_HANG = 2.5
"""How far the number of a list item may be to the left of its words, in sizes of type."""
_ROUNDING_PT = 0.05


def proof(pdf: Pdf, edition: Edition, file: str = "") -> tuple[Finding, ...]:
    """The findings on the pages of a sheet in this edition, made from the text in `file`.

    Raises PdfError where the PDF cannot be read.
    """
    document, audience = read_document(pdf.data), edition.audience
    findings = [*_document_findings(document, pdf, edition), *_widow_findings(document, edition)]
    for page in document.pages:
        findings += [
            *_type_findings(page, edition),
            *_break_findings(page, document, audience),
            *_position_findings(page, audience, pdf.rects),
        ]
    return tuple(replace(finding, file=file) for finding in findings)


def _finding(code: str, audience: Audience, message: str, words: str = "", severity: Severity | None = None) -> Finding:
    page_rule = rule(code)
    grade = severity or page_rule.severity
    return Finding(grade, code, message, f"{page_rule.remedy}.", audience=audience, excerpt=words)


# ------------------------------------------------------------------ the whole


def _document_findings(document: Document, pdf: Pdf, edition: Edition) -> Iterator[Finding]:
    audience, budget_pages = edition.audience, edition.most_pages
    if not document.tagged:
        yield _finding("PG-11", audience, "the PDF has no tags: a screen reader cannot read it in order")
    if not document.outline:
        yield _finding("PG-11", audience, "the PDF has no bookmarks", severity=Severity.WARNING)
    if len(document.pages) > budget_pages:
        yield _too_long(pdf, audience, budget_pages)
    for page in document.pages:
        if len(page.lines) < FEW_LINES:
            number = len(page.lines)
            severity = Severity.WARNING if number else Severity.ERROR
            message = f"page {page.number} has {_lines(number)} on it" if number else f"page {page.number} is empty"
            yield _finding("PG-09", audience, message, severity=severity)


def _lines(number: int) -> str:
    return f"{number} line" + ("s" if number != 1 else "")


def _too_long(pdf: Pdf, audience: Audience, planned: int) -> Finding:
    """The sections that run over the pages planned, each with its lines; those of one section are added up."""
    lines: dict[str, int] = {}
    for stretch in overrun(pdf.stretches, planned):
        title = stretch.title or "the first lines"
        lines[title] = lines.get(title, 0) + stretch.lines
    section_list = ", ".join(f"{number} of “{title}”" for title, number in [*lines.items()][:MOST_SECTIONS])
    more = f" and of {len(lines) - MOST_SECTIONS} more" if len(lines) > MOST_SECTIONS else ""
    pages = f"{pdf.pages} pages where {planned} {'are' if planned > 1 else 'is'} planned"
    message = f"{pages}: {_lines(sum(lines.values()))} over, {section_list}{more}" if lines else pages
    return _finding("PG-08", audience, message, next(iter(lines), ""))


# ------------------------------------------------------------------ letters


def _type_findings(page: Page, edition: Edition) -> Iterator[Finding]:
    audience, type_size = edition.audience, edition.type_size
    small: dict[float, PrintedRun] = {}
    faint: dict[tuple[Colour, Colour], PrintedRun] = {}
    for run in page.runs:
        least = SMALLEST_FOOT_PT[type_size] if run.artifact or _is_mark(run) else SMALLEST_PT[type_size, audience]
        if run.size_pt < least - _ROUNDING_PT:
            small.setdefault(run.size_pt, run)
        if contrast(run.colour, run.background) < LEAST_CONTRAST[audience]:
            faint.setdefault((run.colour, run.background), run)
        if "\x00" in run.text or "\ufffd" in run.text:
            yield _finding("PG-07", audience, f"page {page.number}: a character has no glyph", run.text.strip())
    for size, run in small.items():
        yield _finding("PG-01", audience, f"page {page.number}: type of {size:g} pt", run.text.strip())
    for (colour, background), run in faint.items():
        ratio = contrast(colour, background)
        yield _finding("PG-03", audience, f"page {page.number}: contrast of {ratio:.1f} to 1", run.text.strip())
    longest = max(page.lines, key=lambda line: len(line.text), default=None)
    narrow = NARROW_LETTERS if longest and longest.right_to_left else 1
    if longest and len(longest.text) > LONGEST_LINE[audience] * narrow:
        yield _finding("PG-02", audience, f"page {page.number}: a line of {len(longest.text)} characters", longest.text)


def _is_mark(run: PrintedRun) -> bool:
    """Whether a run is the number of a reference, which may be smaller than the text."""
    return len(run.text) < 12 and run.text.strip().replace(",", "").replace(" ", "").isdigit()


@cache
def contrast(colour: Colour, background: Colour) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2, 1.4.3)."""
    one, other = sorted((_luminance(colour), _luminance(background)))
    return (other + 0.05) / (one + 0.05)


def _luminance(colour: Colour) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# ------------------------------------------------------------------ line ends


def _widow_findings(document: Document, edition: Edition) -> Iterator[Finding]:
    """Findings of widows: the last line of a paragraph alone at the top of a page or column."""
    before: Page | None = None
    message = "the end of a paragraph stands alone"
    in_columns = edition.audience is Audience.CLINICIAN and not edition.one_column
    for page in document.pages:
        for line in page.lines:
            last = _line_continued(line, page, before) if line.text[:1].islower() else None
            if last and _ends_there(line, page, last) and (in_columns or not _has_text_beside(line, page)):
                yield _finding("PG-12", edition.audience, f"page {page.number}: {message}", line.text)
        before = page


def _has_text_beside(line: PrintedLine, page: Page) -> bool:
    """Whether there is text to the right of a line, as in a row of a table."""
    return any(other.left > line.right and abs(other.baseline - line.baseline) < 1 for other in page.lines)


def _line_continued(line: PrintedLine, page: Page, before: Page | None) -> PrintedLine | None:
    """For the first line of a page or column, the line before it, where that ends in the middle of a sentence."""
    if any(_is_above(other, line) for other in page.lines if other is not line):
        return None
    left = [other for other in page.lines if other.right < line.left and other.size_pt == line.size_pt]
    earlier = left or [other for other in (before.lines if before else ()) if other.size_pt == line.size_pt]
    last = min(earlier, key=lambda other: other.baseline, default=None)
    lower = last is not None and (not left or last.baseline < line.baseline - line.size_pt)
    return last if last and lower and last.text[-1:] not in ".:;!?)]" else None


def _ends_there(line: PrintedLine, page: Page, last: PrintedLine) -> bool:
    """Whether a paragraph ends with a line: nothing follows close below, or it is much shorter than the line before."""
    column = [other for other in page.lines if other.left < line.right and line.left - 1 <= other.left]
    followed = any(0 < line.baseline - other.baseline < _LEADING * line.size_pt for other in column)
    return not followed or (line.text[-1] in ".!?" and line.right - line.left < 0.9 * (last.right - last.left))


def _is_above(other: PrintedLine, line: PrintedLine) -> bool:
    """Whether a line is above another one in the same column; a hanging number belongs to the column."""
    hang = _HANG * line.size_pt
    return other.baseline > line.baseline + 1 and other.left >= line.left - hang and other.left < line.right


def _break_findings(page: Page, document: Document, audience: Audience) -> Iterator[Finding]:
    for before, line in pairwise(page.lines):
        end, start = before.text.rpartition(" ")[2], line.text.partition(" ")[0].rstrip(".,;:)")
        if _is_parted(end, start):
            yield _finding("PG-04", audience, f"page {page.number}: a number is parted from its unit", f"{end} {start}")
    titles = {heading.title for heading in document.outline if heading.page == page.number}
    for line in page.lines:
        if line.text in titles and line.runs[0].bold and not _followed(line, page):
            yield _finding("PG-05", audience, f"page {page.number}: a heading stands alone at the foot", line.text)


def _is_parted(end: str, start: str) -> bool:
    """Whether a number ends a line and its unit begins the next, or a line ends between "540 mg/" and "5 mL"."""
    if end.endswith("/"):
        return end[:-1].rpartition("/")[2] in _UNITS and start[:1].isalnum()
    return start in _UNITS and end.replace(",", "").replace(".", "").isdigit()


def _followed(heading: PrintedLine, page: Page) -> bool:
    """Whether there is text beside a heading, or below it in its column."""
    for line in page.lines:
        after = line.right < heading.left if heading.right_to_left else line.left > heading.right
        beside = abs(line.baseline - heading.baseline) < heading.size_pt and after
        below = line.baseline < heading.baseline - 1 and line.left < heading.right + 200 and line.right > heading.left
        if line is not heading and (beside or below):
            return True
    return False


# ------------------------------------------------------------------ places


def _position_findings(page: Page, audience: Audience, rects: tuple[Rect, ...]) -> Iterator[Finding]:
    sheet = Area(0, 0, page.width, page.height)
    label_areas = [Area(r.x, r.y, r.x + r.width, r.y + r.height) for r in rects if r.page == page.number - 1]
    for run in page.runs:
        if run.area.common(sheet) < 0.99 * run.area.width * run.area.height:
            yield _finding("PG-06", audience, f"page {page.number}: text outside the page", run.text.strip())
        elif _edge(run.area, sheet) < DEAD_ZONE_PT:
            message = f"page {page.number}: text {_edge(run.area, sheet) / 72 * 25.4:.1f} mm from the edge"
            yield _finding("PG-06", audience, message, run.text.strip(), Severity.WARNING)
        if any(run.area.common(area) > 1 for area in label_areas):
            yield _finding("PG-10", audience, f"page {page.number}: text in the space of the label", run.text.strip())
    for one, other in _overlaps(page.runs):
        words = f"{one.text.strip()} / {other.text.strip()}"
        yield _finding("PG-06", audience, f"page {page.number}: text over other text", words)


def _edge(area: Area, sheet: Area) -> float:
    return min(area.left, area.bottom, sheet.right - area.right, sheet.top - area.top)


def _overlaps(runs: tuple[PrintedRun, ...]) -> Iterator[tuple[PrintedRun, PrintedRun]]:
    """Pairs of runs of which one covers a fifth of the other, found from the bottom of the page upwards."""
    near: list[PrintedRun] = []
    for run in sorted(runs, key=lambda run: run.area.bottom):
        near = [other for other in near if other.area.top > run.area.bottom]
        for other in near:
            smaller = min(run.area.width * run.area.height, other.area.width * other.area.height)
            if run.area.common(other.area) > 0.2 * smaller and not (
                run.is_arabic_diacritic or other.is_arabic_diacritic
            ):
                yield other, run
        near.append(run)
