"""Shows whether two trees of this project print the same: every sheet in every edition, and runs of a made-up list.

Usage: same_bytes.py BEFORE AFTER [--only PATTERN] [--no-runs] [--json FILE] [--pdfs DIR]
       same_bytes.py --capture TREE -o FILE.json [--pdfs DIR]
A tree is a folder with a checkout, or a revision of this repository; BEFORE and AFTER may also be captures.
What may differ is pinned in a scratch copy of each tree: the content id, and whatever a sheet's record says of our own
code. The exit code is 1 where anything else differs, 2 where a tree cannot be pinned or captured.
"""

import argparse
import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product, zip_longest
from pathlib import Path
from typing import Any

from made_up_list import made_up_list
from pinning import Refused, pin, unpinned

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("leaflets", "content", "styles")
SETTINGS = """\
[pharmacy]
name = "Corner Pharmacy"
address = "1 Rail Street"
phone = "555 0100"
hours = "Monday to Friday 8 am to 6 pm"
out_of_hours = "116 117"
"""
KEY = "5a" * 32  # of the ledger: a new one would be drawn by lot
NAMED = 20
PROCESSES = 2
PAPERS = ("a4", "letter", "a5")
ALLOW = ("--allow-draft", "--allow-expired", "--allow-stale", "--allow-unsafe")
BATCH = ("batch", "list.csv", "--keep-going", "--banner", "--again", "--workers", str(PROCESSES), *ALLOW)
# “last” is the plain run from the third command on.
COMMANDS = (
    (*BATCH, "--split", "-o", "prints/split"),
    (*BATCH, "--tagged", "-o", "prints/tagged"),
    (*BATCH, "-o", "prints/plain"),
    ("runs", "show", "last"),
    ("runs", "confirm", "last", "1-40", "45"),
    ("runs", "spoil", "last", "41-44"),
    ("reprint", "last", "--serials", "41-44"),
    ("runs", "reconcile", "last"),
    ("runs",),
    ("runs", "--verify"),
    ("recall", "metformin"),
)

# Times, and what holds times, in the words of a command.
CHANGING = (
    (re.compile(r"\d+\.\d\d s\b"), "# s"),
    (re.compile(r"about [\d,]+ (second|minute)s?"), r"about # \1s"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*( UTC|Z)?"), "#time"),
    (re.compile(r"\b\d+ events"), "# events"),  # leaflets that are made at one time share an event
    (re.compile(r"(history .*end(?:s|ing) in) [0-9a-f]+"), r"\1 #"),
)
# Columns of the ledger that hold a time, a path, or a hash of one or of our own code.
LEFT_OUT = frozenset({"at", "previous", "hash", "sheet", "list_place", "folder"})
_HEX = re.compile(r"\b[0-9a-f]{32,}\b")

# ------------------------------------------------------------------------------------------------- capturing


@dataclass(frozen=True)
class Asked:
    """What of a tree is captured: sheets by a pattern of their names, the runs or not; and where PDFs are kept."""

    only: re.Pattern[str]
    runs: bool
    pdfs: Path | None


def scratch_copy(tree: str, scratch: Path) -> tuple[str, Path]:
    """What a tree is called, and a pinned copy of it. Raises Refused."""
    copy = scratch / "tree"
    if Path(tree).is_dir():
        place, name = Path(tree), _git(Path(tree), "describe", "--always", "--dirty") or tree
        for each in COPIED:
            shutil.copytree(place / each, copy / each, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        name = _git(ROOT, "rev-parse", "--short", "--verify", "--quiet", f"{tree}^{{commit}}")
        if not name:
            raise Refused(f"{tree}: no folder, no capture and no revision of this repository")
        copy.mkdir()
        archive = subprocess.run(["git", "-C", ROOT, "archive", name, *COPIED], check=True, stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", copy], input=archive.stdout, check=True)
    pin(copy)
    return name, copy


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=False).stdout.strip()


def sheets_of(tree: Path) -> Iterator[tuple[str, list[str]]]:
    """Every sheet of a tree, by its name, and the words of the command that makes it or refuses to."""
    for path in sorted((tree / "content").glob("*.md")):
        name, _, own = path.stem.partition(".")
        for lang in (own, f"en+{own}", f"{own}+en") if own else ("en",):
            for audience in ("patient", "clinician"):
                for edition, paper in product(("standard", "large-print"), (*PAPERS, "a5 --booklet")):
                    flags = f"--lang {lang} --audience {audience} --edition {edition} --paper {paper}"
                    called = f"{name} {lang} {audience} {edition} {paper.replace('--', '')}"
                    yield called, ["build", name, *flags.split(), "-v"]


def drive(project: Path) -> None:
    """Make the sheets that wait in a folder, in this process, and write down what came of each."""
    from leaflets.cli import main

    os.chdir(project)
    results = {}
    for name, words in json.loads(Path("sheets.json").read_text("utf-8")):
        out = io.StringIO()
        shutil.rmtree("out", ignore_errors=True)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            try:
                code: Any = main([*words, "--allow-expired", "--allow-stale", "-o", "out"])
            except SystemExit as end:
                code = end.code
        made = sorted(Path("out").glob("*.pdf"))
        result: dict[str, Any] = {"code": code, "words": settled(out.getvalue())}
        if made:
            result |= measured(made[0])
            if what := unpinned(made[0]):
                raise SystemExit(f"{name}: not pinned: {what}")
            made[0].rename(Path("pdfs", f"{name.replace(' ', '-')}.pdf"))
        results[name] = result
    Path("results.json").write_text(json.dumps(results), "utf-8")


def measured(path: Path) -> dict[str, Any]:
    """The hash and size of a file."""
    data = path.read_bytes()
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def settled(words: str) -> str:
    """The words of a command without times."""
    for pattern, instead in CHANGING:
        words = pattern.sub(instead, words)
    return words


def capture_sheets(tree: Path, scratch: Path, asked: Asked) -> dict[str, Any]:
    """What came of every sheet. Raises Refused where a process fails."""
    every, running = [one for one in sheets_of(tree) if asked.only.search(one[0])], []
    for number in range(PROCESSES):
        project = scratch / f"sheets-{number}"
        (project / "pdfs").mkdir(parents=True)
        (project / "sheets.json").write_text(json.dumps(every[number::PROCESSES]), "utf-8")
        command = [sys.executable, __file__, "--drive", str(project)]
        running.append((project, subprocess.Popen(command, env=environment(tree))))
    results: dict[str, Any] = {}
    for project, process in running:
        if process.wait():
            raise Refused("a process that makes sheets has failed")
        results |= json.loads((project / "results.json").read_text("utf-8"))
        if asked.pdfs:
            shutil.copytree(project / "pdfs", asked.pdfs / "sheets", dirs_exist_ok=True)
    return {name: results[name] for name, _ in every}


def capture_runs(tree: Path, scratch: Path, asked: Asked) -> dict[str, Any]:
    """What came of each command about runs, each file they wrote, and each table of the ledger."""
    project = scratch / "runs"
    (project / "output").mkdir(parents=True)
    (project / "leaflet.toml").write_text(SETTINGS, "utf-8")
    (project / "list.csv").write_bytes(made_up_list())
    (project / "output" / "ledger.key").write_text(KEY + "\n", "ascii")
    results: dict[str, Any] = {}
    for words in COMMANDS:
        command = [sys.executable, "-m", "leaflets", *words]
        done = subprocess.run(command, cwd=project, env=environment(tree), capture_output=True, text=True, check=False)
        output = settled(f"{done.stdout}\n{done.stderr}")
        results[f"leaflet {' '.join(words)}"] = {"code": done.returncode, "words": output}
    files = sorted(path for path in (project / "prints").rglob("*") if path.is_file())
    results |= {f"file {path.relative_to(project / 'prints')}": measured(path) for path in files}
    results |= {f"ledger {table}": {"words": text} for table, text in ledger_of(project / "output" / "ledger.db")}
    if asked.pdfs:
        shutil.copytree(project / "prints", asked.pdfs / "runs", dirs_exist_ok=True)
    return results


def ledger_of(path: Path) -> Iterator[tuple[str, str]]:
    """Each table of a ledger with its rows, without what holds a time or a path."""
    with contextlib.closing(sqlite3.connect(path)) as ledger:
        tables = ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
        for (table,) in tables:
            rows = ledger.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
            columns = [column[0] for column in rows.description]
            facts = [{n: v for n, v in zip(columns, row, strict=True) if n not in LEFT_OUT} for row in rows]
            yield table, "\n".join(history(facts) if table == "event" else map(_row_text, facts))


def history(events: list[dict[str, Any]]) -> Iterator[str]:
    """The events as text, in their order; last the leaflets that were made, since workers finish them in any order."""
    made = []
    for event in events:
        del event["number"]
        if event["kind"] == "rendered":
            made += [f"{event['run']} {leaflet}" for leaflet in json.loads(event["detail"])["leaflets"]]
        else:
            yield _HEX.sub("#", _row_text(event))  # hashes of times and of paths are among them
    yield from sorted(_HEX.sub("#", leaflet) for leaflet in made)


def _row_text(row: Mapping[str, Any]) -> str:
    return json.dumps({name: v.hex() if isinstance(v, bytes) else v for name, v in row.items()}, ensure_ascii=False)


def environment(tree: Path) -> dict[str, str]:
    """The environment of a command that is to run a pinned copy."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**variables, "PYTHONPATH": str(tree), "NO_COLOR": "1", "COLUMNS": "120"}


def capture(tree: str, asked: Asked) -> dict[str, Any]:
    """A tree's name, its sheets and its runs; or what a capture that was kept says. Raises Refused."""
    if tree.endswith(".json"):
        recorded = json.loads(Path(tree).read_text("utf-8"))
        sheets = {name: result for name, result in recorded["sheets"].items() if asked.only.search(name)}
        return {"tree": recorded["tree"], "sheets": sheets, "runs": recorded["runs"] if asked.runs else {}}
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="same-bytes-") as folder:
        scratch = Path(folder).resolve()
        name, copy = scratch_copy(tree, scratch)
        require_own_code(copy)
        sheets = capture_sheets(copy, scratch, asked)
        middle = time.perf_counter()
        runs = capture_runs(copy, scratch, asked) if asked.runs else {}
    print(f"{name}: sheets in {middle - start:.0f} s, runs in {time.perf_counter() - middle:.0f} s", file=sys.stderr)
    return {"tree": name, "sheets": sheets, "runs": runs}


def require_own_code(tree: Path) -> None:
    """Raises Refused where the interpreter would run another copy of the program."""
    command = [sys.executable, "-P", "-c", "import leaflets; print(leaflets.__file__)"]
    loaded = subprocess.run(command, env=environment(tree), capture_output=True, text=True, check=False)
    if loaded.stdout.strip() != str(tree / "leaflets" / "__init__.py"):
        raise Refused(f"the pinned copy is not what Python loads: {loaded.stdout}{loaded.stderr}")


# ------------------------------------------------------------------------------------------------- comparing


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is not the same, or in one of the two alone, and in what."""
    differences = []
    for name in dict.fromkeys((*before, *after)):
        first, second = before.get(name, {}), after.get(name, {})
        facts = dict.fromkeys((*first, *second))
        what = [fact for fact in facts if fact != "bytes" and first.get(fact) != second.get(fact)]
        if what:
            differences.append({"name": name, "what": what, "before": first, "after": second})
    return differences


def lines(kind: str, before: Mapping[str, Any], different: list[dict[str, Any]]) -> Iterator[str]:
    """The lines of the table about sheets or runs."""
    files = sum("sha256" in each for each in before.values())
    equal = len(before) - sum(bool(each["before"]) for each in different)
    yield f"{kind:7} {len(before):5} {files:6} {equal:6} {len(different):7}"
    for each in different[:NAMED]:
        yield f"    {each['name']}: {'; '.join(_difference(fact, each) for fact in each['what'])}"
    if len(different) > NAMED:
        yield f"    and {len(different) - NAMED} more"


def _difference(fact: str, each: Mapping[str, Any]) -> str:
    """In what a sheet, file or command differs; of many words, the first line that does."""
    first, second = (str(each[tree].get(fact, "none")) for tree in ("before", "after"))
    if fact == "sha256":
        return "other bytes, " + " → ".join(f"{each[tree].get('bytes', 0):,}" for tree in ("before", "after"))
    if fact != "words":
        return f"{fact} {first} → {second}"
    pairs = zip_longest(first.split("\n"), second.split("\n"), fillvalue="")
    was, now = next(pair for pair in pairs if pair[0] != pair[1])
    return f"“{was[:160]}” → “{now[:160]}”"


def compare(before: Mapping[str, Any], after: Mapping[str, Any], json_file: Path | None) -> int:
    """Print the table of two captures; 1 where anything differs."""
    different = {kind: differing(before[kind], after[kind]) for kind in ("sheets", "runs")}
    print(f"{before['tree']} and {after['tree']}")
    print(f"{'':7} {'asked':>5} {'files':>6} {'equal':>6} {'differ':>7}")
    for kind, differences in different.items():
        print("\n".join(lines(kind, before[kind], differences)))
    if json_file:
        counts = {kind: len(before[kind]) for kind in different}
        write_json(
            json_file, {"before": before["tree"], "after": after["tree"], "counts": counts, "different": different}
        )
    return int(any(different.values()))


def write_json(path: Path, facts: Mapping[str, Any]) -> None:
    """Facts as a file that people can read as well."""
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="*", metavar="BEFORE AFTER", help="checkouts, revisions, or captures")
    parser.add_argument("--capture", metavar="TREE", help="capture this tree alone, to be compared later")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where the capture goes")
    parser.add_argument("--only", type=re.compile, default=".", metavar="PATTERN", help="sheets whose names match")
    parser.add_argument("--no-runs", dest="runs", action="store_false", help="the sheets alone")
    parser.add_argument("--pdfs", type=Path, metavar="DIR", help="keep the PDFs here, to look at")
    parser.add_argument("--json", type=Path, metavar="FILE", help="what differs, whole, as JSON")
    parser.add_argument("--drive", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not asked.drive and (len(asked.trees), bool(asked.output)) != ((0, True) if asked.capture else (2, False)):
        parser.error("say BEFORE and AFTER, or --capture TREE and -o FILE")
    return asked


def main() -> int:
    """Capture one tree, or compare two."""
    asked = arguments()
    if asked.drive:
        drive(asked.drive)
        return 0
    try:
        if asked.capture:
            write_json(asked.output, capture(asked.capture, Asked(asked.only, asked.runs, asked.pdfs)))
            return 0
        folders = [asked.pdfs and asked.pdfs / name for name in ("before", "after")]
        before, after = (
            capture(tree, Asked(asked.only, asked.runs, pdfs)) for tree, pdfs in zip(asked.trees, folders, strict=True)
        )
        return compare(before, after, asked.json)
    except Refused as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
