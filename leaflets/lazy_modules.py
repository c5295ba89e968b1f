"""Modules of libraries that are loaded when an attribute of them is first used, not when they are imported."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any


class Deferred(ModuleType):
    """A placeholder that imports its module when an attribute is first read."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


@contextlib.contextmanager
def deferred(*modules: ModuleType) -> Iterator[None]:
    """Puts each placeholder into `sys.modules` for the duration of the block, unless its module is loaded already."""
    placeholders = {module.__name__: module for module in modules if module.__name__ not in sys.modules}
    sys.modules.update(placeholders)
    try:
        yield
    finally:
        for name in placeholders:
            del sys.modules[name]
