"""Whether a page or a stylesheet may ask for a footnote, by its text."""

import re

_FOOTNOTE = re.compile("footnote|note\\(", re.IGNORECASE)


def may_use_footnotes(text: str) -> bool:
    """Whether a stylesheet or a page may ask for a footnote; True also where the word only stands in the text."""
    return _FOOTNOTE.search(text) is not None
