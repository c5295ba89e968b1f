"""A night run from the command line: made, jammed, reprinted, reconciled, recalled; with real leaflets."""

import contextlib
import fcntl
import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from leaflets.batch.environment import open_environment
from leaflets.cli import main
from leaflets.project import load_project

ROOT = Path(__file__).resolve().parent.parent
MONOGRAPH = """\
---
title: {title}
brand_names: [{brand}]
version: "1.0"
codes: {{rxcui: "{code}"}}
---

# {title}

### Uses

It treats pain.

### Dosage

Take one tablet a day.

### Side effects

Tell your doctor about a rash.
"""
ALLOW = ("--allow-draft", "--allow-unsafe")
PEOPLE = ("Zebedee Quux", "Nguyễn Thị Quux", "محمد Quux")
SECRETS = ("Quux", "Zebedee", "MRN-", "Nguy")

Command = Callable[..., int]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose leaflets are made already, so that each test need not make them."""
    folder = tmp_path_factory.mktemp("made")
    make_project(folder)
    subprocess.run([*leaflet(), "batch", "tonight.csv", *ALLOW], cwd=folder, check=True, env=environment())
    return folder / "output" / "cache"


@pytest.fixture
def project(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two drugs and a list of twelve patients for three destinations."""
    make_project(tmp_path)
    shutil.copytree(cache, tmp_path / "output" / "cache")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make_project(folder: Path) -> None:
    (folder / "content").mkdir()
    for title, brand, code in (("Examplin", "Exa", "11"), ("Placebol", "Plac", "22")):
        path = folder / "content" / f"{title.lower()}.md"
        path.write_text(MONOGRAPH.format(title=title, brand=brand, code=code), encoding="utf-8")
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (folder / "leaflet.toml").write_text('[batch.columns]\n"PAT-ID" = "patient_ref"\n')
    (folder / "tonight.csv").write_text(patients(12), encoding="utf-8")


def patients(count: int) -> str:
    called, places = ("Exa", "placebol", "22", "Examplin"), ("Ward 3", "Counter", "Ward 7")
    rows = (
        f"{called[n % 4]};{PEOPLE[n % 3]} {n};MRN-{n};RX{n};{places[n % 3]};Take one tablet a day\r\n"
        for n in range(count)
    )
    return "drug;patient_name;PAT-ID;rx_number;destination;directions\r\n" + "".join(rows)


def leaflet() -> list[str]:
    return [sys.executable, "-m", "leaflets"]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def prints(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / "output").glob("*.pdf")}


def words(data: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(data) as pdf:
        return [page.get_textpage().get_text_bounded() for page in pdf]


def events(text: str) -> dict[str, dict[str, object]]:
    return {event["event"]: event for event in map(json.loads, text.splitlines())}


def run_name(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["runs", "--json"]) == 0
    return str(events(capsys.readouterr().out)["run"]["run"])


def test_a_dry_run_tells_the_plan_and_makes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "tonight.csv", "--dry-run", *ALLOW]) == 0
    printed = capsys.readouterr()
    assert "12 of 2 distinct leaflets, all made before" in printed.out
    assert "Ward 7" in printed.out
    assert re.search(r"Columns of the list:\n(.*\n)*  PAT-ID +patient_ref\n", printed.out)
    assert sorted(path.name for path in (project / "output").iterdir()) == ["cache"]
    assert main(["batch", "tonight.csv", "--dry-run"]) == 4
    assert "--allow-draft" in capsys.readouterr().err


def test_every_copy_carries_its_label_and_its_number(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "tonight.csv", "--banner", *ALLOW]) == 0
    out = capsys.readouterr().out
    name = run_name(capsys)
    assert f"Run {name}: 12 copies: 12 written" in out
    (ward,) = [data for file, data in prints(project).items() if file.endswith("ward-3.pdf")]
    pages = words(ward)
    assert "Ward 3" in pages[0]
    first = next(page for page in pages if "1 of 12" in page)
    assert "Zebedee Quux 0" in first
    assert f"run {name}" in first
    assert "DRAFT" in first
    assert sum("MRN-" in page for page in pages) == 4


def test_a_night_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "tonight.csv", "-q", *ALLOW]) == 0
    name = run_name(capsys)
    assert main(["runs", "reconcile", name]) == 11
    assert "1-12" in capsys.readouterr().err
    assert main(["runs", "sent", name]) == 0
    assert main(["runs", "confirm", name, "1-6", "9-12"]) == 0
    assert main(["runs", "spoil", name, "7"]) == 0
    assert main(["reprint", name, "--serials", "7-8"]) == 0
    assert "13 takes the place of 7" in capsys.readouterr().out
    (again,) = [data for file, data in prints(project).items() if "reprint" in file]
    assert ["13 in place of 7" in page for page in words(again) if "in place of" in page] == [True, False]
    assert main(["runs", "confirm", name, "8"]) == 2
    assert main(["runs", "confirm", name, "13-14"]) == 0
    assert main(["runs", "reconcile", name]) == 0
    assert main(["runs", "--verify"]) == 0
    capsys.readouterr()
    assert main(["recall", "EXA@1.0"]) == 0
    printed = capsys.readouterr().out
    assert "Recall of examplin version 1.0" in printed
    assert main(["recall", "EXA@1.0", "--notice", "--reason", "A dose was wrong."]) == 0
    assert "Notice for Ward 7: output/recall-examplin-1.0-ward-7.pdf" in capsys.readouterr().out
    (page,) = words((project / "output/recall-examplin-1.0-ward-7.pdf").read_bytes())
    assert name in page
    assert "A dose was wrong." in page
    assert not any(secret in page for secret in SECRETS)
    assert main(["recall", "examplin", "--before", "2020-01-01"]) == 0
    assert "No sheet" in capsys.readouterr().out
    assert main(["runs", "show", "last"]) == 0
    assert "in place of 7" in capsys.readouterr().out


def test_the_account_of_a_run_names_whoever_has_no_sheet(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Path("tonight.csv").open("a", encoding="utf-8", newline="") as table:
        table.write("examplim;Zebedee Quux;MRN-99;RX99;W;\r\n")
    command = ["batch", "tonight.csv", "--keep-going", *ALLOW]
    assert main([*command, "-q"]) == 11
    name = run_name(capsys)
    assert main(["runs", "confirm", name, ""]) == 2
    assert main(["runs", "spoil", name, "1-2"]) == 0
    assert main(["runs", "unprinted", name, "3"]) == 0
    assert main(["runs", "confirm", name, "5-12"]) == 0
    assert main(["runs", "cancel", name, "2", "--reason", " "]) == 2
    assert main(["runs", "cancel", name, "2", "--reason", "discharged"]) == 0
    capsys.readouterr()
    assert main(command) == 11  # it makes nothing, and does not call the account closed either
    printed = capsys.readouterr()
    assert f"When it is printed: leaflet runs confirm {name} 4\n" in printed.out
    assert f"{name}-rejects.csv" in printed.err
    assert main(["runs", "reconcile", name]) == 11
    printed = capsys.readouterr()
    assert "12 planned = 8 printed + 1 spoiled + 1 unprinted + 1 cancelled + 1 open" in printed.out
    assert "serials 1 are spoiled" in printed.err
    assert "serials 3 never reached paper" in printed.err
    assert "the row on line 14 was refused" in printed.err
    for advice in (f"runs confirm {name} 4`", f"reprint {name} --serials 1`", f"runs waive {name} 14 --reason"):
        assert advice in printed.err
    assert main(["reprint", name, "--serials", "1", "3"]) == 0
    out = capsys.readouterr().out
    assert "Destroy the old sheets: 1\n" in out
    advised = out.splitlines()[-1].split("leaflet ")[1].split()
    assert advised == ["runs", "confirm", name, "13-14"]
    assert main(advised) == main(["runs", "confirm", name, "all"]) == 0
    assert main(["runs", "waive", name, "14", "--reason", "withdrawn"]) == 0
    capsys.readouterr()
    assert main(["runs", "reconcile", name, "--json"]) == 0
    assert events(capsys.readouterr().out)["account"]["closed"] is True
    assert main(command) == 0
    assert main(["runs", "--verify"]) == 0


def test_a_list_that_was_made_makes_nothing_and_names_the_run(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", "tonight.csv", "-q", *ALLOW]) == 0
    name = run_name(capsys)
    made = prints(project)
    Path("tonight.csv").write_bytes(Path("tonight.csv").read_bytes() + b"\n")
    assert main(["batch", "tonight.csv", *ALLOW]) == 0
    assert f"This list was made already: 12 copies, in {name}" in capsys.readouterr().out
    assert main(["batch", "tonight.csv", "--json", *ALLOW]) == 0
    by_event = events(capsys.readouterr().out)
    before = {"rows": 12, "copies": 12, "runs": [name]}
    assert by_event["plan"]["made_before"] == by_event["done"]["made_before"] == before
    assert prints(project) == made
    Path("leaflet.toml").write_text('[batch]\nno_repeat_days = 0\n[batch.columns]\n"PAT-ID" = "patient_ref"\n')
    assert main(["batch", "tonight.csv", "-q", *ALLOW]) == 0
    assert len(prints(project)) == 2 * len(made)


@pytest.mark.parametrize("days", ['"3"', "-1", "1000", "true", "1.5"])
def test_a_number_of_days_that_cannot_be_meant_is_refused(
    project: Path, days: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("leaflet.toml").write_text(f"[batch]\nno_repeat_days = {days}\n")
    assert main(["runs"]) == 2
    assert "“batch.no_repeat_days” must be a whole number of days" in capsys.readouterr().err


def test_a_print_file_that_was_changed_shows(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "tonight.csv", "-q", *ALLOW]) == 0
    path = next((project / "output").glob("*.pdf"))
    path.write_bytes(path.read_bytes() + b"\n")
    assert main(["runs", "--verify"]) == 9
    assert "changed after it was written" in capsys.readouterr().err
    path.unlink()
    assert main(["runs", "--verify"]) == 0


def test_bad_rows_are_named_and_put_aside(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Path("tonight.csv").open("a", encoding="utf-8", newline="") as table:
        table.write("Exa;Zebedee Quux;MRN-9;RX9;W\r\nexamplim;Zebedee Quux;MRN-99;RX99;W;\r\n")
    assert main(["batch", "tonight.csv", *ALLOW]) == 4
    printed = capsys.readouterr()
    assert "line 14: error: it has 5 fields where the header has 6" in printed.err
    assert "Near names: examplin." in printed.err
    assert not prints(project)
    assert main(["batch", "tonight.csv", "--keep-going", *ALLOW]) == 11
    printed_again = capsys.readouterr()
    (rejects,) = (project / "output").glob("*-rejects.csv")
    assert rejects.read_text(encoding="utf-8").splitlines()[1:] == [
        "Exa;Zebedee Quux;MRN-9;RX9;W",
        "examplim;Zebedee Quux;MRN-99;RX99;W;",
    ]
    assert not any(secret in text for secret in SECRETS for text in (*printed, *printed_again))


def test_events_for_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "tonight.csv", "--json", *ALLOW]) == 0
    out = capsys.readouterr().out
    by_event = events(out)
    assert by_event["plan"]["copies"] == 12
    assert by_event["done"]["states"] == {"written": 12}
    written = [json.loads(line) for line in out.splitlines() if '"written"' in line and '"sha256"' in line]
    assert {one["sha256"] for one in written} == {hashlib.sha256(data).hexdigest() for data in prints(project).values()}
    assert not any(secret in out for secret in SECRETS)


def test_split_writes_a_folder_of_files(project: Path) -> None:
    assert main(["batch", "tonight.csv", "--split", "-q", *ALLOW]) == 0
    folders = sorted(path for path in (project / "output").iterdir() if path.is_dir() and path.name != "cache")
    files = sorted(path for folder in folders for path in folder.glob("*.pdf"))
    assert [path.stem[-2:] for path in sorted(files, key=lambda path: path.stem)] == [f"{n:02d}" for n in range(1, 13)]
    assert {path.stat().st_mode & 0o077 for path in (*folders, *files)} == {0}
    assert all(sum("Quux" in page for page in words(path.read_bytes())) == 1 for path in files)
    for folder in folders:
        for line in (folder / "SHA256SUMS").read_text().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert main(["runs", "--verify"]) == 0


def test_killed_at_any_time_the_same_command_ends_with_the_same_bytes(project: Path) -> None:
    chance = random.Random(3)
    open_environment(load_project(project)).open_ledger("batch").store.close()
    shutil.copytree(project / "output", project / "without-runs")
    assert main(["batch", "tonight.csv", "-q", *ALLOW]) == 0
    undisturbed = prints(project)
    shutil.rmtree(project / "output")
    (project / "without-runs").rename(project / "output")
    for _ in range(5):
        started = subprocess.Popen(
            [*leaflet(), "batch", "tonight.csv", "-q", *ALLOW], env=environment(), stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.15, 0.6))
        started.kill()
        started.wait()
        assert prints(project).items() <= undisturbed.items()
    assert main(["batch", "tonight.csv", "-q", *ALLOW]) == 0
    assert prints(project) == undisturbed
    assert not list((project / "output").glob(".*"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_asked_to_stop_it_ends_in_order_and_says_how_to_go_on(project: Path, number: int, code: int) -> None:
    shutil.rmtree(project / "output")
    command = [*leaflet(), "batch", "tonight.csv", "--json", "--workers", "1", *ALLOW]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout
        for line in started.stdout:
            if '"progress"' in line:
                started.send_signal(number)
                break
        last = json.loads(started.stdout.read().splitlines()[-1])
    assert started.returncode == code
    assert "leaflet batch tonight.csv" in last["hint"]
    assert main(["batch", "tonight.csv", "-q", *ALLOW, "--workers", "0"]) == 0


def test_a_file_that_cannot_grow_is_an_error_of_ours(project: Path) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (140_000, 140_000))

    Path("tonight.csv").write_text(patients(600), encoding="utf-8")
    done = subprocess.run(
        [*leaflet(), "batch", "tonight.csv", "-q", *ALLOW],
        env=environment(),
        preexec_fn=small,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 8
    assert "Traceback" not in done.stderr
    assert not prints(project)
    assert main(["batch", "tonight.csv", "-q", *ALLOW]) == 0
    assert main(["runs", "--verify"]) == 0


def test_nothing_of_a_patient_leaves_the_print_files(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "tonight.csv", *ALLOW]) == 0
    assert main(["runs", "show", "last"]) == 0
    assert main(["recall", "examplin"]) == 0
    printed = capfd.readouterr()
    assert not any(secret in text for secret in SECRETS for text in printed)
    for path in (project / "output").rglob("*"):
        assert not any(secret in path.name for secret in SECRETS)
        if path.is_file() and path.suffix != ".pdf":
            data = path.read_bytes()
            assert not any(secret.encode() in data for secret in SECRETS), path.name


@pytest.mark.parametrize(
    "argv",
    [
        ["batch", "nowhere.csv"],
        ["batch", "content"],
        ["batch", "leaflet.toml"],
        ["batch", "tonight.csv", "--encoding", "klingon"],
        ["batch", "tonight.csv", "--sort", "shoe_size", *ALLOW],
        ["runs", "show", "nonesuch"],
        ["runs", "confirm", "last", "1-"],
        ["recall", "nonesuch"],
        ["reprint", "last", "--serials", "99"],
    ],
)
def test_what_cannot_be_understood_is_said_in_a_sentence(
    project: Path, argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    if argv[0] != "batch":
        assert main(["batch", "tonight.csv", "-q", *ALLOW]) == 0
    assert main(argv) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_what_was_allowed_is_counted_on_the_screen(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "tonight.csv", *ALLOW]) == 0
    printed = capsys.readouterr().err
    assert "allowed, and said on every sheet: 2 leaflets were not clinically reviewed" in printed
    assert "writing copies" not in printed


def test_a_terminal_has_a_bar_with_counts(project: Path) -> None:
    terminal, terminal_end = os.openpty()
    fcntl.ioctl(terminal_end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    subprocess.run([*leaflet(), "batch", "tonight.csv", *ALLOW], env=environment(), stderr=terminal_end, check=True)
    os.close(terminal_end)
    printed = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error on Linux
        while more := os.read(terminal, 4096):
            printed += more
    os.close(terminal)
    assert b"writing copies" in printed
    assert b"4/12" in printed


def test_what_is_wrong_with_many_rows_is_said_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"nonesuch;{PEOPLE[n % 3]};M{n};R{n};Ward 3;one\r\n" for n in range(9))
    (project / "many.csv").write_text(patients(2) + rows, encoding="utf-8")
    assert main(["batch", "many.csv", *ALLOW, "--dry-run"]) == 4
    printed = capsys.readouterr().err
    assert printed.count("no monograph has this name") == 1
    assert "9 rows: error: column `drug`" in printed
    assert "Lines 4-12." in printed
