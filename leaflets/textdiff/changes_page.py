"""Comparison → a page that shows the changes: a bar in the margin, old words struck through, new words bold."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

from leaflets.languages import language_or_english
from leaflets.model.change import BlockChange
from leaflets.model.page import Html
from leaflets.model.paper import Paper
from leaflets.textdiff.compare import Change, ChangedWords, Comparison, Rank, WordChange

_GROUPS = {Rank.DOSE: "Doses", Rank.SAFETY: "Safety", Rank.OTHER: "Everything else"}
_WORDS = {BlockChange.CHANGED: "Changed", BlockChange.ADDED: "New", BlockChange.REMOVED: "Taken out"}


def changes_page(comparison: Comparison, names: tuple[str, str], title: str, lang: str, paper: Paper) -> Html:
    """The page of a comparison; `names` say which texts were compared, old and new."""
    heading = f"What changed: {title}"
    body = "".join(_groups(comparison)) or "<p>No block is different.</p>"
    same = f"<p>{comparison.same} blocks are the same in both and are not shown.</p>"
    markup = (
        f'<!DOCTYPE html><html lang="{escape(lang)}"><head><title>{escape(heading)}</title></head>'
        f'<body><div class="imprint" data-left="{escape(heading)}"></div><h1>{escape(heading)}</h1>'
        f"<p>From {escape(names[0])} to {escape(names[1])}. Not for patients: for those who review a text.</p>"
        "<p>A bar in the margin marks every change. Old words are struck after “was:”; new words are bold.</p>"
        f"{body}{same}</body></html>"
    )
    return Html(markup, (*language_or_english(lang).fonts, "report.css", "changes.css", f"{paper}.css"), heading, lang)


def _groups(comparison: Comparison) -> Iterator[str]:
    for rank, changes in groupby(comparison.changes, key=lambda change: change.rank):
        yield f"<section><h2>{_GROUPS[rank]}</h2>"
        for heading, of_heading in groupby(changes, key=lambda change: change.heading):
            yield f"<h3>{escape(heading)}</h3>{''.join(map(_block, of_heading))}"
        yield "</section>"


def _block(change: Change) -> str:
    who = f", for {'patients' if change.audience == 'patient' else 'clinicians'}" if change.audience else ""
    numbers = _numbers(change)
    caption = f'<p class="told">{_WORDS[change.kind]}{who}{f": {escape(numbers)}" if numbers else ""}</p>'
    return f'<div class="change">{caption}<p>{" ".join(map(_piece, change.pieces))}</p></div>'


def _numbers(change: Change) -> str:
    """The numbers that changed, in words: "2 mg becomes 4 mg"."""
    was, now = ", ".join(change.was), ", ".join(change.now)
    if was and now:
        return f"{was} becomes {now}"
    return f"without {was}" if was else f"with {now}" if now else ""


def _piece(piece: ChangedWords) -> str:
    words = escape(piece.words)
    if piece.change is WordChange.WAS:
        return f'<span class="was">[was: <span class="struck">{words}</span>]</span>'
    return f"<strong>{words}</strong>" if piece.change is WordChange.NOW else words
