"""A parser of arguments that says what was probably meant, and whose errors are ours."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from leaflets.errors import UsageError

_BEFORE_COMMAND = ("-q", "--quiet", "-v", "--verbose", "--json")
_CHOICE = re.compile(r"invalid choice: '?(.*?)'? \(choose from (.*)\)", re.DOTALL)
_UNKNOWN = re.compile(r"unrecognized arguments: (.*)", re.DOTALL)
_LEAST_LIKE = 0.6


class Parser(argparse.ArgumentParser):
    """A parser, also of each command, whose errors are UsageError with the nearest word that is understood."""

    def error(self, message: str) -> NoReturn:
        """Raises UsageError with what is wrong, the near word, and where help is."""
        words = self.prog.partition(" ")[2]
        near = _near(message, self._known_flags())
        more = f"“{self.prog} --help” shows what there is."
        raise UsageError(f"{words}: {message}" if words else message, f"Did you mean {near}? {more}" if near else more)

    def _known_flags(self) -> list[str]:
        return [flag for action in self._actions for flag in action.option_strings]

    def _print_message(self, message: str, file: Any = None) -> None:
        """As argparse prints help, but an output that is closed or full is an error."""
        if message:
            (file or sys.stderr).write(message)

    def parse_known_args(self, args=None, namespace=None):  # type: ignore[no-untyped-def]
        """As argparse does it, but what a command does not know is that command's own error, with its flags near."""
        parsed, unknown = super().parse_known_args(args, namespace)
        if unknown and not any(isinstance(action, argparse._SubParsersAction) for action in self._actions):
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return parsed, unknown


def _near(message: str, flags: Sequence[str]) -> str:
    """The word nearest to the one that a message of argparse refuses; empty where none is near."""
    if choice := _CHOICE.search(message):
        return nearest(choice[1], (word.strip(" '\"") for word in choice[2].split(",")))
    if unknown := _UNKNOWN.search(message):
        word = unknown[1].split("=")[0].split(" ")[0]
        names = {flag.lstrip("-"): flag for flag in flags}  # dashes would make every flag like every other
        return names.get(nearest(word.lstrip("-"), names), "") if word.startswith("-") else ""
    return ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word nearest to one that is not known, or an empty text."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=_LEAST_LIKE)
    return close[0] if close else ""


def reordered(words: Sequence[str]) -> list[str]:
    """The words of a command line with flags that every command has moved behind the command (“-v build”)."""
    first = next((place for place, word in enumerate(words) if word not in _BEFORE_COMMAND), len(words))
    if first == len(words):
        return [*words]
    return [words[first], *words[:first], *words[first + 1 :]]


def asks_for_version(words: Sequence[str]) -> bool:
    """Whether the release is asked for, before a command or after it."""
    return "--version" in words[: words.index("--") if "--" in words else None]
