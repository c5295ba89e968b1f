"""The tables of words that the rules look up, each read once from `checks/data` or the package's `tables`."""

import csv
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from leaflets.lexer import lex

_DATA = files("leaflets.checks") / "data"
_SHARED = files("leaflets") / "tables"


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a CSV table, by its name without the ending."""
    return tuple(csv.DictReader((_DATA / f"{name}.csv").read_text("utf-8").splitlines()))


@cache
def shared_rows(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a CSV table that other parts of the program read as well."""
    return tuple(csv.DictReader((_SHARED / f"{name}.csv").read_text("utf-8").splitlines()))


@cache
def words(key: str) -> frozenset[str]:
    """A set of words, by its key in `words.toml`."""
    entry = _toml("words")[key]
    return frozenset(entry.split() if isinstance(entry, str) else entry)


@cache
def phrases(key: str) -> tuple[tuple[str, ...], ...]:
    """The phrases under a key in `words.toml`, each split into tokens."""
    return tuple(split_phrase(phrase) for phrase in _toml("words")[key])


@cache
def split_phrase(phrase: str) -> tuple[str, ...]:
    """The tokens of a phrase, in small letters."""
    return tuple(token.text.lower() for token in lex(phrase))


@cache
def lists(key: str) -> Mapping[str, tuple[str, ...]]:
    """A table of named lists of words, by its key in `words.toml`."""
    return {name: tuple(entries) for name, entries in _toml("words")[key].items()}


@cache
def _toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads((_DATA / f"{name}.toml").read_text("utf-8"))
