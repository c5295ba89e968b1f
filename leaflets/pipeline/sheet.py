"""What a build returns, how it is written to the cache and read from it, and what of it is logged."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from leaflets.model.edition import Audience, Edition
from leaflets.model.finding import Finding, Severity, Withheld
from leaflets.model.page import Pdf, Rect, SectionLines
from leaflets.pipeline.cache import CacheEntry
from leaflets.pipeline.texts import Texts
from leaflets.project import MonographFile, ProjectFolder

_LOG = logging.getLogger("leaflets.pipeline")
logging.getLogger("leaflets").addHandler(logging.NullHandler())  # a program that wants no log gets none


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
        return tuple(finding for finding in self.findings if finding.audience in (None, self.edition.audience))


def html_file(built: BuiltSheet, project: ProjectFolder, folder: Path) -> bytes:
    """The HTML of a sheet as a file to be written into `folder`, with its styles in it and its fonts by path."""
    # Here and not above: hardly any build is asked for its HTML.
    from leaflets.project.standalone_html import standalone_html
    from leaflets.qr import qr

    code = qr(built.content_id, project.settings.code_url, built.edition)
    return standalone_html(built.html, project, built.source, built.edition.stylesheets, folder, code.assets).encode()


def log_details(built: BuiltSheet) -> None:
    """Logs the findings of a sheet (the record has each as its `finding`) and what was withheld from its audience."""
    for finding in built.own_findings:
        level = logging.INFO if finding.severity is Severity.INFO else logging.WARNING
        place = f"{finding.file}:{finding.line}"
        _LOG.log(level, "%s  %s  %s", place, finding.code, finding.message, extra={"finding": finding})
    for item in built.withheld:
        _LOG.info("%s:%s  withheld  “%s”: %s", built.source.file, item.line, item.excerpt, item.reason)


def to_cache(built: BuiltSheet) -> CacheEntry:
    """A sheet as the cache keeps it."""
    facts = {
        "content_id": built.content_id,
        "title": built.title,
        "version": built.version,
        "pages": built.pdf.pages,
        "rects": [asdict(rect) for rect in built.pdf.rects],
        "fills": list(built.pdf.fills),
        "stretches": [asdict(lines) for lines in built.pdf.stretches],
        "findings": [asdict(finding) for finding in built.findings],
        "withheld": [asdict(withheld) for withheld in built.withheld],
    }
    return CacheEntry(facts, {"pdf": built.pdf.data, "html": built.html.encode()})


def from_cache(texts: Texts, edition: Edition, entry: CacheEntry) -> BuiltSheet:
    """A sheet as `to_cache` kept it, though its texts may lie in another folder today."""
    facts = entry.facts
    files = {Path(file).name: file for file in texts.by_file}
    rects = tuple(Rect(**rect) for rect in facts["rects"])
    stretches = tuple(SectionLines(**lines) for lines in facts["stretches"])
    return BuiltSheet(
        texts.source, edition, facts["content_id"], facts["title"], facts["version"],
        Pdf(entry.parts["pdf"], facts["pages"], rects, tuple(facts["fills"]), stretches),
        entry.parts["html"].decode(),
        tuple(_finding(each, texts.source, files) for each in facts["findings"]),
        tuple(Withheld(**each) for each in facts["withheld"]),
        fresh=False,
    )  # fmt: skip


def _finding(facts: Mapping[str, Any], source: MonographFile, files: Mapping[str, str]) -> Finding:
    audience = Audience(facts["audience"]) if facts["audience"] else None
    file = files.get(Path(facts["file"]).name, source.file) if facts["file"] else ""
    return Finding(**{**facts, "severity": Severity(facts["severity"]), "audience": audience, "file": file})
