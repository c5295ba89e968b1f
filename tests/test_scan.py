"""Codes of labels, scanned: each sheet is counted once, and what must not be handed out is refused aloud."""

import io
import json
from pathlib import Path

import pytest

from leaflets.accounts.record import record_state
from leaflets.accounts.scan import record_scan
from leaflets.cli import main
from leaflets.ledger.audit import verify
from leaflets.ledger.states import CopyState
from leaflets.model.copy import copy_code
from tests.batch_doubles import BatchEnvironment, patients


@pytest.fixture
def environment(tmp_path: Path) -> BatchEnvironment:
    return BatchEnvironment(tmp_path, patients(8))


def test_each_sheet_is_counted_once(environment: BatchEnvironment) -> None:
    run = environment.run().run
    with environment.open_ledger() as ledger:
        record_state(ledger, run, (3,), CopyState.SENT)
        assert [record_scan(ledger, run, copy_code(run.name, serial)).refused for serial in (1, 3)] == ["", ""]
        again = record_scan(ledger, run, f" {copy_code(run.name, 1).lower()}\r\n")
        assert "recorded as printed already" in again.refused
        states = {copy.serial: copy.state for copy in ledger.store.copies(run)}
        assert [serial for serial, state in states.items() if state is CopyState.PRINTED] == [1, 3]
        assert verify(ledger.store) == ()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CopyState.SPOILED, "spoiled: destroy"),
        (CopyState.CANCELLED, "cancelled: destroy"),
        (CopyState.UNPRINTED, "never printed"),
    ],
)
def test_a_sheet_that_must_not_be_handed_out_is_refused(
    environment: BatchEnvironment, state: CopyState, words: str
) -> None:
    run = environment.run().run
    with environment.open_ledger() as ledger:
        record_state(ledger, run, (2,), state, "a reason")
        before = ledger.store.events()
        scan = record_scan(ledger, run, copy_code(run.name, 2))
        assert (scan.serial, words in scan.refused) == (2, True)
        assert ledger.store.events() == before


def test_a_sheet_whose_copy_was_reprinted_is_refused_and_the_new_one_counted(environment: BatchEnvironment) -> None:
    run = environment.run().run
    (new,) = environment.reprint(run.name, (4,)).replaced.values()
    with environment.open_ledger() as ledger:
        assert "spoiled" in record_scan(ledger, run, copy_code(run.name, 4)).refused
        assert record_scan(ledger, run, copy_code(run.name, new)).refused == ""


def test_a_sheet_of_another_run_and_a_wrong_code_are_refused(environment: BatchEnvironment) -> None:
    run = environment.run().run
    code = copy_code(run.name, 1)
    wrong = code[:-2] + ("0" if code[-2] != "0" else "1") + code[-1]
    with environment.open_ledger() as ledger:
        before = ledger.store.events()
        for text, words in (
            (copy_code("261121-0123abcd", 1), "is of run 261121-0123abcd"),
            (copy_code(run.name, 999), "no serial 999"),
            (wrong, "check character"),
            ("5012345678900", "not the code of a label"),
            ("", "not the code of a label"),
        ):
            scan = record_scan(ledger, run, text)
            assert (scan.serial, words in scan.refused) == (0, True), text
        assert ledger.store.events() == before


def scan_lines(monkeypatch: pytest.MonkeyPatch, environment: BatchEnvironment, *words: str, lines: str) -> int:
    monkeypatch.chdir(environment.folder)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    return main(["runs", "scan", *words])


def test_the_command_reads_a_scanner_line_by_line(
    environment: BatchEnvironment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (environment.folder / "content").mkdir()
    run = environment.run().run
    codes = [copy_code(run.name, serial) for serial in (1, 2, 3)]
    assert scan_lines(monkeypatch, environment, "last", lines="\n\n".join(codes)) == 0
    out = capsys.readouterr().out
    assert [f"serial {n} printed" in out for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert "open are serials 4-10" in out
    assert scan_lines(monkeypatch, environment, "last", "--json", lines=f"{codes[0]}\n{copy_code(run.name, 4)}\n") == 11
    *events, done, error = map(json.loads, capsys.readouterr().out.splitlines())
    assert [(one["serial"], bool(one["refused"])) for one in events] == [(1, True), (4, False)]
    assert (done["refused"], done["open_serials"], error["exit_code"]) == (1, "5-10", 11)


def test_a_refusal_is_heard_on_a_terminal(
    environment: BatchEnvironment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (environment.folder / "content").mkdir()
    environment.run()
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert scan_lines(monkeypatch, environment, "last", lines="nonsense\n") == 11
    assert "\a" in capsys.readouterr().err
