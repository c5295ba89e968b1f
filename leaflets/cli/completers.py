"""What a shell offers for an argument: monographs, runs, rules, languages or topics, by the argument's name in help."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from leaflets.errors import LeafletError


def attach(parser: argparse.ArgumentParser) -> None:
    """Gives each argument of a parser and its commands what it completes from; one that has it keeps it.

    Files are offered as well where an argument may be a path: the shell's own completion goes on where ours ends.
    """
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                attach(command)
        elif isinstance(action.metavar, str) and action.metavar in _BY_METAVAR and not hasattr(action, "completer"):
            action.completer = _BY_METAVAR[action.metavar]  # type: ignore[attr-defined]


def _monographs(**_: object) -> list[str]:
    from leaflets.project import load_project

    try:
        return sorted(load_project(Path.cwd()).names())
    except LeafletError:
        return []


def _runs(**_: object) -> list[str]:
    from leaflets.batch.environment import open_environment
    from leaflets.project import load_project

    try:
        with open_environment(load_project(Path.cwd())).ledger_to_read() as ledger:
            return ["last", *(run.name for run in ledger.store.runs())]
    except LeafletError:
        return []


def _languages(**_: object) -> list[str]:
    from leaflets.languages import LANGUAGES

    return list(LANGUAGES)


def _rules(**_: object) -> list[str]:
    from leaflets.cli.explain import rules_by_code

    return list(rules_by_code())


def _topics(**_: object) -> list[str]:
    from leaflets.cli import COMMANDS, manual

    return [*manual.topics(), *COMMANDS]


_BY_METAVAR: Mapping[str, Callable[..., Iterable[str]]] = MappingProxyType({
    "NAME": _monographs, "NAME|PATH": _monographs, "RUN": _runs, "LANG": _languages, "CODE": _rules, "TOPIC": _topics,
})  # fmt: skip
