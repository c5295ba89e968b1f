"""One sheet from its inputs, stage by stage: parse → check → view → compose → fit and typeset → proof.

What needs no renderer is done in a child process where that saves time, while this one loads the renderer. So each
stage is imported by the function that runs it, and not above.
"""

from __future__ import annotations

import gc
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from leaflets.errors import RenderError
from leaflets.model.edition import Edition
from leaflets.model.finding import Finding
from leaflets.model.page import Fit, Html, Imprint, Pdf
from leaflets.pipeline.attachments import attachments_of
from leaflets.pipeline.built_sheet import BuiltSheet
from leaflets.pipeline.child_process import STAGE_LOG, child_saves_time, run_in_child
from leaflets.pipeline.fit import fit_to_paper
from leaflets.pipeline.inputs import Inputs
from leaflets.pipeline.page_findings import not_suppressed, require_on_paper, tightened
from leaflets.pipeline.policy import require_not_withdrawn
from leaflets.pipeline.program_identity import made_with
from leaflets.pipeline.reviews import due
from leaflets.pipeline.texts import CheckedText, parse_and_check

if TYPE_CHECKING:
    from leaflets.model.monograph import Front
    from leaflets.model.view import View


class _Renderer:
    """Neither the renderer nor the reader of PDFs is safe in two threads at once."""

    lock = threading.Lock()

    @classmethod
    def release(cls) -> None:
        """A new lock, for a child of a process that was forked while a page was being set: nobody else is there."""
        cls.lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_Renderer.release)
_PAGES = count(1)
_STAGE = logging.getLogger(STAGE_LOG)
_PAGES_BETWEEN_COLLECTIONS = 6
_PAGES_PER_FOLDED_SHEET = 4


@dataclass(frozen=True, slots=True)
class Draft:
    """A page composed as designed, with drawings of its own, and what it was composed of."""

    page: Html
    views: tuple[View, ...]
    imprint: Imprint
    findings: tuple[Finding, ...]
    drawings: Mapping[str, bytes]

    @property
    def front(self) -> Front:
        """The front matter of its text; of a translation, what it takes from its source included."""
        fronts = [view.front for view in self.views]
        return next((front for front in fronts if front.translation), fronts[0])


def render(
    inputs: Inputs,
    edition: Edition,
    checked: CheckedText | None = None,
    releases: Mapping[str, str] | None = None,
) -> BuiltSheet:
    """The finished sheet. `checked` is its text as it was parsed and checked before, if it was.

    `releases` are those that its record names instead of the ones that are installed: what a sheet was first made with.

    Raises ContentError, CheckFailed (it is withdrawn), RenderError or PdfError.
    """
    with _Renderer.lock:
        return _rendered(inputs, edition, checked, releases)


def _rendered(
    inputs: Inputs, edition: Edition, checked: CheckedText | None, releases: Mapping[str, str] | None
) -> BuiltSheet:
    # parse → check → view → compose
    from_text = partial(_draft, inputs, edition, checked)
    draft = run_in_child(from_text, partial(_load_renderer, inputs)) if child_saves_time() else from_text()
    assets = {**inputs.assets, **draft.drawings}
    source, front = inputs.texts.source, draft.front
    attachments = attachments_of(source, edition, inputs, front, made_with() if releases is None else releases)

    # fit → typeset
    _STAGE.debug("setting its pages")

    def compose_tighter(fit: Fit) -> Html:
        return replace(_composed(draft, inputs, fit), attachments=attachments)

    sheet = fit_to_paper(edition, compose_tighter, lambda page: _typeset(page, assets))
    # proof
    _STAGE.debug("looking at its finished pages")
    on_pages = (*tightened(sheet.fit, edition, source.file), *proof_findings(sheet.pdf, edition, source.file))
    require_on_paper(on_pages)
    findings = (*draft.findings, *not_suppressed(on_pages, front.allow))
    pdf = _as_booklet(sheet.pdf, edition, assets) if edition.booklet else sheet.pdf
    withheld = tuple(withheld for view in draft.views for withheld in view.withheld)
    return BuiltSheet(
        source, edition, inputs.content_id, front.title, front.version, pdf, sheet.page.markup, findings, withheld,
        fresh=True,
    )  # fmt: skip


def _draft(inputs: Inputs, edition: Edition, checked: CheckedText | None) -> Draft:
    """Parse → check → view → compose: all that needs no renderer."""
    from leaflets.checks import count_safety_errors
    from leaflets.compose import compose
    from leaflets.qr import qr
    from leaflets.view import view

    _STAGE.debug("reading and checking its text")
    checked = parse_and_check(inputs.texts, inputs.pictures, edition, checked, review=inputs.review)
    monograph, original = checked.monograph, checked.original
    require_not_withdrawn(original, monograph)
    by_language = {text.lang: view(text, edition.audience) for text in (original, monograph) if text}
    _STAGE.debug("composing its page")
    languages = [language.code for language in edition.languages] if edition.bilingual else [monograph.lang]
    views = tuple(by_language[code] for code in languages)
    code = qr(inputs.content_id, inputs.code_url, edition)
    imprint = Imprint(
        edition, inputs.pharmacy, inputs.content_id, inputs.notices, due(inputs.review, monograph.front.review_by),
        count_safety_errors(checked.findings, edition.audience), code.in_head, review=inputs.review,
    )  # fmt: skip
    return Draft(compose(imprint, inputs.templates, *views), views, imprint, checked.findings, code.assets)


def _load_renderer(inputs: Inputs) -> None:
    """Loads what typesets and proves, and reads the fonts: 200 ms in which the child composes the page."""
    import leaflets.proof  # noqa: F401
    from leaflets.typeset.glyphs import printable

    printable(inputs.assets)


def _composed(draft: Draft, inputs: Inputs, fit: Fit) -> Html:
    """The page of a draft, composed again where it is to be tighter.

    Raises RenderError, with file and line, where the fonts have no glyph for a character.
    """
    from leaflets.typeset.glyphs import described, printable, uncovered

    page = draft.page
    if fit is not Fit.DESIGN:
        from leaflets.compose import compose  # only where a child composed the page as designed

        page = compose(replace(draft.imprint, fit=fit), inputs.templates, *draft.views)
    missing = uncovered(page.markup, printable(inputs.assets))
    if missing:
        place = inputs.texts.place_of(missing[0]) or "the settings or a template"
        raise RenderError(
            f"{place}: the fonts have no glyph for {described(missing[0])}",
            "Write it in other words, or add a font that has it.",
        )
    return page


def _typeset(page: Html, assets: Mapping[str, bytes]) -> Pdf:
    from leaflets.typeset import typeset

    if next(_PAGES) % _PAGES_BETWEEN_COLLECTIONS == 0:
        gc.collect()  # the boxes of a page refer to one another, and a command's collector seldom starts by itself
    return typeset(page, assets)


def proof_findings(pdf: Pdf, edition: Edition, file: str) -> tuple[Finding, ...]:
    """The findings of the proof on the pages of a sheet made from the text in `file`. Raises PdfError."""
    from leaflets.proof import proof

    return proof(pdf, edition, file)


def _as_booklet(pdf: Pdf, edition: Edition, assets: Mapping[str, bytes]) -> Pdf:
    """The A5 pages two by two on A4, bound at the side where the first language begins its lines."""
    from leaflets.booklet import blank_page, booklet  # only a booklet needs pikepdf

    language, blank = edition.languages[0], None
    if pdf.pages % _PAGES_PER_FOLDED_SHEET:
        page = blank_page(language.say("This page is left blank"), edition.stylesheets, language)
        blank = _typeset(page, assets)
    return booklet(pdf, blank, right_to_left=language.right_to_left)
