"""Modules of other people's libraries that are loaded when something in them is wanted, not when they are named."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any


class Deferred(ModuleType):
    """Stands for a module until something in it is wanted."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


@contextlib.contextmanager
def deferred(*modules: ModuleType) -> Iterator[None]:
    """While this lasts, each of these stands in the place of the module of its name, unless that is loaded already."""
    standing = {module.__name__: module for module in modules if module.__name__ not in sys.modules}
    sys.modules.update(standing)
    try:
        yield
    finally:
        for name in standing:
            del sys.modules[name]
