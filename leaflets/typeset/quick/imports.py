"""Imports within the renderer's functions, thousands a page, without a call of Python for each."""

import sys
from importlib.machinery import ModuleSpec


class _Known(ModuleSpec):
    """A specification that holds the name of its package, which is worked out anew at each import otherwise."""

    parent = ""


def make_quick() -> None:
    """For all modules of the renderer that are loaded."""
    for name, module in list(sys.modules.items()):
        spec = module.__spec__ if name.startswith("weasyprint") else None
        if type(spec) is ModuleSpec:
            parent = spec.parent or ""
            spec.__class__ = _Known
            vars(spec)["parent"] = parent
