"""Findings on finished pages: the proof's, those its author suppressed, and those with which no sheet is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from leaflets.errors import RenderError
from leaflets.model.edition import Edition
from leaflets.model.finding import Finding, Severity
from leaflets.model.monograph import Suppression
from leaflets.model.page import Fit

if TYPE_CHECKING:
    from leaflets.proof import PageRule as PageRule

PAGE = "PG-"
"""What the codes of the page family begin with."""
TIGHTENED, FAINT, HIDDEN = "PG-00", "PG-03", "PG-06"


def page_rules() -> tuple[PageRule, ...]:
    """The rules that the proof keeps on pages."""
    from leaflets.proof import RULES  # here, as it loads the reader of PDFs

    return RULES


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
    """Raises RenderError where words fall off the page or on other words, since a dose might be among them."""
    hidden = [finding for finding in findings if finding.code == HIDDEN and finding.severity is Severity.ERROR]
    if hidden:
        first = hidden[0]
        raise RenderError(
            f"{first.file}: {first.message}: “{first.excerpt[:60]}”",
            "Break up what is too broad for the page, or mend the project's own styles.",
        )
