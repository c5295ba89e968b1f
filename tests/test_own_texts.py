"""No packaged text is printed in place of one that a project, by its ledger, had of its own; the ledger knows whose."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from leaflets import Project
from leaflets.batch.environment import open_environment
from leaflets.errors import ContentError, LedgerError, OutputError, UsageError
from leaflets.ledger import own_texts
from leaflets.ledger.audit import verify
from leaflets.ledger.own_texts import RELEASED, refuse_replaced
from leaflets.ledger.states import CopyState
from leaflets.ledger.store import open_store
from leaflets.model.copy import TextOrigin
from leaflets.project import ProjectFolder, load_project
from tests.batch_doubles import BatchEnvironment, TextPrintFiles, clock, patients
from tests.running import MONOGRAPH, Leaflet
from tests.test_batch_ledger import new_run, set_back

OWN, PACKAGED = TextOrigin("en", packaged=False), TextOrigin("en", packaged=True)
SPANISH = TextOrigin("es", packaged=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "output").mkdir()
    return tmp_path


def record(folder: Path, drug: str, *origins: TextOrigin, lang: str = "en", source: str = "s", name: str = "r") -> None:
    """Records a run of one drug whose texts were the project's own, or not."""
    store = open_store(folder / "output" / "ledger.db", clock)
    run = new_run(name)
    (one, _) = run.leaflets
    edition = replace(one.leaflet.edition, lang=lang)
    entry = replace(one, leaflet=replace(one.leaflet, drug=drug, edition=edition), source=source, origins=origins)
    store.add_run(replace(run, leaflets=(entry,), copies=tuple(replace(copy, leaflet=1) for copy in run.copies)))
    store.close()


def refusal(folder: Path, name: str = "metformin", lang: str = "en") -> str:
    """Why a text is not printed; empty where it is."""
    project = ProjectFolder(folder)
    try:
        refuse_replaced(project, project.source(name, lang))
    except ContentError as error:
        return f"{error.message} {error.hint}"
    return ""


def test_a_text_that_the_project_had_of_its_own_is_not_replaced_by_a_packaged_one(folder: Path) -> None:
    assert not refusal(folder)
    record(folder, "metformin", OWN)
    assert refusal(folder) == (
        "runs of this project printed its own text of metformin in “en”, and content/metformin.md is gone; the "
        "packaged text is not printed in its place Put content/metformin.md back, or say “leaflet copy metformin” to "
        "take the packaged text."
    )
    assert not refusal(folder, "warfarin")
    assert refusal(folder, lang="es")  # which translates it
    record(folder, "metformin", PACKAGED, name="later")
    assert refusal(folder)  # a later run says nothing of an earlier one
    (folder / "content").mkdir()
    assert refusal(folder)
    (folder / "content" / "metformin.md").write_text(MONOGRAPH)
    assert not refusal(folder)


def test_a_packaged_text_that_always_was_is_printed(folder: Path) -> None:
    record(folder, "metformin", PACKAGED)
    assert not refusal(folder)


def test_a_translation_of_the_project_s_own_says_nothing_of_its_packaged_source(folder: Path) -> None:
    record(folder, "metformin", SPANISH, PACKAGED, lang="es")
    assert not refusal(folder)
    assert "content/metformin.es.md" in refusal(folder, lang="es")


def test_without_a_packaged_text_the_ledger_is_not_opened(folder: Path) -> None:
    (folder / "output" / "ledger.db").write_text("no ledger at all")
    (folder / "content").mkdir()
    (folder / "content" / "mine.md").write_text(MONOGRAPH)
    assert not refusal(folder, "mine")
    with pytest.raises(LedgerError, match=r"^metformin: nobody can tell .* damaged") as error:
        refusal(folder)
    assert "leaflet copy metformin" in error.value.hint


@pytest.mark.parametrize("fault", ["UPDATE leaflet SET origins = 'en lost'", "UPDATE leaflet SET origins = 'own'"])
def test_origins_that_are_damaged_are_no_leave_to_print(folder: Path, fault: str) -> None:
    record(folder, "metformin", PACKAGED)
    sql = sqlite3.connect(folder / "output" / "ledger.db", isolation_level=None)
    sql.execute(fault)
    sql.close()
    with pytest.raises(LedgerError, match="nobody can tell"):
        refusal(folder)


def test_a_ledger_that_is_just_being_made_has_no_text(folder: Path) -> None:
    (folder / "output" / "ledger.db").touch()
    assert not refusal(folder)


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("updated", [False, True])
def test_in_an_older_ledger_a_text_was_packaged_if_a_release_had_it(
    folder: Path, version: int, *, updated: bool
) -> None:
    """Ledgers did not record whose a text was: what no release had in its package was the project's own."""
    ledger = folder / "output" / "ledger.db"
    record(folder, "metformin", source=next(iter(RELEASED)))
    record(folder, "warfarin", name="other")
    set_back(ledger, version)
    before = ledger.read_bytes()
    if updated:
        store = open_store(ledger, clock)
        assert [one.origins for run in store.runs() for one in store.leaflets(run)] == [(), ()]
        assert verify(store) == ()
        store.close()
    assert not refusal(folder)
    assert "leaflet copy warfarin" in refusal(folder, "warfarin")
    assert not refusal(folder, "apixaban")
    assert updated or ledger.read_bytes() == before


# -------------------------------------------------------------------- every way to print one


@pytest.fixture
def pharmacy(leaflet: Leaflet) -> Leaflet:
    """A project whose runs had its own metformin, which is gone, and a list that asks for it and for warfarin."""
    (leaflet.folder / "output").mkdir()
    record(leaflet.folder, "metformin", OWN)
    leaflet.write("list.csv", "drug,patient_name\nmetformin,Zebedee\nwarfarin,Zebedee\n")
    return leaflet


def test_build_and_a_program_print_no_packaged_text_in_place_of_an_own_one(pharmacy: Leaflet) -> None:
    before = pharmacy.files()
    for words in (["metformin"], ["metformin", "--lang", "es"], ["metformin", "--audience", "patient", "--json"]):
        ran = pharmacy("build", *words)
        assert (ran.code, "leaflet copy metformin" in ran.err + ran.out) == (3, True)
    with pytest.raises(ContentError, match="its own text of metformin"):
        Project.open(pharmacy.folder).build("metformin")
    assert pharmacy.files() == before
    assert pharmacy("copy", "metformin").code == 0
    assert not refusal(pharmacy.folder)


def test_the_list_shows_that_it_is_gone(pharmacy: Leaflet) -> None:
    rows = {line.split()[0]: line for line in pharmacy("list").out.splitlines()}
    assert " own, gone: en  " in rows["metformin"]
    assert " packaged  " in rows["warfarin"]
    gone = {row["name"]: row["own_text_gone"] for row in json.loads(pharmacy("list", "--json").out)}
    assert (gone["metformin"], gone["warfarin"]) == (["en"], [])
    (pharmacy.folder / "output" / "ledger.db").write_text("no ledger at all")
    assert pharmacy("list").code == 0


def test_build_all_makes_the_others(pharmacy: Leaflet, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def build(_project: ProjectFolder, source: object, *_: object, **__: object) -> None:
        made.append(source.name)  # type: ignore[attr-defined]
        raise UsageError("not made in this test")

    monkeypatch.setattr("leaflets.cli.build.build", build)
    ran = pharmacy("build", "--all", "--audience", "patient")
    assert "its own text of metformin" in ran.err
    assert "warfarin" in made
    assert "metformin" not in made


def test_a_run_refuses_it_and_its_plan_shows_what_is_packaged(pharmacy: Leaflet) -> None:
    words = ["batch", "list.csv", "--dry-run", "--keep-going", "--allow-draft", "--allow-unsafe"]
    ran = pharmacy(*words)
    assert "metformin (patient, en, a4): runs of this project printed its own text" in ran.err
    assert "leaflet copy metformin" in ran.err
    assert "\n  packaged  texts of warfarin (en)\n" in ran.out
    plan = next(event for event in map(json.loads, pharmacy(*words, "--json").out.splitlines()) if "columns" in event)
    assert (plan["rejected"], plan["packaged"]) == ([2], [{"drug": "warfarin", "languages": ["en"]}])
    pharmacy.write("content/metformin.md", MONOGRAPH)
    assert "texts of warfarin (en)\n" in pharmacy(*words).out


def test_what_is_known_of_a_leaflet_says_whose_its_texts_are(folder: Path) -> None:
    (folder / "content").mkdir()
    (folder / "content" / "mine.md").write_text(MONOGRAPH)
    monographs = open_environment(load_project(folder)).monographs
    edition = new_run().leaflets[0].leaflet.edition
    leaflets = [replace(new_run().leaflets[0].leaflet, drug=drug) for drug in ("mine", "metformin")]
    spanish = replace(leaflets[1], edition=replace(edition, lang="en+es"))
    origins = [one.origins for one in monographs.assess([*leaflets, spanish]).values()]
    assert origins == [(OWN,), (PACKAGED,), (TextOrigin("es", packaged=True), PACKAGED)]


# -------------------------------------------------------------------- what the ledger records of it


def test_the_record_of_a_run_says_whose_its_texts_were(leaflet: Leaflet) -> None:
    (leaflet.folder / "output").mkdir()
    for name, origins in {"a": (OWN,), "b": (PACKAGED,), "c": (SPANISH, PACKAGED), "d": ()}.items():
        record(leaflet.folder, f"drug-{name}", *origins, name=name)
    shown = {}
    for name in "abcd":
        (run,) = map(json.loads, leaflet("runs", "show", name, "--json").out.splitlines())
        (row,) = [line for line in leaflet("runs", "show", name).out.splitlines() if f"drug-{name}" in line]
        shown[name] = (run["leaflets"][0]["packaged"], row.split("v1")[1].split("not made")[0].strip())
    assert shown == {"a": ([], "own"), "b": (["en"], "packaged"), "c": (["en"], "own, packaged en"), "d": (None, "")}


def test_a_run_that_an_earlier_version_began_is_gone_on_with(tmp_path: Path) -> None:
    """It recorded its plan without whose the texts are, and the plan of today has it."""
    environment = BatchEnvironment(tmp_path, patients(4), print_files=TextPrintFiles(free_bytes=10))
    with pytest.raises(OutputError):
        environment.run()
    environment.print_files, environment.origins = TextPrintFiles(), (OWN,)
    made = environment.run()
    with environment.open_ledger() as ledger:
        assert [run.name for run in ledger.store.runs()] == [made.run.name]
        assert made.state_counts[CopyState.WRITTEN] == made.state_counts.total
    assert environment.reprint(made.run.name, (1,)).replaced


def test_a_run_whose_texts_are_others_now_is_not_mixed(tmp_path: Path) -> None:
    environment = BatchEnvironment(tmp_path, patients(4), print_files=TextPrintFiles(free_bytes=10), origins=(OWN,))
    with pytest.raises(OutputError):
        environment.run()
    environment.print_files, environment.origins = TextPrintFiles(), (PACKAGED,)
    made = environment.run()
    with environment.open_ledger() as ledger:
        assert [run.name == made.run.name for run in ledger.store.runs()] == [False, True]
        assert {one.origins for one in ledger.store.leaflets(made.run)} == {(PACKAGED,)}
        assert verify(ledger.store) == ()


def test_a_packaged_text_is_asked_for_in_a_ledger_of_any_length_by_its_name(folder: Path) -> None:
    record(folder, "metformin", PACKAGED)
    sql = sqlite3.connect(folder / "output" / "ledger.db")
    select = "SELECT DISTINCT origins FROM leaflet WHERE drug = ?"
    assert select in Path(own_texts.__file__).read_text("utf-8")
    (plan,) = [row[3] for row in sql.execute(f"EXPLAIN QUERY PLAN {select}", ("metformin",))]
    sql.close()
    assert "USING COVERING INDEX" in plan
