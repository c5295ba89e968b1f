"""What the shells themselves offer: each completes commands, monographs, runs, rules, languages and papers."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from leaflets.cli import COMMANDS, command_parser, completers
from tests.running import MONOGRAPH, Leaflet, environment

_BASH = """
eval "$(leaflet completion bash)"
COMP_LINE={line!r}; COMP_POINT=${{#COMP_LINE}}; COMP_TYPE=9
COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1))
_python_argcomplete leaflet; printf '%s\\n' "${{COMPREPLY[@]}}"
"""
_ZSH = """
compdef() {{ }}; _describe() {{ print -l -- $completions }}
eval "$(leaflet completion zsh)"
BUFFER={line!r}; CURSOR=${{#BUFFER}}; words=(leaflet)
_python_argcomplete leaflet
"""
_FISH = "leaflet completion fish | source; complete -C {line!r}"
_SHELLS = {"bash": ["bash", "--norc", "-c", _BASH], "zsh": ["zsh", "-fc", _ZSH], "fish": ["fish", "-Nc", _FISH]}


def _offers(shell: str, line: str, folder: Path) -> set[str]:
    """The words that a shell offers where the cursor stands at the end of a line."""
    *command, script = _SHELLS[shell]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        [*command, script.format(line=line)], cwd=folder, env=environment(PATH=path, HOME=str(folder)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in ran.stderr
    return {offer.split("\t")[0].split(":")[0].strip() for offer in ran.stdout.splitlines()}


@pytest.mark.parametrize("shell", list(_SHELLS))
def test_a_shell_offers_commands_and_names(leaflet: Leaflet, shell: str) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    assert {"build", "batch"} <= _offers(shell, "leaflet b", leaflet.folder)
    assert {"examplol"} == _offers(shell, "leaflet build exam", leaflet.folder) - {""}
    assert {"a4", "a5"} <= _offers(shell, "leaflet build examplol --paper a", leaflet.folder)
    assert "co-09" in _offers(shell, "leaflet explain co-0", leaflet.folder)
    assert {"examplol"} == _offers(shell, "leaflet evidence exam", leaflet.folder) - {""}
    assert not {"examplol", "metformin"} & _offers(shell, "leaflet new ", leaflet.folder)


def _completed(line: str, folder: Path) -> tuple[set[str], set[str]]:
    """What is offered at the end of a line, and the modules that were loaded for it."""
    answer = folder / "offers"
    asked = environment(
        _ARGCOMPLETE="3", COMP_LINE=f"python -m {line}", COMP_POINT=str(len(line) + 10), _ARGCOMPLETE_IFS="\n",
        _ARGCOMPLETE_SUPPRESS_SPACE="1", _ARGCOMPLETE_STDOUT_FILENAME=str(answer),
    )  # fmt: skip
    script = (
        "import os, sys; os._exit = lambda _: sys.exit(print(*sys.modules)); import leaflets.cli; leaflets.cli.main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=asked, capture_output=True, text=True, check=False
    )
    return {*answer.read_text().splitlines()}, {*ran.stdout.split()}


def test_only_the_modules_of_the_command_are_loaded(leaflet: Leaflet) -> None:
    offers, modules = _completed("leaflet ex", leaflet.folder)
    assert offers == {"explain"}
    assert not {f"leaflets.cli.{name}" for name in COMMANDS} & modules
    offers, modules = _completed("leaflet build --allow-e", leaflet.folder)
    assert offers == {"--allow-expired"}
    assert {"leaflets.cli.build"} == {f"leaflets.cli.{name}" for name in COMMANDS} & modules


def test_no_argument_offers_what_its_command_refuses(leaflet: Leaflet) -> None:
    leaflet.write("content/apixaban.md", MONOGRAPH)
    leaflet.write("notes.md", MONOGRAPH)
    parser = command_parser()
    completers.attach(parser)
    [commands] = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    offers = {
        (command, action.metavar): {*action.completer(prefix="")}
        for command in ("new", "copy", "build") for action in commands.choices[command]._actions
        if hasattr(action, "completer")
    }  # fmt: skip
    assert offers["new", "NAME"] == set()
    assert "warfarin" in offers["copy", "NAME"]
    assert "apixaban" not in offers["copy", "NAME"]
    assert "en" not in completers.translations()
    assert completers._monographs_or_files(prefix="notes.m") == ["notes.md"]


def test_each_kind_of_argument_has_its_words(leaflet: Leaflet) -> None:
    leaflet.write("list.csv", "drug,patient_name\nmetformin,Zebedee Quux\n")
    assert leaflet("batch", "list.csv", "-q", "--allow-draft", "--workers", "0").code == 0
    run = leaflet("runs").out.split()[0]
    offers = {metavar: {*map(str, words(prefix=""))} for metavar, words in completers._BY_METAVAR.items()}
    assert {"metformin", "warfarin"} <= offers["NAME"] == offers["NAME|PATH"]
    assert {"metformin", "warfarin"} <= offers["DRUG[@VERSION]"] & offers["A"] & offers["B"]
    assert offers["RUN"] == {"last", run}
    assert {"EP-F04", "MD03", "PG-08"} <= offers["CODE"]
    assert {"en", "es"} <= offers["LANG"]
    assert {"monograph", "build"} <= offers["TOPIC"]


def test_each_argument_of_such_a_name_completes() -> None:
    parser = command_parser()
    completers.attach(parser)
    [commands] = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for name in ("build", "check", "explain", "reprint", "copy", "help"):
        assert any(hasattr(action, "completer") for action in commands.choices[name]._actions), name


def test_a_project_that_cannot_be_read_offers_nothing(leaflet: Leaflet) -> None:
    leaflet.write("leaflet.toml", "papr = 1\n")
    assert completers.monographs() == []
    assert completers._runs() == []
