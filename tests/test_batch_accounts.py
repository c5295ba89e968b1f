"""The account of a run closes when everybody has a sheet, or somebody recorded why nobody needs it."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from leaflets.accounts.account import Account, reconcile
from leaflets.accounts.record import record_state
from leaflets.batch.made_before import EarlierRuns
from leaflets.batch.options import RunOptions
from leaflets.batch.run import execute_run
from leaflets.errors import Interrupted, LedgerError, RunIncomplete, UsageError
from leaflets.ledger.audit import verify
from leaflets.ledger.keys import PseudonymKey
from leaflets.ledger.ledger import begin_new_ledger, ledger_exists, open_ledger, open_ledger_to_read
from leaflets.ledger.states import CopyState
from tests.batch_doubles import TEXTS, BatchEnvironment, clock, patients, save_privately

ROW = "drug,patient_name,patient_ref,rx_number,destination\n"
BAD_ROWS = "apixban,Quux,MRN-2,RX2,W\nnonesuch,Quux,MRN-3,RX3,W\n"


@pytest.fixture
def environment(tmp_path: Path) -> BatchEnvironment:
    return BatchEnvironment(tmp_path, patients(4))


@pytest.fixture
def partial(tmp_path: Path) -> BatchEnvironment:
    """A run of a list with one good row and two bad ones, made with --keep-going."""
    data = (ROW + "apixaban,Zebedee,MRN-1,RX1,W\n" + BAD_ROWS).encode()
    environment = BatchEnvironment(tmp_path, data, RunOptions(keep_going=True))
    environment.run()
    record(environment, CopyState.PRINTED)
    return environment


def record(
    environment: BatchEnvironment,
    state: CopyState,
    serials: Iterable[int] | None = None,
    run: str = "last",
    reason: str = "",
) -> None:
    with environment.open_ledger() as ledger:
        chosen = None if serials is None else tuple(serials)
        record_state(ledger, ledger.find_run(run), chosen, state, reason)


def account(environment: BatchEnvironment, run: int = -1) -> Account:
    """The account of a run, the last one unless told; the ledger agrees with its history."""
    with environment.open_ledger() as ledger:
        assert verify(ledger.store) == ()
        return reconcile(ledger.store, ledger.store.runs()[run])


def open_lines(environment: BatchEnvironment, run: int = 0) -> list[int]:
    return [one.line for one in account(environment, run).left_out]


def run_rejects(environment: BatchEnvironment, data: bytes) -> None:
    """Runs the rejects file of the first run as somebody mended it, and confirms its sheets."""
    with environment.open_ledger() as ledger:
        name = ledger.store.runs()[0].name
    environment.path, environment.data = environment.output / f"{name}-rejects.csv", data
    environment.run()
    record(environment, CopyState.PRINTED)


def waive(environment: BatchEnvironment, lines: tuple[int, ...]) -> tuple[int, ...]:
    with environment.open_ledger() as ledger:
        return ledger.store.waive(ledger.store.runs()[0], lines, "went home")


# -------------------------------------------------------------------- copies


@pytest.mark.parametrize("state", [CopyState.SPOILED, CopyState.UNPRINTED])
def test_a_copy_without_a_good_sheet_is_open_until_it_is_reprinted(
    environment: BatchEnvironment, state: CopyState
) -> None:
    name = environment.run().run.name
    record(environment, state, (2,))
    record(environment, CopyState.PRINTED)
    assert (account(environment).closed, account(environment).open_serials) == (False, (2,))
    assert (account(environment).spoiled + account(environment).unprinted) == (2,)
    done = environment.reprint(name, (2,))
    assert done.on_paper == ((2,) if state is CopyState.SPOILED else ())
    assert account(environment).unreported == (6,)
    record(environment, CopyState.PRINTED, (6,))
    assert account(environment).closed
    record(environment, CopyState.SPOILED, (6,))
    assert account(environment).spoiled == (6,)


@pytest.mark.parametrize("state", [CopyState.SPOILED, CopyState.UNPRINTED])
def test_a_copy_that_nobody_needs_any_more_is_cancelled(environment: BatchEnvironment, state: CopyState) -> None:
    environment.run()
    record(environment, state, (2,))
    record(environment, CopyState.PRINTED)
    record(environment, CopyState.CANCELLED, (2,), reason="went home")
    assert account(environment).closed


def test_all_means_the_open_copies_that_can_move_there(environment: BatchEnvironment) -> None:
    environment.run()
    record(environment, CopyState.UNPRINTED, (1,))
    record(environment, CopyState.SENT, (2,))
    record(environment, CopyState.PRINTED)
    assert account(environment).state_counts.counts == {CopyState.UNPRINTED: 1, CopyState.PRINTED: 4}


# -------------------------------------------------------------------- rows that were left out


def test_rows_that_were_left_out_stay_open_whatever_is_run_again(partial: BatchEnvironment) -> None:
    assert (account(partial).closed, open_lines(partial)) == (False, [3, 4])
    again = partial.run()
    assert (again.state_counts.total, open_lines(partial)) == (1, [3, 4])


def test_rows_that_were_left_out_are_settled_by_their_rejects_file(partial: BatchEnvironment) -> None:
    run_rejects(partial, (ROW + BAD_ROWS).replace("apixban", "apixaban").replace("nonesuch", "warfarin").encode())
    assert account(partial, 0).closed
    assert account(partial).closed
    assert account(partial).state_counts.total == 2


def test_a_row_that_vanished_from_the_rejects_file_stays_open(partial: BatchEnvironment) -> None:
    run_rejects(partial, (ROW + "apixaban,Quux,MRN-2,RX2,W\nwarfarin,Other,MRN-8,RX8,W\n").encode())
    assert open_lines(partial) == [4]


def test_a_row_that_is_refused_once_more_stays_open(partial: BatchEnvironment) -> None:
    run_rejects(partial, (ROW + BAD_ROWS).replace("apixban", "apixaban").encode())
    assert (open_lines(partial), open_lines(partial, 1)) == ([4], [3])
    with partial.open_ledger() as ledger:
        name = ledger.store.runs()[1].name
    partial.path, partial.data = partial.output / f"{name}-rejects.csv", (ROW + "warfarin,Quux,MRN-3,RX3,W\n").encode()
    partial.run()
    assert (open_lines(partial), open_lines(partial, 1)) == ([], [])


def test_rows_that_cannot_be_recognised_are_settled_when_as_many_were_made(tmp_path: Path) -> None:
    data = (ROW + "apixaban,Zebedee,MRN-1,RX1,W\napixban,Quux,,,W\ntoo few\nnonesuch,Quux,MRN-3,RX3,W\n").encode()
    environment = BatchEnvironment(tmp_path, data, RunOptions(keep_going=True))
    environment.run()
    run_rejects(environment, (ROW + "apixaban,Quux,,,W\nwarfarin,Quux,MRN-3,RX3,W\n").encode())
    assert open_lines(environment) == [3, 4]  # one row was made, and nobody can see which of the two it is
    run_rejects(environment, (ROW + "apixaban,Fuu,,,W\n").encode())
    assert open_lines(environment) == []


def test_a_row_of_which_fewer_copies_were_made_stays_open(tmp_path: Path) -> None:
    head = "drug,patient_name,patient_ref,rx_number,copies\n"
    texts = {**TEXTS, "warfarin": "v1 expired"}
    data = (head + "apixaban,Zebedee,MRN-1,RX1,1\nwarfarin,Quux,MRN-2,RX2,3\n").encode()
    environment = BatchEnvironment(tmp_path, data, RunOptions(keep_going=True), texts)
    environment.run()
    environment.texts = TEXTS
    run_rejects(environment, (head + "warfarin,Quux,MRN-2,RX2,2\n").encode())
    assert open_lines(environment) == [3]
    run_rejects(environment, (head + "warfarin,Quux,MRN-2,RX2,3\n").encode())
    assert open_lines(environment) == []


def test_the_other_drug_of_a_prescription_does_not_settle_a_row(tmp_path: Path) -> None:
    data = (ROW + "apixaban,Quux,MRN-1,RX1,W\nwarfarn,Quux,MRN-1,RX1,W\n").encode()
    environment = BatchEnvironment(tmp_path, data, RunOptions(keep_going=True))
    environment.run()
    environment.again = True
    environment.run()
    assert open_lines(environment) == [3]
    environment.data, environment.again = data.replace(b"warfarn", b"warfarin"), False
    assert environment.run().state_counts.total == 1
    assert (open_lines(environment), open_lines(environment, 1)) == ([], [])


def test_rows_that_nobody_needs_are_waived(partial: BatchEnvironment) -> None:
    assert waive(partial, (4,)) == (4,)
    assert open_lines(partial) == [3]
    assert waive(partial, (3, 4)) == (3,)
    assert account(partial).closed
    with pytest.raises(UsageError, match="no row out on line 2"):
        waive(partial, (2,))


def test_a_rejects_run_that_was_cancelled_as_a_whole_settles_nothing(partial: BatchEnvironment) -> None:
    run_rejects(partial, (ROW + BAD_ROWS).replace("apixban", "apixaban").replace("nonesuch", "warfarin").encode())
    record(partial, CopyState.SPOILED, (1, 2))
    record(partial, CopyState.CANCELLED, (1, 2), reason="wrong printer")
    assert open_lines(partial) == [3, 4]


def test_rows_whose_leaflet_failed_stay_open_until_they_are_made(environment: BatchEnvironment) -> None:
    environment.options = RunOptions(keep_going=True)
    environment.texts = {**TEXTS, "warfarin": "poison"}
    name = environment.run().run.name
    record(environment, CopyState.PRINTED)
    assert (account(environment).closed, open_lines(environment)) == (False, [5])
    assert environment.run().run.name == name
    assert open_lines(environment) == [5]
    environment.texts = TEXTS
    run_rejects(environment, (environment.output / f"{name}-rejects.csv").read_bytes())
    assert account(environment).state_counts.total == 1
    assert account(environment, 0).closed


def test_a_list_of_which_nothing_could_be_made_is_made_by_the_same_command(environment: BatchEnvironment) -> None:
    environment.options = RunOptions(keep_going=True)
    environment.texts = dict.fromkeys(TEXTS, "poison")
    environment.run()
    assert open_lines(environment) == [2, 3, 4, 5]
    environment.texts = TEXTS
    assert environment.run().state_counts[CopyState.WRITTEN] == 5
    assert open_lines(environment) == []


def test_a_run_that_was_planned_anew_leaves_nothing_open(environment: BatchEnvironment) -> None:
    environment.data += b"apixban,Quux,MRN-9,RX9,W,1\n"
    environment.options = RunOptions(keep_going=True)
    stopped(environment)
    environment.data = patients(5)
    environment.run()
    assert account(environment, 0).closed


# -------------------------------------------------------------------- rows that were made before


def lines_of(environment: BatchEnvironment) -> list[int]:
    """The lines of the list that the last run made, one for each copy."""
    with environment.open_ledger() as ledger:
        return [copy.line for copy in ledger.store.copies(ledger.find_run("last"))]


def codes(environment: BatchEnvironment) -> list[str]:
    with environment.open_ledger() as ledger:
        return [finding.code for finding in environment.plan(ledger).plan.findings]


def test_a_list_with_one_more_line_break_makes_nothing_twice(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    record(environment, CopyState.PRINTED)
    files = environment.files()
    environment.data += b"\n"
    with environment.open_ledger() as ledger:
        (finding,) = environment.plan(ledger).plan.findings
    assert finding.message == f"made already in run {name} and left out: 5 copies, lines 2-5"
    assert environment.run_if_new() is None
    assert environment.files() == files
    environment.again = True
    assert environment.run().state_counts.total == 5


def test_rows_left_out_for_a_run_that_is_cancelled_later_are_open_again(environment: BatchEnvironment) -> None:
    """The later run left them out since the earlier one had made them; now nobody will print them."""
    first = environment.run().run.name
    environment.data = patients(6)
    environment.run()
    record(environment, CopyState.PRINTED)
    assert account(environment).closed
    record(environment, CopyState.CANCELLED, run=first, reason="the wrong list")
    assert [one.line for one in account(environment).left_out] == [2, 3, 4, 5]
    rows = patients(4).splitlines(keepends=True)
    environment.data, environment.path = b"".join(rows[:3]), environment.folder / "two rows.csv"
    environment.run()
    assert [one.line for one in account(environment, 1).left_out] == [4, 5]
    with environment.open_ledger() as ledger:
        ledger.store.waive(ledger.store.runs()[1], (4, 5), "went home")
    assert account(environment, 1).closed


def test_a_list_that_grew_makes_what_is_new(environment: BatchEnvironment) -> None:
    environment.run()
    environment.data = patients(6)
    environment.run()
    assert lines_of(environment) == [6, 7, 7]
    environment.data = patients(6) + b"\n"
    assert environment.run_if_new() is None


def test_more_copies_of_a_row_are_only_those_that_are_missing(environment: BatchEnvironment) -> None:
    environment.run()
    environment.data = patients(4).replace(b",Counter,1", b",Counter,3")
    with environment.open_ledger() as ledger:
        findings = environment.plan(ledger).plan.findings
    assert [one.message for one in findings if one.line] == [
        f"1 of its 3 copies were made already in run {run_names(environment)[0]}; the others are made now"
    ]
    environment.run()
    assert lines_of(environment) == [3, 3]


def run_names(environment: BatchEnvironment) -> list[str]:
    with environment.open_ledger() as ledger:
        return [run.name for run in ledger.store.runs()]


def test_a_patient_of_another_hospital_with_the_same_numbers_is_somebody_else() -> None:
    rows = EarlierRuns(key=PseudonymKey(b"k" * 32))
    ann = {"patient_ref": "1", "rx_number": "1", "dob": "1950-01-02", "patient_name": "Ann"}
    assert rows.row(ann) != rows.row({**ann, "dob": "1990-01-02"})
    assert rows.row(ann) == rows.row({**ann, "patient_name": "Anne"})


def test_no_copy_stands_for_two_rows(environment: BatchEnvironment) -> None:
    environment.data = (ROW + "apixaban,A,MRN-1,RX1,W\n").encode()
    environment.run()
    environment.data += b"apixaban,A,MRN-1,RX1,W\n"
    environment.run()
    assert lines_of(environment) == [3]


@pytest.mark.parametrize("state", [CopyState.SPOILED, CopyState.UNPRINTED, CopyState.CANCELLED])
def test_a_row_without_a_good_sheet_is_made(environment: BatchEnvironment, state: CopyState) -> None:
    environment.run()
    record(environment, state, (3,))
    environment.data += b"\n"
    environment.run()
    with environment.open_ledger() as ledger:
        assert len(ledger.store.copies(ledger.find_run("last"))) == 1


def test_a_corrected_label_is_made_when_the_old_sheet_is_spoiled_as_the_plan_says(
    environment: BatchEnvironment,
) -> None:
    environment.data = (ROW.rstrip() + ",directions\napixaban,A,MRN-1,RX1,W,Take ONE\n").encode()
    environment.run()
    environment.data = environment.data.replace(b"ONE", b"TWO")
    assert environment.run_if_new() is None
    with environment.open_ledger() as ledger:
        hints = {one.hint for one in environment.plan(ledger).plan.findings if one.code == "list-made-before"}
    assert "where one was corrected, record the old sheet with `leaflet runs spoil`" in hints.pop()
    record(environment, CopyState.SPOILED, (1,))
    assert environment.run().state_counts[CopyState.WRITTEN] == 1


def test_a_row_that_was_reprinted_is_not_made(environment: BatchEnvironment) -> None:
    environment.reprint(environment.run().run.name, (3,))
    environment.data += b"\n"
    assert environment.run_if_new() is None


CHANGES = {
    "another patient": (b"MRN-1", b"MRN-77"),
    "another prescription": (b"RX1", b"RX77"),
    "another drug": (b"baricitinib", b"apixaban"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_row_is_made(environment: BatchEnvironment, change: str) -> None:
    environment.run()
    environment.data = environment.data.replace(*CHANGES[change])
    environment.run()
    assert lines_of(environment) == [3]


def test_another_version_and_another_date_are_made(environment: BatchEnvironment) -> None:
    head = ROW.replace("destination", "dispensed_on")
    environment.data = (head + "apixaban,A,MRN-1,RX1,1 May\nwarfarin,B,MRN-2,RX2,1 May\n").encode()
    environment.run()
    environment.data = environment.data.replace(b"RX2,1 May", b"RX2,2 May")
    environment.run()
    assert lines_of(environment) == [3]
    environment.texts = {**TEXTS, "apixaban": "v2"}
    environment.data += b"\n"
    environment.run()
    assert lines_of(environment) == [2]


def test_another_place_or_paper_is_no_other_sheet(environment: BatchEnvironment) -> None:
    environment.run()
    environment.data = environment.data.replace(b"Ward 3", b"Ward 4")
    assert environment.run_if_new() is None


@pytest.mark.parametrize(("days", "made"), [(0, True), (2, True), (3, False), (4, False)])
def test_rows_are_recognised_for_so_many_days(
    environment: BatchEnvironment, days: int, made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.run()
    environment.data += b"\n"
    environment.no_repeat_days = days
    monkeypatch.setattr("tests.batch_doubles.clock", lambda: "2026-11-25T19:59:59.999Z")
    assert bool(environment.run_if_new()) is made


def test_rows_without_a_prescription_are_always_made_and_named(environment: BatchEnvironment) -> None:
    environment.data = (ROW + "apixaban,A,MRN-1,,W\nwarfarin,B,,RX2,W\ncetirizine,C,MRN-3,RX3,W\n").encode()
    assert codes(environment) == ["list-not-recognised"]
    environment.run()
    environment.data += b"\n"
    with environment.open_ledger() as ledger:
        assert environment.plan(ledger).plan.findings[-1].message.startswith("2 rows without")
    environment.run()
    assert lines_of(environment) == [2, 3]


def stopped(environment: BatchEnvironment) -> None:
    """Asks a run to stop before its first leaflet."""
    environment.stop.signals.append(2)
    with pytest.raises(Interrupted):
        environment.run()
    environment.stop.signals.clear()


def test_a_run_is_resumed_and_reprinted_as_it_was_planned_whatever_the_clock_says(
    environment: BatchEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.run()
    environment.data = patients(8)
    stopped(environment)
    monkeypatch.setattr("tests.batch_doubles.clock", lambda: "2027-05-01T00:00:00Z")
    made = environment.run()
    assert len(run_names(environment)) == 2
    assert set(lines_of(environment)) == {6, 7, 8, 9}
    environment.no_repeat_days = 0
    assert environment.run().run.name == made.run.name
    environment.reprint(made.run.name, (1,))
    assert lines_of(environment)[0] == lines_of(environment)[-1]


def test_a_run_begun_with_again_is_resumed(environment: BatchEnvironment) -> None:
    environment.run()
    environment.again = True
    stopped(environment)
    names = run_names(environment)
    assert environment.run().state_counts[CopyState.WRITTEN] == 5
    assert run_names(environment) == names
    assert len(names) == 2


def test_rows_of_an_unfinished_run_are_neither_made_twice_nor_said_to_be_made(environment: BatchEnvironment) -> None:
    stopped(environment)
    name = run_names(environment)[0]
    other = replace(environment, path=environment.folder / "other.csv", data=environment.data + b"\n")
    with pytest.raises(RunIncomplete, match=rf"lines 2-5 are in run {name} too, which is not finished"):
        other.run_if_new()
    assert environment.run().state_counts[CopyState.WRITTEN] == 5
    assert other.run_if_new() is None


def test_rows_that_another_run_was_begun_with_since_the_plan_are_not_made_twice(environment: BatchEnvironment) -> None:
    other = replace(environment, path=environment.folder / "other.csv", data=environment.data + b"\n")
    with other.open_ledger() as ledger:
        planned = other.plan(ledger)
        name = environment.run().run.name
        with pytest.raises(LedgerError, match=rf"run {name} was begun meanwhile with rows of this list"):
            execute_run(planned, other.context(ledger), ledger, save_privately, "run again")
    assert run_names(environment) == [name]
    assert other.run_if_new() is None


def test_a_run_that_was_begun_by_a_version_without_rows_is_resumed(
    environment: BatchEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("leaflets.batch.made_before.EarlierRuns.row", lambda *_: None)
        stopped(environment)
    name = environment.run().run.name
    assert run_names(environment) == [name]
    environment.reprint(name, (1,))


# -------------------------------------------------------------------- a ledger that is lost

LOSSES: dict[str, Callable[[Path], object]] = {
    "deleted": lambda path: path.unlink(),
    "cut to nothing": lambda path: path.write_bytes(b""),
    "overwritten": lambda path: path.write_bytes(b"no ledger" * 1000),
    "emptied": lambda path: _empty(path, ("run", "leaflet", "part", "copy", "event", "left_out")),
    "emptied but for its history": lambda path: _empty(path, ("run", "copy")),
    "emptied with all that it records of itself": lambda path: _empty(path, ("run", "copy", "event", "fact")),
}


def _empty(path: Path, tables: Iterable[str]) -> None:
    sql = sqlite3.connect(path, isolation_level=None)
    for (trigger,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        sql.execute(f"DROP TRIGGER {trigger}")
    for table in tables:
        sql.execute(f"DELETE FROM {table}")
    sql.close()


@pytest.mark.parametrize("loss", LOSSES)
def test_a_ledger_that_is_lost_is_never_begun_anew_in_silence(environment: BatchEnvironment, loss: str) -> None:
    name = environment.run().run.name
    LOSSES[loss](environment.output / "ledger.db")
    for _ in range(2):
        with pytest.raises(LedgerError, match=r"gone or was emptied|damaged"):
            environment.run()
        if "history" not in loss:
            with pytest.raises(LedgerError, match=r"gone or was emptied|damaged"):
                open_ledger_to_read(environment.output)
    old_key = (environment.output / "ledger.key").read_bytes()
    aside = begin_new_ledger(environment.output, clock)
    assert {path.name.split("-before-")[0] for path in aside} >= {"ledger.key", "history.key"}
    assert old_key in {path.read_bytes() for path in aside}
    assert (environment.output / "ledger.key").read_bytes() != old_key
    with open_ledger_to_read(environment.output) as ledger:
        assert (ledger.store.runs(), verify(ledger.store)) == ((), ())
    assert environment.run().run.name != name


def test_a_sound_ledger_is_not_put_aside(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    with pytest.raises(UsageError, match="is sound and has 1 run"):
        begin_new_ledger(environment.output, clock)
    sql = sqlite3.connect(environment.output / "ledger.db")
    version = sql.execute("PRAGMA user_version").fetchone()[0]
    sql.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="version 99"):
        begin_new_ledger(environment.output, clock)
    sql.execute(f"PRAGMA user_version = {version}")
    sql.close()
    assert run_names(environment) == [name]


def test_a_key_alone_is_what_is_left_of_a_ledger(tmp_path: Path) -> None:
    assert begin_new_ledger(tmp_path, clock) == ()
    assert open_ledger(tmp_path, clock).store.runs() == ()  # no run was begun, so that nothing is lost
    assert not ledger_exists(tmp_path / "elsewhere")
    (tmp_path / "ledger.db").unlink()
    assert ledger_exists(tmp_path)
