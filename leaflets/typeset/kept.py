"""Nothing is lost between the markup and the paper: each element's letters can be seen on some page."""

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


def check_kept(document: Any) -> None:
    """Compare the letters of every element of the markup with those set on the pages.

    The renderer has dropped a block where a page ended in a set of columns, with all that followed, and said nothing;
    and a theme may hide what it likes.

    Raises:
        RenderError: letters of an element are on no page, or those of the footer not on every page.
    """
    on_paper = _on_paper(document)
    body = _root(document).find("body")
    _check_footers(document, body)
    for element in _printable(body):
        words = " ".join(" ".join(_own(element)).split())
        if _letters(words) > on_paper[element]:
            raise _lost(words)


def _check_footers(document: Any, body: Any) -> None:
    """The words of the imprint in the margins of every page: version, review and id may not be hidden."""
    imprint = next((element for element in body if element.get("class") == "imprint"), None)
    if imprint is None:
        return
    words = " ".join(imprint.get(side, "") for side in ("data-left", "data-right"))
    for page in document.pages:
        margins = (box for box in page._page_box.children if isinstance(box, _BOXES.MarginBox))
        if sum(_letters(box.text) for margin in margins for box in _seen(margin)) < _letters(words):
            raise _lost(words)


def _lost(words: str) -> RenderError:
    quote = words if len(words) <= _LONGEST_QUOTE else f"{words[:_LONGEST_QUOTE]}…"
    return RenderError(f"Words are lost on the way to the paper: “{quote}”.", _REMEDY)


def _root(document: Any) -> Any:
    boxes = document.pages[0]._page_box.descendants()
    return next(box.element for box in boxes if box.element is not None and box.element.tag == "html")


def _printable(element: Any) -> Iterator[Any]:
    """An element and those within it, without drawings and what no page shows."""
    if not isinstance(element.tag, str) or element.tag.rpartition("}")[2] in _UNPRINTED:
        return
    yield element
    for child in element:
        yield from _printable(child)


def _on_paper(document: Any) -> Counter[Any]:
    counted: Counter[Any] = Counter()
    for page in document.pages:
        for box in _seen(page._page_box):
            counted[box.element] += _letters(box.text)
    return counted


def _seen(outer: Any) -> Iterator[Any]:
    """The boxes of text within a box that can be seen: not hidden, and nothing shows through them."""
    boxes = list(outer.descendants(placeholders=True))
    pale = {id(inner) for box in boxes if box.style["opacity"] < 1 for inner in box.descendants(placeholders=True)}
    for box in boxes:
        shown = box.style["visibility"] == "visible" and box.style["color"].alpha == 1 and id(box) not in pale
        if shown and isinstance(box, _BOXES.TextBox):
            yield box


def _own(element: Any) -> Iterator[str]:
    """The text of an element outside the elements within it."""
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def _letters(text: str) -> int:
    return len("".join(text.split()))
