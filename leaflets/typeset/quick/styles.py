"""The style of an element: what no rule touches is filled in at one stroke, what is inherited looked up once."""

from typing import Any

from leaflets.typeset.engine import weasyprint

_css: Any = weasyprint.css
_properties: Any = weasyprint.css.properties
_usual = _css.ComputedStyle.__missing__
_check_math = weasyprint.css.functions.check_math
_INHERITED = frozenset(_properties.INHERITED)
_INITIAL = _properties.INITIAL_VALUES
_LINES = {"column_rule", "outline", *(f"border_{side}" for side in ("top", "right", "bottom", "left"))}
"""What has a style and a width, which is 0 where the style is none."""


def _plain() -> dict[str, Any]:
    """The properties whose value depends on nothing where no rule names them, with that value."""
    peculiar = {"page", "position", "float", "display", *_INHERITED, *_properties.INITIAL_NOT_COMPUTED}
    found = {
        name: value
        for name, value in _INITIAL.items()
        if name not in peculiar and not name.startswith("text_decoration_") and not _check_math(value)
    }
    widths = {f"{line}_width": 0 for line in _LINES if found[f"{line}_style"] == "none"}
    return {**found, **widths}


def _touched() -> dict[str, tuple[str, ...]]:
    """For each property the plain ones that can change with it: itself, its width, what it stands for on the page."""
    touched: dict[str, set[str]] = {name: {name} for name in _INITIAL}
    for name, logical in weasyprint.css.computed_values.PHYSICAL_FUNCTIONS.items():
        for direction in ("ltr", "rtl"):
            touched.setdefault(logical(block="ttb", inline=direction), set()).add(name)
    for names in touched.values():
        names |= {f"{name[:-5]}width" for name in names if name.endswith("_style") and name[:-6] in _LINES}
    return {name: tuple(sorted(names & _PLAIN.keys())) for name, names in touched.items()}


_PLAIN = _plain()
_ANONYMOUS = {**_PLAIN, "position": _INITIAL["position"], "float": _INITIAL["float"]}
_TOUCHED = _touched()


def _missing(self: Any, key: str) -> Any:
    """A property that is asked for the first time."""
    if "filled" not in self.__dict__:
        cascaded = self.cascaded
        if key == "anchor" and key not in cascaded:  # all that is ever asked of most pseudo-elements
            return _INITIAL[key]
        self.filled = True
        _fill(self, cascaded)
        if key in self:
            return self[key]
    if key in _INHERITED and key not in self.cascaded and self.parent_style is not None:
        value = self.parent_style[key]
        if not (_check_math(value) if type(value) is tuple else getattr(value, "type", None) == "function"):
            self[key] = value
            return value
    return _usual(self, key)


def _fill(style: Any, cascaded: Any) -> None:
    known = dict(style)
    style.update(_PLAIN)
    for name in cascaded:
        for touched in _TOUCHED.get(name, ()):
            style.pop(touched, None)
    style.update(known)


_usual_anonymous = _css.AnonymousStyle.__init__


def _anonymous(self: Any, parent_style: Any) -> None:
    """The style of a box that stands for no element."""
    self.update(_ANONYMOUS)
    _usual_anonymous(self, parent_style)


STEPS = ((_css.ComputedStyle, "__missing__", _missing), (_css.AnonymousStyle, "__init__", _anonymous))
