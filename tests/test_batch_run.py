"""A run makes every sheet once, reports what it leaves out, and is resumed after any interruption."""

import os
from pathlib import Path

import pytest

from leaflets.accounts.account import reconcile
from leaflets.accounts.record import record_state
from leaflets.batch.execute import FileWritten, Progress
from leaflets.batch.options import RunOptions, options_from_json, options_to_json
from leaflets.batch.run import plan_run
from leaflets.errors import CheckFailed, Interrupted, LedgerError, OutputError, RenderError, RunIncomplete, UsageError
from leaflets.ledger.audit import verify
from leaflets.ledger.ledger import open_ledger
from leaflets.ledger.states import CopyState
from leaflets.model.objection import Objection
from tests.batch_doubles import TEXTS, BatchEnvironment, TextPrintFiles, clock, patients

ROW = "drug,patient_name,patient_ref,rx_number,destination\n"


@pytest.fixture
def environment(tmp_path: Path) -> BatchEnvironment:
    return BatchEnvironment(tmp_path, patients(40))


def states(environment: BatchEnvironment, run: str = "last") -> list[CopyState]:
    with environment.open_ledger() as ledger:
        return [copy.state for copy in ledger.store.copies(ledger.find_run(run))]


def whole(environment: BatchEnvironment) -> None:
    """The history agrees with the tables."""
    with environment.open_ledger() as ledger:
        assert verify(ledger.store) == ()


def test_every_copy_of_the_list_is_made_once_and_accounted_for(environment: BatchEnvironment) -> None:
    made = environment.run()
    assert made.state_counts.total == made.state_counts[CopyState.WRITTEN] == 48
    lines = b"".join(environment.files()[part.name] for part in made.parts).decode().splitlines()
    serials = [int(line.split(" | ")[1].split()[0]) for line in lines]
    assert serials == list(range(1, 49))
    assert all(f"{serial} of 48 | run {made.run.name} · " in line for serial, line in zip(serials, lines, strict=True))
    assert [part.destination for part in made.parts] == ["Ward 3", "Counter", "Ward 7 / night"]
    assert sorted(environment.files()) == sorted(part.name for part in made.parts)
    whole(environment)


def test_files_with_patients_are_private(environment: BatchEnvironment) -> None:
    environment.run()
    assert {path.stat().st_mode & 0o077 for path in environment.output.iterdir()} == {0}


def test_the_same_command_again_makes_nothing_twice(environment: BatchEnvironment) -> None:
    first = environment.run()
    before = environment.files()
    environment.reports.clear()
    again = environment.run()
    assert again.run.name == first.run.name
    assert environment.files() == before
    assert environment.reports == []


def test_again_is_a_new_run(environment: BatchEnvironment) -> None:
    first = environment.run()
    environment.again = True
    second = environment.run()
    assert second.run.name != first.run.name
    assert second.state_counts[CopyState.WRITTEN] == 48
    assert len(environment.files()) == 6


def test_a_finished_list_with_other_flags_is_refused(environment: BatchEnvironment) -> None:
    environment.run()
    environment.options = RunOptions(banner=True)
    with pytest.raises(UsageError, match="made already"):
        environment.run()


def test_one_bad_row_stops_the_run_before_the_first_page(environment: BatchEnvironment) -> None:
    environment.data = (ROW + "apixaban,Zebedee,1,R1,W\napixban,Quux,2,R2,W\n").encode()
    with pytest.raises(CheckFailed, match="1 row of"):
        environment.run()
    assert environment.files() == {}
    (finding,) = environment.plan().plan.findings
    assert (finding.line, finding.hint) == (3, "Near names: apixaban.")
    assert "Quux" not in str(finding)
    assert "apixban" not in str(finding)


def test_keep_going_makes_the_good_rows_and_lists_the_rest(environment: BatchEnvironment) -> None:
    environment.data = (ROW + "apixaban,Zebedee,1,R1,W\napixban,Quux,2,R2,W\n").encode()
    environment.options = RunOptions(keep_going=True)
    made = environment.run()
    assert made.state_counts[CopyState.WRITTEN] == 1
    rejects = environment.output / f"{made.run.name}-rejects.csv"
    assert rejects.read_bytes() == (ROW + "apixban,Quux,2,R2,W\n").encode()
    assert rejects.stat().st_mode & 0o777 == 0o600


def test_a_destination_no_banner_can_name_stops_the_run_before_the_first_page(environment: BatchEnvironment) -> None:
    environment.data = patients(2) + "apixaban,Ann,P9,R9,אגף,\n".encode()
    environment.options = RunOptions(banner=True)
    with environment.open_ledger() as ledger:
        assert [finding.code for finding in environment.plan(ledger).plan.findings] == ["list-destination"]
    with pytest.raises(CheckFailed):
        environment.run()
    environment.options = RunOptions()
    assert environment.run().state_counts[CopyState.WRITTEN] == 4


def test_what_was_withdrawn_is_never_printed(environment: BatchEnvironment) -> None:
    environment.texts = {**TEXTS, "apixaban": "v2 withdrawn"}
    environment.options = RunOptions(allowed=frozenset(Objection))
    with pytest.raises(CheckFailed):
        environment.run()
    assert environment.plan().plan.findings[0].hint == "Hand out no copy of it."


@pytest.mark.parametrize("objection", [one for one in Objection if one.flag])
def test_refused_leaflets_need_a_flag_of_their_own(environment: BatchEnvironment, objection: Objection) -> None:
    environment.texts = {**TEXTS, "apixaban": f"v2 {objection.value}"}
    with pytest.raises(CheckFailed):
        environment.run()
    environment.options = RunOptions(allowed=frozenset(Objection) - {objection})
    with pytest.raises(CheckFailed):
        environment.run()
    environment.options = RunOptions(allowed=frozenset({objection}))
    made = environment.run()
    sheets = b"".join(environment.files().values()).decode().splitlines()
    assert {line.endswith(objection.note("en")) for line in sheets if "| Zebedee Quux 4 |" in line} == {True}
    assert {line.endswith(objection.note("en")) for line in sheets if "| Zebedee Quux 5 |" in line} == {False}
    with environment.open_ledger() as ledger:
        assert {one.leaflet.drug: one.allowed for one in ledger.store.leaflets(made.run)}["apixaban"] == (objection,)


def test_duplicates_are_shown_and_made(environment: BatchEnvironment) -> None:
    environment.data = (
        ROW + "apixaban,A,1,R1,W\nbaricitinib,A,1,R1,W\napixaban,A,1,R1,W\napixaban,A,1,R2,W\n"
    ).encode()
    findings = environment.plan().plan.findings
    assert [(one.code, one.line) for one in findings] == [("list-duplicate", 4)]
    assert "line 2" in findings[0].message
    assert environment.run().state_counts[CopyState.WRITTEN] == 4


def test_the_order_can_be_sorted(environment: BatchEnvironment) -> None:
    environment.data = (ROW + "warfarin,C,1,R1,W\napixaban,B,2,R1,W\napixaban,A,3,R1,W\n").encode()
    environment.options = RunOptions(sort=("drug", "patient_name"))
    environment.run()
    (lines,) = environment.files().values()
    assert [line.split(b" | ")[4] for line in lines.splitlines()] == [b"A", b"B", b"C"]
    environment.options = RunOptions(sort=("shoe_size",))
    with pytest.raises(UsageError, match="no column"):
        environment.plan()


def test_a_poisoned_monograph_stops_a_run_before_its_first_page(environment: BatchEnvironment) -> None:
    environment.texts = {**TEXTS, "warfarin": "poison"}
    with pytest.raises(RenderError, match=r"warfarin\.md:3"):
        environment.run()
    assert environment.files() == {}
    environment.texts = TEXTS
    made = environment.run()
    assert made.state_counts[CopyState.WRITTEN] == 48
    whole(environment)


def test_a_poisoned_monograph_is_left_out_when_the_run_keeps_going(environment: BatchEnvironment) -> None:
    environment.texts = {**TEXTS, "warfarin": "poison"}
    environment.options = RunOptions(keep_going=True)
    made = environment.run()
    assert made.state_counts[CopyState.CANCELLED] == 12
    assert made.state_counts.unwritten == 0
    rejected = (environment.output / f"{made.run.name}-rejects.csv").read_text().splitlines()
    assert len(rejected) == 11
    assert all(row.startswith("warfarin") for row in rejected[1:])
    whole(environment)


def test_a_full_disk_leaves_no_half_file_and_the_run_goes_on_where_it_stopped(environment: BatchEnvironment) -> None:
    whole_run = BatchEnvironment(environment.folder / "other", environment.data)
    whole_run.run()
    biggest = max(map(len, whole_run.files().values()))
    environment.print_files = TextPrintFiles(free_bytes=biggest - 1)
    with pytest.raises(OutputError):
        environment.run()
    assert set(environment.files().items()) < set(whole_run.files().items())
    environment.print_files = TextPrintFiles()
    environment.run()
    assert environment.files() == whole_run.files()
    whole(environment)


def test_ctrl_c_finishes_the_file_in_hand_and_says_how_to_go_on(environment: BatchEnvironment) -> None:
    stopped = half_made(environment)
    assert stopped.exit_code == 130
    assert stopped.hint == "run again"
    assert len(environment.files()) == 1
    assert environment.run().state_counts[CopyState.WRITTEN] == 48


def test_two_at_once_do_not_make_a_run_twice(environment: BatchEnvironment) -> None:
    met: list[str] = []

    def second(report: object) -> None:
        if isinstance(report, Progress) and report.step == "copies" and not met:
            met.append("")
            met[0] = run_apart(BatchEnvironment(environment.folder, environment.data))

    environment.on_report = second
    environment.run()
    assert met == ["LedgerError"]
    assert states(environment) == [CopyState.WRITTEN] * 48


def run_apart(environment: BatchEnvironment) -> str:
    """What a run in another process ends with; a lock of ours would not keep ourselves out."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            environment.run()
            os.write(writing, b"made")
        except LedgerError:
            os.write(writing, b"LedgerError")
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode()
    os.wait()
    return answer


def half_made(environment: BatchEnvironment) -> Interrupted:
    """Asks a run to stop when its first file stands."""

    def pull(report: object) -> None:
        if isinstance(report, FileWritten):
            environment.stop.signals.append(2)

    environment.on_report = pull
    with pytest.raises(Interrupted) as caught:
        environment.run()
    environment.on_report = None
    environment.stop.signals.clear()
    return caught.value


def test_a_list_that_changed_half_way_is_not_mixed(environment: BatchEnvironment) -> None:
    half_made(environment)
    environment.data = patients(41)
    with pytest.raises(RunIncomplete, match="the list has changed"):
        environment.run()
    with environment.open_ledger() as ledger:
        record_state(ledger, ledger.find_run("last"), None, CopyState.CANCELLED)
    assert environment.run().state_counts[CopyState.WRITTEN] == 50


def test_a_list_that_changed_before_anything_was_written_is_planned_anew(environment: BatchEnvironment) -> None:
    environment.texts = {**TEXTS, "warfarin": "poison"}
    with pytest.raises(RenderError):
        environment.run()
    environment.texts = TEXTS
    environment.data = patients(41)
    environment.run()
    with environment.open_ledger() as ledger:
        first, second = ledger.store.runs()
        assert ledger.is_cancelled(first)
        assert ledger.store.state_counts(second)[CopyState.WRITTEN] == 50


def test_a_monograph_that_changed_half_way_is_not_mixed(environment: BatchEnvironment) -> None:
    half_made(environment)
    environment.texts = {**TEXTS, "cetirizine": "v2"}
    with pytest.raises(RunIncomplete, match="half made"):
        environment.run()
    environment.texts = TEXTS
    assert environment.run().state_counts[CopyState.WRITTEN] == 48


def test_a_leaflet_that_comes_out_otherwise_half_way_is_not_mixed(environment: BatchEnvironment) -> None:
    """The monographs are as they were, so that the plan is the same; other styles make other sheets of them."""
    half_made(environment)
    files = environment.files()
    environment.styles = "other styles"
    with pytest.raises(RunIncomplete, match="has changed since its first sheets were made"):
        environment.run()
    assert environment.files() == files
    environment.styles = ""
    assert environment.run().state_counts[CopyState.WRITTEN] == 48


def test_a_resumed_run_keeps_its_folder_and_its_day(environment: BatchEnvironment) -> None:
    half_made(environment)
    with environment.open_ledger() as ledger:
        request = environment.request()
        name = ledger.find_run("last").name
        other = type(request)(
            environment.data, request.path, environment.options, environment.folder / "x", "261123", "test"
        )
        with pytest.raises(UsageError, match="another folder"):
            plan_run(other, environment.monographs, environment.print_files, ledger)
        next_day = type(request)(
            environment.data, request.path, environment.options, environment.output, "261123", "test"
        )
        assert plan_run(next_day, environment.monographs, environment.print_files, ledger).identity.name == name


def test_two_projects_that_make_the_same_list_give_their_runs_other_names(tmp_path: Path) -> None:
    one, other = (BatchEnvironment(tmp_path / name, patients(4)) for name in ("one", "other"))
    names = set()
    for environment in (one, other):
        for _ in range(2):
            with open_ledger(environment.output, clock) as ledger:
                names.add(environment.plan(ledger).identity.name)
    assert len(names) == 2


def test_a_dry_run_makes_nothing_at_all(environment: BatchEnvironment) -> None:
    plan = environment.plan().plan
    assert len(plan.copies) == 48
    assert plan.name == "261122-new"
    assert not environment.output.exists()


def test_nothing_of_a_patient_is_kept_besides_the_print_files(environment: BatchEnvironment) -> None:
    environment.data += b"apixban,Zebedee Quux bad,MRN-999,RX9,W,1\n"
    environment.options = RunOptions(keep_going=True)
    made = environment.run()
    expected = {part.name for part in made.parts} | {f"{made.run.name}-rejects.csv"}
    for path in environment.folder.rglob("*"):
        assert not any(word in path.name for word in ("Zebedee", "MRN", "RX"))
        if path.is_file() and path.name not in expected:
            data = path.read_bytes()
            assert not any(word in data for word in (b"Zebedee", b"Quux", b"MRN-", b"RX1")), path
    shown = str(environment.plan().plan.findings) + str(made) + repr(environment.plan())
    assert not any(word in shown for word in ("Zebedee", "Quux", "MRN-", "RX1"))


def test_reprint_replaces_and_never_doubles(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    with environment.open_ledger() as ledger:
        run = ledger.find_run(name)
        record_state(ledger, run, (*range(1, 5), *range(7, 49)), CopyState.PRINTED)
        record_state(ledger, run, (5,), CopyState.SPOILED)
    done = environment.reprint(name, (5, 6))
    assert done.replaced == {5: 49, 6: 50}
    (part,) = [part for part in done.made.parts if "reprint" in part.name]
    lines = environment.files()[part.name].decode().splitlines()
    old = environment.files()[done.made.parts[0].name].decode().splitlines()[4:6]
    assert [line.split(" | ")[1] for line in lines] == ["49 in place of 5", "50 in place of 6"]
    assert [line.split(" | ")[2:] for line in lines] == [line.split(" | ")[2:] for line in old]
    with environment.open_ledger() as ledger:
        copies = {copy.serial: copy for copy in ledger.store.copies(run)}
        assert (copies[6].state, copies[49].replaces) == (CopyState.SPOILED, 5)
        with pytest.raises(UsageError, match="cannot become printed"):
            record_state(ledger, run, (6,), CopyState.PRINTED)
        assert not reconcile(ledger.store, run).closed
        record_state(ledger, run, (49, 50), CopyState.PRINTED)
        balance = reconcile(ledger.store, run)
    assert balance.closed
    assert (
        balance.state_counts[CopyState.PRINTED],
        balance.state_counts[CopyState.SPOILED],
        balance.state_counts.total,
    ) == (48, 2, 50)
    assert environment.reprint(name, (5, 6)).replaced == {5: 49, 6: 50}
    whole(environment)


def test_a_reprint_of_a_reprint(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    assert environment.reprint(name, (1, 48)).replaced == {1: 49, 48: 50}
    assert environment.reprint(name, (49,)).replaced == {49: 51}
    (line,) = next(data for file, data in environment.files().items() if "reprint-51" in file).decode().splitlines()
    assert " | 51 in place of 49 | " in line
    assert "Zebedee Quux 0" in line
    with pytest.raises(UsageError, match="reprinted already"):
        environment.reprint(name, (1, 2))
    whole(environment)


def test_a_reprint_needs_the_same_list_and_the_same_leaflet(environment: BatchEnvironment) -> None:
    name = environment.run().run.name
    environment.texts = {**TEXTS, "apixaban": "v2"}
    with pytest.raises(RunIncomplete, match="apixaban has changed"):
        environment.reprint(name, (1,))
    environment.data += b"\n"
    with pytest.raises(UsageError, match="not the list"):
        environment.reprint(name, (1,))
    assert states(environment) == [CopyState.WRITTEN] * 48


@pytest.mark.parametrize(("serials", "expected"), [((99,), "no serial 99"), ((1,), "confirmed as printed")])
def test_what_cannot_be_reprinted(environment: BatchEnvironment, serials: tuple[int, ...], expected: str) -> None:
    name = environment.run().run.name
    with environment.open_ledger() as ledger:
        record_state(ledger, ledger.find_run(name), (1,), CopyState.PRINTED)
    with pytest.raises(UsageError, match=expected):
        environment.reprint(name, serials)


def test_options_come_back_from_the_ledger_as_they_were() -> None:
    options = RunOptions(
        columns=(("Medicine", "drug"),),
        encoding="cp1256",
        sort=("drug", "patient_name"),
        banner=True,
        duplex=False,
        allowed=frozenset({Objection.DRAFT, Objection.UNSAFE}),
    )
    assert options_from_json(options_to_json(options)) == options


def mixed(count: int = 6) -> bytes:
    """A list whose two destinations take A4 and Letter by turns."""
    rows = (f"apixaban,{('a4', 'letter')[n % 2]},{('Ward 3', 'Counter')[n // 2 % 2]}\n" for n in range(count))
    return ("drug,paper,destination\n" + "".join(rows)).encode()


def test_the_plan_warns_of_a_print_file_that_mixes_papers(environment: BatchEnvironment) -> None:
    environment.data = mixed()
    warnings = [finding for finding in environment.plan().plan.findings if finding.code == "list-papers"]
    assert [finding.line for finding in warnings] == [3, 5]
    assert warnings[0].message == "the print file of Ward 3 mixes papers: a4, letter"
    assert "--split-papers" in warnings[0].hint
    for options in (RunOptions(split_papers=True), RunOptions(split=True)):
        environment.options = options
        assert not [finding for finding in environment.plan().plan.findings if finding.code == "list-papers"]


def test_papers_are_split_into_a_file_each(environment: BatchEnvironment) -> None:
    environment.data, environment.options = mixed(), RunOptions(split_papers=True)
    made = environment.run()
    endings = [part.name.removeprefix(made.run.name) for part in made.parts]
    assert endings == ["-ward-3-a4.pdf", "-ward-3-letter.pdf", "-counter-a4.pdf", "-counter-letter.pdf"]
    with environment.open_ledger() as ledger:
        papers = {leaflet.number: leaflet.leaflet.edition.paper for leaflet in ledger.store.leaflets(made.run)}
        parts = {part.number: part.name for part in made.parts}
        assert all(parts[copy.part].endswith(f"-{papers[copy.leaflet]}.pdf") for copy in ledger.store.copies(made.run))
    assert [(part.first, part.last) for part in made.parts] == [(1, 2), (3, 4), (5, 5), (6, 6)]
    assert options_from_json(made.run.options).split_papers
