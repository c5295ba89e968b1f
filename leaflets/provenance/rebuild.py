"""Rebuilds a sheet from the text attached to it: the same bytes, or what has changed since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from leaflets.errors import PdfError
from leaflets.pipeline.stages import render
from leaflets.project import ProjectFolder, display_path, read_bytes
from leaflets.provenance.contents import read_contents
from leaflets.provenance.current_inputs import changes_since, current_inputs, edition_of, texts_in
from leaflets.provenance.signatures import without_signatures
from leaflets.seal.record import Record

REPRINT_HINT = "A labelled copy is printed again with “leaflet reprint”."


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A rebuilt sheet. `same`: it has the very bytes of the sheet. `changes` say what is not as it was then.

    Where releases alone have changed, such as Python's, the bytes are often the same: the record in them says what they
    were first made with.
    """

    record: Record
    data: bytes
    same: bool
    changes: tuple[str, ...]


def rebuild(path: Path, project: ProjectFolder) -> Rebuilt:
    """Rebuilds the sheet in a file with the text, edition and settings of its record.

    Raises ContentError where the file cannot be read, PdfError where it is not intact or no sheet of ours, and what a
    build raises.
    """
    signed, file = read_bytes(path), display_path(path)
    read_contents(signed, file)  # raises where it is no PDF
    data, _ = without_signatures(signed, project.certificates)
    contents = read_contents(data, file)
    if not contents.intact:
        raise PdfError(f"{file}: it is not as leaflet made it", "“leaflet verify” says more.")
    if contents.has_copies:
        raise PdfError(f"{file}: it has the labels of patients on it, and is no sheet to make again", REPRINT_HINT)
    if contents.record is None:
        raise PdfError(f"{file}: it carries no record of its making", "Give a sheet that “leaflet build” made.")
    record, texts = contents.record, texts_in(contents.record, contents.texts, project)
    if not texts.text:
        raise PdfError(f"{file}: the text it was made of is not in it", "Build it from the monograph.")
    inputs, edition = current_inputs(record, texts, project), edition_of(record)
    changes = tuple(changes_since(record, inputs))
    if render(inputs, edition, releases=record.made_with).pdf.data == data:
        return Rebuilt(record, data, same=True, changes=changes)
    if not changes:
        changes = ("nothing that the record knows of, and yet the bytes are others: the file may have been forged",)
    return Rebuilt(record, render(inputs, edition).pdf.data, same=False, changes=changes)
