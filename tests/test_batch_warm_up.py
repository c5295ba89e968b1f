"""Workers are started as soon as it is certain that leaflets must be rendered, and not before."""

import contextlib
from pathlib import Path

import pytest

from leaflets.batch.environment import open_environment
from leaflets.batch.leaflet_cache import has_index
from leaflets.cli import main
from leaflets.model.copy import Leaflet
from leaflets.model.edition import Audience, Edition
from leaflets.project import ProjectFolder
from leaflets.workers.local import ProcessWorkers
from leaflets.workers.protocol import RenderTask
from tests.running import MONOGRAPH

LIST = "drug,destination\nno such drug,print\n"


def assessed(project: ProjectFolder) -> int:
    """How often an assessment of a leaflet starts the workers."""
    calls: list[None] = []
    open_environment(project, lambda: calls.append(None)).monographs.assess(
        [Leaflet("warfarin", Edition(Audience.PATIENT))]
    )
    return len(calls)


def test_workers_are_called_where_a_leaflet_was_never_judged(tmp_path: Path) -> None:
    assert assessed(ProjectFolder(tmp_path)) == 1


def test_they_are_not_called_where_every_leaflet_of_the_list_is_known(tmp_path: Path) -> None:
    assessed(ProjectFolder(tmp_path))
    assert has_index(ProjectFolder(tmp_path).cache)
    assert assessed(ProjectFolder(tmp_path)) == 0


@pytest.mark.parametrize(
    ("words", "called"),
    [
        (["tonight.csv"], 1),
        (["tonight.csv", "--dry-run"], 0),
        (["tonight.csv", "--workers", "0"], 0),
        (["tonight.csv", "--papier", "a4"], 0),
        (["tonight.csv", "--help"], 0),
        (["tomorrow.csv"], 0),
    ],
)
def test_in_a_new_project_they_are_called_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], called: int
) -> None:
    calls: list[None] = []
    monkeypatch.setattr(ProcessWorkers, "warm_up", lambda _: calls.append(None))
    monkeypatch.chdir(tmp_path)
    Path("tonight.csv").write_text(LIST)
    with contextlib.suppress(SystemExit):
        main(["batch", *words])
    assert len(calls) == called


def test_they_are_not_called_at_once_where_something_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assessed(ProjectFolder(tmp_path))
    test_in_a_new_project_they_are_called_before_anything_is_read(tmp_path, monkeypatch, ["tonight.csv"], 0)


def test_a_task_has_the_text_as_it_was_assessed(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    file, leaflet = tmp_path / "content" / "a.md", Leaflet("a", Edition(Audience.PATIENT))
    file.write_text(MONOGRAPH)
    monographs = open_environment(ProjectFolder(tmp_path)).monographs
    monographs.assess([leaflet])
    file.write_text("something else")
    snapshot = monographs.with_snapshot(RenderTask(1, leaflet)).snapshot
    assert snapshot
    assert snapshot.texts.text == MONOGRAPH.encode()
    assert snapshot.checked
