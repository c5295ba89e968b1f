"""A sheet made from its ingredients: prepare → typeset → proof, with every character's glyph sure before."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from leaflets.build.attachments import enclosed
from leaflets.build.bound import bound
from leaflets.build.cache_key import Inputs
from leaflets.build.checked_text import CheckedText
from leaflets.build.child import ahead, worth_it
from leaflets.build.fit import Fitted, fitted
from leaflets.build.page_findings import proved, still_open
from leaflets.build.sheet import BuiltSheet
from leaflets.errors import RenderError
from leaflets.model.edition import Edition
from leaflets.model.finding import Finding, Severity
from leaflets.model.page import Fit, Html, Imprint, Pdf
from leaflets.model.view import View
from leaflets.project import MonographFile

if TYPE_CHECKING:
    from leaflets.build.prepare import PreparedPage

_PAGES = count(1)
_BETWEEN_COLLECTIONS = 6
_HIDDEN = "PG-06"


def make(
    source: MonographFile, edition: Edition, ingredients: Inputs, checked: CheckedText | None = None
) -> BuiltSheet:
    """The finished sheet. Raises ContentError, CheckFailed, RenderError or PdfError.

    The parser and the templates are loaded where they are needed only, which may be in a child process.
    """
    prepared = _prepared(source, edition, ingredients, checked)
    from leaflets.typeset.glyphs import printable  # loaded by now, beside the work of the child

    covered = printable(ingredients.assets)
    assets = {**ingredients.assets, **prepared.drawings}
    fronts = [each.front for each in prepared.views]
    front = next((each for each in fronts if each.translation), fronts[0])  # it is to be reviewed when either text is
    beside = enclosed(source, edition, ingredients, front)

    def composed(fit: Fit) -> Html:
        page = prepared.page
        if fit is not Fit.DESIGN:
            imprint = replace(prepared.imprint, fit=fit)
            page = _composed(prepared.views, imprint, ingredients)
        _require_glyphs(page, covered, ingredients)
        return replace(page, attachments=beside)

    sheet = fitted(edition, composed, lambda page: _typeset(page, assets))
    looked_at = tuple(_looked_at(sheet, edition, source.file))
    _require_on_paper(looked_at)
    findings = (*prepared.findings, *still_open(looked_at, front.allow))
    pdf = bound(sheet.pdf, edition, lambda page: _typeset(page, assets)) if edition.booklet else sheet.pdf
    return BuiltSheet(
        source, edition, ingredients.content_id, front.title, front.version, pdf, sheet.page.markup, findings,
        tuple(withheld for each in prepared.views for withheld in each.withheld), fresh=True,
    )  # fmt: skip


def _prepared(
    source: MonographFile, edition: Edition, ingredients: Inputs, checked: CheckedText | None
) -> PreparedPage:
    def work() -> PreparedPage:
        from leaflets.build.prepare import prepare  # in the child, where there is one

        return prepare(source, edition, ingredients, checked)

    def meanwhile() -> None:
        from leaflets.typeset.glyphs import printable  # 200 ms in which the child composes the page

        printable(ingredients.assets)

    return ahead(work, meanwhile) if worth_it() else work()


def _composed(views: tuple[View, ...], imprint: Imprint, ingredients: Inputs) -> Html:
    from leaflets.compose import compose  # only where the page was composed by a child and must be tightened

    return compose(imprint, ingredients.templates, *views)


def _typeset(page: Html, assets: Mapping[str, bytes]) -> Pdf:
    from leaflets.typeset import typeset  # loaded by now, beside the work of the child

    if next(_PAGES) % _BETWEEN_COLLECTIONS == 0:
        gc.collect()  # the boxes of a page refer to one another, and a command's collector seldom starts by itself
    return typeset(page, assets)


def _looked_at(sheet: Fitted, edition: Edition, file: str) -> Iterator[Finding]:
    if sheet.fit is not Fit.DESIGN:
        yield Finding(
            Severity.INFO,
            "PG-00",
            f"the page was tightened to fit its paper: {sheet.fit.told}",
            "",
            file,
            audience=edition.audience,
        )
    yield from proved(sheet.pdf, edition, file)


def _require_on_paper(looked_at: Sequence[Finding]) -> None:
    """Raises RenderError where words fall off the page or on other words: a sheet that hides a dose is none."""
    hidden = [finding for finding in looked_at if finding.code == _HIDDEN and finding.severity is Severity.ERROR]
    if hidden:
        first = hidden[0]
        raise RenderError(
            f"{first.file}: {first.message}: “{first.excerpt[:60]}”",
            "Break up what is too broad for the page, or mend the project's own styles.",
        )


def _require_glyphs(page: Html, covered: frozenset[int], ingredients: Inputs) -> None:
    """Raises RenderError with the character, its code point, file and line where the fonts have no glyph for it."""
    from leaflets.typeset.glyphs import described, uncovered  # loaded by now

    missing = uncovered(page.markup, covered)
    if not missing:
        return
    places = (
        f"{file}:{number}"
        for file, text in ingredients.texts.by_file.items()
        for number, line in enumerate(text.decode("utf-8-sig", "replace").split("\n"), 1)
        if missing[0] in line
    )
    place = next(places, "the settings or a template")
    raise RenderError(
        f"{place}: the fonts have no glyph for {described(missing[0])}",
        "Write it in other words, or add a font that has it.",
    )
