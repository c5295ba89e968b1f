"""The tables of words the rules look things up in, read once from the files beside this module."""

import csv
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_DATA = files("leaflets.checks") / "data"


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a CSV table, by its name without the ending."""
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as table:
        return tuple(csv.DictReader(table))


@cache
def words(key: str) -> frozenset[str]:
    """A set of words, by its key in `words.toml`."""
    found = _toml("words")[key]
    return frozenset(found.split() if isinstance(found, str) else found)


@cache
def lists(key: str) -> Mapping[str, tuple[str, ...]]:
    """A table of named lists of words, by its key in `words.toml`."""
    return {name: tuple(entries) for name, entries in _toml("words")[key].items()}


@cache
def _toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8"))
