"""Boxes and the widths and heights on their sides."""

from collections.abc import Iterator
from math import inf
from typing import Any

from leaflets.typeset.engine import weasyprint

_Box: Any = weasyprint.formatting_structure.boxes.Box
_percent: Any = weasyprint.layout.percent
_PageBox: Any = weasyprint.formatting_structure.boxes.PageBox
_usual_all = _percent.resolve_percentages
_usual_one = _percent.resolve_one_percentage
_usual_flow = _Box.is_in_normal_flow


def _one(box: Any, name: str, refer_to: Any) -> None:
    """Sets a used length; nearly all are pixels."""
    value = box.style[name]
    if type(value) is _Dimension and value[1] == "px":
        setattr(box, name, value[0])
    else:
        _usual_one(box, name, refer_to)


def _all(box: Any, containing_block: Any) -> None:
    """Sets all used lengths of a box that is no page and no stand-in for one."""
    if not isinstance(box, _Box) or isinstance(box, _PageBox):
        _usual_all(box, containing_block)
        return
    if isinstance(containing_block, _Box):
        width, height = containing_block.width, containing_block.height
    else:
        width, height = containing_block
    style, used = box.style, vars(box)
    for name in _ALONG_WIDTH:
        value = style[name]
        if type(value) is _Dimension and value[1] == "px":
            used[name] = value[0]
        else:
            _usual_one(box, name, width)
    _heights(box, height)
    collapsed = style["border_collapse"] == "collapse"
    for name in _BORDERS:
        if not (collapsed and hasattr(box, name)):  # those of a collapsed table are resolved elsewhere
            used[name] = style[name]
    if style["box_sizing"] != "content-box":
        _percent.adjust_box_sizing(box, "width")
        _percent.adjust_box_sizing(box, "height")


def _heights(box: Any, refer_to: Any) -> None:
    if refer_to != "auto":
        for name in ("height", "min_height", "max_height"):
            _one(box, name, refer_to)
        return
    height = box.style["height"]
    fixed = type(height) is _Dimension and height[1] != "%"
    box.height = height[0] if fixed else "auto"
    _one(box, "min_height", 0)
    _one(box, "max_height", inf)


_ALONG_WIDTH = (
    "margin_left", "margin_right", "margin_top", "margin_bottom", "padding_left", "padding_right", "padding_top",
    "padding_bottom", "width", "min_width", "max_width",
)  # fmt: skip
_BORDERS = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
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
    (_percent, "resolve_percentages", _all),
    (_percent, "resolve_one_percentage", _one),
    (_Box, "is_in_normal_flow", _in_flow),
    (_Box, "descendants", _descendants),
)
