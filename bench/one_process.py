"""Builds the same sheet again and again in one process, and tells as JSON how long one took and what memory grew.

Usage: one_process.py leaflet|weasyprint|typst TIMES [PAGE.html]
"""

import contextlib
import io
import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
STYLES = HERE.parent / "styles"


def resident_mb() -> float:
    """The memory this process holds now, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def forget() -> None:
    """Remove what the last build left in this folder and in the home folder, the cache with it."""
    for folder in (Path.cwd(), Path.home()):
        for entry in folder.iterdir():
            if entry.is_dir() and entry.name not in ("content", "styles"):
                shutil.rmtree(entry)


def leaflet() -> None:
    """One `leaflet build`, as the command does it."""
    from leaflets.cli import main

    with contextlib.redirect_stdout(io.StringIO()) as output:
        code = main(["build", "baricitinib", "--audience", "patient"])
    if code:
        sys.exit(f"the build ended with {code}: {output.getvalue()}")


def weasyprint() -> None:
    """One page through WeasyPrint as it comes."""
    from weasyprint import HTML

    HTML(sys.argv[3]).write_pdf("page.pdf")


def typst() -> None:
    """One page through Typst, told the round so that it cannot hand out the last one again."""
    from typst import Compiler

    compiler = Compiler(str(HERE / "leaflet.typ"), font_paths=[str(STYLES / "fonts")], ignore_system_fonts=True)
    compiler.compile(output="typst.pdf", pdf_standards=["a-2a", "ua-1"])


def measure(build: Callable[[], None], times: int) -> dict[str, float]:
    """Median seconds of a build, and memory after the first and after the last."""
    seconds: list[float] = []
    first = 0.0
    for _ in range(times):
        forget()
        start = time.perf_counter()
        build()
        seconds.append(time.perf_counter() - start)
        first = first or resident_mb()
    return {"median_s": statistics.median(seconds[1:] or seconds), "first_mb": first, "last_mb": resident_mb()}


if __name__ == "__main__":
    contender = {"leaflet": leaflet, "weasyprint": weasyprint, "typst": typst}[sys.argv[1]]
    json.dump(measure(contender, int(sys.argv[2])), sys.stdout)
