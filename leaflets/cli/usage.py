"""A parser of arguments that says what was probably meant, and whose errors are ours."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any, NoReturn

from leaflets.errors import UsageError

_BEFORE_COMMAND = ("-q", "--quiet", "-v", "--verbose", "--json")
_JSON = "--json"
_EVIDENCE_ACTIONS = ("show", "add", "update")
_LEAST_LIKE = 0.6
_LEAST_ABBREVIATION = 3  # argparse takes “--j” for “--json”
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
# What is done with a file that stands where the command belongs, by its ending.
_FOR_FILE = MappingProxyType({".csv": "batch", ".tsv": "batch", ".jsonl": "batch", ".md": "build", ".pdf": "verify"})


class CommandParser(argparse.ArgumentParser):
    """A parser, also of each command, whose errors are UsageError with the nearest word that is understood."""

    _words: Sequence[str] = ()

    def error(self, message: str) -> NoReturn:
        """Raises UsageError with what is wrong, and where help is.

        A flag that is not known comes before an argument that is missing: it may be that one, misspelt.
        """
        unknown = [word for word in _flags_of(self._words) if word.startswith("--") and not self._knows(word)]
        if unknown:
            self._refuse_unknown(unknown)
        self._refuse(message)

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        """As argparse does it, but what a command does not know is that command's own error, with its flags near."""
        self._words = sys.argv[1:] if args is None else [*args]
        parsed, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self._refuse_unknown(unknown)
        return parsed, unknown

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        """The value of an argument; raises UsageError where one that names something is empty, as "$NAME" may be.

        An empty path would be the current folder, and an empty name all names that begin with it.
        """
        named = not action.option_strings and not isinstance(action, argparse._SubParsersAction)
        if not arg_string.strip() and (named or action.type is Path):
            name = action.option_strings[-1] if action.option_strings else str(action.metavar or action.dest)
            self._refuse(f"{name} is empty")
        return super()._get_value(action, arg_string)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Raises UsageError where an argument has a few values and this is none of them."""
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        if action.option_strings:
            self._refuse(
                f"{action.option_strings[-1]} cannot be “{value}”", nearest(value, choices),
                f"It can be {', '.join(choices[:-1])} or {choices[-1]}.",
            )  # fmt: skip
        noun = str(action.metavar or action.dest).lower()
        command = _FOR_FILE.get(PurePath(value).suffix) if noun == "command" else None
        first = f"A command comes first: leaflet {command} {value}" if command else ""
        self._refuse(f"there is no {noun} “{value}”", "" if command else nearest(value, choices), first)

    def _refuse_unknown(self, words: Sequence[str]) -> NoReturn:
        """Raises UsageError about the first unknown flag, else about the first word that is one too many."""
        flag = next((word.split("=")[0] for word in words if word.startswith("-")), "")
        if not flag:
            self._refuse(f"“{words[0]}” is one word too many")
        self._refuse(f"there is no flag {flag}", nearest(flag, self._flags()))

    def _knows(self, word: str) -> bool:
        """Whether a word is one of our flags, in short as well, or may be the value of another."""
        name = word.partition("=")[0]
        return " " in name or any(flag.startswith(name) for flag in self._flags())

    def _flags(self) -> list[str]:
        return [flag for action in self._actions for flag in action.option_strings if flag.startswith("--")]

    def _refuse(self, message: str, near: str = "", more: str = "") -> NoReturn:
        words = self.prog.partition(" ")[2]
        more = more or f"“{self.prog} --help” shows what there is."
        raise UsageError(f"{words}: {message}" if words else message, f"Did you mean {near}? {more}" if near else more)

    def _print_message(self, message: str, file: Any = None) -> None:
        """As argparse prints help, but an output that is closed or full is an error."""
        if message:
            (file or sys.stderr).write(message)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word nearest to one that is not known, or an empty text."""
    return next(iter(near_words(word, known, 1)), "")


def near_words(word: str, known: Iterable[str], most: int) -> list[str]:
    """The known words near to one that is not known, nearest first.

    One that differs only in capitals, leading dashes or the zeros before a number stands alone: “MD3” is “MD03”.
    """
    by_core = {_core(each): each for each in known}
    if _core(word) in by_core:
        return [by_core[_core(word)]]
    return [by_core[core] for core in difflib.get_close_matches(_core(word), by_core, n=most, cutoff=_LEAST_LIKE)]


def _core(word: str) -> str:
    return _ZEROS.sub("", word.casefold().lstrip("-"))


def reordered(words: Sequence[str]) -> list[str]:
    """The words of a command line with flags that every command has moved behind the command (“-v build”)."""
    first = next((place for place, word in enumerate(words) if word not in _BEFORE_COMMAND), len(words))
    if first == len(words):
        return [*words]
    return [words[first], *words[:first], *words[first + 1 :]]


def with_action(words: Sequence[str]) -> list[str]:
    """The words of a command line, with the action that “leaflet evidence NAME” means but does not name."""
    if next(iter(words), "") != "evidence":
        return [*words]
    first = next((word for word in words[1:] if not word.startswith("-")), "")
    asks_for_help = not first and {"-h", "--help"} & {*words}
    return [*words] if asks_for_help or first in _EVIDENCE_ACTIONS else [words[0], "show", *words[1:]]


def asks_for_version(words: Sequence[str]) -> bool:
    """Whether the release is asked for, before a command or after it."""
    return "--version" in _flags_of(words)


def asks_for_json(words: Sequence[str]) -> bool:
    """Whether the answer, an error too, is to be JSON; argparse takes the flag in short as well."""
    names = (word.partition("=")[0] for word in _flags_of(words))
    return any(len(name) >= _LEAST_ABBREVIATION and _JSON.startswith(name) for name in names)


def _flags_of(words: Sequence[str]) -> Sequence[str]:
    """The words before “--”, after which all are names."""
    return words[: words.index("--") if "--" in words else None]
