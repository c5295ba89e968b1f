"""What goes into a sheet's PDF beside its pages: the text it was made of, and the record of its making.

A project's own styles, fonts and templates are not put in: three fonts alone are thirty times the size of a sheet, and
print runs hold thousands. The record has the hash of each, so that `rebuild` can name the one that changed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from leaflets.model.edition import Edition, edition_facts
from leaflets.model.monograph import Front
from leaflets.model.page import Attachment
from leaflets.model.review import SheetReview
from leaflets.pipeline.inputs import Inputs
from leaflets.pipeline.reviews import due
from leaflets.pipeline.texts import Texts, evidence_file_name
from leaflets.seal.record import RECORD_FILE, Record, record_bytes

if TYPE_CHECKING:
    from leaflets.project import MonographFile


def attachments_of(
    source: MonographFile, edition: Edition, inputs: Inputs, front: Front, releases: Mapping[str, str]
) -> tuple[Attachment, ...]:
    """The files that go into a sheet; its record says that it was made with these releases."""
    date = inputs.review.date
    texts = tuple(
        Attachment(name, text, _mime(name), "Source", _description(name, source, front), date)
        for name, text in inputs.texts.by_name.items()
    )
    record = record_of(source, edition, inputs, front, releases)
    attachment = Attachment(
        RECORD_FILE, record_bytes(record), "application/json", "Data", "How this sheet was made, for “leaflet verify”",
        date,
    )  # fmt: skip
    return *texts, attachment


def _mime(name: str) -> str:
    return "application/json" if name.endswith(".json") else "text/markdown"


def _description(name: str, source: MonographFile, front: Front) -> str:
    if name == source.file_name:
        return f"The text of this sheet: {front.title}"
    if name.endswith(".json"):
        return "Who read which of its statements"
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
        reviewed=_iso(inputs.review.date),
        review_by=_iso(due(inputs.review, front.review_by)),
        jurisdiction=front.jurisdiction,
        sources=tuple(asdict(each) for each in front.sources),
        edition=edition_facts(edition),
        notices=inputs.notices,
        settings={
            "pharmacy": asdict(inputs.pharmacy), "code_url": inputs.code_url, "review_roles": inputs.review_roles,
            "review_signatures": inputs.review_signatures,
        },
        hashes=inputs.hashes,
        made_with=releases,
        reviews=tuple(sign_offs_of(inputs.texts, inputs.review)),
    )  # fmt: skip


def sign_offs_of(texts: Texts, review: SheetReview) -> Iterator[Mapping[str, str]]:
    """Who vouches for the words of a sheet, text by text; nobody where one of its texts is a draft."""
    if review.reviewed:
        for source, state in zip(texts.sources, review.states, strict=True):
            for each in state.sign_offs:
                dates = {"date": each.date.isoformat(), "until": each.until.isoformat()}
                yield {"lang": source.lang, "by": each.by, "role": each.role.value, **dates}


def _iso(date: dt.date | None) -> str:
    return date.isoformat() if date else ""
