"""Measures laid-out pages: named rectangles, how full each page is, and the lines of each section."""

from collections.abc import Iterator
from typing import Any

from leaflets.model.page import Rect, SectionLines
from leaflets.typeset.engine import internal

POINTS_PER_PIXEL = 0.75  # CSS counts 96 pixels to the inch
_ONE_LINE_PX = 6.0
"""Boxes closer than this share a line: the cells of a row, or a heading and the text it hangs beside."""
_PAGE_BREAKS = frozenset({"page", "left", "right", "recto", "verso"})
_HEADINGS = ("h2", "h3")
_Line: Any = internal("formatting_structure.boxes.LineBox")


def fill(page: Any) -> float:
    """How far down its text area the last line of a page ends: 0 at the top, 1 at the foot."""
    area = page._page_box
    text = area.children[0]  # the others are the margin boxes and the footnotes
    ends = [box.position_y + box.height for box in text.descendants() if isinstance(box, _Line)]
    last_end = max(ends, default=area.content_box_y()) - area.content_box_y()
    return round(float(min(max(last_end / area.height, 0.0), 1.0)), 3)


def rects(document: Any) -> Iterator[Rect]:
    """The rectangles of the elements that are named by `data-rect`."""
    for number, page in enumerate(document.pages):
        seen = set()
        for box in page._page_box.descendants():
            name = box.element.get("data-rect") if box.element is not None else None
            if name and box.element not in seen:  # the first box is the outermost; its lines bear the same element
                seen.add(box.element)
                yield _rect(name, number, page.height, box)


def _rect(name: str, page: int, page_height: float, box: Any) -> Rect:
    left, top, width, height = box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height()
    points = (round(pixels * POINTS_PER_PIXEL, 3) for pixels in (left, page_height - top - height, width, height))
    return Rect(name, page, *points)


def stretches(document: Any) -> Iterator[SectionLines]:
    """Every section on every page it reaches, in reading order, with its lines there."""
    part, page_starters = 0, set[Any]()
    for number, page in enumerate(document.pages):
        text = page._page_box.children[0]
        for element in _page_starters(text):
            part += number > 0 and element not in page_starters
            page_starters.add(element)
        heights: dict[str, list[float]] = {}
        for title, line in _lines(text, ""):
            heights.setdefault(title, []).append(line.position_y)
        yield from (SectionLines(title, number, _count(tops), part) for title, tops in heights.items())


def _page_starters(text: Any) -> Iterator[Any]:
    """The elements on a page that the styles say begin a page."""
    for box in text.descendants():
        if box.element is not None and box.style["break_before"] in _PAGE_BREAKS:
            yield box.element


def _lines(box: Any, title: str) -> Iterator[tuple[str, Any]]:
    """The lines within a box, each with the title of the innermost section around it."""
    if isinstance(box, _Line):
        yield title, box
        return
    title = _title(box.element) or title if box.element is not None and box.element.tag == "section" else title
    for child in getattr(box, "children", ()):
        yield from _lines(child, title)


def _title(section: Any) -> str:
    heading = next((child for name in _HEADINGS if (child := section.find(name)) is not None), None)
    return " ".join("".join(heading.itertext()).split()) if heading is not None else ""


def _count(tops: list[float]) -> int:
    """How many lines boxes at these heights make."""
    lines, last = 0, float("-inf")
    for top in sorted(tops):
        if top - last > _ONE_LINE_PX:
            lines, last = lines + 1, top
    return lines
