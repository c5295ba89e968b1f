"""Pages without footnotes: the renderer makes five styles ready for notes to every element, which nobody asks for."""

import copy
import re
from typing import Any

from leaflets.typeset.engine import weasyprint

_NOTES = re.compile("footnote|note\\(", re.IGNORECASE)
_CALLS = frozenset({"footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"})
_usual = weasyprint.HTML._ua_stylesheets


def speaks_of_notes(text: str) -> bool:
    """Whether a stylesheet or a page may ask for a footnote."""
    return _NOTES.search(text) is not None


def _without_notes(sheet: Any) -> Any:
    spare = copy.copy(sheet)
    spare.matcher = copy.copy(sheet.matcher)
    spare.matcher.other_selectors = [
        selector for selector in sheet.matcher.other_selectors if selector[3] not in _CALLS
    ]
    return spare


_SPARE = {id(sheet): _without_notes(sheet) for sheet in (weasyprint.html.UA_STYLESHEET,)}


def _user_agent(self: Any, forms: bool = False) -> Any:
    """The renderer's own stylesheets; a page says itself that it is without notes."""
    sheets = _usual(self, forms)
    return [_SPARE.get(id(sheet), sheet) for sheet in sheets] if getattr(self, "without_notes", False) else sheets


STEPS = ((weasyprint.HTML, "_ua_stylesheets", _user_agent),)
