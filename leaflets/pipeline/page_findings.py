"""What is wrong with a page, composed or set: letters without a glyph, words off the paper, the proof's rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from leaflets.errors import RenderError
from leaflets.model.edition import Edition
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Suppression
from leaflets.model.page import Fit, Html, Pdf
from leaflets.pipeline.texts import Texts

if TYPE_CHECKING:
    from leaflets.proof import PageRule as PageRule

PAGE = "PG-"
"""What the codes of the page family begin with."""
TIGHTENED, HIDDEN = "PG-00", "PG-06"


def page_rules() -> tuple[PageRule, ...]:
    """The rules that the proof keeps on pages."""
    from leaflets.proof import RULES  # here, as it loads the reader of PDFs

    return RULES


def page_findings(pdf: Pdf, edition: Edition, file: str) -> Iterator[Finding]:
    """The findings of the proof on the pages of a sheet, with the file of its text. Raises PdfError if unreadable."""
    from leaflets.proof import proof  # here, as a build loads it beside the work of a child

    for finding in proof(pdf, edition):
        yield replace(finding, file=file)


def tightened(fit: Fit, edition: Edition, file: str) -> tuple[Finding, ...]:
    """The remark that a page was tightened to fit its paper, where it was."""
    if fit is Fit.DESIGN:
        return ()
    message = f"the page was tightened to fit its paper: {fit.description}"
    return (Finding(Severity.INFO, TIGHTENED, message, "", file, audience=edition.audience),)


def not_suppressed(findings: Iterable[Finding], suppressions: Sequence[Suppression]) -> tuple[Finding, ...]:
    """The findings on the pages without those that the author suppressed."""
    if not any(each.code.upper().startswith(PAGE) for each in suppressions):
        return tuple(findings)
    from leaflets.checks import apply_suppressions  # here, as hardly any text suppresses one

    return apply_suppressions(findings, suppressions)[0]


def require_on_paper(findings: Sequence[Finding]) -> None:
    """Raises RenderError where words fall off the page or on other words: a sheet that hides a dose is none."""
    hidden = [finding for finding in findings if finding.code == HIDDEN and finding.severity is Severity.ERROR]
    if hidden:
        first = hidden[0]
        raise RenderError(
            f"{first.file}: {first.message}: “{first.excerpt[:60]}”",
            "Break up what is too broad for the page, or mend the project's own styles.",
        )


def require_glyphs(page: Html, covered: frozenset[int], texts: Texts) -> None:
    """Raises RenderError with the character, its code point, file and line where the fonts have no glyph for it."""
    from leaflets.typeset.glyphs import described, uncovered  # loaded by now, beside the work of the child

    missing = uncovered(page.markup, covered)
    if not missing:
        return
    places = (
        f"{file}:{number}"
        for file, text in texts.by_file.items()
        for number, line in enumerate(text.decode("utf-8-sig", "replace").split("\n"), 1)
        if missing[0] in line
    )
    place = next(places, "the settings or a template")
    raise RenderError(
        f"{place}: the fonts have no glyph for {described(missing[0])}",
        "Write it in other words, or add a font that has it.",
    )
