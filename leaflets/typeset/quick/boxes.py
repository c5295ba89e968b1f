"""Boxes and the widths and heights on their sides."""

from collections.abc import Iterator
from typing import Any

from leaflets.typeset.engine import weasyprint

_Box: Any = weasyprint.formatting_structure.boxes.Box
_percent: Any = weasyprint.layout.percent
_usual_one = _percent.resolve_one_percentage
_usual_flow = _Box.is_in_normal_flow
_usual_context = _Box.establishes_formatting_context


def _one(box: Any, name: str, refer_to: Any) -> None:
    """Sets a used length; nearly all are pixels, "auto" or none."""
    value = box.style[name]
    if type(value) is _Dimension and value[1] == "px":
        setattr(box, name, value[0])
    else:
        _usual_one(box, name, refer_to)


_Dimension = weasyprint.css.properties.Dimension


def _in_flow(self: Any) -> bool:
    style = self.style
    if style["float"] == "none" and style["position"] in _PLAIN_POSITIONS:
        return True
    return bool(_usual_flow(self))


_PLAIN_POSITIONS = frozenset({"static", "relative"})


def _descendants(self: Any, placeholders: bool = False) -> Iterator[Any]:
    """A box and all within it, each before its children."""
    yield self
    ahead = [iter(self.children)]
    while ahead:
        for child in ahead[-1]:
            if isinstance(child, _Box):
                yield child
                ahead.append(iter(child.children))
                break
            if placeholders:
                yield from child.descendants(placeholders)
            else:
                yield child
        else:
            ahead.pop()


STEPS = (
    (_percent, "resolve_one_percentage", _one),
    (_Box, "is_in_normal_flow", _in_flow),
    (_Box, "descendants", _descendants),
)
