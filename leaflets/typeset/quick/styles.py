"""The style of an element: what no rule touches is filled in at one stroke, what is inherited looked up once."""

from typing import Any

from leaflets.typeset.engine import weasyprint

_css: Any = weasyprint.css
_properties: Any = weasyprint.css.properties
_usual = _css.ComputedStyle.__missing__
_check_math = weasyprint.css.functions.check_math
_INHERITED = frozenset(_properties.INHERITED)
_INITIAL = _properties.INITIAL_VALUES
_LINES = ("column_rule", "outline", *(f"border_{side}" for side in ("top", "right", "bottom", "left")))
_STYLE_OF = {f"{line}_width": f"{line}_style" for line in _LINES}
"""What is 0 wide where its style is none, and that style."""


def _plain() -> dict[str, Any]:
    """The properties whose value depends on nothing where no rule names them, with that value."""
    peculiar = {"page", "position", "float", "display", *_INHERITED, *_properties.INITIAL_NOT_COMPUTED}
    return {
        name: value
        for name, value in _INITIAL.items()
        if name not in peculiar and not name.startswith("text_decoration_") and not _check_math(value)
    }


def _named() -> dict[str, frozenset[str]]:
    """For each property the names under which a rule may set it: its own, and those that depend on the direction."""
    logical = weasyprint.css.computed_values.PHYSICAL_FUNCTIONS
    names = {name: {name} for name in _INITIAL}
    for name, function in logical.items():
        names[name] |= {function(block="ttb", inline=direction) for direction in ("ltr", "rtl")}
    return {name: frozenset(found) for name, found in names.items()}


_PLAIN = _plain()
_ANONYMOUS = {**_PLAIN, "position": _INITIAL["position"], "float": _INITIAL["float"]}
_NAMED = _named()
_TOUCHED = {
    rule: tuple(name for name in _PLAIN if rule in _NAMED[name]) for rule in frozenset().union(*_NAMED.values())
}


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
    if key in _STYLE_OF and self.cascaded.keys().isdisjoint(_NAMED[key]) and self[_STYLE_OF[key]] == "none":
        self[key] = 0
        return 0
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
