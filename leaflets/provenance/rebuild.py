"""A sheet made again from the text inside it: the same bytes, or what has changed since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from leaflets.errors import PdfError
from leaflets.pipeline.render import render
from leaflets.project import ProjectFolder, display_path, read_bytes
from leaflets.provenance.contents import read_contents
from leaflets.provenance.remade import changed, edition_of, gathered_again, texts_in
from leaflets.seal.record import Record

SHEETS_ONLY = "A labelled copy is printed again with “leaflet reprint”."


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A sheet made again. `data` is the same, byte for byte, unless `changes` say what is not as it was."""

    record: Record
    data: bytes
    changes: tuple[str, ...]


def rebuild(path: Path, project: ProjectFolder) -> Rebuilt:
    """The sheet in a file, made again with the text, edition and settings it records.

    Raises ContentError where the file cannot be read, PdfError where it is not whole or no sheet of ours; besides what
    a build raises.
    """
    data, file = read_bytes(path), display_path(path)
    found = read_contents(data, file)
    if not found.whole:
        raise PdfError(f"{file}: it is not as leaflet made it", "“leaflet verify” says more.")
    if found.of_copies:
        raise PdfError(f"{file}: it has the labels of patients on it, and is no sheet to make again", SHEETS_ONLY)
    if found.record is None:
        raise PdfError(f"{file}: it carries no record of its making", "Give a sheet that “leaflet build” made.")
    record, texts = found.record, texts_in(found.record, found.texts, project)
    if not texts.text:
        raise PdfError(f"{file}: the text it was made of is not in it", "Build it from the monograph.")
    again = gathered_again(record, texts, project)
    changes = tuple(changed(record, again))
    made = render(again, edition_of(record)).pdf.data
    if not changes and made != data:
        changes = ("nothing that the record knows of, and yet the bytes are others: the file may have been forged",)
    return Rebuilt(record, made, changes)
