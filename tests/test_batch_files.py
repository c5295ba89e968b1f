"""What becomes of files: a project that moved finds them, a purge deletes them, a backup brings the ledger back."""

import shutil
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from leaflets.accounts.files import FileState, check_files, files_before, purge
from leaflets.accounts.record import record_state
from leaflets.batch.execute import FileWritten
from leaflets.batch.options import RunOptions
from leaflets.errors import Interrupted, LedgerError, UsageError
from leaflets.ledger.audit import verify
from leaflets.ledger.backup import back_up, read_backup, restore
from leaflets.ledger.ledger import open_ledger_to_read
from leaflets.ledger.states import CopyState
from tests.batch_doubles import BatchEnvironment, patients


@pytest.fixture
def environment(tmp_path: Path) -> BatchEnvironment:
    return BatchEnvironment(tmp_path / "project", patients(12))


def stop_after_one_file(environment: BatchEnvironment) -> None:
    """Ends a run when its first print file stands."""

    def pull(report: object) -> None:
        if isinstance(report, FileWritten):
            environment.stop.signals.append(2)

    environment.on_report = pull
    with pytest.raises(Interrupted):
        environment.run()
    environment.on_report = None
    environment.stop.signals.clear()


def moved(environment: BatchEnvironment) -> BatchEnvironment:
    """The same project under another name."""
    folder = environment.folder.with_name("renamed")
    environment.folder.rename(folder)
    return BatchEnvironment(folder, environment.data)


def file_states(environment: BatchEnvironment) -> set[FileState]:
    with environment.open_ledger() as ledger:
        assert verify(ledger.store) == ()
        return {file.state for run in ledger.store.runs() for file in check_files(ledger.store, run)}


def test_a_project_that_moved_goes_on_with_its_runs(environment: BatchEnvironment) -> None:
    stop_after_one_file(environment)
    environment = moved(environment)
    made = environment.run()
    assert made.state_counts[CopyState.WRITTEN] == 15
    assert len(environment.files()) == 3
    assert file_states(environment) == {FileState.UNCHANGED}
    environment.reprint(made.run.name, [1])
    assert len(environment.files()) == 4
    assert not (environment.folder.with_name("project")).exists()


def test_a_folder_outside_the_project_stays_where_it_is(environment: BatchEnvironment, tmp_path: Path) -> None:
    with environment.open_ledger() as ledger:
        recorded = ledger.store.recorded_folder
        assert recorded(environment.output) == "output"
        assert recorded(environment.folder / "lists" / ".." / "prints") == "prints"
        assert recorded(tmp_path / "elsewhere") == str(tmp_path / "elsewhere")


@pytest.mark.parametrize("files", ["moved with the project", "gone"])
def test_a_run_of_an_older_ledger_is_found_only_where_its_files_lie(environment: BatchEnvironment, files: str) -> None:
    """Older ledgers have absolute folders; nothing but a file of that very run tells where such a folder is now."""
    name = environment.run().run.name
    before = environment.output
    sql = sqlite3.connect(before / "ledger.db")
    with sql:
        sql.execute("UPDATE run SET folder = ?", (str(before),))
    sql.close()
    environment = moved(environment)
    if files == "gone":
        for path in environment.output.glob("*.pdf"):
            path.unlink()
    with environment.open_ledger() as ledger:
        run = ledger.find_run(name)
        expected = environment.output if files != "gone" else before
        assert ledger.store.folder(run) == expected


# ---------------------------------------------------------------- purge


def with_rejects(environment: BatchEnvironment) -> BatchEnvironment:
    """The same, with one row that is refused."""
    environment.data += b"nonesuch,Zebedee Quux,MRN-9,RX9,Ward 3,1\n"
    environment.options = RunOptions(keep_going=True)
    return environment


def holds_patients(environment: BatchEnvironment) -> set[str]:
    files = (path for path in environment.output.rglob("*") if path.is_file())
    return {path.name for path in files if b"Quux" in path.read_bytes()}


def test_a_purge_deletes_what_names_patients_and_keeps_the_accounts(environment: BatchEnvironment) -> None:
    name = with_rejects(environment).run().run.name
    assert len(holds_patients(environment)) == 4
    with environment.open_ledger() as ledger:
        run = ledger.find_run(name)
        assert files_before(ledger.store, "2026-11-22T20:00:00Z") == ()
        (old,) = files_before(ledger.store, "2026-11-23")
        assert old.open
        before = ledger.store.copies(run)
        assert purge(ledger, run, "month is over") == old.paths
        assert ledger.store.copies(run) == before
        assert files_before(ledger.store, "2026-11-23") == ()
    assert holds_patients(environment) == set()
    assert file_states(environment) == {FileState.PURGED}
    environment.reprint(name, [2])
    assert len(holds_patients(environment)) == 1
    assert file_states(environment) == {FileState.PURGED, FileState.UNCHANGED}


def test_what_a_killed_purge_left_is_deleted_by_the_next(
    environment: BatchEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.run()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with environment.open_ledger() as ledger:
        run = ledger.find_run("last")
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", killed)
            with pytest.raises(KeyboardInterrupt):
                purge(ledger, run, "old")
        assert {file.state for file in check_files(ledger.store, run)} == {FileState.UNCHANGED}
        assert len(purge(ledger, run, "old")) == 3
    assert holds_patients(environment) == set()


def test_a_cancelled_run_leaves_no_patient_behind(environment: BatchEnvironment) -> None:
    environment.run()
    environment.again = True
    second = environment.run().run.name
    with environment.open_ledger() as ledger:
        first, run = ledger.store.runs()
        record_state(ledger, first, (1,), CopyState.PRINTED)
        record_state(ledger, first, None, CopyState.CANCELLED, "went home")
        record_state(ledger, run, None, CopyState.CANCELLED, "went home")
        assert [file.state for file in check_files(ledger.store, first)] == [FileState.UNCHANGED] * 3  # 1 is printed
        assert [file.state for file in check_files(ledger.store, run)] == [FileState.PURGED] * 3
    assert not any(name.startswith(second) for name in holds_patients(environment))


# ---------------------------------------------------------------- backup


def backed_up(environment: BatchEnvironment, folder: Path) -> str:
    """Makes a backup of the ledger and returns the hash it ends in."""
    with open_ledger_to_read(environment.output) as ledger:
        return back_up(ledger, environment.output / "history.key", folder, "2026-11-22T21:00:00Z").head


def restored(environment: BatchEnvironment, folder: Path, *, force: bool = False) -> tuple[str, ...]:
    output = environment.output
    return restore(read_backup(folder), output, output / "history.key", "20261123", force=force)


def test_a_disk_is_lost_and_the_ledger_is_back_as_it_was(environment: BatchEnvironment, tmp_path: Path) -> None:
    """Backups are made while copies are recorded; each is whole, and the last brings everything back but the files."""
    name = environment.run().run.name
    began = threading.Event()

    def work() -> None:
        with environment.open_ledger() as ledger:
            run = ledger.find_run(name)
            for serial in range(1, 16):
                record_state(ledger, run, (serial,), CopyState.SENT)
                began.set()

    worker = threading.Thread(target=work)
    worker.start()
    assert began.wait(20)
    heads = [backed_up(environment, tmp_path / f"backup-{number}") for number in range(4)]
    worker.join()
    for number, head in enumerate(heads):
        assert read_backup(tmp_path / f"backup-{number}").head == head
    last = backed_up(environment, tmp_path / "last")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "last").iterdir()} == {0o600}
    shutil.rmtree(environment.output)
    assert set(restored(environment, tmp_path / "last")) == {"ledger.db", "ledger.key", "history.key"}
    with environment.open_ledger() as ledger:
        ledger.store.record_restored(last)
        run = ledger.find_run(name)
        assert verify(ledger.store, last) == ()
        assert ledger.store.state_counts(run)[CopyState.SENT] == 15
        assert ledger.key.pseudonym("MRN-1") in {copy.patient for copy in ledger.store.copies(run)}
    assert file_states(environment) == {FileState.GONE}
    environment.reprint(name, [1])


def test_a_restore_loses_nothing_unasked(environment: BatchEnvironment, tmp_path: Path) -> None:
    name = environment.run().run.name
    backup = tmp_path / "backup"
    early = backed_up(environment, backup)
    with environment.open_ledger() as ledger:
        record_state(ledger, ledger.find_run(name), (1,), CopyState.PRINTED)
        later = ledger.store.last_hash()
    with pytest.raises(LedgerError, match="has all the events of the backup"):
        restored(environment, backup)
    (environment.output / "history.key").unlink()
    assert restored(environment, backup) == ("history.key",)  # the ledger itself is newer and stays
    with environment.open_ledger() as ledger:
        assert verify(ledger.store, later) == ()
    restored(environment, backup, force=True)
    with environment.open_ledger() as ledger:
        assert ledger.store.last_hash() == early
        record_state(ledger, ledger.find_run(name), (2,), CopyState.PRINTED)
    backed_up(environment, tmp_path / "second")
    replaced = environment.output / "ledger-replaced-20261123"
    with open_ledger_to_read(replaced) as ledger:
        assert verify(ledger.store, later) == ()
    shutil.copytree(replaced, tmp_path / "other" / "output")
    with pytest.raises(LedgerError, match="events that the backup has not"):  # 1 was printed there, 2 here
        restored(BatchEnvironment(tmp_path / "other", b""), tmp_path / "second")


@pytest.mark.parametrize("file", ["ledger.db", "ledger.key", "history.key", "manifest.json"])
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_damaged_backup_is_not_restored(environment: BatchEnvironment, tmp_path: Path, file: str, how: str) -> None:
    environment.run()
    backed_up(environment, tmp_path / "backup")
    path = tmp_path / "backup" / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.unlink() if how == "gone" else path.write_bytes(data)
    before = sorted(environment.output.iterdir())
    with pytest.raises((LedgerError, UsageError)):
        restored(environment, tmp_path / "backup", force=True)
    assert sorted(environment.output.iterdir()) == before


def test_a_backup_never_takes_the_place_of_another(environment: BatchEnvironment, tmp_path: Path) -> None:
    environment.run()
    backed_up(environment, tmp_path / "backup")
    with pytest.raises(UsageError, match="something already"):
        backed_up(environment, tmp_path / "backup")
    (environment.output / "history.key").unlink()
    with pytest.raises(LedgerError, match="not sound"):
        backed_up(environment, tmp_path / "another")
    assert {path.name for path in tmp_path.iterdir()} == {"project", "backup"}
