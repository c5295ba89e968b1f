"""Computes the style of an element with fewer calls.

Properties that no rule sets get their initial values all at once, and inherited values are taken from the parent
without being computed again.
"""

from typing import Any

from leaflets.typeset.engine import weasyprint

_css: Any = weasyprint.css
_properties: Any = weasyprint.css.properties
_original_missing = _css.ComputedStyle.__missing__
_original_anonymous_init = _css.AnonymousStyle.__init__
_check_math = weasyprint.css.functions.check_math
_INHERITED = frozenset(_properties.INHERITED)
_INITIAL = _properties.INITIAL_VALUES
_LINES = ("column_rule", "outline", *(f"border_{side}" for side in ("top", "right", "bottom", "left")))
_LINE_STYLE = {f"{line}_width": f"{line}_style" for line in _LINES}
"""For each width that is 0 where the style of its line is `none`, the property with that style."""


def _constants() -> dict[str, Any]:
    """The properties whose value depends on nothing else where no rule sets them, with that value."""
    dependent = {"page", "position", "float", "display", *_INHERITED, *_properties.INITIAL_NOT_COMPUTED}
    return {
        name: value
        for name, value in _INITIAL.items()
        if name not in dependent and not name.startswith("text_decoration_") and not _check_math(value)
    }


def _names_in_rules() -> dict[str, frozenset[str]]:
    """For each property the names by which a rule may set it: its own, and those that mean it in some direction."""
    logical = weasyprint.css.computed_values.PHYSICAL_FUNCTIONS
    names = {name: {name} for name in _INITIAL}
    for name, function in logical.items():
        names[name] |= {function(block="ttb", inline=direction) for direction in ("ltr", "rtl")}
    return {name: frozenset(in_rules) for name, in_rules in names.items()}


_CONSTANTS = _constants()
_ANONYMOUS = {**_CONSTANTS, "position": _INITIAL["position"], "float": _INITIAL["float"]}
_NAMES = _names_in_rules()
_SET_BY = {
    rule: tuple(name for name in _CONSTANTS if rule in _NAMES[name]) for rule in frozenset().union(*_NAMES.values())
}


def _missing(self: Any, key: str) -> Any:
    """The value of a property that is asked for the first time."""
    if "filled" not in self.__dict__:
        cascaded = self.cascaded
        if key == "anchor" and key not in cascaded:  # the only property that is asked of most pseudo-elements
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
    if key in _LINE_STYLE and self.cascaded.keys().isdisjoint(_NAMES[key]) and self[_LINE_STYLE[key]] == "none":
        self[key] = 0
        return 0
    return _original_missing(self, key)


def _fill(style: Any, cascaded: Any) -> None:
    """Set all constants that no rule sets; what has been computed before stays."""
    computed = dict(style)
    style.update(_CONSTANTS)
    for name in cascaded:
        for constant in _SET_BY.get(name, ()):
            style.pop(constant, None)
    style.update(computed)


def _anonymous_init(self: Any, parent_style: Any) -> None:
    """Fill in the style of a box that belongs to no element."""
    self.update(_ANONYMOUS)
    _original_anonymous_init(self, parent_style)


REPLACEMENTS = (
    (_css.ComputedStyle, "__missing__", _missing),
    (_css.AnonymousStyle, "__init__", _anonymous_init),
)
