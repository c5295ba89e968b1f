"""The entries of a worksheet → its page: statements beside passages, boxes to tick, sources, who signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from leaflets.evidence.register import date_words
from leaflets.languages import language_or_english
from leaflets.model.edition import Audience
from leaflets.model.evidence import Evidence, EvidencePassage, EvidenceSource, Statement
from leaflets.model.finding import counted
from leaflets.model.monograph import Monograph
from leaflets.model.page import Html
from leaflets.model.paper import Paper
from leaflets.worksheet.entries import Excerpt, WorksheetEntry, passage_lines

_READERS = {Audience.PATIENT: "patient", Audience.CLINICIAN: "clinician", None: "both"}
_SIGNERS = 4
_DAYS_A_YEAR = 365.25
_CRITERIA = (
    "Every number, unit, limit and frequency is that of the passage beside it.",
    "Nothing that a patient must know to be safe is missing: boxed warning, when not to take it, what to do in danger.",
    "The patient text says what the clinician text says, in words a patient understands.",
    "The sources are the best there are, of this country, and not out of date.",
)


@dataclass(frozen=True, slots=True)
class WorksheetFacts:
    """What a worksheet is of: a text, its evidence, its entries; and the day from which ages are counted."""

    monograph: Monograph
    evidence: Evidence | None
    entries: tuple[WorksheetEntry, ...]
    total: int
    today: dt.date


def worksheet_page(facts: WorksheetFacts, paper: Paper) -> Html:
    """The page of a worksheet, in English; statements and what stands beside them are in their own languages."""
    front = facts.monograph.front
    name = f"{front.title}, version {front.version or 'none'}, language {facts.monograph.lang}"
    heading = f"Review worksheet: {front.title}"
    parts = (
        f"<h1>{escape(heading)}</h1><p>{escape(name)}. For those who review a text; not for patients.</p>",
        _introduction(facts), _signatures(), *_register(facts), *_sections(facts), *_passages(facts),
    )  # fmt: skip
    markup = (
        f'<!DOCTYPE html><html lang="en" class="{paper}"><head><title>{escape(heading)}</title></head>'
        f'<body><div class="imprint" data-left="{escape(f"Review worksheet: {name}")}"></div>'
        f"{''.join(parts)}</body></html>"
    )
    fonts = dict.fromkeys((*language_or_english("en").fonts, *language_or_english(facts.monograph.lang).fonts))
    return Html(markup, (*fonts, "report.css", "worksheet.css", f"{paper}.css"), heading, "en")


# ---------------------------------------------------------------- what it is, who signs


def _introduction(facts: WorksheetFacts) -> str:
    shown, without = len(facts.entries), sum(not entry.excerpts for entry in facts.entries)
    part = "" if shown == facts.total else f" of {facts.total:,}, those that no review covers as they are now"
    criteria = "".join(f"<li>{escape(each)}</li>" for each in _CRITERIA)
    return (
        f"<p>{counted(shown, 'statement')}{part}; {without:,} of them with no passage of a source beside them. "
        "Compare each statement with what stands beside it and tick one box: agree, change or unsure. "
        "Write on the lines what is to be changed, and why.</p>"
        f'<h2>To be asked of the whole text</h2><ul class="tick">{criteria}</ul>'
    )


def _signatures() -> str:
    rows = "<tr><td></td><td></td><td></td><td></td><td></td></tr>" * _SIGNERS
    return (
        '<section class="signatures"><h2>Who reviewed it</h2>'
        "<p>Each reviewer names every interest of the last three years that could sway a judgement of this medicine "
        "(payments, shares, research, family), or writes “none”.</p>"
        '<table class="signing"><thead><tr><th scope="col">Name, degree</th><th scope="col">Role</th>'
        '<th scope="col">Conflicts of interest</th><th scope="col">Good until</th>'
        f'<th scope="col">Date, signature</th></tr></thead><tbody>{rows}</tbody></table></section>'
    )


# ---------------------------------------------------------------- the sources


def _register(facts: WorksheetFacts) -> Iterator[str]:
    yield "<h2>Sources</h2>"
    if facts.evidence is None:
        yield "<p>This text has no evidence file: no statement has a passage beside it.</p>"
        return
    rows = "".join(_source(source, facts.today) for source in facts.evidence.sources)
    yield (
        '<table class="sources"><thead><tr><th scope="col">Id</th><th scope="col">What</th><th scope="col">Kind</th>'
        f'<th scope="col">Date, age</th><th scope="col">Where</th></tr></thead><tbody>{rows}</tbody></table>'
    )
    if facts.evidence.gaps:
        yield f"<h3>Gaps</h3><ul>{''.join(f'<li>{escape(gap)}</li>' for gap in facts.evidence.gaps)}</ul>"


def _source(source: EvidenceSource, today: dt.date) -> str:
    kind = f"{source.kind}, {source.jurisdiction}" if source.jurisdiction else source.kind
    label = (f"set id {source.set_id}" if source.set_id else "", f"version {source.version}" if source.version else "")
    where = ", ".join(part for part in (source.where, *label) if part)
    cells = (source.id, source.title, kind, _age(source, today), where)
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _age(source: EvidenceSource, today: dt.date) -> str:
    if source.last_day is None:
        return "no date"
    years = max(0.0, (today - source.last_day).days / _DAYS_A_YEAR)
    search = source.nothing_newer
    newer = f"; nothing newer on {date_words(search.date.isoformat())} in {search.where}" if search else ""
    return f"{date_words(source.date)}, {years:.1f} years{newer}"


# ---------------------------------------------------------------- the statements


def _sections(facts: WorksheetFacts) -> Iterator[str]:
    yield "<h2>Statements</h2>"
    for heading, group in groupby(facts.entries, key=lambda entry: _heading(entry.statement)):
        rows = "".join(_row(entry, facts) for entry in group)
        yield (
            f"<h3>{escape(heading)}</h3>"
            '<table class="statements"><thead><tr><th scope="col">No.</th><th scope="col">The sheet says</th>'
            '<th scope="col">It rests on</th><th scope="col">Judgement</th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )


def _heading(statement: Statement) -> str:
    return "Front matter" if statement.section == "front" else statement.heading or "Before the first heading"


def _row(entry: WorksheetEntry, facts: WorksheetFacts) -> str:
    said = _said(entry.statement, facts.monograph.lang)
    return f'<tr><th scope="row">{entry.number}</th><td>{said}</td><td>{_beside(entry)}</td><td>{_JUDGEMENT}</td></tr>'


_JUDGEMENT = (
    '<p class="boxes"><span class="tickbox">agree</span> <span class="tickbox">change</span> '
    '<span class="tickbox">unsure</span></p><div class="writing"></div>'
)


def _said(statement: Statement, lang: str) -> str:
    language = language_or_english(lang)
    under = "".join(f'<p class="under">{escape(words)}</p>' for words in statement.under)
    readers = f"{_READERS[statement.audience]}, line {statement.line}"
    return (
        f'<p class="readers">{readers}</p>'
        f'<div lang="{escape(language.tag)}" dir="{language.direction}">{under}'
        f'<p class="words">{escape(statement.text)}</p></div>'
    )


def _beside(entry: WorksheetEntry) -> str:
    parts = [*map(_source_statement, entry.beside), *map(_excerpt, entry.excerpts)]
    parts += [f'<p class="none">“{escape(mark)}” is in no evidence.</p>' for mark in entry.unknown]
    return "".join(parts) or '<p class="none">No passage.</p>'


def _source_statement(statement: Statement) -> str:
    under = f"{escape(' > '.join(statement.under))} > " if statement.under else ""
    place = f"{_READERS[statement.audience]}, line {statement.line}"
    return f'<p class="from"><b>{place}</b> {under}{escape(statement.text)}</p>'


def _excerpt(excerpt: Excerpt) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in excerpt.lines)
    part = "" if excerpt.whole else " (in part; whole at the end)"
    return f'<div class="passage"><p><b>{escape(_named(excerpt.passage))}</b>{part}</p>{lines}</div>'


def _named(passage: EvidencePassage) -> str:
    return f"{passage.mark} {passage.title}".strip()


# ---------------------------------------------------------------- the passages that were shown in part


def _passages(facts: WorksheetFacts) -> Iterator[str]:
    shown_in_part = _in_part(facts.entries)
    if shown_in_part:
        yield "<h2>Passages that are shown in part above, whole</h2>"
    for passage in shown_in_part:
        lines = "".join(f"<p>{escape(line)}</p>" for line in passage_lines(passage))
        yield f'<h3>{escape(_named(passage))}</h3><div class="whole-passage">{lines}</div>'


def _in_part(entries: Iterable[WorksheetEntry]) -> Sequence[EvidencePassage]:
    in_part = (one.passage for entry in entries for one in entry.excerpts if not one.whole)
    return sorted(dict.fromkeys(in_part), key=lambda passage: passage.line)
