"""The texts a sheet is made of and their pictures, read once; parsed, and checked.

A monograph has its own text, and the one it translates, if any.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leaflets.errors import ContentError, UsageError
from leaflets.model.edition import Audience
from leaflets.model.pictograms import logo_file
from leaflets.picture_check import require_printable
from leaflets.project import MonographFile, ProjectFolder, display_path, read_bytes
from leaflets.project.files import decode

if TYPE_CHECKING:
    from leaflets.checks import CheckReport
    from leaflets.model.edition import Edition
    from leaflets.model.finding import Finding
    from leaflets.model.monograph import Monograph

MAX_TEXT_BYTES = 262_144
# Found in the bytes, since a sheet from the cache is never parsed; what only looks like one does no harm.
_ASKED = re.compile(rb"!\[[^\[\]\n]{1,400}\]\(\s*([\w-][\w.-]{0,150}\.(?:svg|png))\s*\)")


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """The text that a translation translates, and the names of its pictures whose files are there."""

    source: MonographFile
    text: bytes
    pictures: frozenset[str]


@dataclass(frozen=True, slots=True)
class Texts:
    """A monograph's bytes, and those of the text it translates; `original` is None where it translates none."""

    source: MonographFile
    text: bytes
    original: TranslatedText | None = None

    @property
    def sources(self) -> tuple[MonographFile, ...]:
        """The file of each text, its own first."""
        return (self.source, self.original.source) if self.original else (self.source,)

    @property
    def by_name(self) -> Mapping[str, bytes]:
        """The bytes by the names their files have in `content/`."""
        original = {self.original.source.file_name: self.original.text} if self.original else {}
        return {self.source.file_name: self.text, **original}

    @property
    def files(self) -> tuple[tuple[str, bytes], ...]:
        """The path of each text as people are shown it, and its bytes."""
        original = ((self.original.source.file, self.original.text),) if self.original else ()
        return ((self.source.file, self.text), *original)

    def place_of(self, character: str) -> str:
        """File and line of the first place where a character stands; empty where it is in none of the texts."""
        locations = (
            f"{file}:{number}"
            for file, text in self.files
            for number, line in enumerate(text.decode("utf-8-sig", "replace").split("\n"), 1)
            if character in line
        )
        return next(locations, "")

    @property
    def hash(self) -> str:
        """The SHA-256 of a text; of a translation, that of both hashes."""
        own = hashlib.sha256(self.text)
        if self.original is None:
            return own.hexdigest()
        return hashlib.sha256(own.digest() + hashlib.sha256(self.original.text).digest()).hexdigest()


@dataclass(frozen=True, slots=True)
class CheckedText:
    """The parsed texts of a sheet and the findings on them; `depends_on` is everything that decides them."""

    depends_on: tuple[str, ...]
    monograph: Monograph
    original: Monograph | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class MonographReport:
    """A monograph parsed, and all that the rules have to say of it."""

    monograph: Monograph
    report: CheckReport


def read_texts(project: ProjectFolder, source: MonographFile, text: bytes | None = None) -> Texts:
    """The texts of a monograph as they are now; `text` stands for those in its file.

    Raises ContentError where one cannot be read or is too long.
    """
    original = project.original(source)
    if text is None:
        text = read_bytes(source.path, MAX_TEXT_BYTES)
    elif len(text) > MAX_TEXT_BYTES:
        raise ContentError(f"{source.file}: the text is larger than {MAX_TEXT_BYTES:,} bytes", "Is it the right one?")
    if original is None:
        return Texts(source, text)
    return Texts(source, text, translated_text(project, original, read_bytes(original.path, MAX_TEXT_BYTES)))


def translated_text(project: ProjectFolder, source: MonographFile, text: bytes) -> TranslatedText:
    """The text that a translation translates, with its pictures. Raises ContentError where one may not be printed."""
    return TranslatedText(source, text, frozenset(pictures_of(project, source, text)))


def source_missing(translation: MonographFile) -> ContentError:
    """The error for a translation whose source is not beside it."""
    return ContentError(
        f"{translation.file}: the text it translates is not there", f"Put {translation.name}.md beside it."
    )


def parse_texts(texts: Texts, pictures: Collection[str] = ()) -> tuple[Monograph, Monograph | None]:
    """A monograph with what it takes from the text it translates, and that one; itself and None where there is none.

    Raises ContentError where one of them is no text we can read.
    """
    # Here and not above: what is in the cache is built without loading the parser.
    from leaflets.translation import with_inherited

    monograph = parse_monograph(texts.source, texts.text, pictures)
    if texts.original is None:
        return monograph, None
    original = parse_monograph(texts.original.source, texts.original.text, texts.original.pictures)
    return with_inherited(monograph, original), original


def parse_and_check(
    texts: Texts, pictures: Collection[str], edition: Edition, before: CheckedText | None = None
) -> CheckedText:
    """Parses and checks the texts of a sheet; returns `before` where that was made of the same.

    Raises ContentError where one of the texts cannot be read.
    """
    depends_on = _depends_on(texts, pictures, edition)
    if before is not None and before.depends_on == depends_on:
        return before
    from leaflets.checks import check  # here, so that a run whose leaflets were all checked before loads no linter

    monograph, original = parse_texts(texts, pictures)
    audience = (edition.audience,)
    findings = check(monograph, decode(texts.text, texts.source.file), audience, original=original)
    if edition.bilingual and original and texts.original:
        findings = (*findings, *check(original, decode(texts.original.text, texts.original.source.file), audience))
    return CheckedText(depends_on, monograph, original, findings)


def _depends_on(texts: Texts, pictures: Collection[str], edition: Edition) -> tuple[str, ...]:
    """Everything that decides what the parser and the checks return: texts, their files and pictures, the audience."""
    original = texts.original
    files = (word for source in texts.sources for word in (source.name, source.file, source.lang))
    original_pictures = sorted(original.pictures) if original else ()
    return (texts.hash, *files, repr((sorted(pictures), original_pictures)), edition.audience, str(edition.bilingual))


def examine_texts(
    project: ProjectFolder, texts: Texts, audiences: Collection[Audience], today: dt.date
) -> MonographReport:
    """What the rules find in a text for these audiences; a translation is written for patients alone.

    Raises ContentError where one of the texts cannot be read.
    """
    from leaflets.checks import full_report  # here, as a build has other uses for the checks

    source = texts.source
    monograph, original = parse_texts(texts, pictures_of(project, source, texts.text))
    readers = [audience for audience in audiences if original is None or audience is Audience.PATIENT]
    text = decode(texts.text, source.file)
    return MonographReport(monograph, full_report(monograph, text, readers, today=today, original=original))


def parse_monograph(source: MonographFile, text: bytes, pictures: Collection[str] = ()) -> Monograph:
    """One text by itself, with nothing from the text it translates; `pictures` are those whose files are there.

    Raises ContentError where it is no text we can read.
    """
    from leaflets.parse import parse

    return parse(decode(text, source.file), name=source.name, file=source.file, lang=source.lang, pictures=pictures)


# ---------------------------------------------------------------- pictures


def pictures_of(project: ProjectFolder, source: MonographFile, text: bytes) -> Mapping[str, bytes]:
    """The pictures in a monograph's text whose files are there, by name.

    Raises ContentError, with file and line, where one may not be printed.
    """
    pictures: dict[str, bytes] = {}
    for name in sorted({name.decode() for name in _ASKED.findall(text)}):
        path = project.picture_path(source, name)
        if path:
            pictures[name] = read_bytes(path)
            require_printable(display_path(path), pictures[name])
    return pictures


def logo_of(project: ProjectFolder) -> Mapping[str, bytes]:
    """The pharmacy's logo by its name among the assets; nothing where the settings name none.

    Raises UsageError where it is not there or may not be printed.
    """
    path = project.logo_path
    if path is None:
        return {}
    try:
        data = read_bytes(path)
        require_printable(display_path(path), data)
    except ContentError as fault:
        raise UsageError(f"the logo that the settings name: {fault.message}", fault.hint) from fault
    return {logo_file(project.settings.pharmacy.logo): data}
