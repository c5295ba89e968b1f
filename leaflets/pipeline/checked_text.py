"""A text parsed and checked, kept by whoever judges it, so that whoever makes its sheet need not do so again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from leaflets.model.edition import Edition
from leaflets.model.finding import Finding
from leaflets.model.monograph import Monograph
from leaflets.pipeline.texts import Texts, parse_texts
from leaflets.project.files import decode


@dataclass(frozen=True, slots=True)
class CheckedText:
    """The parsed texts of a sheet and the findings on them; `of` tells what was read, and for which sheet."""

    of: tuple[str, ...]
    monograph: Monograph
    original: Monograph | None
    findings: tuple[Finding, ...]


def parse_and_check(
    texts: Texts, pictures: Collection[str], edition: Edition, before: CheckedText | None = None
) -> CheckedText:
    """Parses and checks the texts of a sheet; returns `before` where that was of the very same.

    Raises ContentError where one of the texts cannot be read.
    """
    of = _of(texts, pictures, edition)
    if before is not None and before.of == of:
        return before
    from leaflets.checks import check  # here, so that a run whose leaflets are all judged loads no linter

    monograph, original = parse_texts(texts, pictures)
    audience = (edition.audience,)
    findings = check(monograph, decode(texts.text, texts.source.file), audience, original=original)
    if edition.bilingual and original and texts.original:
        findings = (*findings, *check(original, decode(texts.original.text, texts.original.source.file), audience))
    return CheckedText(of, monograph, original, findings)


def _of(texts: Texts, pictures: Collection[str], edition: Edition) -> tuple[str, ...]:
    """All that the parser and the checks are told."""
    original = texts.original
    sources = (texts.source, original.source) if original else (texts.source,)
    places = (word for source in sources for word in (source.name, source.file, source.lang))
    theirs = sorted(original.pictures) if original else ()
    return (texts.hash, *places, repr((sorted(pictures), theirs)), edition.audience, str(edition.bilingual))
