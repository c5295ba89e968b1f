"""What a shell offers for an argument: monographs, runs, rules, languages or topics, by the argument's name in help."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from leaflets.errors import LeafletError


def complete(parser_of: Callable[[str], argparse.ArgumentParser]) -> None:
    """Prints what a shell asks for in its environment, and ends the process.

    `parser_of` makes the parser of a command. Only the modules of the command that stands before the cursor are loaded.
    """
    import argcomplete  # here, as commands that are run name completers too
    from argcomplete.lexers import split_line

    _, _, _, words, _ = split_line(os.environ["COMP_LINE"], int(os.environ["COMP_POINT"]))
    arguments = words[int(os.environ["_ARGCOMPLETE"]) :]  # the words before are “leaflet”, or “python -m leaflets”
    parser = parser_of(next((word for word in arguments if not word.startswith("-")), ""))
    attach(parser)
    argcomplete.autocomplete(parser)


def attach(parser: argparse.ArgumentParser) -> None:
    """Gives each argument of a parser and its commands what it completes from; one that has it keeps it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                attach(command)
        elif isinstance(action.metavar, str) and action.metavar in _BY_METAVAR and not hasattr(action, "completer"):
            action.completer = _BY_METAVAR[action.metavar]  # type: ignore[attr-defined]


def nothing(**_: object) -> list[str]:
    """No word: the completer of an argument whose value must be new."""
    return []


def monographs(**_: object) -> list[str]:
    """The monographs of the project, packaged ones too."""
    from leaflets.project import load_project

    try:
        return sorted(load_project(Path.cwd()).names())
    except LeafletError:
        return []


def packaged(**_: object) -> list[str]:
    """The monographs that came with the program and are not the project's own yet."""
    from leaflets.project import load_project

    try:
        project = load_project(Path.cwd())
        return [name for name in project.names() if project.packaged(name)]
    except LeafletError:
        return []


def translations(**_: object) -> list[str]:
    """The languages of translations."""
    from leaflets.project.content import ORIGINAL

    return [lang for lang in _languages() if lang != ORIGINAL]


def _monographs_or_files(prefix: str = "", **_: object) -> list[str]:
    """The monographs that begin so; where none does, the files."""
    from argcomplete.completers import FilesCompleter

    return [name for name in monographs() if name.startswith(prefix)] or [*FilesCompleter()(prefix)]


def _runs(**_: object) -> list[str]:
    from leaflets.ledger.ledger import ledger_exists, open_ledger_to_read
    from leaflets.project import load_project

    try:
        project = load_project(Path.cwd())
        if not ledger_exists(project.output):
            return []
        with open_ledger_to_read(project.output, project.history_key) as ledger:
            return ["last", *(run.name for run in ledger.store.runs())]
    except LeafletError:
        return []


def _languages(**_: object) -> list[str]:
    from leaflets.languages import LANGUAGES

    return list(LANGUAGES)


def _rules(prefix: str = "", **_: object) -> list[str]:
    """The codes of all rules, in small letters where they are typed so."""
    from leaflets.cli.explain import rules_by_code

    return [code.lower() if prefix.islower() else code for code in rules_by_code()]


def _topics(**_: object) -> list[str]:
    from leaflets.cli import COMMANDS, manual

    return [*manual.topics(), *COMMANDS]


_BY_METAVAR: Mapping[str, Callable[..., Iterable[str]]] = MappingProxyType({
    "NAME": _monographs_or_files, "NAME|PATH": _monographs_or_files, "A": _monographs_or_files,
    "B": _monographs_or_files, "DRUG[@VERSION]": monographs, "RUN": _runs, "LANG": _languages, "CODE": _rules,
    "TOPIC": _topics,
})  # fmt: skip
