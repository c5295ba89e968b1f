"""WeasyPrint's innermost steps in fewer steps of Python, with the same bytes; tests hold the two ways side by side.

Each step here does the usual case itself and leaves every other to the renderer's own. They fit one release of it
alone: beside any other they stay out, and pages are set as they always were.
"""

import contextlib
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from leaflets.typeset.engine import weasyprint
from leaflets.typeset.quick import boxes, imports, ink, lines, lookup, styles

FITS = "70.0"
"""The release of WeasyPrint whose steps are known."""

_STEPS = (*styles.STEPS, *boxes.STEPS, *lines.STEPS, *ink.STEPS, *lookup.STEPS)


def put_in() -> None:
    """Puts the quick steps in the places of the renderer's own, where they fit its release."""
    if weasyprint.VERSION == FITS:
        imports.make_quick()
        for owner, name, quick in _STEPS:
            _replace(owner, name, quick)


@contextlib.contextmanager
def left_out() -> Iterator[None]:
    """Within it pages are set by the renderer's own steps alone."""
    replaced = [(owner, name, quick, vars(owner)[name]) for owner, name, quick in _STEPS]
    raise NotImplementedError(replaced)


def _replace(owner: Any, name: str, quick: FunctionType) -> None:
    """In a class, or in a module and in every module that has taken the function from there."""
    usual = vars(owner)[name]
    places = [owner] if isinstance(owner, type) else [m for n, m in sys.modules.items() if n.startswith("weasyprint")]
    for place in places:
        for known, value in list(vars(place).items()):
            if value is usual:
                setattr(place, known, quick)
