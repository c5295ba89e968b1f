"""What a sheet records of its own making, in a small JSON file attached to it.

It holds no clock, so that the same input makes the same bytes on any day: its dates are the monograph's own. It holds
nothing of a patient either; it is made before any label is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from leaflets.errors import PdfError

RECORD_FILE = "leaflet-record.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Record:
    """How a sheet was made. `content_id` is complete here; the sheet prints its beginning.

    `hashes` are SHA-256, by what they are of: "source/NAME.md", "styles/NAME", "templates/NAME" and "program", our own
    code. `settings` are those that shape the page, `made_with` the releases of programs and libraries.
    """

    content_id: str
    name: str
    title: str
    version: str
    reviewed: str
    review_by: str
    jurisdiction: str
    sources: tuple[Mapping[str, str], ...]
    edition: Mapping[str, Any]
    notices: tuple[str, ...]
    settings: Mapping[str, Any]
    hashes: Mapping[str, str]
    made_with: Mapping[str, str]


def record_bytes(record: Record) -> bytes:
    """A record as the bytes of its file."""
    facts = {"leaflet-record": FORMAT, **asdict(record)}
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


def read_record(data: bytes) -> Record:
    """The record in the bytes of its file. Raises PdfError where they are none, or of another format."""
    try:
        stored = json.loads(data)
        format, record = stored["leaflet-record"], Record(**{name: stored[name] for name in _FIELD_TYPES})
        valid = all(isinstance(stored[name], kind) for name, kind in _FIELD_TYPES.items())
        texts = (*record.hashes.values(), *record.made_with.values(), *record.notices)
        valid = valid and all(isinstance(text, str) for text in texts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PdfError("The sheet's record cannot be read.") from error
    if format != FORMAT:
        raise PdfError("The sheet's record is of another format.", "Use the version of leaflet that made it.")
    if not valid:
        raise PdfError("The sheet's record is not of the kind that leaflet writes.")
    return record


# A file may come from anywhere: each part of a record must be of its own kind.
_MAPPING_FIELDS, _LIST_FIELDS = (
    frozenset({"edition", "settings", "hashes", "made_with"}),
    frozenset({"sources", "notices"}),
)
_FIELD_TYPES = {
    each.name: dict if each.name in _MAPPING_FIELDS else list if each.name in _LIST_FIELDS else str
    for each in fields(Record)
}
