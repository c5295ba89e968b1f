"""Puts the faults of mutations.toml into a scratch copy of the code, one by one, and tells which no test notices.

A fault is one place in one file, written otherwise; the tests named beside it are those of its room. It is caught if
one of them fails, and survives if all pass. The tests are run without a fault first, as one that fails anyway catches
nothing. The exit code is 1 where a fault survived, 2 where one no longer fits the code or its tests fail without it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("mutations.toml")
COPIED = ("leaflets", "tests", "content", "styles", "docs", "bench", "scripts", "pyproject.toml", "README.md")
"""What a scratch copy holds; ARCHITECTURE.md and the like are read by tests of no room."""
SECONDS = 600
NOTHING_RAN = 5
"""pytest's exit code where the names of tests match none."""


@dataclass(frozen=True)
class Fault:
    """One place of one file written otherwise: `was` stands there once, `now` takes its place."""

    room: str
    what: str
    file: str
    was: str
    now: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a fault: caught, survived, or what is wrong with its entry."""

    fault: Fault
    result: str
    seconds: float = 0.0


def read_faults(path: Path) -> tuple[Fault, ...]:
    """The faults of a list. Raises SystemExit where an entry lacks something."""
    entries = tomllib.loads(path.read_text("utf-8"))["fault"]
    try:
        return tuple(Fault(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries)
    except (KeyError, TypeError) as error:
        raise SystemExit(f"{path.name}: an entry is not whole: {error}") from error


def copy_of(root: Path, folder: Path) -> Path:
    """A copy of what the tests need, with the corpus beside it where there is one."""
    tree = folder / "tree"
    tree.mkdir()
    for name in COPIED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, tree / name)
    return tree


def run_tests(tree: Path, tests: Sequence[str]) -> int:
    """The exit code of pytest on some tests; a fault that makes them hang counts as one that they notice."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header", *tests]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, check=False, timeout=SECONDS
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 1
    return ran.returncode


def outcome_of(fault: Fault, tree: Path) -> Outcome:
    """Puts one fault into the copy, runs its tests, and takes it out again."""
    path = tree / fault.file
    text = path.read_text("utf-8") if path.is_file() else ""
    if text.count(fault.was) != 1:
        return Outcome(fault, f"does not fit: its text stands {text.count(fault.was)} times in {fault.file}")
    start = time.monotonic()
    path.write_text(text.replace(fault.was, fault.now), "utf-8")
    try:
        code = run_tests(tree, fault.tests)
    finally:
        path.write_text(text, "utf-8")
    result = {0: "SURVIVED", NOTHING_RAN: "does not fit: no test of that name"}.get(code, "caught")
    return Outcome(fault, result, time.monotonic() - start)


def failing_without_fault(faults: Iterable[Fault], tree: Path) -> dict[str, int]:
    """The tests that fail in the copy as it is, with pytest's exit code; they can catch nothing."""
    tests = sorted({test for fault in faults for test in fault.tests})
    return {test: code for test in tests if (code := run_tests(tree, [test])) not in (0, NOTHING_RAN)}


def table(outcomes: Sequence[Outcome]) -> str:
    """One line a fault, those that survived last."""
    rows = sorted(outcomes, key=lambda one: (one.result != "caught", one.fault.room))
    width = max((len(one.fault.room) for one in rows), default=0)
    lines = [f"{one.fault.room:{width}}  {one.seconds:5.0f} s  {one.result:8}  {one.fault.what}" for one in rows]
    caught = sum(one.result == "caught" for one in rows)
    rooms = len({one.fault.room for one in rows})
    return "\n".join([*lines, "", f"{len(rows)} faults in {rooms} rooms: {caught} caught"])


def main() -> int:
    """Runs the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD", help="faults whose room, file or words hold this")
    parser.add_argument("--skip-check", action="store_true", help="do not run the tests without a fault first")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the outcomes as JSON")
    args = parser.parse_args()
    faults = [one for one in read_faults(LIST) if args.only in f"{one.room} {one.file} {one.what}"]
    with tempfile.TemporaryDirectory() as folder:
        tree = copy_of(ROOT, Path(folder))
        failing = {} if args.skip_check else failing_without_fault(faults, tree)
        outcomes = []
        for fault in faults:
            bad = [test for test in fault.tests if test in failing]
            one = Outcome(fault, f"its tests fail without it: {', '.join(bad)}") if bad else outcome_of(fault, tree)
            print(f"{one.result}: {fault.room}: {fault.what}", file=sys.stderr, flush=True)
            outcomes.append(one)
    print(table(outcomes))
    if args.json:
        args.json.write_text(json.dumps([asdict(one) for one in outcomes], indent=1) + "\n", "utf-8")
    results = {one.result for one in outcomes}
    return 1 if "SURVIVED" in results else 2 if results - {"caught"} else 0


if __name__ == "__main__":
    sys.exit(main())
