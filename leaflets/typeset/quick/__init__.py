"""WeasyPrint's innermost steps in fewer steps of Python, with the same bytes; a test holds the two ways side by side.

Each step here does the usual case itself and leaves every other to the renderer's own. They fit one release of it
alone: beside any other they stay out, and pages are set as they always were.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from leaflets.typeset.engine import weasyprint
from leaflets.typeset.quick import boxes, imports, ink, lines, notes, styles

FITS = "70.0"
"""The release of WeasyPrint whose steps are known."""

_Step = tuple[Any, str, Callable[..., Any]]
_QUICK: tuple[_Step, ...] = (*styles.STEPS, *boxes.STEPS, *lines.STEPS, *ink.STEPS, *notes.STEPS)
_USUAL: tuple[_Step, ...] = tuple((owner, name, vars(owner)[name]) for owner, name, _ in _QUICK)


def put_in() -> None:
    """Puts the quick steps in the places of the renderer's own, where they fit its release."""
    if weasyprint.VERSION == FITS:
        imports.make_quick()
        _exchange(_USUAL, _QUICK)


@contextlib.contextmanager
def left_out() -> Iterator[None]:
    """Within it pages are set by the renderer's own steps."""
    _exchange(_QUICK, _USUAL)
    try:
        yield
    finally:
        put_in()


def _exchange(old: tuple[_Step, ...], new: tuple[_Step, ...]) -> None:
    """In their classes, or in every module of the renderer that knows the function."""
    exchanged = {id(before): after for (_, _, before), (_, _, after) in zip(old, new, strict=True)}
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "weasyprint"]
    for place in (*modules, *{owner for owner, _, _ in new if isinstance(owner, type)}):
        for name, value in list(vars(place).items()):
            if id(value) in exchanged:
                setattr(place, name, exchanged[id(value)])
