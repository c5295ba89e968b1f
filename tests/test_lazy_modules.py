"""Modules that are loaded when something in them is wanted: nobody else who imports them sees the difference."""

import importlib
import sys

import pytest

from leaflets.lazy_modules import Deferred, deferred

NAME = "colorsys"


def test_a_placeholder_stands_for_its_module_within_the_block_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    placeholder = Deferred(NAME)
    with deferred(placeholder):
        assert importlib.import_module(NAME) is placeholder
    module = importlib.import_module(NAME)
    assert module is not placeholder
    assert placeholder.rgb_to_hsv is module.rgb_to_hsv


def test_a_placeholder_loads_its_module_at_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    placeholder = Deferred(NAME)
    with deferred(placeholder):
        pass
    assert NAME not in sys.modules
    assert placeholder.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    assert NAME in sys.modules


def test_a_module_that_is_loaded_already_is_left_alone() -> None:
    module = importlib.import_module(NAME)
    with deferred(Deferred(NAME)):
        assert importlib.import_module(NAME) is module
    assert sys.modules[NAME] is module
