"""Sheets printed again: only what is reprinted is judged, and nothing is recorded before it is sure to be made."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from leaflets.accounts.record import record_state
from leaflets.batch.options import RunOptions
from leaflets.errors import OutputError, RenderError, RunIncomplete, UsageError
from leaflets.labels.findings import NEEDS_LABEL_SHEET
from leaflets.ledger.audit import verify
from leaflets.ledger.entries import CopyEntry, LeafletEntry
from leaflets.ledger.states import CopyState
from leaflets.model.finding import Finding, Severity
from leaflets.printfile import Copy, PrintJob
from leaflets.runlist.read import RunList, read_list
from leaflets.runlist.requests import CopyRequest
from leaflets.workers.local import SerialWorkers
from leaflets.workers.protocol import RenderFunction, RenderTask, Result
from tests.batch_doubles import TEXTS, BatchEnvironment, TextPrintFiles, patients

ROWS = 8
"""Two copies each of apixaban (rows 1 and 5), baricitinib, cetirizine, warfarin."""


@pytest.fixture
def environment(tmp_path: Path) -> BatchEnvironment:
    return BatchEnvironment(tmp_path, patients(ROWS))


def ledger_state(environment: BatchEnvironment) -> tuple[object, ...]:
    """Everything in the ledger of the one run."""
    with environment.open_ledger() as ledger:
        assert verify(ledger.store) == ()
        run = ledger.find_run("last")
        store = ledger.store
        return store.leaflets(run), store.parts(run), store.copies(run), store.events()


def copies(environment: BatchEnvironment) -> dict[int, CopyEntry]:
    with environment.open_ledger() as ledger:
        return {copy.serial: copy for copy in ledger.store.copies(ledger.find_run("last"))}


def leaflets(environment: BatchEnvironment) -> dict[int, LeafletEntry]:
    with environment.open_ledger() as ledger:
        return {entry.number: entry for entry in ledger.store.leaflets(ledger.find_run("last"))}


def serial_of(environment: BatchEnvironment, drug: str) -> int:
    """The first serial of a drug's leaflet."""
    by_number = leaflets(environment)
    return min(copy.serial for copy in copies(environment).values() if by_number[copy.leaflet].leaflet.drug == drug)


@pytest.mark.parametrize("fate", ["v1 expired", "v1 withdrawn", "v1 unsafe", "v2", ""])
def test_what_became_of_other_drugs_of_the_list_does_not_matter(environment: BatchEnvironment, fate: str) -> None:
    name = environment.run().run.name
    serial = serial_of(environment, "apixaban")
    others = {drug: fate for drug in TEXTS if drug != "apixaban" and fate}
    environment.texts = {"apixaban": "v1", **others, "eliquis": "v1"}
    assert environment.reprint(name, (serial,)).replaced == {serial: len(copies(environment))}
    assert verify_is_clean(environment)


@pytest.mark.parametrize("fate", ["v1 expired", "v1 withdrawn", "v2", ""])
def test_a_drug_that_may_not_be_handed_out_today_is_not_reprinted(environment: BatchEnvironment, fate: str) -> None:
    name = environment.run().run.name
    serial = serial_of(environment, "apixaban")
    before, files = ledger_state(environment), environment.files()
    environment.texts = {drug: text for drug, text in {**TEXTS, "apixaban": fate}.items() if text}
    with pytest.raises(RunIncomplete, match="apixaban"):
        environment.reprint(name, (serial,))
    assert (ledger_state(environment), environment.files()) == (before, files)


# -------------------------------------------------------------------- rows that the run rejected


def rejecting(folder: Path, codec: str = "utf-8") -> BatchEnvironment:
    """A run that rejected rows of its list: one that is on it twice, and one of two lines after an empty one."""
    head, *rows = patients(ROWS).decode().replace("Zebedee", "Zébedée").splitlines(keepends=True)
    bad = "apixban,Quux,MRN-90,RX90,Counter,1\n", 'nonesuch,"Quux,\nZeb",MRN-91,RX91,Counter,1\n'
    data = "".join((head, *rows[:2], bad[0], *rows[2:], bad[0], "\n", bad[1], rows[0]))
    encoding = codec if codec == "cp1252" else ""
    environment = BatchEnvironment(folder, data.encode(codec), RunOptions(keep_going=True, encoding=encoding))
    environment.run()
    return environment


def mend(environment: BatchEnvironment, codec: str = "utf-8") -> None:
    """Mends the rejected rows in the list itself."""
    text = environment.data.decode(codec).replace("apixban", "apixaban").replace("nonesuch", "cetirizine")
    environment.data = text.encode(codec)


def reprinted(environment: BatchEnvironment, serials: tuple[int, ...]) -> str:
    with environment.open_ledger() as ledger:
        name = ledger.find_run("last").name
    environment.reprint(name, serials)
    assert verify_is_clean(environment)
    return next(data for file, data in environment.files().items() if "reprint" in file).decode()


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_rejected_row_that_was_mended_does_not_block_the_reprint_of_others(tmp_path: Path, codec: str) -> None:
    untouched, environment = rejecting(tmp_path / "untouched", codec), rejecting(tmp_path / "mended", codec)
    before = environment.data
    mend(environment, codec)
    assert environment.data != before
    assert reprinted(environment, (1, 4)) == reprinted(untouched, (1, 4))


@pytest.mark.parametrize("change", ["Zébedée Quux 3", "RX4", "warfarin"])
def test_another_row_that_was_changed_with_it_does(tmp_path: Path, change: str) -> None:
    environment = rejecting(tmp_path)
    mend(environment)
    assert change in environment.data.decode()
    environment.data = environment.data.decode().replace(change, "apixaban").encode()
    before, files = ledger_state(environment), environment.files()
    with pytest.raises(UsageError, match="not the list"):
        environment.reprint("26", (1,))
    assert (ledger_state(environment), environment.files()) == (before, files)


@pytest.mark.parametrize("rejects", [None, b"", b"drug\napixaban\n", b"\xff\xfe\x00"])
def test_without_the_rejected_rows_as_they_were_nobody_can_tell(tmp_path: Path, rejects: bytes | None) -> None:
    environment = rejecting(tmp_path)
    (path,) = environment.output.glob("*-rejects.csv")
    path.unlink()
    if rejects is not None:
        path.write_bytes(rejects)
    mend(environment)
    with pytest.raises(UsageError, match="not the list") as error:
        environment.reprint("26", (1,))
    assert "file of rejected rows" in error.value.hint


def test_the_sheet_is_the_one_that_was_made_then_while_the_cache_has_it(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    before = leaflets(environment)
    environment.styles = "other styles"
    done = environment.reprint(name, (1,))
    assert (done.made_anew, leaflets(environment)) == ((), before)
    assert copies(environment)[done.replaced[1]].state is CopyState.WRITTEN
    assert verify_is_clean(environment)


def test_a_sheet_made_anew_is_another_page_and_the_ledger_has_both(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    before = leaflets(environment)
    shutil.rmtree(environment.folder / "cache")
    environment.styles = "other styles"
    old = copies(environment)[1]
    done = environment.reprint(name, (1,))
    new = copies(environment)[done.replaced[1]]
    after = leaflets(environment)
    (changed,) = done.made_anew
    assert new.leaflet not in before
    assert {number: after[number] for number in before} == before
    assert (changed.old_content_id, changed.new_content_id) == (
        before[old.leaflet].content_id,
        after[new.leaflet].content_id,
    )
    assert replace(after[new.leaflet], number=0, content_id="", sheet="") == replace(
        before[old.leaflet], number=0, content_id="", sheet=""
    )
    (line,) = next(data for file, data in environment.files().items() if "reprint" in file).decode().splitlines()
    assert after[new.leaflet].content_id in line
    assert verify_is_clean(environment)
    assert environment.reprint(name, (new.serial,)).made_anew == ()


def test_a_sheet_made_anew_that_is_the_same_page_is_no_other_leaflet(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    before = leaflets(environment)
    shutil.rmtree(environment.folder / "cache")
    assert environment.reprint(name, (1, 2, 3)).made_anew == ()
    assert leaflets(environment) == before
    assert verify_is_clean(environment)


class FailingWorkers:
    """Workers that can make no leaflet."""

    def warm_up(self) -> None:
        """Nothing takes time here."""

    def run(self, _render: RenderFunction, tasks: Sequence[RenderTask], _stop: Callable[[], bool]) -> Iterator[Result]:
        for task in tasks:
            yield Result(task.number, fault="RenderError", message="it cannot be set", exit_code=5)


def test_nothing_is_spoiled_by_a_reprint_that_cannot_be_made(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    shutil.rmtree(environment.folder / "cache")
    before, files = ledger_state(environment), environment.files()
    environment.workers = FailingWorkers()
    serial = serial_of(environment, "warfarin")
    with pytest.raises(RenderError, match="cannot be set"):
        environment.reprint(name, (serial,))
    environment.workers, environment.print_files = SerialWorkers(), NarrowLabels()
    with pytest.raises(RunIncomplete, match="does not fit"):
        environment.reprint(name, (serial,))
    assert (ledger_state(environment), environment.files()) == (before, files)


class NarrowLabels(TextPrintFiles):
    """Print files on whose labels no name fits."""

    def check_label(self, request: CopyRequest, notes: tuple[str, ...], *, code: bool) -> Sequence[Finding]:
        return [Finding(Severity.ERROR, "label.too-long", "the name does not fit the label")]


class LongDirections(TextPrintFiles):
    """Print files on whose labels no directions fit; the lines of a file say whether a copy has a label sheet."""

    def check_label(self, request: CopyRequest, notes: tuple[str, ...], *, code: bool) -> Sequence[Finding]:
        return [Finding(Severity.INFO, NEEDS_LABEL_SHEET, "the directions do not fit the label")]

    def _line(self, copy: Copy, job: PrintJob) -> bytes:
        return (b"label sheet " if copy.label_sheet else b"label ") + super()._line(copy, job)


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_copy_with_a_label_sheet_has_it_when_it_is_reprinted(
    environment: BatchEnvironment, interrupted: bool
) -> None:
    environment.print_files = LongDirections()
    name = environment.run().run.name
    if interrupted:
        environment.print_files = LongDirections(free_bytes=10)
        with pytest.raises(OutputError):
            environment.reprint(name, (1,))
        environment.print_files = LongDirections()
    environment.reprint(name, (1,))
    (line,) = next(data for file, data in environment.files().items() if "reprint" in file).splitlines()
    assert line.startswith(b"label sheet ")


def test_a_reprint_goes_on_after_a_full_disk_under_the_same_serials(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    last = len(copies(environment))
    environment.print_files = TextPrintFiles(free_bytes=10)
    with pytest.raises(OutputError):
        environment.reprint(name, (1, 4))
    environment.print_files = TextPrintFiles()
    assert environment.reprint(name, (1, 4)).replaced == {1: last + 1, 4: last + 2}
    assert {copies(environment)[last + n].state for n in (1, 2)} == {CopyState.WRITTEN}
    assert verify_is_clean(environment)


def test_a_print_file_of_an_interrupted_reprint_is_written_whole(environment: BatchEnvironment) -> None:
    """Serials of two reprints, one of them interrupted, are asked for again: the file has all of its copies."""
    name = environment.run().run.name
    in_one_file = [copy.serial for copy in copies(environment).values() if copy.part == copies(environment)[1].part]
    first, second, third = in_one_file[:3]
    done = environment.reprint(name, (first,)).replaced
    environment.print_files = TextPrintFiles(free_bytes=10)
    with pytest.raises(OutputError):
        environment.reprint(name, (second, third))
    environment.print_files = TextPrintFiles()
    replaced = environment.reprint(name, (first, second)).replaced
    assert replaced[first] == done[first]
    by_old = {copy.replaces: copy for copy in copies(environment).values()}
    file = next(data for file, data in environment.files().items() if f"reprint-{replaced[second]}" in file)
    printed = [line.split(" | ")[1] for line in file.decode().splitlines()]
    assert printed == [f"{by_old[old].serial} in place of {old}" for old in (second, third)]
    assert {by_old[old].state for old in (second, third)} == {CopyState.WRITTEN}


def test_a_sheet_that_a_later_run_has_made_since_is_not_reprinted_unasked(environment: BatchEnvironment) -> None:
    """The list grew after a sheet was spoiled: the new run made it, so its patient needs no other."""
    name, data = environment.run().run.name, environment.data
    with environment.open_ledger() as ledger:
        record_state(ledger, ledger.find_run(name), (1, 2, 4), CopyState.SPOILED)
    environment.data = data + b"cetirizine,Zebedee Quux 9,MRN-9,RX9,Counter,1\n"
    later = environment.run().run.name
    environment.data = data
    before = ledger_state(environment)
    with pytest.raises(UsageError, match=f"serials 1-2 were made since, by run {later}"):
        environment.reprint(name, (1, 2))
    assert ledger_state(environment) == before
    assert environment.reprint(name, (3,)).replaced
    environment.again = True
    assert environment.reprint(name, (1, 2)).replaced


def test_a_sheet_is_reprinted_where_a_later_run_made_only_what_the_list_asked_for_more(
    environment: BatchEnvironment,
) -> None:
    name, data = environment.run().run.name, environment.data
    environment.data = data.replace(b"MRN-1,RX1,Counter,1", b"MRN-1,RX1,Counter,2")
    assert environment.data != data
    environment.run()
    environment.data = data
    (serial,) = [copy.serial for copy in of_line(environment, name, 3)]
    assert environment.reprint(name, (serial,)).replaced


def of_line(environment: BatchEnvironment, name: str, line: int) -> list[CopyEntry]:
    with environment.open_ledger() as ledger:
        return [copy for copy in ledger.store.copies(ledger.find_run(name)) if copy.line == line]


def test_an_interrupted_reprint_never_goes_on_with_another_page(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    environment.print_files = TextPrintFiles(free_bytes=10)
    with pytest.raises(OutputError):
        environment.reprint(name, (1,))
    environment.print_files, environment.styles = TextPrintFiles(), "other styles"
    shutil.rmtree(environment.folder / "cache")
    with pytest.raises(RunIncomplete, match="comes out otherwise"):
        environment.reprint(name, (1,))
    environment.styles = ""
    assert len(environment.reprint(name, (1,)).replaced) == 1
    assert verify_is_clean(environment)


def test_a_reprint_that_is_written_is_not_made_again(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    done = environment.reprint(name, (1, 2))
    before, files = ledger_state(environment), environment.files()
    environment.texts = {"apixaban": "v9"}
    assert environment.reprint(name, (1, 2)).replaced == done.replaced
    assert (ledger_state(environment), environment.files()) == (before, files)


def test_a_sheet_that_never_reached_paper_is_not_called_spoiled(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    with environment.open_ledger() as ledger:
        record_state(ledger, ledger.find_run(name), (1,), CopyState.UNPRINTED)
    environment.reprint(name, (1, 2))
    assert [copies(environment)[n].state for n in (1, 2)] == [CopyState.UNPRINTED, CopyState.SPOILED]


def test_a_project_that_moved_reprints_into_its_new_place(environment: BatchEnvironment, tmp_path: Path) -> None:
    environment.folder = tmp_path / "old"
    name = environment.run().run.name
    (tmp_path / "old").rename(tmp_path / "new")
    environment.folder = tmp_path / "new"
    environment.reprint(name, (1,))
    assert any("reprint" in file for file in environment.files())
    assert not (tmp_path / "old").exists()


def test_a_row_that_is_read_otherwise_today_is_not_reprinted(
    environment: BatchEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later release may read a list otherwise: the patient of a line must be the one that was recorded."""
    name = environment.run().run.name
    before = ledger_state(environment)

    def shifted(*args: object, **options: object) -> RunList:
        run_list = read_list(environment.data)
        rows = run_list.parsed.rows
        moved = tuple(replace(row, cells=rows[n - 1].cells) for n, row in enumerate(rows))
        return replace(run_list, parsed=replace(run_list.parsed, rows=moved))

    monkeypatch.setattr("leaflets.batch.reprint.read_recorded_list", shifted)
    with pytest.raises(RunIncomplete, match=r"line \d+ of the list is not read as it was"):
        environment.reprint(name, (1,))
    assert ledger_state(environment) == before


def verify_is_clean(environment: BatchEnvironment) -> bool:
    with environment.open_ledger() as ledger:
        return verify(ledger.store) == ()
