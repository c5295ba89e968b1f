"""Measures what each patch of the renderer gains: by leaving it out alone, and by leaving all of them out.

Usage: patches.py [--rounds N] [--json FILE]

Everything runs in one process, whose user and system time counts and that of its children, so that other load matters
little. In each round every variant is measured once, in an order that is another each round; a row is the median of the
rounds, as a ratio to the time with all patches. Two things are measured: typesetting alone (HTML to PDF), and a whole
build with nothing in the cache.
"""

import argparse
import gc
import json
import random
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import leaflets.typeset
from leaflets.model.edition import Audience, Edition, Notice
from leaflets.model.page import Html, Pdf
from leaflets.pipeline import build
from leaflets.pipeline.cache import Cache
from leaflets.project import ProjectFolder
from leaflets.typeset import patches, typeset

MONOGRAPH = "baricitinib"
WITH_ALL, WITHOUT_ANY = "all patches", "without any patch"


def cpu_seconds() -> float:
    """User and system time of this process and of its children that have ended."""
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def build_once(folder: Path) -> None:
    """Build a patient leaflet with an empty cache."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        project = ProjectFolder(Path(name))
        source = project.source(MONOGRAPH, "en")
        build(project, source, Edition(Audience.PATIENT), allowed=tuple(Notice), cache=Cache(Path(name) / "cache"))


def recorded_pages(folder: Path) -> list[tuple[Html, Mapping[str, bytes]]]:
    """What `typeset` is given during one build."""
    pages: list[tuple[Html, Mapping[str, bytes]]] = []

    def record(html: Html, assets: Mapping[str, bytes]) -> Pdf:
        pages.append((html, assets))
        return typeset(html, assets)

    leaflets.typeset.typeset = record
    try:
        build_once(folder)
    finally:
        leaflets.typeset.typeset = typeset
    return pages


def measure(work: Callable[[], object], rounds: int) -> dict[str, list[float]]:
    """CPU seconds of each variant in each round, after a round that is not counted."""
    variants = {WITH_ALL: None, **{patch.module: [patch.module] for patch in patches.PATCHES}, WITHOUT_ANY: []}
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    order = [*variants]
    for number in range(rounds + 1):
        random.Random(number).shuffle(order)
        for name in order:
            taken = _timed(work, variants[name])
            if number:
                seconds[name].append(taken)
    return seconds


def _timed(work: Callable[[], object], without: list[str] | None) -> float:
    gc.collect()
    if without is None:
        start = cpu_seconds()
        work()
        return cpu_seconds() - start
    with patches.left_out(*without):
        return _timed(work, None)


def count_calls(work: Callable[[], object]) -> dict[str, dict[str, float]]:
    """Function calls of each variant and their ratio to all patches: the same on a busy machine as on a quiet one."""
    calls = {WITH_ALL: _calls(work)}
    for name in (*(patch.module for patch in patches.PATCHES), WITHOUT_ANY):
        with patches.left_out(*([] if name == WITHOUT_ANY else [name])):
            calls[name] = _calls(work)
    return {name: {"calls": count, "ratio": count / calls[WITH_ALL]} for name, count in calls.items()}


def _calls(work: Callable[[], object]) -> int:
    count = 0

    def on_event(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(on_event)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def summary(seconds: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Median seconds of each variant, and the median of its ratios to all patches in the same round."""
    return {
        name: {
            "seconds": statistics.median(each),
            "ratio": statistics.median(own / full for own, full in zip(each, seconds[WITH_ALL], strict=True)),
        }
        for name, each in seconds.items()
    }


def main() -> None:
    """Measure typesetting and whole builds, and print a table of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        pages = recorded_pages(Path(name))
        kinds: dict[str, Callable[[], object]] = {
            "typesetting alone": lambda: [typeset(*page) for page in pages],
            "a whole build, nothing cached": lambda: build_once(Path(name)),
        }
        results["calls"] = count_calls(kinds["typesetting alone"])
        for variant, row in results["calls"].items():
            print(f"{variant:28} {row['calls']:9} calls in typesetting  {row['ratio']:5.2f}", flush=True)
        for kind, work in kinds.items():
            results[kind] = summary(measure(work, arguments.rounds))
            print(kind)
            for variant, row in results[kind].items():
                label = variant if variant in (WITH_ALL, WITHOUT_ANY) else f"without {variant}"
                print(f"  {label:28} {row['seconds']:7.3f} s  {row['ratio']:5.2f}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
