"""What was printed is what is recorded, whatever is edited, damaged or deleted while a run is being made."""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from leaflets.batch import leaflet_cache
from leaflets.batch.environment import BatchEnvironment, open_environment
from leaflets.batch.execute import FileWritten, LeafletFailed, Progress, RunContext, RunResult
from leaflets.batch.leaflet_cache import INDEX_FILE, CompiledLeaflets
from leaflets.batch.options import RunOptions
from leaflets.batch.run import PlannedRun, RunRequest, execute_run, plan_run
from leaflets.errors import InputsChanged, LeafletLost
from leaflets.ledger.audit import verify
from leaflets.ledger.entries import LeafletEntry
from leaflets.ledger.ledger import Ledger
from leaflets.model.compiled import pack
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience, Edition
from leaflets.model.objection import Objection
from leaflets.pipeline import catalogue
from leaflets.pipeline import inputs as inputs_module
from leaflets.pipeline.cache import CACHE_LOG
from leaflets.pipeline.catalogue import FILE as CATALOGUE_FILE
from leaflets.pipeline.catalogue import CatalogueEntry
from leaflets.pipeline.inputs import Inputs
from leaflets.project import ProjectFolder
from leaflets.workers.interrupts import StopRequest
from leaflets.workers.local import ProcessWorkers, SerialWorkers
from leaflets.workers.protocol import Workers
from tests.batch_doubles import save_privately
from tests.running import MONOGRAPH
from tests.running import Leaflet as Command
from tests.sheets import page_texts

ALLOWED = RunOptions(allowed=frozenset(Objection))


def text(title: str, version: str) -> str:
    """A monograph of this title and version; each version says something else."""
    return MONOGRAPH.replace("title: Examplol", f'title: {title}\nversion: "{version}"').replace(
        "For yawning.", f"For yawning, as in version {version}."
    )


@dataclass
class Pharmacy:
    """A project of the drugs `aaa` and `bbb`; `after_plan` is done between plan and making, `on_report` meanwhile."""

    folder: Path
    workers: Workers = field(default_factory=SerialWorkers)
    options: RunOptions = ALLOWED
    after_plan: Callable[[], object] = lambda: None
    on_report: Callable[[Progress | FileWritten | LeafletFailed], object] = lambda _report: None

    def monograph(self, drug: str) -> Path:
        return self.folder / "content" / f"{drug}.md"

    def write(self, drug: str, version: str) -> None:
        """Writes a version, with the size and time of change of the one before."""
        file, before = self.monograph(drug), self.monograph(drug).stat() if self.monograph(drug).exists() else None
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text(drug.title(), version))
        if before:
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    def run(self, *drugs: str, patient: str = "Zebedee") -> tuple[RunResult, Sequence[LeafletEntry]]:
        """A run of one copy of each drug; what came of it, and the leaflets that the ledger records."""
        environment = open_environment(ProjectFolder(self.folder))
        with environment.open_ledger("batch") as ledger:
            planned = self._planned(environment, ledger, drugs, patient)
            self.after_plan()
            context = RunContext(
                ledger.store, environment.monographs, self.workers, environment.print_files, self._report, StopRequest()
            )
            made = execute_run(planned, context, ledger, save_privately, "run again")
            assert made
            assert verify(ledger.store) == ()
            return made, ledger.store.leaflets(made.run)

    def _planned(self, environment: BatchEnvironment, ledger: Ledger, drugs: Sequence[str], patient: str) -> PlannedRun:
        data = ("drug,patient_name\n" + "".join(f"{drug},{patient}\n" for drug in drugs)).encode()
        output = self.folder / "output"
        request = RunRequest(data, self.folder / "list.csv", self.options, output, "261122", "test")
        return plan_run(request, environment.monographs, environment.print_files, ledger)

    def _report(self, report: Progress | FileWritten | LeafletFailed) -> None:
        self.on_report(report)

    def printed(self, made: RunResult) -> str:
        """The words of a run's print files."""
        files = (self.folder / "output" / part.name for part in made.parts)
        return " ".join(" ".join(page_texts(file.read_bytes())) for file in files)

    def compiled(self) -> list[Path]:
        return sorted((self.folder / "output" / "cache" / "sheets").iterdir())

    def cached(self, name: str) -> Path:
        return self.folder / "output" / "cache" / name


@pytest.fixture
def pharmacy(tmp_path: Path) -> Pharmacy:
    """A project of which nothing was made yet."""
    new = Pharmacy(tmp_path / "project")
    new.write("aaa", "1")
    new.write("bbb", "1")
    return new


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    new = Pharmacy(tmp_path_factory.mktemp("made") / "project")
    new.write("aaa", "1")
    new.write("bbb", "1")
    new.run("aaa", "bbb", patient="of an earlier run")
    new.run("aaa", patient="whose run stores the catalogue")
    return new.folder


@pytest.fixture
def stocked(made_once: Path, tmp_path: Path) -> Pharmacy:
    """A project whose two leaflets lie in the cache."""
    shutil.copytree(made_once, tmp_path / "project")
    return Pharmacy(tmp_path / "project")


@pytest.fixture
def damaged(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """What `-v` prints: the names of files that were damaged."""
    words = " in the cache was damaged or of another version; it is made again"
    with caplog.at_level(logging.INFO, CACHE_LOG):
        yield lambda: [one.getMessage().removesuffix(words) for one in caplog.records if one.name == CACHE_LOG]


def flip(file: Path, what: bytes) -> None:
    """Changes the first character of the first occurrence of some bytes in a file."""
    data = bytearray(file.read_bytes())
    data[data.index(what)] ^= 1
    file.write_bytes(bytes(data))


# ---------------------------------------------------------------- edited while a run is being made


def test_a_monograph_edited_after_the_plan_is_printed_and_recorded_as_it_was_planned(pharmacy: Pharmacy) -> None:
    pharmacy.workers = ProcessWorkers(1)
    pharmacy.after_plan = lambda: pharmacy.write("aaa", "2")
    made, (leaflet,) = pharmacy.run("aaa")
    assert leaflet.version == "1"
    assert "as in version 1." in pharmacy.printed(made)


def test_nothing_of_an_edit_is_in_the_cache_of_the_text_before_it(pharmacy: Pharmacy) -> None:
    pharmacy.after_plan = lambda: pharmacy.write("aaa", "2")
    made, (leaflet,) = pharmacy.run("aaa")
    assert (leaflet.version, "as in version 1." in pharmacy.printed(made)) == ("1", True)
    pharmacy.write("aaa", "1")
    pharmacy.after_plan = lambda: None
    made, (leaflet,) = pharmacy.run("aaa", patient="Quux")
    assert (leaflet.version, "as in version 1." in pharmacy.printed(made)) == ("1", True)
    pharmacy.write("aaa", "2")
    made, (leaflet,) = pharmacy.run("aaa", patient="Quux the Second")
    assert (leaflet.version, "as in version 2." in pharmacy.printed(made)) == ("2", True)


def test_a_picture_edited_after_the_plan_stops_the_run_and_the_next_command_makes_it(pharmacy: Pharmacy) -> None:
    pictures = pharmacy.folder / "content" / "pictures"
    pharmacy.options = RunOptions(allowed=frozenset(Objection), keep_going=True)
    pictures.mkdir()
    pharmacy.after_plan = lambda: (pictures / "pen.svg").write_text("<svg/>")
    with pytest.raises(InputsChanged, match=r"aaa.*changed while the run was being made") as stopped:
        pharmacy.run("aaa", "bbb")
    assert stopped.value.exit_code == 11
    assert not [facts for facts in index(pharmacy).values() if "sheet" in facts]
    pharmacy.after_plan = lambda: None
    made, leaflets = pharmacy.run("aaa", "bbb")
    assert made.failed_lines == frozenset()
    assert all(one.content_id for one in leaflets)


def index(pharmacy: Pharmacy) -> dict[str, dict[str, object]]:
    """The facts about leaflets in the cache."""
    facts: dict[str, dict[str, object]] = json.loads(pharmacy.cached(INDEX_FILE).read_bytes())["facts"]
    return facts


def test_a_style_edited_after_some_leaflets_were_made_is_no_obstacle_to_the_next_run(pharmacy: Pharmacy) -> None:
    style = pharmacy.folder / "styles" / "theme.css"

    def edit(report: object) -> None:
        if isinstance(report, Progress) and report.done == 1 and not style.exists():
            style.parent.mkdir(exist_ok=True)
            style.write_text("p { color: #222 }")

    pharmacy.on_report = edit
    with pytest.raises(InputsChanged):
        pharmacy.run("aaa", "bbb")
    made, _ = pharmacy.run("aaa", "bbb")
    assert made.state_counts.unwritten == 0


def test_a_sheet_is_not_cached_where_a_style_changed_while_it_was_set(
    pharmacy: Pharmacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather, style = inputs_module.gather_inputs, pharmacy.folder / "styles" / "theme.css"

    def edited_first(*given: Any) -> Inputs:
        style.write_text("p { color: #222 }")
        return gather(*given)

    style.parent.mkdir()
    monkeypatch.setattr(inputs_module, "gather_inputs", edited_first)
    with pytest.raises(InputsChanged):
        pharmacy.run("aaa")
    sheets = pharmacy.cached("").glob("*.sheet")
    assert not [sheet for sheet in sheets if b"%PDF" in sheet.read_bytes()]


# ---------------------------------------------------------------- version and text are of the same bytes


def test_a_version_is_read_from_the_text_whose_hash_is_recorded(stocked: Pharmacy) -> None:
    stocked.run("aaa", patient="whose run reads the catalogue of these files")
    monographs = open_environment(ProjectFolder(stocked.folder)).monographs
    monographs.drug_names()
    stocked.write("aaa", "2")
    leaflet = Leaflet("aaa", Edition(Audience.PATIENT))
    assessment = monographs.assess([leaflet])[leaflet]
    assert assessment.source == hashlib.sha256(stocked.monograph("aaa").read_bytes()).hexdigest()
    assert assessment.version == "2"


def test_an_edit_that_keeps_size_and_time_is_seen_by_the_next_command(
    stocked: Pharmacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_SETTLED_NS", 0)
    project = ProjectFolder(stocked.folder)
    for version in ("1", "2"):
        stocked.write("aaa", version)
        assert catalogue.read_catalogue(project, project.cache)["aaa", "en"].version == version


def test_a_file_that_has_just_changed_is_read_again(stocked: Pharmacy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two edits of one size within a tick of the file system's clock have the same stamp."""
    project = ProjectFolder(stocked.folder)
    stocked.write("aaa", "1")
    catalogue.read_catalogue(project, project.cache)
    with monkeypatch.context() as patched:
        patched.setattr(catalogue, "entry_of", lambda *_: CatalogueEntry(version="read again"))
        assert catalogue.read_catalogue(project, project.cache)["aaa", "en"].version == "read again"


# ---------------------------------------------------------------- damaged or gone


def swap(stocked: Pharmacy) -> None:
    one, other = stocked.compiled()
    one.rename(one.with_name("aside"))
    other.rename(one)
    one.with_name("aside").rename(other)


def cut(stocked: Pharmacy) -> None:
    stocked.compiled()[0].write_bytes(stocked.compiled()[0].read_bytes()[:-1])


def delete(stocked: Pharmacy) -> None:
    stocked.compiled()[0].unlink()


def plant(stocked: Pharmacy) -> None:
    """Puts the leaflet of another drug in the place of one, with a digest that needs no key."""
    one, other = stocked.compiled()
    leaflet = CompiledLeaflets(one.parent).get(other.stem)
    one.write_bytes(pack(leaflet, one.stem))


@pytest.mark.parametrize(
    ("harm", "logged", "split"),
    [(swap, 2, False), (plant, 1, False), (cut, 1, False), (delete, 0, False), (cut, 1, True)],
)
def test_a_compiled_leaflet_that_is_not_what_it_was_is_made_again_in_the_same_run(
    stocked: Pharmacy, damaged: Callable[[], list[str]], harm: Callable[[Pharmacy], None], logged: int, split: bool
) -> None:
    before = {path.name: path.read_bytes() for path in stocked.compiled()}
    stocked.options = replace(ALLOWED, split=split)

    def once_leaflets_are_ready(report: object) -> None:
        if isinstance(report, Progress) and report.step == "leaflets":
            harm(stocked)
            stocked.on_report = lambda _: None

    stocked.on_report = once_leaflets_are_ready
    made, _ = stocked.run("bbb", "aaa")
    words = stocked.printed(made) if not split else ""
    assert split or words.index("Bbb") < words.index("1 of 2") < words.index("Aaa") < words.index("2 of 2")
    assert {path.name: path.read_bytes() for path in stocked.compiled()} == before
    assert len(damaged()) == logged


def test_one_that_is_lost_as_soon_as_it_is_made_ends_the_run(
    stocked: Pharmacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CompiledLeaflets, "put", lambda *_: None)
    stocked.on_report = lambda report: cut(stocked) if report == Progress("leaflets", 2, 2) else None
    with pytest.raises(LeafletLost):
        stocked.run("aaa", "bbb")


@pytest.mark.parametrize(
    ("name", "what"),
    [(INDEX_FILE, b'"content_id":"'), (CATALOGUE_FILE, b'"version":"')],
)
def test_one_character_changed_in_what_is_known_of_monographs_is_found(
    stocked: Pharmacy, damaged: Callable[[], list[str]], name: str, what: bytes
) -> None:
    _, before = stocked.run("aaa", "bbb", patient="Quux")
    file = stocked.cached(name)
    data = bytearray(file.read_bytes())
    data[data.index(what) + len(what)] ^= 1
    file.write_bytes(bytes(data))
    _, after = stocked.run("aaa", "bbb", patient="Zebedee Quux")
    assert after == before
    assert damaged() == [name]


def test_a_damaged_sheet_of_the_cache_is_made_again(stocked: Pharmacy, damaged: Callable[[], list[str]]) -> None:
    for sheet in stocked.cached("").glob("*.sheet"):
        if b"%PDF" in sheet.read_bytes():
            flip(sheet, b"%PDF")
    for compiled in stocked.compiled():
        compiled.unlink()
    made, _ = stocked.run("aaa")
    assert "as in version 1." in stocked.printed(made)
    assert len(damaged()) == 1


def test_verbose_prints_what_was_damaged(stocked: Pharmacy, leaflet: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(stocked.folder)
    cut(stocked)
    (stocked.folder / "list.csv").write_text("drug\naaa\nbbb\n")
    ran = leaflet("batch", "list.csv", "--workers", "0", "--allow-draft", "--allow-unsafe", "-v", "-q")
    assert ran.code == 0
    assert ran.err == f"{stocked.compiled()[0].name} in the cache was damaged or of another version; it is made again\n"


# ---------------------------------------------------------------- pruned


def test_a_run_keeps_the_leaflets_that_it_needs(stocked: Pharmacy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaflet_cache, "MAX_FILES", 1)
    stocked.write("bbb", "2")
    for path in stocked.compiled():
        os.utime(path, (1, 1))
    made, _ = stocked.run("aaa", "bbb")
    assert made.state_counts.unwritten == 0
    assert len(stocked.compiled()) == 2


def test_those_go_that_were_not_used_for_longest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaflet_cache, "MAX_FILES", 3)
    folder = CompiledLeaflets(tmp_path)
    for number in range(6):
        (tmp_path / f"k{number}.compiled").touch()
        os.utime(tmp_path / f"k{number}.compiled", (number, number))
    assert folder.use("k1")
    folder.prune(["k0"])
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["k0", "k1", "k5"]
