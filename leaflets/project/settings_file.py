"""`leaflet.toml` → settings, checked key by key."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from leaflets.errors import ContentError, UsageError
from leaflets.languages import LANGUAGES
from leaflets.model.edition import TypeSize
from leaflets.model.evidence import DEFAULT_POLICY, EvidencePolicy, SourceKind
from leaflets.model.page import ID_DIGITS
from leaflets.model.paper import Paper
from leaflets.model.pharmacy import LONGEST_TEXT, Pharmacy
from leaflets.model.review import Role
from leaflets.project.files import display_path, read_text
from leaflets.project.settings import LEAST_MEMORY, Settings

_Choice = TypeVar("_Choice", TypeSize, Paper, SourceKind)


_KEYS = (
    "paper", "edition", "language", "content", "pharmacy", "report", "provenance", "batch", "limits", "evidence",
    "review",
)  # fmt: skip
_LIMITS = ("seconds", "memory")
_REVIEW = ("roles", "signatures", "allow_draft")
_BATCH = ("columns", "encoding", "history_key", "ignore", "label_code", "no_repeat_days")


def read_settings(path: Path) -> Settings:
    """The settings in a file. Raises UsageError, with file and line where there is one, on anything not understood."""
    file = display_path(path)
    try:
        table = tomllib.loads(read_text(path, 1_000_000))
    except ContentError as error:
        raise UsageError(error.message, error.hint) from error
    except tomllib.TOMLDecodeError as error:
        twice = "Cannot declare" in str(error) or "Cannot overwrite" in str(error)
        hint = (
            "It is there already: write the new lines below the one that is there."
            if twice
            else "Mend the line it names."
        )
        raise UsageError(f"{file}: not valid TOML: {error}", hint) from error
    _require_known(file, "", table, _KEYS)
    provenance = _table(file, table, "provenance")
    _require_known(file, "provenance.", provenance, ("url", "certificates"))
    batch = _table(file, table, "batch")
    _require_known(file, "batch.", batch, _BATCH)
    columns = _table(file, batch, "columns", "batch.")
    limits = _table(file, table, "limits")
    pharmacy = _pharmacy(file, _table(file, table, "pharmacy"), _table(file, table, "report"))
    _require_known(file, "limits.", limits, _LIMITS)
    review = _table(file, table, "review")
    _require_known(file, "review.", review, _REVIEW)
    return Settings(
        paper=_choice(file, table, "paper", Paper, Paper.A4),
        type_size=_choice(file, table, "edition", TypeSize, TypeSize.STANDARD),
        language=_language(file, _text(file, table, "language", "en")),
        own_content=_own_content(file, _text(file, table, "content", "all")),
        pharmacy=pharmacy,
        code_url=printable_code_url(file, _text(file, provenance, "url", "", "provenance.")),
        certificates=_text(file, provenance, "certificates", "", "provenance."),
        history_key=_text(file, batch, "history_key", "", "batch."),
        batch_encoding=_text(file, batch, "encoding", "", "batch."),
        no_repeat_days=_whole(file, batch, "batch.no_repeat_days", 3, _MOST_DAYS, " of days"),
        batch_columns=MappingProxyType({key: _text(file, columns, key, "", "batch.columns.") for key in columns}),
        batch_ignore=_texts(file, batch, "ignore", "batch."),
        label_code=_switch(file, batch, "label_code", "batch.", default=True),
        max_seconds=_whole(file, limits, "limits.seconds", 60),
        max_memory=_memory(file, limits),
        evidence_policy=_evidence_policy(file, _table(file, table, "evidence"), pharmacy),
        review_roles=_roles(file, review),
        review_signatures=_required(file, review, "signatures", "review."),
        allow_draft=_switch(file, review, "allow_draft", "review.", default=False),
    )


_LONGEST_URL, _LONGEST_IN_CAPITALS = 42, 61
"""Letters in a square code of 29 modules a side, error correction M (ISO/IEC 18004, table 7)."""
_URL = re.compile(r"https?://[!-~]+")


def printable_code_url(file: str, url: str) -> str:
    """The address, or an empty text: one that fits the square code of a sheet with an id in it. Raises UsageError."""
    if not url:
        return ""
    if not _URL.fullmatch(url) or url.count("{id}") != 1 or "{id}" not in url.split("/", 3)[-1]:
        raise UsageError(
            f"{file}: “provenance.url” cannot be “{url}”", 'For example url = "https://example.org/leaflet/{id}".'
        )
    path = url.split("/", 3)[-1].replace("{id}", "")
    longest = _LONGEST_URL if re.search(r"[^0-9A-Z $%*+./:-]", path) else _LONGEST_IN_CAPITALS
    length = len(url) - len("{id}") + ID_DIGITS
    if length > longest:
        raise UsageError(
            f"{file}: “provenance.url” makes {length} letters with the id, and the square code holds {longest}",
            "Choose a shorter address; one without small letters after its host may be longer.",
        )
    return url


_PHARMACY = (
    "name", "address", "phone", "hours", "out_of_hours", "emergency", "poison", "logo", "logo_alt",
)  # fmt: skip
_COUNTRY = re.compile(r"[A-Z]{2}")


def _pharmacy(file: str, table: Mapping[str, object], report: Mapping[str, object]) -> Pharmacy:
    _require_known(file, "pharmacy.", table, _PHARMACY)
    texts = {key: _text(file, table, key, "", "pharmacy.") for key in _PHARMACY}
    if texts["logo"] and not texts["logo"].lower().endswith((".svg", ".png")):
        raise UsageError(f"{file}: “pharmacy.logo” must be SVG or PNG", "Save it again as one of them.")
    if texts["logo"] and not (texts["logo_alt"] or texts["name"]):
        raise UsageError(
            f"{file}: the logo has no words for those who cannot see it", "Write pharmacy.logo_alt, or pharmacy.name."
        )
    unknown = next((country for country in report if not _COUNTRY.fullmatch(country)), None)
    if unknown is not None:
        raise UsageError(f"{file}: “report.{unknown}” is not the code of a country", 'For example GB = "…".')
    return Pharmacy(**texts, report=tuple((key, _text(file, report, key, "", "report.")) for key in sorted(report)))


def _require_known(file: str, prefix: str, table: Mapping[str, object], allowed: tuple[str, ...]) -> None:
    for key in table:
        if key not in allowed:
            near = difflib.get_close_matches(key, allowed, n=1, cutoff=0.0)
            raise UsageError(
                f"{file}: the setting “{prefix}{key}” is not known",
                f"Did you mean “{prefix}{near[0]}”?" if near else "",
            )


def _table(file: str, parent: Mapping[str, object], key: str, prefix: str = "") -> Mapping[str, object]:
    value = parent.get(key, {})
    if not isinstance(value, dict):
        raise UsageError(f"{file}: “{prefix}{key}” must be a table", f"Write [{prefix}{key}] on a line of its own.")
    return value


def _text(file: str, table: Mapping[str, object], key: str, default: str, prefix: str = "") -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise UsageError(f"{file}: “{prefix}{key}” must be text in quotes", f'For example {key} = "…".')
    if len(value) > LONGEST_TEXT:
        raise UsageError(f"{file}: “{prefix}{key}” has more than {LONGEST_TEXT:,} letters", "Write a shorter one.")
    return " ".join(value.split())


def _texts(file: str, table: Mapping[str, object], key: str, prefix: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UsageError(f"{file}: “{prefix}{key}” must be a list of texts", f'For example {key} = ["…"].')
    return tuple(value)


_EVIDENCE = ("floor", "years")
_YEARS = ("label", "other")


def _evidence_policy(file: str, table: Mapping[str, object], pharmacy: Pharmacy) -> EvidencePolicy:
    _require_known(file, "evidence.", table, _EVIDENCE)
    years = _table(file, table, "years", "evidence.")
    _require_known(file, "evidence.years.", years, _YEARS)
    return EvidencePolicy(
        _choice(file, table, "floor", SourceKind, DEFAULT_POLICY.floor, "evidence."),
        _whole(file, years, "evidence.years.label", DEFAULT_POLICY.label_years, _MOST_YEARS),
        _whole(file, years, "evidence.years.other", DEFAULT_POLICY.other_years, _MOST_YEARS),
        tuple(number for number in (pharmacy.emergency, pharmacy.poison, pharmacy.out_of_hours) if number),
    )


_MOST_YEARS = 99
_MOST_DAYS = 366
_MOST = 9_999_999


def _whole(file: str, table: Mapping[str, object], name: str, default: int, most: int = _MOST, of: str = "") -> int:
    """A number by its whole name ("limits.seconds"); `of` says what is counted (" of days")."""
    key = name.rpartition(".")[2]
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise UsageError(
            f"{file}: “{name}” must be a whole number{of} from 0 to {most:,}", f"For example {key} = {default}."
        )
    return value


def _memory(file: str, limits: Mapping[str, object]) -> int:
    mib = _whole(file, limits, "limits.memory", 2048)
    if 0 < mib < LEAST_MEMORY:
        raise UsageError(f"{file}: “limits.memory” must be {LEAST_MEMORY} or more", "0 sets no limit.")
    return mib


def _required(file: str, table: Mapping[str, object], key: str, prefix: str) -> bool:
    """Whether something is required, of “required” and “optional”."""
    word = _text(file, table, key, "optional", prefix)
    if word not in ("required", "optional"):
        raise UsageError(f"{file}: “{prefix}{key}” cannot be “{word}”", "Write required or optional.")
    return word == "required"


def _roles(file: str, table: Mapping[str, object]) -> tuple[Role, ...]:
    """The roles asked for, each once. Raises UsageError where none is, or it is asked of translations alone."""
    words = _texts(file, table, "roles", "review.") if "roles" in table else (Role.FIRST,)
    try:
        roles = tuple(dict.fromkeys(map(Role, words)))
    except ValueError:
        roles = ()
    if not set(roles) - {Role.TRANSLATOR}:
        choices = ", ".join(role.value for role in Role)
        raise UsageError(
            f"{file}: “review.roles” must list one role or more, and not the translator's alone",
            f'For example roles = ["first", "second"]. There is: {choices}.',
        )
    return roles


def _switch(file: str, table: Mapping[str, object], key: str, prefix: str, *, default: bool) -> bool:
    value = table.get(key, default)
    if not isinstance(value, bool):
        raise UsageError(f"{file}: “{prefix}{key}” must be true or false", f"For example {key} = false.")
    return value


def _choice(
    file: str, table: Mapping[str, object], key: str, kind: type[_Choice], default: _Choice, prefix: str = ""
) -> _Choice:
    value = _text(file, table, key, default, prefix)
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(one.value for one in kind)
        raise UsageError(f"{file}: “{prefix}{key}” cannot be “{value}”", f"It can be: {choices}.") from None


def _own_content(file: str, value: str) -> bool:
    if value not in ("own", "all"):
        raise UsageError(f"{file}: “content” cannot be “{value}”", "It can be: own (the project's texts alone), all.")
    return value == "own"


def _language(file: str, value: str) -> str:
    if value not in LANGUAGES:
        raise UsageError(f"{file}: “language” cannot be “{value}”", f"It can be: {', '.join(LANGUAGES)}.")
    return value
