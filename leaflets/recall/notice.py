"""The notices of a recall as PDFs, one for each destination."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from leaflets.errors import RenderError
from leaflets.model.paper import Paper
from leaflets.printfile.names import part_names
from leaflets.project import ProjectFolder
from leaflets.recall.issued import Recall
from leaflets.recall.notice_page import RecallNotice, notice_page


def notices(recall: Recall, titles: Mapping[str, str], day: dt.date, reason: str = "") -> Mapping[str, RecallNotice]:
    """The notice for each destination that got a copy, by the name of its file; `titles` are by language."""
    destinations = list(dict.fromkeys(one.destination for one in recall.issued))
    version = f"-{recall.version}" if recall.version else ""
    names = part_names(f"recall-{recall.drug}{version}", destinations, folder=False)
    return {
        name: RecallNotice(
            recall.drug,
            titles,
            destination,
            tuple(one for one in recall.issued if one.destination == destination),
            day,
            reason,
        )
        for name, destination in zip(names, destinations, strict=True)
    }


def notice_pdf(notice: RecallNotice, project: ProjectFolder, paper: Paper) -> bytes:
    """The page of a notice. Raises RenderError where no font draws a character of it."""
    from leaflets.typeset import typeset  # here: the renderer takes its time, and a recall alone needs no page
    from leaflets.typeset.glyphs import described, printable, uncovered

    page = notice_page(notice, paper)
    assets = project.styles(page.stylesheets)
    missing = uncovered(page.markup, printable(assets))
    if missing:
        raise RenderError(
            f"a notice has a character that no font draws: {described(missing[0])}",
            "Write the reason in other words; a destination's name can only be printed in letters of our fonts.",
        )
    return typeset(page, assets).data
