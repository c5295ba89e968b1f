"""Workers come to life as soon as it is sure that leaflets will have to be made, and not before."""

from pathlib import Path

from leaflets.batch.house import open_house
from leaflets.batch.press import Leaflet
from leaflets.model import Audience, Edition
from leaflets.project import Project


def warmed(project: Project, *, judge: bool) -> int:
    """How often a run calls the workers."""
    calls: list[None] = []
    shelf = open_house(project, lambda: calls.append(None)).shelf
    if judge:
        shelf.judge([Leaflet("warfarin", Edition(Audience.PATIENT))])
    return len(calls)


def test_workers_are_called_before_the_texts_of_a_new_project_are_read(tmp_path: Path) -> None:
    assert warmed(Project(tmp_path), judge=False) == 1


def test_they_are_not_called_where_every_leaflet_of_the_list_is_known(tmp_path: Path) -> None:
    warmed(Project(tmp_path), judge=True)
    assert warmed(Project(tmp_path), judge=True) == 0
