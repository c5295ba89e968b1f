"""The inputs that a sheet of a record would have today, and how they differ from those it was made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from leaflets.errors import PdfError, RendererMissing, UsageError
from leaflets.model.edition import Edition, Notice, edition_from_facts
from leaflets.model.pharmacy import Pharmacy
from leaflets.model.review import Role
from leaflets.pipeline.inputs import Inputs, gather_inputs
from leaflets.pipeline.program_identity import made_with
from leaflets.pipeline.reviews import sheet_review
from leaflets.pipeline.texts import (
    EvidenceText,
    ReviewText,
    Texts,
    evidence_file_name,
    review_file_name,
    translated_text,
)
from leaflets.project import MonographFile, ProjectFolder, Settings
from leaflets.project.content import ORIGINAL
from leaflets.project.settings_file import printable_code_url
from leaflets.seal.record import Record

_KIND_WORDS = {
    "source": "the text", "styles": "the style", "templates": "the template", "content": "the picture",
    "pharmacy": "the pharmacy's",
}  # fmt: skip
# A file may come from anywhere, so nothing in its record leads to another file.
_TEXT_SETTINGS = frozenset({each.name for each in fields(Pharmacy) if each.default == ""} - {"logo"})


def edition_of(record: Record) -> Edition:
    """The edition a sheet is. Raises PdfError where this release knows no such edition."""
    try:
        edition = edition_from_facts(record.edition)
        _ = edition.text_lang
    except (KeyError, TypeError, ValueError, UsageError) as error:
        raise PdfError(
            "The sheet is of an edition that this leaflet does not know.", "Use the version that made it."
        ) from error
    return edition


def source_of(record: Record, project: ProjectFolder) -> MonographFile:
    """The monograph of a sheet in a project, or the place it would have there."""
    lang = edition_of(record).text_lang
    stand_in = MonographFile(record.name, lang, project.root / "content")
    stand_in = replace(stand_in, path=stand_in.path / stand_in.file_name)
    return project.sources.get((record.name, lang), stand_in)


def texts_in(record: Record, texts: Mapping[str, bytes], project: ProjectFolder) -> Texts:
    """The texts that a sheet was made from, out of those attached to it; its own is empty where it is not attached."""
    source = source_of(record, project)
    text = texts.get(source.file_name, b"")
    file = evidence_file_name(record.name)
    evidence = EvidenceText(record.name, file, texts[file]) if file in texts else None
    recorded_original = MonographFile(record.name, ORIGINAL, source.path.with_name(f"{record.name}.md"))
    reviews = tuple(_reviews_in(record.name, texts, dict.fromkeys((source.lang, ORIGINAL))))
    if source.lang == ORIGINAL or recorded_original.file_name not in texts:
        return Texts(source, text, None, evidence, reviews)
    own_original = project.original(source) or recorded_original
    translated = translated_text(project, own_original, texts[recorded_original.file_name])
    return Texts(source, text, translated, evidence, reviews)


def _reviews_in(name: str, texts: Mapping[str, bytes], languages: Iterable[str]) -> Iterator[ReviewText]:
    """The records of reviews that are attached to a sheet, of its own text and of the one it translates."""
    for lang in languages:
        file = review_file_name(name, lang)
        if file in texts:
            yield ReviewText(name, lang, file, texts[file])


def current_inputs(record: Record, texts: Texts, project: ProjectFolder) -> Inputs:
    """The inputs that a sheet of this record would have today, with its own texts and its recorded settings."""
    recorded, edition = project_as_recorded(record, project), edition_of(record)
    review = sheet_review(recorded, texts, (edition.audience,))
    return gather_inputs(recorded, edition, texts, notices_of(record), review)


def project_as_recorded(record: Record, project: ProjectFolder) -> ProjectFolder:
    """The project with the settings that a sheet was made with. Raises PdfError where its address fits no code."""
    return replace(project, settings=_settings(record, project.settings))


def notices_of(record: Record) -> tuple[Notice, ...]:
    """The notices that a sheet carries. Raises PdfError where this release knows no such notice."""
    try:
        return tuple(map(Notice, record.notices))
    except ValueError as error:
        raise PdfError(
            "The sheet has a notice that this leaflet does not know.", "Use the version that made it."
        ) from error


def _settings(record: Record, now: Settings) -> Settings:
    """The settings a sheet was made with, as far as they are text; files such as the logo are the project's."""
    recorded = record.settings.get("pharmacy")
    words: dict[str, Any] = {
        name: value
        for name, value in (recorded.items() if isinstance(recorded, dict) else ())
        if name in _TEXT_SETTINGS and isinstance(value, str)
    }
    pharmacy = replace(now.pharmacy, **words)
    try:
        code_url = printable_code_url("the sheet’s record", str(record.settings.get("code_url", "")))
    except UsageError as error:
        raise PdfError(error.message, "Get the sheet once more.") from error
    roles = tuple(map(Role, record.settings.get("review_roles", now.review_roles)))
    signatures = bool(record.settings.get("review_signatures", now.review_signatures))
    return replace(now, pharmacy=pharmacy, code_url=code_url, review_roles=roles, review_signatures=signatures)


def changes_since(record: Record, inputs: Inputs) -> Iterator[str]:
    """One phrase for each input that differs from the record of a sheet."""
    if record.hashes.get("program") != inputs.hashes["program"]:
        yield "leaflet itself, in what shapes a page"
    for name in sorted({*record.hashes, *inputs.hashes} - {"program"}):
        before, now = record.hashes.get(name), inputs.hashes.get(name)
        if before != now:
            kind, _, rest = name.partition("/")
            yield f"{_kind(kind, rest)} {rest}: {'new' if not before else 'gone' if not now else 'changed'}"
    if _as_json(asdict(inputs.pharmacy)) != _as_json(record.settings.get("pharmacy")):
        yield "the settings of the pharmacy: changed"
    try:
        releases = made_with()
    except RendererMissing:  # there are no releases here that could be others
        return
    for name, now in releases.items():
        before = record.made_with.get(name)
        if before != now:
            yield f"{name}: {before or 'unknown'} then, {now} now"


def _kind(kind: str, name: str) -> str:
    return "the font" if name.endswith((".ttf", ".otf")) else _KIND_WORDS.get(kind, kind)


def _as_json(value: Any) -> Mapping[str, Any]:
    """A value as it is after it was written as JSON and read again."""
    plain: Mapping[str, Any] = json.loads(json.dumps(value))
    return plain
