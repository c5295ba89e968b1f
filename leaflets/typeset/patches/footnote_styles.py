"""Leaves out the rules of WeasyPrint's own stylesheet for footnotes on pages that have none.

Those rules give each element five pseudo-elements, whose styles are worked out and used by nothing.
"""

import copy
from typing import Any

from leaflets.typeset.engine import weasyprint

_PSEUDO_ELEMENTS = frozenset({"footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"})
_original_ua_stylesheets = weasyprint.HTML._ua_stylesheets


def _without_footnotes(sheet: Any) -> Any:
    reduced = copy.copy(sheet)
    reduced.matcher = copy.copy(sheet.matcher)
    reduced.matcher.other_selectors = [
        selector for selector in sheet.matcher.other_selectors if selector[3] not in _PSEUDO_ELEMENTS
    ]
    return reduced


_REDUCED = {id(sheet): _without_footnotes(sheet) for sheet in (weasyprint.html.UA_STYLESHEET,)}


def _ua_stylesheets(self: Any, forms: bool = False) -> Any:
    """WeasyPrint's own stylesheets; `without_footnotes` is set by `typeset` on the pages that have none."""
    sheets = _original_ua_stylesheets(self, forms)
    if not getattr(self, "without_footnotes", False):
        return sheets
    return [_REDUCED.get(id(sheet), sheet) for sheet in sheets]


REPLACEMENTS = ((weasyprint.HTML, "_ua_stylesheets", _ua_stylesheets),)
