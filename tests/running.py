"""The command line run in tests: in this process, or as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from leaflets.cli import main
from tests.sheets import ROOT


@dataclass(frozen=True, slots=True)
class Ran:
    """The exit code of a command, and what it printed on standard output and standard error."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Leaflet:
    """The command, run in this process in `folder`, which is the current one."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str | Path) -> Ran:
        self.capsys.readouterr()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:  # argparse's own way out
            code = stop.code if isinstance(stop.code, int) else 1
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        printed = self.capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    def write(self, name: str, text: str | bytes) -> Path:
        """Put a file into the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def files(self) -> set[str]:
        """Every file below the folder, without the cache."""
        paths = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return {path.as_posix() for path in paths if "cache" not in path.parts}


def environment(**changes: str) -> dict[str, str]:
    """This process's environment, with the repository on the path of modules."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **changes}


def process(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """The command as a process of its own."""
    command = [sys.executable, "-m", "leaflets", *map(str, words)]
    ran = subprocess.run(command, cwd=cwd, env=env or environment(), capture_output=True, text=True, check=False)
    return Ran(ran.returncode, ran.stdout, ran.stderr)


MONOGRAPH = """\
---
title: Examplol
---

# Examplol

### Usage

For yawning.

### Dosage

2 mg once a day.

### Side effects

Humming.
"""
