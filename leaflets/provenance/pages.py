"""The pages of a sheet compared with those that its text makes today, where nothing that shapes them has changed."""

from __future__ import annotations

from leaflets.errors import LeafletError
from leaflets.pipeline.cache import Cache
from leaflets.pipeline.cache_key import cache_key
from leaflets.pipeline.inputs import Inputs
from leaflets.pipeline.texts import Texts
from leaflets.project import ProjectFolder
from leaflets.provenance.current_inputs import edition_of, notices_of, project_as_recorded
from leaflets.seal.record import Record


def is_as_made(data: bytes, record: Record, texts: Texts, inputs: Inputs, project: ProjectFolder) -> bool | None:
    """Whether a sheet is, byte for byte, what its inputs make; None where they cannot be made into a sheet today.

    It is taken from the cache, else rendered; nothing is written. The inputs must be those of its record.
    """
    edition, recorded = edition_of(record), project_as_recorded(record, project)
    entry = Cache(project.cache).get(cache_key(recorded, texts.source, texts.hash, edition, notices_of(record)))
    if entry is not None and entry.parts["pdf"] == data:
        return True
    from leaflets.pipeline.stages import render  # here, as what is in the cache needs no renderer

    try:
        return render(inputs, edition).pdf.data == data
    except LeafletError:
        return None
