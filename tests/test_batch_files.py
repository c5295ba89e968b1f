"""What becomes of a run's files: a project that moved finds them."""

import sqlite3
from pathlib import Path

import pytest

from leaflets.batch.execute import FileWritten
from leaflets.batch.reconcile import FileState, check_files
from leaflets.errors import Interrupted
from leaflets.ledger.audit import verify
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
