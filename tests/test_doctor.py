"""`leaflet doctor`: each part of an installation and of a project as it is found, and the line that mends it."""

import importlib.metadata
import json
import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from leaflets.cli import doctor_program
from leaflets.cli.doctor_folders import folder_parts
from leaflets.cli.installed_part import InstalledPart, PartState
from leaflets.ledger.ledger import open_ledger
from leaflets.project.clock import now_utc
from tests.running import MONOGRAPH, Leaflet
from tests.sheets import ROOT

_PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def _part(name: str, folder: Path) -> InstalledPart:
    return next(part for part in folder_parts(folder) if part.name == name)


def _deny(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Makes paths of these names unwritable, for root too."""
    real = os.access
    monkeypatch.setattr("leaflets.cli.doctor_folders.os.access",
        lambda path, mode: real(path, mode) and (Path(path).name not in names or not mode & os.W_OK),
    )  # fmt: skip


def test_a_sound_installation_lacks_nothing(leaflet: Leaflet) -> None:
    ran = leaflet("doctor")
    assert ran.code == 0
    assert re.search(r"ok +Pango +\d+\.\d+\.\d+, libpango", ran.out)
    assert re.search(rf"ok +weasyprint +{re.escape(importlib.metadata.version('weasyprint'))}", ran.out)
    assert ran.out.endswith("all that is needed is there\n")
    facts = json.loads(leaflet("doctor", "--json").out)
    assert facts["missing"] == 0
    assert {part["group"] for part in facts["parts"]} == {
        "program", "libraries", "fonts", "extras", "for the tests only", "printers", "project",
    }  # fmt: skip
    assert {"temporary files", "folder", "content", "output", "cache", "ledger"} <= {p["name"] for p in facts["parts"]}
    assert all(bool(part["mend"]) == (part["state"] != "ok") for part in facts["parts"])


def test_a_missing_library_ends_with_5_and_has_its_line(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    libraries = {**doctor_program.LIBRARIES, "Pango": ("libpango-none.so.0", "libpango-1.0-0", "")}
    monkeypatch.setattr(doctor_program, "LIBRARIES", libraries)
    monkeypatch.setattr("leaflets.cli.doctor_program.shutil.which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(doctor_program, "_printers", lambda: InstalledPart("printers", "CUPS", PartState.OK))
    ran = leaflet("doctor")
    assert ran.code == 5
    assert re.search(
        r"missing +Pango +libpango-none.so.0 is not there\n +(sudo )?apt-get install libpango-1.0-0\n", ran.out
    )
    assert "1 part missing" in ran.out


def test_a_package_that_is_missing_or_of_another_release_has_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: ["nonesuch<2,>=1", 'x>=1; extra == "dev"'])
    [missing] = [part for part in doctor_program.program_parts() if part.state is PartState.MISSING]
    assert (missing.name, missing.seen) == ("nonesuch", "not installed")
    assert missing.mend.endswith('-m pip install "nonesuch<2,>=1"')
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "71.2")
    old = doctor_program._package("weasyprint<71,>=70.0")
    assert (old.state, old.seen) == (PartState.MISSING, "71.2: leaflet needs <71,>=70.0")


@pytest.mark.parametrize(
    ("version", "fits"), [("70", True), ("70.0", True), ("70.9.1", True), ("71.0", False), ("69.9", False)]
)
def test_a_release_is_within_its_bounds(version: str, fits: bool) -> None:
    assert doctor_program._fits(version, "<71,>=70.0") is fits


def test_what_is_optional_changes_no_exit_code(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leaflets.cli.doctor_program.shutil.which", lambda _: None)
    monkeypatch.setattr(doctor_program, "EXTRAS", {"zh": ("nonesuch-fonts>=1", "Chinese sheets")})
    ran = leaflet("doctor")
    assert ran.code == 0
    assert re.search(r'optional +extra zh +Chinese sheets\n.*-m pip install "nonesuch-fonts>=1"', ran.out)
    assert re.search(r"optional +poppler +no pdftotext\n +install what your system calls poppler-utils", ran.out)
    assert re.search(r"optional +CUPS +no lpstat", ran.out)


@pytest.mark.parametrize(
    ("asked", "seen"),
    [(lambda: SimpleNamespace(stdout="front\nback\n"), "front, back"),
     (lambda: SimpleNamespace(stdout=""), "no printer is set up"),
     (lambda: (_ for _ in ()).throw(FileNotFoundError()), "it does not answer")],
)  # fmt: skip
def test_the_printers_of_cups(monkeypatch: pytest.MonkeyPatch, asked: Callable[[], object], seen: str) -> None:
    monkeypatch.setattr("leaflets.cli.doctor_program.shutil.which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr("leaflets.cli.doctor_program.subprocess.run", lambda *_, **__: asked())
    part = doctor_program._printers()
    assert (part.seen, bool(part.mend)) == (seen, seen != "front, back")


@pytest.mark.parametrize(
    ("prefix", "line"),
    [("pipx/venvs/leaflets", 'pipx inject leaflets "x>=1"'),
     ("uv/tools/leaflets", 'uv pip install --python PYTHON "x>=1"'),
     ("project/.venv", 'PYTHON -m pip install "x>=1"')],
)  # fmt: skip
def test_a_package_is_installed_where_the_program_is(monkeypatch: pytest.MonkeyPatch, prefix: str, line: str) -> None:
    monkeypatch.setattr(doctor_program, "sys", SimpleNamespace(prefix=prefix, executable="PYTHON"))
    assert doctor_program._pip("x>=1") == line


def test_extras_and_programs_are_those_of_the_project() -> None:
    extras = {name: wanted for name, [wanted, *_] in _PYPROJECT["optional-dependencies"].items()}
    assert {name: requirement for name, (requirement, _) in doctor_program.EXTRAS.items()} == {
        name: wanted for name, wanted in extras.items() if name not in ("dev", "bench")
    }
    setup = (ROOT / "scripts/setup").read_text("utf-8")
    for program, package in doctor_program.TEST_PROGRAMS.values():
        assert f'"{package}": "{program}"' in setup
    for file, package, _ in doctor_program.LIBRARIES.values():
        assert f'"{package}": "{file}"' in setup


# ------------------------------------------------------------------ the project


def test_a_project_that_cannot_be_read_is_missing(leaflet: Leaflet) -> None:
    leaflet.write("content", "no folder")
    ran = leaflet("doctor")
    assert ran.code == 5
    assert re.search(r"missing +content +content: the monographs cannot be read", ran.out)
    leaflet.write("leaflet.toml", "papr = 1\n")
    assert re.search(r"missing +leaflet.toml ", leaflet("doctor").out)


def test_a_new_folder_is_sound(leaflet: Leaflet) -> None:
    seen = {part.name: (part.state, part.seen) for part in folder_parts(leaflet.folder)}
    assert seen["folder"] == (PartState.OPTIONAL, ".: no leaflet.toml, all defaults")
    assert seen["cache"][0] is seen["ledger"][0] is seen["output"][0] is PartState.OK
    assert leaflet.files() == set()


def test_folders_that_cannot_be_written_to(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    leaflet.write("content/examplol.md", MONOGRAPH)
    (leaflet.folder / "output/cache").mkdir(parents=True)
    _deny(monkeypatch, "content", "cache")
    for name in ("content", "cache"):
        part = _part(name, leaflet.folder)
        assert (part.state, part.seen.endswith("no permission to write")) == (PartState.OPTIONAL, True)
        assert part.mend.startswith("chmod u+rwx ")
    _deny(monkeypatch, "output")
    part = _part("output", leaflet.folder)
    assert (part.state, part.mend) == (PartState.MISSING, "chmod u+rwx output")
    monkeypatch.setattr("leaflets.cli.doctor_folders.os.geteuid", lambda: 12345)
    assert re.fullmatch(r"sudo chown -R \S+ output", _part("output", leaflet.folder).mend)


def test_an_output_without_room_or_that_is_no_folder(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leaflets.cli.doctor_folders.shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    assert _part("output", leaflet.folder).state is PartState.MISSING
    leaflet.write("output", "a file")
    assert _part("output", leaflet.folder).mend == "mv output output.old"


def test_no_folder_for_temporary_files(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError

    monkeypatch.setattr("leaflets.cli.doctor_folders.tempfile.gettempdir", none)
    assert _part("temporary files", leaflet.folder).mend == "export TMPDIR=FOLDER"


def test_a_ledger_is_looked_at_with_its_keys(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ledger(leaflet.folder / "output", now_utc).store.close()
    part = _part("ledger", leaflet.folder)
    assert (part.state, part.seen, part.mend) == (PartState.OK, "0 runs", "")
    output = leaflet.folder / "output"
    (output / "ledger.db").chmod(0o644)
    part = _part("ledger", leaflet.folder)
    assert (part.state, part.mend) == (PartState.OPTIONAL, "chmod go= output/ledger.db")
    _deny(monkeypatch, "ledger.db")
    part = _part("ledger", leaflet.folder)
    assert (part.state, part.mend) == (PartState.MISSING, "chmod u+rw output/ledger.db")
    (output / "ledger.key").unlink()
    part = _part("ledger", leaflet.folder)
    assert (part.state, "ledger.key" in part.seen) == (PartState.MISSING, True)
    assert "Put it back from the backup" in part.mend
