"""A sheet made from its ingredients: parse → view → compose → typeset, with every character's glyph sure before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from leaflets.build.built import Built
from leaflets.build.fingerprint import Ingredients
from leaflets.build.fit import MOST_PAGES, Fitted, fitted
from leaflets.checks import examine, open_safety
from leaflets.compose import compose
from leaflets.errors import CheckFailed, RenderError
from leaflets.glyphs import common_coverage, described, uncovered
from leaflets.model import Audience, Edition, Finding, Fit, Html, Imprint, Monograph, Severity
from leaflets.parse import parse
from leaflets.project import Source
from leaflets.project.files import decode
from leaflets.proof import proof
from leaflets.typeset import typeset
from leaflets.view import view

_FONT = ".ttf"


def make(source: Source, edition: Edition, ingredients: Ingredients) -> Built:
    """The finished sheet. Raises ContentError, CheckFailed, RenderError or PdfError."""
    audience = edition.audience
    text = decode(ingredients.source, source.file)
    monograph = parse(text, name=source.name, file=source.file, lang=source.lang)
    _require_current(monograph)
    checked = examine(monograph, text, (audience,)).findings
    seen = view(monograph, audience)
    safety = open_safety(checked, audience)
    imprint = Imprint(edition, ingredients.pharmacy, ingredients.content_id, ingredients.notices, safety)

    def composed(fit: Fit) -> Html:
        page = compose(seen, replace(imprint, fit=fit), ingredients.templates)
        _require_glyphs(text, page.markup, source.file, ingredients)
        return page

    sheet = fitted(audience, composed, lambda page: typeset(page, ingredients.assets))
    findings = (*monograph.findings, *checked, *_proved(sheet, audience, source.file))
    return Built(
        source, edition, ingredients.content_id, monograph.front.title, monograph.front.version, sheet.pdf,
        sheet.page.markup, findings, seen.withheld, fresh=True,
    )  # fmt: skip


def _proved(sheet: Fitted, audience: Audience, file: str) -> Iterator[Finding]:
    if sheet.fit is not Fit.DESIGN:
        yield Finding(
            Severity.INFO, "PG-00", f"the page was tightened to fit its paper: {sheet.fit}", "", file, audience=audience
        )
    for finding in proof(sheet.pdf, audience, budget_pages=MOST_PAGES[audience]):
        yield replace(finding, file=file)


def _require_current(monograph: Monograph) -> None:
    front = monograph.front
    if front.withdrawn:
        place = f"{monograph.file}:{front.lines.get('withdrawn', 1)}"
        raise CheckFailed(f"{place}: the monograph is withdrawn: {front.withdrawn}", "Hand out no copy of it.")


def _require_glyphs(text: str, markup: str, file: str, ingredients: Ingredients) -> None:
    """Raises RenderError with the character, its code point, file and line where the fonts have no glyph for it."""
    fonts = [data for name, data in ingredients.assets.items() if name.endswith(_FONT)]
    missing = uncovered(markup, common_coverage(fonts))
    if not missing:
        return
    character = missing[0]
    lines = (number for number, line in enumerate(text.split("\n"), 1) if character in line)
    line = next(lines, 0)
    place = f"{file}:{line}" if line else "the settings or a template"
    raise RenderError(
        f"{place}: the fonts have no glyph for {described(character)}",
        "Write it in other words, or add a font that has it.",
    )
