"""The texts a sheet is made of and their pictures, read once; parsed, and checked.

A monograph has its own text, the one it translates, if any, its evidence file and the records of its reviews, if there
are any.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leaflets.errors import ContentError, UsageError
from leaflets.model.edition import Audience
from leaflets.model.pictograms import logo_file
from leaflets.model.review import CheckBasis
from leaflets.picture_check import require_printable
from leaflets.project import MonographFile, ProjectFolder, display_path, read_bytes
from leaflets.project.content import ORIGINAL
from leaflets.project.files import decode

if TYPE_CHECKING:
    from leaflets.checks import CheckReport
    from leaflets.model.edition import Edition
    from leaflets.model.evidence import Evidence
    from leaflets.model.finding import Finding
    from leaflets.model.monograph import Monograph
    from leaflets.model.review import ReviewState, SheetReview

MAX_TEXT_BYTES = 262_144
MAX_REVIEW_BYTES = 1_000_000
"""Of a record of reviews: one review of 400 statements takes 60,000."""
# Found in the bytes, since a sheet from the cache is never parsed; what only looks like one does no harm.
_ASKED = re.compile(rb"!\[[^\[\]\n]{1,400}\]\(\s*([\w-][\w.-]{0,150}\.(?:svg|png))\s*\)")


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """The text that a translation translates, and the names of its pictures whose files are there."""

    source: MonographFile
    text: bytes
    pictures: frozenset[str]


@dataclass(frozen=True, slots=True)
class EvidenceText:
    """The bytes of an evidence file, of the monograph called `name`; errors call it `file`."""

    name: str
    file: str
    text: bytes

    @property
    def file_name(self) -> str:
        """The name of such a file in `content/`."""
        return evidence_file_name(self.name)


@dataclass(frozen=True, slots=True)
class ReviewText:
    """The bytes of the record of the reviews of one text; errors call it `file`."""

    name: str
    lang: str
    file: str
    text: bytes

    @property
    def file_name(self) -> str:
        """The name of such a file in `content/`."""
        return review_file_name(self.name, self.lang)


def review_file_name(name: str, lang: str) -> str:
    """The name in `content/` of the record of the reviews of a text."""
    return f"reviews/{name}.json" if lang == ORIGINAL else f"reviews/{name}.{lang}.json"


def evidence_file_name(name: str) -> str:
    """The name of the evidence file of a monograph in `content/`."""
    return f"evidence/{name}.md"


@dataclass(frozen=True, slots=True)
class Texts:
    """A monograph's bytes, those of the text it translates, and of its evidence; None where there is no such text.

    A translation has the evidence of its source. `reviews` are the records of its own reviews and of those of the text
    it translates, as far as there are any.
    """

    source: MonographFile
    text: bytes
    original: TranslatedText | None = None
    evidence: EvidenceText | None = None
    reviews: tuple[ReviewText, ...] = ()

    @property
    def sources(self) -> tuple[MonographFile, ...]:
        """The file of each text, its own first."""
        return (self.source, self.original.source) if self.original else (self.source,)

    @property
    def by_name(self) -> Mapping[str, bytes]:
        """The bytes by the names their files have in `content/`."""
        original = {self.original.source.file_name: self.original.text} if self.original else {}
        evidence = {self.evidence.file_name: self.evidence.text} if self.evidence else {}
        return {self.source.file_name: self.text, **original, **evidence, **self.review_records}

    @property
    def files(self) -> tuple[tuple[str, bytes], ...]:
        """The path of each monograph as people are shown it, and its bytes."""
        original = ((self.original.source.file, self.original.text),) if self.original else ()
        return ((self.source.file, self.text), *original)

    @property
    def review_records(self) -> Mapping[str, bytes]:
        """The bytes of the records of reviews, by the names their files have in `content/`."""
        return {each.file_name: each.text for each in self.reviews}

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
        """The SHA-256 of a text; of one with further texts (source, evidence, reviews), that of the hashes of all."""
        others = [each.text for each in (self.original, self.evidence, *self.reviews) if each]
        own = hashlib.sha256(self.text)
        if not others:
            return own.hexdigest()
        return hashlib.sha256(own.digest() + b"".join(hashlib.sha256(text).digest() for text in others)).hexdigest()


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
    evidence = _evidence_of(original or source)
    reviews = tuple(filter(None, map(_reviews_of, (source, original))))
    if original is None:
        return Texts(source, text, None, evidence, reviews)
    translated = translated_text(project, original, read_bytes(original.path, MAX_TEXT_BYTES))
    return Texts(source, text, translated, evidence, reviews)


def _reviews_of(source: MonographFile | None) -> ReviewText | None:
    """The record of the reviews of a text. Raises ContentError where there is one that cannot be read."""
    if source is None or not os.path.lexists(source.reviews_path):
        return None
    data = read_bytes(source.reviews_path, MAX_REVIEW_BYTES)
    return ReviewText(source.name, source.lang, display_path(source.reviews_path), data)


def _evidence_of(source: MonographFile) -> EvidenceText | None:
    """The evidence file beside a monograph. Raises ContentError where there is one that cannot be read."""
    path = source.evidence_path
    if not os.path.lexists(path):
        return None
    return EvidenceText(source.name, display_path(path), read_bytes(path, MAX_TEXT_BYTES))


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
    from leaflets.evidence import with_register
    from leaflets.translation import with_inherited

    evidence = evidence_of(texts)
    if texts.original is None:
        return with_register(parse_monograph(texts.source, texts.text, pictures, evidence), evidence), None
    monograph = parse_monograph(texts.source, texts.text, pictures, evidence)
    of_original = texts.original
    original = parse_monograph(of_original.source, of_original.text, of_original.pictures, evidence)
    original = with_register(original, evidence)
    return with_inherited(monograph, original), original


def evidence_of(texts: Texts) -> Evidence | None:
    """The evidence of a monograph, None where it has no evidence file. Raises ContentError where it is broken."""
    if texts.evidence is None:
        return None
    from leaflets.parse.evidence_file import parse_evidence  # here, as what is in the cache needs no parser

    file = texts.evidence.file
    return parse_evidence(decode(texts.evidence.text, file), name=texts.evidence.name, file=file)


def parse_and_check(
    texts: Texts,
    pictures: Collection[str],
    edition: Edition,
    before: CheckedText | None = None,
    *,
    review: SheetReview | None = None,
) -> CheckedText:
    """Parses and checks the texts of a sheet; returns `before` where that was made of the same.

    Without `review` nothing is said about who vouches for its words.

    Raises ContentError where one of the texts cannot be read.
    """
    depends_on = (*_depends_on(texts, pictures, edition), repr(review))
    if before is not None and before.depends_on == depends_on:
        return before
    from leaflets.checks import check  # here, so that a run whose leaflets were all checked before loads no linter

    basis = CheckBasis(evidence_of(texts), review=review.own if review else None)
    monograph, original = parse_texts(texts, pictures)
    audience = (edition.audience,)
    text = decode(texts.text, texts.source.file)
    findings = check(monograph, text, audience, original=original, basis=basis)
    if edition.bilingual and original and texts.original:
        text = decode(texts.original.text, texts.original.source.file)
        of_original = CheckBasis(basis.evidence, review=review.original if review else None)
        findings = (*findings, *check(original, text, audience, basis=of_original))
    return CheckedText(depends_on, monograph, original, findings)


def _depends_on(texts: Texts, pictures: Collection[str], edition: Edition) -> tuple[str, ...]:
    """Everything that decides what the parser and the checks return: texts, their files and pictures, the audience."""
    original = texts.original
    files = (word for source in texts.sources for word in (source.name, source.file, source.lang))
    original_pictures = sorted(original.pictures) if original else ()
    return (texts.hash, *files, repr((sorted(pictures), original_pictures)), edition.audience, str(edition.bilingual))


def examine_texts(
    project: ProjectFolder,
    texts: Texts,
    audiences: Collection[Audience],
    today: dt.date,
    review: ReviewState | None = None,
) -> MonographReport:
    """What the rules find in a text for these audiences; a translation is written for patients alone.

    `review` is how far its words are vouched for. Raises ContentError where one of the texts cannot be read.
    """
    from leaflets.checks import full_report  # here, as a build has other uses for the checks

    source = texts.source
    monograph, original = parse_texts(texts, pictures_of(project, source, texts.text))
    readers = [audience for audience in audiences if original is None or audience is Audience.PATIENT]
    text = decode(texts.text, source.file)
    basis = CheckBasis(evidence_of(texts), project.settings.evidence_policy, review)
    report = full_report(monograph, text, readers, today=today, original=original, basis=basis)
    return MonographReport(monograph, report)


def parse_monograph(
    source: MonographFile, text: bytes, pictures: Collection[str] = (), evidence: Evidence | None = None
) -> Monograph:
    """One text by itself, with nothing from the text it translates; `pictures` are those whose files are there.

    Raises ContentError where it is no text we can read.
    """
    from leaflets.parse import parse

    sources = [each.id for each in evidence.sources] if evidence else ()
    decoded = decode(text, source.file)
    return parse(decoded, name=source.name, file=source.file, lang=source.lang, pictures=pictures, sources=sources)


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
