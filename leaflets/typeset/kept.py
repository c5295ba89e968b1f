"""Nothing is lost between the markup and the paper: each element's letters stand on some page."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from leaflets.errors import RenderError
from leaflets.typeset.engine import weasyprint

_LONGEST_QUOTE = 60
_UNPRINTED = frozenset({"svg", "script", "style", "template", "title", "link", "meta"})


def check_kept(document: Any) -> None:
    """Compare the letters of every element of the markup with those set on the pages.

    The renderer has dropped a block where a page ended in a set of columns, with all that followed, and said nothing.

    Raises:
        RenderError: letters of an element are on no page.
    """
    on_paper = _on_paper(document)
    for element in _printable(_root(document).find("body")):
        words = " ".join(" ".join(_own(element)).split())
        if _letters(words) > on_paper[element]:
            quote = words if len(words) <= _LONGEST_QUOTE else f"{words[:_LONGEST_QUOTE]}…"
            raise RenderError(
                f"Words are lost on the way to the paper: “{quote}”.",
                "This is a fault of the renderer: make that section shorter or longer, and report it.",
            )


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
        for box in page._page_box.descendants(placeholders=True):
            if isinstance(box, weasyprint.formatting_structure.boxes.TextBox):
                counted[box.element] += _letters(box.text)
    return counted


def _own(element: Any) -> Iterator[str]:
    """The text of an element outside the elements within it."""
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def _letters(text: str) -> int:
    return len("".join(text.split()))
