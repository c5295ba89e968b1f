"""What goes into a sheet's PDF beside its pages: the text it was made of, and the record of its making.

A project's own styles, fonts and templates are not put in: three fonts alone are thirty times the size of a sheet, and
print runs hold thousands. The record has the hash of each, so that `rebuild` can name the one that changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from leaflets.model.edition import Edition, edition_facts
from leaflets.model.monograph import Front
from leaflets.model.page import Attachment
from leaflets.pipeline.inputs import Inputs
from leaflets.pipeline.texts import evidence_file_name
from leaflets.seal.record import RECORD_FILE, Record, record_bytes

if TYPE_CHECKING:
    from leaflets.project import MonographFile


def attachments_of(
    source: MonographFile, edition: Edition, inputs: Inputs, front: Front, releases: Mapping[str, str]
) -> tuple[Attachment, ...]:
    """The files that go into a sheet; its record says that it was made with these releases."""
    texts = tuple(
        Attachment(name, text, "text/markdown", "Source", _description(name, source, front), front.reviewed)
        for name, text in inputs.texts.by_name.items()
    )
    record = record_of(source, edition, inputs, front, releases)
    attachment = Attachment(
        RECORD_FILE, record_bytes(record), "application/json", "Data", "How this sheet was made, for “leaflet verify”",
        front.reviewed,
    )  # fmt: skip
    return *texts, attachment


def _description(name: str, source: MonographFile, front: Front) -> str:
    if name == source.file_name:
        return f"The text of this sheet: {front.title}"
    return "What its sources say" if name == evidence_file_name(source.name) else "The text that it translates"


def record_of(
    source: MonographFile, edition: Edition, inputs: Inputs, front: Front, releases: Mapping[str, str]
) -> Record:
    """The record of a sheet's making."""
    return Record(
        content_id=inputs.digest,
        name=source.name,
        title=front.title,
        version=front.version,
        reviewed=front.reviewed.isoformat() if front.reviewed else "",
        review_by=front.review_by.isoformat() if front.review_by else "",
        jurisdiction=front.jurisdiction,
        sources=tuple(asdict(each) for each in front.sources),
        edition=edition_facts(edition),
        notices=inputs.notices,
        settings={"pharmacy": asdict(inputs.pharmacy), "code_url": inputs.code_url},
        hashes=inputs.hashes,
        made_with=releases,
    )
