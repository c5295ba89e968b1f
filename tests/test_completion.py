"""What the shells themselves offer: each completes commands, monographs, runs, rules, languages and papers."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from leaflets.cli import command_parser, completers
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


def test_each_kind_of_argument_has_its_words(leaflet: Leaflet) -> None:
    leaflet.write("list.csv", "drug,patient_name\nmetformin,Zebedee Quux\n")
    assert leaflet("batch", "list.csv", "-q", "--allow-draft", "--workers", "0").code == 0
    run = leaflet("runs").out.split()[0]
    offers = {metavar: {*map(str, words())} for metavar, words in completers._BY_METAVAR.items()}
    assert {"metformin", "warfarin"} <= offers["NAME"] == offers["NAME|PATH"]
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
    assert completers._monographs() == []
    assert completers._runs() == []
