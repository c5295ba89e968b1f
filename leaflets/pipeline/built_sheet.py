"""What a build returns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from leaflets.model.edition import Edition
from leaflets.model.finding import Finding, Withheld, concerning
from leaflets.model.page import Pdf
from leaflets.project import MonographFile, ProjectFolder


@dataclass(frozen=True, slots=True)
class BuiltSheet:
    """A finished sheet, with its findings and what was withheld; `fresh` is false where it came from the cache."""

    source: MonographFile
    edition: Edition
    content_id: str
    title: str
    version: str
    pdf: Pdf
    html: str
    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...]
    fresh: bool

    @property
    def own_findings(self) -> tuple[Finding, ...]:
        """The findings that concern its audience."""
        return concerning(self.findings, self.edition.audience)


def html_file(built: BuiltSheet, project: ProjectFolder, folder: Path) -> bytes:
    """The HTML of a sheet as a file to be written into `folder`, with its styles in it and its fonts by path."""
    # Here and not above: hardly any build is asked for its HTML.
    from leaflets.project.standalone_html import standalone_html
    from leaflets.qr import qr

    code = qr(built.content_id, project.settings.code_url, built.edition)
    return standalone_html(built.html, project, built.source, built.edition.stylesheets, folder, code.assets).encode()
