"""Workers come to life as soon as it is sure that leaflets will have to be made, and not before."""

import datetime as dt
from pathlib import Path

from leaflets.batch.press import Leaflet
from leaflets.batch.shelf import Shelf
from leaflets.model import Audience, Edition
from leaflets.project import Project

DAY = dt.date(2026, 11, 29)


def warmed(project: Project, *, judge: bool) -> int:
    """How often a run calls the workers."""
    calls: list[None] = []
    shelf = Shelf(project, DAY, warm=lambda: calls.append(None))
    shelf.aliases()
    if judge:
        shelf.judge([Leaflet("warfarin", Edition(Audience.PATIENT))])
    return len(calls)


def test_workers_are_called_before_the_texts_of_a_new_project_are_read(tmp_path: Path) -> None:
    assert warmed(Project(tmp_path), judge=False) == 1


def test_they_are_not_called_where_every_leaflet_of_the_list_is_known(tmp_path: Path) -> None:
    warmed(Project(tmp_path), judge=True)
    assert warmed(Project(tmp_path), judge=True) == 0
