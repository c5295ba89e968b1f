"""Peak memory of print runs whose leaflets are all in the cache, by their number of copies: python bench/memory.py."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DRUGS = ("metformin", "warfarin", "baricitinib", "atorvastatin")
DESTINATIONS = tuple(f"Ward {number}" for number in range(1, 9))
HEAD = "drug,destination,patient_name,patient_ref,rx_number,directions,dispensed_on\n"


def made_up_list(copies: int) -> str:
    """A list of so many rows, one copy each."""
    return HEAD + "".join(
        f"{DRUGS[n % len(DRUGS)]},{DESTINATIONS[n % len(DESTINATIONS)]},Zebedee Quux {n},MRN-{n},RX{n},"
        "Take ONE tablet (2 mg) once a day with or without food.,2026-11-22\n"
        for n in range(copies)
    )


def batch(folder: Path, copies: int) -> None:
    """Makes a run of so many copies in the project `folder`."""
    (folder / f"{copies}.csv").write_text(made_up_list(copies), encoding="utf-8")
    flags = ("--workers", "0", "-q", "--allow-draft", "--allow-unsafe", "--allow-expired")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, "-m", "leaflets", "batch", f"{copies}.csv", *flags], cwd=folder, env=environment, check=True
    )


def main() -> None:
    """Prints the peak of each run in MiB; each is the largest process yet, so the numbers must ascend."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("copies", type=int, nargs="*", default=[20_000, 300_000], help="copies of each run, ascending")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "leaflet.toml").write_text("", encoding="utf-8")
        batch(folder, len(DRUGS))  # renders the leaflets; a little memory is for that
        for copies in parser.parse_args().copies:
            script = f"import sys; sys.path[:0] = {[str(ROOT)]!r}; from pathlib import Path; from bench import memory\n"
            script += f"memory.batch(Path({name!r}), {copies})\n"
            script += "import resource; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
            ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
            print(f"{copies:>9,} copies  {int(ran.stdout):>5,} MiB", flush=True)


if __name__ == "__main__":
    main()
