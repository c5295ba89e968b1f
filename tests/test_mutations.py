"""The list of faults that `scripts/mutate` puts into the code fits the code; no fault is tried here."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from scripts.mutate import LIST, Fault, read_faults
from tests.conftest import ROOT

FAULTS = read_faults(LIST)
FEWEST, FEWEST_A_ROOM = 60, 2


def rooms() -> set[str]:
    """Every module and folder of the package that the table of ARCHITECTURE.md has a line for."""
    package = ROOT / "leaflets"
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    return modules | {path.parent.name for path in package.glob("*/__init__.py")}


def test_each_room_has_faults() -> None:
    counts = Counter(fault.room for fault in FAULTS)
    assert len(FAULTS) >= FEWEST
    assert set(counts) == rooms()
    assert [room for room, count in counts.items() if count < FEWEST_A_ROOM] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_fault_fits_the_code(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text("utf-8").count(fault.was) == 1
    assert fault.now != fault.was
    assert Path(fault.file).parts[1].removesuffix(".py") == fault.room
    compile((ROOT / fault.file).read_text("utf-8").replace(fault.was, fault.now), fault.file, "exec")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_fault_names_tests_that_there_are(fault: Fault) -> None:
    assert fault.tests
    for test in fault.tests:
        file, _, name = test.partition("::")
        pattern = rf"^def {name}\(" if name else "^def test_"
        assert re.search(pattern, (ROOT / file).read_text("utf-8"), re.MULTILINE), test


def test_no_fault_stands_twice() -> None:
    places = [(fault.file, fault.was, fault.now) for fault in FAULTS]
    assert len(set(places)) == len(places)
    assert len({fault.what for fault in FAULTS}) == len(FAULTS)


def test_an_entry_that_lacks_something_is_refused(tmp_path: Path) -> None:
    entry = tomllib.loads(LIST.read_text("utf-8"))["fault"][0]
    lines = [f"{key} = {value!r}" for key, value in entry.items() if key != "now"]
    (tmp_path / "faults.toml").write_text("\n".join(["[[fault]]", *lines]), "utf-8")
    with pytest.raises(SystemExit, match="not whole"):
        read_faults(tmp_path / "faults.toml")
