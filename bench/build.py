"""Times `leaflet build` beside the plain `weasyprint` command and Typst, in one run, over interleaved rounds."""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
NAME = "baricitinib"
BUILD = ("build", NAME, "--audience", "patient")
IN_ONE_PROCESS = HERE / "one_process.py"
TYPST = f"""
import sys, typst
typst.compile({str(HERE / "leaflet.typ")!r}, output=sys.argv[1], font_paths=[{str(ROOT / "styles/fonts")!r}],
              ignore_system_fonts=True, pdf_standards=["a-2a", "ua-1"])
"""


@dataclass(frozen=True)
class Contender:
    """A command to be timed, and what has to be done, untimed, before each run of it."""

    title: str
    command: tuple[str, ...]
    prepare: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True)
class Timing:
    """Seconds by the clock and of the processor, and peak memory, over all runs of one contender."""

    seconds: tuple[float, ...]
    cpu_s: float
    peak_mb: float

    @property
    def median_s(self) -> float:
        """The middle of the runs."""
        return statistics.median(self.seconds)


class Bench:
    """A project of its own in a scratch folder, so that nothing outside decides a time."""

    def __init__(self, scratch: Path) -> None:
        self.project = scratch / "project"
        self.home = scratch / "home"
        self.pages = scratch / "pages"
        for folder in (self.project, self.home, self.pages):
            folder.mkdir(parents=True)
        self.given = ("content", "styles")
        for given in self.given:
            shutil.copytree(ROOT / given, self.project / given)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PYTHON"))},
            "HOME": str(self.home),
            "PYTHONPATH": str(ROOT),
            # Compiled modules are kept, as they are wherever something is installed; the first round makes them.
            "PYTHONPYCACHEPREFIX": str(scratch / "compiled"),
        }

    def run(self, command: tuple[str, ...]) -> tuple[float, float, float]:
        """Seconds by the clock and of the processor, and peak megabytes, of one run; a failure ends the benchmark."""
        with tempfile.TemporaryFile() as output:
            start = time.perf_counter()
            process = subprocess.Popen(command, cwd=self.project, env=self.environment, stdout=output, stderr=output)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                output.seek(0)
                sys.exit(f"{' '.join(command)}\nended with {process.returncode}:\n{output.read().decode()}")
        return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

    def forget(self) -> None:
        """Remove everything that a build left behind: sheets, and the cache wherever it is."""
        for entry in self.project.iterdir():
            if entry.name not in self.given:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        shutil.rmtree(self.home)
        self.home.mkdir()

    def leaflet(self, *arguments: str) -> tuple[str, ...]:
        """The command line of `leaflet` with these arguments."""
        return (sys.executable, "-m", "leaflets", *arguments)

    def keep_html(self) -> Path:
        """The leaflet as one HTML file with its styles in it, as the `weasyprint` command takes it."""
        self.run(self.leaflet(*BUILD, "--html", "-o", str(self.pages)))
        [page] = self.pages.glob("*.html")
        return page

    def contenders(self, page: Path) -> tuple[Contender, ...]:
        """Everything that takes turns."""
        plain = (sys.executable, "-m", "weasyprint", str(page), str(self.pages / "plain.pdf"))
        return (
            Contender("leaflet build, no cache", self.leaflet(*BUILD), self.forget),
            Contender("leaflet build, unchanged", self.leaflet(*BUILD), self.built),
            Contender("weasyprint command", plain),
            Contender("weasyprint command, pdf/a-3a", (*plain, "--pdf-variant", "pdf/a-3a")),
            Contender("typst compile", (sys.executable, "-c", TYPST, str(self.pages / "typst.pdf"))),
            Contender("leaflet --help", self.leaflet("--help")),
        )

    def built(self) -> None:
        """See to it that the sheet is there and in the cache."""
        self.run(self.leaflet(*BUILD))

    def in_one_process(self, which: str, times: int, page: Path) -> dict[str, float]:
        """What `one_process.py` measured."""
        command = (sys.executable, str(IN_ONE_PROCESS), which, str(times), str(page))
        done = subprocess.run(
            command, cwd=self.project, env=self.environment, stdout=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"{' '.join(command)}\nended with {done.returncode}")
        return dict(json.loads(done.stdout))


def timed(bench: Bench, contenders: tuple[Contender, ...], rounds: int) -> dict[str, Timing]:
    """Every contender run once a round, in an order that turns; the first round is thrown away."""
    runs: dict[str, list[tuple[float, float, float]]] = {each.title: [] for each in contenders}
    for turn in range(rounds + 1):
        shift = turn % len(contenders)
        for each in contenders[shift:] + contenders[:shift]:
            each.prepare()
            run = bench.run(each.command)
            if turn:
                runs[each.title].append(run)
    return {title: summed_up(done) for title, done in runs.items()}


def summed_up(runs: list[tuple[float, float, float]]) -> Timing:
    """What the runs of one contender come to."""
    seconds, cpu_s, peaks_mb = zip(*runs, strict=True)
    return Timing(seconds, statistics.median(cpu_s), max(peaks_mb))


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Rows under one another, the first column to the left and the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *others = (
            cell.ljust(width) if not n else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print(first, *others, sep="  ")


def print_commands(timings: dict[str, Timing]) -> None:
    """One row a command: median, fastest, ratio to the plain command, processor time, peak memory."""
    rival = timings["weasyprint command"].median_s
    rows: list[tuple[str, ...]] = [("one command", "median", "fastest", "x weasyprint", "processor", "peak memory")]
    for title, timing in timings.items():
        ratio = f"{timing.median_s / rival:.3f}"
        rows.append(
            (
                title,
                f"{timing.median_s * 1000:.0f} ms",
                f"{min(timing.seconds) * 1000:.0f} ms",
                ratio,
                f"{timing.cpu_s * 1000:.0f} ms",
                f"{timing.peak_mb:.0f} MB",
            )
        )
    print_table(rows)


def print_warm(warm: dict[str, dict[str, float]], times: dict[str, int]) -> None:
    """One row a program: builds in one process, and the memory they leave."""
    rows: list[tuple[str, ...]] = [("in one process", "builds", "median", "memory after one", "at the end", "grown")]
    for which, figures in warm.items():
        early, late = figures["first_mb"], figures["last_mb"]
        rows.append(
            (
                which,
                str(times[which]),
                f"{figures['median_s'] * 1000:.0f} ms",
                f"{early:.0f} MB",
                f"{late:.0f} MB",
                f"{late - early:+.0f} MB",
            )
        )
    print_table(rows)


def targets(timings: dict[str, Timing], grown_mb: float) -> list[tuple[str, bool]]:
    """What we promise of speed, and whether it held in this run."""
    rival = timings["weasyprint command"].median_s
    cold = timings["leaflet build, no cache"].median_s / rival
    unchanged = rival / timings["leaflet build, unchanged"].median_s
    return [
        (f"no cache: {cold:.2f} times the weasyprint command (at most 1.00)", cold <= 1),
        (f"unchanged: {unchanged:.1f} times faster than the weasyprint command (at least 8)", unchanged >= 8),
        (f"builds in one process: {grown_mb:+.0f} MB (less than 50)", grown_mb < 50),
    ]


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11, help="runs of each command (11)")
    parser.add_argument("--sheets", type=int, default=300, help="builds in one process (300)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    return parser.parse_args()


def main() -> int:
    """Measure, print the tables, and tell with the exit code whether every target was reached."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch))
        page = bench.keep_html()
        timings = timed(bench, bench.contenders(page), asked.rounds)
        times = {"leaflet": asked.sheets, "weasyprint": min(asked.sheets, 30), "typst": min(asked.sheets, 30)}
        warm = {which: bench.in_one_process(which, count, page) for which, count in times.items()}
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, {asked.rounds} rounds\n")
    print_commands(timings)
    print()
    print_warm(warm, times)
    print()
    goals = targets(timings, warm["leaflet"]["last_mb"] - warm["leaflet"]["first_mb"])
    for sentence, reached in goals:
        print("reached" if reached else "MISSED ", sentence)
    if asked.json:
        figures = {"commands": {title: timing.seconds for title, timing in timings.items()}, "one process": warm}
        asked.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0 if all(reached for _, reached in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
