"""Times `leaflet batch` beside other ways to make a run of labelled leaflets: whole processes, medians, in turns.

Usage: batch.py [--rounds N] [--large] [--json FILE]
Twenty distinct leaflets, the baricitinib patient leaflet under twenty names; each copy with a label of its own.
Peers that would take minutes make fewer copies, and their time is scaled; the table says so.
"""

import argparse
import csv
import importlib.util
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LEAFLETS = 20
NAMES = ("Ann Smith", "José García", "Åse Øst", "Zoë O’Brien", "Tom Kowalski", "Nguyễn Thị Minh Khai", "Trần Văn Đức")
ALLOW = ("--allow-draft", "--allow-expired", "--allow-unsafe")


@dataclass(frozen=True)
class Way:
    """One way to make `copies` copies; `made` copies are really made, and the time is scaled."""

    title: str
    command: tuple[str, ...]
    copies: int
    made: int
    cold: bool = False


def furnish(folder: Path, counts: tuple[int, ...]) -> None:
    """A project with twenty monographs, lists of patients, and the finished leaflets as peers need them."""
    text = (ROOT / "content" / "baricitinib.md").read_text(encoding="utf-8")
    (folder / "content").mkdir(parents=True)
    for number in range(LEAFLETS):
        path = folder / "content" / f"drug{chr(97 + number)}.md"
        path.write_text(text.replace("Baricitinib", f"Drug{chr(97 + number)}"), encoding="utf-8")
    for count in counts:
        write_list(folder / f"{count}.csv", count)
    drugs = [f"drug{chr(97 + number)}" for number in range(LEAFLETS)]
    build = [sys.executable, "-m", "leaflets", "build", *drugs, "--audience", "patient", "--html", "--allow-expired"]
    subprocess.run(
        [*build, "-o", str(folder / "peers")], cwd=folder, env=environment(), check=True, capture_output=True
    )
    for path in (folder / "peers").iterdir():
        path.rename(path.with_name(path.name.replace("-patient", "")))
    words = [line.strip("#*->| ") for line in text.split("---", 2)[2].splitlines()]
    (folder / "peers" / "leaflet.txt").write_text("\n".join(filter(None, words)), encoding="utf-8")
    shutil.copy(folder / f"{max(counts)}.csv", folder / "peers" / "list.csv")


def write_list(path: Path, count: int) -> None:
    """Made-up patients, the leaflets in turn, three destinations."""
    columns = ("drug", "patient_name", "patient_ref", "dob", "rx_number", "directions", "quantity", "prescriber")
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow((*columns, "destination"))
        for n in range(count):
            drug = f"drug{chr(97 + n % LEAFLETS)}"
            person = f"{NAMES[n * 7919 % len(NAMES)]} {n}"
            row = (drug, person, f"P{n:06d}", f"19{n % 90 + 10}-01-02", f"RX{n:06d}", "Take ONE tablet once a day.")
            table.writerow((*row, "28 tablets", "Dr Lee", f"Ward {n % 3 + 1}"))


def environment() -> dict[str, str]:
    """The environment of every contender: the leaflets of this checkout, and no setting of Python's own.

    A machine may forbid Python to keep what it has compiled; what pip installs is compiled all the same.
    """
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**variables, "PYTHONPATH": str(ROOT)}


def leaflet_way(title: str, count: int, *flags: str, cold: bool = False) -> Way:
    """A run of ours."""
    command = (sys.executable, "-m", "leaflets", "batch", f"{count}.csv", "--again", "-q", *ALLOW, *flags)
    return Way(title, command, count, count, cold)


def peer_way(title: str, way: str, count: int, made: int) -> Way:
    """A run of a peer."""
    return Way(title, (sys.executable, str(HERE / "batch_peers.py"), way, str(made), "peers"), count, made)


def ways(*, large: bool) -> list[Way]:
    """All contenders."""
    contenders = [
        leaflet_way("leaflet batch, leaflets cached", 1_000),
        leaflet_way("leaflet batch --tagged, cached", 1_000, "--tagged"),
        leaflet_way("leaflet batch --split, cached", 1_000, "--split"),
        leaflet_way("leaflet batch, nothing cached, 1 worker", 1_000, "--workers", "1", cold=True),
        leaflet_way("leaflet batch, nothing cached, 2 workers", 1_000, "--workers", "2", cold=True),
        leaflet_way("leaflet batch, leaflets cached", 10_000),
        leaflet_way("leaflet batch --tagged, cached", 10_000, "--tagged"),
        peer_way("ReportLab, forms (plain layout)", "reportlab", 1_000, 1_000),
        peer_way("ReportLab, forms (plain layout)", "reportlab", 10_000, 10_000),
        peer_way("pikepdf, pages appended", "pikepdf", 1_000, 1_000),
        peer_way("Typst, one document", "typst-one", 1_000, 1_000),
        peer_way("Typst, one document a copy", "typst-each", 1_000, 200),
        peer_way("WeasyPrint, a loop", "weasyprint", 1_000, 20),
    ]
    if importlib.util.find_spec("reportlab") is None:
        contenders = [way for way in contenders if "ReportLab" not in way.title]
    return [*contenders, leaflet_way("leaflet batch, leaflets cached", 20_000)] if large else contenders


def once(way: Way, project: Path) -> dict[str, float]:
    """One run in a process of its own: scaled seconds, CPU seconds, and the process's own peak memory in MiB."""
    output = project / "output"
    for path in output.glob("*") if output.exists() else ():
        if path.name != "cache" or way.cold:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    timed = ["/usr/bin/env", *way.command]
    with subprocess.Popen(timed, cwd=project, env=environment(), stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"{way.title} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    scale = way.copies / way.made
    return {"seconds": seconds * scale, "cpu": cpu * scale, "memory_mib": used.ru_maxrss / 1024}


def measure(project: Path, contenders: list[Way], rounds: int) -> list[dict[str, object]]:
    """Medians over rounds in which the contenders take turns, after a run that fills the cache."""
    once(contenders[0], project)
    results: dict[Way, list[dict[str, float]]] = {way: [] for way in contenders}
    for number in range(rounds):
        order = contenders[number % len(contenders) :] + contenders[: number % len(contenders)]
        for way in order:
            results[way].append(once(way, project))
    return [
        {
            "way": way.title,
            "copies": way.copies,
            "made": way.made,
            "seconds": statistics.median(one["seconds"] for one in measured),
            "cpu": statistics.median(one["cpu"] for one in measured),
            "memory_mib": max(one["memory_mib"] for one in measured),
        }
        for way, measured in results.items()
    ]


def main() -> None:
    """Measure, print a table, and keep the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="20,000 copies too")
    parser.add_argument("--only", default="", help="contenders whose title holds these words")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    contenders = [way for way in ways(large=asked.large) if all(word in way.title for word in asked.only.split())]
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "project"
        furnish(project, (1_000, 10_000, 20_000))
        rows = measure(project, contenders, asked.rounds)
    for row in rows:
        scaled = f" (from {row['made']})" if row["made"] != row["copies"] else ""
        times = f"{row['seconds']:8.2f} s {row['cpu']:8.2f} s CPU {row['memory_mib']:6.0f} MiB"
        print(f"{row['copies']:6} {times}  {row['way']}{scaled}", flush=True)
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
