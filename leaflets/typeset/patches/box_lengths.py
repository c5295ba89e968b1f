"""Resolves the lengths of boxes, and walks through boxes, with fewer calls: nearly all lengths are pixels."""

from collections.abc import Iterator
from math import inf
from typing import Any

from leaflets.typeset.engine import weasyprint

_Box: Any = weasyprint.formatting_structure.boxes.Box
_percent: Any = weasyprint.layout.percent
_PageBox: Any = weasyprint.formatting_structure.boxes.PageBox
_original_resolve_percentages = _percent.resolve_percentages
_original_resolve_one_percentage = _percent.resolve_one_percentage
_original_is_in_normal_flow = _Box.is_in_normal_flow


def _resolve_one_percentage(box: Any, name: str, refer_to: Any) -> None:
    """Set one used length."""
    value = box.style[name]
    if type(value) is _Dimension and value[1] == "px":
        setattr(box, name, value[0])
    else:
        _original_resolve_one_percentage(box, name, refer_to)


def _resolve_percentages(box: Any, containing_block: Any) -> None:
    """Set all used lengths of a box; pages and stand-ins for boxes are left to WeasyPrint."""
    if not isinstance(box, _Box) or isinstance(box, _PageBox):
        _original_resolve_percentages(box, containing_block)
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
            _original_resolve_one_percentage(box, name, width)
    _resolve_heights(box, height)
    collapsed = style["border_collapse"] == "collapse"
    for name in _BORDERS:
        if not (collapsed and hasattr(box, name)):  # those of a collapsed table are resolved elsewhere
            used[name] = style[name]
    if style["box_sizing"] != "content-box":
        _percent.adjust_box_sizing(box, "width")
        _percent.adjust_box_sizing(box, "height")


def _resolve_heights(box: Any, refer_to: Any) -> None:
    """Set the used heights; percentages of an automatic height are `auto` (CSS 2.2, 10.5)."""
    if refer_to != "auto":
        for name in ("height", "min_height", "max_height"):
            _resolve_one_percentage(box, name, refer_to)
        return
    height = box.style["height"]
    fixed = type(height) is _Dimension and height[1] != "%"
    box.height = height[0] if fixed else "auto"
    _resolve_one_percentage(box, "min_height", 0)
    _resolve_one_percentage(box, "max_height", inf)


_ALONG_WIDTH = (
    "margin_left", "margin_right", "margin_top", "margin_bottom", "padding_left", "padding_right", "padding_top",
    "padding_bottom", "width", "min_width", "max_width",
)  # fmt: skip
_BORDERS = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
_Dimension = weasyprint.css.properties.Dimension


def _is_in_normal_flow(self: Any) -> bool:
    """Whether a box is neither floated nor positioned out of the flow."""
    style = self.style
    if style["float"] == "none" and style["position"] in _POSITIONS_IN_FLOW:
        return True
    return bool(_original_is_in_normal_flow(self))


_POSITIONS_IN_FLOW = frozenset({"static", "relative"})


def _descendants(self: Any, placeholders: bool = False) -> Iterator[Any]:
    """Yield a box and all within it, each before its children, without one generator inside another."""
    yield self
    open_levels = [iter(self.children)]
    while open_levels:
        for child in open_levels[-1]:
            if isinstance(child, _Box):
                yield child
                open_levels.append(iter(child.children))
                break
            if placeholders:
                yield from child.descendants(placeholders)
            else:
                yield child
        else:
            open_levels.pop()


REPLACEMENTS = (
    (_percent, "resolve_percentages", _resolve_percentages),
    (_percent, "resolve_one_percentage", _resolve_one_percentage),
    (_Box, "is_in_normal_flow", _is_in_normal_flow),
    (_Box, "descendants", _descendants),
)
