"""Times the writer of print files alone: leaflets compiled before, labels set, fonts embedded, file on the disk.

Usage: printfile.py [--rounds N] [--copies N] [--json FILE]
Every measurement is a process of its own; rows are medians of its rounds, memory the highest of them.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from leaflets.labels import Label, LabelFonts
from leaflets.model.compiled import pack, unpack
from leaflets.printfile import Copy, PrintJob, SplitWriter, copy_template, write_print_file

HERE = Path(__file__).resolve().parent
STYLES = HERE.parent / "styles"
LEAFLETS = 20
FIRST = (
    *("Anna", "Alex", "Jane", "Mary", "Tom", "Peter", "Zoë", "José", "Minh", "Linh"),
    *("Omar", "Ivan", "Greta", "Lars", "Søren", "Noor", "Eva", "Max", "Ida", "Leo"),
)
LAST = (
    *("Smith", "Nguyễn", "Müller", "García", "O’Brien", "Jones", "Brown", "Lee"),
    *("Patel", "Kowalski", "Ångström", "Rossi", "Silva", "Novák", "Hansen"),
)
DIRECTIONS = (
    "Take ONE tablet once a day, with or without food.",
    "Take TWO tablets twice a day after meals.",
    "One puff when needed, no more than 8 a day.",
)


def compile_leaflets(folder: Path) -> None:
    """Build twenty different leaflets and keep them as the cache does."""
    from leaflets.model.edition import Audience, Edition, Notice
    from leaflets.pipeline import build
    from leaflets.project import ProjectFolder
    from leaflets.stamp import compile_leaflet

    text = (HERE.parent / "content" / "baricitinib.md").read_text(encoding="utf-8")
    (folder / "content").mkdir()
    for number in range(LEAFLETS):
        name = f"drug{number:02d}"
        (folder / "content" / f"{name}.md").write_text(
            text.replace("Baricitinib", f"Barici{chr(97 + number)}tinib"), "utf-8"
        )
    project = ProjectFolder(folder)
    for number in range(LEAFLETS):
        source = project.source(f"drug{number:02d}", "en")
        built = build(project, source, Edition(Audience.PATIENT), allowed=frozenset(Notice))
        (folder / f"{number}.sheet").write_bytes(pack(compile_leaflet(built.pdf), str(number)))


def copies(count: int) -> Iterator[Copy]:
    """Copies of the leaflets in turn, each with a label of its own."""
    for number in range(1, count + 1):
        mixed = number * 7919
        label = Label(
            patient_name=f"{FIRST[mixed % 20]} {LAST[mixed // 20 % 15]}",
            patient_ref=f"P-{mixed % 1_000_000:06d}",
            dob=f"{mixed % 28 + 1:02d}/0{mixed % 9 + 1}/19{mixed % 90 + 10}",
            rx_number=str(7_000_000 + number),
            directions=DIRECTIONS[mixed % 3],
            quantity=f"{(mixed % 3 + 1) * 28} tablets",
            prescriber=f"Dr {LAST[mixed % 15]}",
            dispensed_on="2026-11-22",
            dose_times="08:00",
        )
        yield Copy(str(number % LEAFLETS), f"{number} of {count}", "run 20261122-3 · c0ffee12", label)


def most_memory_mib() -> float:
    """The most memory this process has held since it was started."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def one(kind: str, count: int, folder: Path) -> dict[str, float]:
    """Write once, in this process; the seconds it took, the bytes, the memory, and the seconds a plain write takes."""
    fonts = LabelFonts.load(STYLES / "fonts")
    sheets = {str(number): unpack((folder / f"{number}.sheet").read_bytes(), str(number)) for number in range(LEAFLETS)}
    target = Path(tempfile.mkdtemp(dir=folder))  # a new one: to replace files is slower than to make them
    wanted = copies(count) if count > 10_000 else list(copies(count))
    start = time.perf_counter()
    if kind == "split":
        writer = SplitWriter(sheets.__getitem__, fonts)
        size = sum(writer.save(target / f"{at}.pdf", copy).bytes for at, copy in enumerate(wanted))
    else:
        if kind == "deflated":  # without the template of deflated objects: each copy's are compressed by themselves
            copy_template.COPIES_BEFORE_TEMPLATE = sys.maxsize
        with (target / "print.pdf").open("wb", buffering=0) as out:
            job = PrintJob("Night run", tagged=kind in ("tagged", "deflated"))
            size = write_print_file(out, wanted, sheets.__getitem__, fonts, job).bytes
    seconds = time.perf_counter() - start
    memory = most_memory_mib()
    files = sorted(target.iterdir())
    contents = [file.read_bytes() for file in files]
    start = time.perf_counter()
    for file, content in zip(files, contents, strict=True):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.write(descriptor, content)
        os.close(descriptor)
    return {"seconds": seconds, "bytes": size, "memory_mib": memory, "plain_seconds": time.perf_counter() - start}


def measure(kind: str, count: int, rounds: int, folder: Path) -> dict[str, float]:
    """The medians of some rounds, each in a process of its own."""
    results = []
    for _ in range(rounds):
        command = [sys.executable, __file__, "--one", kind, "--copies", str(count), "--folder", str(folder)]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        results.append(json.loads(run.stdout))
    seconds = statistics.median(result["seconds"] for result in results)
    return {
        "copies": count,
        "seconds": seconds,
        "copies_per_second": count / seconds,
        "bytes_per_copy": results[0]["bytes"] / count,
        "memory_mib": max(result["memory_mib"] for result in results),
        "times_a_plain_write": statistics.median(result["seconds"] / result["plain_seconds"] for result in results),
    }


def main() -> None:
    """Measure every kind of file, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--copies", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", choices=["plain", "tagged", "deflated", "split"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(asked.one, asked.copies, asked.folder)))
        return
    rows: dict[str, dict[str, float]] = {}
    kinds = (
        ("plain", 1_000),
        ("plain", asked.copies),
        ("plain", 2 * asked.copies),
        ("tagged", asked.copies),
        ("deflated", asked.copies),
        ("split", 1_000),
    )
    for kind, count in kinds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            compile_leaflets(folder)
            row = rows[f"{kind} {count}"] = measure(kind, count, asked.rounds, folder)
        print(
            f"{kind:8} {count:6} copies {row['seconds']:7.3f} s {row['copies_per_second']:8.0f} a second"
            f" {row['bytes_per_copy']:7.0f} bytes a copy {row['memory_mib']:5.0f} MiB"
            f" {row['times_a_plain_write']:5.1f} times a plain write",
            flush=True,
        )
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
