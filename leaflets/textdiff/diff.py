"""Loads two texts, each from a sheet, a file, a version or a revision, and compares them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from leaflets.errors import PdfError, RenderError, UsageError
from leaflets.model.monograph import Monograph
from leaflets.model.paper import Paper
from leaflets.parse import parse
from leaflets.project import MonographFile, ProjectFolder, display_path, read_bytes
from leaflets.project.content import source_at, source_of_argument
from leaflets.project.files import decode
from leaflets.project.git_history import text_at_revision, text_at_version
from leaflets.provenance.contents import read_contents
from leaflets.textdiff.changes_page import changes_page
from leaflets.textdiff.compare import Comparison, compare
from leaflets.typeset.glyphs import described, printable, uncovered


@dataclass(frozen=True, slots=True)
class Difference:
    """Two texts, what they are called, and what changed from the first to the second."""

    names: tuple[str, str]
    new: Monograph
    comparison: Comparison


def diff(old: str, new: str, project: ProjectFolder, lang: str) -> Difference:
    """What changed between two texts: FILE.pdf, FILE.md, NAME, NAME@VERSION, NAME@REVISION or REVISION:PATH.

    Raises ContentError or PdfError where there is no such text, UsageError where one is not named.
    """
    one, other = _text(old, project, lang), _text(new, project, lang)
    if one.lang != other.lang:
        raise UsageError(
            f"“{old}” is in the language “{one.lang}”, “{new}” in “{other.lang}”: every word would differ",
            f"Compare texts of one language (--lang {one.lang} says which a NAME is in).",
        )
    return Difference((old, new), other, compare(one, other))


def changes_pdf(difference: Difference, project: ProjectFolder, paper: Paper) -> bytes:
    """The marked page of a difference. Raises RenderError."""
    from leaflets.typeset import typeset  # the renderer takes its time, and only a page needs it

    new = difference.new
    page = changes_page(difference.comparison, difference.names, new.front.title, new.lang, paper)
    assets = project.styles(page.stylesheets)
    missing = uncovered(page.markup, printable(assets))
    if missing:
        raise RenderError(f"the fonts have no glyph for {described(missing[0])}", "Read the changes on the terminal.")
    return typeset(page, assets).data


def _text(spec: str, project: ProjectFolder, lang: str) -> Monograph:
    if spec.lower().endswith(".pdf"):
        return _in_sheet(Path(spec))
    revision, colon, path = spec.partition(":")
    if colon and path:
        source = source_at(Path(path))
        return _parsed(text_at_revision(source.path, revision), source)
    name, at, which = spec.partition("@")
    if not name or (at and not which):
        raise UsageError(f"“{spec}” names no text", "Give a sheet, a file, or a name such as baricitinib@1.")
    source = source_of_argument(name) or project.source(name, lang)
    now = read_bytes(source.path)
    if not at:
        return _parsed(now, source)
    current = _parsed(now, source)
    if current.front.version == which:
        return current
    text = text_at_version(source.path, which)
    return _parsed(text_at_revision(source.path, which) if text is None else text, source)


def _in_sheet(path: Path) -> Monograph:
    contents = read_contents(read_bytes(path), display_path(path))
    if not contents.intact or not contents.texts or contents.record is None:
        raise PdfError(f"{display_path(path)}: it is no whole sheet with its text in it", "“leaflet verify” says more.")
    lang = str(contents.record.edition.get("lang", ""))
    wanted = MonographFile(contents.record.name, lang, path).file_name
    name = wanted if wanted in contents.texts else next(iter(contents.texts))
    return _parsed(contents.texts[name], source_at(Path(name)))


def _parsed(data: bytes, source: MonographFile) -> Monograph:
    return parse(decode(data, source.file), name=source.name, file=source.file, lang=source.lang)
