"""Replaces the innermost functions of WeasyPrint by faster ones that give the same bytes.

Each patch does the usual case itself and calls the function it replaces for every other. A patch fits one release of
WeasyPrint and is neither loaded nor applied beside another, where pages are set by WeasyPrint alone. The variable
LEAFLET_PATCHES=off leaves all of them out. What each one gains: docs/renderer.md.
"""

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from leaflets.typeset.engine import weasyprint

SWITCH = "LEAFLET_PATCHES"
"""The environment variable that leaves all patches out where it is `off`."""


class Patch(NamedTuple):
    """A module of this package, which lists in `REPLACEMENTS` what it replaces, and the release that it fits."""

    module: str
    release: str


PATCHES = (
    Patch("computed_styles", "70.0"),
    Patch("box_lengths", "70.0"),
    Patch("text_layout", "70.0"),
    Patch("text_drawing", "70.0"),
    Patch("footnote_styles", "70.0"),
)


class _Place(NamedTuple):
    """A class or module attribute that holds a function which a patch replaces."""

    patch: str
    owner: Any
    name: str
    original: Callable[..., Any]
    replacement: Callable[..., Any]


_applied: list[_Place] = []


def apply() -> None:
    """Apply the patches that fit the installed release, unless they are switched off or applied already."""
    if _applied or os.environ.get(SWITCH) == "off":
        return
    for patch in PATCHES:
        if patch.release == weasyprint.VERSION:
            _applied.extend(_places(patch.module))
    _set_replacements(_applied)


@contextlib.contextmanager
def left_out(*modules: str) -> Iterator[None]:
    """Within it, WeasyPrint's own functions are used in the place of these patches, or of all if none is named."""
    places = [place for place in _applied if not modules or place.patch in modules]
    for place in reversed(places):
        setattr(place.owner, place.name, place.original)
    try:
        yield
    finally:
        _set_replacements(places)


def _set_replacements(places: Sequence[_Place]) -> None:
    for place in places:
        setattr(place.owner, place.name, place.replacement)


def _places(module: str) -> Iterator[_Place]:
    """What a patch replaces, in its order: methods in their class, functions in every module that has imported them."""
    renderer = [each for name, each in sys.modules.items() if name.partition(".")[0] == "weasyprint"]
    for owner, name, replacement in importlib.import_module(f"{__name__}.{module}").REPLACEMENTS:
        original = vars(owner)[name]
        for each in [owner] if isinstance(owner, type) else renderer:
            for attribute in [key for key, value in vars(each).items() if value is original]:
                yield _Place(module, each, attribute, original, replacement)
