"""Translations as files: a new one to fill in, the record of the source it was made from, and what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from leaflets.errors import CheckFailed, ContentError, LeafletError
from leaflets.languages import LANGUAGES
from leaflets.model.edition import Audience
from leaflets.model.monograph import Monograph, Translation
from leaflets.parse.translation_file import new_translation, with_record
from leaflets.pipeline.reviews import sheet_review
from leaflets.pipeline.texts import parse_monograph, pictures_of, read_texts, source_missing
from leaflets.project import MonographFile, ProjectFolder, read_bytes, read_text
from leaflets.translation import (
    SourceChange,
    UnitPair,
    first_mismatch,
    record_of,
    source_changes,
    unit_pairs,
)
from leaflets.view import layout_for


def translation_to_fill_in(project: ProjectFolder, source: MonographFile, lang: str) -> str:
    """The text of a new translation of `source` into `lang`, each block of the source above the place for its own.

    Raises ContentError where the source cannot be read.
    """
    titles = _titles(lang)
    front = _parsed(project, source).front
    return new_translation(
        read_text(source.path), front, source.file, lambda section, words: titles.get(section) or words
    )


def _titles(lang: str) -> Mapping[str, str]:
    """The title of each section on a patient leaflet in a language; none where we have no words in it."""
    if lang not in LANGUAGES:
        return {}
    return {section: placement.title for section, (_, placement) in layout_for(Audience.PATIENT, lang).items()}


# ---------------------------------------------------------------- sealing


@dataclass(frozen=True, slots=True)
class SealedTranslation:
    """The text of a translation before and after the record of its source was written into it."""

    source: MonographFile
    record: Translation
    before: str
    after: str

    @property
    def blocks(self) -> int:
        """The number of blocks in the record."""
        return sum(len(hashes) for _, hashes in self.record.blocks)


def seal_translation(project: ProjectFolder, translation: MonographFile) -> SealedTranslation:
    """The text of a translation with the record of its source as it is now; nothing is written.

    Raises CheckFailed where the blocks of the two texts do not correspond, ContentError where one of them cannot be
    read, the source is missing, or the front matter is written in a way that the record cannot be read back from.
    """
    source = _original(project, translation)
    translated, original = _parsed(project, translation), _parsed(project, source)
    _require_aligned(translated, original)
    record = record_of(original)
    before = translation.path.read_bytes().decode()
    after = with_record(before, record)
    read_back = parse_monograph(translation, after.encode()).front.translation
    if read_back is None or (read_back.of, read_back.blocks) != (record.of, record.blocks):
        raise ContentError(
            f"{translation.file}: its front matter is written in a way that cannot be sealed",
            "Write it in “key: value” lines, each key at the beginning of its line.",
        )
    return SealedTranslation(source, record, before, after)


def _original(project: ProjectFolder, translation: MonographFile) -> MonographFile:
    source = project.original(translation)
    if source is None:
        raise source_missing(translation)
    return source


def _require_aligned(translation: Monograph, source: Monograph) -> None:
    pair = next((pair for pair in unit_pairs(translation, source) if not pair.aligned), None)
    if pair:
        raise CheckFailed(
            f"{_place(translation, source, pair)}: the two texts are not built alike in “{pair.section}”",
            f"“leaflet check {translation.file}” lists every such place.",
        )


def _place(translation: Monograph, source: Monograph, pair: UnitPair) -> str:
    """File and line where two sections first differ in kind; in the source where the translation lacks the section."""
    here, there = first_mismatch(pair)
    if here or pair.translated:
        return f"{translation.file}:{here.line if here else pair.translated[-1].line}"
    return f"{source.file}:{there.line if there else 1}"


# ---------------------------------------------------------------- status


class TranslationState(StrEnum):
    """Whether a translation fits its source, in the words that people and programs are given."""

    SOURCE_MISSING = "source missing"
    OWN_TEXT = "no translation: a text of its own"
    UNREADABLE = "unreadable"
    NOT_SEALED = "not sealed"
    OUT_OF_DATE = "out of date"
    REVIEWED = "reviewed"
    NOT_REVIEWED = "not reviewed"


@dataclass(frozen=True, slots=True)
class TranslationStatus:
    """The state of a translation beside its source, which is None where the two could not be compared.

    `version` is that of the source now, `sealed_version` that of the source it was sealed against, each empty if none;
    `problem` says why a text could not be read.
    """

    state: TranslationState
    source: MonographFile | None = None
    version: str = ""
    sealed_version: str = ""
    changes: tuple[SourceChange, ...] = ()
    problem: str = ""


def translation_status(project: ProjectFolder, translation: MonographFile) -> TranslationStatus:
    """The state of a translation beside its source, from both files as they are now."""
    source = project.original(translation)
    try:
        translated = _parsed(project, translation)
        original = _parsed(project, source) if source else None
    except LeafletError as fault:
        return TranslationStatus(TranslationState.UNREADABLE, problem=fault.message)
    record = translated.front.translation
    if original is None:
        return TranslationStatus(TranslationState.SOURCE_MISSING if record else TranslationState.OWN_TEXT)
    changes = source_changes(translated, original)
    state = _state(project, translation, changes) if record else TranslationState.NOT_SEALED
    return TranslationStatus(state, source, original.front.version, record.of if record else "", changes)


def _state(project: ProjectFolder, translation: MonographFile, changes: tuple[SourceChange, ...]) -> TranslationState:
    if changes:
        return TranslationState.OUT_OF_DATE
    review = sheet_review(project, read_texts(project, translation), (Audience.PATIENT,))
    return TranslationState.REVIEWED if review.own.reviewed else TranslationState.NOT_REVIEWED


def _parsed(project: ProjectFolder, source: MonographFile) -> Monograph:
    text = read_bytes(source.path)
    return parse_monograph(source, text, pictures_of(project, source, text))
