"""`leaflet runs` from the command line: heads of the history, purge, backup and restore."""

import json
import shutil
from pathlib import Path

import pytest

from leaflets.cli import runs_files
from leaflets.errors import OutputError
from leaflets.ledger.history import event_actor
from leaflets.ledger.ledger import open_ledger_to_read
from tests.batch_doubles import BatchEnvironment, patients
from tests.running import Leaflet


@pytest.fixture
def leaflet(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Leaflet:
    """The command in a project with a run of 4 copies, begun before the end of the month."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runs_files, "days_ago", lambda days: f"2026-11-{30 - days}")
    BatchEnvironment(tmp_path, patients(3)).run()
    return Leaflet(tmp_path, capsys)


def head_of(text: str) -> str:
    return text.split("history ends in ")[1].split()[0]


def test_every_change_prints_the_hash_by_which_a_cut_shows(leaflet: Leaflet) -> None:
    head = head_of(leaflet("runs", "confirm", "last", "1").out)
    assert leaflet("runs", "--verify", "--head", head).code == 0
    changed = json.loads(leaflet("runs", "spoil", "last", "2", "--json").out)
    assert changed["history"].startswith(json.loads(leaflet("runs", "--verify", "--json").out)["history"])
    other = leaflet("runs", "--verify", "--head", "0123456789ab")
    assert other.code == 9
    assert "cut off" in other.err
    assert leaflet("runs", "--verify", "--head", "0123").code == 2
    assert leaflet("runs", "--head", head).code == 2
    with open_ledger_to_read(leaflet.folder / "output") as ledger:
        actor = event_actor(ledger.store.events()[-1])
    assert actor.command == "runs spoil"
    assert actor.user
    assert actor.host


def test_the_history_says_who_changed_what_and_why(leaflet: Leaflet) -> None:
    assert leaflet("runs", "spoil", "last", "2", "--reason", "torn  by the\nprinter").code == 0
    printed = leaflet("runs", "history", "last").out.splitlines()
    assert [line.split()[2] for line in printed[:3]] == ["planned", "rendered", "written"]
    assert "spoiled" in printed[-1]
    assert printed[-1].endswith("runs spoil  torn by the printer")
    last = json.loads(leaflet("runs", "history", "--json").out.splitlines()[-1])
    assert (last["kind"], last["serials"], last["command"], last["reason"]) == (
        "spoiled",
        "2",
        "runs spoil",
        "torn by the printer",
    )
    assert leaflet("runs", "--verify", "--head", last["hash"]).code == 0
    assert leaflet("runs", "spoil", "last", "1", "--reason", " ").code == 2


def test_a_list_is_planned_on_read_only_media(leaflet: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    leaflet.write("tonight.csv", "drug,patient_name\nbaricitinib,Zebedee Quux\n")
    leaflet("copy", "baricitinib")  # as its older run is recorded with a text of the project's own

    def read_only(*_: object) -> None:
        raise OutputError("the ledger is read-only")

    monkeypatch.setattr("leaflets.batch.environment.open_ledger", read_only)
    planned = leaflet("batch", "tonight.csv", "--dry-run", "--allow-draft", "--allow-unsafe")
    assert planned.code == 0
    assert "1 of 1 distinct leaflets" in planned.out


def test_a_purge_lists_and_asks_before_it_deletes(leaflet: Leaflet) -> None:
    files = {name for name in leaflet.files() if name.endswith(".pdf")}
    assert len(files) == 3
    assert leaflet("runs", "purge", "--older-than", "30").code == 2
    assert "its account is open, 3 files kept" in leaflet("runs", "purge", "--older-than", "1d", "--yes").out
    assert leaflet("runs", "purge", "--older-than", "20d", "--open-too", "--yes").out == "No file is to be deleted.\n"
    listed = leaflet("runs", "purge", "--older-than", "1d", "--open-too", "--dry-run")
    assert all(name in listed.out for name in files)
    assert leaflet("runs", "purge", "--older-than", "1d", "--open-too").code == 2  # nobody can be asked
    assert files <= leaflet.files()
    purged = leaflet("runs", "purge", "--older-than", "1d", "--open-too", "--yes")
    assert purged.code == 0
    assert "3 files deleted" in purged.out
    assert not files & leaflet.files()
    verified = leaflet("runs", "--verify", "--head", head_of(purged.out))
    assert verified.code == 0
    assert verified.err.count("was purged") == 3
    assert "is gone" not in verified.err


def test_a_lost_disk_is_brought_back_from_the_backup(leaflet: Leaflet) -> None:
    assert leaflet("runs", "confirm", "last", "1").code == 0
    made = json.loads(leaflet("runs", "backup", "safe", "--json").out)
    assert leaflet("runs", "restore", "safe").code == 9  # nothing is lost
    shutil.rmtree(leaflet.folder / "output")
    back = leaflet("runs", "restore", "safe")
    assert back.code == 0
    assert leaflet("runs", "--verify", "--head", made["history"]).code == 0
    assert leaflet("runs", "--verify", "--head", head_of(back.out)).code == 0
    assert "1 printed" in leaflet("runs").out
    assert leaflet("runs", "restore", "nothing").code == 2
