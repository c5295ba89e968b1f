"""What `leaflet review` prints: the state of all texts, the reviews of one, and statements."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from leaflets.authoring.reviews import TextStatus, text_status
from leaflets.cli import report
from leaflets.model.evidence import Statement
from leaflets.model.review import BoundStatement, Review, SignOff, is_expired
from leaflets.pipeline.reviews import reviewed_texts
from leaflets.pipeline.texts import read_texts
from leaflets.project import MonographFile, ProjectFolder, today

_LONGEST_EXCERPT = 100


def statement_facts(source: MonographFile, statement: Statement) -> dict[str, Any]:
    """A statement with its place."""
    return {"place": f"{source.file}:{statement.line}", "section": statement.section, "text": statement.text}


# ---------------------------------------------------------------- the state of all texts


def status(project: ProjectFolder, args: argparse.Namespace) -> int:
    """List the texts with their state; with `--due` those that have to be read by then. 0 whatever their state."""
    day = today()
    statuses = [text_status(project, source, day) for source in _requested(project, args)]
    if args.due is not None:
        statuses = [each for each in statuses if _is_due(project, each, day + dt.timedelta(days=args.due))]
    if args.json:
        report.emit({"texts": [_status_facts(project, each, day) for each in statuses]})
        return 0
    if not statuses:
        report.line("nothing is due" if args.due is not None else "no monographs: “leaflet new NAME” starts one")
    for line in _table(statuses, day):
        report.line(line, sys.stdout)
    return 0


def _requested(project: ProjectFolder, args: argparse.Namespace) -> Iterator[MonographFile]:
    if args.name:
        project.source(args.name, args.lang or "en")  # raises where there is none
    for (name, lang), source in sorted(project.sources.items()):
        if args.name in (None, name) and args.lang in (None, lang):
            yield source


def _is_due(project: ProjectFolder, status: TextStatus, day: dt.date) -> bool:
    """Whether somebody has to read a text by a day: it is a draft of the project's own, or its review ends before."""
    if status.withdrawn:
        return False
    draft = not status.review.reviewed and not project.is_packaged(status.source)
    return bool(status.problem) or draft or is_expired(status.due, day + dt.timedelta(days=1))


def _status_facts(project: ProjectFolder, status: TextStatus, day: dt.date) -> dict[str, Any]:
    own = status.review.own
    return {
        "name": status.source.name, "lang": status.source.lang, "file": status.source.file,
        "packaged": project.is_packaged(status.source), "state": status.words(day),
        "reviewed": status.review.reviewed and not status.is_expired(day), "changed": own.changed,
        "since": own.date.isoformat() if own.date else None,
        "due": status.due.isoformat() if status.due else None,
        "reviews": [_sign_off_facts(each) for each in own.sign_offs],
        "missing": [role.value for role in own.missing], "problem": status.problem,
    }  # fmt: skip


def _sign_off_facts(sign_off: SignOff) -> dict[str, str]:
    return {key: str(value) for key, value in asdict(sign_off).items()}


def _table(statuses: Sequence[TextStatus], day: dt.date) -> Iterator[str]:
    rows = [(each.source.name, each.source.lang, each.words(day), _who(each)) for each in statuses]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield "  ".join([*cells, row[3]]).rstrip()


def _who(status: TextStatus) -> str:
    """Who vouches for a text, or which roles nobody has taken while others have, or why it cannot be read."""
    own = status.review.own
    if own.missing and status.source.reviews_path.is_file():
        return status.problem or f"still asked for: {', '.join(role.who for role in own.missing)}"
    return status.problem or ", ".join(f"{each.by} ({each.role.who}, until {each.until})" for each in own.sign_offs)


# ---------------------------------------------------------------- the reviews of one text


def show(project: ProjectFolder, source: MonographFile, args: argparse.Namespace) -> int:
    """List the reviews of a text, each with how many of its statements still stand as they were read."""
    text = reviewed_texts(project, read_texts(project, source))[0]
    facts = [_review_facts(review, text.statements) for review in text.record.reviews]
    state = text_status(project, source, today()).words(today())
    if args.json:
        report.emit({"name": source.name, "lang": source.lang, "state": state, "reviews": facts})
        return 0
    report.line(f"{source.file}: {state}", sys.stdout)
    for each in facts:
        report.line(_review_line(each), sys.stdout)
        for key in ("note", "conflicts"):
            if each[key]:
                report.line(f"    {key}: {each[key]}", sys.stdout)
    return 0


def _review_facts(review: Review, statements: Sequence[BoundStatement]) -> dict[str, Any]:
    readers = (review.audience,) if review.audience else None
    standing = sum(
        any(review.covers(bound, reader) for reader in readers or bound.statement.readers) for bound in statements
    )
    return {
        "by": review.by, "role": review.role.value, "date": review.date.isoformat(), "until": review.until.isoformat(),
        "expired": is_expired(review.until, today()), "audience": review.audience.value if review.audience else None,
        "statements": len(review.statements), "standing": standing, "note": review.note,
        "conflicts": review.conflicts, "signed": bool(review.signature),
    }  # fmt: skip


def _review_line(facts: dict[str, Any]) -> str:
    sheet = f", {facts['audience']} sheet" if facts["audience"] else ""
    ended = ", ended" if facts["expired"] else ""
    return (
        f"  {facts['date']}  {facts['by']} ({facts['role']}{sheet}) until {facts['until']}{ended}: "
        f"{report.counted(facts['statements'], 'statement')}, {facts['standing']} as they were read"
    )
