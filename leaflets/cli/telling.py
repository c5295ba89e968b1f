"""Plans, runs and accounts in words, on one screen; none of it holds a patient's data."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from leaflets.batch.forecast import Forecast
from leaflets.batch.run import PlannedRun
from leaflets.ledger.entries import CopyEntry, PartEntry, RunEntry, StateCounts
from leaflets.ledger.serials import format_serials
from leaflets.ledger.states import CopyState
from leaflets.project import display_path

FORMS = {"csv": "CSV", "jsonl": "JSON Lines", "fhir": "FHIR Bundle"}


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines with aligned columns; numbers stand to the right."""
    rows = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    return ["  " + "  ".join(map(_cell, row, widths)).rstrip() for row in rows]


def _cell(text: str, width: int) -> str:
    return text.rjust(width) if text.replace(",", "").isdecimal() else text.ljust(width)


def number(count: int) -> str:
    """A count with its thousands apart: "12,345"."""
    return f"{count:,}"


def plan(prepared: PlannedRun, will: Forecast) -> list[str]:
    """What a run would make, and of what list."""
    run_list = prepared.run_list
    rows = f"{number(len(run_list.parsed.rows))} rows, {FORMS[run_list.format]}, {run_list.codec}"
    bad = f"; {number(len(prepared.plan.rejected))} cannot be made" if prepared.plan.rejected else ""
    new = (
        f", {number(will.unrendered)} of them new" if will.unrendered else ", all made before" if will.leaflets else ""
    )
    about = "about " if will.unrendered else ""
    facts = [
        ("list", rows + bad),
        ("copies", f"{number(will.copies)} of {number(will.leaflets)} distinct leaflets{new}"),
        ("paper", f"{about}{number(will.pages)} pages on {about}{number(will.sheets)} sheets"),
        ("time", f"about {will.seconds:.0f} seconds" if will.seconds >= 1 else "under a second"),
    ]
    return [f"Plan of run {prepared.plan.name}:", *table(facts), "", *_planned_parts(will)]


def _planned_parts(will: Forecast) -> list[str]:
    rows = [
        (part.part.destination, number(part.copies), "copies", number(part.sheets), "sheets", part.part.name)
        for part in will.parts
    ]
    return table(rows)


def summary(run: RunEntry, tally: StateCounts, parts: Sequence[PartEntry]) -> list[str]:
    """What a run made, and what is to be done next."""
    written = [part for part in parts if part.written]
    rows = [
        (
            part.destination,
            format_serials(range(part.first, part.last + 1)),
            number(part.sheets),
            "sheets",
            where(run, part),
        )
        for part in written
    ]
    return [f"Run {run.name}: {states(tally)}", *table(rows)]


def where(run: RunEntry, part: PartEntry) -> str:
    """The path of a print file, as people are shown it."""
    return display_path(Path(run.folder) / part.name)


def states(tally: StateCounts) -> str:
    """ "340 copies: 120 written, 220 printed"."""
    counted = ", ".join(f"{number(tally[state])} {state.value}" for state in CopyState if tally[state])
    return f"{number(tally.total)} copies: {counted}"


def by_state(copies: Iterable[CopyEntry]) -> list[str]:
    """The serials that stand in each state."""
    groups: dict[CopyState, list[int]] = {}
    for copy in copies:
        groups.setdefault(copy.state, []).append(copy.serial)
    return table((state.value, format_serials(groups[state])) for state in CopyState if state in groups)
