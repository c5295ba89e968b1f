"""What a sheet records of its own making, in a small JSON file attached to it.

It holds no clock, so that the same input makes the same bytes on any day: its dates are the monograph's own. It holds
nothing of a patient either; it is made before any label is.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from leaflets.errors import PdfError
from leaflets.json_depth import require_shallow
from leaflets.model.pharmacy import is_pharmacy_text
from leaflets.model.review import Role

_Check = Callable[[object], bool]
RECORD_FILE = "leaflet-record.json"
FORMAT = 2
_FORMATS = (1, 2)
"""The first had no `reviews`; its `reviewed` was what the front matter said."""


@dataclass(frozen=True, slots=True)
class Record:
    """How a sheet was made. `content_id` is complete here; the sheet prints its beginning.

    `hashes` are SHA-256, by what they are of: "source/NAME.md", "styles/NAME", "templates/NAME" and "program", our own
    code. `settings` are those that shape the page, `made_with` the releases of programs and libraries. `reviews` say
    who vouched for the words of the sheet: by, role, date, until and the text's language; empty where it is a draft.
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
    reviews: tuple[Mapping[str, str], ...] = ()


def record_bytes(record: Record) -> bytes:
    """A record as the bytes of its file."""
    facts = {"leaflet-record": FORMAT, **asdict(record)}
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


def read_record(data: bytes) -> Record:
    """The record in the bytes of its file. Raises PdfError where they are none, or of another format."""
    try:
        text = data.decode()
        require_shallow(text)
        stored = json.loads(text)
        format = stored["leaflet-record"]
        later: dict[str, Any] = {"reviews": []} if format == 1 else {}
        record = Record(**{each.name: {**stored, **later}[each.name] for each in fields(Record)})
        json.dumps(stored, ensure_ascii=False).encode()  # no half of a character, which no file of ours has
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise PdfError("The sheet's record cannot be read.", _HINT) from error
    if format not in _FORMATS:
        raise PdfError("The sheet's record is of another format.", "Use the version of leaflet that made it.")
    wrong = next((name for name, is_valid in _SCHEMA.items() if not is_valid(getattr(record, name))), None)
    if wrong:
        raise PdfError(f"The sheet's record is not of the kind that leaflet writes: “{wrong}”.", _HINT)
    return record


# ---------------------------------------------------------------- the schema of a record

# A file may come from anywhere: each part of a record must be what leaflet writes there, before anything reads it.
_HINT = "Get the sheet once more."
_LONGEST_NAME = 240
"""Bytes of a monograph's name: with its language and ending, the most that file systems take is 255."""


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_name(value: object) -> bool:
    """Whether it names a file within a folder, and leads nowhere else."""
    return isinstance(value, str) and 0 < len(value.encode()) <= _LONGEST_NAME and not set(value) & set("/\\\0")


def _is_date(value: object) -> bool:
    """Whether it is a date of the monograph, YYYY-MM-DD, or empty."""
    try:
        return value == "" or (isinstance(value, str) and dt.date.fromisoformat(value).isoformat() == value)
    except ValueError:
        return False


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def _mapping_of(is_valid: _Check) -> _Check:
    return lambda value: isinstance(value, dict) and all(map(is_valid, value.values()))


def _list_of(is_valid: _Check) -> _Check:
    return lambda value: isinstance(value, list) and all(map(is_valid, value))


def _is_pharmacy(value: object) -> bool:
    """Whether it is a table of short texts; `report` is a list of countries and how side effects are reported there."""
    if not isinstance(value, dict):
        return False
    texts = [text for name, text in value.items() if name != "report"]
    pairs = value.get("report", [])
    return all(map(is_pharmacy_text, texts)) and _list_of(_list_of(is_pharmacy_text))(pairs)


def _is_settings(value: object) -> bool:
    if not isinstance(value, dict) or not _list_of(_is_role)(value.get("review_roles", [])):
        return False
    if not isinstance(value.get("review_signatures", False), bool):
        return False
    return _is_text(value.get("code_url", "")) and _is_pharmacy(value.get("pharmacy", {}))


def _is_role(value: object) -> bool:
    return value in {role.value for role in Role} if isinstance(value, str) else False


def _is_sign_off(value: object) -> bool:
    """Whether it says who vouched for a sheet, in which role, when, until when, and for the text in which language."""
    keys = {"lang": _is_text, "by": _is_text, "role": _is_role, "date": _is_date, "until": _is_date}
    return isinstance(value, dict) and set(value) == set(keys) and all(check(value[k]) for k, check in keys.items())


_SCHEMA: Mapping[str, _Check] = {
    **dict.fromkeys(("content_id", "title", "version", "jurisdiction"), _is_text),
    "name": _is_name,
    "reviewed": _is_date,
    "review_by": _is_date,
    "sources": _list_of(_mapping_of(_is_text)),
    "edition": _mapping_of(lambda value: isinstance(value, (str, int))),
    "notices": _list_of(_is_text),
    "settings": _is_settings,
    "hashes": _mapping_of(_is_hash),
    "made_with": _mapping_of(_is_text),
    "reviews": _list_of(_is_sign_off),
}
