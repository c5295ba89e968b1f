"""Reviews for tests: a text in a file vouched for, as `leaflet review` does it."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from leaflets.authoring.reviews import ReviewRequest, take_review
from leaflets.model.review import Role
from leaflets.project import ProjectFolder, save
from leaflets.project.content import source_at
from leaflets.review import record_bytes

DAY = dt.date(2026, 1, 5)
REQUEST = ReviewRequest("A. Hatter", Role.FIRST, dt.date(2030, 1, 5))


def vouch(path: Path, day: dt.date = DAY, request: ReviewRequest = REQUEST, **changes: object) -> Path:
    """Writes a review of the text at a path, taken on a day, and returns the path of its record."""
    source = source_at(path)
    root = path.parent.parent if path.parent.name == "content" else path.parent
    wanted = replace(request, **changes)  # type: ignore[arg-type]
    taken = take_review(ProjectFolder(root), source, wanted, day)
    assert taken
    save(source.reviews_path, record_bytes(taken.record))
    return source.reviews_path
