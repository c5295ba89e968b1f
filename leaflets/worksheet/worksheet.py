"""The worksheet of a monograph as a PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from leaflets.errors import RenderError
from leaflets.evidence import statements
from leaflets.model.paper import Paper
from leaflets.pipeline.texts import evidence_of, parse_texts, pictures_of, read_texts
from leaflets.project import MonographFile, ProjectFolder
from leaflets.worksheet.entries import entries
from leaflets.worksheet.page import WorksheetFacts, worksheet_page


def worksheet_facts(
    project: ProjectFolder, source: MonographFile, today: dt.date, only: Collection[str] | None = None
) -> WorksheetFacts:
    """All that a worksheet shows; `only` keeps the statements with these hashes. Raises ContentError."""
    texts = read_texts(project, source)
    monograph, original = parse_texts(texts, pictures_of(project, source, texts.text))
    evidence = evidence_of(texts)
    total = len(statements(monograph))
    return WorksheetFacts(monograph, evidence, entries(monograph, evidence, original, only), total, today)


def worksheet_pdf(facts: WorksheetFacts, project: ProjectFolder, paper: Paper) -> bytes:
    """The PDF of a worksheet. Raises RenderError where no font draws a character of it."""
    from leaflets.typeset import typeset  # here: the renderer takes its time
    from leaflets.typeset.glyphs import described, printable, uncovered

    page = worksheet_page(facts, paper)
    assets = project.styles(page.stylesheets)
    missing = uncovered(page.markup, printable(assets))
    if missing:
        raise RenderError(
            f"the worksheet has a character that no font draws: {described(missing[0])}", "Write it in other words."
        )
    return typeset(page, assets).data
