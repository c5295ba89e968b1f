"""A run makes every sheet once, says what it leaves out, and takes itself up again."""

import os
from pathlib import Path

import pytest

from leaflets.batch.execute import Filed, Progress
from leaflets.batch.options import Wishes, parse, spell
from leaflets.batch.reconcile import mark, reconcile, verify
from leaflets.batch.run import prepare
from leaflets.errors import CheckFailed, Interrupted, LedgerError, OutputError, RenderError, RunIncomplete, UsageError
from leaflets.ledger.states import State
from leaflets.model.objection import Objection
from tests.batch_doubles import SHELF, House, PaperBindery, patients

ROW = "drug,patient_name,patient_ref,rx_number,destination\n"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path, patients(40))


def states(house: House, run: str = "last") -> list[State]:
    with house.books() as books:
        return [copy.state for copy in books.ledger.copies(books.run_named(run))]


def whole(house: House) -> None:
    """The history agrees with the tables."""
    with house.books() as books:
        assert verify(books.ledger) == ()


def test_every_copy_of_the_list_is_made_once_and_accounted_for(house: House) -> None:
    made = house.run()
    assert made.tally.planned == made.tally[State.WRITTEN] == 48
    lines = b"".join(house.files()[part.name] for part in made.parts).decode().splitlines()
    serials = [int(line.split(" | ")[1].split()[0]) for line in lines]
    assert serials == list(range(1, 49))
    assert all(f"{serial} of 48 | run {made.run.name} · " in line for serial, line in zip(serials, lines, strict=True))
    assert [part.destination for part in made.parts] == ["Ward 3", "Counter", "Ward 7 / night"]
    assert sorted(house.files()) == sorted(part.name for part in made.parts)
    whole(house)


def test_files_with_patients_are_private(house: House) -> None:
    house.run()
    assert {path.stat().st_mode & 0o077 for path in house.output.iterdir()} == {0}


def test_the_same_command_again_makes_nothing_twice(house: House) -> None:
    first = house.run()
    before = house.files()
    house.happenings.clear()
    again = house.run()
    assert again.run.name == first.run.name
    assert house.files() == before
    assert house.happenings == []


def test_again_is_a_new_run(house: House) -> None:
    first = house.run()
    house.again = True
    second = house.run()
    assert second.run.name != first.run.name
    assert second.tally[State.WRITTEN] == 48
    assert len(house.files()) == 6


def test_a_finished_list_with_other_flags_is_refused(house: House) -> None:
    house.run()
    house.wishes = Wishes(banner=True)
    with pytest.raises(UsageError, match="made already"):
        house.run()


def test_one_bad_row_stops_the_run_before_the_first_page(house: House) -> None:
    house.data = (ROW + "apixaban,Zebedee,1,R1,W\napixban,Quux,2,R2,W\n").encode()
    with pytest.raises(CheckFailed, match="1 rows"):
        house.run()
    assert house.files() == {}
    (finding,) = house.prepare().plan.findings
    assert (finding.line, finding.hint) == (3, "Near names: apixaban.")
    assert "Quux" not in str(finding)
    assert "apixban" not in str(finding)


def test_keep_going_makes_the_good_rows_and_lists_the_rest(house: House) -> None:
    house.data = (ROW + "apixaban,Zebedee,1,R1,W\napixban,Quux,2,R2,W\n").encode()
    house.wishes = Wishes(keep_going=True)
    made = house.run()
    assert made.tally[State.WRITTEN] == 1
    rejects = house.output / f"{made.run.name}-rejects.csv"
    assert rejects.read_bytes() == (ROW + "apixban,Quux,2,R2,W\n").encode()
    assert rejects.stat().st_mode & 0o777 == 0o600


def test_a_destination_no_banner_can_name_stops_the_run_before_the_first_page(house: House) -> None:
    house.data = patients(2) + "apixaban,Ann,P9,R9,אגף,\n".encode()
    house.wishes = Wishes(banner=True)
    with house.books() as books:
        assert [found.code for found in house.prepare(books).plan.findings] == ["list-destination"]
    with pytest.raises(CheckFailed):
        house.run()
    house.wishes = Wishes()
    assert house.run().tally[State.WRITTEN] == 4


def test_what_was_withdrawn_is_never_printed(house: House) -> None:
    house.shelf = {**SHELF, "apixaban": "v2 withdrawn"}
    house.wishes = Wishes(allowed=frozenset(Objection))
    with pytest.raises(CheckFailed):
        house.run()
    assert house.prepare().plan.findings[0].hint == "Hand out no copy of it."


@pytest.mark.parametrize("objection", [one for one in Objection if one.flag])
def test_refused_leaflets_need_a_flag_of_their_own(house: House, objection: Objection) -> None:
    house.shelf = {**SHELF, "apixaban": f"v2 {objection.value}"}
    with pytest.raises(CheckFailed):
        house.run()
    house.wishes = Wishes(allowed=frozenset(Objection) - {objection})
    with pytest.raises(CheckFailed):
        house.run()
    house.wishes = Wishes(allowed=frozenset({objection}))
    made = house.run()
    sheets = b"".join(house.files().values()).decode().splitlines()
    assert {line.endswith(objection.note("en")) for line in sheets if "| Zebedee Quux 4 |" in line} == {True}
    assert {line.endswith(objection.note("en")) for line in sheets if "| Zebedee Quux 5 |" in line} == {False}
    with house.books() as books:
        assert {one.drug: one.allowed for one in books.ledger.leaflets(made.run)}["apixaban"] == objection.value


def test_duplicates_are_shown_and_made(house: House) -> None:
    house.data = (ROW + "apixaban,A,1,R1,W\nbaricitinib,A,1,R1,W\napixaban,A,1,R1,W\napixaban,A,1,R2,W\n").encode()
    found = house.prepare().plan.findings
    assert [(one.code, one.line) for one in found] == [("list-duplicate", 4)]
    assert "line 2" in found[0].message
    assert house.run().tally[State.WRITTEN] == 4


def test_the_order_can_be_sorted(house: House) -> None:
    house.data = (ROW + "warfarin,C,1,R1,W\napixaban,B,2,R1,W\napixaban,A,3,R1,W\n").encode()
    house.wishes = Wishes(sort=("drug", "patient_name"))
    house.run()
    (lines,) = house.files().values()
    assert [line.split(b" | ")[4] for line in lines.splitlines()] == [b"A", b"B", b"C"]
    house.wishes = Wishes(sort=("shoe_size",))
    with pytest.raises(UsageError, match="no column"):
        house.prepare()


def test_a_poisoned_monograph_stops_a_run_before_its_first_page(house: House) -> None:
    house.shelf = {**SHELF, "warfarin": "poison"}
    with pytest.raises(RenderError, match=r"warfarin\.md:3"):
        house.run()
    assert house.files() == {}
    house.shelf = SHELF
    made = house.run()
    assert made.tally[State.WRITTEN] == 48
    whole(house)


def test_a_poisoned_monograph_is_left_out_when_the_run_keeps_going(house: House) -> None:
    house.shelf = {**SHELF, "warfarin": "poison"}
    house.wishes = Wishes(keep_going=True)
    made = house.run()
    assert made.tally[State.CANCELLED] == 12
    assert made.tally.unmade == 0
    rejected = (house.output / f"{made.run.name}-rejects.csv").read_text().splitlines()
    assert len(rejected) == 11
    assert all(row.startswith("warfarin") for row in rejected[1:])
    whole(house)


def test_a_full_disk_leaves_no_half_file_and_the_run_goes_on_where_it_stopped(house: House) -> None:
    whole_run = House(house.folder / "other", house.data)
    whole_run.run()
    biggest = max(map(len, whole_run.files().values()))
    house.bindery = PaperBindery(room=biggest - 1)
    with pytest.raises(OutputError):
        house.run()
    assert set(house.files().items()) < set(whole_run.files().items())
    house.bindery = PaperBindery()
    house.run()
    assert house.files() == whole_run.files()
    whole(house)


def test_ctrl_c_finishes_the_file_in_hand_and_says_how_to_go_on(house: House) -> None:
    stopped = half_made(house)
    assert stopped.exit_code == 130
    assert stopped.hint == "run again"
    assert len(house.files()) == 1
    assert house.run().tally[State.WRITTEN] == 48


def test_two_at_once_do_not_make_a_run_twice(house: House) -> None:
    met: list[str] = []

    def second(happening: object) -> None:
        if isinstance(happening, Progress) and happening.step == "copies" and not met:
            met.append("")
            met[0] = run_apart(House(house.folder, house.data))

    house.told = second
    house.run()
    assert met == ["LedgerError"]
    assert states(house) == [State.WRITTEN] * 48


def run_apart(house: House) -> str:
    """What a run in another process ends with; a lock of ours would not keep ourselves out."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            house.run()
            os.write(writing, b"made")
        except LedgerError:
            os.write(writing, b"LedgerError")
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        answer = told.read().decode()
    os.wait()
    return answer


def half_made(house: House) -> Interrupted:
    """Asks a run to stop when its first file stands."""

    def pull(happening: object) -> None:
        if isinstance(happening, Filed):
            house.stop.signals.append(2)

    house.told = pull
    with pytest.raises(Interrupted) as caught:
        house.run()
    house.told = None
    house.stop.signals.clear()
    return caught.value


def test_a_list_that_changed_half_way_is_not_mixed(house: House) -> None:
    half_made(house)
    house.data = patients(41)
    with pytest.raises(RunIncomplete, match="the list has changed"):
        house.run()
    with house.books() as books:
        mark(books, books.run_named("last"), (), State.CANCELLED)
    assert house.run().tally[State.WRITTEN] == 50


def test_a_list_that_changed_before_anything_was_written_is_planned_anew(house: House) -> None:
    house.shelf = {**SHELF, "warfarin": "poison"}
    with pytest.raises(RenderError):
        house.run()
    house.shelf = SHELF
    house.data = patients(41)
    house.run()
    with house.books() as books:
        first, second = books.ledger.runs()
        assert books.is_cancelled(first)
        assert books.ledger.tally(second)[State.WRITTEN] == 50


def test_a_monograph_that_changed_half_way_is_not_mixed(house: House) -> None:
    half_made(house)
    house.shelf = {**SHELF, "cetirizine": "v2"}
    with pytest.raises(RunIncomplete, match="half made"):
        house.run()
    house.shelf = SHELF
    assert house.run().tally[State.WRITTEN] == 48


def test_a_resumed_run_keeps_its_folder_and_its_day(house: House) -> None:
    half_made(house)
    with house.books() as books:
        request = house.request()
        name = books.run_named("last").name
        other = type(request)(house.data, request.place, house.wishes, house.folder / "x", "261123", "test")
        with pytest.raises(UsageError, match="another folder"):
            prepare(other, house.press, house.bindery, books)
        next_day = type(request)(house.data, request.place, house.wishes, house.output, "261123", "test")
        assert prepare(next_day, house.press, house.bindery, books).standing.name == name


def test_a_dry_run_makes_nothing_at_all(house: House) -> None:
    plan = house.prepare().plan
    assert len(plan.copies) == 48
    assert not house.output.exists()


def test_nothing_of_a_patient_is_kept_besides_the_print_files(house: House) -> None:
    house.data += b"apixban,Zebedee Quux bad,MRN-999,RX9,W,1\n"
    house.wishes = Wishes(keep_going=True)
    made = house.run()
    kept = {part.name for part in made.parts} | {f"{made.run.name}-rejects.csv"}
    for path in house.folder.rglob("*"):
        assert not any(word in path.name for word in ("Zebedee", "MRN", "RX"))
        if path.is_file() and path.name not in kept:
            data = path.read_bytes()
            assert not any(word in data for word in (b"Zebedee", b"Quux", b"MRN-", b"RX1")), path
    said = str(house.prepare().plan.findings) + str(made) + repr(house.prepare())
    assert not any(word in said for word in ("Zebedee", "Quux", "MRN-", "RX1"))


def test_reprint_replaces_and_never_doubles(house: House) -> None:
    name = house.run().run.name
    with house.books() as books:
        run = books.run_named(name)
        mark(books, run, (*range(1, 5), *range(7, 49)), State.PRINTED)
        mark(books, run, (5,), State.SPOILED)
    done = house.reprint(name, (5, 6))
    assert done.replaced == {5: 49, 6: 50}
    (part,) = [part for part in done.made.parts if "reprint" in part.name]
    lines = house.files()[part.name].decode().splitlines()
    old = house.files()[done.made.parts[0].name].decode().splitlines()[4:6]
    assert [line.split(" | ")[1] for line in lines] == ["49 in place of 5", "50 in place of 6"]
    assert [line.split(" | ")[2:] for line in lines] == [line.split(" | ")[2:] for line in old]
    with house.books() as books:
        copies = {copy.serial: copy for copy in books.ledger.copies(run)}
        assert (copies[6].state, copies[49].replaces) == (State.SPOILED, 5)
        with pytest.raises(UsageError, match="cannot become printed"):
            mark(books, run, (6,), State.PRINTED)
        assert not reconcile(books.ledger, run).closed
        mark(books, run, (49, 50), State.PRINTED)
        balance = reconcile(books.ledger, run)
    assert balance.closed
    assert (balance.tally[State.PRINTED], balance.tally[State.SPOILED], balance.tally.planned) == (48, 2, 50)
    assert house.reprint(name, (5, 6)).replaced == {5: 49, 6: 50}
    whole(house)


def test_a_reprint_of_a_reprint(house: House) -> None:
    name = house.run().run.name
    assert house.reprint(name, (1, 48)).replaced == {1: 49, 48: 50}
    assert house.reprint(name, (49,)).replaced == {49: 51}
    (line,) = next(data for file, data in house.files().items() if "reprint-51" in file).decode().splitlines()
    assert " | 51 in place of 49 | " in line
    assert "Zebedee Quux 0" in line
    with pytest.raises(UsageError, match="reprinted already"):
        house.reprint(name, (1, 2))
    whole(house)


def test_a_reprint_needs_the_same_list_and_the_same_leaflet(house: House) -> None:
    name = house.run().run.name
    house.shelf = {**SHELF, "apixaban": "v2"}
    with pytest.raises(RunIncomplete, match="apixaban has changed"):
        house.reprint(name, (1,))
    house.data += b"\n"
    with pytest.raises(UsageError, match="not the list"):
        house.reprint(name, (1,))
    assert states(house) == [State.WRITTEN] * 48


@pytest.mark.parametrize(("serials", "said"), [((99,), "no serial 99"), ((1,), "confirmed as printed")])
def test_what_cannot_be_reprinted(house: House, serials: tuple[int, ...], said: str) -> None:
    name = house.run().run.name
    with house.books() as books:
        mark(books, books.run_named(name), (1,), State.PRINTED)
    with pytest.raises(UsageError, match=said):
        house.reprint(name, serials)


def test_wishes_are_kept_in_the_ledger_as_they_were() -> None:
    wishes = Wishes(
        columns=(("Medicine", "drug"),),
        encoding="cp1256",
        sort=("drug", "patient_name"),
        banner=True,
        duplex=False,
        allowed=frozenset({Objection.DRAFT, Objection.UNSAFE}),
    )
    assert parse(spell(wishes)) == wishes
