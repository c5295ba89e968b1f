"""What a sheet records of its own making: a small JSON file that travels inside it.

It holds no clock, so that the same input makes the same bytes on any day: its dates are the monograph's own. It holds
nothing of a patient either; it is made before any label is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from leaflets.errors import PdfError

FILE = "leaflet-record.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Record:
    """How a sheet came to be. `content_id` is whole here; the sheet prints its beginning.

    `hashes` are SHA-256 by what they are of: "source/NAME.md", "styles/NAME", "templates/NAME" and "program", our own
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


def written(record: Record) -> bytes:
    """A record as the bytes of its file."""
    facts = {"leaflet-record": FORMAT, **asdict(record)}
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


def read(data: bytes) -> Record:
    """The record in the bytes of its file. Raises PdfError where they hold none, or one of another format."""
    try:
        told = json.loads(data)
        form, record = told["leaflet-record"], Record(**{name: told[name] for name in _KINDS})
        sound = all(isinstance(told[name], kind) for name, kind in _KINDS.items())
        inside = (*record.hashes.values(), *record.made_with.values(), *record.notices)
        sound = sound and all(isinstance(text, str) for text in inside)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PdfError("The sheet's record cannot be read.") from error
    if form != FORMAT:
        raise PdfError("The sheet's record is of another format.", "Use the version of leaflet that made it.")
    if not sound:
        raise PdfError("The sheet's record is not of the kind that leaflet writes.")
    return record


# A file may come from anywhere: each part of a record must be of its own kind.
_TABLES, _LISTS = frozenset({"edition", "settings", "hashes", "made_with"}), frozenset({"sources", "notices"})
_KINDS = {each.name: dict if each.name in _TABLES else list if each.name in _LISTS else str for each in fields(Record)}
