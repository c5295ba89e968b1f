"""The record of the reviews of a text, `content/reviews/NAME[.LANG].json`: read strictly, and written.

Each statement stands on a line of its own, in the order of the hashes, so that what a change of the record adds and
takes away can be read in a comparison of the two files.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import Any

from leaflets.errors import ContentError
from leaflets.json_depth import require_shallow
from leaflets.model.edition import Audience
from leaflets.model.review import Review, ReviewRecord, Role

FORMAT = 1
LONGEST_TEXT = 2_000
"""Characters of a name, a note or a declaration of conflicts."""

_HINT = "“leaflet review” writes such files; take the last one that was whole from your backup or version control."
_HASH = re.compile(r"[0-9a-f]{64}")
_KEYS = ("leaflet-reviews", "monograph", "lang", "reviews")
_REVIEW_KEYS = ("by", "role", "date", "until", "audience", "note", "conflicts", "sheets", "statements", "signature")
_SIGNATURE = re.compile(r"[ -~\n]{0,20000}")


def record_bytes(record: ReviewRecord) -> bytes:
    """A record as the bytes of its file."""
    facts = {
        "leaflet-reviews": FORMAT, "monograph": record.name, "lang": record.lang,
        "reviews": [_facts(review) for review in record.reviews],
    }  # fmt: skip
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


def signed_bytes(record: ReviewRecord, review: Review) -> bytes:
    """The bytes that a signature of a review is of: its canonical JSON, and which text it is of.

    That is one object with the keys of the review but `signature`, and `monograph` and `lang`; keys sorted, no spaces,
    UTF-8, no line end.
    """
    facts = {**_facts(review), "monograph": record.name, "lang": record.lang}
    del facts["signature"]
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _facts(review: Review) -> dict[str, Any]:
    return {
        "by": review.by, "role": review.role.value, "date": review.date.isoformat(), "until": review.until.isoformat(),
        "audience": review.audience.value if review.audience else None, "note": review.note,
        "conflicts": review.conflicts, "sheets": {each.value: one for each, one in sorted(review.sheets.items())},
        "statements": dict(sorted(review.statements.items())), "signature": review.signature,
    }  # fmt: skip


# ---------------------------------------------------------------- reading


class _Fault(ValueError):
    """What is wrong with a record, in words."""


def read_record(data: bytes, file: str, name: str, lang: str) -> ReviewRecord:
    """The record in the bytes of a file, of the text with this name and language; errors call it `file`.

    Raises ContentError where it is no record as `record_bytes` writes it, or that of another text.
    """
    try:
        text = data.decode()
        require_shallow(text)
        facts = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
        return _record(facts, name, lang)
    except json.JSONDecodeError as error:
        raise ContentError(f"{file}:{error.lineno}: this is no JSON: {error.msg}", _HINT) from error
    except UnicodeDecodeError as error:
        raise ContentError(f"{file}: it is not UTF-8", _HINT) from error
    except ValueError as error:
        raise ContentError(f"{file}: {error}", _HINT) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Fault(f"“{next(key for key in keys if keys.count(key) > 1)}” stands twice")
    return table


def _no_constant(word: str) -> None:
    raise _Fault(f"{word} is no JSON")


def _record(facts: object, name: str, lang: str) -> ReviewRecord:
    known = _mapping(facts, _KEYS, "the record")
    if known["leaflet-reviews"] != FORMAT:
        raise _Fault(f"its format is {known['leaflet-reviews']!r}, and this leaflet knows {FORMAT}")
    if (known["monograph"], known["lang"]) != (name, lang):
        raise _Fault(f"it is the record of “{known['monograph']}” ({known['lang']}), not of “{name}” ({lang})")
    if not isinstance(known["reviews"], list):
        raise _Fault("“reviews” must be a list")
    return ReviewRecord(name, lang, tuple(_review(each, f"review {n}") for n, each in enumerate(known["reviews"], 1)))


def _mapping(facts: object, keys: tuple[str, ...], what: str) -> Mapping[str, Any]:
    if not isinstance(facts, dict):
        raise _Fault(f"{what} must be a table in braces")
    if set(facts) != set(keys):
        other = next((key for key in facts if key not in keys), None)
        wrong = next(key for key in keys if key not in facts) if other is None else other
        raise _Fault(f"{what} {'has no' if other is None else 'may not have'} “{wrong}”")
    return facts


def _review(facts: object, what: str) -> Review:
    known = _mapping(facts, _REVIEW_KEYS, what)
    date, until = (_date(known[key], f"{what}: “{key}”") for key in ("date", "until"))
    if until < date:
        raise _Fault(f"{what}: it ends on {until}, before its own date {date}")
    audience = None if known["audience"] is None else _choice(Audience, known["audience"], f"{what}: “audience”")
    texts = {key: _text(known[key], f"{what}: “{key}”") for key in ("by", "note", "conflicts")}
    if not texts["by"].strip():
        raise _Fault(f"{what}: “by” names nobody")
    signature = known["signature"]
    if not isinstance(signature, str) or not _SIGNATURE.fullmatch(signature):
        raise _Fault(f"{what}: “signature” is no signature")
    role, statements = _choice(Role, known["role"], f"{what}: “role”"), _statements(known["statements"], what)
    return Review(
        role=role, date=date, until=until, audience=audience, statements=statements, signature=signature,
        sheets=_sheets(known["sheets"], what), **texts,
    )  # fmt: skip


def _sheets(facts: object, what: str) -> Mapping[Audience, str]:
    if not isinstance(facts, dict) or not facts:
        raise _Fault(f"{what}: “sheets” must be a table of sheets in braces")
    for value in facts.values():
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            raise _Fault(f"{what}: “sheets” must have the hash of each sheet")
    return {_choice(Audience, key, f"{what}: “sheets”"): value for key, value in facts.items()}


def _statements(facts: object, what: str) -> Mapping[str, str]:
    if not isinstance(facts, dict):
        raise _Fault(f"{what}: “statements” must be a table of statements in braces")
    for statement, rests_on in facts.items():
        if not (
            _HASH.fullmatch(statement) and isinstance(rests_on, str) and (not rests_on or _HASH.fullmatch(rests_on))
        ):
            raise _Fault(f"{what}: “{statement[:64]}” is no statement with what it rests on")
    return facts


def _date(value: object, what: str) -> dt.date:
    try:
        if isinstance(value, str) and len(value) == len("2026-01-31"):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise _Fault(f"{what} must be a date such as 2026-01-31")


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
        raise _Fault(f"{what} must be text of one line, of at most {LONGEST_TEXT:,} characters")
    return value


def _choice(kind: type[Any], value: object, what: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise _Fault(f"{what} must be one of: {', '.join(each.value for each in kind)}") from None
