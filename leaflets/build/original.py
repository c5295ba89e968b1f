"""The text that a translation translates, read beside it."""

from __future__ import annotations

from collections.abc import Collection

from leaflets.model import Monograph
from leaflets.parse import parse
from leaflets.project import Project, Source, read_text
from leaflets.translation import completed


def with_original(
    project: Project, source: Source, monograph: Monograph, pictures: Collection[str] = ()
) -> tuple[Monograph, Monograph | None]:
    """A text with what it takes from the one it translates, and that one; itself and None where it translates none.

    Raises ContentError where the other cannot be read.
    """
    found = project.original(source)
    if found is None:
        return monograph, None
    original = parse(read_text(found.path), name=found.name, file=found.file, lang=found.lang, pictures=pictures)
    return completed(monograph, original), original
