"""Puts the faults of mutations.toml into scratch copies of the code, one by one, and tells which no test notices.

A fault is one place in one file, written otherwise; the tests named beside it are those of its room. It is caught if
one of them fails, and survives if all pass. All tests are run without a fault first, as one that fails anyway catches
nothing. The exit code is 1 where a fault survived, 2 where one no longer fits the code or its tests fail without it.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("mutations.toml")
COPIED = ("leaflets", "tests", "content", "styles", "docs", "bench", "scripts", "pyproject.toml", "README.md")
"""What a scratch copy has; ARCHITECTURE.md and the like are read by tests of no room."""
SECONDS = 600
NOTHING_RAN = (2, 4, 5)
"""pytest's exit codes where it cannot load a file of tests, knows no test of a name, or the names match none."""
CAUGHT, SURVIVED = "caught", "SURVIVED"


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


def copy_of(root: Path, tree: Path) -> Path:
    """A copy of what the tests need, compiled: its byte code counts only for the very same text."""
    tree.mkdir()
    for name in COPIED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, tree / name)
    command = [sys.executable, "-m", "compileall", "-qq", "--invalidation-mode", "checked-hash", "leaflets"]
    subprocess.run(command, cwd=tree, check=True)
    return tree


def run_tests(tree: Path, tests: Sequence[str]) -> int:
    """The exit code of pytest on some tests; a fault that makes them hang counts as one that they notice."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header", *tests]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(command, cwd=tree, env=environment, capture_output=True, check=False, timeout=SECONDS)
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
    result = SURVIVED if code == 0 else "does not fit: no test ran" if code in NOTHING_RAN else CAUGHT
    return Outcome(fault, result, time.monotonic() - start)


def failing_without_fault(faults: Iterable[Fault], tree: Path) -> set[tuple[str, ...]]:
    """The lists of tests that fail in the copy as it is; they can catch nothing. All are run at once, if none fails."""
    lists = {fault.tests for fault in faults}
    if run_tests(tree, sorted({test for tests in lists for test in tests})) == 0:
        return set()
    return {tests for tests in lists if run_tests(tree, tests) != 0}


def outcomes_of(faults: Sequence[Fault], trees: Sequence[Path]) -> Iterable[Outcome]:
    """The outcome of each fault, in order; as many are tried at a time as there are copies."""
    free: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for tree in trees:
        free.put(tree)

    def tried(fault: Fault) -> Outcome:
        tree = free.get()
        try:
            return outcome_of(fault, tree)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(len(trees)) as pool:
        yield from pool.map(tried, faults)


def table(outcomes: Sequence[Outcome]) -> str:
    """One line a fault, those that survived last; then how many of each room were caught."""
    rows = sorted(outcomes, key=lambda one: (one.result != CAUGHT, one.fault.room))
    width = max((len(one.fault.room) for one in rows), default=0)
    lines = [f"{one.fault.room:{width}}  {one.seconds:5.0f} s  {one.result:8}  {one.fault.what}" for one in rows]
    rooms: dict[str, list[bool]] = {}
    for one in outcomes:
        rooms.setdefault(one.fault.room, []).append(one.result == CAUGHT)
    counts = ", ".join(f"{room} {sum(caught)}/{len(caught)}" for room, caught in sorted(rooms.items()))
    total = sum(map(sum, rooms.values()))
    return "\n".join([*lines, "", counts, f"{len(rows)} faults in {len(rooms)} rooms: {total} caught"])


def main() -> int:
    """Runs the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD", help="faults whose room, file or words hold this")
    parser.add_argument("--skip-check", action="store_true", help="do not run the tests without a fault first")
    parser.add_argument("-j", "--jobs", type=int, default=2, metavar="N", help="faults tried at a time (default: 2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the outcomes as JSON")
    args = parser.parse_args()
    faults = [one for one in read_faults(LIST) if args.only in f"{one.room} {one.file} {one.what}"]
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        trees = [copy_of(ROOT, Path(folder, str(number))) for number in range(max(1, args.jobs))]
        failing = set() if args.skip_check else failing_without_fault(faults, trees[0])
        sound = [one for one in faults if one.tests not in failing]
        outcomes += [Outcome(one, "its tests fail without it") for one in faults if one.tests in failing]
        for one in outcomes_of(sound, trees):
            print(f"{one.result}: {one.fault.room}: {one.fault.what}", file=sys.stderr, flush=True)
            outcomes.append(one)
    print(table(outcomes))
    if args.json:
        args.json.write_text(json.dumps([asdict(one) for one in outcomes], indent=1) + "\n", "utf-8")
    results = {one.result for one in outcomes}
    return 1 if SURVIVED in results else 2 if results - {CAUGHT} else 0


if __name__ == "__main__":
    sys.exit(main())
