"""Where a rule stands that the renderer did not understand: in its stylesheet, or where a property it uses is set."""

from __future__ import annotations

from collections.abc import Mapping

from leaflets.project.theme_properties import declared, used


def origin(rule: str, line: int, column: int, sheets: Mapping[str, str]) -> str:
    """The place of a rule as "styles/theme.css:3": where its value is set, if that is a custom property.

    `rule` is its property's name, `line` and `column` where the renderer saw it in one of the sheets, which are in the
    order of the cascade. Empty where no sheet has it there.
    """
    for name, css in reversed(list(sheets.items())):
        lines = css.split("\n")
        text = lines[line - 1] if line <= len(lines) else ""
        start = text.rfind(rule, 0, column - 1 + len(rule))  # the renderer names the place of the rule or of its value
        if start >= 0:
            return _value_place(text[start:].partition(";")[0], sheets) or f"styles/{name}:{line}"
    return ""


def _value_place(declaration: str, sheets: Mapping[str, str]) -> str:
    """Where the custom properties of a declaration were set last; empty where it has none or none is set."""
    asked = used(declaration)
    for name, css in reversed(list(sheets.items())):
        for custom, line in reversed(declared(css)):
            if custom in asked:
                return f"styles/{name}:{line}"
    return ""
