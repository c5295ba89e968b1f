"""How deep a JSON text from outside nests, looked at before it is read."""

from __future__ import annotations

import re

MAX_DEPTH = 100
"""Arrays and objects within one another; no file of ours, and no resource of FHIR, has a third of it."""

_NO_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[^\[\]{}"]+', re.DOTALL)


def require_shallow(text: str) -> None:
    """Raises ValueError where arrays and objects are nested deeper than MAX_DEPTH.

    Python's own reader ends the whole process on some of these texts, where little is left of the stack (3.13).
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    brackets = _NO_BRACKETS.sub("", text)
    for _ in range(MAX_DEPTH):  # each time without the innermost pairs
        fewer = brackets.replace("[]", "").replace("{}", "")
        if len(fewer) == len(brackets):
            break
        brackets = fewer
    if len(brackets) > MAX_DEPTH or "[]" in brackets or "{}" in brackets:
        raise ValueError("it nests too deep")
