"""Checks that nothing is lost between markup and paper: the letters of each element can be seen on some page."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from leaflets.errors import RenderError
from leaflets.typeset.engine import internal

_BOXES = internal("formatting_structure.boxes")
_LONGEST_QUOTE = 60
_REMEDY = (
    "Mend the project's own styles where they hide it or let the paper show through it. If there are none, this is a "
    "fault of the renderer: make that section shorter or longer, and report it."
)
_UNPRINTED = frozenset({"svg", "script", "style", "template", "title", "link", "meta"})


def check_no_words_lost(document: Any) -> None:
    """Compare the letters of every element of the markup with those set on the pages.

    WeasyPrint can drop a block without a warning where a page ends within columns, with all that follows it, and a
    theme may hide anything.

    Raises:
        RenderError: letters of an element are on no page, or those of the footer not on every page.
    """
    printed = _printed_letters(document)
    body = _root(document).find("body")
    _check_footers(document, body)
    for element in _printed_elements(body):
        words = " ".join(" ".join(_own_text(element)).split())
        if _letters(words) > printed[element]:
            raise _lost(words)


def _check_footers(document: Any, body: Any) -> None:
    """Check that the imprint (version, review, content id) can be read in the margins of every page."""
    imprint = next((element for element in body if element.get("class") == "imprint"), None)
    if imprint is None:
        return
    words = " ".join(imprint.get(side, "") for side in ("data-left", "data-right"))
    for page in document.pages:
        margins = (box for box in page._page_box.children if isinstance(box, _BOXES.MarginBox))
        if sum(_letters(box.text) for margin in margins for box in _visible_text(margin)) < _letters(words):
            raise _lost(words)


def _lost(words: str) -> RenderError:
    quote = words if len(words) <= _LONGEST_QUOTE else f"{words[:_LONGEST_QUOTE]}…"
    return RenderError(f"Words are lost on the way to the paper: “{quote}”.", _REMEDY)


def _root(document: Any) -> Any:
    boxes = document.pages[0]._page_box.descendants()
    return next(box.element for box in boxes if box.element is not None and box.element.tag == "html")


def _printed_elements(element: Any) -> Iterator[Any]:
    """Yield an element and those within it, but no drawings and nothing that is never printed."""
    if not isinstance(element.tag, str) or element.tag.rpartition("}")[2] in _UNPRINTED:
        return
    yield element
    for child in element:
        yield from _printed_elements(child)


def _printed_letters(document: Any) -> Counter[Any]:
    letters: Counter[Any] = Counter()
    for page in document.pages:
        for box in _visible_text(page._page_box):
            letters[box.element] += _letters(box.text)
    return letters


def _visible_text(outer: Any) -> Iterator[Any]:
    """Yield the text boxes within a box that are visible and opaque."""
    boxes = list(outer.descendants(placeholders=True))
    see_through = {
        id(inner) for box in boxes if box.style["opacity"] < 1 for inner in box.descendants(placeholders=True)
    }
    for box in boxes:
        is_visible = (
            box.style["visibility"] == "visible" and box.style["color"].alpha == 1 and id(box) not in see_through
        )
        if is_visible and isinstance(box, _BOXES.TextBox):
            yield box


def _own_text(element: Any) -> Iterator[str]:
    """The text of an element outside the elements within it."""
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def _letters(text: str) -> int:
    return len("".join(text.split()))
