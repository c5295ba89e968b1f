"""Who may sign reviews: the file `allowed_signers` of a project, as OpenSSH has it, and the keys that were revoked.

The format is that of ssh-keygen(1), ALLOWED SIGNERS: principals, options, key type and key on a line. A principal here
is a reviewer's name as `--by` has it before the first comma, in quotation marks.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from leaflets.errors import UsageError
from leaflets.model.review import person_named

NAMESPACE = "leaflet-review"
"""The namespace of SSH signatures of reviews: one made for anything else is none of a review."""

_FIELD = re.compile(r'\s*((?:[^\s"]|"[^"]*")+)')
_OPTION = re.compile(r'([a-z-]+)(?:="([^"]*)")?(?:,|$)')
_KEY_TYPE = re.compile(r"(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4,6})?Z?")
_HINT = 'A line is: "Ann Lee" namespaces="leaflet-review" ssh-ed25519 AAAA…'


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the persons who sign with it; `after` and `before` bound the days on which it may."""

    persons: tuple[str, ...]
    key: tuple[str, str]
    after: dt.date | None = None
    before: dt.date | None = None

    def may_sign(self, day: dt.date) -> bool:
        """Whether the key was good on a day."""
        return (self.after is None or self.after <= day) and (self.before is None or day < self.before)


@dataclass(frozen=True, slots=True)
class Signers:
    """The keys that a project allows, and those that it revoked, each by its type and its base64."""

    allowed: tuple[Signer, ...] = ()
    revoked: frozenset[tuple[str, str]] = frozenset()


def read_signers(text: str, file: str, revoked: str = "", revoked_file: str = "") -> Signers:
    """The signers in a file of allowed signers and one of revoked keys.

    Raises UsageError, with file and line, where a line is not understood: a key would be missing, or still be allowed.
    """
    allowed = tuple(_signer(line, f"{file}:{number}") for number, line in _lines(text))
    keys = (_last_key(line, f"{revoked_file}:{number}") for number, line in _lines(revoked))
    return Signers(allowed, frozenset(keys))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _fields(line: str) -> list[str]:
    return _FIELD.findall(line)


def _signer(line: str, place: str) -> Signer:
    fields = _fields(line)
    at = next((n for n, field in enumerate(fields) if n and _KEY_TYPE.fullmatch(field)), 0)
    if at not in (1, 2) or len(fields) <= at + 1:
        raise UsageError(f"{place}: this is no line of allowed signers", _HINT)
    persons = tuple(person_named(each) for each in fields[0].strip('"').split(","))
    given = list(_options(fields[1], place)) if at == 2 else []
    options = dict(given)
    if len(options) < len(given):
        raise UsageError(f"{place}: an option stands twice", "Keep one.")
    namespaces = options.get("namespaces", NAMESPACE).split(",")
    if NAMESPACE not in namespaces:
        persons = ()  # a key for other things: nobody signs reviews with it
    after, before = (_date(options.get(f"valid-{word}"), place) for word in ("after", "before"))
    return Signer(persons, _key(fields[at : at + 2], place), after, before)


def _options(text: str, place: str) -> Iterable[tuple[str, str]]:
    position = 0
    while position < len(text):
        match = _OPTION.match(text, position)
        if match is None or match[1] not in ("namespaces", "valid-after", "valid-before"):
            raise UsageError(f"{place}: the option “{text[position:][:40]}” is not understood", _HINT)
        yield match[1], match[2] or ""
        position = match.end()


def _key(words: list[str], place: str) -> tuple[str, str]:
    """The type and the base64 of a key. Raises UsageError where they are not of one key: it would be nobody's key."""
    kind, text = words
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        data = b""
    if _strings(data)[:1] != [kind.encode()]:
        raise UsageError(f"{place}: this is no key of the kind {kind}", "Copy the line of the file KEY.pub whole.")
    return kind, base64.b64encode(data).decode()


def _strings(data: bytes) -> list[bytes]:
    """The strings of SSH's wire format (RFC 4251, section 5) one after the other; none where one is cut short."""
    strings: list[bytes] = []
    while data:
        length = int.from_bytes(data[:4], "big")
        strings.append(data[4 : 4 + length])
        if len(data) < 4 + length:
            return []
        data = data[4 + length :]
    return strings


def _date(text: str | None, place: str) -> dt.date | None:
    if text is None:
        return None
    match = _DATE.fullmatch(text)
    try:
        if match:
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise UsageError(f"{place}: “{text}” is no date of an option", 'Write it as valid-before="20271130".')


def _last_key(line: str, place: str) -> tuple[str, str]:
    fields = _fields(line)
    at = next((n for n, field in enumerate(fields) if _KEY_TYPE.fullmatch(field)), None)
    if at is None or len(fields) <= at + 1:
        raise UsageError(f"{place}: this is no public key", "A line is: ssh-ed25519 AAAA… and perhaps a comment.")
    return _key(fields[at : at + 2], place)
