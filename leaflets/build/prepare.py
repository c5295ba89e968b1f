"""Everything of a sheet that needs no renderer: parse → check → view → compose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leaflets.build.cache_key import Inputs, review_by
from leaflets.build.checked_text import CheckedText, parse_and_check
from leaflets.build.inputs import Texts
from leaflets.checks import open_safety
from leaflets.compose import compose
from leaflets.errors import CheckFailed, ContentError
from leaflets.model.edition import Edition
from leaflets.model.finding import Finding
from leaflets.model.monograph import Monograph
from leaflets.model.page import Html, Imprint
from leaflets.model.view import View
from leaflets.project import MonographFile
from leaflets.qr import qr
from leaflets.view import view


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """A page ready to be typeset as designed, with drawings of its own, what it was composed of and what was found."""

    page: Html
    views: tuple[View, ...]
    imprint: Imprint
    findings: tuple[Finding, ...]
    drawings: Mapping[str, bytes]


def prepare(
    source: MonographFile, edition: Edition, ingredients: Inputs, checked: CheckedText | None = None
) -> PreparedPage:
    """The page of a sheet. Raises ContentError, CheckFailed (it is withdrawn) or RenderError (a template's fault).

    `perused` is what was read and found before, if anything was.
    """
    texts = ingredients.texts
    checked = parse_and_check(texts, ingredients.pictures, edition, checked)
    monograph, original = checked.monograph, checked.original
    _require_current(monograph, original)
    _require_plain_date(monograph, texts)
    views = _views(edition, monograph, original)
    safety = open_safety(checked.findings, edition.audience)
    code = qr(ingredients.content_id, ingredients.code_url, edition)
    imprint = Imprint(
        edition, ingredients.pharmacy, ingredients.content_id, ingredients.notices, monograph.front.review_by, safety,
        code.in_head,
    )  # fmt: skip
    page = compose(imprint, ingredients.templates, *views)
    return PreparedPage(page, views, imprint, checked.findings, code.assets)


def _views(edition: Edition, monograph: Monograph, original: Monograph | None) -> tuple[View, ...]:
    """What the sheet shows of each of its texts, in the order of its languages."""
    found = {text.lang: view(text, edition.audience) for text in (original, monograph) if text}
    return tuple(found[tongue.code] for tongue in edition.languages) if edition.bilingual else (found[monograph.lang],)


def _require_current(monograph: Monograph, original: Monograph | None) -> None:
    for text in (original, monograph):
        if text and text.front.withdrawn:
            place = f"{text.file}:{text.front.lines.get('withdrawn', 1)}"
            raise CheckFailed(f"{place}: the monograph is withdrawn: {text.front.withdrawn}", "Hand out no copy of it.")


def _require_plain_date(monograph: Monograph, texts: Texts) -> None:
    """A review date is looked for without parsing, so that a sheet from the cache expires too: it must be found so."""
    date = monograph.front.review_by
    found = [by for text in texts.by_name.values() if (by := review_by(text)[0])]
    if (date.isoformat() if date else "") != min(found, default=""):
        raise ContentError(
            f"{monograph.file}:{monograph.front.lines.get('review_by', 1)}: the review date is not written plainly",
            "Give it a line of its own, such as “review_by: 2026-04-30”.",
        )
